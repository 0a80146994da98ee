"""Classes and departments: offered while QuickBooks tracks them, changed here, carried out there (S6, S40 to S44)."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.commands import DeleteName, SaveName
from syncengine.errors import Refused
from syncengine.queries import Session
from tests.support.world import World

TRACKING = {"class": {"ClassTrackingPerTxnLine": True}, "department": {"TrackDepartments": True}}
OFF = {"ClassTrackingPerTxnLine": False, "ClassTrackingPerTxn": False, "TrackDepartments": False}
LISTS = {"class": queries.classes, "department": queries.departments}
TITLES = {"class": "Class tracking", "department": "Location tracking"}
ENTITIES = {"class": "Class", "department": "Department"}


def prefer(world: World, company: int, **changes) -> None:
    world.actor(company, "set_preferences", changes={"AccountingInfoPrefs": changes})
    world.clock.advance(90_000)  # Preferences are read with the slow lists, once a day
    world.sync(company)


@pytest.fixture
def company(world) -> int:
    """A company whose QuickBooks tracks both lists, synced."""
    company = world.company()
    world.sync(company)
    prefer(world, company, **TRACKING["class"], **TRACKING["department"])
    return company


def session_of(world: World, company: int) -> Session:
    return Session(world.site.database, "Ada", company, world.clock)


def there(world: World, company: int, kind: str) -> dict[str, bool]:
    """QuickBooks' names with whether they are active."""
    found = world.query(company, f"SELECT * FROM {ENTITIES[kind]} WHERE Active IN (true, false)")
    return {each["FullyQualifiedName"]: each["Active"] for each in found}


def events(world: World, session: Session, kind: str, record_id: int) -> list[tuple[str, str]]:
    lines = queries.timeline(session, kind, record_id)
    return list(lines.loc[lines["event"].str.startswith(kind), ["event", "actor"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_is_offered_exactly_while_quickbooks_tracks_it(world, kind):
    company = world.company()
    session = session_of(world, company)
    offered = lambda: getattr(queries.tracking(session), "classes" if kind == "class" else "departments")  # noqa: E731 -- asked thrice
    with pytest.raises(Refused, match=r"not known yet\. Sync once"):
        LISTS[kind](session)
    world.sync(company)
    prefer(world, company, **OFF)
    assert not offered()
    with pytest.raises(Refused, match=f"{TITLES[kind]} is switched off in QuickBooks. Switch it on there"):
        LISTS[kind](session)
    with pytest.raises(Refused, match="switched off in QuickBooks"):
        commands.save_name(session, kind, "Retail")
    prefer(world, company, **TRACKING[kind])
    assert offered()
    assert LISTS[kind](session).empty


@pytest.mark.parametrize("kind", LISTS)
def test_what_is_added_renamed_moved_and_deleted_reaches_quickbooks_with_the_next_sync(world, company, kind):
    session = session_of(world, company)
    changed = commands.change_names(
        session, kind, [SaveName("Retail", key="retail"), SaveName("North", parent_id="retail"), SaveName("Online")]
    )
    assert changed.done == ("added", "added", "added")
    retail, north, online = changed.ids
    shown = LISTS[kind](session)
    assert shown["full_name"].tolist() == ["Online", "Retail", "Retail:North"]
    assert shown["waiting"].all()
    assert queries.queue(session)["queued_by"].unique().tolist() == ["Ada"]
    world.sync(company)
    assert there(world, company, kind) == {"Retail": True, "Retail:North": True, "Online": True}
    assert not LISTS[kind](session)["waiting"].any()
    world.settle(company)

    commands.change_names(session, kind, [SaveName("Web", online), SaveName(record_id=north, parent_id=online), DeleteName(retail)])
    world.sync(company)
    assert there(world, company, kind) == {"Retail (deleted)": False, "Web": True, "Web:North": True}
    assert world.record(company, kind, retail) is None
    assert LISTS[kind](session)["full_name"].tolist() == ["Web", "Web:North"]
    assert events(world, session, kind, retail) == [(f"{kind} added", "Ada"), (f"{kind} deleted", "Ada")]
    assert events(world, session, kind, north) == [(f"{kind} added", "Ada"), (f"{kind} changed", "Ada")]
    assert world.settle(company).sent == 0
    assert LISTS[kind](session)["full_name"].tolist() == ["Web", "Web:North"], "the inactive name came back"


def test_a_name_that_arrived_from_quickbooks_is_deleted_under_its_own_name(world, company):
    session = session_of(world, company)
    world.actor(company, "create", entity="Class", changes={"Name": "Wholesale"})
    world.settle(company)
    record_id = int(queries.classes(session)["id"].iloc[0])
    assert commands.delete_name(session, "class", record_id) == "deleted"
    assert queries.queue(session)["label"].tolist() == ["Wholesale"]
    world.sync(company)
    assert list(there(world, company, "class").values()) == [False]


def test_a_name_that_records_still_name_is_made_inactive_on_both_sides(world, company):
    session = session_of(world, company)
    harbour = commands.save_name(session, "department", "Harbour")
    customer = world.save(company, "customer", {"name": "Alpine"})
    item = world.save(company, "item", {"name": "Anchor"})
    world.save(
        company, "invoice", {"number": "1", "customer_id": customer, "department_id": harbour}, [{"item_id": item, "quantity": "1", "unit_price": "5"}]
    )
    world.sync(company)
    assert commands.delete_name(session, "department", harbour) == "made inactive"
    assert world.record(company, "department", harbour)["active"] is False
    world.sync(company)
    assert list(there(world, company, "department").values()) == [False]
    with pytest.raises(Refused, match="Nothing has changed"):
        commands.delete_name(session, "department", harbour)


def test_the_plans_limit_is_told_before_it_is_exceeded(sqlite_world):
    """QuickBooks Plus takes 40 classes and departments together."""
    world = sqlite_world
    company = world.company()
    world.sync(company)
    prefer(world, company, **TRACKING["class"], **TRACKING["department"])
    session = session_of(world, company)
    commands.change_names(session, "class", [SaveName(f"Class {n}") for n in range(39)])
    last = commands.save_name(session, "department", "Harbour")
    world.sync(company)
    room = queries.tracking(session)
    assert (room.plan, room.used, room.limit) == ("QuickBooks Online Plus", 40, 40)
    with pytest.raises(Refused, match="QuickBooks Online Plus allows 40 active classes and departments together, and there would be 41"):
        commands.save_name(session, "department", "Pier")
    commands.change_names(session, "department", [SaveName(record_id=last, active=False), SaveName("Pier")])
    world.sync(company)
    world.sync(company)
    assert there(world, company, "department") == {"Harbour (deleted)": False, "Pier": True}
    with pytest.raises(Refused, match="there would be 41"):
        commands.save_name(session, "department", record_id=last, active=True)


def test_an_unknown_plan_is_left_to_quickbooks_to_judge(sqlite_world):
    world = sqlite_world
    company = world.company()
    world.sync(company)
    prefer(world, company, **TRACKING["class"])
    world.sql("DELETE FROM ledger_object WHERE entity = 'CompanyInfo'")
    session = session_of(world, company)
    commands.change_names(session, "class", [SaveName(f"Class {n}") for n in range(41)])
    assert queries.tracking(session).limit is None
    assert world.sync(company).failed == 1
    assert queries.errors(session)["code"].tolist() == ["5030"]


def test_a_name_that_was_deleted_in_quickbooks_does_not_wait_in_the_queue(sqlite_world):
    world = sqlite_world
    company = world.company()
    world.sync(company)
    prefer(world, company, **TRACKING["class"])
    session = session_of(world, company)
    record_id = commands.save_name(session, "class", "Retail")
    world.sync(company)
    world.sql("UPDATE sync_binding SET ended_at = last_success_at, ended_by = 'quickbooks' WHERE record_id = :id", id=record_id)
    row = queries.classes(session).iloc[0]
    assert (row["sync"], bool(row["waiting"])) == ("deleted in QuickBooks", False)
