"""What a test sees of the postings behind the objects."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.unit.emulator.desk import Desk


def posted(desk: Desk, entity: str, id_: str) -> dict[str, Decimal]:
    """What one transaction moved: account name -> amount, debit positive."""
    state, company = desk.emulator.parts.state, desk.emulator.companies[desk.realm]
    rows = state.execute(
        "SELECT account, amount FROM posting WHERE company = ? AND entity = ? AND id = ? ORDER BY n", (company.key, entity, id_)
    ).fetchall()
    names = {row["Id"]: row["FullyQualifiedName"] for row in desk.select("select * from Account where Active in (true, false) maxresults 1000")}
    moved: dict[str, Decimal] = {}
    for account, amount in rows:
        moved[names[account]] = moved.get(names[account], Decimal(0)) + Decimal(amount) / 100
    return {name: amount for name, amount in moved.items() if amount}


def columns(desk: Desk, entity: str, id_: str, *names: str) -> list[tuple[Any, ...]]:
    """Columns of the posting rows of one transaction, in their order."""
    state, company = desk.emulator.parts.state, desk.emulator.companies[desk.realm]
    return state.execute(
        f"SELECT {', '.join(names)} FROM posting WHERE company = ? AND entity = ? AND id = ? ORDER BY n", (company.key, entity, id_)
    ).fetchall()


def sound(desk: Desk) -> dict[str, Decimal]:
    """The trial balance, account name -> debit less credit; everything recomputed must be as it stands, and the sum zero."""
    status, found = desk.control("GET", f"trial_balance?realm_id={desk.realm}")
    assert (status, found["check"]) == (200, []), found["check"]
    assert found["debit"] == found["credit"]
    return {row["name"]: row["debit"] - row["credit"] for row in found["rows"] if row["debit"] != row["credit"]}


def goods(desk: Desk, name: str = "Crate", quantity: Any = 0, cost: Any = 4, **more: Any) -> str:
    """An inventory item, in stock since the start of the year."""
    wish = {
        "Name": name, "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": quantity, "InvStartDate": "2026-01-01",
        "UnitPrice": 10, "PurchaseCost": cost, "IncomeAccountRef": desk.account("Sales of Product Income"),
        "ExpenseAccountRef": desk.account("Cost of Goods Sold"), "AssetAccountRef": desk.account("Inventory Asset"), **more,
    }  # fmt: skip
    return desk.post("item", wish)["Id"]


def stock_line(item: str, quantity: Any, amount: Any, kind: str = "ItemBasedExpenseLineDetail", **detail: Any) -> dict[str, Any]:
    """A line that buys (or with `SalesItemLineDetail` sells) so many of an item."""
    return {"Amount": amount, "DetailType": kind, kind: {"ItemRef": {"value": item}, "Qty": quantity, **detail}}


SALE = "SalesItemLineDetail"
