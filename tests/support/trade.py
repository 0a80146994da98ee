"""A small company whose stock posts, and what its books say afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from syncengine import inventory
from syncengine.engine.capture import capture
from tests.support.world import World

#: The default accounts of the company, by setting; all of them are in the emulator's empty company.
ACCOUNTS = {
    "asset_account": "Inventory Asset",
    "cogs_account": "Cost of Goods Sold",
    "expense_account": "Purchases",
    "adjustment_account": "Inventory Shrinkage",
    "checking_account": "Checking",
    "cash_account": "Savings",
    "credit_card_account": "Mastercard",
    "deposit_asset_account": "Undeposited Funds",
    "deposit_liability_account": "Payroll Clearing",
}
DAY = date(2026, 3, 10)


@dataclass
class Trade:
    """One company with a vendor, a customer and two items, and short words for what a test does with it."""

    world: World
    company: int
    vendor: int = 0
    customer: int = 0
    items: dict[str, int] = field(default_factory=dict)

    def save(self, kind: str, lines: list[dict[str, Any]] | None = None, **values: Any) -> int:
        """Save a record; a new document is dated DAY."""
        dated = {"txn_date": DAY} if lines is not None and "id" not in values else {}
        return self.world.save(self.company, kind, {**dated, **values}, lines)

    def delete(self, kind: str, record_id: int) -> None:
        inventory.delete(self.world.site.database, kind, record_id, self.company)

    def line(self, item: str, quantity: Any, cost: Any = None, **more: Any) -> dict[str, Any]:
        """A line at cost."""
        costs = {} if cost is None else {"unit_cost": Decimal(cost)}
        return {"item_id": self.items[item], "quantity": Decimal(quantity), **costs, **more}

    def sync(self) -> None:
        """A cycle in which all goes well."""
        result = self.world.sync(self.company)
        assert result.result == "ok", [(each["cause"], each["message"]) for each in self.world.errors(self.company)]

    def objects(self, entity: str) -> list[dict[str, Any]]:
        return self.world.query(self.company, f"SELECT * FROM {entity}")

    def one(self, entity: str) -> dict[str, Any]:
        [found] = self.objects(entity)
        return found

    def balances(self) -> dict[str, Decimal]:
        """What the books say of each account that was touched: debits less credits, by name."""
        return balances(self.world, self.company)

    def told(self) -> list[tuple[str, str]]:
        """The cause and the remedy of each open error."""
        return [(each["cause"], each["remedy"]) for each in self.world.errors(self.company)]

    def capture(self) -> None:
        """What the worker does each second: changes become rows of the queue."""
        capture(self.world.site.database, self.world.clock)

    def notes(self) -> list[str]:
        """What the preview says of rows that are not sent."""
        return [each.note for each in self.world.preview(self.company)]


def balances(world: World, company: int) -> dict[str, Decimal]:
    """The emulator's own trial balance, debits less credits, without accounts that stand at nothing."""
    rows = world.control(f"trial_balance?realm_id={world.realm(company)}", method="GET")["rows"]
    found = {row["name"]: Decimal(str(row["debit"])) - Decimal(str(row["credit"])) for row in rows}
    return {name: amount for name, amount in found.items() if amount}


def started(world: World) -> Trade:
    """A new company with ACCOUNTS, a vendor, a customer, two items in stock and a service, all of them in QuickBooks."""
    company = world.company()
    world.sync(company)
    world.set(company, **ACCOUNTS)
    trade = Trade(world, company)
    trade.vendor = world.save(company, "vendor", {"name": "Ropeworks"})
    trade.customer = world.save(company, "customer", {"name": "Harbour Supply"})
    goods = {"Anchor": {}, "Buoy": {"asset_account": "Prepaid Expenses", "cogs_account": "Freight & delivery - COS"}, "Labour": {"type": "Service"}}
    for name, more in goods.items():
        trade.items[name] = world.save(company, "item", {"name": name, **more})
    trade.sync()
    return trade


def sides(entry: dict[str, Any]) -> list[tuple[str, str, Decimal]]:
    """A journal entry's lines: side, account, amount."""
    return [
        (line["JournalEntryLineDetail"]["PostingType"], line["JournalEntryLineDetail"]["AccountRef"]["name"], line["Amount"])
        for line in entry["Line"]
    ]


def charges(form: dict[str, Any]) -> list[tuple[str, Decimal, str]]:
    """A bill's or purchase's lines: account, amount, words."""
    return [(line["AccountBasedExpenseLineDetail"]["AccountRef"]["name"], line["Amount"], line.get("Description", "")) for line in form["Line"]]
