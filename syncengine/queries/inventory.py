"""The inventory's records, each with what its sync looks like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Unpack

from sqlalchemy import Connection, Select, func, literal, select, union_all
from sqlalchemy.engine import RowMapping

from syncengine.engine import foresight
from syncengine.engine.standing import NAMED, QUEUED, RecordsWanted, narrowing, one_by_one, standing_for_none
from syncengine.entities import BY_KIND
from syncengine.errors import Refused
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS
from syncengine.queries.session import Session
from syncengine.store import bindings, errors, outbox, rights
from syncengine.store.outbox import OPEN, Tally, chunks
from syncengine.store.outbox.tallying import FAILING, SENDING
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QUEUED", "RecordsWanted"]

#: What a record's sync state is called. The first that applies to one of its targets is the record's.
NEEDS_PERSON, RETRYING, SENDING_NOW, WAITING, SYNCED, DELETED, NEVER = (
    "needs attention",
    "will be tried again",
    "being sent",
    "waiting",
    "in QuickBooks",
    "deleted in QuickBooks",
    "not in QuickBooks",
)
#: A target that a record never had says nothing beside one that it has: a receipt that became a bill is no purchase.
_RANK = (NEEDS_PERSON, RETRYING, SENDING_NOW, WAITING, DELETED, SYNCED, NEVER)
_BY_OUTBOX = {
    OutboxState.PARKED: NEEDS_PERSON,
    OutboxState.RETRYABLE: RETRYING,
    OutboxState.RUNNING: SENDING_NOW,
    OutboxState.AVAILABLE: WAITING,
}
#: Whom a document is made out to, or comes from.
PARTIES = ("customer", "vendor")
_SYNC = {
    "record_id": "int64",
    "sync": "str",
    "qbo_id": "str",
    "last_success_at": "datetime64[us, UTC]",
    "sync_message": "str",
}


@rights.open_to_all
def kinds() -> tuple[str, ...]:
    """All kinds of inventory records, each after those it refers to."""
    return tuple(KINDS)


@dataclass(frozen=True)
class KindFacts:
    """What is true of all records of a kind: whether they bear a day, and the QuickBooks entities that they may post to."""

    dated: bool
    entities: tuple[str, ...]

    @property
    def travels(self) -> bool:
        """Whether they are ever sent."""
        return bool(self.entities)


@rights.open_to_all
def kind_facts() -> dict[str, KindFacts]:
    """Every kind of inventory records with what is true of it, each after those it refers to."""
    return {
        name: KindFacts("txn_date" in kind.table.c, tuple(entity.name for entity in BY_KIND.get(name, ())))
        for name, kind in KINDS.items()
    }


@rights.needs(rights.Permission.SEE_SYNC)
def records(session: Session, kind: str, *, page: int = 1, size: int = 50, **wanted: Unpack[RecordsWanted]) -> pd.DataFrame:
    """One page of records of `kind` with their columns, their number of lines, and the sync columns of `record_states`.

    Documents of a customer or a vendor have its name under `party`.

    `search` looks into key, name and party, `state` is synced, waiting, failed or not synced, `since` and `until` are days of
    documents. Documents come newest first, others by name. Values that another program wrote and that do not parse stand as
    they are.
    """
    with session.database.reading() as connection:
        narrowed = narrowing(kind, session.company_id, **wanted)
        found = reader.page(connection, kind, session.company_id, offset=(int(page) - 1) * int(size), limit=int(size), **narrowed)
        return _told(connection, session.company_id, kind, found)


@rights.needs(rights.Permission.SEE_SYNC)
def records_page(
    session: Session, kind: str, *, page: int = 1, size: int = 50, total: int | None = None, **wanted: Unpack[RecordsWanted]
) -> tuple[int, pd.DataFrame]:
    """What `records_count` and `records` give, found together: a list that is narrowed is gone through only once.

    `total` is the count where that is known: then it is not counted again.
    """
    begin, ours = (int(page) - 1) * int(size), session.company_id
    with session.database.reading() as connection:
        narrowed, single = narrowing(kind, ours, **wanted), one_by_one(kind, ours, **wanted)
        number, found = reader.listing(
            connection, kind, ours, offset=begin, limit=int(size), **narrowed, one_by_one=single, total=total
        )
        return number, _told(connection, ours, kind, found)


def _told(connection: Connection, company_id: int, kind: str, found: Sequence[reader.Record]) -> pd.DataFrame:
    """Records with how each stands with QuickBooks."""
    from syncengine.queries._frames import frame

    states = states_of(connection, company_id, kind, [record["id"] for record in found])
    of = {record["id"]: party_of(kind, record) for record in found}
    parties = labels(connection, company_id, (each for each in of.values() if each is not None))
    own = [column.name for column in KINDS[kind].table.columns if column.name != "company_id"]
    rows = [
        {
            **record,
            "label": reader.label(record, kind),
            "lines": len(record.get("lines") or ()),
            "party": parties.get(of[record["id"]], ""),
            **summary(states.get(record["id"], [])),
        }
        for record in found
    ]
    columns = {"id": "int64", "label": "str", **{name: "object" for name in own if name != "id"}, "lines": "int64"}
    if KINDS[kind].lines is not None and any(other in PARTIES for other in KINDS[kind].references.values()):
        columns["party"] = "str"
    return frame(rows, {**columns, **{name: dtype for name, dtype in _SYNC.items() if name != "record_id"}})


@rights.needs(rights.Permission.SEE_SYNC)
def records_count(session: Session, kind: str, **wanted: Unpack[RecordsWanted]) -> int:
    """How many records `records` pages through."""
    with session.database.reading() as connection:
        narrowed = narrowing(kind, session.company_id, **wanted)
        return reader.count(connection, kind, session.company_id, **narrowed, by_id=wanted.get("state") in NAMED)


@rights.needs(rights.Permission.SEE_SYNC)
def records_extent(session: Session, kind: str) -> tuple[int, int]:
    """How many records of `kind` there are, and the largest Id among them: one of both changes when a record comes or goes."""
    with session.database.reading() as connection:
        return reader.extent(connection, kind, session.company_id)


@rights.needs(rights.Permission.SEE_SYNC)
def records_moment(session: Session) -> tuple[int, int, datetime | None]:
    """As long as it is the same, the same records are synced, and the same not synced, but for those that come or go.

    It is another one as soon as a record is queued or leaves the queue, or a twin is bound or ends. Records that come or go change
    the `records_extent` of their kind. What it consists of says nothing: it is there to be compared.
    """
    with session.database.reading() as connection:
        return foresight.moment(connection, session.company_id)


@rights.needs(rights.Permission.SEE_SYNC)
def queued_targets(session: Session, kind: str) -> tuple[str, ...]:
    """The QuickBooks entities that rows of a kind are in the queue for: where it is one, no record waits twice."""
    with session.database.reading() as connection:
        return _targets(connection, session.company_id, kind)


def _targets(connection: Connection, company_id: int, kind: str) -> tuple[str, ...]:
    from syncengine.queries.holding import groups_that_wait

    return tuple(sorted(entity for entity, of in groups_that_wait(connection, company_id) if of == kind))


@rights.needs(rights.Permission.SEE_SYNC)
def records_surplus(session: Session, kind: str, state: str) -> int:
    """How many more rows of the queue there are than records that are `waiting` or `failed` as they are.

    Rows of records that are gone here, and second rows of a record. Who knows it knows how many records there are from the tally of
    an overview; where there is one of the `queued_targets` at most, it costs next to nothing.

    Raises Refused for any other state.
    """
    if state not in QUEUED:
        raise Refused(f"The queue does not tell how many records are {state!r}: it tells of {' and '.join(QUEUED)}.")
    with session.database.reading() as connection:
        if len(_targets(connection, session.company_id, kind)) <= 1:
            return int(connection.scalar(standing_for_none(kind, session.company_id, state)) or 0)
        narrowed = narrowing(kind, session.company_id, state=state)
        number = reader.count(connection, kind, session.company_id, **narrowed, by_id=True)
        return outbox.tally(connection, session.company_id).number(QUEUED[state], kind=kind) - number


@rights.needs(rights.Permission.SEE_SYNC)
def record_kinds(session: Session, *, tally: Tally | None = None) -> pd.DataFrame:
    """How many records there are of each kind that has any, and how many rows of the queue wait, or have failed, by kind.

    With the `tally` of an overview the rows of the queue are not counted again.
    """
    from syncengine.queries._frames import frame

    company_id = session.company_id
    with session.database.reading() as connection:
        counts = connection.execute(union_all(*(_count(kind, company_id) for kind in KINDS))).all()
        tally = outbox.tally(connection, company_id) if tally is None else tally
    told = [
        {"kind": name, "records": number, "waiting": tally.number(SENDING, kind=name), "failed": tally.number(FAILING, kind=name)}
        for name, number in counts
        if number
    ]
    return frame(told, {"kind": "str", "records": "int64", "waiting": "int64", "failed": "int64"})


def _count(kind: str, company_id: int) -> Select[Any]:
    table = KINDS[kind].table
    columns: list[Any] = [literal(kind), func.count()]
    return select(*columns).select_from(table).where(table.c.company_id == company_id)


@rights.needs(rights.Permission.SEE_SYNC)
def record_states(session: Session, kind: str, record_ids: Iterable[int]) -> pd.DataFrame:
    """The sync columns of many records: state in words, QuickBooks Id, last success, last message (empty: fine)."""
    from syncengine.queries._frames import frame

    wanted = [int(each) for each in record_ids]
    with session.database.reading() as connection:
        states = states_of(connection, session.company_id, kind, wanted)
    return frame([{"record_id": each, **summary(states.get(each, []))} for each in wanted], _SYNC)


def labels(connection: Connection, company_id: int, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int] | None, str]:
    """What people call records, by kind and id; one that is not there is left out."""
    by_kind: dict[str, set[int]] = {}
    for kind, record_id in wanted:
        by_kind.setdefault(kind, set()).add(record_id)
    return {
        (kind, record_id): reader.label(found, kind)
        for kind, ids in by_kind.items()
        for record_id, found in reader.load_headers(connection, kind, company_id, ids).items()
    }


def party_of(kind: str, record: Mapping[str, Any]) -> tuple[str, int] | None:
    """The customer or vendor of a document, by kind and id."""
    found = ((other, record.get(column)) for column, other in KINDS[kind].references.items() if other in PARTIES)
    return next(((other, record_id) for other, record_id in found if isinstance(record_id, int)), None)


def summary(targets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sync columns of one record out of its states with each target: the worst one speaks for all."""
    if not targets:
        return {"sync": "", "qbo_id": "", "last_success_at": None, "sync_message": ""}
    worst = min(targets, key=lambda target: _RANK.index(target["state"]))
    moments = [target["last_success_at"] for target in targets if target["last_success_at"] is not None]
    ids = [target["qbo_id"] for target in targets if target["qbo_id"]]
    return {
        "sync": worst["state"],
        "qbo_id": ", ".join(ids),
        "last_success_at": max(moments, default=None),
        "sync_message": worst["cause"] or worst["message"],
    }


def states_of(connection: Connection, company_id: int, kind: str, record_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """For each record one state for each QuickBooks target of its kind; kinds that never travel have none."""
    rows = _open_rows(connection, company_id, kind, record_ids)
    failed = _open_errors(connection, company_id, [row["id"] for row in rows.values()])
    found: dict[int, list[dict[str, Any]]] = {}
    for entity in BY_KIND.get(kind, ()):
        bound = bindings.of_records(connection, company_id, entity.name, entity.kind, record_ids)
        for record_id in record_ids:
            row = rows.get((entity.name, record_id))
            error = failed.get(row["id"]) if row is not None else None
            found.setdefault(record_id, []).append(_state(entity.name, row, bound.get(record_id), error))
    return found


def _state(entity: str, row: RowMapping | None, binding: RowMapping | None, error: RowMapping | None) -> dict[str, Any]:
    bound = binding is not None and binding["ended_at"] is None
    resting = SYNCED if bound else (DELETED if binding is not None and binding["ended_by"] == "quickbooks" else NEVER)
    said = (row["reason"] or row["message"] or "") if row is not None else ""
    return {
        "entity": entity,
        "state": _BY_OUTBOX[OutboxState(row["state"])] if row is not None else resting,
        "qbo_id": binding["qbo_id"] if binding is not None and bound else "",
        "sync_token": binding["sync_token"] if binding is not None and bound else "",
        "last_success_at": binding["last_success_at"] if binding is not None else None,
        "message": said or (error["message"] if error is not None else ""),
        "cause": error["cause"] if error is not None else "",
        "remedy": error["remedy"] if error is not None else "",
    }


def _open_rows(connection: Connection, company_id: int, kind: str, record_ids: Sequence[int]) -> dict[tuple[str, int], RowMapping]:
    found: dict[tuple[str, int], RowMapping] = {}
    for part in chunks(record_ids):
        wanted = select(Outbox.__table__).where(
            Outbox.company_id == company_id, Outbox.kind == kind, Outbox.record_id.in_(part), Outbox.state.in_(OPEN)
        )
        # The newest row of a record last: an edit behind an unanswered write is what the record's state is about.
        found.update({(row["entity"], row["record_id"]): row for row in connection.execute(wanted.order_by(Outbox.id)).mappings()})
    return found


def _open_errors(connection: Connection, company_id: int, outbox_ids: Sequence[int]) -> dict[int, RowMapping]:
    return {row["outbox_id"]: row for row in errors.of_rows(connection, company_id, outbox_ids)}
