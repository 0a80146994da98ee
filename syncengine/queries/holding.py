"""What errors hold back: waiting records that refer to one that failed and is not in QuickBooks, and what waits for those."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, bindparam, func, or_, select, tuple_

from syncengine.engine import order, probing, scope
from syncengine.engine.order import Reference
from syncengine.engine.refs import Resolver
from syncengine.entities import POSTINGS
from syncengine.inventory.tables import KINDS
from syncengine.queries.session import Session
from syncengine.store import bindings, failing, outbox, rights, settings
from syncengine.store.tables import Error, Outbox
from syncengine.terms import OutboxState

if TYPE_CHECKING:
    import pandas as pd

#: Counting stops here, and says so by this very number.
MOST = 1_000
#: So many errors of a group are looked at: what more of them hold back is not told.
ROOTS = 200
#: So many levels below a failing record are looked at.
_DEEP = 4
#: What is sent in one way: QuickBooks' name, inventory kind.
Group = tuple[str, str]
#: By what is referred to, what refers to it, and how.
Ways = dict[Group, list[tuple[Group, Reference]]]
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


# Put into SQL once: to build such a statement takes longer than to have it answered.
_COMPANY = bindparam("company", type_=Integer)


def _any_of(entity: str, kind: str) -> ColumnElement[bool]:
    """Whether a row of this waits, or is on its way, in the words of the two indexes that know it."""
    group = (Outbox.company_id == _COMPANY, Outbox.entity == entity, Outbox.kind == kind)
    return or_(*(select(Outbox.id).where(*group, state).exists() for state in (outbox.WAITS, outbox.IN_FLIGHT)))


_WAITING = select(*(_any_of(*group).label(f"group_{number}") for number, group in enumerate(POSTINGS)))
_FAILED = select(Error.entity, Error.kind, Error.record_id, Error.label).where(
    *failing.of_records(_COMPANY),
    Error.record_id.is_not(None),
    Error.kind.in_(bindparam("kinds", expanding=True)),  # stands in the index of the open errors
    tuple_(Error.entity, Error.kind).in_(bindparam("targets", expanding=True)),
)
#: Those that the next sync does not send: it leaves alone what is parked, and with it what refers to that.
_PARKED = _FAILED.join(Outbox, and_(Outbox.id == Error.outbox_id, Outbox.company_id == Error.company_id)).where(
    Outbox.state == OutboxState.PARKED,
    # Of those that QuickBooks refused, a sync tries once a day.
    or_(
        func.coalesce(Outbox.parked_by, "").not_in(probing.REFUSED),
        Outbox.changed_at > bindparam("since", type_=Outbox.changed_at.type),
    ),
).limit(ROOTS)
_ALIKE, _ALONE = (_FAILED.where(each == bindparam("group")).limit(ROOTS) for each in (Error.group_key, Error.id))


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
def held_back_counts(session: Session, group_keys: Collection[str]) -> dict[str, int]:
    """How many records the errors of each group hold back; those that hold nothing back are left out.

    Counting ends at 1,000 records, and looks at the first 200 errors of a group: of more, it is the least that they hold back.
    """
    with session.database.reading() as connection:
        return counts(connection, session.company_id, group_keys)


def counts(connection: Connection, company_id: int, group_keys: Collection[str]) -> dict[str, int]:
    """The same on a connection that is open already."""
    found: dict[str, int] = {}
    for each in _walk(connection, company_id, group_keys):
        found[each.root] = min(found.get(each.root, 0) + 1, MOST)
    return found


def by_kind(connection: Connection, company_id: int, now: datetime) -> dict[str, int]:
    """How many rows of each kind wait and are not sent by the next sync: their kind is kept here, or what they refer to is parked.

    What is kept is counted whole. The rest is of 200 parked records and 1,000 rows at most: where more are held back, these are
    the least. What one row says itself, such as the day of a document in closed books, is not looked at.
    """
    kept, rests = _kept(connection, company_id)
    found = _number(connection, company_id, kept, rests) if kept or rests else {}
    below = _walk(connection, company_id, None, now - probing.RETRY)
    others = (each for each in below if each.place[:2] not in kept and each.place[0] not in rests)
    for each in islice((each for each in others if each.row["state"] == OutboxState.AVAILABLE), MOST):
        found[each.place[1]] = found.get(each.place[1], 0) + 1
    return found


def _kept(connection: Connection, company_id: int) -> tuple[set[Group], set[str]]:
    """What the company's settings keep from being sent, and the entities that rest since QuickBooks does not have them here."""
    chosen = settings.all_of(connection, company_id)
    kept = {group for group, entity in POSTINGS.items() if not scope.outward(chosen) or scope.off(entity, chosen)}
    return kept, set(outbox.resting(connection, company_id))


def _number(connection: Connection, company_id: int, kept: Collection[Group], rests: Collection[str]) -> dict[str, int]:
    """How many rows of these wait, by kind; of an entity that rests but for the one that is tried for all the others.

    What was sent without an answer is not among them: it is sent once more, whatever is set.
    """
    behind = and_(Outbox.entity.in_(rests), func.coalesce(Outbox.parked_by, "") != outbox.FEATURE)
    wanted = select(Outbox.kind, func.count()).where(
        Outbox.company_id == company_id, outbox.LISTED, Outbox.state == OutboxState.AVAILABLE, ~Outbox.unanswered,
        or_(tuple_(Outbox.entity, Outbox.kind).in_(sorted(kept)), behind),
    )  # fmt: skip
    return {kind: int(number) for kind, number in connection.execute(wanted.group_by(Outbox.kind))}


def _walk(
    connection: Connection, company_id: int, group_keys: Collection[str] | None, since: datetime | None = None
) -> Iterator[_Held]:
    """Level by level, each waiting record once; below the errors of these groups, or below what is parked `since` then."""
    waiting = groups_that_wait(connection, company_id)
    travels = Resolver(connection, company_id, settings.all_of(connection, company_id)).feature
    downwards, others = _ways(waiting, travels)
    level = _failed(connection, company_id, group_keys, sorted(downwards), since)
    known: set[Place] = set()
    for depth in range(1, _DEEP + 1):
        below: dict[Place, tuple[str, str]] = {}
        for place, row, (root, label) in _next(connection, company_id, level, downwards):
            # What failed itself waits for nothing; asked of the rest only where there is anything to compare.
            known = known or {*level, *_failed(connection, company_id, group_keys, others, since)}
            if place not in known:
                known.add(place)
                below[place] = (root, row["label"])
                yield _Held(root, place, row, label, depth)
        level = _twinless(connection, company_id, dict(list(below.items())[:MOST]))


def _ways(waiting: Sequence[Group], travels: Callable[[str], bool]) -> tuple[Ways, list[Group]]:
    """By what is referred to, whatever waits and refers to it; and what nothing that waits refers to, though it could."""
    found: Ways = {}
    kinds, every = {kind for _, kind in waiting}, set()
    for group in (each for each in POSTINGS if each[1] in kinds):
        for reference in order.references(POSTINGS[group], travels):
            if reference.target[1] in kinds:
                every.add(reference.target)
                if group in waiting:
                    found.setdefault(reference.target, []).append((group, reference))
    return found, sorted(every - found.keys())


def _next(
    connection: Connection, company_id: int, level: Mapping[Place, tuple[str, str]], downwards: Ways
) -> Iterator[tuple[Place, Mapping[Any, Any], tuple[str, str]]]:
    """The waiting rows just below a level, each with its place, and with the cause and the name of what it refers to."""
    for target in {place[:2] for place in level}:
        above = {place[2]: level[place] for place in level if place[:2] == target}
        for group, reference in downwards.get(target, ()):
            for row, other in _referring(connection, company_id, group, reference, above):
                yield (*group, row["record_id"]), row, above[other]


def _failed(
    connection: Connection,
    company_id: int,
    group_keys: Collection[str] | None,
    targets: Sequence[Group],
    since: datetime | None = None,
) -> dict[Place, tuple[str, str]]:
    """The failing records, of those that others refer to, that QuickBooks does not have, each with its group and its name."""
    found: dict[Place, tuple[str, str]] = {}
    asked = {"company": company_id, "since": since, "targets": targets, "kinds": sorted({kind for _, kind in targets})}
    for key in ([""] if group_keys is None else group_keys) if targets else ():
        own = failing.own_id(key)
        wanted, group = (_PARKED, 0) if group_keys is None else (_ALIKE, key) if own is None else (_ALONE, own)
        for entity, kind, record_id, label in connection.execute(wanted, {**asked, "group": group}):
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


def groups_that_wait(connection: Connection, company_id: int) -> list[Group]:
    """What anything waits of: two steps in an index for each, however much waits."""
    there = connection.execute(_WAITING, {"company": company_id}).one()
    return list(compress(POSTINGS, there))


def _referring(
    connection: Connection, company_id: int, group: Group, reference: Reference, above: Mapping[int, Any]
) -> Iterator[tuple[Mapping[Any, Any], int]]:
    """Waiting rows of a group that refer to records of `above` by one column, each with the record that it refers to."""
    kind = KINDS[group[1]]
    on_line = reference.on_line and kind.lines is not None
    table = kind.lines if on_line and kind.lines is not None else kind.table
    owner, column = table.c[kind.parent] if on_line else table.c.id, table.c[reference.column]
    shown = (Outbox.id, Outbox.entity, Outbox.kind, Outbox.record_id, Outbox.label, Outbox.state)
    mine = (Outbox.company_id == company_id, Outbox.state.in_(outbox.OPEN), Outbox.entity == group[0], Outbox.kind == group[1])
    for part in outbox.chunks(above):
        wanted = select(*shown, column.label("other")).join_from(table, Outbox, owner == Outbox.record_id)
        rows = connection.execute(wanted.where(column.in_(part), *mine).order_by(Outbox.position, Outbox.id).limit(MOST))
        for row in rows.mappings():
            yield row, row["other"]
