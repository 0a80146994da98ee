"""Acts on more rows than fit into a click: asked for by a person, done by the worker in portions, told at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.engine import RowMapping

from syncengine.store.tables import Audit, LongAct, LongActPart

#: What may be wanted: of the queue, of a removal, of errors, and of what is offered for a cause.
REMOVE, BOTTOM, RETRY, ADD_BACK, RETRY_ERRORS, CORRECT = "remove", "bottom", "retry", "add_back", "retry_errors", "correct"
#: And of a file that is too large for a click.
LOOK, IMPORT = "look_through", "import"
#: What is being done, for people; of a file by its name.
SAYS: Mapping[str, str] = {
    REMOVE: "Removing records from the queue",
    BOTTOM: "Moving records to the bottom of the queue",
    RETRY: "Letting records be tried again",
    ADD_BACK: "Adding records back to the queue",
    RETRY_ERRORS: "Letting records be tried again",
    CORRECT: "Handing corrections to the next sync",
    LOOK: "Looking through {name}",
    IMPORT: "Importing {name}",
}
#: How an act stands; `STOPPED` by a person, `REFUSED` where nothing could be done or went on.
ASKED, DOING, DONE, REFUSED, STOPPED, FAILED = "asked", "doing", "done", "refused", "stopped", "failed"
#: What is done before the first row of an import is written: its file is looked through once more, and its portions are made.
AGAIN, ORDER = "look", "order"
#: As the index of the open ones says it, word for word.
_OPEN = text("state IN ('asked','doing')")
#: The advisory lock of asking, by company; 7210 to 7214 belong to migrations, triggers, queues, capturing and syncs.
_LOCK = 7215
#: So many rows are done in one transaction: a tenth of a second on a common machine.
PORTION = 1_000
#: What pages tell of at once, at most.
_NEWS = 20
#: Put into SQL once, as every look at a company asks it.
_UNTOLD = (
    select(LongAct.__table__)
    .where(LongAct.company_id == bindparam("company"), text("told_at IS NULL"))
    .order_by(LongAct.id.desc())
    .limit(_NEWS)
)


@dataclass(frozen=True)
class Wish:
    """What a person asks for.

    Attributes:
        what: one of those above.
        conditions, seen: what the rows fulfil, and how they stood when the person looked; both as JSON keeps them.
        total: how many rows that were.
        by: the person.
        signed_in, looked_as: by what right, as the session says it.
    """

    what: str
    conditions: Mapping[str, Any]
    seen: Sequence[int]
    total: int
    by: str
    signed_in: bool = False
    looked_as: str = ""


def says(act: RowMapping, *, named: bool) -> str:
    """What is being done, for people: with the name of the file that it is about, or without."""
    return SAYS[act["what"]].format(name=act["conditions"].get("name", "") if named else "a file")


def ask(connection: Connection, company_id: int, at: datetime, wish: Wish) -> int:
    """Put it down for the worker; its id. The caller has seen under `hold` that there is no other."""
    values = {
        "what": wish.what, "conditions": dict(wish.conditions), "seen": list(wish.seen), "total": wish.total, "asked_by": wish.by,
        "signed_in": wish.signed_in, "looked_as": wish.looked_as,
    }  # fmt: skip
    new = insert(LongAct).values(company_id=company_id, asked_at=at, state=ASKED, **values).returning(LongAct.id)
    made: int = connection.execute(new).scalar_one()
    return made


def hold(connection: Connection, company_id: int) -> None:
    """Be the only one, until the transaction ends, who asks for something in this company; on SQLite whoever writes is."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, company_id)))


def open_of(connection: Connection, company_id: int) -> RowMapping | None:
    """What the company has asked for and is not at its end; one at most."""
    return connection.execute(select(LongAct.__table__).where(LongAct.company_id == company_id, _OPEN)).mappings().first()


def waiting(connection: Connection) -> list[RowMapping]:
    """What workers have to do, the oldest first: also what one had begun who may be gone."""
    return list(connection.execute(select(LongAct.__table__).where(_OPEN).order_by(LongAct.id)).mappings())


def untold(connection: Connection, company_id: int) -> list[RowMapping]:
    """What is under way, and what has ended without the person who asked having been told; the oldest first."""
    return list(connection.execute(_UNTOLD, {"company": company_id}).mappings())[::-1]


def load(connection: Connection, company_id: int, act_id: int) -> RowMapping | None:
    """One of the company's, locked against other writers where the database can."""
    mine = select(LongAct.__table__).where(LongAct.id == act_id, LongAct.company_id == company_id)
    return connection.execute(mine.with_for_update()).mappings().first()


def load_unlocked(connection: Connection, company_id: int, act_id: int) -> RowMapping | None:
    """The same without keeping anybody from it."""
    mine = select(LongAct.__table__).where(LongAct.id == act_id, LongAct.company_id == company_id)
    return connection.execute(mine).mappings().first()


def ended_since(connection: Connection, company_id: int, since: datetime) -> list[RowMapping]:
    """What has ended since then, the newest first, as far as pages tell of it."""
    mine = select(LongAct.__table__).where(LongAct.company_id == company_id, LongAct.ended_at >= since)
    return list(connection.execute(mine.order_by(LongAct.id.desc()).limit(_NEWS)).mappings())


def of_line(connection: Connection, company_id: int, line: int) -> RowMapping | None:
    """The act whose line of the audit trail this is; None for one that was done in a click."""
    mine = select(LongAct.__table__).where(LongAct.company_id == company_id, LongAct.line == line)
    return connection.execute(mine).mappings().first()


def put(connection: Connection, act_id: int, **values: Any) -> None:
    """Set columns of its row."""
    connection.execute(update(LongAct).where(LongAct.id == act_id).values(values))


def keep(connection: Connection, company_id: int, act_id: int, pairs: Sequence[tuple[int, int]]) -> None:
    """Keep which rows it is about, each with its version, in the order in which they are to be done."""
    parts = [pairs[start : start + PORTION] for start in range(0, len(pairs), PORTION)]
    add_parts(connection, {"company_id": company_id, "id": act_id}, [[list(pair) for pair in part] for part in parts])


@dataclass(frozen=True)
class Packed:
    """Rows put together portion by portion, in no order, each as JSON: how many, the highest id, the sum of their versions."""

    parts: Sequence[str]
    number: int = 0
    newest: int = 0
    versions: int = 0

    @classmethod
    def of(cls, rows: Sequence[Any]) -> Packed:
        """What the database has put together."""
        parts = [f"[{pairs}]" for pairs, *_ in rows]
        return cls(parts, sum(row[1] for row in rows), max((row[2] for row in rows), default=0), sum(int(row[3]) for row in rows))


def keep_packed(connection: Connection, company_id: int, act_id: int, packed: Packed) -> None:
    """Keep rows that are put together already; whoever begins puts them in order."""
    new = [{"company": company_id, "act": act_id, "pairs": part} for part in packed.parts]
    if new:
        row = text("INSERT INTO sync_long_act_part (company_id, act_id, pairs) VALUES (:company, :act, :pairs)")
        connection.execute(row, new)


def kept(connection: Connection, act_id: int) -> list[tuple[int, int]]:
    """The rows that it is about, as they were kept."""
    parts = connection.scalars(select(LongActPart.pairs).where(LongActPart.act_id == act_id).order_by(LongActPart.id))
    return [(row_id, version) for part in parts for row_id, version in part]


def begin(connection: Connection, act: RowMapping, at: datetime, pairs: Sequence[tuple[int, int]], moved: int) -> None:
    """Let it begin with those of its rows that are still as they were; so many others have `moved`, and are left alone."""
    drop_parts(connection, act["id"])
    keep(connection, act["company_id"], act["id"], pairs)
    newest = connection.scalar(select(func.max(Audit.id))) or 0
    put(connection, act["id"], state=DOING, began_at=at, total=len(pairs) + moved, left_alone=moved, after_line=newest)


def add_parts(connection: Connection, act: RowMapping | Mapping[str, Any], contents: Sequence[Any]) -> None:
    """Portions that are still to be done, each whatever its doer understands."""
    about = {"company_id": act["company_id"], "act_id": act["id"]}
    if contents:
        connection.execute(insert(LongActPart), [{**about, "pairs": each} for each in contents])


def drop_parts(connection: Connection, act_id: int) -> None:
    """None of its portions are to be done."""
    connection.execute(delete(LongActPart).where(LongActPart.act_id == act_id))


def part_done(connection: Connection, act: RowMapping, part: RowMapping, done: int, left: int) -> None:
    """A portion is done: it goes, and so many of its rows were acted on, and so many left alone."""
    connection.execute(delete(LongActPart).where(LongActPart.id == part["id"]))
    put(connection, act["id"], done=LongAct.done + done, left_alone=LongAct.left_alone + left, tries=0)


def next_part(connection: Connection, act_id: int) -> RowMapping | None:
    """The portion that is to be done next; None after the last."""
    mine = select(LongActPart.__table__).where(LongActPart.act_id == act_id).order_by(LongActPart.id).limit(1)
    return connection.execute(mine).mappings().first()


def count(connection: Connection, act: RowMapping, part: RowMapping, done: int) -> None:
    """A portion is done: it goes, and so many of its rows were acted on."""
    part_done(connection, act, part, done, len(part["pairs"]) - done)


def end(connection: Connection, act_id: int, at: datetime, *, state: str, outcome: str, line: int | None) -> None:
    """It is over: `line` is its own of the audit trail, where anything was done. What was still to be done is left as it is."""
    drop_parts(connection, act_id)
    put(connection, act_id, state=state, outcome=outcome, line=line, ended_at=at)
