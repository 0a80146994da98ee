"""Rules of the name lists: display names, hierarchies with their full names, and what an item, account or term needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.rules import accounts
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
    if draft.old is None or "PrintOnCheckName" not in draft.sent:
        _follow(draft, "PrintOnCheckName")
    draft.default("PrintOnCheckName", plain_name(obj["DisplayName"])[:110])


def _follow(draft: Draft, name: str) -> None:
    """A property that repeats the display name follows it when it changes (a full update leaves it out)."""
    old = draft.old
    if old is not None and draft.obj.get(name) == plain_name(old["DisplayName"]) and old["DisplayName"] != draft.obj["DisplayName"]:
        draft.obj[name] = plain_name(draft.obj["DisplayName"])


def plain_name(name: str) -> str:
    """The name without the mark of an inactive row."""
    return name.removesuffix(" (deleted)")


def customer(draft: Draft) -> None:
    """Customer: name, parents, and the term and method of the parent's kind."""
    person(draft)
    if draft.old is None:
        for name in ("Balance", "BalanceWithJobs"):
            draft.obj[name] = _ZERO
        code = draft.books.preference("TaxPrefs", "TaxGroupCodeRef")
        if code:
            draft.default("DefaultTaxCodeRef", {"value": code["value"]})
    hierarchy(draft, "DisplayName", "Job", level=True)


def vendor(draft: Draft) -> None:
    """Vendor: name, and a tax number that is shown masked."""
    person(draft)
    if draft.old is None:
        draft.obj["Balance"] = _ZERO
    number = draft.obj.get("TaxIdentifier")
    if number and "TaxIdentifier" in draft.sent:
        draft.obj["TaxIdentifier"] = "XXXXXX" + number[-4:]


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
    if draft.old is None and not tracking:
        raise faults.business("Class tracking is turned off. Turn it on in Account and settings before you add classes.")
    _within_plan(draft)
    hierarchy(draft, "Name", "SubClass")


def department(draft: Draft) -> None:
    """Department: location tracking must be on to make one."""
    if draft.old is None and not draft.books.preference("AccountingInfoPrefs", "TrackDepartments"):
        raise faults.business("Location tracking is turned off. Turn it on in Account and settings before you add locations.")
    _within_plan(draft)
    hierarchy(draft, "Name", "SubDepartment")


def _within_plan(draft: Draft) -> None:
    limit = draft.books.switches["class_limit"]
    if draft.old is not None or not limit:
        return
    count = draft.books.state.execute(
        "SELECT count(*) FROM object WHERE company = ? AND entity IN ('Class', 'Department') AND active = 1",
        (draft.books.company.key,),
    ).fetchone()[0]
    if count >= limit:
        raise faults.feature("You have reached the usage limit of your plan for classes and locations.")


#: Accounts that QuickBooks books to by itself.
_SYSTEM = frozenset({"AccountsReceivable", "AccountsPayable", "UndepositedFunds", "RetainedEarnings", "OpeningBalanceEquity"})


def account(draft: Draft) -> None:
    """Account: a type and a sub-type that fit each other (6010, 2170), a classification, a parent of the same type."""
    obj = draft.obj
    type_, sub = obj.get("AccountType"), obj.get("AccountSubType")
    if not type_ and not sub:
        raise faults.account_type_needed()
    if type_ and type_ not in accounts.TYPES:
        raise faults.enumeration(type_, "AccountType")
    if sub and not accounts.type_of(sub):
        raise faults.enumeration(sub, "AccountSubType")
    type_ = type_ or accounts.type_of(sub or "")
    if sub and accounts.type_of(sub) != type_:
        sub = None if "AccountSubType" not in draft.sent else _mismatch()
    known = accounts.TYPES[str(type_)]
    obj.update(AccountType=type_, AccountSubType=sub or known.default, Classification=known.classification)
    if obj.get("Active") is False and obj["AccountSubType"] in _SYSTEM and draft.books.switches["system_accounts"] == "kept":
        raise faults.business("You can't make this account inactive, because QuickBooks needs it.")
    parent = draft.pointed("Account", "ParentRef")
    if parent and parent["AccountType"] != type_:
        raise faults.business("You need to select a different type of account for this transaction.")
    if draft.old is None:
        obj.update(CurrentBalance=_ZERO, CurrentBalanceWithSubAccounts=_ZERO)
    hierarchy(draft, "Name", "SubAccount")


def _mismatch() -> str:
    raise faults.business("The account sub-type does not belong to the account type.")


def item(draft: Draft) -> None:
    """Item: its kind, and the accounts that the kind needs."""
    obj = draft.obj
    draft.default("Type", "Service")
    if obj["Type"] == "Inventory":
        _inventory(draft)
    elif obj["Type"] != "Category":
        if not (obj.get("IncomeAccountRef") or obj.get("ExpenseAccountRef")):
            raise faults.required("IncomeAccountRef")
        draft.default("TrackQtyOnHand", False)
    hierarchy(draft, "Name", "SubItem", level=True)
    if not obj.get("SubItem"):
        obj.pop("SubItem", None)


def _inventory(draft: Draft) -> None:
    obj = draft.obj
    if not obj.get("AssetAccountRef"):
        raise faults.inventory_account_required()
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "QtyOnHand", "InvStartDate"):
        if obj.get(name) is None:
            raise faults.required(name)
    if not obj.get("TrackQtyOnHand"):
        raise faults.required("TrackQtyOnHand")
    for name, wanted in (
        ("AssetAccountRef", "Other Current Asset"),
        ("ExpenseAccountRef", "Cost of Goods Sold"),
        ("IncomeAccountRef", "Income"),
    ):
        if draft.pointed("Account", name).get("AccountType") != wanted:
            raise faults.business("You need to select a different type of account for this transaction.")


def term(draft: Draft) -> None:
    """Term: days, or a day of the month."""
    obj = draft.obj
    if obj.get("DueDays") is not None:
        obj["Type"] = "STANDARD"
        draft.default("DiscountDays", _ZERO)
    elif obj.get("DayOfMonthDue") is not None:
        obj["Type"] = "DATE_DRIVEN"
        draft.default("DueNextMonthDays", _ZERO)
    else:
        raise faults.required("DueDays")
    draft.default("DiscountPercent", _ZERO)


def payment_method(draft: Draft) -> None:
    """PaymentMethod: not a card unless it says so."""
    draft.default("Type", "NON_CREDIT_CARD")
