"""Undoing: of two linked documents that both go, the later in sending order goes first, or QuickBooks would change it meanwhile.

A payment whose invoice is deleted before it would be unapplied by QuickBooks, and look as if a person had edited it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.entities import POSTINGS, Payload

#: A document of QuickBooks: its entity and its Id.
Document = tuple[str, str]
_PLACES = {group: place for place, group in enumerate(POSTINGS)}


def first(going: Mapping[Document, tuple[str, Payload]]) -> dict[Document, set[Document]]:
    """By document, those that have to be gone before it; `going` are all that go, each with its kind and QuickBooks' copy."""
    found: dict[Document, set[Document]] = {}
    for document, (kind, held) in going.items():
        for other in _links(held) & going.keys():
            if _PLACES[other[0], going[other][0]] < _PLACES[document[0], kind]:
                found.setdefault(other, set()).add(document)
    return found


def _links(held: Payload) -> set[Document]:
    """The documents that one is linked to, on its header or its lines."""
    lines = held.get("Line")
    parts: list[Any] = [held, *(lines if isinstance(lines, list) else ())]
    every = [link for part in parts if isinstance(part, Mapping) for link in part.get("LinkedTxn") or ()]
    return {(str(link.get("TxnType")), str(link.get("TxnId"))) for link in every if isinstance(link, Mapping)}
