"""Acting on rows of the queue: remove, move to bottom, retry; and adding a record to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.engine import RowMapping

from syncengine.commands._session import Session
from syncengine.entities import BY_KIND
from syncengine.errors import Refused
from syncengine.store import audit, corrections, errors, outbox, rights
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

#: What a row forgets when its count starts anew (D6).
_ANEW = {"reason": None, "message": None, "failed_seq": None}
#: One row as the person saw it: its id and its version.
Seen = tuple[int, int]


@dataclass(frozen=True)
class Acted:
    """What became of a command on several rows: how many it changed, and why each of the others was refused."""

    done: int
    refused: tuple[str, ...] = field(default=())


@rights.needs(rights.Permission.SYNC)
def remove(session: Session, rows: Iterable[Seen]) -> Acted:
    """Take rows out of the queue; a record comes back when it is edited, or by Add to sync (S19).

    Raises Refused where no row could be removed.
    """

    def act(connection: Connection, good: list[RowMapping]) -> None:
        now = session.clock.now()
        outbox.move(
            connection,
            now,
            [
                outbox.Move(
                    row["id"],
                    OutboxState.CANCELLED,
                    row["version"],
                    why={"why": "removed by a person", "revision": row["revision"]},
                )
                for row in good
            ],
            actor=session.actor,
        )
        errors.close(connection, [row["id"] for row in good], now, "removed")
        corrections.end_tried(connection, now, [row["id"] for row in good])

    return _on_rows(session, rows, act, _busy)


@rights.needs(rights.Permission.SYNC)
def move_to_bottom(session: Session, rows: Iterable[Seen]) -> Acted:
    """Send rows to the end of the queue, in their present order (A3). Raises Refused where no row could be moved."""

    def act(connection: Connection, good: list[RowMapping]) -> None:
        now = session.clock.now()
        for row in sorted(good, key=lambda row: (row["position"], row["id"])):
            position = outbox.next_position(connection, session.company_id)
            connection.execute(
                update(Outbox).where(Outbox.id == row["id"]).values(position=position, version=Outbox.version + 1, changed_at=now)
            )
        audit.write(
            connection,
            session.company_id,
            now,
            [audit.Line("moved to bottom", session.actor, row["kind"], row["record_id"], row["id"]) for row in good],
        )

    return _on_rows(session, rows, act, _busy)


@rights.needs(rights.Permission.SYNC)
def retry(session: Session, rows: Iterable[Seen]) -> Acted:
    """Try failed or parked rows again with the next sync; their count starts anew (D6).

    Raises Refused where there was nothing to try again.
    """

    def act(connection: Connection, good: list[RowMapping]) -> None:
        now = session.clock.now()
        outbox.move(
            connection,
            now,
            [
                outbox.Move(row["id"], OutboxState.AVAILABLE, row["version"], changes=changes, why={"why": "retried by a person"})
                for row, changes in _anew(good)
            ],
            actor=session.actor,
        )
        errors.close(connection, [row["id"] for row in good], now, "retried")
        corrections.end_tried(connection, now, [row["id"] for row in good])

    return _on_rows(session, rows, act, lambda row: _busy(row) or _waits_already(row))


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


def _anew(rows: Iterable[RowMapping]) -> Iterator[tuple[RowMapping, dict[str, Any]]]:
    """Rows with what changes in each; of a kind that QuickBooks lacks, the first goes ahead, and the others follow it."""
    ahead = set[str]()
    for row in sorted(rows, key=lambda row: (row["position"], row["id"])):
        parked_by = None if row["entity"] in ahead else outbox.probe(row)
        if parked_by is not None:
            ahead.add(row["entity"])
        yield row, {**_ANEW, "parked_by": parked_by}


def _busy(row: RowMapping) -> str:
    """Why a row must be left alone just now; nothing where it may be acted on."""
    if row["state"] == OutboxState.RUNNING:
        return f"{_name(row)} is being sent just now. Wait for the end of this sync."
    if row["unanswered"]:
        return f"{_name(row)}: QuickBooks' answer is still awaited, so it may be booked already. The next sync asks for it."
    return ""


def _waits_already(row: RowMapping) -> str:
    return f"{_name(row)} is waiting for the next sync already." if row["state"] == OutboxState.AVAILABLE else ""


def _name(row: RowMapping) -> str:
    return f"{row['kind'].replace('_', ' ').capitalize()} {row['label'] or row['record_id']}"


def _on_rows(
    session: Session,
    rows: Iterable[Seen],
    act: Callable[[Connection, list[RowMapping]], None],
    against: Callable[[RowMapping], str],
) -> Acted:
    """Act on those rows that are still as the person saw them, all in one transaction."""
    seen = {int(row_id): int(version) for row_id, version in rows}
    if not seen:
        raise Refused("Select at least one row first.")
    with session.database.writing() as connection:
        held = {row_id: row for row_id, row in outbox.load(connection, seen).items() if row["company_id"] == session.company_id}
        good, refused = [], []
        for row_id, version in seen.items():
            why = _moved_on(held.get(row_id), version) or against(held[row_id])
            if why:
                refused.append(why)
            else:
                good.append(held[row_id])
        if not good:
            raise Refused(" ".join(dict.fromkeys(refused)))
        act(connection, good)
    return Acted(len(good), tuple(refused))


def _moved_on(row: Any, version: int) -> str:
    if row is None:
        return "This row is no longer in the queue."
    if row["version"] != version or row["state"] not in outbox.OPEN:
        return f"{_name(row)} has moved on since you saw it. Look at the queue again."
    return ""
