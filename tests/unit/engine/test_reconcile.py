"""Base, ours and theirs give one decision, the same from either side, and nothing is left once it is carried out."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.engine.reconcile import Base, Decision, decide, line_ids
from syncengine.entities import ENTITIES, Flat
from syncengine.store.conflicts import Clash
from tests.support.examples import examples

#: 50,000 in a few seconds where a developer asks for them (TIEOUT_LONG=1); as many as CI has patience for otherwise.
TRIPLES = 50_000 if os.environ.get("TIEOUT_LONG") else 3_000
CUSTOMER, INVOICE = ENTITIES["Customer"], ENTITIES["Invoice"]
PATHS = ("DisplayName", "Notes", "PrimaryEmailAddr.Address", "Taxable")
VALUES = (None, "a", "b", "c")


def flats() -> st.SearchStrategy[Flat]:
    return st.fixed_dictionaries({path: st.sampled_from(VALUES) for path in PATHS})


def agreed(flat: Flat) -> Base:
    return Base(dict(flat), dict(flat))


def carried_out(decision: Decision, ours: Flat, theirs: Flat) -> tuple[Flat, Flat]:
    """Both sides after `take` was written here and `send` was accepted there."""
    return ({**ours, **{path: theirs[path] for path in decision.take}}, {**theirs, **{path: ours[path] for path in decision.send}})


def check(base: Flat, ours: Flat, theirs: Flat, policy: str) -> None:
    """Everything that is true of any triple."""
    entity = CUSTOMER
    decision = decide(entity, agreed(base), ours, theirs, policy=policy)
    clashed = {clash.field for clash in decision.clashes}
    here = {path for path in PATHS if ours[path] != base[path]}
    there = {path for path in PATHS if theirs[path] != base[path]}
    both = {path for path in here & there if ours[path] != theirs[path]}

    assert not (decision.take & decision.send)
    assert not (clashed & (decision.take | decision.send))
    assert decision.take | decision.send | clashed == {path for path in here | there if ours[path] != theirs[path]}
    assert decision.take - both == there - here
    assert decision.send - both == here - there
    assert clashed == (both if policy == "ask" else set())
    assert not both & decision.take or policy == "quickbooks"
    assert not both & decision.send or policy == "inventory"

    mirror = decide(entity, agreed(base), theirs, ours, policy={"quickbooks": "inventory", "inventory": "quickbooks"}.get(policy, policy))
    assert (mirror.take, mirror.send) == (decision.send, decision.take)
    assert {(clash.field, clash.theirs, clash.ours) for clash in mirror.clashes} == {(clash.field, clash.ours, clash.theirs) for clash in decision.clashes}

    ours_then, theirs_then = carried_out(decision, ours, theirs)
    assert {path for path in PATHS if ours_then[path] != theirs_then[path]} == clashed
    # Taken but not sent yet: what is to be sent is still to be sent, and nothing else moves.
    waiting = decide(entity, decision.base, ours_then, theirs, policy=policy)
    assert (waiting.take, waiting.send, waiting.clashes) == (frozenset(), decision.send, decision.clashes)
    # Sent, and both sides agreed on what they hold: nothing is left but what nobody has chosen.
    settled = decide(entity, Base(decision.base.ours | {path: ours[path] for path in decision.send}, theirs_then | {path: base[path] for path in clashed}), ours_then, theirs_then, policy=policy)
    assert (settled.take, settled.send, settled.clashes) == (frozenset(), frozenset(), decision.clashes)


def test_random_triples_of_every_policy():
    source = random.Random(20260115)
    for _ in range(TRIPLES):
        base, ours, theirs = ({path: source.choice(VALUES) for path in PATHS} for _ in range(3))
        check(base, ours, theirs, source.choice(("ask", "quickbooks", "inventory")))


@settings(max_examples=examples(200), deadline=None)
@given(flats(), flats(), flats(), st.sampled_from(["ask", "quickbooks", "inventory"]))
def test_any_triple_of_every_policy(base, ours, theirs, policy):
    check(base, ours, theirs, policy)


def test_where_nothing_changed_nothing_happens():
    flat = dict.fromkeys(PATHS, "a")
    assert decide(CUSTOMER, agreed(flat), flat, flat) == Decision(frozenset(), frozenset(), (), agreed(flat))


def test_changes_of_different_fields_merge():
    base = dict.fromkeys(PATHS, "a")
    decision = decide(CUSTOMER, agreed(base), {**base, "Notes": "b"}, {**base, "DisplayName": "c"})
    assert (decision.take, decision.send, decision.clashes) == ({"DisplayName"}, {"Notes"}, ())


def test_the_same_change_on_both_sides_is_no_clash():
    base, same = dict.fromkeys(PATHS, "a"), dict.fromkeys(PATHS, "b")
    decision = decide(CUSTOMER, agreed(base), same, same)
    assert (decision.take, decision.send, decision.clashes) == (frozenset(), frozenset(), ())
    assert decision.base == agreed(same)


def test_a_clash_tells_its_three_values_and_keeps_the_base_of_that_field():
    base = dict.fromkeys(PATHS, "a")
    decision = decide(CUSTOMER, agreed(base), {**base, "Notes": "b"}, {**base, "Notes": "c"})
    assert decision.clashes == (Clash("Notes", "a", "b", "c"),)
    assert (decision.base.ours["Notes"], decision.base.theirs["Notes"]) == ("a", "a")


@pytest.mark.parametrize(("choice", "take", "send"), [("theirs", {"Notes"}, set()), ("ours", set(), {"Notes"})])
@pytest.mark.parametrize("policy", ["ask", "quickbooks", "inventory"])
def test_what_a_person_chose_counts_above_the_policy_and_for_that_field_only(choice, take, send, policy):
    base = dict.fromkeys(PATHS, "a")
    ours, theirs = {**base, "Notes": "b", "DisplayName": "b"}, {**base, "Notes": "c", "DisplayName": "c"}
    decision = decide(CUSTOMER, agreed(base), ours, theirs, policy=policy, chosen={"Notes": choice})
    assert decision.take - {"DisplayName"} == take
    assert decision.send - {"DisplayName"} == send
    assert [clash.field for clash in decision.clashes] == (["DisplayName"] if policy == "ask" else [])


def test_what_quickbooks_made_of_our_words_is_no_change_of_either_side():
    """It rounds, fills in and shortens: both halves of the base keep their own words."""
    base = Base({"DisplayName": "Long name", "Notes": None}, {"DisplayName": "Long", "Notes": "filled in"})
    decision = decide(CUSTOMER, base, dict(base.ours), dict(base.theirs))
    assert (decision.take, decision.send, decision.clashes) == (frozenset(), frozenset(), ())
    assert decide(CUSTOMER, base, {**base.ours, "DisplayName": "New"}, dict(base.theirs)).send == {"DisplayName"}
    assert decide(CUSTOMER, base, dict(base.ours), {**base.theirs, "Notes": "x"}).take == {"Notes"}


def test_their_change_to_what_we_say_already_is_not_written_again():
    base = Base({"Notes": "a"}, {"Notes": "A"})
    decision = decide(CUSTOMER, base, {"Notes": "a"}, {"Notes": "a"})
    assert (decision.take, decision.send) == (frozenset(), frozenset())
    assert (decision.base.ours["Notes"], decision.base.theirs["Notes"]) == ("a", "a")


def test_a_cleared_value_is_a_change_like_any_other():
    base = dict.fromkeys(PATHS, "a")
    assert decide(CUSTOMER, agreed(base), {**base, "Notes": None}, base).send == {"Notes"}
    assert decide(CUSTOMER, agreed(base), base, {**base, "Notes": None}).take == {"Notes"}


def test_a_record_that_came_with_words_that_we_could_not_send_is_followed_from_then_on():
    """No words of ours were kept for it: theirs stand for both, so that an edit here is noticed and an edit there comes in."""
    theirs = dict.fromkeys(PATHS, "a")
    base = Base.read({"ours": {}, "theirs": theirs})
    assert decide(CUSTOMER, base, {**theirs, "Notes": "mended"}, theirs).send == {"Notes"}
    assert decide(CUSTOMER, base, theirs, {**theirs, "Notes": "new"}).take == {"Notes"}
    # While it still cannot be put, the engine hands in the base as our words.
    assert decide(CUSTOMER, base, dict(base.ours), {**theirs, "Notes": "new"}).take == {"Notes"}


@pytest.mark.parametrize(
    ("ours", "theirs", "take", "send", "clashes"),
    [
        (None, None, set(), set(), 0),
        (None, "5", {"DepartmentRef"}, set(), 0),
        ("7", None, set(), {"DepartmentRef"}, 0),
        ("7", "7", set(), set(), 0),
        ("7", "5", set(), set(), 1),
    ],
)
def test_a_field_that_begins_to_travel_is_never_cleared_by_the_side_that_says_nothing(ours, theirs, take, send, clashes):
    """Location tracking was off when both sides agreed; now our records have the field, and QuickBooks had it all along."""
    base = Base({"DocNumber": "1"}, {"DocNumber": "1", "DepartmentRef": theirs})
    decision = decide(INVOICE, base, {"DocNumber": "1", "DepartmentRef": ours}, {"DocNumber": "1", "DepartmentRef": theirs})
    assert (decision.take, decision.send, len(decision.clashes)) == (take, send, clashes)


def test_a_field_that_no_longer_travels_is_left_alone():
    base = Base({"DocNumber": "1", "DepartmentRef": "7"}, {"DocNumber": "1", "DepartmentRef": "7"})
    decision = decide(INVOICE, base, {"DocNumber": "1"}, {"DocNumber": "1", "DepartmentRef": None})
    assert (decision.take, decision.send, decision.clashes) == (frozenset(), frozenset(), ())


def line(amount: str, **more: Any) -> Flat:
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, **more}


def test_lines_are_one_field_and_their_identities_are_not_compared():
    base = Base({"Line": [line("1", line=8)]}, {"Line": [line("1", Id="1")]})
    assert decide(INVOICE, base, {"Line": [line("1", line=9)]}, {"Line": [line("1", Id="2")]}).send == frozenset()
    decision = decide(INVOICE, base, {"Line": [line("2", line=8)]}, {"Line": [line("3", Id="1")]})
    assert [clash.field for clash in decision.clashes] == ["Line"]
    assert decide(INVOICE, base, {"Line": [line("2", line=8)]}, {"Line": [line("1", Id="1")]}).send == {"Line"}
    assert decide(INVOICE, base, {"Line": [line("1", line=8), line("2", line=9)]}, {"Line": [line("1", Id="1")]}).send == {"Line"}


def test_line_ids_pair_the_lines_of_both_halves_in_their_order():
    ours = [line("1", line=8), line("2"), line("3", line=10), line("4", line=11)]
    theirs = [line("1", Id="1"), line("2", Id="2"), line("3", Id="")]
    assert line_ids(Base({"Line": ours}, {"Line": theirs})) == [(8, "1")]
    assert line_ids(Base({}, {})) == []


def test_a_base_survives_its_storage():
    base = Base({"Notes": "a", "Line": [line("1")]}, {"Notes": "b"})
    assert Base.read(base.stored()) == base
    assert Base.read({}) == Base({}, {})
