"""Rules that all transactions share: dates, numbers, line ids, tracking, and what a line of each kind needs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, moments, wire
from syncengine.emulator.details import DETAILS
from syncengine.emulator.rules import bundles, currency
from syncengine.emulator.rules.draft import Draft, amount_of

_ZERO = Decimal(0)
_CENT = Decimal("0.01")

#: The item that stands for shipping on sales forms without being in the item list.
SHIPPING_ITEM = "SHIPPING_ITEM_ID"


def head(draft: Draft) -> None:
    """What every transaction has: a date, a currency, and only the tracking that is switched on."""
    books, obj = draft.books, draft.obj
    draft.default("TxnDate", books.today)
    currency.of_form(draft, _party(draft))
    if not books.preference("AccountingInfoPrefs", "TrackDepartments"):
        untracked(draft, obj, "DepartmentRef")
    if not books.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"):
        untracked(draft, obj, "ClassRef")


def untracked(draft: Draft, holder: dict[str, Any], name: str) -> None:
    """A class or location where none is tracked is not taken over (by switch it is refused)."""
    if holder.pop(name, None) is not None and draft.books.switches["untracked"] == "refused":
        what = "Location" if name == "DepartmentRef" else "Class"
        raise faults.business(f"{what} tracking is turned off.")


def _party(draft: Draft) -> dict[str, Any]:
    """The customer or vendor that a form is with; empty where it is with nobody, or with an employee."""
    return draft.pointed("Customer", "CustomerRef") or draft.pointed("Vendor", "VendorRef")


def due_date(draft: Draft, default_days: int) -> None:
    """DueDate from the term; without a term `default_days` after the date."""
    obj = draft.obj
    if obj.get("DueDate"):
        return
    term = draft.pointed("Term", "SalesTermRef")
    if term.get("DayOfMonthDue") is not None:
        day, near = int(term["DayOfMonthDue"]), int(term.get("DueNextMonthDays") or 0)
        obj["DueDate"] = moments.day_of_month_due(obj["TxnDate"], day, near)
    else:
        obj["DueDate"] = moments.add_days(obj["TxnDate"], int(term.get("DueDays", default_days)))


def number(draft: Draft, entities: tuple[str, ...]) -> None:
    """DocNumber: one more than the last one of `entities`, where the company numbers by itself and none is given."""
    if draft.template:
        return
    if draft.old is not None:
        # A full update without a number keeps it on sales forms; a purchase order loses it (recorded 2026).
        if draft.entity != "PurchaseOrder" and not draft.sparse and "DocNumber" in draft.old and _counted(draft):
            draft.default("DocNumber", draft.old["DocNumber"])
        return
    if not draft.obj.get("DocNumber") and _counted(draft):
        draft.obj["DocNumber"] = next_number(draft, entities)
    _remember_number(draft, entities)


def _counted(draft: Draft) -> bool:
    """Whether the company numbers by itself."""
    return not draft.books.preference("SalesFormsPrefs", "CustomTxnNumbers")


def next_number(draft: Draft, entities: tuple[str, ...]) -> str:
    """One more than the highest whole number used by one of `entities`, 1001 where there is none."""
    numbers = draft.books.company.numbers
    if entities not in numbers:
        marks = ",".join("?" * len(entities))
        rows = draft.books.state.execute(
            f"SELECT doc FROM object WHERE company = ? AND entity IN ({marks}) AND doc GLOB '[0-9]*'",  # noqa: S608 -- marks only
            (draft.books.company.key, *entities),
        )
        numbers[entities] = max((int(doc) for (doc,) in rows if _is_number(doc)), default=1000)
    return str(numbers[entities] + 1)


def _remember_number(draft: Draft, entities: tuple[str, ...]) -> None:
    number, numbers = draft.obj.get("DocNumber"), draft.books.company.numbers
    if number and entities in numbers and _is_number(number):
        numbers[entities] = max(numbers[entities], int(number))


def _is_number(text: str) -> bool:
    """Whether a document number counts for numbering: short enough that nobody meant a code by it."""
    return text.isascii() and text.isdecimal() and len(text) < 16


def lines(draft: Draft, allowed: frozenset[str]) -> list[dict[str, Any]]:
    """The lines that were sent, each with its kind checked; subtotals are dropped, for QuickBooks makes its own.

    Raises:
        Refusal: 2020 where Line or DetailType is missing, 2170 for a kind that the entity does not take, 2250 without lines.
    """
    given = draft.obj.get("Line")
    if given is None:
        raise faults.required("Line")
    kept = [line for line in given if line.get("DetailType") != "SubTotalLineDetail"]
    if not kept:
        raise faults.no_lines()
    check_kinds(kept, allowed)
    return kept


def check_kinds(kept: Iterable[dict[str, Any]], allowed: frozenset[str], path: str = "Line") -> None:
    """Each line says what it is (2020), it is something that may stand there (2170), and it has that detail (2020)."""
    for line in kept:
        kind = line.get("DetailType")
        if not kind:
            raise faults.required(f"{path}.DetailType")
        if kind not in allowed:
            raise faults.enumeration(kind, f"{path}.DetailType")
        if kind == "DescriptionOnly":
            line.setdefault("DescriptionLineDetail", {})
        elif kind not in line:
            if kind != "GroupLineDetail" and "LinkedTxn" not in line:
                raise faults.required(f"{path}.{kind}")
            line[kind] = {}


def amount(draft: Draft, line: dict[str, Any], detail: dict[str, Any]) -> None:
    """A line's amount, which must be Qty times UnitPrice where both are given (6070).

    A 0 counts as not given: clients that send every property of a line send `"Qty": 0, "UnitPrice": 0` with an amount, and
    QuickBooks takes it. It rounds the product half up and refuses a cent less (report: 128.350 x 14.50 is 1,861.08).
    """
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if line.get("Amount") is None:
        raise faults.required("Line.Amount")
    if not quantity or not price:
        return
    exact = draft.books.switches["line_amounts"] == "half_up"
    wrong = wire.money(quantity * price) != line["Amount"] if exact else abs(quantity * price - line["Amount"]) >= _CENT
    if wrong:
        raise faults.amount_mismatch(line["Amount"])


def default_item(draft: Draft, detail: dict[str, Any]) -> None:
    """A sales line without an item takes the company's default one, where it has such."""
    if detail.get("ItemRef"):
        return
    pairs = draft.books.preference("OtherPrefs", "NameValue") or ()
    id_ = next((str(pair.get("Value")) for pair in pairs if pair.get("Name") == "SalesFormsPrefs.DefaultItem"), "")
    known = draft.books.known("Item", id_)
    if known is not None:
        detail["ItemRef"] = {"value": known["Id"], "name": known["Name"]}


def item_line(draft: Draft, detail: dict[str, Any], path: str) -> None:
    """The item of a line: no category (2500), and in stock since the date (6270)."""
    item = draft.pointed_in(detail, "Item", "ItemRef")
    if item.get("Type") == "Category":
        raise faults.invalid_reference("Categories cannot be used in transactions.", path)
    start = item.get("InvStartDate")
    if start and item.get("Type") == "Inventory" and draft.obj["TxnDate"] < start:
        raise faults.before_inventory_start()


def track(draft: Draft, detail: dict[str, Any]) -> None:
    """A line's ClassRef stays where classes are tracked per line, or where the form has no header that could carry it."""
    prefs = draft.books.preference
    per_line = prefs("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    headless = draft.entity in _WITHOUT_HEADER_CLASS and prefs("AccountingInfoPrefs", "ClassTrackingPerTxn")
    if not (per_line or headless):
        untracked(draft, detail, "ClassRef")


_WITHOUT_HEADER_CLASS = frozenset({"Bill", "VendorCredit", "Purchase", "JournalEntry", "Deposit"})


def identify(draft: Draft, numbered: list[dict[str, Any]], *, first: int = 1, line_numbers: bool = True) -> None:
    """Line ids: a known one stays, every other line gets a new one (line 5 that is replaced becomes 6)."""
    before = {line["Id"] for line in bundles.flat((draft.old or {}).get("Line", ())) if "Id" in line}
    following = max([first - 1, *(int(id_) for id_ in before if id_.isdecimal())]) + 1
    for place, line in enumerate(numbered, 1):
        if line.get("Id") not in before:
            line["Id"] = str(following)
            following += 1
        else:
            before.discard(line["Id"])
        if line_numbers:
            line["LineNum"] = place


def shown(line: dict[str, Any]) -> dict[str, Any]:
    """The line and its detail with their properties in the order in which QuickBooks shows them."""
    kind = "DescriptionLineDetail" if line["DetailType"] == "DescriptionOnly" else line["DetailType"]
    order = ("Id", "LineNum", "Description", "Amount", "LinkedTxn", "DetailType", kind)
    known = {name: line[name] for name in order if name in line}
    if kind in known and kind in DETAILS:
        detail = known[kind]
        known[kind] = {name: detail[name] for name in DETAILS[kind] if name in detail}
    return {**known, **{name: value for name, value in line.items() if name not in known and not name.endswith("Detail")}}


def total(draft: Draft, amount: Decimal) -> None:
    """TotalAmt, which is never below zero (6000): for that there is the opposite form, a credit memo or a vendor credit."""
    draft.obj["TotalAmt"] = wire.money(amount)
    if draft.obj["TotalAmt"] < 0 and draft.books.switches["negative_totals"] == "refused":
        raise faults.business("You must specify a transaction amount that is 0 or greater.")


def total_of(items: Iterable[dict[str, Any]]) -> Decimal:
    """The sum of the lines' amounts."""
    return wire.money(sum((amount_of(line, "Amount") for line in items), _ZERO))
