"""Rules of a company's settings."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.rules.draft import Draft

#: Group -> what a client reads and cannot set (documented).
_READ_ONLY = {
    "AccountingInfoPrefs": ("UseAccountNumbers", "FirstMonthOfFiscalYear", "TaxYearMonth", "BookCloseDate"),
    "ReportPrefs": ("CalcAgingReportFromTxnDate",),
    "CurrencyPrefs": ("HomeCurrency",),
}


def preferences(draft: Draft) -> None:
    """Preferences: a group that is sent changes only what it names; several currencies cannot become one again."""
    old = draft.old or {}
    for group, before in old.items():
        if group not in draft.obj and group.endswith("Prefs"):
            draft.obj[group] = before
    for group, values in list(draft.obj.items()):
        before = old.get(group)
        if isinstance(values, dict) and isinstance(before, dict):
            draft.obj[group] = _merged(group, before, values)
    was, now = (each.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled") for each in (old, draft.obj))
    if was and not now:
        raise faults.business("Multicurrency cannot be turned off once it has been turned on.")


def _merged(group: str, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    kept = _READ_ONLY.get(group, ())
    sent = {name: value for name, value in values.items() if name not in kept}
    return {**before, **sent}
