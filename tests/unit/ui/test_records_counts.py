"""Records: how many are in a state the queue tells, or they are counted once, and anew after whatever may change it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, insert, select, update

from syncengine import commands, inventory, queries
from syncengine.engine import capture
from syncengine.errors import Refused
from syncengine.inventory import tables
from syncengine.store import audit, bindings, outbox
from syncengine.store.tables import Binding, Outbox
from syncengine.terms import OutboxState
from syncengine.ui import glance, live
from syncengine.ui.records import listing
from tests.support.statements import statements
from tests.unit.queries import seed

STATES = ("synced", "waiting", "failed", "not synced")


@pytest.fixture
def found(database, monkeypatch):
    for kept in ("_READ", "_ANSWERS"):
        monkeypatch.setattr(glance, kept, {})
    return seed.busy(database)


def counted(found, state, kind="customer"):
    """As a page counts, once its frame has looked; what is kept is right by the database, too."""
    seen = live.latest(found.session)
    number = listing._counted(found.session, seen, kind, {"search": "", "state": state, "since": None, "until": None})
    assert number == queries.records_count(found.session, kind, state=state)
    return number


@pytest.mark.parametrize("state", STATES)
def test_while_nothing_moves_it_is_counted_once(found, monkeypatch, state):
    number = counted(found, state)
    monkeypatch.setattr(listing.queries, "records_count", lambda *_, **__: pytest.fail("counted again"))
    assert listing._counted(found.session, live.latest(found.session), "customer", {"state": state}) == number


@pytest.mark.parametrize("more", [{"search": "al"}, {"since": date(2026, 1, 1)}, {"until": date(2026, 1, 1)}, {"state": ""}])
def test_what_depends_on_more_than_the_state_is_never_kept(found, more):
    seen = live.latest(found.session)
    assert listing._counted(found.session, seen, "customer", {"search": "", "state": "failed", **more}) is None


def taken_out(found):
    row = seed.row_of(found.database, "customer", found.customers["Bluebird Bakery"])
    commands.remove(found.session, [(row["id"], row["version"])])


def saved(found):
    inventory.save(found.database, "customer", {"name": "Northern Ropes"}, company=found.session.company_id)


def captured(found):
    saved(found)
    capture.capture(found.database, found.session.clock)


def gone(found):
    """By another program, which says nothing of it."""
    table = tables.KINDS["customer"].table
    with found.database.writing() as connection:
        connection.execute(delete(table).where(table.c.id == found.customers["Coral Reef Diving"]))


def retried(found):
    row = seed.row_of(found.database, "customer", found.customers["Bluebird Bakery"])
    commands.retry(found.session, [(row["id"], row["version"])])


def parted(found):
    """QuickBooks has deleted what it had."""
    with found.database.writing() as connection:
        bindings.end(connection, found.session.clock.now(), connection.scalars(select(Binding.id)).all(), by="quickbooks")


@pytest.mark.parametrize("act", [taken_out, saved, captured, gone, retried, parted])
def test_after_whatever_changes_it_is_counted_anew(found, act):
    before = {state: counted(found, state) for state in STATES}
    act(found)
    assert {state: counted(found, state) for state in STATES} != before


def test_what_is_synced_is_not_counted_anew_where_a_row_only_fails(found, monkeypatch):
    captured(found)
    before = {state: counted(found, state) for state in STATES}
    with found.database.writing() as connection:
        changed = update(Outbox).where(Outbox.label == "Northern Ropes").values(state="retryable", version=Outbox.version + 1)
        assert connection.execute(changed).rowcount == 1
        audit.write(connection, found.session.company_id, found.session.clock.now(), [audit.Line("available -> retryable")])
    glance._READ.clear()
    assert [counted(found, state) - before[state] for state in ("waiting", "failed")] == [-1, 1]
    monkeypatch.setattr(listing.queries, "records_count", lambda *_, **__: pytest.fail("counted again"))
    found.session.clock.advance(2 * glance.STALE)  # nothing of it follows from time
    for state in ("synced", "not synced"):
        assert listing._counted(found.session, live.latest(found.session), "customer", {"state": state}) == before[state]


def test_a_row_whose_record_is_gone_and_a_second_row_of_one_count_for_no_record(found):
    everything = {state: counted(found, state) for state in STATES}
    table, bluebird = tables.KINDS["customer"].table, found.customers["Bluebird Bakery"]
    with found.database.writing() as connection:
        connection.execute(delete(table).where(table.c.id == bluebird))
    assert queries.records_surplus(found.session, "customer", "failed") == 1
    assert {state: counted(found, state) for state in STATES} == {**everything, "failed": everything["failed"] - 1}
    retried(found)  # it waits now, and stands for no record there either
    glance.forget(found.session)  # as each act in a page does
    assert counted(found, "failed") == everything["failed"] - 1


def test_a_record_that_waits_for_two_targets_counts_once_however_many_of_them_go(found):
    session, now = found.session, found.session.clock.now()
    payments = [{"id": each, "company_id": session.company_id} for each in (901, 902, 903)]
    with found.database.writing() as connection:
        connection.execute(insert(tables.KINDS["payment"].table), payments)
        for target in ("Payment", "JournalEntry"):
            news = [{"entity": target, "kind": "payment", "record_id": each["id"], "label": "P", "operation": "save"} for each in payments]
            outbox.add(connection, session.company_id, now, news, actor="Ada")
    assert (queries.queued_targets(session, "payment"), queries.queued_targets(session, "estimate")) == (("JournalEntry", "Payment"), ())
    before = counted(found, "waiting", "payment")
    for left in (2, 1, 0):
        with found.database.writing() as connection:
            rows = outbox.open_of_records(connection, session.company_id, [(each, "payment", 903 - left) for each in ("JournalEntry", "Payment")])
            assert len(rows) == 2
            outbox.move(connection, now, [outbox.Move(row["id"], OutboxState.CANCELLED) for row in rows])
        assert counted(found, "waiting", "payment") == before - 3 + left


def test_what_the_queue_does_not_tell_has_no_surplus(found):
    with pytest.raises(Refused, match="how many records are 'synced': it tells of waiting and failed"):
        queries.records_surplus(found.session, "customer", "synced")


def test_the_count_that_is_known_is_not_asked_for_again(found):
    with statements(found.database) as asked:
        total, rows = queries.records_page(found.session, "customer", state="failed", total=2)
    assert (total, len(rows)) == (2, 2)
    assert not [each for each in asked if "count(" in each.lower() and "FROM customer" in each]


def test_the_extent_of_a_kind_changes_with_each_record_that_comes_or_goes(found):
    seen = [queries.records_extent(found.session, "customer")]
    for act in (saved, gone):
        act(found)
        seen.append(queries.records_extent(found.session, "customer"))
    assert len(set(seen)) == 3
    assert queries.records_extent(found.session, "estimate") == (0, 0)
