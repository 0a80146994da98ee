"""Timeline: everything that ever happened to one record, in one answer, so that it says why it is in QuickBooks, or not.

Put together from the audit trail (moves, decisions, acts of people), the attempts (each request with its payload and its
answer), errors, corrections, conflicts and drift. The same answer serves the page, SQL and the notebook.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select
from sqlalchemy.engine import RowMapping

from syncengine.queries import _offers
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.audit import ENGINE
from syncengine.store.tables import Attempt, AttemptItem, Audit, Conflict, Correction, Cycle, Drift, Error, Outbox
from syncengine.store.veil import veiled
from syncengine.terms import Outcome

if TYPE_CHECKING:
    import pandas as pd

_TIMELINE = {
    "at": "datetime64[us, UTC]",
    "event": "str",
    "actor": "str",
    "cycle_id": "Int64",
    "run": "str",
    "entity": "str",
    "requestid": "str",
    "request": "str",
    "answer": "str",
    "tid": "str",
    "correction": "str",
    "detail": "str",
}
_ANSWERS = {
    Outcome.ACCEPTED: "accepted by QuickBooks",
    Outcome.REFUSED: "refused by QuickBooks",
    Outcome.UNKNOWN: "no answer came",
    Outcome.OPEN: "no answer yet",
}
#: How errors end by a run itself; others are closed by people's acts, also while one runs.
HEALED = ("sent", "recovered")
#: Events of one moment, in the order in which they follow from each other.
_ORDER = ("audit", "anew", "sent", "answered", "left", "error", "correction", "conflict", "drift")
_Event = dict[str, Any]


@rights.needs(rights.Permission.SEE_SYNC)
def timeline(session: Session, kind: str, record_id: int) -> pd.DataFrame:
    """Every event of one record, oldest first.

    `run` says why the sync ran in which it happened; `request` is the payload as it was sent and `answer` QuickBooks'
    Fault or the Id that it gave, both JSON; `tid` is QuickBooks' own name for the exchange (intuit_tid), `correction`
    the correction that acted. What belongs to an accounting list is hidden from who may not see that list.
    """
    from syncengine.queries._frames import frame

    held = rights.of(session)
    with session.database.reading() as connection:
        asked = (session.company_id, kind, int(record_id))
        found = list(_events(connection, *asked, held))
        runs = _runs(connection, {event["cycle_id"] for event in found if event.get("cycle_id")})
    found.sort(key=lambda event: (event["at"], _ORDER.index(event["source"]), event["place"]))
    shown = [{"run": "", **_in_run(event, runs), "detail": _said(_open_detail(event, held))} for event in found]
    return frame(veiled(shown, held), _TIMELINE)


def _open_detail(event: _Event, held: rights.Rights) -> object:
    """The detail without values of a list that is closed to the person: of what drifted, only which fields they are."""
    detail = event.get("detail")
    if event["source"] == "drift" and isinstance(detail, Mapping) and not held.sees(event["entity"]):
        return {**detail, "fields": [each["field"] for each in detail["fields"]]}
    return detail


def _events(connection: Connection, company_id: int, kind: str, record_id: int, held: rights.Rights) -> Iterator[_Event]:
    asked = {"company": company_id, "of_kind": kind, "of_record": record_id}

    def of(table: type[Any]) -> list[Mapping[str, Any]]:
        return list(connection.execute(_of_record(table), asked).mappings())  # type: ignore[arg-type] # rows are mappings

    corrections = of(Correction)
    yield from _audited({**line, "detail": _offers.told(line, corrections, held)} for line in of(Audit))
    yield from _attempts(connection.execute(_sends(), asked).mappings())
    yield from _errors(of(Error))
    yield from _corrections(_offers.worded(row, held) for row in corrections)
    yield from _decisions(of(Conflict), "conflict")
    yield from _decisions(of(Drift), "drift")


def _is_of_record(table: type[Any]) -> tuple[ColumnElement[bool], ...]:
    return table.company_id == bindparam("company"), table.kind == bindparam("of_kind"), table.record_id == bindparam("of_record")


@cache
def _of_record(table: type[Any]) -> Select[Any]:
    """Put into SQL once, as every drawer asks it of six tables."""
    return select(table.__table__).where(*_is_of_record(table)).order_by(table.id)


@cache
def _sends() -> Select[Any]:
    columns = (
        AttemptItem.id, AttemptItem.entity, AttemptItem.operation, AttemptItem.payload, AttemptItem.outcome, AttemptItem.qbo_id,
        AttemptItem.fault, Attempt.requestid, Attempt.cycle_id, Attempt.made_at, Attempt.answered_at, Attempt.tid, Attempt.sends,
        Attempt.note,
    )  # fmt: skip
    wanted = select(*columns).join(Attempt, Attempt.id == AttemptItem.attempt_id).join(Outbox, Outbox.id == AttemptItem.outbox_id)
    return wanted.where(*_is_of_record(Outbox)).order_by(AttemptItem.id)


def _event(source: str, row: Mapping[str, Any], at: Any, event: str, **more: Any) -> _Event:
    empty = dict.fromkeys(("entity", "requestid", "request", "answer", "tid", "correction"), "")
    base = {"source": source, "place": row["id"], "at": at, "event": event, "actor": ENGINE, "cycle_id": None}
    told = {name: value for name, value in more.items() if value is not None}
    return {**base, **empty, "entity": row.get("entity") or "", **told}


def _audited(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Event]:
    for row in rows:
        detail = row["detail"] or {}
        entity = str(detail.get("entity") or "") if isinstance(detail, Mapping) else ""
        # A row rests again by what became of its request.
        source = "left" if row["event"].startswith("running -> ") else "audit"
        yield _event(
            source, row, row["at"], row["event"], actor=row["actor"], cycle_id=row["cycle_id"], detail=detail, entity=entity
        )


def _attempts(rows: Iterable[Mapping[Any, Any]]) -> Iterator[_Event]:
    for row in rows:
        shared = {"cycle_id": row["cycle_id"], "requestid": row["requestid"]}
        more = f", {row['sends']} times" if row["sends"] > 1 else ""
        yield _event("sent", row, row["made_at"], f"{row['operation']} sent{more}", request=row["payload"], **shared)
        outcome = Outcome(row["outcome"])
        if row["answered_at"] is None and outcome is Outcome.OPEN:
            continue
        answer = _said(row["fault"]) or (_said({"Id": row["qbo_id"]}) if row["qbo_id"] else "")
        at = row["answered_at"] or row["made_at"]
        yield _event("answered", row, at, _ANSWERS[outcome], answer=answer, tid=row["tid"], detail=row["note"], **shared)


def _errors(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Event]:
    for row in rows:
        shared = {"correction": row["correction"], "tid": row["tid"]}
        said = {name: row[name] for name in ("code", "message", "cause", "remedy", "tries") if row[name] not in {None, ""}}
        yield _event("error", row, row["opened_at"], "error opened", cycle_id=row["first_cycle_id"], detail=said, **shared)
        if row["closed_at"] is not None:
            closed = f"error closed: {row['closed_why'] or ''}".rstrip(": ")
            # What makes a record new comes before it is sent again; what closes with an answer, after that.
            healed = row["closed_why"] in HEALED
            yield {**_event("error" if healed else "anew", row, row["closed_at"], closed, **shared), "healed": healed}


def _corrections(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Event]:
    for row in rows:
        shared = {"correction": row["name"]}
        yield _event("correction", row, row["offered_at"], "correction offered", detail={"says": row["says"]}, **shared)
        if row["wanted_at"] is not None:
            yield _event("correction", row, row["wanted_at"], "correction asked for", actor=row["wanted_by"], **shared)
        if row["done_at"] is not None:
            done = {"state": row["state"], "outcome": row["outcome"]}
            event = f"correction {row['state']}"
            yield _event("correction", row, row["done_at"], event, cycle_id=row["cycle_id"], detail=done, **shared)


def _decisions(rows: Iterable[Mapping[str, Any]], what: str) -> Iterator[_Event]:
    for row in rows:
        about = {"field": row["field"]} if what == "conflict" else {"what": row["what"], "fields": row["fields"]}
        yield _event(what, row, row["opened_at"], f"{what} opened", detail=about)
        if row["resolved_at"] is not None:
            ended = {**about, "stands": row["resolution"]}
            yield _event(what, row, row["resolved_at"], f"{what} settled", actor=row["resolved_by"] or ENGINE, detail=ended)


def _runs(connection: Connection, cycle_ids: set[int]) -> dict[int, RowMapping]:
    """Why each run was made, who asked for it, and how long it lasted."""
    wanted = select(Cycle.id, Cycle.trigger, Cycle.requested_by, Cycle.started_at, Cycle.finished_at).where(Cycle.id.in_(cycle_ids))
    return {row["id"]: row for row in connection.execute(wanted).mappings()} if cycle_ids else {}


def _run_of(event: _Event, runs: Mapping[int, RowMapping]) -> RowMapping | None:
    """The run in which it happened. A run that heals an error moves its record, and a company has one run at a time."""
    if not event.get("healed"):
        return runs.get(event["cycle_id"] or 0)
    at = event["at"]
    lasted = (run for run in runs.values() if run["started_at"] <= at <= (run["finished_at"] or at))
    return max(lasted, key=lambda run: int(run["id"]), default=None)


def _in_run(event: _Event, runs: Mapping[int, RowMapping]) -> _Event:
    run = _run_of(event, runs)
    return event if run is None else {**event, "cycle_id": run["id"], "run": f"{run['trigger']}, {run['requested_by']}"}


def _said(detail: object) -> str:
    if not detail:
        return ""
    return detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False, default=str)
