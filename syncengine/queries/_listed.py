"""What one row of an accounting list shows beside its QuickBooks object: its source, its error, and what its list adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.entities import plain_note
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.store.outbox import chunks
from syncengine.store.tables import Drift, Error, Inbox


def _at(path: str) -> Callable[[Mapping[str, Any]], Any]:
    """What stands at a path of a payload; None where it leads nowhere."""

    def read(payload: Mapping[str, Any]) -> Any:
        value: Any = payload
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    return read


@dataclass(frozen=True)
class AccountingList:
    """One of the seven lists.

    Attributes:
        entity: the QuickBooks entity that it shows.
        title: its heading.
        columns: its own columns with their types, before those that every list ends with.
        read: how columns that the copy does not have as such are read from a payload.
        sought: payload paths that a search looks into beside name and number.
        document: documents come newest first and have totals; the others come by name.
    """

    entity: str
    title: str
    columns: Mapping[str, str]
    read: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    sought: tuple[str, ...] = ()
    document: bool = True


def _document(entity: str, title: str, **read: str) -> AccountingList:
    """A list of documents; `read` names further columns with their payload paths."""
    columns = {"date": "object", "number": "str", **dict.fromkeys(read, "str"), "total": "object"}
    if entity != "JournalEntry":
        columns["balance"] = "object"
    columns["currency"] = "str"
    paths = {**read, "currency": "CurrencyRef.value"}
    sought = tuple(path for name, path in read.items() if name in {"vendor", "customer", "memo"})
    return AccountingList(entity, title, columns, {name: _at(path) for name, path in paths.items()}, sought)


ALL: Mapping[str, AccountingList] = {
    "accounts": AccountingList(
        "Account",
        "Accounts",
        {
            "name": "str", "full_name": "str", "parent": "str", "level": "int64", "type": "str", "detail_type": "str",
            "number": "str", "description": "str", "active": "bool", "balance": "object", "currency": "str",
        },
        {
            "name": _at("Name"),
            "parent": lambda payload: str(payload.get("FullyQualifiedName") or "").rpartition(":")[0],
            "level": lambda payload: str(payload.get("FullyQualifiedName") or "").count(":") + 1,
            "type": _at("AccountType"),
            "detail_type": _at("AccountSubType"),
            "number": _at("AcctNum"),
            "description": _at("Description"),
            "currency": _at("CurrencyRef.value"),
        },
        sought=("AcctNum", "Description"),
        document=False,
    ),
    "bills": _document("Bill", "Bills", vendor="VendorRef.name", due="DueDate", memo="PrivateNote"),
    "credit_memos": _document("CreditMemo", "Credit memos", customer="CustomerRef.name", memo="PrivateNote"),
    "employees": AccountingList(
        "Employee", "Employees", {"name": "str", "active": "bool", "linked_worker": "str"}, document=False
    ),
    "journal_entries": _document("JournalEntry", "Journal entries", memo="PrivateNote"),
    "purchases": _document(
        "Purchase", "Purchases", vendor="EntityRef.name", payment_type="PaymentType", account="AccountRef.name", memo="PrivateNote"
    ),
    "tax_codes": AccountingList(
        "TaxCode",
        "Tax codes",
        {
            "name": "str", "description": "str", "sales_rate": "object", "purchase_rate": "object", "is_sales": "bool",
            "is_purchase": "bool", "rates": "object", "active": "bool",
        },
        {"description": _at("Description")},
        sought=("Description",),
        document=False,
    ),
}  # fmt: skip


def values(shown: AccountingList, row: RowMapping) -> dict[str, Any]:
    payload = wire.loads(row["payload"])
    own = {
        "date": row["txn_date"],
        "number": row["doc_number"],
        "name": row["name"],
        "full_name": row["name"],
        "total": row["total"],
        "balance": row["balance"],
        **{name: read(payload) for name, read in shown.read.items()},
    }
    if "memo" in own:
        own["memo"] = plain_note(own["memo"])
    return {**row, **own}


def more(connection: Connection, company_id: int, shown: AccountingList, rows: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """For each row what only other tables know: its source's name, its error, its drift, and what its list adds."""
    labels, errors = _labels(connection, company_id, rows), _errors(connection, company_id, shown.entity, rows)
    drifted = _drifted(connection, company_id, shown.entity, rows)
    added = _ADDED.get(shown.entity, _nothing)(connection, company_id, rows)
    return [
        {
            "source": labels.get((row["source_kind"], row["source_id"]), ""),
            "sync_error": errors.get(row["qbo_id"], ""),
            "drift": drifted.get((row["source_kind"], row["source_id"]), ""),
            **added.get(row["qbo_id"], {}),
        }
        for row in rows
    ]


def _labels(connection: Connection, company_id: int, rows: Sequence[RowMapping]) -> dict[tuple[str, int], str]:
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row["source_kind"] in KINDS:
            ids.setdefault(row["source_kind"], set()).add(row["source_id"])
    return {
        (kind, record_id): f"{kind.replace('_', ' ').capitalize()} {reader.label(record, kind)}"
        for kind, wanted in ids.items()
        for record_id, record in reader.load(connection, kind, company_id, wanted).items()
    }


def _drifted(connection: Connection, company_id: int, entity: str, rows: Sequence[RowMapping]) -> dict[tuple[str, int], str]:
    """What happened in QuickBooks to the documents of these rows' records that nobody has answered yet (D18)."""
    found: dict[tuple[str, int], str] = {}
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row["source_id"] is not None:
            ids.setdefault(row["source_kind"], set()).add(row["source_id"])
    for kind, wanted in ids.items():
        for part in chunks(wanted):
            unanswered = (Drift.company_id == company_id, Drift.entity == entity, Drift.kind == kind, Drift.resolved_at.is_(None))
            told = select(Drift.record_id, Drift.what).where(*unanswered, Drift.record_id.in_(part))
            found |= {(kind, record_id): what for record_id, what in connection.execute(told)}
    return found


def _errors(connection: Connection, company_id: int, entity: str, rows: Sequence[RowMapping]) -> dict[str, str]:
    """The cause of the newest open error of each row's record (A9), or why the object could not be applied here."""
    ids = [row["qbo_id"] for row in rows]
    refused = select(Inbox.qbo_id, Inbox.cause).where(Inbox.company_id == company_id, Inbox.entity == entity, Inbox.qbo_id.in_(ids))
    found: dict[str, str] = dict(connection.execute(refused).all())
    by_record = {(row["source_kind"], row["source_id"]): row["qbo_id"] for row in rows if row["source_id"] is not None}
    for part in chunks({record_id for _, record_id in by_record}):
        wanted = select(Error.kind, Error.record_id, Error.cause).where(
            Error.company_id == company_id, Error.entity == entity, Error.record_id.in_(part), Error.closed_at.is_(None)
        )
        for kind, record_id, cause in connection.execute(wanted.order_by(Error.id)):
            if (kind, record_id) in by_record:
                found[by_record[kind, record_id]] = cause
    return found


_Added = dict[str, dict[str, Any]]


def _nothing(_connection: Connection, _company_id: int, _rows: Sequence[RowMapping]) -> _Added:
    return {}


def _workers(connection: Connection, company_id: int, rows: Sequence[RowMapping]) -> _Added:
    """The workers here that are tied to these employees."""
    link = KINDS["employee_link"].table.c
    wanted = select(link.employee_qbo_id, link.worker_name).where(
        link.company_id == company_id, link.employee_qbo_id.in_([row["qbo_id"] for row in rows])
    )
    found: dict[str, list[str]] = {}
    for qbo_id, name in connection.execute(wanted.order_by(link.id)):
        found.setdefault(qbo_id, []).append(name or "")
    return {qbo_id: {"linked_worker": ", ".join(names)} for qbo_id, names in found.items()}


_SIDES = {"sales": "SalesTaxRateList", "purchase": "PurchaseTaxRateList"}


def _rates(connection: Connection, company_id: int, rows: Sequence[RowMapping]) -> _Added:
    """What each tax code is made of: its rates with their percentages, as far as the rates have arrived, and their sums."""
    payloads = {row["qbo_id"]: wire.loads(row["payload"]) for row in rows}
    refs = {qbo_id: {side: _rate_refs(payload, name) for side, name in _SIDES.items()} for qbo_id, payload in payloads.items()}
    wanted = {ref for sides in refs.values() for each in sides.values() for ref in each}
    known = {key: wire.loads(row["payload"]) for key, row in ledger.load(connection, company_id, "TaxRate", wanted).items()}
    return {qbo_id: _of_code(sides, known) for qbo_id, sides in refs.items()}


def _rate_refs(payload: Mapping[str, Any], side: str) -> list[str]:
    details = (payload.get(side) or {}).get("TaxRateDetail") or []
    return [str((each.get("TaxRateRef") or {}).get("value")) for each in details]


def _of_code(sides: Mapping[str, Sequence[str]], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    every = dict.fromkeys(ref for refs in sides.values() for ref in refs)
    return {
        **{f"is_{side}": bool(refs) for side, refs in sides.items()},
        **{f"{side}_rate": _percent(refs, known) for side, refs in sides.items()},
        "rates": tuple(f"{known[ref].get('Name')} {known[ref].get('RateValue')} %" for ref in every if ref in known),
    }


def _percent(refs: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> Decimal | None:
    """The rates together; None where there is none, or one has not arrived."""
    values = [known[ref].get("RateValue") for ref in refs if ref in known]
    if not refs or len(values) < len(refs) or None in values:
        return None
    return sum((Decimal(str(value)) for value in values), Decimal(0))


_ADDED: Mapping[str, Callable[[Connection, int, Sequence[RowMapping]], _Added]] = {"Employee": _workers, "TaxCode": _rates}
