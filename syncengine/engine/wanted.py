"""Which rows of the queue a person asks for: the filter that a page shows and that a command acts on, as one and the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    TextClause,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased

from syncengine.db.texts import holds
from syncengine.inventory.tables import KINDS, Kind
from syncengine.store.outbox import INVENTORY, LISTED, OPEN, Tally
from syncengine.store.outbox.tallying import FAILING
from syncengine.store.outbox.tallying import SENDING as COMING
from syncengine.store.tables import Outbox
from syncengine.store.tables.queue import BY_PEOPLE

#: The two blocks of the preview (design: needs attention stands above what will be sent).
ATTENTION, SENDING = "needs attention", "will be sent"
#: As the partial indexes say it, word for word: a bound value would keep the database from using them.
_BLOCKS: Mapping[str, TextClause] = {
    ATTENTION: text("state IN ('retryable','parked')"),
    SENDING: text("state IN ('available','running')"),
}
#: What may be wanted of `forecast`: rows that QuickBooks will probably refuse, or that cannot be sent as they are.
DOUBTFUL = "expected to fail"
_DOUBTFUL = text("state = 'available' AND doubted = version AND weighed = version")
_UNWEIGHED = text("state = 'available' AND weighed <> version")
#: What may be wanted of `by` beside a name: whoever is not the inventory.
PEOPLE = "*"
_BY_PEOPLE = text(BY_PEOPLE)
#: What may be wanted of `operation`: what a row does in QuickBooks.
CREATE, UPDATE, DELETE = "create", "update", "delete"


@dataclass(frozen=True)
class Wanted:
    """A filter of the queue; what is empty asks for nothing.

    Attributes:
        kind: an inventory kind, such as 'invoice'.
        operation: 'create', 'update' or 'delete'.
        block: 'needs attention' or 'will be sent'.
        search: a part of the record's number or name.
        by: who queued it.
        party: a part of the name of the customer or vendor that it is about, or that the document is made out to.
        forecast: 'expected to fail'. A row that nobody has weighed yet is not expected to; see `unweighed`.
    """

    kind: str = ""
    operation: str = ""
    block: str = ""
    search: str = ""
    by: str = ""
    party: str = ""
    forecast: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def told(self) -> dict[str, str]:
        """What it asks for, as the audit trail keeps it."""
        return {name: value for name, value in asdict(self).items() if value}

    def only(self, block: str) -> Wanted | None:
        """The same of one block; None where it asks for the other one. What failed is no longer expected to."""
        if self.forecast and block == ATTENTION:
            return None
        return replace(self, block=block) if self.block in {"", block} else None

    def within(self, company_id: int, *, broad: bool = False) -> list[ColumnElement[bool] | TextClause]:
        """What the open rows of a company that are wanted fulfil; `broad` puts it as is cheap where that is many (see `broad`)."""
        found: list[ColumnElement[bool] | TextClause] = [Outbox.company_id == company_id, *self._standing()]
        if self.kind:
            found.append(Outbox.kind == self.kind)
        if self.by == PEOPLE:
            found.append(_BY_PEOPLE)
        elif self.by == INVENTORY:
            found.append(Outbox.queued_by == INVENTORY)
        elif self.by:
            found.append(_by(company_id, self.by))
        if sought := self.search.strip():
            found.append(holds(Outbox.label, sought))
        if self.operation:
            found.append(_operation(self.operation))
        if party := self.party.strip():
            found.append(_of_many(company_id, party) if broad else _party(company_id, party))
        return found

    def _standing(self) -> list[ColumnElement[bool] | TextClause]:
        """The block, as an index says it. What failed is no longer expected to fail."""
        if self.forecast and self.block == ATTENTION:
            return [text("1 = 0")]
        return [_DOUBTFUL if self.forecast else _BLOCKS.get(self.block, LISTED)]


#: All of the queue.
EVERYTHING = Wanted()


def _by(company_id: int, person: str) -> ColumnElement[bool]:
    """What one person has queued: found in the index of what people have, and looked up in whichever order is wanted."""
    row = aliased(Outbox)
    theirs = (row.company_id == company_id, row.state.in_(OPEN), row.queued_by == person, _BY_PEOPLE)
    return Outbox.id.in_(select(row.id).where(*theirs))


def _operation(wanted: str) -> ColumnElement[bool]:
    """By what became of the record here, and its twin; what the plan says of a row may be less: nothing left to send."""
    if wanted == DELETE:
        return Outbox.operation == "delete"
    return and_(Outbox.operation == "save", Outbox.bound if wanted == UPDATE else ~Outbox.bound)


#: Conditions about parties are kept for so many texts: one page puts the same one several times, out of some hundred parts.
_REMEMBERED = 64


@lru_cache(maxsize=_REMEMBERED)
def _party(company_id: int, sought: str) -> ColumnElement[bool]:
    """Customers and vendors whose name holds the text, and the documents made out to them; what was deleted here has no party."""
    found: list[Select[Any]] = []
    for party in _PARTIES:
        named = _called(company_id, party, sought)
        found.append(named.add_columns(literal(party).label("kind")))
        for kind, column in _made_out_to(party):
            # A sum is in no index: SQLite would rather read everything of the company than the documents of a few parties.
            ours = select(kind.table.c.id, literal(kind.name)).where(kind.table.c.company_id + 0 == company_id)
            found.append(ours.where(column.in_(named)))
    records, row = union_all(*found).subquery(), aliased(Outbox)
    same = and_(row.company_id == company_id, row.kind == records.c.kind, row.record_id == records.c.id + 0)
    return Outbox.id.in_(select(row.id).select_from(records).join(row, same))


#: A text that names more parties than this is asked of each row: to look up the documents of so many takes longer.
_FEW_PARTIES = 100
_PARTIES = ("customer", "vendor")


def broad(connection: Connection, company_id: int, wanted: Wanted) -> bool:
    """Whether a party is wanted whose name, as far as it is said, is that of many."""
    if not (sought := wanted.party.strip()):
        return False
    called = [_called(company_id, party, sought).limit(_FEW_PARTIES + 1).subquery() for party in _PARTIES]
    found = connection.execute(select(*(select(func.count()).select_from(each).scalar_subquery() for each in called))).one()
    return sum(found) > _FEW_PARTIES


def _called(company_id: int, party: str, sought: str) -> Select[Any]:
    table = KINDS[party].table
    return select(table.c.id).where(table.c.company_id == company_id, holds(table.c.name, sought))


@lru_cache(maxsize=_REMEMBERED)
def _of_many(company_id: int, sought: str) -> ColumnElement[bool]:
    """The same as `_party`, asked of one row after the other: in an index that is in order, a page needs only the first of them."""
    found: list[ColumnElement[bool]] = []
    for party in _PARTIES:
        named = _called(company_id, party, sought)
        found.append(and_(Outbox.kind == party, Outbox.record_id.in_(named)))
        for kind, column in _made_out_to(party):
            table = kind.table
            same = (table.c.id == Outbox.record_id, table.c.company_id + 0 == company_id)
            theirs = select(table.c.id).where(*same, column.in_(named))
            found.append(and_(Outbox.kind == kind.name, theirs.correlate(Outbox).exists()))
    return or_(*found)


def _made_out_to(party: str) -> Iterator[tuple[Kind, Column[Any]]]:
    """The kinds of documents that name such a party, with the column that does."""
    for kind in KINDS.values():
        if kind.lines is not None:
            yield from ((kind, kind.table.c[column]) for column, other in kind.references.items() if other == party)


def unweighed(connection: Connection, company_id: int) -> int:
    """How many rows nobody has weighed yet as they are: of these it is not known whether they are expected to fail."""
    asked = select(func.count()).select_from(Outbox).where(Outbox.company_id == company_id, _UNWEIGHED)
    return connection.scalar(asked) or 0


def numbers(connection: Connection, company_id: int, wanted: Wanted = EVERYTHING, tally: Tally | None = None) -> tuple[int, int]:
    """How many rows are wanted that failed or need a person, and how many that simply wait.

    With a `tally` what that tells already is not counted again.
    """
    if tally is not None and not replace(wanted, kind="", block=""):
        blocks = ((ATTENTION, FAILING), (SENDING, COMING))
        attention, sending = (tally.number(states, kind=wanted.kind) if wanted.only(block) else 0 for block, states in blocks)
        return attention, sending
    if wanted.by == INVENTORY:  # that is most of it: what people have queued is counted by its own index
        every, people = (numbers(connection, company_id, replace(wanted, by=by), tally) for by in ("", PEOPLE))
        return every[0] - people[0], every[1] - people[1]
    many = broad(connection, company_id, wanted)
    if wanted.party and not many:
        # Their rows are looked up once, whatever became of each; a sum, so that no index of the whole queue is read.
        ours = (Outbox.company_id + 0 == company_id, *wanted.within(company_id)[1:])
        failing = func.count().filter(Outbox.state.in_(("retryable", "parked")))
        attention, every_one = connection.execute(select(failing, func.count()).where(*ours)).one()
        return int(attention), int(every_one) - int(attention)
    # Each block by itself, over its own index: counting by state costs four times as much.
    failed, waits = (_number(company_id, wanted.only(block), many=many) for block in (ATTENTION, SENDING))
    attention, sending = connection.execute(select(failed, waits)).one()
    return int(attention), int(sending)


def _number(company_id: int, wanted: Wanted | None, *, many: bool) -> ColumnElement[int]:
    if wanted is None:
        return literal(0)
    return select(func.count()).select_from(Outbox).where(*wanted.within(company_id, broad=many)).scalar_subquery()


@dataclass(frozen=True)
class Mark:
    """How the rows that are wanted stood when a person looked: another mark is another set of rows, or rows that have moved on.

    Attributes:
        count: how many.
        newest: the highest of their ids; ids are never used twice.
        versions: the sum of their versions, each of which only grows.
    """

    count: int
    newest: int
    versions: int


def mark(connection: Connection, company_id: int, wanted: Wanted) -> Mark:
    """How they stand just now."""
    asked = select(func.count(), func.coalesce(func.max(Outbox.id), 0), func.coalesce(func.sum(Outbox.version), 0))
    rows = wanted.within(company_id, broad=broad(connection, company_id, wanted))
    count, newest, versions = connection.execute(asked.where(*rows)).one()
    return Mark(int(count), int(newest), int(versions))
