"""Rules of recorded working time."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.rules.draft import Draft, amount_of

#: The hours that can be entered (documented).
_LONGEST = 8760
_DAY = 24 * 60
_CLOCK = re.compile(r"(?:.*T)?(\d\d):(\d\d)")


def time_activity(draft: Draft) -> None:
    """TimeActivity: whose time it was, how long, and what is billed for it; HasBeenBilled cannot be set."""
    obj = draft.obj
    draft.default("TxnDate", draft.books.today)
    _whose(draft)
    _how_long(obj)
    for name in ("StartTime", "EndTime"):
        if "T" not in str(obj.get(name, "T")):
            obj[name] = f"{obj['TxnDate']}T{obj[name]}"
    _billed(draft)
    if not draft.books.preference("AccountingInfoPrefs", "TrackDepartments"):
        obj.pop("DepartmentRef", None)
    prefs = draft.books.preference
    if not (prefs("AccountingInfoPrefs", "ClassTrackingPerTxn") or prefs("AccountingInfoPrefs", "ClassTrackingPerTxnLine")):
        obj.pop("ClassRef", None)


def _whose(draft: Draft) -> None:
    obj = draft.obj
    if obj.get("NameOf") not in {"Employee", "Vendor"}:
        raise faults.name_of(obj.get("NameOf"))
    if obj.get("EmployeeRef") and obj.get("VendorRef"):
        raise faults.employee_or_vendor(str(draft.reference("VendorRef")))
    if not draft.reference(f"{obj['NameOf']}Ref"):
        raise faults.required(f"{obj['NameOf']}Ref")


def _how_long(obj: dict[str, Any]) -> None:
    timed = obj.get("StartTime") is not None or obj.get("EndTime") is not None
    counted = obj.get("Hours") is not None or obj.get("Minutes") is not None
    if timed and counted and (amount_of(obj, "Hours") or amount_of(obj, "Minutes")):
        raise faults.several_durations()
    if timed:
        _between(obj)
    elif not counted:
        raise faults.missing_time()
    else:
        _counted(obj)


def _counted(obj: dict[str, Any]) -> None:
    hours, minutes = amount_of(obj, "Hours"), amount_of(obj, "Minutes")
    if hours < 0 or not 0 <= minutes < 60 or hours != int(hours) or minutes != int(minutes):
        raise faults.time_of_day(f"{hours}:{minutes}")
    if hours > _LONGEST:
        raise faults.duration(f"{hours}:{minutes}")
    obj["Hours"], obj["Minutes"] = int(hours), int(minutes)


def _between(obj: dict[str, Any]) -> None:
    if obj.get("StartTime") is None or obj.get("EndTime") is None:
        raise faults.start_or_end()
    start, end = _minute(obj["StartTime"]), _minute(obj["EndTime"])
    if end < start:
        raise faults.start_after_end(obj["StartTime"])
    pause = amount_of(obj, "BreakHours") * 60 + amount_of(obj, "BreakMinutes")
    if pause < 0 or pause > end - start:
        raise faults.start_or_end()


def _minute(text: str) -> int:
    """The minute of a time; of a date with a time the days count as well, of an offset nothing does (documented)."""
    found = _CLOCK.match(text)
    if found is None:
        raise faults.start_or_end()
    hour, minute = map(int, found.groups())
    if hour > 23 or minute > 59:
        raise faults.time_of_day(text)
    day = int(text[8:10]) if "T" in text else 0
    return day * _DAY + hour * 60 + minute


def _billed(draft: Draft) -> None:
    obj = draft.obj
    status = obj.get("BillableStatus")
    if status == "HasBeenBilled" and (draft.old or {}).get("BillableStatus") != "HasBeenBilled":
        raise faults.enumeration("HAS_BEEN_BILLED", "BillableStatus")
    if status == "NotBillable" and (draft.old or {}).get("BillableStatus") == "HasBeenBilled":
        raise faults.billable_status(status)
    if status == "Billable" and not obj.get("CustomerRef"):
        raise faults.billable_customer()
    if amount_of(obj, "HourlyRate") < 0:
        raise faults.billing_rate(obj["HourlyRate"])
    draft.default("BillableStatus", "NotBillable")
    draft.default("Taxable", False)
    draft.default("HourlyRate", draft.pointed("Item", "ItemRef").get("UnitPrice") if status == "Billable" else None)
    draft.default("HourlyRate", Decimal(0))
