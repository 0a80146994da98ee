"""The history across records: one run whole, what was sent and received, and who did what. Newest first, by keyset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

from syncengine.entities import BY_KIND
from syncengine.inventory.tables import KINDS
from syncengine.queries import _offers
from syncengine.queries.events import HEALED
from syncengine.queries.finding import named
from syncengine.queries.inventory import labels
from syncengine.queries.session import Session
from syncengine.store import audit, outbox, rights
from syncengine.store.audit import ACTS, RECEIVED
from syncengine.store.tables import Attempt, AttemptItem, Audit, Cycle, Error, Outbox
from syncengine.store.veil import veiled

if TYPE_CHECKING:
    import pandas as pd

_MOMENT = "datetime64[us, UTC]"
_SENDS = {
    "id": "int64", "at": _MOMENT, "answered_at": _MOMENT, "cycle_id": "Int64", "kind": "str", "record_id": "int64", "label": "str",
    "entity": "str", "operation": "str", "outcome": "str", "qbo_id": "str", "request": "str", "answer": "str", "requestid": "str",
    "tid": "str", "sends": "int64",
}  # fmt: skip
_LINES = {
    "id": "int64", "at": _MOMENT, "actor": "str", "event": "str", "kind": "str", "record_id": "Int64", "label": "str",
    "cycle_id": "Int64", "detail": "str",
}  # fmt: skip
_ERRORS = {
    "id": "int64", "kind": "str", "record_id": "Int64", "label": "str", "code": "str", "cause": "str", "opened_at": _MOMENT,
    "closed_at": _MOMENT, "closed_why": "str",
}  # fmt: skip


@rights.needs(rights.Permission.SEE_SYNC)
def run(session: Session, run_id: int) -> dict[str, Any] | None:
    """One run with its counts, and the errors that it `opened` and `closed` as frames; None where there is no such run."""
    from syncengine.queries._frames import frame

    ours = (Cycle.company_id == session.company_id, Cycle.id == int(run_id))
    with session.database.reading() as connection:
        found = connection.execute(select(Cycle.__table__).where(*ours)).mappings().first()
        if found is None:
            return None
        errors = select(*(Error.__table__.c[name] for name in _ERRORS)).where(Error.company_id == session.company_id)
        opened = connection.execute(errors.where(Error.first_cycle_id == int(run_id)).order_by(Error.id).limit(_MOST)).mappings()
        closed = connection.execute(
            errors.where(
                Error.closed_at >= found["started_at"], Error.closed_at <= found["finished_at"], Error.closed_why.in_(HEALED)
            ).order_by(Error.id).limit(_MOST)
        ).mappings() if found["finished_at"] else ()  # fmt: skip
        return {**found, "opened": frame(opened, _ERRORS), "closed": frame(closed, _ERRORS)}


#: A run's page names no more errors than that.
_MOST = 200


@rights.needs(rights.Permission.SEE_SYNC)
def sends(
    session: Session, *, run_id: int | None = None, outcome: str = "", kind: str = "", record_id: int | None = None,
    search: str = "", before: int | None = None, after: int | None = None, size: int = 50,
) -> pd.DataFrame:  # fmt: skip
    """What was sent, record by record, the newest first: operation, outcome, the request and QuickBooks' answer.

    `outcome` is accepted, refused, unknown or open; a kind may be narrowed to one record. `search` is a number, a name or an
    Id of records; no more than 200 of them are looked for, and one that was deleted here is found by its name to the letter.
    `before` and `after` are ids of rows, for the page behind or ahead. Payloads of a list are hidden from who may not see it.
    """
    from syncengine.queries._frames import frame

    wanted: list[ColumnElement[bool]] = []
    if outcome:
        wanted.append(AttemptItem.outcome == outcome)
    if run_id is not None:
        wanted += [Attempt.company_id == session.company_id, Attempt.cycle_id == int(run_id)]
    if kind:
        entities = [entity.name for entity in BY_KIND.get(kind, ())]
        wanted += [AttemptItem.entity.in_(entities), Outbox.kind == kind]
    if record_id is not None:
        wanted += [Outbox.company_id == session.company_id, Outbox.record_id == int(record_id)]
    with session.database.reading() as connection:
        if search.strip():
            wanted.append(AttemptItem.id.in_(_items_of(connection, session.company_id, search)))
        elif run_id is None:
            # Not beside a run, whose few are looked up: with this, too, the database would walk through the whole history for them.
            wanted.append(AttemptItem.company_id == session.company_id)
        rows = _page(connection, _sent().where(*wanted), AttemptItem.id, before, after, int(size))
    told = [{**row, "answer": _said(row["fault"]) or (_said({"Id": row["qbo_id"]}) if row["qbo_id"] else "")} for row in rows]
    return frame(veiled(told, rights.of(session)), _SENDS)


#: So many records are looked for by one text: who wants more names more of what is sought. Of what was sent of them, the newest.
_SOUGHT, _NEWEST = 200, 10_000


def _items_of(connection: Connection, company_id: int, search: str) -> list[int]:
    """What was sent of the records that a text names, of those that are gone here by what they were called.

    Asked step by step: in one statement a database would rather read a million lines from the newest back.
    """
    found = named(connection, company_id, search, _SOUGHT)
    about = [and_(Outbox.kind == kind, Outbox.record_id.in_(ids)) for kind, ids in found.items()]
    rows: set[int] = set()
    for condition in (*about, Outbox.label == search.strip()):
        rows.update(connection.scalars(select(Outbox.id).where(Outbox.company_id == company_id, condition)))
    items: list[int] = []
    for part in outbox.chunks(sorted(rows)):
        items += connection.scalars(select(AttemptItem.id).where(AttemptItem.outbox_id.in_(part)))
    return sorted(items)[-_NEWEST:]


def _sent() -> Select[Any]:
    item, attempt, row = AttemptItem.__table__.c, Attempt.__table__.c, Outbox.__table__.c
    columns = (
        item.id, item.entity, item.operation, item.outcome, item.qbo_id, item.fault, item.payload.label("request"),
        attempt.cycle_id,
        attempt.made_at.label("at"), attempt.answered_at, attempt.requestid, attempt.tid, attempt.sends, row.kind, row.record_id,
        row.label,
    )  # fmt: skip
    wanted = select(*columns).join(Attempt, Attempt.id == AttemptItem.attempt_id)
    return wanted.join(Outbox, Outbox.id == AttemptItem.outbox_id)


@rights.needs(rights.Permission.SEE_SYNC)
def received(
    session: Session, *, run_id: int | None = None, kind: str = "", record_id: int | None = None, search: str = "",
    before: int | None = None, after: int | None = None, size: int = 50,
) -> pd.DataFrame:  # fmt: skip
    """What came from QuickBooks, record by record, the newest first: arrived, received (a change), linked, voided, deleted.

    `search` is a number, a name or an Id of records; no more than 200 of them are looked for.
    """
    wanted: list[ColumnElement[bool]] = [RECEIVED]
    if run_id is not None:
        wanted.append(Audit.cycle_id == int(run_id))
    return _lines(session, wanted, kind, record_id, before, after, int(size), search)


@rights.needs(rights.Permission.SEE_SYNC)
def acts(
    session: Session, *, actor: str = "", act: str = "", kind: str = "", record_id: int | None = None, before: int | None = None,
    after: int | None = None, size: int = 50,
) -> pd.DataFrame:  # fmt: skip
    """Who did what: the lines of people and of corrections in the audit trail, the newest first.

    Lines about people, settings, the connection and alerts are an owner's to see; questions in SQL are whose who may ask them.
    What a correction says of an accounting list is hidden from who may not see that list; which file was imported, from all but
    owners and who brought it.
    """
    wanted: list[ColumnElement[bool]] = [ACTS, *audit.shown_to(rights.of(session))]
    if actor:
        wanted.append(Audit.actor == actor)
    if act:
        wanted.append(Audit.event == act)
    return _lines(session, wanted, kind, record_id, before, after, int(size))


def _lines(
    session: Session, wanted: list[ColumnElement[bool]], kind: str, record_id: int | None, before: int | None, after: int | None,
    size: int, search: str = "",
) -> pd.DataFrame:  # fmt: skip
    from syncengine.queries._frames import frame

    wanted, held = [Audit.company_id == session.company_id, *wanted], rights.of(session)
    if kind:
        wanted.append(Audit.kind == kind)
    if record_id is not None:
        wanted.append(Audit.record_id == int(record_id))
    columns = (Audit.outbox_id, *(Audit.__table__.c[name] for name in _LINES if name != "label"))
    with session.database.reading() as connection:
        if search.strip():
            found = named(connection, session.company_id, search, _SOUGHT)
            wanted.append(or_(false(), *(and_(Audit.kind == kind, Audit.record_id.in_(ids)) for kind, ids in found.items())))
        rows = _page(connection, select(*columns).where(*wanted), Audit.id, before, after, size)
        refs = [(row["kind"], row["record_id"]) for row in rows if row["record_id"] is not None]
        called = labels(connection, session.company_id, (ref for ref in refs if ref[0] in KINDS))
        rows = [{**row, "detail": audit.told_of_file(row, held, session.actor)} for row in rows]
        details = [_said(detail) for detail in _offers.details(connection, rows, held)]
    told = [
        {**row, "label": called.get((row["kind"], row["record_id"]), ""), "detail": detail}
        for row, detail in zip(rows, details, strict=True)
    ]
    return frame(told, _LINES)


def _page(
    connection: Connection, wanted: Select[Any], key: Any, before: int | None, after: int | None, size: int
) -> Sequence[dict[str, Any]]:
    """At most `size` rows, newest first: those just older than `before`, or just newer than `after`."""
    if after is not None:
        rows = connection.execute(wanted.where(key > int(after)).order_by(key).limit(size)).mappings().all()[::-1]
    else:
        if before is not None:
            wanted = wanted.where(key < int(before))
        rows = connection.execute(wanted.order_by(key.desc()).limit(size)).mappings().all()
    return [dict(row) for row in rows]


def _said(value: Any) -> str:
    if not value:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
