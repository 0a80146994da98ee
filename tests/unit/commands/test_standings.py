"""All that a person may do, changed in one act, and the lists of people and of what was decided on them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from syncengine import commands, queries
from syncengine.commands import Standing, signing
from syncengine.errors import Forbidden, Refused
from syncengine.queries import Session
from syncengine.store import rights
from syncengine.store.signins import SignIn
from tests.unit.commands.conftest import ADA, BOB, as_person, audited
from tests.unit.queries import seed

# --- all of a person at once ----------------------------------------------------------------------------------------------

VIEWER = Standing("viewer")
CARED = Standing("operator", frozenset({"see_bills"}), frozenset({"see_sync"}))


def standing(session: Session, person: str) -> Standing:
    found = queries.people(session).set_index("person")
    if person not in found.index:
        return Standing()
    row = found.loc[person]
    return Standing(row["role"], frozenset(row["granted"]), frozenset(row["refused"]))


def test_a_person_is_brought_from_one_standing_to_another_with_a_line_for_each_difference(ada):
    steps = [Standing(), CARED, Standing("operator", frozenset({"see_sync"})), VIEWER, Standing()]
    for seen, wanted in pairwise(steps):
        commands.change_person(ada, " Bob@Example.com ", wanted, seen=seen)
        assert standing(ada, BOB) == wanted
        if wanted.role:
            assert queries.my_rights(as_person(ada, BOB)).permissions == wanted.permissions
    with pytest.raises(Forbidden):
        queries.overview(as_person(ada, BOB))
    assert audited(ada) == [
        (ADA, "role given", {"person": BOB, "from": None, "to": "operator"}),
        (ADA, "permission granted", {"person": BOB, "permission": "see_bills", "before": None}),
        (ADA, "permission refused", {"person": BOB, "permission": "see_sync", "before": None}),
        (ADA, "permission left to the role", {"person": BOB, "permission": "see_bills", "before": True}),
        (ADA, "permission granted", {"person": BOB, "permission": "see_sync", "before": False}),
        (ADA, "role given", {"person": BOB, "from": "operator", "to": "viewer"}),
        (ADA, "permission left to the role", {"person": BOB, "permission": "see_sync", "before": True}),
        (ADA, "member removed", {"person": BOB, "from": "viewer"}),
    ]


@pytest.mark.parametrize("seen", [Standing(), VIEWER, Standing("operator"), Standing("operator", frozenset({"see_bills"}))])
def test_a_person_who_stands_otherwise_by_now_is_left_as_they_are(ada, seen):
    commands.change_person(ada, BOB, CARED, seen=Standing())
    before = audited(ada)
    for wanted in (Standing("owner"), Standing("manager")):
        with pytest.raises(Refused, match="has changed since you saw it"):
            commands.change_person(ada, BOB, wanted, seen=seen)
    assert standing(ada, BOB) == CARED
    assert audited(ada) == before


@pytest.mark.parametrize(
    ("person", "wanted", "seen", "why"),
    [
        (ADA, Standing(), Standing("owner"), "last owner"),
        (ADA, Standing("manager"), Standing("owner"), "last owner"),
        (ADA, Standing("owner"), Standing("owner"), "Nothing has changed"),
        (BOB, Standing("king"), Standing(), "no role 'king'"),
        (BOB, Standing("viewer", frozenset({"own"})), Standing(), "role of owner only"),
        (BOB, Standing("viewer", frozenset({"fly"})), Standing(), "no permission 'fly'"),
        (BOB, Standing("viewer", frozenset({"sync"}), frozenset({"sync"})), Standing(), "both given and taken"),
        (" ", VIEWER, Standing(), "Say whose role"),
    ],
)
def test_a_standing_that_makes_no_sense_is_refused_as_a_whole(ada, person, wanted, seen, why):
    with pytest.raises(Refused, match=why):
        commands.change_person(ada, person, wanted, seen=seen)
    assert queries.people(ada)["person"].tolist() == [ADA]
    assert audited(ada) == []


def test_an_owner_may_lose_single_permissions_though_they_are_the_last_one(ada):
    commands.change_person(ada, ADA, Standing("owner", refused=frozenset({"see_bills"})), seen=Standing("owner"))
    assert not queries.my_rights(ada).may(rights.Permission.SEE_BILLS)
    assert queries.my_rights(ada).may(rights.Permission.OWN)


def test_people_are_searched_and_paged_and_say_when_they_came_last(ada, database):
    for number in range(5):
        commands.set_role(ada, f"p{number}_x@example.com", "viewer")
    assert queries.people_count(ada) == 6
    assert queries.people(ada, page=2, size=4)["person"].tolist() == ["p3_x@example.com", "p4_x@example.com"]
    assert queries.people(ada, search=" P3_")["person"].tolist() == ["p3_x@example.com"]
    assert queries.people_count(ada, search="%") == 0
    assert queries.people(ada)["signed_in_at"].isna().all()
    signing.arrive(database, SignIn("k", ADA, seed.NOON, seed.NOON))
    assert queries.people(ada).set_index("person").loc[ADA, "signed_in_at"] == seed.NOON


def test_the_changes_of_people_are_told_newest_first_and_of_this_company_alone(ada, database):
    other = seed.company(database, "Globex")
    commands.set_role(other, BOB, "owner")
    commands.sync_now(ada)
    for role in ("viewer", "operator", "manager"):
        commands.set_role(ada, BOB, role)
    assert queries.people_changes_count(ada) == 3
    found = queries.people_changes(ada, size=2)
    assert [each["to"] for each in found["detail"]] == ["manager", "operator"]
    assert found["person"].tolist() == [BOB, BOB]
    assert set(found["actor"]) == {ADA}
    assert [each["to"] for each in queries.people_changes(ada, page=2, size=2)["detail"]] == ["viewer"]
