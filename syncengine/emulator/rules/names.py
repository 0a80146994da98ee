"""Rules of customers, vendors and employees, and of the lists that are hierarchies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import currency
from syncengine.emulator.rules.draft import Draft, value_of

#: Levels that a hierarchy may have (6180).
_LEVELS = 5

_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_ZERO = Decimal(0)


def person(draft: Draft) -> None:
    """Customer and Vendor: a display name, made of the parts of the name where it is missing (6080)."""
    obj = draft.obj
    parts = [obj[name] for name in _PARTS if obj.get(name)]
    if not obj.get("DisplayName"):
        if draft.old is not None and "DisplayName" in draft.sent:
            raise faults.required("DisplayName")
        if not parts:
            raise faults.no_name()
        obj["DisplayName"] = " ".join(parts)
    old = draft.old
    if old is not None and "PrintOnCheckName" not in draft.sent and obj.get("PrintOnCheckName") == _on_check(old):
        del obj["PrintOnCheckName"]
    draft.default("PrintOnCheckName", _on_check(obj))


def _on_check(obj: dict[str, Any]) -> str:
    """What is printed on checks: the company, else the person by first and last name, else the display name (recorded 2026)."""
    person = " ".join(obj[name] for name in ("GivenName", "MiddleName", "FamilyName") if obj.get(name))
    return str(obj.get("CompanyName") or person or plain_name(obj["DisplayName"]))[:110]


def plain_name(name: str) -> str:
    """The name without the mark of an inactive row."""
    return name.removesuffix(" (deleted)")


def customer(draft: Draft) -> None:
    """Customer: name, parents, currency; who bills with a parent goes on to while there are invoices (6130)."""
    person(draft)
    currency.of_name(draft)
    _leaving(draft)
    if draft.obj.get("BillWithParent") and not draft.obj.get("ParentRef"):
        raise faults.parent_required("BillWithParent")
    if draft.old is not None and bool(draft.obj.get("BillWithParent")) != bool(draft.old.get("BillWithParent")) and _billed(draft):
        raise faults.bills_with()
    if draft.old is None:
        for name in ("Balance", "BalanceWithJobs"):
            draft.obj[name] = _ZERO
        code = draft.books.preference("TaxPrefs", "TaxGroupCodeRef")
        if code:
            draft.default("DefaultTaxCodeRef", {"value": code["value"]})
    hierarchy(draft, "DisplayName", "Job", level=True)


def vendor(draft: Draft) -> None:
    """Vendor: name, currency, and a tax number that is shown masked."""
    person(draft)
    currency.of_name(draft)
    _leaving(draft)
    if draft.old is None:
        draft.obj["Balance"] = _ZERO
    number = draft.obj.get("TaxIdentifier")
    if number and "TaxIdentifier" in draft.sent:
        draft.obj["TaxIdentifier"] = "XXXXXX" + number[-4:]


def _leaving(draft: Draft) -> None:
    """Who owes, is owed (6220) or has charges to be billed (6280) stays active."""
    obj, old, books = draft.obj, draft.old, draft.books
    if old is None or obj.get("Active") is not False or old.get("Active") is False:
        return
    if books.switches["inactive_with_balance"] == "allowed":
        return
    if old.get("Balance"):
        raise faults.has_balance(plain_name(old["DisplayName"]))
    if draft.entity == "Customer" and _unbilled(draft):
        raise faults.unbilled_expenses(plain_name(old["DisplayName"]))


def _unbilled(draft: Draft) -> bool:
    """Whether a purchase or a time is still to be billed to the customer."""
    books, id_ = draft.books, draft.obj["Id"]
    needle = f'"CustomerRef":{{"value":{wire.dumps(id_)}'
    rows = books.state.execute(
        "SELECT body FROM object WHERE company = ? AND deleted = 0 AND entity IN ('Bill', 'Purchase', 'TimeActivity')"
        """ AND instr(body, '"BillableStatus":"Billable"') > 0 AND instr(body, ?) > 0""",
        (books.company.key, needle),
    )
    return any(_bills(wire.loads(body), id_) for (body,) in rows)


def _bills(obj: dict[str, Any], customer: str) -> bool:
    details = [obj, *(line.get(line.get("DetailType", ""), {}) for line in obj.get("Line", ()))]
    return any(each.get("BillableStatus") == "Billable" and value_of(each, "CustomerRef") == customer for each in details)


def _billed(draft: Draft) -> bool:
    return bool(draft.books.ids("Invoice", "party", draft.obj["Id"]))


def employee(draft: Draft) -> None:
    """Employee: a first or last name (2020), a display name made of them, a masked social security number."""
    obj = draft.obj
    if not (obj.get("GivenName") or obj.get("FamilyName")):
        raise faults.required("GivenName or FamilyName", "GivenName")
    if not obj.get("DisplayName"):
        obj["DisplayName"] = " ".join(obj[name] for name in _PARTS if obj.get(name))
    draft.default("PrintOnCheckName", plain_name(obj["DisplayName"])[:110])
    if obj.get("SSN"):
        obj["SSN"] = "XXX-XX-XXXX"


def hierarchy(draft: Draft, name: str, flag: str, *, level: bool = False) -> None:
    """ParentRef, its flag and the full name agree (6150, 900, 6180).

    The flag of a list says that there is a parent; a customer's `Job` is a flag of its own and only needs one.
    """
    obj = draft.obj
    parent = draft.pointed(draft.entity, "ParentRef")
    if not parent and obj.get(flag) and (flag in draft.sent):
        raise faults.parent_required(flag)
    depth, above = _climb(draft, parent)
    if depth >= _LEVELS:
        raise faults.too_deep()
    if flag != "Job":
        obj[flag] = bool(parent)
    obj["FullyQualifiedName"] = ":".join([*above, obj[name]])
    if level and parent:
        obj["Level"] = depth
    elif level:
        obj.pop("Level", None)


def _climb(draft: Draft, parent: dict[str, Any]) -> tuple[int, list[str]]:
    """How many levels there are above, and their full name as a list of one (or none)."""
    if not parent:
        return 0, []
    depth, above = 0, parent
    while above:
        depth += 1
        if above["Id"] == draft.obj.get("Id"):
            raise faults.own_parent()
        upper = value_of(above, "ParentRef")
        above = (draft.books.known(draft.entity, upper) if upper else None) or {}
    return depth, [parent["FullyQualifiedName"]]


def class_(draft: Draft) -> None:
    """Class: class tracking must be on to make one."""
    tracking = draft.books.preference("AccountingInfoPrefs", "ClassTrackingPerTxn") or draft.books.preference(
        "AccountingInfoPrefs", "ClassTrackingPerTxnLine"
    )
    if draft.old is None and not tracking and draft.books.switches["tracking_off_lists"] == "refused":
        raise faults.business("Class tracking is turned off. Turn it on in Account and settings before you add classes.")
    _within_plan(draft)
    hierarchy(draft, "Name", "SubClass")


def department(draft: Draft) -> None:
    """Department: location tracking must be on to make one."""
    tracking = draft.books.preference("AccountingInfoPrefs", "TrackDepartments")
    if draft.old is None and not tracking and draft.books.switches["tracking_off_lists"] == "refused":
        raise faults.business("Location tracking is turned off. Turn it on in Account and settings before you add locations.")
    _within_plan(draft)
    hierarchy(draft, "Name", "SubDepartment")


#: Classes and locations together that Plus allows.
_PLUS_LIMIT = 40


def _within_plan(draft: Draft) -> None:
    limit = draft.books.switches["class_limit"]
    if limit < 0:
        limit = 0 if draft.books.switches["plan"] == "advanced" else _PLUS_LIMIT
    if draft.old is not None or not limit:
        return
    count = draft.books.state.execute(
        "SELECT count(*) FROM object WHERE company = ? AND entity IN ('Class', 'Department') AND active = 1",
        (draft.books.company.key,),
    ).fetchone()[0]
    if count >= limit:
        raise faults.feature("You have reached the usage limit of your plan for classes and locations.")
