"""Synced accounting information: the view-only copies of what lies in QuickBooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select

from syncengine.db.texts import holds
from syncengine.ledger.tables import LedgerObject
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.rights import Permission

if TYPE_CHECKING:
    import pandas as pd

_LEDGER = {
    "qbo_id": "str",
    "name": "str",
    "doc_number": "str",
    "txn_date": "object",
    "total": "object",
    "balance": "object",
    "active": "bool",
    "deleted": "bool",
    "changed_at": "datetime64[us, UTC]",
    "seen_at": "datetime64[us, UTC]",
    "payload": "str",
}


def _opens(entity: str, **_: Any) -> tuple[Permission, ...]:
    return rights.to_read(entity)


@rights.needs(by=_opens)
def ledger(session: Session, entity: str, *, search: str = "", page: int = 1, size: int = 50) -> pd.DataFrame:
    """One page of the copies of one QuickBooks entity, such as 'Account': documents newest first, lists by name.

    What belongs to an accounting list needs the right to see that list; everything else that QuickBooks holds needs all of them.
    """
    from syncengine.queries._frames import frame

    wanted = select(*(LedgerObject.__table__.c[name] for name in _LEDGER)).where(*_matching(session, entity, search))
    order = (LedgerObject.txn_date.desc().nulls_last(), LedgerObject.name_key, LedgerObject.id.desc())
    with session.database.reading() as connection:
        rows = connection.execute(wanted.order_by(*order).offset((int(page) - 1) * int(size)).limit(int(size))).mappings()
        return frame(rows, _LEDGER)


@rights.needs(Permission.SEE_SYNC)
def ledger_counts(session: Session) -> pd.DataFrame:
    """How many copies there are of each entity that the person may read, deleted ones left out."""
    from syncengine.queries._frames import frame

    wanted = select(LedgerObject.entity, func.count().label("number")).where(
        LedgerObject.company_id == session.company_id, LedgerObject.deleted.is_(False)
    )
    held = rights.of(session)
    with session.database.reading() as connection:
        rows = connection.execute(wanted.group_by(LedgerObject.entity).order_by(LedgerObject.entity)).mappings()
        return frame([row for row in rows if held.may(*rights.to_read(row["entity"]))], {"entity": "str", "number": "int64"})


def _matching(session: Session, entity: str, search: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [LedgerObject.company_id == session.company_id, LedgerObject.entity == entity]
    if sought := search.strip():
        hits: list[Any] = [
            holds(LedgerObject.name, sought),
            holds(LedgerObject.doc_number, sought),
        ]
        conditions.append(or_(*hits))
    return conditions
