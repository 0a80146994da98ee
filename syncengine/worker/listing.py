"""What the command line shows: companies, queue and errors as plain rows, read without pandas."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine.preview import preview
from syncengine.store import cycles, errors, outbox, settings
from syncengine.store.tables import Connection as ConnectionRow
from syncengine.store.tables import Error, Lease, Outbox
from syncengine.terms import OutboxState
from syncengine.worker import heartbeats, identity

Rows = list[dict[str, Any]]

_OPEN = [state.value for state in outbox.OPEN]

STATUS = {
    "company": "Company", "sign": "Sync", "last_sync": "Last sync", "waiting": "Waiting", "parked": "Need you", "errors": "Errors",
    "automatic": "Automatic", "next_run": "Next run", "quickbooks": "QuickBooks", "says": "Says",
}
QUEUE = {"n": "#", "operation": "Does", "entity": "Entity", "record": "Record", "state": "State", "says": "Waits for or needs"}
ERRORS = {
    "entity": "Entity", "record": "Record", "code": "Code", "cause": "What is wrong", "remedy": "What to do", "tries": "Tries",
    "since": "Since",
}
WORKERS = {"worker": "Worker", "host": "Host", "pid": "Pid", "started": "Started", "beat": "Last heard"}
COMPANIES = {"id": "Id", "company": "Company", "quickbooks": "QuickBooks", "timezone": "Zone", "created": "Since"}


def company_rows(connection: Connection) -> Rows:
    """All companies by name, with the QuickBooks they talk to."""
    wanted = (
        select(Company, ConnectionRow.environment, ConnectionRow.state, ConnectionRow.sample)
        .outerjoin(ConnectionRow, ConnectionRow.company_id == Company.id).order_by(Company.name, Company.id))
    rows = connection.execute(
        wanted.with_only_columns(
            Company.id, Company.name, Company.timezone, Company.created_at, ConnectionRow.environment, ConnectionRow.state,
            ConnectionRow.sample, ConnectionRow.message)).all()
    return [
        {
            "id": row.id, "company": row.name, "timezone": row.timezone, "created": row.created_at,
            "quickbooks": _quickbooks(row.environment, row.sample, row.state), "message": row.message,
        }
        for row in rows]


def status_rows(connection: Connection, now: datetime, company_id: int | None = None) -> Rows:
    """How each company stands: the last sync and what is to be done."""
    return [
        {**_standing(connection, row["id"], now), "company": row["company"], "quickbooks": row["quickbooks"]}
        for row in company_rows(connection) if company_id in {None, row["id"]}]


def worker_rows(connection: Connection, now: datetime) -> Rows:
    """The workers that live."""
    return [
        {"worker": row["id"], "host": row["host"], "pid": row["pid"], "started": row["started_at"], "beat": row["beat_at"]}
        for row in heartbeats.fresh(connection, now)]


def queue_rows(database: Database, company_id: int, *, at: datetime, offset: int = 0, limit: int | None = None) -> Rows:
    """What the next sync will do, in sending order; what needs a person comes first."""
    rows = []
    for n, planned in enumerate(preview(database, company_id, at=at, offset=offset, limit=limit), offset + 1):
        row = asdict(planned)
        after = f"after {', '.join(planned.waits_for)}" if planned.waits_for else ""
        says = planned.problem or planned.message or after or planned.rests or planned.unsure or planned.note
        rows.append({"n": n, "record": planned.label, "says": says, **row})
    return rows


def queue_count(connection: Connection, company_id: int) -> int:
    """How many rows the queue has."""
    return connection.scalar(select(func.count()).where(Outbox.company_id == company_id, Outbox.state.in_(_OPEN))) or 0


def error_count(connection: Connection, company_id: int) -> int:
    """How many errors are open."""
    return connection.scalar(select(func.count()).where(Error.company_id == company_id, Error.closed_at.is_(None))) or 0


def error_rows(connection: Connection, company_id: int, *, offset: int = 0, limit: int | None = None) -> Rows:
    """The open errors, oldest first; `tries` counts the completed syncs since the first failure."""
    every = errors.open_of(connection, company_id)
    wanted = every[offset : None if limit is None else offset + limit]
    return [
        {
            "id": row["id"], "outbox_id": row["outbox_id"], "entity": row["entity"] or "(connection)", "kind": row["kind"],
            "record": row["label"], "code": row["code"], "message": row["message"], "cause": row["cause"], "remedy": row["remedy"],
            "tid": row["tid"], "tries": row["tries"], "since": row["opened_at"],
        }
        for row in wanted]


def _standing(connection: Connection, company_id: int, now: datetime) -> dict[str, Any]:
    counted = connection.execute(
        select(Outbox.state, func.count()).where(Outbox.company_id == company_id, Outbox.state.in_(_OPEN)).group_by(Outbox.state))
    states: Counter[str] = Counter(dict(counted.all()))
    last = cycles.last(connection, company_id)
    lease = connection.execute(select(Lease.__table__).where(Lease.company_id == company_id)).mappings().first()
    parked, result = states[OutboxState.PARKED.value], last["result"] if last else None
    return {
        "id": company_id, "sign": _sign(result, parked), "last_sync": last["finished_at"] if last else None, "result": result,
        "waiting": sum(states.values()) - parked, "parked": parked, "errors": error_count(connection, company_id),
        "automatic": settings.all_of(connection, company_id)["automatic_sync"], "next_run": lease["next_run_at"] if lease else None,
        "says": _now(connection, lease, now) or (last["message"] if last else None) or "",
    }


def _sign(result: str | None, parked: int) -> str:
    """The sign on the Sync button: a check, or an X while anything is parked or after a run that failed (S22)."""
    if result is None:
        return "X" if parked else "-"
    return "check" if result == "ok" and not parked else "X"


def _now(connection: Connection, lease: RowMapping | None, now: datetime) -> str:
    if lease is None or not lease["owner"] or lease["lease_until"] <= now or identity.dead(lease["owner"]):
        return ""
    running = cycles.last(connection, lease["company_id"], finished=False)
    if running is None or running["finished_at"] is not None:
        return "syncing"
    far = f" {running['done']}/{running['total']}" if running["total"] else ""
    return f"syncing: {running['phase']}{far}"


def _quickbooks(environment: str | None, sample: str | None, state: str | None) -> str:
    if environment is None:
        return "not connected"
    named = f"emulator ({sample})" if environment == "emulator" else environment
    return named if state == "connected" else f"{named}, {state}"
