"""Who may do what in a company, and what whoever asks may do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import RowMapping

from syncengine.queries.session import Session
from syncengine.store import people as store
from syncengine.store import rights, signins
from syncengine.store.rights import Permission, Rights
from syncengine.store.tables import Audit

if TYPE_CHECKING:
    import pandas as pd

_PEOPLE = {
    "person": "str",
    "role": "str",
    "since": "datetime64[us, UTC]",
    "given_by": "str",
    "signed_in_at": "datetime64[us, UTC]",
    "granted": "object",
    "refused": "object",
    "permissions": "object",
    "last_owner": "bool",
}


_CHANGES = {"id": "int64", "at": "datetime64[us, UTC]", "actor": "str", "event": "str", "person": "str", "detail": "object"}


@rights.needs(Permission.OWN)
def people(session: Session, *, search: str = "", page: int = 1, size: int | None = None) -> pd.DataFrame:
    """Everybody with a role in the company, by name, with what was granted or refused beside it and what follows from both.

    `signed_in_at` is when they came to the dashboard last, of whatever company; empty for who never signed in there.
    `last_owner` says of whom the company could not do without. With a `size` it is one page; `search` looks into the names.
    """
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        members = store.members(connection, session.company_id, search=search, offset=(int(page) - 1) * (size or 0), limit=size)
        names = [member["person"] for member in members]
        single = store.grants(connection, session.company_id, names)
        last = signins.last(connection, names)
        owners = store.owners(connection, session.company_id)
    rows = [_row(each, single.get(each["person"], {}), last.get(each["person"])) for each in members]
    return frame([{**row, "last_owner": row["role"] == store.OWNER and owners == 1} for row in rows], _PEOPLE)


@rights.needs(Permission.OWN)
def people_count(session: Session, *, search: str = "") -> int:
    """How many people `people` pages through."""
    with session.database.reading() as connection:
        return store.count(connection, session.company_id, search=search)


def _row(member: RowMapping, single: Mapping[str, bool], signed_in_at: datetime | None) -> dict[str, Any]:
    return {
        **member,
        "signed_in_at": signed_in_at,
        "granted": tuple(name for name, allowed in single.items() if allowed),
        "refused": tuple(name for name, allowed in single.items() if not allowed),
        "permissions": tuple(each.value for each in Permission if each in rights.held(member["role"], single)),
    }


@rights.needs(Permission.OWN)
def people_changes(session: Session, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """Who gave or took which role or permission, newest first; `detail` has what it was before and what it came to be."""
    from syncengine.queries._frames import frame

    wanted = select(Audit.id, Audit.at, Audit.actor, Audit.event, Audit.detail).where(*_about_people(session))
    wanted = wanted.order_by(Audit.id.desc()).offset((int(page) - 1) * int(size)).limit(int(size))
    with session.database.reading() as connection:
        found = connection.execute(wanted).mappings().all()
    return frame([{**row, "person": str((row["detail"] or {}).get("person", ""))} for row in found], _CHANGES)


@rights.needs(Permission.OWN)
def people_changes_count(session: Session) -> int:
    """How many changes `people_changes` pages through."""
    with session.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Audit).where(*_about_people(session))) or 0


def _about_people(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (Audit.company_id == session.company_id, Audit.kind == store.KIND)


@rights.open_to_all
def my_rights(session: Session) -> Rights:
    """What whoever asks may do here just now; no permissions at all for who has no role in the company."""
    return rights.of(session)
