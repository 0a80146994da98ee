"""Acting on rows of the queue: remove, move to bottom, retry; and adding a record to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from syncengine.commands._session import Session
from syncengine.entities import BY_KIND
from syncengine.errors import Refused
from syncengine.store import audit, corrections, errors, outbox, rights
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

#: What a row forgets when its count starts anew (D6).
_ANEW = {"reason": None, "message": None, "failed_seq": None, "parked_by": None}
#: What the line of the audit trail is called that names a removal.
REMOVED = "removed from the queue"
#: One row as the person saw it: its id and its version.
Seen = tuple[int, int]


@dataclass(frozen=True)
class Acted:
    """What became of a command on several rows: how many it changed, and why each of the others was refused.

    `act` names what was done, for a command that takes it back; 0 where nothing can be. `later` says, of what is to be carried out
    by a sync that follows, why none was asked for and when it is carried out then; empty where one was.
    """

    done: int
    refused: tuple[str, ...] = field(default=())
    act: int = 0
    later: str = ""


@rights.needs(rights.Permission.SYNC)
def remove(session: Session, rows: Iterable[Seen]) -> Acted:
    """Take rows out of the queue; a record comes back when it is edited, by Add to sync (S19), or by `add_back` of this act.

    Raises Refused where no row could be removed.
    """

    def act(connection: Connection, good: Sequence[Any]) -> int:
        return take_out(connection, session, good)

    return _on_rows(session, rows, act, busy)


@rights.needs(rights.Permission.SYNC)
def move_to_bottom(session: Session, rows: Iterable[Seen]) -> Acted:
    """Send rows to the end of the queue, in their present order (A3). Raises Refused where no row could be moved."""

    def act(connection: Connection, good: Sequence[Any]) -> int:
        return send_last(connection, session, good)

    return _on_rows(session, rows, act, busy)


@rights.needs(rights.Permission.SYNC)
def retry(session: Session, rows: Iterable[Seen]) -> Acted:
    """Try failed or parked rows again with the next sync; their count starts anew (D6).

    Raises Refused where there was nothing to try again, or somebody has to choose first (on Conflicts and drift).
    """

    def act(connection: Connection, good: Sequence[Any]) -> int:
        return try_again(connection, session, good)

    return _on_rows(session, rows, act, in_vain)


@rights.needs(rights.Permission.SYNC)
def add_to_sync(session: Session, kind: str, record_id: int) -> None:
    """Queue a record again without editing it (A6). Raises Refused where there is no such record, or it never travels."""
    from syncengine.engine import capture

    record_id = int(record_id)  # numpy's integers are bound as bytes by SQLite, and then match nothing
    if not BY_KIND.get(kind):
        raise Refused(f"Records of the kind {kind!r} are never sent to QuickBooks.")
    now = session.clock.now()
    with session.database.writing() as connection:
        capture.add_to_sync(connection, session.company_id, kind, record_id, now, session.actor)
        audit.write(connection, session.company_id, now, [audit.Line("added to sync", session.actor, kind, record_id)])


# --- what is done to rows that are held, whether they were chosen one by one or by a filter ---------------------------


def take_out(connection: Connection, session: Session, rows: Sequence[Any], **told: Any) -> int:
    """Take them out of the queue; what the act is called."""
    now, line = session.clock.now(), audit.Line(REMOVED, session.actor, detail={"number": len(rows), **told})
    act = audit.begin(connection, session.company_id, now, line)
    cancel(connection, session, rows, now, act=act)
    return act


def cancel(connection: Connection, session: Session, rows: Sequence[Any], now: datetime, **named: int) -> None:
    """The same without the act's own line; `named` says in the line of each row which act took it out."""
    ids = [row.id for row in rows]
    why = {"why": "removed by a person", **named}
    outbox.sweep(connection, now, rows, OutboxState.CANCELLED, actor=session.actor, changes={}, why=why)
    errors.close(connection, ids, now, "removed")
    corrections.end_tried(connection, now, ids)


def send_last(connection: Connection, session: Session, rows: Sequence[Any]) -> int:
    """Give them the last places, in their present order."""
    now, placed = session.clock.now(), sorted(rows, key=lambda row: (row.position, row.id))
    outbox.send_last(connection, session.company_id, now, [row.id for row in placed], actor=session.actor)
    return 0


def try_again(connection: Connection, session: Session, rows: Sequence[Any]) -> int:
    """Let them wait for the next sync, as if they had not failed."""
    now, ids = session.clock.now(), [row.id for row in rows]
    why = {"why": "retried by a person"}
    outbox.sweep(connection, now, rows, OutboxState.AVAILABLE, actor=session.actor, changes=_ANEW, why=why)
    for ahead in _ahead(connection, session, rows):
        outbox.note(connection, ahead, parked_by=outbox.FEATURE)
    errors.close(connection, ids, now, "retried")
    corrections.end_tried(connection, now, ids)
    return 0


def _ahead(connection: Connection, session: Session, rows: Sequence[Any]) -> Iterator[int]:
    """Of each entity that QuickBooks lacks, the first row: it goes ahead, and the others follow it. One may have gone already."""
    resting = sorted((row for row in rows if row.parked_by == outbox.FEATURE), key=lambda row: (row.position, row.id))
    entities = outbox.probed(connection, session.company_id) if resting else set()
    for row in resting:
        if row.entity not in entities:
            entities.add(row.entity)
            yield row.id


def busy(row: Any) -> str:
    """Why a row must be left alone just now; nothing where it may be acted on."""
    if row.state == OutboxState.RUNNING:
        return f"{_name(row)} is being sent just now. Wait for the end of this sync."
    if row.unanswered:
        return f"{_name(row)}: QuickBooks' answer is still awaited, so it may be booked already. The next sync asks for it."
    return ""


def in_vain(row: Any) -> str:
    """Why it cannot be tried again just now, or need not be; nothing where it may."""
    if row.state == OutboxState.AVAILABLE:
        return f"{_name(row)} is waiting for the next sync already."
    if row.parked_by == outbox.CONFLICT:
        return f"{_name(row)} was changed on both sides. Choose whose value stands, on Conflicts and drift: it goes then."
    return busy(row)


def _name(row: Any) -> str:
    return f"{row.kind.replace('_', ' ').capitalize()} {row.label or row.record_id}"


def _on_rows(
    session: Session,
    rows: Iterable[Seen],
    act: Callable[[Connection, Sequence[Any]], int],
    against: Callable[[Any], str],
) -> Acted:
    """Act on those rows that are still as the person saw them, all in one transaction."""
    seen = {int(row_id): int(version) for row_id, version in rows}
    if not seen:
        raise Refused("Select at least one row first.")
    with session.database.writing() as connection:
        outbox.lock(connection, session.company_id)
        held = {row.id: row for row in lean(connection, [Outbox.company_id == session.company_id, Outbox.id.in_(list(seen))])}
        good, refused = [], []
        for row_id, version in seen.items():
            why = _moved_on(held.get(row_id), version) or against(held[row_id])
            if why:
                refused.append(why)
            else:
                good.append(held[row_id])
        if not good:
            raise Refused(" ".join(dict.fromkeys(refused)))
        done = act(connection, good)
    return Acted(len(good), tuple(refused), done)


#: What acting on rows has to know of them.
LEAN = (
    Outbox.id, Outbox.version, Outbox.state, Outbox.unanswered, Outbox.position, Outbox.entity, Outbox.kind, Outbox.record_id,
    Outbox.label, Outbox.parked_by,
)  # fmt: skip


def lean(connection: Connection, conditions: Sequence[Any]) -> Sequence[Any]:
    """What acting on rows has to know of them, locked against other writers where the database can; in one order everywhere."""
    return connection.execute(select(*LEAN).where(*conditions).order_by(Outbox.id).with_for_update()).all()


def _moved_on(row: Any, version: int) -> str:
    if row is None:
        return "This row is no longer in the queue."
    if row.version != version or row.state not in outbox.OPEN:
        return f"{_name(row)} has moved on since you saw it. Look at the queue again."
    return ""
