"""One record for each thing that is only ever sent, and what a second bookkeeper does in QuickBooks to what it posted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from syncengine import commands, queries
from syncengine.entities import POSTINGS
from syncengine.queries import Session
from syncengine.terms import Direction
from tests.support.trade import DAY, Trade, started
from tests.support.world import World

Key = tuple[str, str]
#: What is only ever sent: QuickBooks' name and the inventory kind.
PUSHED: tuple[Key, ...] = tuple(key for key, entity in POSTINGS.items() if entity.direction is Direction.PUSH)


def _order(trade: Trade) -> int:
    return trade.save("sales_order", [], number="SO-0", customer_id=trade.customer)


def _goods(trade: Trade, **more: Any) -> list[dict[str, Any]]:
    return [trade.line("Anchor", 2, 10, **more)]


#: Saves a record that posts this and nothing else of PUSHED; answers its id.
SAMPLES: Mapping[Key, Callable[[Trade], int]] = {
    ("Bill", "item_receipt"): lambda trade: trade.save("item_receipt", _goods(trade), number="R-1", vendor_id=trade.vendor, posts_as="bill"),
    ("Bill", "transfer"): lambda trade: trade.save("transfer", [], number="T-1", carrier_id=trade.vendor, carrier_charge=Decimal(20)),
    ("Purchase", "item_receipt"): lambda trade: trade.save("item_receipt", _goods(trade), number="R-2", vendor_id=trade.vendor, posts_as="check"),
    ("VendorCredit", "vendor_return"): lambda trade: trade.save("vendor_return", _goods(trade), number="VR-1", vendor_id=trade.vendor),
    ("CreditMemo", "customer_return"): lambda trade: trade.save(
        "customer_return", [{"item_id": trade.items["Anchor"], "quantity": 1, "unit_price": Decimal(20), "restock_cost": 0}],
        number="CR-1", customer_id=trade.save("customer", name="Quay & Co"), credit_memo=True),  # QuickBooks would apply it to an invoice
    ("Payment", "invoice"): lambda trade: trade.save(
        "invoice", [{"item_id": trade.items["Anchor"], "quantity": 1, "unit_price": Decimal(90)}], number="I-1", customer_id=trade.customer, deposit=Decimal(20)),
    ("JournalEntry", "adjustment"): lambda trade: trade.save("adjustment", _goods(trade), number="ADJ-1"),
    ("JournalEntry", "build"): lambda trade: trade.save("build", _goods(trade), number="B-1", item_id=trade.items["Buoy"], quantity=1),
    ("JournalEntry", "customer_return"): lambda trade: trade.save(
        "customer_return", [trade.line("Anchor", 2, restock_cost=Decimal(10))], number="CR-2", customer_id=trade.customer),
    ("JournalEntry", "payment"): lambda trade: trade.save("payment", [], number="PM-1", customer_id=trade.customer, amount=Decimal(20), sales_order_id=_order(trade)),
    ("JournalEntry", "process"): lambda trade: trade.save("process", [*_goods(trade), trade.line("Buoy", 1, role="output")], number="X-1"),
    ("JournalEntry", "purchase_order"): lambda trade: trade.save(
        "purchase_order", _goods(trade), number="P-1", vendor_id=trade.vendor, drop_ship=True, status="closed", closed_on=DAY),
    ("JournalEntry", "sales_order"): lambda trade: trade.save("sales_order", [], number="SO-1", customer_id=trade.customer, deposit=Decimal(20)),
    ("JournalEntry", "shipment"): lambda trade: trade.save("shipment", _goods(trade), number="S-1", customer_id=trade.customer),
    ("JournalEntry", "vendor_return"): lambda trade: trade.save(
        "vendor_return", _goods(trade), number="VR-2", vendor_id=trade.vendor, vendor_credit=False, account="Supplies"),
}  # fmt: skip


class Posted:
    """A company in which each of SAMPLES is in QuickBooks, worth 20."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        trade.world.set(trade.company, close_drop_ship=True)
        self.records = {key: SAMPLES[key](trade) for key in PUSHED}
        trade.sync()
        assert self.world.settle(trade.company).sent == 0

    @property
    def world(self) -> World:
        return self.trade.world

    def ids(self) -> dict[Key, str]:
        """The Id of what each record has posted, the latest where there were several."""
        wanted = text("SELECT entity, kind, record_id, qbo_id FROM sync_binding WHERE company_id = :company")
        with self.world.site.database.reading() as connection:
            rows = connection.execute(wanted, {"company": self.trade.company}).all()
        return {(row.entity, row.kind): row.qbo_id for row in rows if self.records.get((row.entity, row.kind)) == row.record_id}

    def objects(self) -> dict[Key, dict[str, Any]]:
        """What QuickBooks holds of each."""
        there = {(name, each["Id"]): each for name in sorted({name for name, _ in PUSHED}) for each in self.every(name)}
        return {key: there[key[0], qbo_id] for key, qbo_id in self.ids().items() if (key[0], qbo_id) in there}

    def session(self) -> Session:
        """A person of the company."""
        return Session(self.world.site.database, "Ada", self.trade.company, self.world.clock)

    def answer(self, given: str) -> None:
        """That person answers each open drift with `ours` or `theirs`."""
        for drift_id in sorted(set(queries.drifts(self.session(), size=1_000)["id"])):
            commands.answer_drift(self.session(), int(drift_id), given)

    def every(self, name: str) -> list[dict[str, Any]]:
        """All objects of a name; a second later, so that whoever only looks meets no limit."""
        self.world.clock.advance(1)
        return self.trade.objects(name)

    def tamper(self, way: str, *, by: int = 7) -> None:
        """The bookkeeper does the same to all of them: `amount`, `date`, `account`, `memo`, `void` or `delete`."""
        accounts = {each["FullyQualifiedName"]: each["Id"] for each in self.every("Account")}
        items = {each["Name"]: each["Id"] for each in self.every("Item")}
        for (name, _), held in self.objects().items():
            if way in {"delete", "void"} and (way == "delete" or name == "Payment"):
                self.world.actor(self.trade.company, way, entity=name, id=held["Id"])
                continue
            changes = EDITS[way](name, held, accounts, items, by)
            kept = {prop: value for prop, value in held.items() if prop not in {"MetaData", "domain", "sparse", "SyncToken", "Id"}}
            self.world.actor(self.trade.company, "edit", entity=name, id=held["Id"], changes=plain({**kept, **changes}))
        self.world.clock.advance(300)


def plain(value: Any) -> Any:
    """What goes over the control interface: amounts as text."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def _amount(name: str, held: dict[str, Any], _accounts: Any, _items: Any, by: int) -> dict[str, Any]:
    lines = [{**line, "Amount": line["Amount"] + by} for line in _lines(held)]
    if name == "CreditMemo":
        detail = lines[0]["SalesItemLineDetail"]
        lines[0]["SalesItemLineDetail"] = {**detail, "UnitPrice": detail["UnitPrice"] + by}
    return {"Line": lines, **({"TotalAmt": held["TotalAmt"] + by} if name == "Payment" else {})}


def _account(name: str, held: dict[str, Any], accounts: Mapping[str, str], items: Mapping[str, str], by: int) -> dict[str, Any]:
    other = {"value": accounts["Uncategorized Asset" if by == 7 else "Payroll Expenses"]}
    if name == "Payment":
        return {"DepositToAccountRef": {"value": accounts["Checking" if by == 7 else "Savings"]}}
    first, *rest = _lines(held)
    reference = {"ItemRef": {"value": items["Buoy" if by == 7 else "Labour"]}} if name == "CreditMemo" else {"AccountRef": other}
    return {"Line": [{**first, first["DetailType"]: {**first[first["DetailType"]], **reference}}, *rest]}


def _void(_name: str, held: dict[str, Any], *_: Any) -> dict[str, Any]:
    """As QuickBooks' own screens void what its interface cannot: all amounts are 0, and the note says so."""
    lines = [{**line, "Amount": 0} for line in _lines(held)]
    for line in lines:
        if line["DetailType"] == "SalesItemLineDetail":
            line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "UnitPrice": 0, "Qty": 0}
    return {"Line": lines, "PrivateNote": "Voided"}


def _lines(held: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(line) for line in held["Line"] if line.get("DetailType") != "SubTotalLineDetail"]


EDITS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "amount": _amount,
    "date": lambda _name, _held, _accounts, _items, by: {"TxnDate": f"2026-03-{10 + by}"},
    "account": _account,
    "memo": lambda _name, _held, _accounts, _items, by: {"PrivateNote": f"checked by hand {by}"},
    "void": _void,
}


def one_of_each(world: World) -> Posted:
    """A new company in which one of each is posted."""
    return Posted(started(world))
