"""The audit trail: the one place that writes its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, SelectBase, insert, literal_column

from syncengine.store import people
from syncengine.store.rights import Permission, Rights
from syncengine.store.tables import Audit
from syncengine.store.tables.runs import OF_PEOPLE, RECEIPTS

#: The actor of everything that no person did.
ENGINE = "engine"
#: The lines that tell what came from QuickBooks, and those of people and of corrections, as their indexes say it.
RECEIVED: ColumnElement[bool] = literal_column(f"({RECEIPTS})")
ACTS: ColumnElement[bool] = literal_column(f"({OF_PEOPLE})")
#: What only an owner may look at elsewhere: people and their rights, the settings and the connection, and who is told.
OWNERS_ONLY = (
    "(kind = 'person' OR event IN ('setting changed','renamed','company added','app keys kept','connecting begun',"
    "'consent brought back','connected','not connected','connected again','disconnected','never to connect',"
    "'alert added','alert changed','alert removed','alert tested','alert secret renewed'))"
)
#: Lines about a file that somebody brought: what it is called, and what is said of its rows, is theirs and the owners' to know.
FILES = frozenset({"imported", "import stopped"})
OF_FILES = f"event IN ({', '.join(sorted(repr(event) for event in FILES))})"
#: What of such a line's detail says so, and what stands there for everybody else.
_OF_FILE, UNTOLD = ("file", "why"), "hidden: whoever brought the file, and owners, see it"
#: The event of a question in SQL, which holds the question's own words.
ASKED = "asked in SQL"


@dataclass(frozen=True)
class Line:
    """One line of the audit trail, about one record where `kind` and `record_id` are given."""

    event: str
    actor: str = ENGINE
    kind: str = ""
    record_id: int | None = None
    outbox_id: int | None = None
    cycle_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def shown_to(held: Rights) -> list[ColumnElement[bool]]:
    """Conditions that leave out the lines of what a person may not look at where it stands otherwise."""
    closed: list[ColumnElement[bool]] = []
    if not held.may(Permission.OWN):
        closed.append(literal_column(f"NOT {OWNERS_ONLY}", Boolean))
    if not held.may(Permission.SQL):
        closed.append(Audit.event != ASKED)
    return closed


def told_of_file(line: Mapping[Any, Any], held: Rights, person: str) -> Any:
    """The detail of a line, without the file that it is about where that is not the person's to know."""
    detail = line["detail"]
    if line["event"] not in FILES or held.may(Permission.OWN) or people.same(line["actor"], person):
        return detail
    return {**detail, **{name: UNTOLD for name in _OF_FILE if detail.get(name)}}


def write(connection: Connection, company_id: int, at: datetime, lines: Sequence[Line]) -> None:
    """Append `lines`, all at the moment `at`."""
    if lines:
        connection.execute(insert(Audit), [{"company_id": company_id, "at": at, **vars(line)} for line in lines])


def copy(connection: Connection, rows: SelectBase) -> None:
    """Append a line for each of `rows`: company, moment, actor, event, kind, record, outbox row and detail as JSON text."""
    columns = ("company_id", "at", "actor", "event", "kind", "record_id", "outbox_id", "detail")
    connection.execute(insert(Audit).from_select(columns, rows, include_defaults=False))


def begin(connection: Connection, company_id: int, at: datetime, line: Line) -> int:
    """The line of an act on many rows, written before theirs; its id names the act, and theirs say it as `act`."""
    made = insert(Audit).values(company_id=company_id, at=at, **vars(line)).returning(Audit.id)
    act: int = connection.execute(made).scalar_one()
    return act
