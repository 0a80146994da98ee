"""Who may do what in a company, and what whoever asks may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import RowMapping

from syncengine.queries.session import Session
from syncengine.store import people as store
from syncengine.store import rights
from syncengine.store.rights import Permission, Rights

if TYPE_CHECKING:
    import pandas as pd

_PEOPLE = {
    "person": "str",
    "role": "str",
    "since": "datetime64[us, UTC]",
    "given_by": "str",
    "granted": "object",
    "refused": "object",
    "permissions": "object",
}


@rights.needs(Permission.OWN)
def people(session: Session) -> pd.DataFrame:
    """Everybody with a role in the company, by name, with what was granted or refused beside it and what follows from both."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        members = store.members(connection, session.company_id)
        single = store.grants(connection, session.company_id)
    return frame([_row(member, single.get(member["person"], {})) for member in members], _PEOPLE)


def _row(member: RowMapping, single: Mapping[str, bool]) -> dict[str, Any]:
    return {
        **member,
        "granted": tuple(name for name, allowed in single.items() if allowed),
        "refused": tuple(name for name, allowed in single.items() if not allowed),
        "permissions": tuple(each.value for each in Permission if each in rights.held(member["role"], single)),
    }


@rights.open_to_all
def my_rights(session: Session) -> Rights:
    """What whoever asks may do here just now; no permissions at all for who has no role in the company."""
    return rights.of(session)
