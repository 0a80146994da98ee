"""The rules that hold for every entity alike: references, unique names, document numbers and closed books."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.books import Books, Keys
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Reference
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.rules.draft import Draft, value_of
from syncengine.emulator.rules.lines import SHIPPING_ITEM

_NAMES = frozenset({"Customer", "Vendor", "Employee"})


def fold(text: str) -> str:
    """The form in which names are compared: without regard to case."""
    return text.casefold()


def keys(entity: Entity, obj: dict[str, Any]) -> Keys:
    """The columns that queries and rules look for."""
    name = obj.get(entity.name_property) if entity.name_property else None
    full = obj.get("FullyQualifiedName")
    return Keys(
        name=fold(name) if name else None,
        full_name=fold(full) if full else None,
        parent=value_of(obj, "ParentRef") if entity.hierarchy else None,
        doc=obj.get("DocNumber") if entity.dated else None,
        date=obj.get("TxnDate") if entity.dated else None,
        party=value_of(obj, entity.party) if entity.party else None,
    )


def references(books: Books, found: Iterable[Reference]) -> None:
    """Look up what an object refers to, one after the other, and fill in the names.

    Raises:
        Refusal: 2500 for an id that does not exist, 610 (a switch: 2500) for something inactive.
    """
    for reference in found:
        last = reference.path.rpartition(".")[2]
        if last in {"ClassRef", "DepartmentRef"} and not _tracked(books, last):
            continue
        _look_up(books, reference, last)


def _tracked(books: Books, name: str) -> bool:
    if name == "DepartmentRef":
        return bool(books.preference("AccountingInfoPrefs", "TrackDepartments"))
    return bool(
        books.preference("AccountingInfoPrefs", "ClassTrackingPerTxn")
        or books.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    )


def _look_up(books: Books, reference: Reference, last: str) -> None:
    value = reference.value
    id_ = value["value"]
    for target in reference.targets:
        obj = books.known(target, id_)
        if obj is None:
            continue
        if obj.get("Active") is False:
            if last == "CustomerRef" and books.switches["sales_customer"] == "6250":
                raise faults.sales_customer(id_)
            raise faults.not_found() if books.switches["inactive_reference"] == "610" else faults.inactive_reference()
        if last != "ParentRef" and reference.named:
            type_ = value.pop("type", None) if len(reference.targets) == 1 else target
            value.pop("type", None)
            value["name"] = obj[ENTITIES[target].shown_name]
            if type_ and last != "CustomerRef" and len(reference.targets) > 1 and not reference.path.endswith("Entity.EntityRef"):
                value["type"] = type_
        return
    if id_ == SHIPPING_ITEM and reference.targets == ("Item",):
        return
    if last == "CustomerRef" and books.switches["sales_customer"] == "6250":
        raise faults.sales_customer(id_)
    element = ENTITIES[reference.targets[0]].element
    if reference.targets == ("Item",):
        raise faults.invalid_reference(reference.path, reference.path)
    raise faults.invalid_reference(f"{element or reference.targets[0]} element id {id_} not found", reference.path)


#: The plans, the least one first.
_PLANS = ("simple_start", "essentials", "plus", "advanced")
#: What a user without an administrator's rights cannot write.
_ADMINISTRATORS = frozenset({"Account", "CompanyInfo", "Preferences", "Employee", "TaxAgency", "TaxCode", "Budget", "JournalEntry"})


def allowed(books: Books, entity: Entity, payload: Any, *, create: bool) -> None:
    """5020 where who connected the app may not write such a thing, 5030 where the company's plan does not have it."""
    if books.switches["user"] == "limited" and entity.name in _ADMINISTRATORS:
        raise faults.permission_denied()
    stock = entity.name == "Item" and isinstance(payload, dict) and payload.get("Type") == "Inventory"
    least = "plus" if stock else entity.plan
    if create and least and _PLANS.index(books.switches["plan"]) < _PLANS.index(least):
        raise faults.feature(f"{'Inventory' if stock else entity.name} is not available in the company's subscription.")


def unique_name(draft: Draft, entity: Entity) -> None:
    """6240: no other row has the name, in whatever list it must be unique."""
    if entity.name_property is None or not entity.unique_with:
        return
    name = fold(draft.obj[entity.name_property])
    before = draft.old
    same_parent = before is not None and value_of(before, "ParentRef") == value_of(draft.obj, "ParentRef")
    if before is not None and same_parent and fold(before[entity.name_property]) == name:
        return
    for other in entity.unique_with:
        for id_ in _bearers(draft, entity, other, name):
            if (other, id_) != (entity.name, draft.obj.get("Id")):
                raise faults.duplicate_name(_lead(entity))


def _lead(entity: Entity) -> str:
    if entity.name in _NAMES:
        return "Another customer, vendor or employee is already using this name. Please use a different name."
    return "null"


def _bearers(draft: Draft, entity: Entity, other: str, name: str) -> list[str]:
    """Ids of the rows that bear the name; an inactive row's own name is free again unless a switch says otherwise."""
    books = draft.books
    found = books.ids(other, "name", name)
    if books.switches["inactive_name_taken"]:
        found += books.ids(other, "name", f"{name} (deleted)")
    else:
        found = [(id_, active) for id_, active in found if active]
    if not entity.unique_below_parent:
        return [id_ for id_, _ in found]
    parent = value_of(draft.obj, "ParentRef")
    return [id_ for id_, _ in found if value_of(books.known(other, id_) or {}, "ParentRef") == parent]


def document_number(draft: Draft, entity: Entity) -> None:
    """6140: no other transaction of the kind has the number, where the company wants that."""
    number = draft.obj.get("DocNumber")
    if not entity.dated or not number or "allowduplicatedocnum" in draft.books.include:
        return
    if draft.old is not None and draft.old.get("DocNumber") == number:
        return
    if not _numbers_are_unique(draft, entity):
        return
    for id_, _ in draft.books.ids(entity.name, "doc", number):
        other = draft.books.known(entity.name, id_) or {}
        if id_ != draft.obj.get("Id") and not _elsewhere(draft, other):
            raise faults.duplicate_document_number(number, entity.name, id_)


def _numbers_are_unique(draft: Draft, entity: Entity) -> bool:
    if entity.auto_number:
        return bool(draft.books.preference("SalesFormsPrefs", "CustomTxnNumbers"))
    if entity.name in {"Bill", "VendorCredit"}:
        return bool(draft.books.switches["bill_number_scope"] != "off")
    if entity.name == "JournalEntry":
        return draft.books.other_preference("WarnDuplicateJournalNumber")
    if entity.name == "Purchase":
        return draft.obj.get("PaymentType") == "Check" and draft.books.other_preference("WarnDuplicateCheckNumber")
    return False


def _elsewhere(draft: Draft, other: dict[str, Any]) -> bool:
    """Whether the other bill is another vendor's, where numbers are unique per vendor only."""
    per_vendor = draft.entity in {"Bill", "VendorCredit"} and draft.books.switches["bill_number_scope"] == "vendor"
    return per_vendor and value_of(other, "VendorRef") != value_of(draft.obj, "VendorRef")


def open_books(books: Books, entity: Entity, *objects: dict[str, Any] | None) -> None:
    """6200 or 6210: neither the object as it was nor as it is to be lies on or before the closing date."""
    if not entity.dated:
        return
    closed = books.preference("AccountingInfoPrefs", "BookCloseDate")
    if closed and any(obj is not None and obj.get("TxnDate", "9") <= closed for obj in objects):
        code = books.switches["closed_books_code"]
        raise faults.closed_books(password=code == "6210" or (code == "by_password" and bool(books.company.closing_password)))
