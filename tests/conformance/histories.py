"""Histories of a client and a bookkeeper at the books of one company: what they are drawn from, and what their steps are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize

from syncengine.clock import ManualClock
from syncengine.emulator import Emulator, wire
from tests.unit.emulator.desk import Desk, cost
from tests.unit.emulator.ledger import SALE, stock_line

PARTIES = ("Customer", "Vendor", "Employee")
VOIDABLE = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment", "BillPayment", "Purchase")
TRANSACTIONS = (*VOIDABLE, "Bill", "VendorCredit", "JournalEntry", "Deposit", "Transfer", "PurchaseOrder", "Estimate", "InventoryAdjustment")
SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate")
FIELDS = {
    **dict.fromkeys(TRANSACTIONS, ("MetaData.CreateTime", "TxnDate", "TotalAmt")),
    **dict.fromkeys(("JournalEntry", "Transfer", "InventoryAdjustment"), ("MetaData.CreateTime", "TxnDate")),
    "Customer": ("MetaData.CreateTime", "Balance", "DisplayName"), "Vendor": ("MetaData.CreateTime", "Balance", "DisplayName"),
    "Item": ("MetaData.CreateTime", "Name"),
}  # fmt: skip
NOTHING = {"TotalAmt": 0, "Balance": 0, "TxnDate": "2026-01-01"}
Draw = Callable[[Random], Any]


def one_of(*values: Any) -> Draw:
    return lambda chance: chance.choice(values)


def between(low: int, high: int) -> Draw:
    return lambda chance: chance.randint(low, high)


def several(low: int, high: int, *each: Draw) -> Draw:
    return lambda chance: [tuple(draw(chance) for draw in each) for _ in range(chance.randint(low, high))]


number, small, yes = between(0, 10**6), between(1, 9), one_of(True, False)
names = one_of("Ada", "ada", "Bolt", "Crate", "Dune", "Ende", "Fern")


def price(chance: Random) -> Decimal:
    return Decimal(chance.randint(1, 9999)) / 100


def day(chance: Random) -> str:
    return f"2026-01-{chance.randint(2, 28):02d}"


lines = several(1, 3, number, small, price)


#: What may be done -> what it is drawn from; those that are likelier stand in it more often.
OPERATIONS: list[tuple[str, dict[str, Draw]]] = []


def operation(weight: int = 1, **drawn: Draw):
    """A step of a history. One rule chooses among all: of many rules Hypothesis would leave most out of each history."""

    def noted(method):
        OPERATIONS.extend([(method.__name__, drawn)] * weight)
        return method

    return noted


class Steps(RuleBasedStateMachine):
    """A client and a bookkeeper at the books of one company, and a history of what they have done."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[tuple[str, str, Any]] = []
        self.emulator, self.desk = opened()
        self.tokens: dict[tuple[str, str], int] = {}
        # By the names of the first day: a deactivated account has another one.
        self.chart = dict(self.emulator.parts.state.execute("SELECT full_name, id FROM object WHERE entity = 'Account'").fetchall())
        self.steps: list[str] = []

    @initialize()
    def begin(self) -> None:
        for entity, wish in (
            ("customer", {"DisplayName": "First"}), ("vendor", {"DisplayName": "Second"}),
            ("item", {"Name": "Hour", "Type": "Service", "IncomeAccountRef": self.account("Services"), "ExpenseAccountRef": self.account("Supplies")}),
            ("item", self.goods("Box", 5, Decimal("2.50"))),
        ):  # fmt: skip
            assert self.send(entity, wish) == 200

    # What the rules are made of

    def send(self, tail: str, body: dict[str, Any]) -> int:
        """One request of the client; it is answered as QuickBooks answers, and noted for the replay."""
        self.history.append(("POST", tail, body))
        response = self.desk.ask("POST", tail, body)
        assert response.status in {200, 400}, (tail, body, response)
        return response.status

    def act(self, action: str, **wish: Any) -> int:
        """What the bookkeeper does."""
        self.history.append(("act", action, wish))
        status, _ = self.desk.control("POST", "actor", {"realm_id": self.desk.realm, "action": action, **plain(wish)})
        assert status in {200, 400}
        return status

    def rows(self, *entities: str, active: bool = True) -> list[tuple[str, str]]:
        """(entity, Id) of what there is, in the order in which it was made."""
        found = []
        for entity in entities:
            sql = "SELECT id FROM object WHERE entity = ? AND deleted = 0 AND active >= ? ORDER BY rowid"
            found += [(entity, id_) for (id_,) in self.emulator.parts.state.execute(sql, (entity, int(active)))]
        return found

    def pick(self, at: int, *entities: str) -> dict[str, Any] | None:
        """One of what there is, as it stands."""
        found = self.rows(*entities)
        if at % 3 == 0:
            # What others hold on to is where the rules are.
            found = [row for row in found if self.read(*row).get("LinkedTxn")] or found
        if not found:
            return None
        entity, id_ = found[at // 3 % len(found)]
        return {"entity": entity, **self.read(entity, id_)}

    def read(self, entity: str, id_: str) -> dict[str, Any]:
        """One object out of the state itself: a request would leave a line in the journal."""
        sql = "SELECT body FROM object WHERE entity = ? AND id = ?"
        return wire.loads(self.emulator.parts.state.execute(sql, (entity, id_)).fetchone()[0])

    def ref(self, at: int, entity: str) -> dict[str, str]:
        found = self.rows(entity)
        return {"value": found[at % len(found)][1] if found else "999"}

    def account(self, name: str) -> dict[str, str]:
        return {"value": self.chart[name.casefold()]}

    def goods(self, name: str, quantity: int, price: Decimal) -> dict[str, Any]:
        return {
            "Name": name, "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": quantity, "InvStartDate": "2026-01-01", "PurchaseCost": price,
            "UnitPrice": 10, "IncomeAccountRef": self.account("Sales of Product Income"),
            "ExpenseAccountRef": self.account("Cost of Goods Sold"), "AssetAccountRef": self.account("Inventory Asset"),
        }  # fmt: skip

    def sold(self, drawn: list[tuple[int, int, Decimal]]) -> list[dict[str, Any]]:
        return [stock_line(self.ref(at, "Item")["value"], n, n * each, SALE, UnitPrice=each) for at, n, each in drawn]

    def bought(self, drawn: list[tuple[int, int, Decimal]]) -> list[dict[str, Any]]:
        return [
            stock_line(self.ref(at, "Item")["value"], n, n * each, UnitPrice=each) if at % 2 else cost(self.account("Supplies"), each)
            for at, n, each in drawn
        ]


def opened() -> tuple[Emulator, Desk]:
    emulator = Emulator(clock=ManualClock(), seed=3, switches={"quotas": False})
    emulator.clock = emulator.parts.clock
    return emulator, Desk(emulator, "empty")


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=float))


def value(row: dict[str, Any], name: str) -> Any:
    if name == "MetaData.CreateTime":
        return row["MetaData"]["CreateTime"]
    return row[name].casefold() if isinstance(row[name], str) else row[name]


def dump(emulator: Emulator) -> list[str]:
    """Every table of the state, row by row."""
    state = emulator.parts.state
    with state.lock:
        tables = [name for (name,) in state.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return [f"{name}: {row}" for name in tables if not name.startswith("sqlite_") for row in state.execute(f'SELECT * FROM "{name}"')]


def replayed(history: list[tuple[str, str, Any]]) -> list[str]:
    """The state after the same history in an emulator of its own."""
    emulator, desk = opened()
    for kind, what, body in history:
        if kind in {"GET", "POST"}:
            desk.ask(kind, what, body)
        elif kind == "act":
            desk.control("POST", "actor", {"realm_id": desk.realm, "action": what, **plain(body)})
        else:
            emulator.clock.advance(body)
    found = dump(emulator)
    emulator.close()
    return found
