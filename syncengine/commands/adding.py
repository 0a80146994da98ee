"""Adding records to the queue without editing them (A6): those chosen, or everything that matches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from sqlalchemy import Connection

from syncengine.commands._session import Session
from syncengine.commands.rows import Acted
from syncengine.engine.standing import RecordsWanted, narrowing
from syncengine.entities import BY_KIND
from syncengine.errors import Refused
from syncengine.inventory import reader
from syncengine.store import audit, rights

#: So many records are queued by one press; the transaction holds others up while it lasts.
MOST_AT_ONCE = 5_000


@rights.needs(rights.Permission.SYNC)
def add_records_to_sync(session: Session, kind: str, record_ids: Iterable[int]) -> Acted:
    """Queue several records of a kind again (A6), all in one transaction; one that is gone meanwhile is named.

    Raises Refused where none could be queued, for a kind that never travels, or beyond `MOST_AT_ONCE`.
    """
    wanted = list(dict.fromkeys(int(each) for each in record_ids))
    if not wanted:
        raise Refused("Select at least one record first.")
    with session.database.writing() as connection:
        return _queue_again(connection, session, kind, wanted)


@rights.needs(rights.Permission.SYNC)
def add_all_to_sync(session: Session, kind: str, expected: int, **wanted: Unpack[RecordsWanted]) -> Acted:
    """Queue every record of a kind that matches, as `queries.records` narrows; `expected` is how many the person saw.

    Raises Refused where another number matches by now, where none does, or beyond `MOST_AT_ONCE`.
    """
    with session.database.writing() as connection:
        matching = reader.ids(connection, kind, session.company_id, **narrowing(kind, session.company_id, **wanted))
        if len(matching) != int(expected):
            raise Refused(f"{len(matching):,} records match by now, not {int(expected):,} as you saw. Look at them again.")
        if not matching:
            raise Refused("No record matches.")
        return _queue_again(connection, session, kind, matching)


def _queue_again(connection: Connection, session: Session, kind: str, record_ids: list[int]) -> Acted:
    from syncengine.engine import capture

    if not BY_KIND.get(kind):
        raise Refused(f"Records of the kind {kind!r} are never sent to QuickBooks.")
    if len(record_ids) > MOST_AT_ONCE:
        raise Refused(f"{len(record_ids):,} records are too many at once. Narrow them down to {MOST_AT_ONCE:,} at most.")
    there = reader.load_headers(connection, kind, session.company_id, record_ids)
    good = [each for each in record_ids if each in there]
    gone = tuple(f"{kind.replace('_', ' ').capitalize()} {each} is no longer there." for each in record_ids if each not in there)
    if not good:
        raise Refused(" ".join(gone))
    now = session.clock.now()
    capture.enqueue(connection, session.company_id, kind, good, now, by=session.actor)
    lines = [audit.Line("added to sync", session.actor, kind, each) for each in good]
    audit.write(connection, session.company_id, now, lines)
    return Acted(len(good), gone)
