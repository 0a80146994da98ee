"""Keeps the view-only copies: takes QuickBooks objects as they came and never sends anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from syncengine.ledger import reader
from syncengine.ledger.tables import LedgerObject
from syncengine.quickbooks import wire


def _time(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _money(value: Any) -> Decimal | None:
    if value is None:
        return None
    amount = Decimal(str(value))
    return round(amount, 7) if amount.is_finite() else None


def row_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The list columns of a QuickBooks object: tolerant, for a column that cannot be read stays empty."""
    name = str(payload.get("FullyQualifiedName") or payload.get("DisplayName") or payload.get("Name") or "")
    number = payload.get("DocNumber")
    return {
        "sync_token": payload.get("SyncToken"),
        "name": name,
        "name_key": reader.name_key(name),
        "doc_number": None if number is None else str(number)[:64],
        "txn_date": _date(payload.get("TxnDate")),
        "total": _money(payload.get("TotalAmt")),
        "balance": _money(payload.get("Balance", payload.get("CurrentBalance"))),
        "active": payload.get("Active", True) is not False,
        "deleted": payload.get("status") == "Deleted",
        "payload": wire.dumps(payload).decode(),
        "changed_at": _time((payload.get("MetaData") or {}).get("LastUpdatedTime")),
    }


def _older(known: Any, payload: Mapping[str, Any]) -> bool:
    """Whether the copy we hold is newer than `payload`: an older version never goes over a newer one."""
    try:
        return int(known["sync_token"] or 0) > int(payload.get("SyncToken") or 0) and not known["deleted"]
    except ValueError:
        return False


def keep(connection: Connection, company_id: int, entity: str, objects: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Store full objects as they came; an object that is held in a newer version already is left alone."""
    latest = {str(each["Id"]): each for each in objects}
    known = reader.load(connection, company_id, entity, latest)
    fresh, changed = [], []
    for qbo_id, payload in latest.items():
        row = {"seen_at": at, **row_of(payload)}
        if qbo_id not in known:
            fresh.append({"company_id": company_id, "entity": entity, "qbo_id": qbo_id, **row})
        elif not _older(known[qbo_id], payload):
            changed.append({"row_id": known[qbo_id]["id"], **{f"v_{name}": value for name, value in row.items()}})
    if fresh:
        connection.execute(insert(LedgerObject), fresh)
    if changed:
        names = [name.removeprefix("v_") for name in changed[0] if name.startswith("v_")]
        connection.execute(
            update(LedgerObject)
            .where(LedgerObject.id == bindparam("row_id"))
            .values({name: bindparam(f"v_{name}") for name in names}),
            changed,
        )


def mark_deleted(connection: Connection, company_id: int, entity: str, qbo_ids: Sequence[str], at: datetime) -> None:
    """The objects are gone from QuickBooks; their last state stays readable."""
    if qbo_ids:
        connection.execute(
            update(LedgerObject)
            .where(
                LedgerObject.company_id == company_id,
                LedgerObject.entity == entity,
                LedgerObject.qbo_id.in_(list(qbo_ids)),
            )
            .values(deleted=True, seen_at=at)
        )
