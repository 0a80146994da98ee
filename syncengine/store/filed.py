"""Files that the worker looks through and imports: kept in pieces, with what was found, until they are in or old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select, text, update
from sqlalchemy.engine import RowMapping

from syncengine.store import longacts, people, rights
from syncengine.store.tables import ImportFile, ImportLeftOut, ImportPiece, ImportProblems, LongAct

#: How a kept file stands: its pieces still come; it can be looked through; it was; it cannot be used; it goes in; it is over.
KEEPING, KEPT, LOOKED, REFUSED, ASKED, ENDED = "keeping", "kept", "looked", "refused", "asked", "ended"
#: So long what nobody has imported is kept, and so long is told what became of what was.
UNUSED, TOLD = timedelta(days=1), timedelta(days=7)
#: Problems in one row of their table, and numbers of rows that stay out.
_TOGETHER, _NUMBERS = 200, 5_000
#: So many of a person's files are told of at once.
_MOST = 50
#: No record has become anything yet.
NOTHING: Mapping[str, int] = {
    "created": 0, "changed": 0, "unchanged": 0, "refused": 0, "parts": 0, "round": 0, "settled": 0, "giving": 0,
}  # fmt: skip


@dataclass(frozen=True)
class NewFile:
    """What is known of a file when it comes: whose, of what kind, its names, and how it is to be read (as JSON keeps it)."""

    by: str
    kind: str
    name: str
    lines_name: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)


def begin(connection: Connection, company_id: int, at: datetime, new: NewFile) -> int:
    """Its row, before its pieces; its id."""
    values = {"kind": new.kind, "name": new.name, "lines_name": new.lines_name, "reading": dict(new.reading), "kept_by": new.by}
    row = insert(ImportFile).values(company_id=company_id, kept_at=at, state=KEEPING, tally=dict(NOTHING), **values)
    made: int = connection.execute(row.returning(ImportFile.id)).scalar_one()
    return made


def add_piece(connection: Connection, company_id: int, file_id: int, data: bytes, *, of_lines: bool) -> None:
    """The piece that follows."""
    connection.execute(insert(ImportPiece).values(company_id=company_id, file_id=file_id, data=data, of_lines=of_lines))


def pieces(connection: Connection, company_id: int, file_id: int, *, of_lines: bool) -> Sequence[bytes]:
    """Its pieces, in order; none once they are gone."""
    mine = (ImportPiece.company_id == company_id, ImportPiece.file_id == file_id, ImportPiece.of_lines.is_(of_lines))
    return connection.scalars(select(ImportPiece.data).where(*mine).order_by(ImportPiece.id)).all()


def load(connection: Connection, company_id: int, file_id: int, *, locked: bool = False) -> RowMapping | None:
    """One of the company's; with `locked`, nobody else changes it until the transaction ends."""
    mine = select(ImportFile.__table__).where(ImportFile.id == file_id, ImportFile.company_id == company_id)
    return connection.execute(mine.with_for_update() if locked else mine).mappings().first()


def is_open_to(connection: Connection, person: rights.Person, by: str) -> bool:
    """Whether a file that `by` has brought is this person's to see and to use: their own; any, for an owner."""
    return people.same(by, person.actor) or rights.within(connection, person).may(rights.Permission.OWN)


def load_for(connection: Connection, person: rights.Person, file_id: int, *, locked: bool = False) -> RowMapping | None:
    """One that is the person's to see and to use; None also where it is somebody else's."""
    file = load(connection, person.company_id, int(file_id), locked=locked)
    return file if file is not None and is_open_to(connection, person, file["kept_by"]) else None


def tells_name(connection: Connection, person: rights.Person, act: RowMapping) -> bool:
    """Whether the person may know of which file an act is; true of what is about no file."""
    about = act["conditions"]
    return "file" not in about or is_open_to(connection, person, about.get("by", act["asked_by"]))


def newest(connection: Connection, company_id: int, by: str) -> RowMapping | None:
    """The last that this person has brought, once all of it is here."""
    mine = (ImportFile.company_id == company_id, ImportFile.kept_by == by, ImportFile.state != KEEPING)
    return connection.execute(select(ImportFile.__table__).where(*mine).order_by(ImportFile.id.desc()).limit(1)).mappings().first()


def every(connection: Connection, company_id: int, by: str) -> Sequence[RowMapping]:
    """All that this person has brought, the newest first, once all of it is here."""
    mine = (ImportFile.company_id == company_id, ImportFile.kept_by == by, ImportFile.state != KEEPING)
    wanted = select(ImportFile.__table__).where(*mine).order_by(ImportFile.id.desc()).limit(_MOST)
    return connection.execute(wanted).mappings().all()


def put(connection: Connection, file_id: int, **values: Any) -> None:
    """Set columns of its row."""
    connection.execute(update(ImportFile).where(ImportFile.id == file_id).values(values))


def add_problems(connection: Connection, file: RowMapping, found: Sequence[Sequence[Any]], held: int) -> None:
    """Keep rows that cannot go in, behind the `held` that are kept already."""
    parts = [found[start : start + _TOGETHER] for start in range(0, len(found), _TOGETHER)]
    about = {"company_id": file["company_id"], "file_id": file["id"]}
    new = [{**about, "first": held + at * _TOGETHER, "problems": [list(each) for each in part]} for at, part in enumerate(parts)]
    if new:
        connection.execute(insert(ImportProblems), new)
        put(connection, file["id"], problems=held + len(found))


def problems(connection: Connection, company_id: int, file_id: int, start: int, size: int) -> list[list[Any]]:
    """Some of the rows that cannot go in, in the order in which they were found."""
    mine = (ImportProblems.company_id == company_id, ImportProblems.file_id == file_id)
    near = (ImportProblems.first > start - _TOGETHER, ImportProblems.first < start + size)
    rows = connection.execute(
        select(ImportProblems.first, ImportProblems.problems).where(*mine, *near).order_by(ImportProblems.first)
    ).all()
    numbered = [(first + at, each) for first, part in rows for at, each in enumerate(part)]
    return [each for at, each in numbered if start <= at < start + size]


def add_left_out(connection: Connection, file: RowMapping, numbers: Sequence[int]) -> None:
    """Keep which rows stay out when it is imported."""
    about = {"company_id": file["company_id"], "file_id": file["id"]}
    new = [{**about, "numbers": list(numbers[at : at + _NUMBERS])} for at in range(0, len(numbers), _NUMBERS)]
    if new:
        connection.execute(insert(ImportLeftOut), new)


def left_out(connection: Connection, company_id: int, file_id: int) -> frozenset[int]:
    """The rows that stay out."""
    mine = (ImportLeftOut.company_id == company_id, ImportLeftOut.file_id == file_id)
    return frozenset(number for part in connection.scalars(select(ImportLeftOut.numbers).where(*mine)) for number in part)


def forget_left_out(connection: Connection, file_id: int) -> None:
    """Its portions are made, without them."""
    connection.execute(delete(ImportLeftOut).where(ImportLeftOut.file_id == file_id))


def forget_problems(connection: Connection, file_id: int) -> None:
    """It is looked through anew."""
    forget_left_out(connection, file_id)
    connection.execute(delete(ImportProblems).where(ImportProblems.file_id == file_id))
    put(connection, file_id, problems=0, found=None, refusal=None, matching=None)


def empty(connection: Connection, file_id: int) -> None:
    """Its pieces go; what is known of it stays."""
    connection.execute(delete(ImportPiece).where(ImportPiece.file_id == file_id))


def drop(connection: Connection, file_ids: Iterable[int]) -> None:
    """All of them, whole."""
    ids = list(file_ids)
    for table in (ImportPiece, ImportProblems, ImportLeftOut):
        connection.execute(delete(table).where(table.file_id.in_(ids)))
    connection.execute(delete(ImportFile).where(ImportFile.id.in_(ids)))


def unended(connection: Connection, company_id: int, by: str) -> Sequence[int]:
    """What this person has brought and that is not over; the rows that others left out are told their time."""
    mine = (ImportFile.company_id == company_id, ImportFile.kept_by == by, ImportFile.state != ENDED)
    return connection.scalars(select(ImportFile.id).where(*mine)).all()


def sweep(connection: Connection, at: datetime) -> None:
    """Drop what is old by what was last done with it; nothing in a company whose worker is at something just now."""
    old = _old(at)
    companies = select(ImportFile.company_id).where(old).distinct().order_by(ImportFile.company_id)
    for company_id in connection.scalars(companies).all():
        longacts.hold(connection, company_id)  # so that nobody asks for anything with one that is about to go
        drop(connection, connection.scalars(select(ImportFile.id).where(ImportFile.company_id == company_id, old)).all())


def _old(at: datetime) -> ColumnElement[bool]:
    busy = exists().where(LongAct.company_id == ImportFile.company_id, text("sync_long_act.state IN ('asked','doing')"))
    lately = exists().where(LongAct.id == ImportFile.act_id, LongAct.ended_at >= at - UNUSED)
    unused = and_(ImportFile.ended_at.is_(None), ImportFile.kept_at < at - UNUSED, ~lately)
    return and_(or_(unused, ImportFile.ended_at < at - TOLD), ~busy)
