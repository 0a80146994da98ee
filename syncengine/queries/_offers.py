"""What corrections say, for each person: what tells of an accounting list stays hidden from who may not see that list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from syncengine.corrections import Act, Verdict
from syncengine.queries.said import leads_to
from syncengine.store import outbox
from syncengine.store.rights import LISTS, Rights
from syncengine.store.tables import Correction
from syncengine.store.veil import HIDDEN

#: Columns, and parts of a line's detail, in which a correction is told in sentences.
_SENTENCES = ("says", "outcome")
_Row = Mapping[Any, Any]


def entities(row: _Row) -> frozenset[str]:
    """The QuickBooks entities that a correction speaks of: its record's, and all that its acts name or look at."""
    verdict = Verdict.read(row["says"], row["verdict"])
    told = {str(entity) for entity, _ in row["verdict"].get("told") or ()}
    acts = (*verdict.acts, *verdict.after, *verdict.otherwise)
    return frozenset({row["entity"], *told, *(entity for act in acts for entity in _of_act(row["entity"], act))})


def _of_act(entity: str, act: Act) -> Iterator[str]:
    if "entity" in act.args:
        yield str(act.args["entity"])
    if "path" in act.args and (target := leads_to(entity, str(act.args["path"]), act.args.get("value"))):
        yield target[0]


def open_to(row: _Row, held: Rights) -> bool:
    """Whether the person may read what the correction says."""
    return all(held.sees(entity) for entity in entities(row))


def worded(row: _Row, held: Rights) -> dict[str, Any]:
    """A correction's row with its sentences as far as the person may read them."""
    return {**row, **({} if open_to(row, held) else _hidden(row))}


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
    return detail if mine and all(open_to(row, held) for row in mine) else {**detail, **_hidden(detail)}


def _speaks(detail: Any, held: Rights) -> bool:
    """Whether a detail tells a correction in sentences to somebody who may not see every list."""
    return isinstance(detail, Mapping) and bool(_hidden(detail)) and not held.may(*LISTS.values())


def _hidden(said: _Row) -> dict[str, str]:
    return {name: HIDDEN for name in _SENTENCES if said.get(name)}
