"""The seven accounting lists (S36): view-only copies of QuickBooks objects, each behind its own permission (S38).

Nothing here or in `commands` writes them: what they show is changed in QuickBooks (S37, S39). A document that was sent from
here names the inventory record that it came from, and the newest open error of that record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Connection, Select, and_, cast, func, or_, select, type_coerce
from sqlalchemy.engine import RowMapping

from syncengine.entities import plain_note
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger
from syncengine.ledger.tables import LedgerObject
from syncengine.queries.session import Session
from syncengine.quickbooks import wire
from syncengine.store import rights
from syncengine.store.outbox import chunks
from syncengine.store.rights import LISTS, Permission, list_named
from syncengine.store.tables import Binding, Error, Inbox

if TYPE_CHECKING:
    import pandas as pd

_MOMENT = "datetime64[us, UTC]"
#: What every list ends with: the object, the inventory record behind it, and how their sync stands.
_TAIL = {
    "qbo_id": "str",
    "deleted": "bool",
    "source": "str",
    "source_kind": "str",
    "source_id": "Int64",
    "last_sync": _MOMENT,
    "sync_error": "str",
}
_TOTALS = {"currency": "str", "number": "int64", "total": "object", "balance": "object"}


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


def _opens(name: str, **_: Any) -> tuple[Permission, ...]:
    return (list_named(name),)


@rights.needs(Permission.SEE_SYNC)
def accounting_lists(session: Session) -> pd.DataFrame:
    """Those of the seven lists that the person may see: name, title, QuickBooks entity, and how many entries there are."""
    from syncengine.queries._frames import frame

    held = rights.of(session)
    with session.database.reading() as connection:
        counts = ledger.counts(connection, session.company_id)
    rows = [
        {"name": name, "title": each.title, "entity": each.entity, "number": counts.get(each.entity, 0)}
        for name, each in ALL.items()
        if held.may(LISTS[name])
    ]
    return frame(rows, {"name": "str", "title": "str", "entity": "str", "number": "int64"})


@rights.needs(by=_opens)
def accounting_list(session: Session, name: str, *, search: str = "", page: int = 1, size: int = 50) -> pd.DataFrame:
    """One page of one accounting list, such as 'bills': documents newest first, others by name; for viewing only.

    `source` is the inventory record that the document came from, `last_sync` when both sides last agreed (or the copy was
    last seen), `sync_error` the cause of the newest open error; empty is fine. `search` looks into name, number, party and
    memo. Entries that were deleted in QuickBooks stay, and say so.
    """
    from syncengine.queries._frames import frame

    shown = ALL[name]
    with session.database.reading() as connection:
        found = connection.execute(_page(connection, session, shown, search, int(page), int(size))).mappings().all()
        more = _more(connection, session.company_id, shown, found)
    rows = [{**_row(shown, row), **extra} for row, extra in zip(found, more, strict=True)]
    return frame(rows, {**shown.columns, **_TAIL})


@rights.needs(by=_opens)
def accounting_totals(session: Session, name: str, *, search: str = "") -> pd.DataFrame:
    """How many entries the list has, and for documents the sum of their totals and balances, one row for each currency.

    Entries that were deleted in QuickBooks are left out. Lists without documents have one row without sums.
    """
    from syncengine.queries._frames import frame

    shown = ALL[name]
    with session.database.reading() as connection:
        where = [*_matching(connection, session, shown, search), LedgerObject.deleted.is_(False)]
        if not shown.document:
            number = connection.scalar(select(func.count()).select_from(LedgerObject).where(*where)) or 0
            return frame([{"currency": "", "number": number}], _TOTALS)
        currency = func.coalesce(_in_payload(connection, "CurrencyRef.value"), "")
        sums = [*_sum(LedgerObject.total), *_sum(LedgerObject.balance)]
        found = connection.execute(select(currency, func.count(), *sums).where(*where).group_by(currency).order_by(currency)).all()
    rows = [
        {"currency": code, "number": number, "total": _joined(*parts[:2]), "balance": _joined(*parts[2:])}
        for code, number, *parts in found
    ]
    return frame(rows, _TOTALS)


@rights.needs(by=_opens)
def accounting_count(session: Session, name: str, *, search: str = "") -> int:
    """How many entries `accounting_list` pages through, those that were deleted in QuickBooks among them."""
    with session.database.reading() as connection:
        where = _matching(connection, session, ALL[name], search)
        return connection.scalar(select(func.count()).select_from(LedgerObject).where(*where)) or 0


def _page(connection: Connection, session: Session, shown: AccountingList, search: str, page: int, size: int) -> Select[Any]:
    pair = and_(
        Binding.company_id == LedgerObject.company_id,
        Binding.entity == LedgerObject.entity,
        Binding.qbo_id == LedgerObject.qbo_id,
        Binding.ended_at.is_(None),
    )
    wanted = select(
        LedgerObject.__table__,
        Binding.kind.label("source_kind"),
        Binding.record_id.label("source_id"),
        func.coalesce(Binding.last_success_at, LedgerObject.seen_at).label("last_sync"),
    ).outerjoin(Binding, pair)
    newest = (LedgerObject.txn_date.desc().nulls_last(), LedgerObject.id.desc())
    order = newest if shown.document else (LedgerObject.name_key, LedgerObject.id)
    return wanted.where(*_matching(connection, session, shown, search)).order_by(*order).offset((page - 1) * size).limit(size)


def _matching(connection: Connection, session: Session, shown: AccountingList, search: str) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [LedgerObject.company_id == session.company_id, LedgerObject.entity == shown.entity]
    if sought := search.strip():
        columns: list[Any] = [LedgerObject.name, LedgerObject.doc_number]
        columns += [_in_payload(connection, path) for path in shown.sought]
        where.append(or_(*(column.icontains(sought, autoescape=True) for column in columns)))
    return where


def _in_payload(connection: Connection, path: str) -> ColumnElement[str]:
    """What stands at a path of the payload, read by the database."""
    payload: Any = LedgerObject.payload
    whole: Any = cast(payload, JSON) if connection.dialect.name == "postgresql" else type_coerce(payload, JSON)
    found: ColumnElement[str] = whole[tuple(path.split("."))].as_string()
    return found


#: The copies keep money in units of ten to the minus seven.
_UNITS = 10**7


def _sum(column: Any) -> list[ColumnElement[Any]]:
    """Whole amounts and the rest, summed apart: a sum of the small units alone may exceed what SQLite counts to."""
    units: Any = type_coerce(column, BigInteger)
    return [func.sum(units // _UNITS), func.sum(units % _UNITS)]


def _joined(whole: Any, rest: Any) -> Decimal:
    return Decimal(int(whole or 0)) + Decimal(int(rest or 0)) / _UNITS


# --- what one row shows -----------------------------------------------------------------------------------------------


def _row(shown: AccountingList, row: RowMapping) -> dict[str, Any]:
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


def _more(connection: Connection, company_id: int, shown: AccountingList, rows: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """For each row what only other tables know: its source's name, its error, and what its list adds."""
    labels, errors = _labels(connection, company_id, rows), _errors(connection, company_id, shown.entity, rows)
    added = _ADDED.get(shown.entity, _nothing)(connection, company_id, rows)
    return [
        {
            "source": labels.get((row["source_kind"], row["source_id"]), ""),
            "sync_error": errors.get(row["qbo_id"], ""),
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
