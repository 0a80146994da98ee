"""What the next sync sends: the queue in sending order, and how much waits."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.engine import RowMapping

from syncengine.engine.foresight import as_of
from syncengine.engine.wanted import ATTENTION, DOUBTFUL, EVERYTHING, SENDING, Mark, Wanted, mark, numbers, unweighed
from syncengine.queries.said import references, worded
from syncengine.queries.session import Session
from syncengine.quickbooks import wire
from syncengine.store import outbox, rights
from syncengine.store.outbox import LISTED, Tally, chunks
from syncengine.store.tables import Error, Outbox
from syncengine.store.veil import veiled
from syncengine.terms import OutboxState

if TYPE_CHECKING:
    import pandas as pd

    from syncengine.engine.preview import Listed, Planned

_QUEUE = {
    "place": "int64",
    "id": "int64",
    "version": "int64",
    "block": "str",
    "record": "str",
    "label": "str",
    "kind": "str",
    "record_id": "int64",
    "operation": "str",
    "entity": "str",
    "state": "str",
    "problem": "str",
    "expected": "str",
    "waits_for": "object",
    "changed": "object",
    "payload": "str",
    "then": "str",
    "rests": "str",
    "unsure": "str",
    "effects": "object",
    "moves": "object",
    "message": "str",
    "cause": "str",
    "remedy": "str",
    "note": "str",
    "unanswered": "bool",
    "attempts": "int64",
    "wave": "int64",
    "queued_at": "datetime64[us, UTC]",
    "queued_by": "str",
}
_EXACT = ("payload", "then", "unsure", "changed", "effects", "moves")
#: What a list has of them.
_LIST = {**{name: kind for name, kind in _QUEUE.items() if name not in _EXACT}, "paths": "object"}
__all__ = ["ATTENTION", "DOUBTFUL", "SENDING", "Mark", "QueueCounts", "Wanted", "queue", "queue_authors", "queue_counts"]
__all__ += ["queue_and_row", "queue_mark", "queued", "waiting_counts"]
#: Put into SQL once.
_ERRORS = select(Error.outbox_id, Error.cause, Error.remedy).where(
    Error.company_id == bindparam("company"), Error.outbox_id.in_(bindparam("ids", expanding=True)), Error.closed_at.is_(None)
)
_WAITING = {"kind": "str", "waiting": "int64", "held": "int64", "retrying": "int64", "parked": "int64"}


@dataclass(frozen=True)
class QueueCounts:
    """How many rows are listed in the preview: failing and parked ones, and those that simply wait.

    Attributes:
        unweighed: how many more rows would have to be weighed before it is known of each whether it is expected to fail; counted
            only where that is asked for.
        order_of: while a sync changes the order each second, the moment whose order `queue` shows; None where that is the present.
    """

    attention: int
    sending: int
    order_of: datetime | None = None
    unweighed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.attention + self.sending


@rights.needs(rights.Permission.SEE_SYNC)
def queue(
    session: Session, *, page: int = 1, size: int = 50, wanted: Wanted = EVERYTHING, exact: bool = True
) -> pd.DataFrame:
    """One page of what will be sent, in sending order; failing and parked rows stand first (D15).

    `wanted` leaves out what is not wanted; `place` then counts what is left.

    `id` and `version` are what a command on the row wants. `waits_for` holds the names of records that go first,
    `changed` tuples of path, QuickBooks' value and ours, `payload` the JSON text that would be sent now, `effects` the
    accounts that it will post to with their amounts, debits above 0, in the document's currency, and `moves` by how much it
    changes them: of a document that was posted before, the difference. `problem` is why the row
    cannot be sent as it is, `expected` why QuickBooks will probably refuse it (told from the copies, so it may be wrong);
    `cause` and `remedy` say in plain words why it failed, `message` in QuickBooks' own.

    What the next sync sends is what is shown, byte for byte: each row in its `wave`, those of one wave in the order of their
    places (a row of the first block keeps the place that it has in the queue, and goes with its wave). `rests` says why the
    next sync does not send a row, and is empty where it does; `then` is the payload that follows in the same sync, where a
    document has to be deleted and made anew; `unsure` says what may make a row go out otherwise than it is shown. In a payload
    `{Customer 12}` stands for the Id of a record that goes first and gets it only then; a SyncToken counts up where the sync
    itself changes the object before. What QuickBooks has changed by then is read first, and the timeline of the record says so.
    Payload and changes of what belongs to an accounting list are hidden from who may not see that list.

    With `exact=False` it is told in less time without what a list does not show: `payload`, `then`, `unsure`, `changed`,
    `effects` and `moves` are not there. `paths` are those of the values that are sent: of what is changed those that differ.
    """
    from syncengine.engine.preview import listed, planned

    offset, limit, now = (int(page) - 1) * int(size), int(size), session.clock.now()
    with session.database.reading() as connection:
        ask = planned if exact else listed
        told = ask(connection, session.company_id, at=now, offset=offset, limit=limit, wanted=wanted)
        errors = open_errors(connection, session.company_id, [each.outbox_id for each in told])
    return _page(session, told, errors, offset, _QUEUE if exact else _LIST)


@rights.needs(rights.Permission.SEE_SYNC)
def queue_and_row(
    session: Session, row_id: int, *, page: int = 1, size: int = 50, wanted: Wanted = EVERYTHING
) -> tuple[pd.DataFrame, dict[str, Any] | None]:
    """What `queue(exact=False)` tells of a page, and what `queued` tells of one row, on that page or not.

    Both come out of one plan of one state of the database. Asked one after the other, the row would be planned twice.
    """
    from syncengine.engine.preview import listed_with

    offset, limit, now = (int(page) - 1) * int(size), int(size), session.clock.now()
    with session.database.reading() as connection:
        row = _of_company(connection, session.company_id, row_id)
        one = int(row_id) if row is not None and row["state"] in outbox.OPEN else None
        told, planned = listed_with(connection, session.company_id, one, at=now, offset=offset, limit=limit, wanted=wanted)
        errors = open_errors(connection, session.company_id, {*(each.outbox_id for each in told), int(row_id)})
        closely = None if row is None else _closely(connection, session, row, planned, errors)
    return _page(session, told, errors, offset, _LIST), closely


def _page(
    session: Session, told: Sequence[Listed], errors: Mapping[int, Mapping[str, str]], offset: int, columns: Mapping[str, str]
) -> pd.DataFrame:
    """Planned rows as a page of the queue that begins at `offset`."""
    from syncengine.queries._frames import frame

    rows = [_row(each, place, columns) for place, each in enumerate(told, start=offset + 1)]
    return frame(veiled([{**row, **errors.get(row["id"], {})} for row in rows], rights.of(session)), columns)


def _row(each: Listed, place: int, columns: Container[str]) -> dict[str, Any]:
    return {
        **{name: value for name, value in vars(each).items() if name in columns},
        "place": place,
        "id": each.outbox_id,
        "block": ATTENTION if each.needs_attention else SENDING,
        "record": f"{kind_name(each.kind)} {each.label}".strip(),
    }


def open_errors(connection: Connection, company_id: int, outbox_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Cause and remedy of the rows that have failed, by row."""
    found: dict[int, dict[str, str]] = {}
    for part in chunks(outbox_ids):
        rows = connection.execute(_ERRORS, {"company": company_id, "ids": part})
        found.update({row.outbox_id: {"cause": row.cause, "remedy": row.remedy} for row in rows})
    return found


def kind_name(kind: str) -> str:
    """A kind as a heading: 'purchase_order' -> 'Purchase order'."""
    return kind.replace("_", " ").capitalize()


@rights.needs(rights.Permission.SEE_SYNC)
def queued(session: Session, row_id: int) -> dict[str, Any] | None:
    """Everything about one row of the queue: what `queue` says of it, without its place, and more; None where there never was one.

    `open` is whether it is still in the queue: of one that has left it, only `state`, `record`, `label`, `kind`, `record_id` and
    `entity` are said. `steps` are the rows that it waits for, each with `id` and `record`; `parked_by` says why it is parked,
    `setting` is what the setting is called that holds it back. `parts` are `changed` in people's words (path, QuickBooks' value,
    ours; of lines each part that differs), `references` what the Ids in the payload lead to: path, Id, name.
    """
    from syncengine.engine.preview import of_row

    row_id = int(row_id)
    with session.database.reading() as connection:
        row = _of_company(connection, session.company_id, row_id)
        if row is None:
            return None
        planned = of_row(connection, session.company_id, row_id, session.clock.now())
        return _closely(connection, session, row, planned, open_errors(connection, session.company_id, [row_id]))


def _of_company(connection: Connection, company_id: int, row_id: int) -> RowMapping | None:
    """A row that is in the company's queue, or was there; None where it is another company's, or there never was one."""
    row = outbox.state_of(connection, int(row_id))
    return row if row is not None and row["company_id"] == company_id else None


def _closely(
    connection: Connection, session: Session, row: RowMapping, planned: Planned | None, errors: Mapping[int, Mapping[str, str]]
) -> dict[str, Any]:
    """What `queued` tells of a row, which is `planned` while it is in the queue."""
    told = {name: row[name] for name in ("state", "label", "kind", "record_id", "entity")}
    told["record"] = f"{kind_name(row['kind'])} {row['label']}".strip()
    if planned is None:
        return {**told, "id": row["id"], "open": False}
    steps = outbox.open_of_records(connection, session.company_id, planned.missing)
    mine = rights.of(session)
    words = _worded(connection, session.company_id, mine, planned)
    waits = [_named(each) for each in steps if each["id"] != row["id"]]
    more = {"setting": _setting(planned), "open": True, "steps": waits, "parked_by": row["parked_by"] or ""}
    error = errors.get(row["id"], {})
    found = {**dict.fromkeys(_QUEUE, ""), **_row(planned, 0, _QUEUE), **error, **more, **words}
    return veiled([{name: "" if value is None else value for name, value in found.items()}], mine)[0]


def _worded(connection: Connection, company_id: int, held: rights.Rights, planned: Planned) -> dict[str, Any]:
    """What changes, in people's words, and what the Ids in the payload lead to, each once, as far as that may be told."""
    payload = _payload(planned)
    currency = str((payload.get("CurrencyRef") or {}).get("value") or "")
    found = list(dict.fromkeys((planned.entity, path, value) for path, value in references(payload)))
    rows = [(planned.entity, path, theirs, ours) for path, theirs, ours in planned.changed]
    told, names = worded(connection, company_id, held, rows, [currency] * len(rows), found)
    named = [(path, value.rpartition("/")[2], names.reference(entity, path, value)) for entity, path, value in found]
    return {
        "parts": [each for said in told for each in said],
        "references": [(path, value, name) for path, value, name in named if name],
    }


def _payload(planned: Planned) -> dict[str, Any]:
    return wire.loads(planned.payload) if planned.payload else {}


def _setting(planned: Planned) -> str:
    """The setting that a row rests by, as its page calls it: the sentences of the plan name it so."""
    from syncengine.store.settings import SETTINGS

    labels = [each.label for each in SETTINGS.values()]
    named = (label for label in labels if f"({label})" in planned.note or (planned.problem or "").startswith(f"{label}:"))
    return next(named, "")


def _named(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "record": f"{kind_name(row['kind'])} {row['label']}".strip()}


@rights.needs(rights.Permission.SEE_SYNC)
def queue_counts(session: Session, wanted: Wanted = EVERYTHING, *, tally: Tally | None = None) -> QueueCounts:
    """How long the two blocks of the preview are, of what is wanted.

    With the `tally` of an overview what that has counted already is taken from it.
    """
    with session.database.reading() as connection:
        return counts_of(connection, session.company_id, wanted, tally=tally)


def counts_of(
    connection: Connection,
    company_id: int,
    wanted: Wanted = EVERYTHING,
    *,
    running: bool | None = None,
    tally: Tally | None = None,
) -> QueueCounts:
    """The same on a connection that is open already; whether a sync is `running` may be known."""
    waits = unweighed(connection, company_id) if wanted.forecast else 0
    return QueueCounts(*numbers(connection, company_id, wanted, tally), as_of(connection, company_id, running=running), waits)


@rights.needs(rights.Permission.SEE_SYNC)
def queue_mark(session: Session, wanted: Wanted = EVERYTHING) -> Mark:
    """How many rows match, and how they stand: what a command on everything that matches is handed, as the person saw it."""
    with session.database.reading() as connection:
        return mark(connection, session.company_id, wanted)


@rights.needs(rights.Permission.SEE_SYNC)
def queue_authors(session: Session) -> list[str]:
    """Who queued what waits: people by name, and 'inventory' for records that the inventory program saved."""
    asked = select(Outbox.queued_by).where(Outbox.company_id == session.company_id, LISTED).distinct()
    with session.database.reading() as connection:
        return sorted(connection.scalars(asked))


@rights.needs(rights.Permission.SEE_SYNC)
def waiting_counts(session: Session, *, tally: Tally | None = None) -> pd.DataFrame:
    """What waits, by kind: fresh rows, rows that failed and are tried again, and rows that need a person.

    `held` are those that the next sync does not send, since a setting keeps all of their kind here, QuickBooks has nothing of the
    kind, or they wait for a record that needs a person first: `waiting` does not count them. Of what 200 such records hold back, up
    to 1,000 rows are counted; where more are held back, they count as waiting. So do rows that rest for what they say themselves,
    such as a day in closed books: `rests` of `queue` tells that of each.

    With the `tally` of an overview the rows are not counted again.
    """
    from syncengine.queries._frames import frame
    from syncengine.queries.holding import by_kind

    columns = {OutboxState.PARKED: "parked", OutboxState.RETRYABLE: "retrying"}
    with session.database.reading() as connection:
        tally = outbox.tally(connection, session.company_id) if tally is None else tally
        held = by_kind(connection, session.company_id, session.clock.now())
    kinds: dict[str, dict[str, Any]] = {}
    for kind, by_state in tally.by_kind.items():
        kinds[kind] = {"kind": kind, "waiting": 0, "held": 0, "retrying": 0, "parked": 0}
        for state, number in by_state.items():
            kinds[kind][columns.get(state, "waiting")] += number
    for kind, number in held.items():
        kinds[kind]["held"] = number
        kinds[kind]["waiting"] -= number
    return frame(kinds.values(), _WAITING)
