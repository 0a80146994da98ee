"""Rules of recurring transactions: templates that are wrapped in the name of what they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules.draft import Draft

#: What can recur (documented list).
NAMES = frozenset(
    [
        "Bill", "Purchase", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "RefundReceipt", "SalesReceipt",
        "Transfer", "VendorCredit", "PurchaseOrder",
    ]
)  # fmt: skip
#: Kind -> its own rule, what it requires, its defaults.
Table = Mapping[str, tuple[Callable[[Draft], None] | None, tuple[str, ...], Mapping[str, Any]]]


def opened(payload: Any) -> dict[str, Any]:
    """`{"Invoice": {...}}` as an object with a `Type` (2120 for any other wrapping)."""
    if not isinstance(payload, dict):
        raise faults.wrong_type()
    names = [name for name in payload if name in NAMES]
    if len(names) != 1 or len(payload) != 1:
        raise faults.invalid_type("RecurringTransaction", ", ".join(payload) or "none")
    inner = payload[names[0]]
    if not isinstance(inner, dict):
        raise faults.wrong_type()
    return {**inner, "Type": names[0]}


def shown(orders: Mapping[str, tuple[str, ...]]) -> Callable[[str], str]:
    """What turns the kept text into the wrapped one; `orders` has the properties of each kind in their order."""

    def wrapped(body: str) -> str:
        obj = wire.loads(body)
        kind = obj.pop("Type", None)
        if kind is None:
            return body
        return wire.dumps({kind: {name: obj[name] for name in orders[kind] if name in obj}})

    return wrapped


def buried(obj: dict[str, Any]) -> dict[str, Any]:
    """What a deletion answers with (documented)."""
    return {"status": "Deleted", "domain": "QBO", obj["Type"]: {"Id": obj["Id"]}}


def rules(table: Table) -> Callable[[Draft], None]:
    """The rule: that of the kind, and a schedule."""

    def recurring(draft: Draft) -> None:
        _schedule(draft)
        own, required, defaults = table[draft.obj["Type"]]
        for name, value in defaults.items():
            draft.default(name, value)
        for name in required:
            if draft.obj.get(name) is None:
                raise faults.required(name)
        if own is not None:
            own(replace(draft, entity=draft.obj["Type"], template=True))
        for name in {"TxnDate", "DocNumber"} - draft.sent:
            draft.obj.pop(name, None)
        draft.obj["RecurDataRef"] = _template(draft)

    return recurring


def _schedule(draft: Draft) -> None:
    info = draft.obj["RecurringInfo"]
    if not info.get("Name"):
        raise faults.required("RecurringInfo.Name")
    info.setdefault("RecurType", "Automated")
    info.setdefault("Active", True)
    plan = info.get("ScheduleInfo")
    if plan is None:
        if info["RecurType"].lower() != "unscheduled":
            raise faults.required("RecurringInfo.ScheduleInfo")
        return
    if plan.get("StartDate") and plan.get("EndDate", "9") < plan["StartDate"]:
        raise faults.date_range("RecurringInfo.ScheduleInfo.EndDate", plan["EndDate"])
    if "IntervalType" in plan:
        plan.setdefault("NumInterval", 1)
        plan.setdefault("NextDate", plan.get("StartDate") or draft.books.today)


def _template(draft: Draft) -> dict[str, str]:
    """The template's own number, beside the Id that it shares with transactions."""
    if draft.old is not None:
        return {"value": str(draft.old["RecurDataRef"]["value"])}
    count = draft.books.state.execute(
        "SELECT count(*) FROM object WHERE company = ? AND entity = 'RecurringTransaction'", (draft.books.company.key,)
    ).fetchone()[0]
    return {"value": str(count + 1)}
