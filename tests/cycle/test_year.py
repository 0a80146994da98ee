"""A year of trading in a small distributor's company: afterwards QuickBooks' balances are the inventory side's own, to the cent.

The year is made by chance from a seed; TIEOUT_YEAR_SEED and TIEOUT_YEAR_DOCUMENTS choose another year, or a longer one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from syncengine import inventory
from tests.support.bookkeeping import RECEIVABLE, Bookkeeper
from tests.support.trade import ACCOUNTS, balances
from tests.support.world import World

DOCUMENTS = int(os.environ.get("TIEOUT_YEAR_DOCUMENTS", "260"))
SEED = int(os.environ.get("TIEOUT_YEAR_SEED", "2026"))
#: Cycles of the year, one every 28 days.
MONTHS = 12
#: What is no document that is only sent: it is there on both sides. Payments are, but for those on orders.
TWO_WAY = ("invoice", "sales_receipt", "payment")

ITEMS: list[dict[str, Any]] = [
    {"name": "Anchor", "standard_cost": "31.50"},
    {"name": "Buoy", "asset_account": "Prepaid Expenses", "standard_cost": "4.15"},
    {"name": "Chain, by the metre", "cogs_account": "Freight & delivery - COS", "standard_cost": "0.3335"},
    {"name": "Dinghy", "asset_account": "Uncategorized Asset", "cogs_account": "Cost of labor - COS", "standard_cost": "899"},
    {"name": "Eyelet", "standard_cost": "0.0125"},
    {"name": "Fender", "income_account": "Sales", "standard_cost": None},
    {"name": "Labour", "type": "Service", "expense_account": "Payroll Expenses", "income_account": "Services"},
    {"name": "Freight", "type": "Service", "income_account": "Shipping Income"},
]
SETTINGS = {
    **ACCOUNTS, "income_account": "Sales of Product Income", "payable_account": "Accounts Payable (A/P)", "receipt_posts_as": "bill", "close_drop_ship": True,
}  # fmt: skip


class Year:
    """What happens in the year, and a record of it that the package has no part in."""

    def __init__(self, world: World, company: int, chance: Random) -> None:
        self.world, self.company, self.chance = world, company, chance
        self.names: dict[str, list[int]] = {}
        self.items: dict[int, dict[str, Any]] = {}
        self.centers: dict[int, dict[str, Any]] = {}
        #: Every document that is there, by kind and id, as it was written last.
        self.documents: dict[tuple[str, int], dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()

    # --- the firm --------------------------------------------------------------------------------------------------

    def found(self) -> None:
        """Names and items."""
        for kind, count in (("vendor", 3), ("customer", 4)):
            self.names[kind] = [self.world.save(self.company, kind, {"name": f"{kind.title()} {place}"}) for place in range(count)]
        for item in ITEMS:
            self.items[self.world.save(self.company, "item", item)] = item
        for center in ({"name": "Bench", "finished_goods": False}, {"name": "Shelf", "finished_goods": True}):
            self.centers[self.world.save(self.company, "work_center", center)] = center

    def bookkeeper(self) -> Bookkeeper:
        return Bookkeeper(SETTINGS, self.items, self.centers)

    # --- one document ----------------------------------------------------------------------------------------------

    def day(self, month: int) -> date:
        return date(2026, 1, 15) + timedelta(days=28 * month + self.chance.randrange(28))

    def number(self) -> Decimal:
        """A quantity, sometimes with many places."""
        return self.chance.choice([Decimal(self.chance.randint(1, 40)), Decimal(self.chance.randint(1, 99_999)) / 1000])

    def price(self) -> Decimal:
        """A cost or a price that does not always come to whole cents."""
        return Decimal(self.chance.randint(1, 2_000_000)) / self.chance.choice([100, 1000, 10_000])

    def stocked(self) -> int:
        return self.chance.choice([each for each, item in self.items.items() if item.get("type") != "Service"])

    def line(self, *, services: bool = False, **more: Any) -> dict[str, Any]:
        """A line at cost, now and then with an amount of its own."""
        item = self.chance.choice(list(self.items)) if services else self.stocked()
        line = {"item_id": item, "quantity": self.number(), "unit_cost": self.price(), **more}
        return {**line, "amount": Decimal(self.chance.randint(0, 50_000)) / 100} if self.chance.random() < 0.1 else line

    def lines(self, **more: Any) -> list[dict[str, Any]]:
        return [self.line(**more) for _ in range(self.chance.randint(1, 3))]

    def who(self, kind: str) -> int:
        return self.chance.choice(self.names[kind])

    def center(self) -> int:
        return self.chance.choice([*self.centers, *[each for each, center in self.centers.items() if center["finished_goods"]]])

    def receipt(self) -> dict[str, Any]:
        charge = [{"account": "Shipping and delivery expense", "amount": Decimal(self.chance.randint(100, 9000)) / 100}]
        way = self.chance.choice([None, "bill", "check", "cash", "credit card", "none"])
        return {"vendor_id": self.who("vendor"), "posts_as": way, "lines": self.lines(services=True) + self.chance.choice([[], charge])}

    def vendor_return(self) -> dict[str, Any]:
        credit = self.chance.random() < 0.6
        return {"vendor_id": self.who("vendor"), "vendor_credit": credit, "account": None if credit else "Supplies", "lines": self.lines()}

    def purchase_order(self) -> dict[str, Any]:
        return {"vendor_id": self.who("vendor"), "drop_ship": self.chance.random() < 0.6, "lines": self.lines()}

    def shipment(self) -> dict[str, Any]:
        return {"customer_id": self.who("customer"), "lines": self.lines(services=True)}

    def customer_return(self) -> dict[str, Any]:
        """Stock comes back; every other time its customer is credited for it."""
        lines = [
            {"item_id": self.stocked(), "quantity": self.chance.randint(1, 9), "restock_cost": self.price(), "unit_price": self.money(9000), "discount": Decimal(0)}
            for _ in range(2)
        ]  # fmt: skip
        return {"customer_id": self.who("customer"), "credit_memo": self.chance.random() < 0.5, "lines": lines}

    def money(self, most: int) -> Decimal:
        """A sum of at least a dollar."""
        return Decimal(self.chance.randint(100, most * 100)) / 100

    def sales_receipt(self) -> dict[str, Any]:
        return {"customer_id": self.who("customer"), "deposit_account": self.chance.choice([None, "Checking"]), "lines": self.sold()}

    def invoice(self) -> dict[str, Any]:
        return {"customer_id": self.who("customer"), "lines": self.sold()}

    def deposited(self) -> dict[str, Any]:
        """An invoice a part of which was paid before it was written; it stays as it is."""
        lines = [{"item_id": self.stocked(), "quantity": Decimal(1), "unit_price": self.money(900) + 100, "discount": Decimal(0), "taxable": False}]
        return {"customer_id": self.who("customer"), "deposit": self.money(99), "lines": lines, "stays": True}

    def sold(self) -> list[dict[str, Any]]:
        return [
            {"item_id": self.chance.choice(list(self.items)), "quantity": Decimal(self.chance.randint(1, 30)), "unit_price": Decimal(self.chance.randint(1, 90_000)) / 100,
             "discount": self.chance.choice([Decimal(0), Decimal(0), Decimal("0.15")]), "taxable": False}
            for _ in range(self.chance.randint(1, 3))
        ]  # fmt: skip

    def adjustment(self) -> dict[str, Any]:
        sign = self.chance.choice([1, -1])
        lines = [{"item_id": self.stocked(), "quantity": sign * self.number(), "unit_cost": self.price()} for _ in range(2)]
        return {"account": self.chance.choice([None, "Supplies"]), "lines": lines}

    def build(self) -> dict[str, Any]:
        return {"item_id": self.stocked(), "quantity": self.number(), "work_center_id": self.center(), "lines": self.lines(services=True)}

    def process(self) -> dict[str, Any]:
        costed = [each for each, item in self.items.items() if item.get("standard_cost")]
        outputs = [{"item_id": self.chance.choice(costed), "quantity": self.number(), "role": "output"} for _ in range(self.chance.randint(1, 4))]
        return {"work_center_id": self.center(), "lines": self.lines(services=True, role="input") + outputs}

    def transfer(self) -> dict[str, Any]:
        charge = Decimal(self.chance.randint(0, 20_000)) / 100
        return {"carrier_id": self.chance.choice([None, self.who("vendor")]), "carrier_charge": charge, "lines": [self.line()]}

    def sales_order(self) -> dict[str, Any]:
        return {"customer_id": self.who("customer"), "deposit": self.chance.choice([None, Decimal(self.chance.randint(1, 90_000)) / 100]), "lines": []}

    def payment(self) -> dict[str, Any]:
        """On a sales order, on an invoice that stays as it is, or not applied to anything yet."""
        orders = [record_id for kind, record_id in self.documents if kind == "sales_order"]
        order = self.chance.choice([None, None, *orders[-3:]])
        bare = {"customer_id": self.who("customer"), "amount": self.money(20_000), "deposit_account": self.chance.choice([None, "Checking"]), "sales_order_id": order, "lines": []}
        return bare if order is not None or self.chance.random() < 0.5 else {**bare, **self.on_an_invoice()}

    def on_an_invoice(self) -> dict[str, Any]:
        """A part of an invoice, and something beside it that is not applied; the invoice then stays as it is."""
        free = [(record_id, each) for (kind, record_id), each in self.documents.items() if kind == "invoice" and not each.get("stays") and each["lines"]]
        worth = {record_id: self.bookkeeper().of("invoice", each)[RECEIVABLE] for record_id, each in free}
        owed = [(record_id, each) for record_id, each in free if worth[record_id] > 500]
        if not owed:
            return {}
        record_id, invoice = self.chance.choice(owed)
        invoice["stays"] = True
        applied = Decimal(worth[record_id] // 2) / 100
        lines = [{"invoice_id": record_id, "amount": applied}]
        return {"customer_id": invoice["customer_id"], "amount": applied + self.chance.choice([0, 25]), "lines": lines, "stays": True}

    KINDS: Mapping[str, tuple[int, Callable[[Year], dict[str, Any]]]] = {
        "item_receipt": (5, receipt), "vendor_return": (2, vendor_return), "purchase_order": (2, purchase_order), "shipment": (5, shipment),
        "customer_return": (2, customer_return), "invoice": (6, invoice), "adjustment": (2, adjustment), "build": (2, build), "process": (2, process),
        "transfer": (1, transfer), "sales_order": (1, sales_order), "payment": (4, payment), "sales_receipt": (4, sales_receipt),
    }  # fmt: skip

    # --- what happens ----------------------------------------------------------------------------------------------

    def write(self, month: int) -> None:
        """A new document."""
        [kind] = self.chance.choices(list(self.KINDS), [each[0] for each in self.KINDS.values()])
        self.counts[kind] += 1
        make = Year.deposited if kind == "invoice" and self.chance.random() < 0.2 else self.KINDS[kind][1]
        made = {"number": f"{kind[:3]}-{sum(self.counts.values())}", "txn_date": self.day(month), **make(self)}
        self.documents[kind, self.save(kind, made)] = made

    def save(self, kind: str, made: dict[str, Any], **more: Any) -> int:
        values = {name: value for name, value in made.items() if name not in {"lines", "stays"}}
        return self.world.save(self.company, kind, {**values, **more}, made["lines"])

    def edit(self) -> None:
        """A document is written anew: other lines, and perhaps other values."""
        kind, record_id = self.chance.choice([key for key, each in self.documents.items() if not each.get("stays")])
        was = self.documents[kind, record_id]
        made = {**was, **self.KINDS[kind][1](self)}
        if kind == "item_receipt" and made["posts_as"] is None:
            made["posts_as"] = was["posts_as"]  # a receipt that says nothing any more would stay what it was posted as
        self.save(kind, made, id=record_id)
        self.documents[kind, record_id] = made

    def delete(self) -> None:
        """A document that no other one names is deleted."""
        kind, record_id = self.chance.choice([key for key, each in self.documents.items() if key[0] != "sales_order" and not each.get("stays")])
        inventory.delete(self.world.site.database, kind, record_id, self.company)
        del self.documents[kind, record_id]

    def bookkeep(self) -> None:
        """In QuickBooks a sales receipt is voided, another one is deleted, and one is typed that we have never seen."""
        there = {each["DocNumber"]: each["Id"] for each in self.world.query(self.company, "SELECT * FROM SalesReceipt")}
        known = [(key, each) for key, each in self.documents.items() if key[0] == "sales_receipt" and each["lines"] and each["number"] in there]
        for (key, made), action in zip(self.chance.sample(known, min(2, len(known))), ("void", "delete"), strict=False):
            self.world.actor(self.company, action, entity="SalesReceipt", id=there[made["number"]])
            self.counts[action] += 1
            if action == "delete":
                del self.documents[key]
            else:
                self.documents[key] = {**made, "lines": [], "stays": True}
        self.world.clock.advance(300)

    def told(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The documents, each order with what payments on it come to."""
        paid = Counter[int]()
        for (kind, _), record in self.documents.items():
            if kind == "payment":
                paid[record["sales_order_id"] or 0] += record["amount"]
        return {key: {**record, "paid": paid[key[1]]} if key[0] == "sales_order" else record for key, record in self.documents.items()}

    def own(self) -> dict[str, Decimal]:
        """What all that is there comes to, account by account."""
        keeper, total = self.bookkeeper(), Counter[str]()
        for (kind, _), record in self.told().items():
            for part in ("customer_return", "credit_memo") if kind == "customer_return" else (kind,):
                for account, cents in keeper.of(part, record).items():
                    total[account] += cents
        return {account: Decimal(cents) / 100 for account, cents in total.items() if cents}


@pytest.fixture
def year(sqlite_world: World) -> Year:
    """The firm before its year."""
    company = sqlite_world.company()
    sqlite_world.sync(company)
    sqlite_world.set(company, **SETTINGS)
    # QuickBooks would apply credits to invoices as it likes, with payments of nothing.
    sqlite_world.actor(company, "set_preferences", changes={"SalesFormsPrefs": {"AutoApplyCredit": False}})
    made = Year(sqlite_world, company, Random(SEED))
    made.found()
    return made


def held(world: World, company: int) -> list[str]:
    """Why rows are left in the queue."""
    return sorted({each.note for each in world.preview(company)})


def test_after_a_year_of_trading_the_books_are_the_inventorys_own_sums_account_by_account(year: Year):
    world, company = year.world, year.company
    for month in range(MONTHS):
        for _ in range(DOCUMENTS // MONTHS):
            year.write(month)
            if year.chance.random() < 0.25:
                year.edit()
            if year.chance.random() < 0.06:
                year.delete()
        result = world.sync(company)
        assert result.result == "ok", [(each["label"], each["cause"], each["message"]) for each in world.errors(company)]
        year.bookkeep()
        assert world.sync(company).result == "ok"
        if month % 4 == 3:
            assert balances(world, company) == year.own(), f"after month {month}"
        world.clock.advance(28 * 86_400)
    assert world.settle(company).sent == 0
    assert held(world, company) == ["It waits in the work center Bench: what is not finished posts nothing."]
    own = year.own()
    assert balances(world, company) == own
    assert len(own) > 15
    assert sum(own.values()) == 0
    assert set(year.counts) == {*Year.KINDS, "void", "delete"}
    # QuickBooks' own report of the year says the same, and its books are what they come to when they are recomputed.
    assert reported(world, company) == own
    assert world.control(f"trial_balance?realm_id={world.realm(company)}", method="GET")["check"] == []
    # Every entry is one of ours, once: no document without its record, no record without its document.
    keeper = year.bookkeeper()
    posting = [kind for (kind, _), record in year.told().items() if kind not in TWO_WAY and keeper.of(kind, record)]
    documents = [each for name in ("JournalEntry", "Bill", "Purchase", "VendorCredit") for each in world.query(company, f"SELECT * FROM {name}")]
    assert len({each["PrivateNote"][-12:] for each in documents}) == len(documents) >= len(posting)


def reported(world: World, company: int) -> dict[str, Decimal]:
    """QuickBooks' TrialBalance report of two years: debits less credits by account."""
    report = world.report(company, "TrialBalance", start_date="2026-01-01", end_date="2026-12-31")
    found = {}
    for row in report["Rows"]["Row"]:
        if "ColData" in row:
            name, debit, credit = (cell["value"] for cell in row["ColData"])
            found[name] = Decimal(debit or "0") - Decimal(credit or "0")
    return {name: amount for name, amount in found.items() if amount}
