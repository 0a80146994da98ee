"""Interruptions, moves and lines: the queue keeps its word."""

from __future__ import annotations

import contextlib
import threading
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from syncengine import failpoints
from syncengine.inventory.tables import line_amount
from tests.cycle.test_both_ways import one, small_trade
from tests.cycle.test_settle import LOST, act, base, invoice
from tests.support.world import World


class Crash(Exception):  # noqa: N818 -- what it stands for
    """A stop in the middle."""


def crash() -> None:
    raise Crash


def count(world: World, table: str, where: str = "1=1") -> int:
    with world.site.database.reading() as connection:
        return connection.scalar(text(f"select count(*) from {table} where {where}"))


@pytest.mark.parametrize("nth", [1, 4, 8, 12])
def test_an_interrupted_first_pull_goes_on(sqlite_world: World, nth: int) -> None:
    world, company = sqlite_world, sqlite_world.company(sample="demo")
    failpoints.arm("page.applied", failpoints.nth(nth, crash))
    with contextlib.suppress(Crash):
        world.sync(company)
    failpoints.disarm()
    customers = world.query(company, "select * from Customer")
    act(world, company, "edit", entity="Customer", id=customers[0]["Id"], changes={"Notes": "late"})
    world.clock.advance(300)
    world.sync(company)
    assert count(world, "customer", "notes = 'late'") == 1
    assert count(world, "customer") == len(world.query(company, "select * from Customer where Active IN (true, false)"))


def test_a_stop_in_the_middle_of_a_wave_resumes(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    for n in range(40):
        invoice(world, company, customer, item, number=f"S-{n}")
    stop = threading.Event()
    failpoints.arm("record.committed", failpoints.nth(2, stop.set))
    assert world.sync(company, stop=stop).result == "interrupted"
    failpoints.disarm()
    assert world.settle(company).result == "ok"
    assert len(world.query(company, "select * from Invoice")) == 40


def test_a_refused_row_whose_record_was_edited_on_the_wire_goes_as_edited(world: World) -> None:
    company = world.company()
    world.sync(company)
    world.save(company, "customer", {"name": "Twice"})
    world.sync(company)
    vendor = world.save(company, "vendor", {"name": "Twice"})
    from syncengine.engine import capture

    def edit() -> None:
        world.save(company, "vendor", {"id": vendor, "name": "Once"})
        capture.capture(world.site.database, world.clock)

    failpoints.arm("record.pre", failpoints.nth(1, edit))
    world.sync(company)
    failpoints.disarm()
    assert world.settle(company).result == "ok", [dict(e) for e in world.errors(company)]
    assert one(world.query(company, "select * from Vendor"))["DisplayName"] == "Once"
    assert world.errors(company) == []


def test_an_update_and_then_a_deletion_while_unanswered(world: World) -> None:
    company = world.company()
    customer, item = base(world, company)
    made = invoice(world, company, customer, item, number="N-1")
    world.sync(company)
    world.save(company, "invoice", {"id": made, "customer_memo": "x"})
    world.faults(LOST)
    assert world.sync(company).result == "failed"
    world.save(company, "invoice", {"id": made, "customer_memo": "y"})
    world.sql("DELETE FROM invoice WHERE id = :i", i=made)
    for _ in range(2):
        result = world.settle(company)
    assert result.result == "ok", result.message
    assert world.query(company, "select * from Invoice") == []


@pytest.mark.parametrize("hours", [0, 25])
def test_a_deletion_of_unknown_outcome(world: World, hours: int) -> None:
    company = world.company()
    customer, item = base(world, company)
    made = invoice(world, company, customer, item, number="N-1")
    world.sync(company)
    world.sql("DELETE FROM invoice WHERE id = :i", i=made)
    world.faults(LOST)
    assert world.sync(company).result == "failed"
    world.clock.advance(hours * 3600)
    for _ in range(2):
        result = world.settle(company)
    assert result.result == "ok", result.message
    assert world.waiting(company) == []


def test_a_record_that_changes_company_moves_in_quickbooks(sqlite_world: World) -> None:
    world, first = sqlite_world, sqlite_world.company("One")
    second = world.company("Two")
    customer = world.save(first, "customer", {"name": "Wanderer"})
    world.sync(first)
    world.sync(second)
    world.sql("UPDATE customer SET company_id = :c WHERE id = :i", c=second, i=customer)
    assert world.settle(first).result == "ok"
    assert world.settle(second).result == "ok"
    assert world.query(first, "select * from Customer") == []
    assert len(world.query(second, "select * from Customer")) == 1


def test_both_sides_rename_to_the_same(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    act(world, company, "rename", entity="Customer", id=theirs["Id"], name="Same")
    world.save(company, "customer", {"id": ids["customer"], "name": "Same"})
    assert world.settle(company).result == "ok"
    assert world.settle(company).sent == 0


def test_a_term_that_is_inactive_there_and_used_here_is_told(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    term = world.save(company, "term", {"name": "Net 45", "due_days": 45})
    assert world.sync(company).result == "ok", [dict(e) for e in world.errors(company)]
    theirs = one(world.query(company, "select * from Term where Name = 'Net 45'"))
    act(world, company, "deactivate", entity="Term", id=theirs["Id"])
    world.settle(company)
    made = invoice(world, company, customer, item, number="T-1", term_id=term)
    world.settle(company)
    act(world, company, "reactivate", entity="Term", id=theirs["Id"])
    world.settle(company)
    assert world.settle(company).result == "ok", [dict(e) for e in world.errors(company)]
    assert world.record(company, "invoice", made)["term_id"] == term


def test_lines_reordered_added_removed(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    lines = [{"line_no": n, "item_id": item, "description": f"d{n}", "quantity": Decimal(n), "unit_price": Decimal(n), "discount": Decimal("0.1")} for n in range(1, 5)]
    made = world.save(company, "invoice", {"number": "R-1", "customer_id": customer}, lines)
    world.sync(company)
    here = world.record(company, "invoice", made)["lines"]
    keep = [{"id": here[i]["id"], "line_no": place} for place, i in enumerate((3, 0, 2), start=1)]
    world.save(company, "invoice", {"id": made}, [*keep, {"line_no": 4, "item_id": item, "quantity": Decimal(1), "unit_price": Decimal(7)}])
    assert world.settle(company).result == "ok"
    theirs = one(world.query(company, "select * from Invoice"))
    there = [line for line in theirs["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    assert [line.get("Description") for line in there] == ["d4", "d1", "d3", None]
    moved = [there[2], there[0]]
    act(world, company, "edit", entity="Invoice", id=theirs["Id"], changes={"Line": moved, "CustomerRef": theirs["CustomerRef"]})
    assert world.settle(company).result == "ok"
    after = world.record(company, "invoice", made)["lines"]
    assert [line["description"] for line in after] == ["d3", "d4"]
    assert [line["discount"] for line in after] == [Decimal("0.1")] * 2
    for _ in range(2):
        assert world.settle(company).sent == 0


def test_a_discount_line_added_in_quickbooks_is_taken_off_here_too(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Invoice"))
    lines = [line for line in theirs["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    act(world, company, "edit", entity="Invoice", id=theirs["Id"], changes={"CustomerRef": theirs["CustomerRef"], "Line": [
        *lines, {"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}]})
    assert world.settle(company).result == "ok"
    assert one(world.query(company, "select * from Invoice"))["TotalAmt"] == worth(world.record(company, "invoice", ids["invoice"])) == Decimal("79.31")
    assert world.settle(company).sent == 0


def worth(record: Any) -> Decimal:
    """What the lines of a document come to here."""
    return sum((line["amount"] if line["amount"] is not None else line_amount(line["quantity"], line["unit_price"], line["discount"])
                for line in record["lines"]), Decimal(0))  # fmt: skip
