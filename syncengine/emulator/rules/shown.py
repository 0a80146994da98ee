"""What answers show besides what was sent, since minor version 75 is the least that QuickBooks answers with (recorded 2026).

Requests without `minorversion` have been answered as with 75 since August 2025. The switch `minor_version` set to `none` leaves all
of this out, as it was recorded in 2019 and 2020.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from hashlib import sha256
from typing import Any

from syncengine.emulator.details import DETAILS
from syncengine.emulator.rules.draft import Draft

_ZERO = Decimal(0)
_SALES = frozenset({"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate"})
_EXTENDED = _SALES | {"Bill", "VendorCredit", "PurchaseOrder", "Purchase", "JournalEntry", "Deposit"}
#: Lines without `CustomExtensions`.
_PLAIN = frozenset({"SubTotalLineDetail", "DiscountLineDetail"})
_DEFAULTS: dict[str, dict[str, Any]] = {
    "Customer": {"IsProject": False},
    "Vendor": {"BillRate": _ZERO, "CostRate": _ZERO},
    "JournalEntry": {"TotalAmt": _ZERO},
    "Deposit": {"TxnTaxDetail": {}},
    "PurchaseOrder": {"LinkedTxn": [], "CustomField": []},
}


def complete(draft: Draft) -> None:
    """Add to an object that its rules have completed what QuickBooks shows nowadays."""
    if draft.books.switches["minor_version"] != "75" or draft.template:
        return
    for name, value in _DEFAULTS.get(draft.entity, {}).items():
        draft.default(name, copy(value))
    if draft.entity in _SALES:
        draft.default("CustomField", [])
        _sales(draft)
    elif draft.entity == "Vendor" and draft.old is None:
        draft.obj["V4IDPseudonym"] = _pseudonym(draft)
    if draft.entity in _EXTENDED:
        draft.obj["Line"] = [_line(draft, line) for line in draft.obj.get("Line") or ()]


def _pseudonym(draft: Draft) -> str:
    """A value that nobody can tell anything by, of the length of QuickBooks' own."""
    told = f"{draft.books.company.realm}:{draft.obj['DisplayName']}:{draft.books.epoch}"
    return "002098" + sha256(told.encode()).hexdigest()[:32]


def _sales(draft: Draft) -> None:
    """Addresses are free of form, and a form is sent from where the company is."""
    draft.default("FreeFormAddress", True)
    home = (draft.books.known("CompanyInfo", "1") or {}).get("CompanyAddr") or {}
    if draft.obj.get("ShipFromAddr") is None and home.get("Line1") and not (draft.old and draft.sparse):
        draft.obj["ShipFromAddr"] = {"Line1": home["Line1"], "Line2": _town(home)}


def _town(address: dict[str, Any]) -> str:
    """`San Pablo, CA  87999`."""
    place = ", ".join(address[name] for name in ("City", "CountrySubDivisionCode") if address.get(name))
    return "  ".join(each for each in (place, address.get("PostalCode")) if each)


def _line(draft: Draft, line: dict[str, Any]) -> dict[str, Any]:
    kind = line.get("DetailType")
    if kind is None or kind in _PLAIN:
        return line
    if kind == "SalesItemLineDetail":
        line = {**line, kind: _with_account(draft, line[kind])}
    if draft.entity == "Bill":
        line = _before(line, "LinkedTxn", [])
    elif draft.entity == "PurchaseOrder" and kind == "ItemBasedExpenseLineDetail":
        line = _before(line, "Received", _ZERO)
    return {**{name: value for name, value in line.items() if name != "CustomExtensions"}, "CustomExtensions": []}


def _before(line: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The line with a property before DetailType: the one it has, else `value`."""
    found = line.get(name, value)
    places = list(line)
    return {
        each: found if each == name else line[each]
        for place in places
        for each in ((name, place) if place == "DetailType" else (place,))
        if place != name
    }


def _with_account(draft: Draft, detail: dict[str, Any]) -> dict[str, Any]:
    """`ItemAccountRef`: where the item's income goes."""
    reference = draft.pointed_in(detail, "Item", "ItemRef").get("IncomeAccountRef")
    if reference is None:
        return detail
    known = {**detail, "ItemAccountRef": dict(reference)}
    return {name: known[name] for name in DETAILS["SalesItemLineDetail"] if name in known}
