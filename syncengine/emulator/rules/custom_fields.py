"""The custom fields of forms: up to three, which the company's preferences name."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Draft

#: Group of the preferences, its list, and what the names of the fields begin with.
SALES = ("SalesFormsPrefs", "CustomField", "SalesFormsPrefs.SalesCustomName")
PURCHASES = ("VendorAndPurchasesPrefs", "POCustomField", "PurchasePrefs.PurchaseCustomName")


def defined(books: Books, place: tuple[str, str, str]) -> dict[str, str]:
    """DefinitionId -> name of the fields of one kind of form."""
    group, name, prefix = place
    found: dict[str, str] = {}
    for each in books.preference(group, name) or ():
        for field in each.get("CustomField", ()):
            called = str(field.get("Name", ""))
            if field.get("Type") == "StringType" and called.startswith(prefix):
                found[called[-1]] = str(field["StringValue"])
    return dict(sorted(found.items()))


def fill(draft: Draft, place: tuple[str, str, str]) -> None:
    """Show every field, those without a value as well; refuse one that there is not, or a value that is no text (3000)."""
    known = defined(draft.books, place)
    sent = {str(field.get("DefinitionId")): field for field in draft.obj.get("CustomField") or ()}
    for id_, field in sent.items():
        if id_ not in known or field.get("Type", "StringType") != "StringType":
            raise faults.custom_field(id_)
    if not known:
        draft.obj.pop("CustomField", None)
        return
    draft.obj["CustomField"] = [_shown(id_, name, sent.get(id_, {})) for id_, name in known.items()]


def _shown(id_: str, name: str, sent: dict[str, Any]) -> dict[str, Any]:
    value = {"StringValue": sent["StringValue"]} if sent.get("StringValue") else {}
    return {"DefinitionId": id_, "Name": name, "Type": "StringType", **value}
