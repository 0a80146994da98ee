"""What errors hold back: waiting records that refer to one that failed and is not in QuickBooks, and what waits for those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from syncengine.engine import order
from syncengine.engine.order import Reference
from syncengine.engine.refs import Resolver
from syncengine.entities import POSTINGS
from syncengine.inventory.tables import KINDS
from syncengine.queries.session import Session
from syncengine.store import bindings, failing, outbox, rights, settings
from syncengine.store.tables import Error, Outbox

if TYPE_CHECKING:
    import pandas as pd

#: Counting stops here, and says so by this very number.
MOST = 1_000
#: So many errors of a group are looked at: what more of them hold back is not told.
ROOTS = 200
#: So many levels below a failing record are looked at.
_DEEP = 4
#: One thing that is sent: QuickBooks' name, inventory kind, record.
Place = tuple[str, str, int]
_HELD = {
    "depth": "int64",
    "outbox_id": "int64",
    "entity": "str",
    "kind": "str",
    "record_id": "int64",
    "label": "str",
    "waits_for": "str",
}


@dataclass(frozen=True)
class _Held:
    """One waiting row with the cause that it waits for, through whom, and how far below."""

    root: str
    place: Place
    row: Mapping[Any, Any]
    above: str
    depth: int


@rights.needs(rights.Permission.SEE_SYNC)
def held_back(session: Session, group_key: str, *, size: int = 50) -> pd.DataFrame:
    """The records that the errors of one group hold back, nearest first; `waits_for` names the record just above each."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        held = list(_walk(connection, session.company_id, [group_key]))
    shown = [
        {**{name: each.row[name] for name in ("entity", "kind", "record_id", "label")}, "outbox_id": each.row["id"],
         "depth": each.depth, "waits_for": each.above}
        for each in held[: int(size)]
    ]  # fmt: skip
    return frame(shown, _HELD)


@rights.needs(rights.Permission.SEE_SYNC)
def held_back_counts(session: Session, group_keys: Sequence[str]) -> dict[str, int]:
    """How many records the errors of each group hold back; those that hold nothing back are left out.

    Counting ends at 1,000 records, and looks at the first 200 errors of a group: of more, it is the least that they hold back.
    """
    counts: dict[str, int] = {}
    with session.database.reading() as connection:
        for each in _walk(connection, session.company_id, group_keys):
            counts[each.root] = min(counts.get(each.root, 0) + 1, MOST)
    return counts


def _walk(connection: Connection, company_id: int, group_keys: Iterable[str]) -> Iterator[_Held]:
    """Level by level, each waiting record once."""
    travels = Resolver(connection, company_id, settings.all_of(connection, company_id)).feature
    kinds = set(_waiting_kinds(connection, company_id))
    downwards: dict[tuple[str, str], list[tuple[tuple[str, str], Reference]]] = {}
    for group in (each for each in POSTINGS if each[1] in kinds):
        for reference in order.references(POSTINGS[group], travels):
            downwards.setdefault(reference.target, []).append((group, reference))
    level = _failed(connection, company_id, group_keys, sorted(target for target in downwards if target[1] in kinds))
    known = set(level)
    for depth in range(1, _DEEP + 1):
        below: dict[Place, tuple[str, str]] = {}
        for target in {place[:2] for place in level}:
            above = {place[2]: level[place] for place in level if place[:2] == target}
            for group, reference in downwards.get(target, ()):
                for row, other in _referring(connection, company_id, group, reference, above):
                    place = (*group, row["record_id"])
                    if place not in known:
                        known.add(place)
                        root, label = above[other]
                        below[place] = (root, row["label"])
                        yield _Held(root, place, row, label, depth)
        level = _twinless(connection, company_id, dict(list(below.items())[:MOST]))


def _failed(
    connection: Connection, company_id: int, group_keys: Iterable[str], targets: Sequence[tuple[str, str]]
) -> dict[Place, tuple[str, str]]:
    """The failing records, of kinds that others refer to, that QuickBooks does not have, each with its group and its name."""
    if not targets:
        return {}
    found: dict[Place, tuple[str, str]] = {}
    referred = or_(*(and_(Error.entity == entity, Error.kind == kind) for entity, kind in targets))
    theirs = select(Error.entity, Error.kind, Error.record_id, Error.label).where(
        *failing.of_records(company_id), Error.record_id.is_not(None), referred
    )
    # Written once for all groups: to build a statement takes longer than to have it answered.
    alike, alone = (theirs.where(each == bindparam("group")).limit(ROOTS) for each in (Error.group_key, Error.id))
    for key in group_keys:
        own = failing.own_id(key)
        asked = (alike, key) if own is None else (alone, own)
        for entity, kind, record_id, label in connection.execute(asked[0], {"group": asked[1]}):
            found[entity, kind, int(record_id or 0)] = (key, label)
    return _twinless(connection, company_id, found)


def _twinless(connection: Connection, company_id: int, places: dict[Place, tuple[str, str]]) -> dict[Place, tuple[str, str]]:
    """Without those that QuickBooks has: nothing waits for them."""
    bound: set[Place] = set()
    for entity, kind in {place[:2] for place in places}:
        ids = [place[2] for place in places if place[:2] == (entity, kind)]
        held = bindings.of_records(connection, company_id, entity, kind, ids)
        bound |= {(entity, kind, each) for each, row in held.items() if row["ended_at"] is None}
    return {place: said for place, said in places.items() if place not in bound}


def _waiting_kinds(connection: Connection, company_id: int) -> Iterator[str]:
    """The kinds of which anything waits: one step in an index for each, however much waits."""
    last: str | None = ""
    while last is not None:
        last = connection.scalar(select(func.min(Outbox.kind)).where(*_open(company_id), Outbox.kind > last))
        if last is not None:
            yield last


def _open(company_id: int) -> tuple[Any, ...]:
    return (Outbox.company_id == company_id, Outbox.state.in_([state.value for state in outbox.OPEN]))


def _referring(
    connection: Connection, company_id: int, group: tuple[str, str], reference: Reference, above: Mapping[int, Any]
) -> Iterator[tuple[Mapping[Any, Any], int]]:
    """Waiting rows of a group that refer to records of `above` by one column, each with the record that it refers to."""
    kind = KINDS[group[1]]
    on_line = reference.on_line and kind.lines is not None
    table = kind.lines if on_line and kind.lines is not None else kind.table
    owner, column = table.c[kind.parent] if on_line else table.c.id, table.c[reference.column]
    shown = (Outbox.id, Outbox.entity, Outbox.kind, Outbox.record_id, Outbox.label)
    mine = (*_open(company_id), Outbox.entity == group[0], Outbox.kind == group[1])
    for part in outbox.chunks(above):
        wanted = select(*shown, column.label("other")).join_from(table, Outbox, owner == Outbox.record_id)
        rows = connection.execute(wanted.where(column.in_(part), *mine).order_by(Outbox.position, Outbox.id).limit(MOST))
        for row in rows.mappings():
            yield row, row["other"]
