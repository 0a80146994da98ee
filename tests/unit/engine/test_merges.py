"""Where references lead after a merge in QuickBooks: pure."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from syncengine.engine.apply.following import renamed
from syncengine.engine.merges import led
from syncengine.entities import ENTITIES, POSTINGS

INVOICE: dict[str, Any] = {
    "Id": "9",
    "CustomerRef": {"value": "5", "name": "Harbour"},
    "DepartmentRef": {"value": "5"},
    "Line": [{"SalesItemLineDetail": {"ItemRef": {"value": "5"}, "ItemAccountRef": {"value": "5"}}}, {"Amount": 3}],
}


def after(*path: str | int, value: str = "7") -> dict[str, Any]:
    """The invoice with one reference led elsewhere."""
    changed = deepcopy(INVOICE)
    place: Any = changed
    for step in path:
        place = place[step]
    place["value"] = value
    return changed


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Customer", ("CustomerRef",)),
        ("Department", ("DepartmentRef",)),
        ("Item", ("Line", 0, "SalesItemLineDetail", "ItemRef")),
        ("Account", ("Line", 0, "SalesItemLineDetail", "ItemAccountRef")),
    ],
)
def test_a_reference_tells_only_of_its_own_list(name, path):
    for each in ("Customer", "Department", "Item", "Account", "Vendor"):
        assert list(led(INVOICE, after(*path), each, "5", own=False)) == (["7"] if each == name else [])


def test_what_still_leads_to_it_or_nowhere_tells_nothing():
    assert list(led(INVOICE, INVOICE, "Customer", "5", own=False)) == []
    assert list(led(INVOICE, {"Id": "9"}, "Customer", "5", own=False)) == []
    assert list(led(INVOICE, {**after("CustomerRef"), "Line": []}, "Item", "5", own=False)) == []


def test_a_parent_counts_for_objects_of_the_list_alone():
    before, now = {"ParentRef": {"value": "5"}}, {"ParentRef": {"value": "7"}}
    assert list(led(before, now, "Class", "5", own=True)) == ["7"]
    assert list(led(before, now, "Customer", "5", own=False)) == []


def test_a_party_counts_for_the_list_of_its_type():
    def line(value: str) -> dict[str, Any]:
        return {"Line": [{"JournalEntryLineDetail": {"Entity": {"Type": "Vendor", "EntityRef": {"value": value}}}}]}

    assert list(led(line("5"), line("7"), "Vendor", "5", own=False)) == ["7"]
    assert list(led(line("5"), line("7"), "Customer", "5", own=False)) == []
    purchase = [{"EntityRef": {"value": each, "type": "Customer"}} for each in ("5", "7")]
    assert list(led(*purchase, "Customer", "5", own=False)) == ["7"]


def test_what_was_agreed_on_is_renamed_by_list():
    invoice = ENTITIES["Invoice"]
    flat = {"CustomerRef": "5", "DocNumber": "5", "DepartmentRef": "5", "Line": [{"SalesItemLineDetail.ItemRef": "5", "Amount": "5"}]}
    assert renamed(invoice, flat, "Customer", "5", "7") == {**flat, "CustomerRef": "7"}
    assert renamed(invoice, flat, "Item", "5", "7")["Line"] == [{"SalesItemLineDetail.ItemRef": "7", "Amount": "5"}]
    assert flat["Line"][0]["SalesItemLineDetail.ItemRef"] == "5"


def test_the_party_of_a_journal_entry_is_renamed_with_its_type():
    entry, path = POSTINGS["JournalEntry", "adjustment"], "JournalEntryLineDetail.Entity"
    assert renamed(entry, {"Line": [{path: "Vendor/5"}]}, "Vendor", "5", "7") == {"Line": [{path: "Vendor/7"}]}
    assert renamed(entry, {"Line": [{path: "Vendor/5"}]}, "Customer", "5", "7") == {"Line": [{path: "Vendor/5"}]}
