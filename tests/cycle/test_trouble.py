"""Trouble: refusals hold back only what depends on them, lost answers are asked for again, outages lose nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from syncengine import failpoints
from syncengine.terms import OutboxState
from tests.cycle.test_both_ways import one, small_trade
from tests.support.world import World


def invoices(world: World, company: int, count: int) -> list[int]:
    """So many invoices for one customer and item that are synced already."""
    customer = world.save(company, "customer", {"name": "Harbour Supply"})
    item = world.save(company, "item", {"name": "Rope", "unit_price": Decimal("2.5")})
    world.sync(company)
    found = []
    for number in range(1, count + 1):
        line = {"line_no": 1, "item_id": item, "quantity": Decimal(number), "unit_price": Decimal("2.5")}
        head = {"number": f"N-{number}", "customer_id": customer, "txn_date": date(2026, 1, 10)}
        found.append(world.save(company, "invoice", head, [line]))
    return found


def test_one_refused_record_holds_back_only_what_depends_on_it(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    # QuickBooks refuses a vendor with the customer's name, and with it the purchase order; all else goes.
    world.save(company, "vendor", {"id": ids["vendor"], "name": "Café Señorita"})
    world.save(company, "customer", {"id": ids["customer"], "name": "Someone Else"})
    world.sync(company)
    other = world.save(company, "vendor", {"name": "Someone Else"})
    order = world.save(
        company, "purchase_order", {"number": "PO-2", "vendor_id": other, "txn_date": date(2026, 1, 2)},
        [{"line_no": 1, "item_id": ids["item"], "quantity": Decimal(1), "unit_cost": Decimal(1)}],
    )  # fmt: skip
    world.save(company, "customer", {"name": "Fine"})

    result = world.sync(company)

    assert (result.result, result.sent, result.failed) == ("errors", 1, 1)
    error = one(world.errors(company))
    assert (error["code"], error["label"], error["tries"]) == ("6240", "Someone Else", 0)
    assert "name" in error["cause"]
    held = next(row for row in world.preview(company) if row.kind == "purchase_order")
    assert held.waits_for == ["Vendor Someone Else"]
    top = world.preview(company)[0]
    assert (top.label, top.kind) == ("Someone Else", "vendor")

    world.save(company, "vendor", {"id": other, "name": "Renamed"})
    assert world.sync(company).result == "ok"
    assert world.errors(company) == []
    assert len(world.query(company, "select * from PurchaseOrder where DocNumber = 'PO-2'")) == 1, order


def test_a_refusal_is_counted_once_a_cycle_and_parked_after_three_more(world: World) -> None:
    company = world.company()
    world.save(company, "customer", {"name": "Twice"})
    world.sync(company)
    vendor = world.save(company, "vendor", {"name": "Twice"})
    for tries in (0, 1, 2):
        assert world.sync(company).result == "errors"
        assert one(world.errors(company))["tries"] == tries
        assert one(world.waiting(company))["state"] == OutboxState.RETRYABLE
    world.sync(company)
    assert one(world.waiting(company))["state"] == OutboxState.PARKED
    world.sync(company)
    assert one(world.errors(company))["tries"] == 3, "a parked row is not sent again in every cycle"

    world.save(company, "vendor", {"id": vendor, "name": "Once"})
    assert world.sync(company).result == "ok"


@pytest.mark.parametrize("kind", ["commit_then_drop", "commit_then_503", "commit_then_401", "drop_before_commit", "truncated"])
@pytest.mark.parametrize("count", [1, 25])
def test_a_lost_answer_never_makes_a_second_invoice(sqlite_world: World, kind: str, count: int) -> None:
    world, company = sqlite_world, sqlite_world.company()
    invoices(world, company, count)
    world.faults({"kind": kind, "count": 2, "match": {"method": "POST"}})

    for _ in range(4):
        world.settle(company)

    there = world.query(company, "select * from Invoice")
    assert sorted(each["DocNumber"] for each in there) == sorted(f"N-{number}" for number in range(1, count + 1))
    assert world.waiting(company) == []
    assert world.sync(company).result == "ok"


def test_an_answer_lost_for_longer_than_quickbooks_remembers_is_looked_up(sqlite_database, clock, tmp_path) -> None:
    world = World.make(sqlite_database, clock, tmp_path, requestid_memory_seconds=0)
    company = world.company()
    invoices(world, company, 3)
    # Sent and saved, and every answer lost: the cycle gives up.
    world.faults({"kind": "commit_then_drop", "count": 50, "match": {"method": "POST"}})
    assert world.sync(company).result == "failed"
    world.control("faults", method="DELETE")
    assert {row["unanswered"] for row in world.waiting(company)} == {True}
    clock.advance(25 * 3600)

    assert world.sync(company).result == "ok"
    numbers = sorted(each["DocNumber"] for each in world.query(company, "select * from Invoice"))
    # Without any memory the repetitions inside one cycle may have doubled; the look-up a day later must not.
    assert set(numbers) == {"N-1", "N-2", "N-3"}
    assert world.waiting(company) == []


def test_a_batch_refused_as_a_whole_is_halved_until_the_culprit_is_alone(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    invoices(world, company, 25)
    world.faults({"kind": "refuse", "count": 3, "code": "6000", "message": "no", "detail": "no", "match": {"path": "batch"}})
    assert world.sync(company).result == "ok"
    assert len(world.query(company, "select * from Invoice")) == 25


@pytest.mark.parametrize("form", ["xml", "json", "html"])
def test_a_throttled_cycle_waits_and_goes_on(sqlite_world: World, form: str) -> None:
    world, company = sqlite_world, sqlite_world.company()
    invoices(world, company, 5)
    before = world.clock.now()
    world.faults({"kind": "throttle_429", "body": form, "count": 1, "match": {"method": "POST"}})

    assert world.sync(company).result == "ok"
    assert (world.clock.now() - before).total_seconds() >= 60
    assert len(world.query(company, "select * from Invoice")) == 5


def test_an_outage_fails_the_cycle_and_loses_nothing(world: World) -> None:
    company = world.company()
    invoices(world, company, 2)
    world.faults({"kind": "unavailable_503", "count": 1000})

    result = world.sync(company)

    assert result.result == "failed"
    assert result.message
    assert len(world.waiting(company)) == 2
    assert {row["attempts"] for row in world.waiting(company)} == {0}, "an outage is no record's fault"
    error = one(world.errors(company))
    assert error["outbox_id"] is None
    world.control("faults", method="DELETE")
    assert world.settle(company).result == "ok"
    assert world.errors(company) == []


def test_a_revoked_sign_in_stops_the_connection_and_keeps_the_queue(world: World) -> None:
    company = world.company()
    invoices(world, company, 2)
    world.actor(company, "disconnect")

    result = world.sync(company)

    assert result.result == "failed"
    assert "Connect the company" in str(result.message)
    assert len(world.waiting(company)) == 2


def test_a_stale_object_is_merged_and_sent_in_the_same_cycle(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    world.save(company, "customer", {"id": ids["customer"], "phone": "555 0100"})
    # Between our pull and our push a bookkeeper edits the same customer.
    failpoints.arm("attempt.pre", failpoints.nth(1, lambda: world.actor(
        company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "pays late"})))  # fmt: skip

    result = world.sync(company)

    after = one(world.query(company, "select * from Customer"))
    assert after["PrimaryPhone"]["FreeFormNumber"] == "555 0100"
    assert after["Notes"] == "pays late"
    assert result.result == "ok"


def test_a_field_changed_on_both_sides_asks_and_does_what_was_chosen(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    for choice, expected in (("theirs", "theirs 0"), ("ours", "ours 1")):
        turn = expected[-1]
        theirs = one(world.query(company, "select * from Customer"))
        world.actor(company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": f"theirs {turn}"})
        world.save(company, "customer", {"id": ids["customer"], "notes": f"ours {turn}"})

        assert world.settle(company).result == "errors"
        row = one(world.waiting(company))
        assert (row["state"], row["parked_by"]) == (OutboxState.PARKED, "conflict")
        with world.site.database.writing() as connection:
            from syncengine.engine import resolve
            from syncengine.store import conflicts

            conflict = one(conflicts.open_of(connection, company))
            assert (conflict["field"], conflict["ours"], conflict["theirs"]) == ("Notes", f"ours {turn}", f"theirs {turn}")
            resolve.choose(connection, company, conflict["id"], choice, "test", world.clock.now())
        world.clock.advance(1)

        assert world.settle(company).result == "ok", world.errors(company)
        assert one(world.query(company, "select * from Customer"))["Notes"] == expected
        assert world.record(company, "customer", ids["customer"])["notes"] == expected
        assert world.waiting(company) == []


def test_an_invoice_edited_here_and_deleted_there_is_a_conflict_with_two_ends(world: World) -> None:
    company = world.company()
    for choice in ("ours", "theirs"):
        ids = small_trade_again(world, company, choice)
        world.sync(company)
        theirs = one(world.query(company, f"select * from Invoice where DocNumber = '{choice}'"))
        world.save(company, "invoice", {"id": ids["invoice"], "customer_memo": "thanks"})
        world.actor(company, "delete", entity="Invoice", id=theirs["Id"])
        assert world.settle(company).result == "errors"
        with world.site.database.writing() as connection:
            from syncengine.engine import resolve
            from syncengine.store import conflicts

            conflict = one(conflicts.open_of(connection, company))
            assert conflict["field"] == "*"
            world.clock.advance(1)
            resolve.choose(connection, company, conflict["id"], choice, "test", world.clock.now())
        world.clock.advance(1)
        assert world.settle(company).result == "ok", world.errors(company)
        left = world.query(company, f"select * from Invoice where DocNumber = '{choice}'")
        assert len(left) == (1 if choice == "ours" else 0)
        assert (world.record(company, "invoice", ids["invoice"]) is None) == (choice == "theirs")


def small_trade_again(world: World, company: int, number: str) -> dict[str, int]:
    """One more invoice, with parties of its own."""
    customer = world.save(company, "customer", {"name": f"Customer {number}"})
    item = world.save(company, "item", {"name": f"Item {number}", "unit_price": Decimal(1)})
    invoice = world.save(
        company, "invoice", {"number": number, "customer_id": customer, "txn_date": date(2026, 1, 3)},
        [{"line_no": 1, "item_id": item, "quantity": Decimal(1), "unit_price": Decimal(1)}],
    )  # fmt: skip
    return {"customer": customer, "item": item, "invoice": invoice}


def test_a_record_that_cannot_be_built_is_named_with_field_and_remedy_and_mended_by_an_edit(world: World) -> None:
    company = world.company()
    customer = world.save(company, "customer", {"name": "Fine"})
    world.sql("INSERT INTO customer (company_id, name) VALUES (:c, 'A:B')", c=company)
    result = world.sync(company)
    assert (result.sent, result.failed) == (1, 1), customer
    error = one(world.errors(company))
    assert error["code"] == "local"
    assert "name" in error["cause"]
    assert error["remedy"]
    world.sql("UPDATE customer SET name = 'A and B' WHERE name = 'A:B'")
    assert world.sync(company).result == "ok"


def test_stop_at_first_error_sends_nothing_behind_it(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.save(company, "customer", {"name": "Twice"})
    world.sync(company)
    with world.site.database.writing() as connection:
        from syncengine.store import settings

        settings.put(connection, company, "stop_at_first_error", value=True)
    world.save(company, "vendor", {"name": "Twice"})
    world.save(company, "vendor", {"name": "Behind"})
    assert world.sync(company).sent == 0
    assert world.query(company, "select * from Vendor") == []


def test_more_than_a_thousand_changes_are_read_list_by_list_deletions_too(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = invoices(world, company, 30)
    world.sync(company)
    world.clock.advance(300)
    world.sync(company)
    gone = world.query(company, "select * from Invoice where DocNumber = 'N-7'")[0]
    for number in range(1_020):
        world.actor(company, "create", entity="Customer", object={"DisplayName": f"New {number:04}"})
    world.actor(company, "delete", entity="Invoice", id=gone["Id"])

    result = world.sync(company)

    assert result.result == "ok", result.message
    assert result.received == 1_021
    assert world.record(company, "invoice", ids[6]) is None
    # The next answer still reaches back over the overlap, and so to all of these changes; the one after does not.
    assert world.settle(company).received == 0
    assert world.settle(company).metered_reads == 1


def test_after_a_month_of_silence_everything_is_compared_and_deletions_are_found(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = invoices(world, company, 3)
    world.sync(company)
    gone = world.query(company, "select * from Invoice where DocNumber = 'N-2'")[0]
    world.actor(company, "delete", entity="Invoice", id=gone["Id"])
    world.clock.advance(31 * 86_400)
    assert world.sync(company).result == "ok"
    assert world.record(company, "invoice", ids[1]) is None
    assert world.record(company, "invoice", ids[0]) is not None
    assert world.settle(company).metered_reads == 1


def test_a_list_that_overflowed_once_is_read_whole_when_it_overflows_again(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.sync(company)
    for turn in range(2):
        for number in range(1_010):
            world.actor(company, "create", entity="Customer", object={"DisplayName": f"New {turn}-{number:04}"})
        assert world.settle(company).received == 1_010
        world.settle(company)
