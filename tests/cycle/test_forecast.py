"""What the preview expects to fail does fail, for the reason it gave; and what it will post is what is posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from syncengine import inventory
from syncengine.engine import capture
from syncengine.engine.preview import Planned
from tests.support.world import World


@pytest.fixture
def trade(begun: Callable[[Callable[[World], Any]], Any]) -> tuple[World, int, dict[str, int]]:
    """A company that has synced a customer, a vendor and an item."""
    return begun(_trade)


def _trade(world: World) -> tuple[World, int, dict[str, int]]:
    company = world.company()
    ids = {
        "customer": world.save(company, "customer", {"name": "Globex"}),
        "vendor": world.save(company, "vendor", {"name": "Initech"}),
        "item": world.save(company, "item", {"name": "Anchor", "unit_price": Decimal(5)}),
    }
    assert world.sync(company).result == "ok"
    return world, company, ids


def look(world: World, company: int) -> list[Planned]:
    capture.capture(world.site.database, world.clock)
    return world.preview(company)


def invoice(world: World, company: int, ids: dict[str, int], **more: Any) -> int:
    lines = [{"item_id": ids["item"], "quantity": Decimal(2), "unit_price": Decimal("4.25")}]
    return world.save(company, "invoice", {"number": "1", "customer_id": ids["customer"], "txn_date": world.clock.now().date(), **more}, lines)


def closed(world: World, company: int, ids: dict[str, int]) -> None:
    world.actor(company, "close_books", date=(world.clock.now().date() - timedelta(days=1)).isoformat())
    world.clock.advance(25 * 3600)
    world.sync(company)
    invoice(world, company, ids, txn_date=date(2025, 12, 31))


def inactive(world: World, company: int, ids: dict[str, int]) -> None:
    [item] = world.query(company, "SELECT * FROM Item WHERE Name = 'Anchor'")
    world.actor(company, "deactivate", entity="Item", id=item["Id"])
    world.sync(company)
    invoice(world, company, ids)


def taken(world: World, company: int, _ids: dict[str, int]) -> None:
    world.save(company, "vendor", {"name": "Globex"})


@pytest.mark.parametrize(
    ("cause", "words", "code"),
    [
        (closed, "the books are closed in QuickBooks up to", "62"),
        (inactive, "Item Anchor is inactive in QuickBooks.", "610"),
        (taken, "QuickBooks has a customer called 'Globex' already.", "6240"),
    ],
)
def test_what_is_expected_to_fail_fails_with_that_code(
    trade, cause: Callable[[World, int, dict[str, int]], None], words: str, code: str
):
    world, company, ids = trade
    cause(world, company, ids)
    [row] = look(world, company)
    assert words in row.expected
    assert not row.needs_attention
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["code"].startswith(code), error


def test_nothing_is_expected_against_what_goes_through(trade):
    world, company, ids = trade
    invoice(world, company, ids)
    world.save(company, "customer", {"name": "Hooli"})
    rows = look(world, company)
    assert [row.expected for row in rows] == ["", ""]
    assert world.sync(company).result == "ok"


def test_an_invoice_shows_the_accounts_that_it_then_moves(trade):
    world, company, ids = trade
    invoice(world, company, ids)
    [row] = look(world, company)
    assert row.effects == [("(accounts receivable)", Decimal("8.50")), ("Sales of Product Income", Decimal("-8.50"))]
    before = {each["FullyQualifiedName"]: each["CurrentBalance"] for each in world.query(company, "SELECT * FROM Account")}
    world.sync(company)
    after = {each["FullyQualifiedName"]: each["CurrentBalance"] for each in world.query(company, "SELECT * FROM Account")}
    moved = {name: after[name] - before.get(name, Decimal(0)) for name in after if after[name] != before.get(name, Decimal(0))}
    assert moved.get("Accounts Receivable (A/R)") == Decimal("8.50")


def test_a_journal_entry_shows_its_debits_and_credits(trade):
    world, company, ids = trade
    world.set(company, asset_account="Inventory Asset", adjustment_account="Inventory Shrinkage")
    world.save(company, "adjustment", {"number": "A", "txn_date": world.clock.now().date()}, [{"item_id": ids["item"], "amount": Decimal("7.30")}])
    [row] = look(world, company)
    assert row.effects == [("Inventory Asset", Decimal("7.30")), ("Inventory Shrinkage", Decimal("-7.30"))]


def test_a_deletion_shows_the_reversal_of_what_it_takes_back_and_an_update_what_then_stands(trade):
    world, company, ids = trade
    bill = invoice(world, company, ids)
    world.set(company, asset_account="Inventory Asset", adjustment_account="Inventory Shrinkage")
    day = world.clock.now().date()
    entry = world.save(company, "adjustment", {"number": "A", "txn_date": day}, [{"item_id": ids["item"], "amount": Decimal("7.30")}])
    assert world.sync(company).result == "ok"
    world.save(company, "invoice", {"id": bill, "customer_memo": "thank you"})
    world.save(company, "adjustment", {"id": entry, "private_note": "counted again"})
    rows = {row.entity: row for row in look(world, company)}
    assert {row.operation for row in rows.values()} == {"update"}
    assert rows["JournalEntry"].effects == [], "it goes without lines"
    assert rows["Invoice"].effects == [("(accounts receivable)", Decimal("8.50")), ("Sales of Product Income", Decimal("-8.50"))]
    inventory.delete(world.site.database, "invoice", bill, company)
    inventory.delete(world.site.database, "adjustment", entry, company)
    rows = {row.entity: row for row in look(world, company)}
    assert {row.operation for row in rows.values()} == {"delete"}
    assert rows["Invoice"].effects == [("Sales of Product Income", Decimal("8.50")), ("(accounts receivable)", Decimal("-8.50"))]
    assert rows["JournalEntry"].effects == [("Inventory Shrinkage", Decimal("7.30")), ("Inventory Asset", Decimal("-7.30"))]


def test_names_and_orders_post_nothing(trade):
    world, company, ids = trade
    world.save(company, "customer", {"name": "Hooli"})
    lines = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_cost": Decimal(3)}]
    world.save(company, "purchase_order", {"number": "P", "vendor_id": ids["vendor"], "txn_date": world.clock.now().date()}, lines)
    assert [row.effects for row in look(world, company)] == [[], []]
