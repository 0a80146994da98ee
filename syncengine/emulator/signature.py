"""Who wrote a transaction last, as its MetaData names them since minor version 75 (recorded 2026)."""

from __future__ import annotations

from typing import Any

#: Transactions whose MetaData names who wrote them last.
_SIGNED = frozenset({"Invoice", "Bill", "PurchaseOrder"})


def signature(entity: str, realm: str, minor_version: str) -> dict[str, Any]:
    """`LastModifiedByRef` for the MetaData of what QuickBooks shows it of: an id in the manner of company ids."""
    if entity not in _SIGNED or minor_version != "75":
        return {}
    return {"LastModifiedByRef": {"value": str(int(realm) + 32) if realm.isdecimal() else realm}}
