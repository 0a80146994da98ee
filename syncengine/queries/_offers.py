"""What corrections say, for each person: what tells of an accounting list stays hidden from who may not see that list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from syncengine.engine.telling import hidden, open_to, worded
from syncengine.store import outbox
from syncengine.store.rights import LISTS, Rights
from syncengine.store.tables import Correction

_Row = Mapping[Any, Any]


def details(connection: Connection, lines: Sequence[_Row], held: Rights) -> list[Any]:
    """The details of lines of the audit trail, as far as the person may read them."""
    rows = sorted({line["outbox_id"] for line in lines if line["outbox_id"] is not None and _speaks(line["detail"], held)})
    known: list[_Row] = []
    for part in outbox.chunks(rows):
        known += connection.execute(select(Correction.__table__).where(Correction.outbox_id.in_(part))).mappings()
    return [told(line, known, held) for line in lines]


def told(line: _Row, known: Iterable[_Row], held: Rights) -> Any:
    """One line's detail; `known` are the corrections of its record. Of one that is not known nothing is told."""
    detail = line["detail"]
    if not _speaks(detail, held):
        return detail
    mine = [row for row in known if (row["outbox_id"], row["name"]) == (line["outbox_id"], detail.get("correction"))]
    return detail if mine and all(open_to(row, held) for row in mine) else {**detail, **hidden(detail)}


def _speaks(detail: Any, held: Rights) -> bool:
    """Whether a detail tells a correction in sentences to somebody who may not see every list."""
    return isinstance(detail, Mapping) and bool(hidden(detail)) and not held.may(*LISTS.values())


__all__ = ["details", "told", "worded"]
