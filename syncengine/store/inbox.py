"""The inbox: QuickBooks objects that could not be applied here yet; each cycle tries them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.tables import Inbox

# Of every object that was applied, and at every cycle: put into SQL once.
_MINE = Inbox.company_id == bindparam("company")
_DROP = delete(Inbox).where(_MINE, Inbox.entity == bindparam("of_entity"), Inbox.qbo_id == bindparam("of_object"))
_ALL = select(Inbox.__table__).where(_MINE).order_by(Inbox.id)


def put(
    connection: Connection,
    company_id: int,
    at: datetime,
    entity: str,
    qbo_id: str,
    *,
    label: str,
    deleted: bool,
    payload: str,
    cause: str,
    remedy: str,
) -> None:
    """Keep the object's newest state, with why it cannot be applied."""
    known = connection.scalar(
        select(Inbox.id).where(Inbox.company_id == company_id, Inbox.entity == entity, Inbox.qbo_id == qbo_id)
    )
    values = {"label": label[:500], "deleted": deleted, "payload": payload, "cause": cause, "remedy": remedy}
    if known is None:
        connection.execute(insert(Inbox).values(company_id=company_id, entity=entity, qbo_id=qbo_id, since=at, **values))
    else:
        connection.execute(update(Inbox).where(Inbox.id == known).values(**values))


def drop(connection: Connection, company_id: int, entity: str, qbo_id: str) -> None:
    """The object is applied, or gone."""
    connection.execute(_DROP, {"company": company_id, "of_entity": entity, "of_object": qbo_id})


def all_of(connection: Connection, company_id: int) -> list[RowMapping]:
    """Everything that waits to be applied, oldest first."""
    return list(connection.execute(_ALL, {"company": company_id}).mappings())
