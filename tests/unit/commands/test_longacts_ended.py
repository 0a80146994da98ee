"""Long acts one at a time: stopped, told, and never beyond the rights of who asked; crashes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from syncengine import commands, queries
from syncengine.commands import portions
from syncengine.errors import Forbidden, Refused
from syncengine.queries import Wanted
from syncengine.store import longacts, people
from syncengine.store.tables import Audit
from tests.support.longacts import EVERY, ask, ended, labels, lines, parts, row, steps, work
from tests.unit.queries import seed

#: Tests that need more than one portion make them this small.
SMALL = 2


@pytest.fixture
def busy(database, monkeypatch):
    monkeypatch.setattr(longacts, "PORTION", SMALL)
    return seed.busy(database)


def test_a_second_one_is_told_to_wait(busy):
    ask(busy.session)
    for actor, who in (("Ada", "What you have asked for before"), ("Ben", "What Ada has asked for")):
        with pytest.raises(Refused) as refused:
            ask(replace(busy.session, actor=actor), "bottom")
        said = f"{who} is not done yet: Removing records from the queue, 0 of 5 so far. Wait for its end, then ask again."
        assert str(refused.value) == f"{said} Nothing was changed."


def test_after_the_end_of_one_another_may_be_asked_for(busy):
    work(busy.session, ask(busy.session, wanted=Wanted(kind="customer")))
    assert work(busy.session, ask(busy.session)).done == 3


def test_who_asked_stops_it_and_what_was_done_stays_done(busy):
    act_id = ask(busy.session)
    going = steps(busy.session, act_id)
    next(going)()
    next(going)()
    commands.stop_act(busy.session, act_id)
    assert [step() for step in going] == [False]
    act = ended(busy.session, act_id)
    assert (act.state, act.done, parts(busy.session)) == ("stopped", 2, 0)
    assert act.outcome == "Ada has stopped it. Up to then, 2 of 5 were removed from the queue; the others stay as they are."
    assert len(labels(busy.session)) == 3
    assert lines(busy.session, "removed from the queue")[0]["detail"] == {
        "number": 2, "filter": {}, "left as they are": 3, "stopped by": "Ada",
    }  # fmt: skip
    commands.add_back(busy.session, act.line)
    assert labels(busy.session) == EVERY


def test_it_is_stopped_before_it_has_begun(busy):
    act_id = ask(busy.session)
    commands.stop_act(busy.session, act_id)
    assert ended(busy.session, act_id).outcome == "Ada has stopped it. Nothing was done before that."
    assert labels(busy.session) == EVERY
    with pytest.raises(Refused, match="over already"):
        commands.stop_act(busy.session, act_id)


def test_nobody_else_stops_it_but_an_owner(busy):
    with busy.database.writing() as connection:
        for name, role in (("ben", "manager"), ("ona", "owner")):
            people.put(connection, busy.session.company_id, name, role, seed.NOON, "seed")
    act_id = ask(busy.session)
    with pytest.raises(Refused, match="Ada has asked for it: only they, or an owner, may stop it"):
        commands.stop_act(replace(busy.session, actor="ben", signed_in=True), act_id)
    commands.stop_act(replace(busy.session, actor="ona", signed_in=True), act_id)
    assert ended(busy.session, act_id).outcome == "ona has stopped it. Nothing was done before that."


def test_what_became_of_it_is_told_to_who_asked_and_once(busy):
    act_id = ask(busy.session)
    with pytest.raises(Refused):
        commands.acknowledge_act(busy.session, act_id)
    work(busy.session, act_id)
    with pytest.raises(Refused):
        commands.acknowledge_act(replace(busy.session, actor="Ben"), act_id)
    assert commands.acknowledge_act(busy.session, act_id) == "5 were removed from the queue."
    assert queries.overview(busy.session).acts == ()
    with pytest.raises(Refused):
        commands.acknowledge_act(busy.session, act_id)


def test_the_pulse_moves_with_every_step(busy):
    beats = [queries.pulse(busy.session)]
    act_id = ask(busy.session)
    beats.append(queries.pulse(busy.session))
    for step in steps(busy.session, act_id):
        step()
        beats.append(queries.pulse(busy.session))
    commands.acknowledge_act(busy.session, act_id)
    beats.append(queries.pulse(busy.session))
    assert len(set(beats)) == len(beats) == 8


# --- rights and crashes -------------------------------------------------------------------------------------------------


def as_member(found, role):
    with found.database.writing() as connection:
        people.put(connection, found.session.company_id, "mia", role, seed.NOON, "seed")
    return replace(found.session, actor="mia", signed_in=True)


def test_a_role_that_is_taken_away_before_the_beginning_refuses(busy):
    session = as_member(busy, "operator")
    act_id = ask(session)
    as_member(busy, "viewer")
    act = work(session, act_id)
    assert (act.state, act.done) == ("refused", 0)
    assert act.outcome.startswith("mia may not press Sync now, act on the queue")
    assert labels(busy.session) == EVERY


def test_a_role_that_is_taken_away_in_the_middle_goes_no_further(busy):
    session = as_member(busy, "operator")
    act_id = ask(session)
    going = steps(session, act_id)
    next(going)()
    next(going)()
    as_member(busy, "viewer")
    with pytest.raises(Forbidden):
        next(going)()
    portions.give_up(busy.database, session.clock, row(session, act_id), "mia may not do that.")
    act = ended(session, act_id)
    assert act.outcome == "mia may not do that. Up to then, 2 of 5 were removed from the queue; the others stay as they are."
    (line,) = lines(session, "removed from the queue")
    assert (line["actor"], line["detail"]["number"]) == ("mia", 2)


def test_who_looks_as_a_role_asks_with_its_rights(busy):
    looking = replace(busy.session, actor="ona", signed_in=True, look_as="operator")
    with busy.database.writing() as connection:
        people.put(connection, busy.session.company_id, "ona", "owner", seed.NOON, "seed")
    with pytest.raises(Forbidden):
        commands.ask_correct_group(looking, "address", 1, 1)
    act_id = ask(looking)
    assert (row(looking, act_id)["looked_as"], row(looking, act_id)["signed_in"]) == ("operator", True)
    assert work(looking, act_id).done == 5


def test_what_gets_nowhere_is_given_up_in_words(busy):
    act_id = ask(busy.session)
    tries = [portions.take_up(busy.database, busy.session.clock, row(busy.session, act_id)) for _ in range(portions.TRIES + 2)]
    assert tries == [True] * portions.TRIES + [False, False]
    act = ended(busy.session, act_id)
    assert (act.state, labels(busy.session)) == ("failed", EVERY)
    assert act.outcome.startswith("It broke off on something unforeseen")


def test_a_portion_that_gets_further_may_break_off_again(busy):
    act_id = ask(busy.session)
    for _ in range(portions.TRIES - 1):
        portions.take_up(busy.database, busy.session.clock, row(busy.session, act_id))
    going = steps(busy.session, act_id)
    next(going)()
    next(going)()
    assert row(busy.session, act_id)["tries"] == 0


def test_two_workers_at_once_do_no_row_twice(busy):
    act_id = ask(busy.session)
    one, two = steps(busy.session, act_id), steps(busy.session, act_id)
    for going in (one, two, one, two, two, one, two):
        next(going)()
    act = ended(busy.session, act_id)
    assert (act.state, act.done, act.left, labels(busy.session)) == ("done", 5, 0, [])
    with busy.database.reading() as connection:
        often = select(func.count()).where(Audit.event.like("%-> cancelled")).group_by(Audit.outbox_id)
        assert connection.scalars(often).all() == [1] * 5
