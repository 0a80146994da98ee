"""The seven accounting lists (S36): view-only copies of QuickBooks objects, each behind its own permission (S38).

Nothing here or in `commands` writes them: what they show is changed in QuickBooks (S37, S39). A document that was sent from
here names the inventory record that it came from, and the newest open error of that record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy import JSON, BigInteger, ColumnElement, Connection, Select, and_, cast, exists, func, or_, select, type_coerce

from syncengine.db.texts import holds
from syncengine.ledger import reader as ledger
from syncengine.ledger.tables import LedgerObject
from syncengine.queries import _listed, places
from syncengine.queries._listed import ALL, AccountingList
from syncengine.queries.session import Session
from syncengine.quickbooks import wire
from syncengine.store import rights
from syncengine.store.rights import LISTS, Permission, list_named
from syncengine.store.tables import Binding, Drift, Error, Inbox

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
    "drift": "str",
}
_TOTALS = {"currency": "str", "number": "int64", "total": "object", "balance": "object"}


class Narrowed(TypedDict, total=False):
    """What of a list is wanted.

    Attributes:
        search: a text in name, number, party or memo.
        since, until: the first and the last day of documents, both included.
        problems: only what has a sync error, or was deleted in QuickBooks, or changed there since it was sent.
    """

    search: str
    since: date | None
    until: date | None
    problems: bool


def _opens(name: str, *_args: Any, **_: Any) -> tuple[Permission, ...]:
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
def accounting_list(
    session: Session, name: str, *, page: int = 1, size: int = 50, **narrowed: Unpack[Narrowed]
) -> pd.DataFrame:
    """One page of one accounting list, such as 'bills': documents newest first, others by name; for viewing only.

    `source` is the inventory record that the document came from, `last_sync` when both sides last agreed (or the copy was
    last seen), `sync_error` the cause of the newest open error, `drift` what was done in QuickBooks to a document that was sent
    from here (changed, voided, deleted) and waits for an answer; empty is fine. `narrowed` leaves out what is not wanted
    (`Narrowed`). Entries that were deleted in QuickBooks stay, and say so.
    """
    shown = ALL[name]
    with session.database.reading() as connection:
        where = _matching(connection, session, shown, narrowed)
        return _told(connection, session, shown, where, int(page), int(size))


@rights.needs(by=_opens)
def accounting_totals(session: Session, name: str, **narrowed: Unpack[Narrowed]) -> pd.DataFrame:
    """How many entries the list has, and for documents the sum of their totals and balances, one row for each currency.

    Entries that were deleted in QuickBooks are left out. Lists without documents have one row without sums.
    """
    shown = ALL[name]
    with session.database.reading() as connection:
        return _totals(connection, session, shown, _matching(connection, session, shown, narrowed))


def _totals(
    connection: Connection, session: Session, shown: AccountingList, where: Sequence[ColumnElement[bool]]
) -> pd.DataFrame:
    from syncengine.queries._frames import frame

    where = [*where, LedgerObject.deleted.is_(False)]
    if not shown.document:
        return frame([{"currency": "", "number": _number(connection, where)}], _TOTALS)
    sums = [*_sum(LedgerObject.total), *_sum(LedgerObject.balance)]
    if (home := _only_currency(connection, session.company_id)) is not None:
        # There is but one, so no payload has to be looked into, which takes longer than all the rest of a page.
        number, *parts = connection.execute(select(func.count(), *sums).where(*where)).one()
        found = [(home, number, *parts)] if number else []
    else:
        currency = func.coalesce(_in_payload(connection, "CurrencyRef.value"), "")
        by_code = select(currency, func.count(), *sums).where(*where).group_by(currency).order_by(currency)
        found = [tuple(row) for row in connection.execute(by_code)]
    rows = [
        {"currency": code, "number": number, "total": _joined(*parts[:2]), "balance": _joined(*parts[2:])}
        for code, number, *parts in found
    ]
    return frame(rows, _TOTALS)


@rights.needs(by=_opens)
def accounting_count(session: Session, name: str, **narrowed: Unpack[Narrowed]) -> int:
    """How many entries `accounting_list` pages through, those that were deleted in QuickBooks among them."""
    with session.database.reading() as connection:
        return _number(connection, _matching(connection, session, ALL[name], narrowed))


#: So many entries that match are looked up by their ids; where there are more, what is asked for is asked again of each.
_FEW = 3000


@rights.needs(by=_opens)
def accounting_page(
    session: Session, name: str, *, page: int = 1, size: int = 50, **narrowed: Unpack[Narrowed]
) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    """What `accounting_count`, `accounting_totals` and `accounting_list` give, found together.

    A list that is searched, or narrowed to its problems, is gone through once for all three where no more than some
    thousands match.
    """
    shown = ALL[name]
    with session.database.reading() as connection:
        where = _matching(connection, session, shown, narrowed)
        total = None
        if narrowed.get("search", "").strip() or narrowed.get("problems"):
            ids = list(connection.scalars(select(LedgerObject.id).where(*where).limit(_FEW + 1)))
            if len(ids) <= _FEW:
                # A sum is in no index: SQLite would rather go through the list than look up these few.
                total, where = len(ids), [LedgerObject.id.in_(ids), LedgerObject.company_id + 0 == session.company_id]
        if total is None:
            total = _number(connection, where)
        totals = _totals(connection, session, shown, where)
        return total, totals, _told(connection, session, shown, where, int(page), int(size))


def _number(connection: Connection, where: Sequence[ColumnElement[bool]]) -> int:
    return connection.scalar(select(func.count()).select_from(LedgerObject).where(*where)) or 0


@rights.needs(by=_opens)
def accounting_entry(session: Session, name: str, qbo_id: str) -> dict[str, Any] | None:
    """One entry of a list: what its row shows, `payload` as QuickBooks gave it, and its `address` there; None for no such Id.

    The address is empty where QuickBooks has no page for it, or cannot be reached from this machine.
    """
    shown = ALL[name]
    with session.database.reading() as connection:
        wanted = _joined_with_pair().where(*_matching(connection, session, shown, {}), LedgerObject.qbo_id == str(qbo_id))
        found = connection.execute(wanted).mappings().first()
        if found is None:
            return None
        [more] = _listed.more(connection, session.company_id, shown, [found])
        address = places.address(connection, session.company_id, shown.entity, str(qbo_id))
        entry = {**_listed.values(shown, found), **more, "address": address}
        if "currency" in entry and not entry["currency"]:  # QuickBooks names none where it knows but one
            entry["currency"] = _only_currency(connection, session.company_id) or ""
    return entry


#: The binding by which an entry belongs to an inventory record.
_PAIR = and_(
    Binding.company_id == LedgerObject.company_id,
    Binding.entity == LedgerObject.entity,
    Binding.qbo_id == LedgerObject.qbo_id,
    Binding.ended_at.is_(None),
)


def _joined_with_pair() -> Select[Any]:
    """Entries with the inventory record behind each, and when both last agreed."""
    return select(
        LedgerObject.__table__,
        Binding.kind.label("source_kind"),
        Binding.record_id.label("source_id"),
        func.coalesce(Binding.last_success_at, LedgerObject.seen_at).label("last_sync"),
    ).outerjoin(Binding, _PAIR)


def _told(
    connection: Connection, session: Session, shown: AccountingList, where: Sequence[ColumnElement[bool]], page: int, size: int
) -> pd.DataFrame:
    """One page of the entries that satisfy the conditions, as the list shows them."""
    from syncengine.queries._frames import frame

    newest = (LedgerObject.txn_date.desc().nulls_last(), LedgerObject.id.desc())
    order = newest if shown.document else (LedgerObject.name_key, LedgerObject.id)
    wanted = _joined_with_pair().where(*where).order_by(*order).offset((page - 1) * size).limit(size)
    found = connection.execute(wanted).mappings().all()
    more = _listed.more(connection, session.company_id, shown, found)
    rows = [{**_listed.values(shown, row), **extra} for row, extra in zip(found, more, strict=True)]
    return frame(rows, {**shown.columns, **_TAIL})


def _matching(
    connection: Connection, session: Session, shown: AccountingList, narrowed: Narrowed
) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [LedgerObject.company_id == session.company_id, LedgerObject.entity == shown.entity]
    if sought := narrowed.get("search", "").strip():
        where.append(_holding(connection, shown, sought))
    if (since := narrowed.get("since")) is not None:
        where.append(LedgerObject.txn_date >= since)
    if (until := narrowed.get("until")) is not None:
        where.append(LedgerObject.txn_date <= until)
    if narrowed.get("problems"):
        where.append(_with_problem())
    return where


def _holding(connection: Connection, shown: AccountingList, sought: str) -> ColumnElement[bool]:
    """Entries that have the text in their name, their number, or one of the fields that the list is searched by."""
    own = [holds(LedgerObject.name, sought), holds(LedgerObject.doc_number, sought)]
    if not shown.sought:
        return or_(*own)
    within = or_(*(holds(_in_payload(connection, path), sought) for path in shown.sought))
    if sought.isascii() and sought.replace(" ", "").replace("-", "").isalnum():
        # Such a text stands in JSON as it is: most payloads need not be taken apart to know that it is in none of their fields.
        payload: Any = LedgerObject.payload
        within = and_(holds(payload, sought), within)
    return or_(*own, within)


def _with_problem() -> ColumnElement[bool]:
    """Deleted there, refused here, or from a record with an open error or an unanswered drift."""
    refused = exists().where(
        Inbox.company_id == LedgerObject.company_id, Inbox.entity == LedgerObject.entity, Inbox.qbo_id == LedgerObject.qbo_id
    )
    failed = exists().where(
        _PAIR,
        Error.company_id == Binding.company_id,
        Error.entity == Binding.entity,
        Error.kind == Binding.kind,
        Error.record_id == Binding.record_id,
        Error.closed_at.is_(None),
    )
    drifted = exists().where(
        _PAIR,
        Drift.company_id == Binding.company_id,
        Drift.entity == Binding.entity,
        Drift.kind == Binding.kind,
        Drift.record_id == Binding.record_id,
        Drift.resolved_at.is_(None),
    )
    return or_(LedgerObject.deleted.is_(True), refused, failed, drifted)


def _only_currency(connection: Connection, company_id: int) -> str | None:
    """The home currency where QuickBooks knows no other; None where it may, or where that is not known.

    A company that has more than one cannot go back: the preference is never switched off again.
    """
    held = ledger.load(connection, company_id, "Preferences", ["1"]).get("1")
    prefs = (wire.loads(held["payload"]).get("CurrencyPrefs") if held else None) or {}
    home = str((prefs.get("HomeCurrency") or {}).get("value") or "")
    return home if prefs.get("MultiCurrencyEnabled") is False and home else None


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
