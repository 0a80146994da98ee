"""Which rows of the queue a person asks for: the filter that a page shows and that a command acts on, as one and the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from sqlalchemy import ColumnElement, Connection, TextClause, and_, exists, func, literal, select, text

from syncengine.store.outbox import LISTED
from syncengine.store.tables import Binding, Outbox

#: The two blocks of the preview (design: needs attention stands above what will be sent).
ATTENTION, SENDING = "needs attention", "will be sent"
#: As the partial indexes say it, word for word: a bound value would keep the database from using them.
_BLOCKS: Mapping[str, TextClause] = {
    ATTENTION: text("state IN ('retryable','parked')"),
    SENDING: text("state IN ('available','running')"),
}
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
    """

    kind: str = ""
    operation: str = ""
    block: str = ""
    search: str = ""
    by: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def told(self) -> dict[str, str]:
        """What it asks for, as the audit trail keeps it."""
        return {name: value for name, value in asdict(self).items() if value}

    def only(self, block: str) -> Wanted | None:
        """The same of one block; None where it asks for the other one."""
        return replace(self, block=block) if self.block in {"", block} else None

    def within(self, company_id: int) -> list[ColumnElement[bool] | TextClause]:
        """What the open rows of a company that are wanted fulfil."""
        found: list[ColumnElement[bool] | TextClause] = [Outbox.company_id == company_id, _BLOCKS.get(self.block, LISTED)]
        if self.kind:
            found.append(Outbox.kind == self.kind)
        if self.by:
            found.append(Outbox.queued_by == self.by)
        if sought := self.search.strip():
            found.append(Outbox.label.icontains(sought, autoescape=True))
        if self.operation:
            found.append(_operation(self.operation))
        return found


#: All of the queue.
EVERYTHING = Wanted()


def _operation(wanted: str) -> ColumnElement[bool]:
    """By the record's state and its twin; what the plan says of a row may be less: nothing left to send."""
    if wanted == DELETE:
        return Outbox.operation == "delete"
    bound = exists().where(
        Binding.company_id == Outbox.company_id, Binding.entity == Outbox.entity, Binding.kind == Outbox.kind,
        Binding.record_id == Outbox.record_id, Binding.ended_at.is_(None),
    )  # fmt: skip
    return and_(Outbox.operation == "save", bound if wanted == UPDATE else ~bound)


def numbers(connection: Connection, company_id: int, wanted: Wanted = EVERYTHING) -> tuple[int, int]:
    """How many rows are wanted that failed or need a person, and how many that simply wait."""
    # Each block by itself, over its own index: counting by state costs four times as much.
    asked = select(_number(company_id, wanted.only(ATTENTION)), _number(company_id, wanted.only(SENDING)))
    attention, sending = connection.execute(asked).one()
    return int(attention), int(sending)


def _number(company_id: int, wanted: Wanted | None) -> ColumnElement[int]:
    if wanted is None:
        return literal(0)
    return select(func.count()).select_from(Outbox).where(*wanted.within(company_id)).scalar_subquery()


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
    count, newest, versions = connection.execute(asked.where(*wanted.within(company_id))).one()
    return Mark(int(count), int(newest), int(versions))
