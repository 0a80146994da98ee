"""Rules of budgets."""

from __future__ import annotations

from syncengine.emulator import faults
from syncengine.emulator.rules.draft import Draft

_SECOND = ("CustomerRef", "ClassRef", "DepartmentRef")


def budget(draft: Draft) -> None:
    """Budget: a span of time (2190), and amounts (6500) of income and expense accounts (6510), by one other list at most (6490)."""
    obj = draft.obj
    if obj["EndDate"] < obj["StartDate"]:
        raise faults.date_range("EndDate", obj["EndDate"])
    draft.default("Name", f"Budget_{obj['StartDate'][:4]}_P&L")
    details = obj.get("BudgetDetail")
    if not details:
        raise faults.budget("6500", "MissingBudgetDetails", "A budget needs at least one BudgetDetail.")
    if len({name for each in details for name in _SECOND if each.get(name)}) > 1:
        detail = "A budget may be subdivided by customers, classes or locations, but only by one of them."
        raise faults.budget("6490", "MultipleBudgetSecondaryListTypes", detail)
    for each in details:
        if each.get("BudgetDate") is None:
            raise faults.required("BudgetDetail.BudgetDate")
        if not each.get("AccountRef"):
            raise faults.required("BudgetDetail.AccountRef")
        account = draft.pointed_in(each, "Account", "AccountRef")
        if account.get("Classification") not in {"Revenue", "Expense"}:
            detail = f"The account {account.get('FullyQualifiedName')} cannot be used in a profit and loss budget."
            raise faults.budget("6510", "BudgetAccountMismatch", detail)
