"""Keeps the view-only copies: takes QuickBooks objects as they came and never sends anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, insert, update
from sqlalchemy.engine import RowMapping

from syncengine.ledger import reader
from syncengine.ledger.tables import LedgerObject
from syncengine.quickbooks import wire

#: What the columns hold: seven places in a BIGINT, names of 1,000 characters.
_PLACES, _MOST, _NAME_MAX = 7, Decimal(10) ** 11, 1_000
#: SQLite takes 32,766 parameters a statement; a margin for those that are not ids.
_CHUNK = 5_000


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
    try:
        amount = Decimal(str(value))
        return round(amount, _PLACES) if amount.is_finite() and abs(amount) < _MOST else None
    except InvalidOperation:
        return None


def _total(payload: Mapping[str, Any]) -> Decimal | None:
    """TotalAmt; of a journal entry, whose TotalAmt is missing or says 0, the sum of its debits."""
    lines = payload.get("Line")
    debits = [each for each in lines if isinstance(each, Mapping) and _debits(each)] if isinstance(lines, list) else []
    if not debits:
        return _money(payload.get("TotalAmt"))
    return sum((amount for each in debits if (amount := _money(each.get("Amount"))) is not None), Decimal(0))


def _debits(line: Mapping[str, Any]) -> bool:
    detail = line.get("JournalEntryLineDetail")
    return isinstance(detail, Mapping) and detail.get("PostingType") == "Debit"


def _word(value: Any, longest: int) -> str:
    """Text that any database keeps, cut to its column; a name of five long levels is longer than ours."""
    return str(value).replace("\0", "")[:longest]


def row_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The list columns of a QuickBooks object: tolerant, for a column that cannot be read stays empty."""
    name = _word(payload.get("FullyQualifiedName") or payload.get("DisplayName") or payload.get("Name") or "", _NAME_MAX)
    number, token, meta = payload.get("DocNumber"), payload.get("SyncToken"), payload.get("MetaData")
    return {
        "sync_token": None if token is None else _word(token, 32),
        "name": name,
        "name_key": reader.name_key(name),
        "doc_number": None if number is None else _word(number, 64),
        "txn_date": _date(payload.get("TxnDate")),
        "total": _total(payload),
        "balance": _money(payload.get("Balance", payload.get("CurrentBalance"))),
        "active": payload.get("Active", True) is not False,
        "deleted": payload.get("status") == "Deleted",
        "payload": wire.dumps(payload).decode(),
        "changed_at": _time(meta.get("LastUpdatedTime")) if isinstance(meta, Mapping) else None,
    }


def _older(known: RowMapping | dict[str, Any], token: Any) -> bool:
    """Whether `known` is a newer version than `token`: an older version never goes over a newer one."""
    try:
        return int(known["sync_token"] or 0) > int(token or 0) and not known["deleted"]
    except (TypeError, ValueError):
        return False


def _latest(objects: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The columns of each object by Id, of its newest version where there are several."""
    rows: dict[str, dict[str, Any]] = {}
    for each in objects:
        qbo_id, row = str(each["Id"]), row_of(each)
        if qbo_id not in rows or not _older(rows[qbo_id], row["sync_token"]):
            rows[qbo_id] = row
    return rows


def keep(connection: Connection, company_id: int, entity: str, objects: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Store full objects as they came; an object that is held in a newer version already is left alone."""
    latest = _latest(objects)
    known = reader.load(connection, company_id, entity, latest)
    fresh, changed, stale = [], [], []
    for qbo_id, columns in latest.items():
        row = {"seen_at": at, **columns}
        if qbo_id not in known:
            fresh.append({"company_id": company_id, "entity": entity, "qbo_id": qbo_id, **row})
        elif _older(known[qbo_id], row["sync_token"]):
            stale.append(known[qbo_id]["id"])
        else:
            changed.append({"row_id": known[qbo_id]["id"], **{f"v_{name}": value for name, value in row.items()}})
    for start in range(0, len(stale), _CHUNK):
        # An old version of it is still a sign of life: without it, a whole read would take the object for deleted.
        seen = update(LedgerObject).where(LedgerObject.id.in_(stale[start : start + _CHUNK]), LedgerObject.seen_at < at)
        connection.execute(seen.values(seen_at=at))
    if fresh:
        connection.execute(insert(LedgerObject), fresh)
    if changed:
        connection.execute(_set(tuple(name.removeprefix("v_") for name in changed[0] if name.startswith("v_"))), changed)


@cache
def _set(names: tuple[str, ...]) -> Update:
    """Sets these columns of one copy: put into SQL once."""
    one = update(LedgerObject).where(LedgerObject.id == bindparam("row_id"))
    return one.values({name: bindparam(f"v_{name}") for name in names})


def mark_deleted(connection: Connection, company_id: int, entity: str, qbo_ids: Sequence[str], at: datetime) -> None:
    """The objects are gone from QuickBooks; their last state stays readable."""
    every = list(qbo_ids)
    for start in range(0, len(every), _CHUNK):
        connection.execute(
            update(LedgerObject)
            .where(
                LedgerObject.company_id == company_id,
                LedgerObject.entity == entity,
                LedgerObject.qbo_id.in_(every[start : start + _CHUNK]),
            )
            .values(deleted=True, seen_at=at)
        )
