"""Overrides applied: what goes to QuickBooks instead of our own, right after `Entity.put`, for planning and comparing alike.

A path leads to a value of the flat record (`PrimaryEmailAddr.Address`), to one of a line (`Line.17.Amount`, 17 being the
inventory line's id), or to a whole line (`Line.17`), which is then left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine.refs import Resolver
from syncengine.entities import Entity, Flat, Record, References
from syncengine.entities._entity import ACCOUNTS
from syncengine.entities._lines import substance
from syncengine.errors import RecordError
from syncengine.store import overrides
from syncengine.terms import Direction


class Overrides:
    """The live overrides of one company inside one transaction."""

    def __init__(self, connection: Connection, company_id: int) -> None:
        self._connection = connection
        self._mine: dict[tuple[str, str, int], list[RowMapping]] = {}
        for row in overrides.live(connection, company_id):
            self._mine.setdefault((row["entity"], row["kind"], row["record_id"]), []).append(row)
        #: Those that were found to be over: our own value is no longer the one that they were made for.
        self.over: set[int] = set()

    def put(self, entity: Entity, record: Record, refs: Resolver) -> Flat:
        """Inventory record -> flat record as it goes to QuickBooks. Raises RecordError where QuickBooks could not take it.

        Of what is only ever sent it says with which accounts it was made where the record names none: they are part of what
        both sides agree on, so that a later default moves nothing that is in the books.
        """
        record_id = record.get("id")
        if entity.direction is not Direction.PUSH or not entity.document or record_id is None:
            return self._put(entity, record, refs)
        with refs.posting(entity, record_id) as accounts:
            flat = self._put(entity, record, refs)
        return {**flat, ACCOUNTS: accounts} if accounts else flat

    def _put(self, entity: Entity, record: Record, refs: Resolver) -> Flat:
        held = self.holding(entity, record, refs)
        if not held:
            return entity.put(record, refs)
        flat = entity.put(_without(entity, record, refs, [row["path"] for row in held]), refs)
        for row in held:
            _set(flat, row["path"], row["value"])
        return flat

    def holding(self, entity: Entity, record: Record, refs: References) -> list[RowMapping]:
        """The overrides of a record that count: what one correction made ends together."""
        mine = self._mine.get((entity.name, entity.kind, record.get("id") or 0))
        if not mine:
            return []
        ended = {row["correction"] for row in mine if ours_of(entity, record, refs, row["path"]) != row["ours"]}
        self.over.update(row["id"] for row in mine if row["correction"] in ended)
        return [row for row in mine if row["correction"] not in ended]

    def restored(
        self, entity: Entity, record: Record, refs: References, theirs: Sequence[Flat], ids: Mapping[str, int]
    ) -> list[Flat]:
        """Their lines with our own values where they only repeat what we sent instead; `ids` leads from line Ids to ours."""
        lines = [dict(line) for line in theirs]
        by_id = {ids[line["Id"]]: line for line in lines if line.get("Id") in ids}
        for row in self.holding(entity, record, refs):
            head, line_id, path = _parted(row["path"])
            if head != "Line":
                continue
            if not path and line_id not in by_id:
                lines.append(dict(row["ours"]))
            elif path and line_id in by_id and by_id[line_id].get(path) == row["value"]:
                by_id[line_id][path] = row["ours"]
        return lines

    def end(self, at: datetime) -> None:
        """Write down that those in `over` have ended."""
        if self.over:
            overrides.end(self._connection, self.over, at)


def ours_of(entity: Entity, record: Record, refs: References, path: str) -> Any:
    """Our own canonical value at a path; the raw text where QuickBooks could not take it."""
    head, line_id, inner = _parted(path)
    if head != "Line":
        return _value(entity.fields, record, refs, path)
    line = next((each for each in record.get("lines") or () if each.get("id") == line_id), None)
    if line is None or entity.lines is None:
        return None
    fields = [field for field in entity.lines.fields if field.path == inner]
    if fields:
        return _value(fields, line, refs, inner)
    try:
        flat = entity.lines.put({**record, "lines": [line]}, refs)[0]
    except (RecordError, IndexError):
        return None
    return flat.get(inner) if inner else substance(flat)


def _value(fields: Iterable[Any], record: Record, refs: References, path: str) -> Any:
    field = next((each for each in fields if each.path == path), None)
    if field is None:
        return None
    try:
        return field.put(record, refs)
    except RecordError:
        return str(record.get(field.column) or "").strip()


def _parted(path: str) -> tuple[str, int, str]:
    """`Line.17.Amount` -> ("Line", 17, "Amount"); any other path -> (path, 0, "")."""
    head, _, rest = path.partition(".")
    number, _, inner = rest.partition(".")
    return ("Line", int(number), inner) if head == "Line" and number.isdigit() else (path, 0, "")


def _without(entity: Entity, record: Record, refs: References, paths: Iterable[str]) -> Record:
    """The record without those overridden values that QuickBooks could not take: they must not keep it from being built."""
    blank, lines = dict(record), {line.get("id"): dict(line) for line in record.get("lines") or ()}
    for path in paths:
        head, line_id, inner = _parted(path)
        row = lines.get(line_id) if head == "Line" else blank
        fields = (entity.lines.fields if entity.lines else ()) if head == "Line" else entity.fields
        field = next((each for each in fields if each.path == (inner or path)), None)
        if row is None or field is None:
            continue
        try:
            field.put(row, refs)
        except RecordError:
            row[field.column] = None
    return {**blank, "lines": list(lines.values())} if lines else blank


def _set(flat: Flat, path: str, value: Any) -> None:
    head, line_id, inner = _parted(path)
    if head != "Line":
        flat[path] = value
        return
    if not inner:
        flat["Line"] = [line for line in flat.get("Line") or () if line.get("line") != line_id]
        return
    for line in flat.get("Line") or ():
        if line.get("line") == line_id:
            line[inner] = value
