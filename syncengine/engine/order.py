"""Order: which waiting row goes before which, from keys alone, so that one page of a long queue needs no plan of all of it.

A row's wave is one more than the highest of the waiting rows whose records it refers to and that have no twin yet. That
is read from the outbox, the bindings and the reference columns in a few statements, without any record or payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Executable, and_, select

from syncengine.engine import undoing
from syncengine.entities import ENTITIES, POSTINGS, Entity, Payload
from syncengine.entities._fields import Field
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings
from syncengine.store.outbox import OPEN
from syncengine.store.tables import Binding, Outbox
from syncengine.terms import OutboxState

#: One thing that is sent: QuickBooks' name and inventory kind.
Group = tuple[str, str]
#: A longer chain of parents can never arrive.
_DEEPEST = 100
_FAILING = frozenset({OutboxState.RETRYABLE.value, OutboxState.PARKED.value})


class Reference(NamedTuple):
    """One column by which records of a group refer to records of another, on the header or on the lines."""

    column: str
    on_line: bool
    target: Group


@dataclass
class Order:
    """The open rows of a company in the order of the preview.

    Attributes:
        ids: the rows' ids: failing and parked ones first (D15, P3), then the others by wave and place.
        waves: by row, the waves above 0.
        rows: by group and record, the row that others wait for.
        twinless: by group that others refer to, the waiting records that QuickBooks does not have yet.
    """

    ids: list[int]
    connection: Connection
    company_id: int
    travels: Callable[[str], bool]
    waves: dict[int, int] = field(default_factory=dict)
    rows: Mapping[Group, Mapping[int, int]] = field(default_factory=dict)
    twinless: Mapping[Group, set[int]] = field(default_factory=dict)


def of_company(connection: Connection, company_id: int, travels: Callable[[str], bool]) -> Order:
    """The order of everything that is open. `travels` says of a feature of QuickBooks whether it is on."""
    columns = (
        Outbox.id, Outbox.entity, Outbox.kind, Outbox.record_id, Outbox.state, Outbox.failed_seq, Outbox.unanswered,
        Outbox.operation,
    )  # fmt: skip
    every = _plain(connection, select(*columns).where(_open(company_id)).order_by(Outbox.position, Outbox.id))
    rows: dict[Group, dict[int, int]] = {}
    busy: dict[tuple[str, str, int], int] = {}
    failing: list[tuple[bool, int, int]] = []
    sending: list[int] = []
    going: dict[Group, dict[int, int]] = {}
    running = OutboxState.RUNNING.value  # ten thousand look-ups in an enum would be felt
    for row_id, entity, kind, record_id, state, failed_seq, unanswered, operation in every:
        if operation == "delete" and state != OutboxState.PARKED:
            going.setdefault((entity, kind), {})[record_id] = row_id
        rows.setdefault((entity, kind), {}).setdefault(record_id, row_id)
        if unanswered or state == running:
            busy[entity, kind, record_id] = row_id
        if state in _FAILING:
            failing.append((failed_seq is None, failed_seq or 0, row_id))
        else:
            sending.append(row_id)
    # Behind the answer to an earlier write of its own record.
    behind = [row[0] for row in (every if busy else ()) if busy.get(row[1:4]) not in {None, row[0]}]
    twinless = _twinless(connection, company_id, rows, travels)
    undone = _undone(connection, company_id, going)
    waves = dict.fromkeys(behind, 1)
    order = Order([], connection, company_id, travels, waves, rows, twinless)
    for group, lifted in _waves(order).items():
        for record_id, wave in lifted.items():
            row_id = rows[group][record_id]
            waves[row_id] = max(wave, waves.get(row_id, 0))
    _lift(waves, undone)
    failing.sort(key=lambda row: row[:2])
    order.ids = [row_id for _, _, row_id in failing]
    order.ids += sorted(sending, key=lambda row_id: waves.get(row_id, 0))
    return order


def signature(travels: Callable[[str], bool]) -> str:
    """What waves follow from besides the rows: every column that refers to something, as a checksum."""
    on = frozenset(name for name in _features() if travels(name))
    return _signature(on)


@cache
def _features() -> frozenset[str]:
    """The features on which a reference may depend."""
    lines = (entity.lines.fields if entity.lines else () for entity in POSTINGS.values())
    fields = chain.from_iterable((*lines, *(entity.fields for entity in POSTINGS.values())))
    return frozenset(each.when for each in fields if each.when is not None)


@cache
def _signature(on: frozenset[str]) -> str:
    every = [(group, *reference) for group, entity in POSTINGS.items() for reference in references(entity, on.__contains__)]
    return sha256(repr(every).encode()).hexdigest()


def _undone(connection: Connection, company_id: int, going: Mapping[Group, Mapping[int, int]]) -> dict[int, set[int]]:
    """By row of a document that goes, the rows of those that go before it."""
    documents = {group: rows for group, rows in going.items() if POSTINGS[group].document}
    if len(documents) < 2:
        return {}
    found: dict[undoing.Document, tuple[str, Payload]] = {}
    row_of: dict[undoing.Document, int] = {}
    for (entity, kind), rows in documents.items():
        bound = bindings.of_records(connection, company_id, entity, kind, rows)
        copies = ledger.load(connection, company_id, entity, [row["qbo_id"] for row in bound.values()])
        for record_id, row in bound.items():
            if row["ended_at"] is None and row["qbo_id"] in copies:
                found[entity, row["qbo_id"]] = (kind, wire.loads(copies[row["qbo_id"]]["payload"]))
                row_of[entity, row["qbo_id"]] = rows[record_id]
    return {row_of[each]: {row_of[other] for other in others} for each, others in undoing.first(found).items()}


def _lift(waves: dict[int, int], undone: Mapping[int, set[int]]) -> None:
    """Lift what goes over what goes before it; links lead one way only, so this comes to an end."""
    lifted = True
    while lifted:
        lifted = False
        for row_id, others in undone.items():
            wave = 1 + max(waves.get(other, 0) for other in others)
            if waves.get(row_id, 0) < wave:
                waves[row_id], lifted = wave, True


def _plain(connection: Connection, wanted: Executable) -> list[tuple[Any, ...]]:
    """The rows as the driver gives them: keys and words need no conversion, and ten thousand row objects would be felt."""
    cursor = connection.execute(wanted).cursor
    rows: list[tuple[Any, ...]] = list(cursor.fetchall()) if cursor is not None else []
    return rows


def _open(company_id: int) -> ColumnElement[bool]:
    return and_(Outbox.company_id == company_id, Outbox.state.in_([state.value for state in OPEN]))


def references(entity: Entity, travels: Callable[[str], bool]) -> Iterator[Reference]:
    """Each column by which an entity refers to other synced records."""
    own = KINDS[entity.kind]
    every: list[tuple[Sequence[Field], bool]] = [(entity.fields, False), (entity.lines.fields if entity.lines else (), True)]
    for fields, of_lines in every:
        for each in fields:
            refers_to = getattr(each, "refers_to", "")
            if not refers_to or refers_to == "Account" or not (each.when is None or travels(each.when)):
                continue
            target = (refers_to, getattr(each, "kind", "") or ENTITIES[refers_to].kind)
            # A computed line may take its class from its own row and its department from the document's.
            if each.column in own.table.c:
                yield Reference(each.column, False, target)
            if of_lines and own.lines is not None and each.column in own.lines.c:
                yield Reference(each.column, True, target)


def _twinless(
    connection: Connection, company_id: int, rows: Mapping[Group, Mapping[int, int]], travels: Callable[[str], bool]
) -> dict[Group, set[int]]:
    """Of the groups that others refer to, the waiting records that QuickBooks does not have yet."""
    targets = {reference.target for group in rows for reference in references(POSTINGS[group], travels)} & rows.keys()
    joined = and_(
        Binding.company_id == Outbox.company_id, Binding.entity == Outbox.entity, Binding.kind == Outbox.kind,
        Binding.record_id == Outbox.record_id, Binding.ended_at.is_(None),
    )  # fmt: skip
    found: dict[Group, set[int]] = {}
    for entity, kind in sorted(targets):
        wanted = select(Outbox.record_id).join(Binding, joined)
        bound = _plain(connection, wanted.where(_open(company_id), Outbox.entity == entity, Outbox.kind == kind))
        found[entity, kind] = rows[entity, kind].keys() - {record_id for (record_id,) in bound}
    return found


def _pairs(connection: Connection, company_id: int, entity: Entity, reference: Reference) -> list[Any]:
    """Pairs of a record with an open row and the record that it refers to."""
    kind = KINDS[entity.kind]
    table = kind.lines if reference.on_line and kind.lines is not None else kind.table
    owner, column = table.c[kind.parent] if reference.on_line else table.c.id, table.c[reference.column]
    wanted = select(owner, column).where(column.is_not(None))
    if reference.on_line:
        wanted = wanted.distinct()
    wanted = wanted.join_from(Outbox, table, owner == Outbox.record_id)
    return _plain(connection, wanted.where(_open(company_id), Outbox.entity == entity.name, Outbox.kind == entity.kind))


def _waves(order: Order) -> dict[Group, dict[int, int]]:
    """By group and record, the waves above 0."""
    waves: dict[Group, dict[int, int]] = {}
    inside: dict[Group, list[Reference]] = {}
    # In sending order a group comes after those that it refers to; only a parent may be of the group itself.
    for group, entity in POSTINGS.items():
        for reference in references(entity, order.travels) if group in order.rows else ():
            if not order.twinless.get(reference.target):
                continue
            if reference.target == group:
                inside.setdefault(group, []).append(reference)
                continue
            _raise(waves.setdefault(group, {}), order, entity, reference, waves.get(reference.target, {}))
        for reference in inside.get(group, ()):
            for _ in range(_DEEPEST):
                if not _raise(waves.setdefault(group, {}), order, entity, reference, waves.get(group, {})):
                    break
    return waves


def _raise(waves: dict[int, int], order: Order, entity: Entity, reference: Reference, above: Mapping[int, int]) -> bool:
    """Lift each record over those that it refers to; whether any was lifted."""
    targets, lifted = order.twinless[reference.target], False
    pairs = _pairs(order.connection, order.company_id, entity, reference)
    if not above:
        # Nothing above stands above anything itself: whoever refers to it is lifted to 1, if nothing has lifted it yet.
        fresh = {record_id for record_id, other in pairs if other in targets} - waves.keys()
        waves.update(dict.fromkeys(fresh, 1))
        return bool(fresh)
    for record_id, other in pairs:
        if other in targets and waves.get(record_id, 0) <= (wave := above.get(other, 0)):
            waves[record_id], lifted = wave + 1, True
    return lifted
