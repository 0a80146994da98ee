"""Rules of a company's settings."""

from __future__ import annotations

from syncengine.emulator.rules.draft import Draft


def preferences(draft: Draft) -> None:
    """Preferences: a group that is sent changes only what it names; the closing date is set in QuickBooks alone."""
    old = draft.old or {}
    for group, values in list(draft.obj.items()):
        before = old.get(group)
        if isinstance(values, dict) and isinstance(before, dict):
            draft.obj[group] = {**before, **values}
    closed = old.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    accounting = dict(draft.obj.get("AccountingInfoPrefs", {}))
    accounting.pop("BookCloseDate", None)
    if closed:
        accounting["BookCloseDate"] = closed
    draft.obj["AccountingInfoPrefs"] = accounting
