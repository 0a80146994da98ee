"""What errors hold back: level by level, each record once, for the cause that it waits for; and how little it takes to ask."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from syncengine import commands, queries
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.queries import holding
from syncengine.store import errors, outbox
from syncengine.store.tables import Binding, Error, Outbox
from syncengine.terms import OutboxState
from tests.unit.queries import seed


def save(found, kind, values, lines=None):
    with found.database.writing() as connection:
        more = {} if lines is None else {"lines": lines}
        record_id = writer.save(connection, kind, found.session.company_id, values, **more)
    capture.capture(found.database, found.session.clock)
    return record_id


def invoice(found, number, customer, item=None):
    line = {"item_id": item or found.item, "quantity": Decimal(1), "unit_price": Decimal(5)}
    return save(found, "invoice", {"number": number, "customer_id": customer, "txn_date": date(2026, 1, 14)}, [line])


def fail(found, kind, record_id, group):
    """The record fails for the cause `group`; for one of its own where it is empty."""
    row = seed.row_of(found.database, kind, record_id)
    with found.database.writing() as connection:
        report = errors.Report("6000", "x", "It fails.", "Mend it.", group_key=group or None, klass="no")
        errors.record(connection, row, seed.NOON, found.cycle, report)
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.RUNNING)])
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED)])


@pytest.fixture
def busy(database):
    """Alpine Outfitters failed, and an invoice waits for it; so does that of its branch, which waits, too."""
    found = seed.busy(database)
    branch = save(found, "customer", {"code": "c9", "name": "Alpine North", "parent_id": found.customers["Alpine Outfitters"]})
    invoice(found, "1043", branch)
    with database.writing() as connection:
        connection.execute(update(Error).where(Error.label == "Alpine Outfitters").values(group_key="names"))
    return found


def test_what_waits_is_found_level_by_level_with_what_it_waits_for(busy):
    held = queries.held_back(busy.session, "names")
    assert dict(zip(held["label"], held["depth"], strict=True)) == {"Alpine North": 1, "1042": 1, "1043": 2}
    assert dict(zip(held["label"], held["waits_for"], strict=True))["1043"] == "Alpine North"
    assert queries.held_back_counts(busy.session, ["names"]) == {"names": 3}


def test_each_cause_holds_back_its_own_and_what_failed_itself_waits_for_nothing(busy):
    failed = queries.errors(busy.session)
    other = int(failed[failed["label"] == "Bluebird Bakery"]["id"].iloc[0])
    invoice(busy, "1044", busy.customers["Bluebird Bakery"])
    late = invoice(busy, "1045", busy.customers["Bluebird Bakery"])
    fail(busy, "invoice", late, "late")
    assert queries.held_back_counts(busy.session, ["names", f"error {other}", "late", "no such cause"]) == {
        "names": 3,
        f"error {other}": 1,
    }


def test_what_quickbooks_has_holds_nothing_back(busy):
    place = {"company_id": busy.session.company_id, "entity": "Customer", "kind": "customer"}
    with busy.database.writing() as connection:
        twin = {
            "record_id": busy.customers["Alpine Outfitters"],
            "qbo_id": "7001",
            "sync_token": "0",
            "base": {},
            "generation": 1,
            "last_success_at": seed.NOON,
        }
        connection.execute(insert(Binding).values(**place, **twin))
    assert queries.held_back_counts(busy.session, ["names"]) == {}
    with busy.database.writing() as connection:
        connection.execute(update(Binding).where(Binding.qbo_id == "7001").values(ended_at=seed.NOON, ended_by="deleted"))
    assert queries.held_back_counts(busy.session, ["names"]) == {"names": 3}


def test_what_is_on_its_way_or_was_taken_out_is_told_alike(busy):
    row = seed.row_of(busy.database, "invoice", busy.invoice)
    with busy.database.writing() as connection:
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.RUNNING)])
    assert queries.held_back_counts(busy.session, ["names"]) == {"names": 3}
    with busy.database.writing() as connection:
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.CANCELLED)])
    assert queries.held_back_counts(busy.session, ["names"]) == {"names": 2}


def test_what_waits_for_a_parked_record_is_held_back_and_not_among_what_will_be_sent(busy):
    """The same rows rest by the plan of the queue."""
    alpine = busy.customers["Alpine Outfitters"]
    for state, held in ((OutboxState.PARKED, {"customer": 1, "invoice": 2}), (OutboxState.RETRYABLE, {})):
        with busy.database.writing() as connection:
            connection.execute(update(Outbox).where(Outbox.kind == "customer", Outbox.record_id == alpine).values(state=state))
        counts = queries.waiting_counts(busy.session).set_index("kind")
        assert counts["held"][counts["held"] > 0].to_dict() == held
        waiting = queries.queue_counts(busy.session).sending
        assert counts["waiting"].sum() + counts["held"].sum() == waiting
        listed = queries.queue(busy.session)
        rests = listed[(listed["block"] == "will be sent") & (listed["rests"] != "")]
        assert rests["kind"].value_counts().to_dict() == held


def held_and_rests(found):
    """What is counted as held back, and what rests by the plan of the queue, by kind; all that waits is counted once."""
    counts = queries.waiting_counts(found.session).set_index("kind")
    listed = queries.queue(found.session)
    assert counts["waiting"].sum() + counts["held"].sum() == queries.queue_counts(found.session).sending
    rests = listed[(listed["block"] == "will be sent") & (listed["rests"] != "")]
    return counts["held"][counts["held"] > 0].to_dict(), rests["kind"].value_counts().to_dict()


def test_what_a_setting_keeps_here_is_held_back_and_counted_once(busy):
    """The same rows rest by the plan, those that wait for a parked record as well among them."""
    commands.change_settings(busy.session, {"direction": "from quickbooks"})
    everything = {"customer": 1, "invoice": 2, "item": 1, "vendor": 1}
    assert held_and_rests(busy) == (everything, everything)
    with busy.database.writing() as connection:
        row = seed.row_of(busy.database, "vendor", busy.vendor)
        connection.execute(update(Outbox).where(Outbox.id == row["id"]).values(unanswered=True))
    # Its answer is still awaited: that is looked after whatever is set.
    rest = {kind: number for kind, number in everything.items() if kind != "vendor"}
    assert held_and_rests(busy) == (rest, rest)


def test_a_kind_that_is_switched_off_or_that_quickbooks_does_not_have_is_held_back(busy):
    save(busy, "class", {"name": "Retail"})
    commands.change_settings(busy.session, {"class_tracking": "off"})
    for number in ("E1", "E2", "E3"):
        lines = [{"item_id": busy.item, "quantity": Decimal(1), "unit_price": Decimal(5)}]
        coral = busy.customers["Coral Reef Diving"]
        save(busy, "estimate", {"number": number, "customer_id": coral, "txn_date": date(2026, 1, 14)}, lines)
    before = {"class": 1}
    assert held_and_rests(busy) == (before, before)
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "E1").values(state="parked", parked_by=outbox.FEATURE))
    assert held_and_rests(busy) == ({**before, "estimate": 2}, {**before, "estimate": 2})
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "E1").values(state="available"))
    # The one that is tried for all the others goes.
    assert held_and_rests(busy) == ({**before, "estimate": 2}, {**before, "estimate": 2})


def test_what_a_sync_tries_again_after_a_day_holds_nothing_back(busy):
    alpine = busy.customers["Alpine Outfitters"]
    yesterday = {"state": OutboxState.PARKED, "parked_by": "refused", "changed_at": seed.NOON - timedelta(hours=25)}
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "customer", Outbox.record_id == alpine).values(**yesterday))
    assert queries.waiting_counts(busy.session)["held"].sum() == 0
    listed = queries.queue(busy.session)
    assert not (listed["rests"][listed["block"] == "will be sent"] != "").any()


def test_what_more_is_held_back_than_is_counted_counts_as_waiting(busy, monkeypatch):
    alpine = busy.customers["Alpine Outfitters"]
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "customer", Outbox.record_id == alpine).values(state="parked"))
    monkeypatch.setattr(holding, "MOST", 2)
    counts = queries.waiting_counts(busy.session)
    assert counts["held"].sum() == 2
    assert counts["waiting"].sum() + 2 == queries.queue_counts(busy.session).sending


def test_where_nothing_waits_nothing_is_held_back(database):
    assert queries.held_back_counts(seed.company(database, "Empty"), ["names", "error 1"]) == {}
    assert queries.held_back(seed.company(database, "Void"), "names").empty
