"""Custom fields: which of QuickBooks' fields has a namesake here. Pure: reads nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

#: Form -> group and list of QuickBooks' Preferences, and the column of `custom_field` that says whether it is on that form.
_FORMS = {
    "sales": ("SalesFormsPrefs", "CustomField", "on_sales"),
    "purchases": ("VendorAndPurchasesPrefs", "POCustomField", "on_purchases"),
}
#: The names under which Preferences tell what a field is called and whether it is in use (its reference of Preferences).
_NAME = re.compile(r"\.(?:Sales|Purchase)CustomName([123])$")
_USE = re.compile(r"\.Use(?:Sales|Purchase)Custom(?:Name)?([123])$")


def defined(preferences: Mapping[str, Any], form: str) -> dict[str, str]:
    """DefinitionId -> name of the text fields that are in use on QuickBooks' `sales` or `purchases` forms."""
    group, name, _ = _FORMS[form]
    names: dict[str, str] = {}
    unused: set[str] = set()
    for field in _fields((preferences.get(group) or {}).get(name)):
        called = str(field.get("Name") or "")
        if (found := _NAME.search(called)) and field.get("Type", "StringType") == "StringType" and field.get("StringValue"):
            names.setdefault(found[1], str(field["StringValue"]))
        elif (found := _USE.search(called)) and field.get("BooleanValue") is False:
            unused.add(found[1])
    return {slot: called for slot, called in sorted(names.items()) if slot not in unused}


def columns(records: Iterable[Mapping[str, Any]], form: str) -> dict[str, str]:
    """Name -> column of the active custom fields here that are on such a form; the older one where two have one name."""
    flag = _FORMS[form][2]
    found: dict[str, str] = {}
    for record in records:
        if record["slot"] in {1, 2, 3} and record["name"] and record[flag] is True and record["active"] is not False:
            found.setdefault(str(record["name"]), f"custom{record['slot']}")
    return found


def _fields(given: Any) -> Iterator[Mapping[str, Any]]:
    for each in given if isinstance(given, list) else ():
        inner = each.get("CustomField") if isinstance(each, Mapping) else None
        yield from (field for field in (inner if isinstance(inner, list) else ()) if isinstance(field, Mapping))
