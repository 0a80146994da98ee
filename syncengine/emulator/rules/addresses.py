"""Addresses have Ids of their own, counted through the company (recorded: the company's own is 1)."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.books import Books

_NAMES = (
    "BillAddr", "ShipAddr", "OtherAddr", "PrimaryAddr", "VendorAddr", "RemitToAddr", "ShipFromAddr", "Address", "CompanyAddr",
    "CustomerCommunicationAddr", "LegalAddr",
)  # fmt: skip
_FIRST = 2


def number(books: Books, obj: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Give each address an Id: one that was there keeps its own, the same address twice in an object is one; empty ones go."""
    given: list[dict[str, Any]] = []
    for name in _NAMES:
        address = obj.get(name)
        if not isinstance(address, dict):
            continue
        if not address:
            del obj[name]
        elif "Id" not in address:
            known = [*given, (old or {}).get(name) or {}]
            id_ = next((each["Id"] for each in known if _same(each, address)), None) or str(books.count("address", _FIRST))
            obj[name] = {"Id": id_, **address}
            given.append(obj[name])


def _same(known: dict[str, Any], address: dict[str, Any]) -> bool:
    return "Id" in known and {name: value for name, value in known.items() if name != "Id"} == address
