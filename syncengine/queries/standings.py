"""Is this record in QuickBooks? Its state with each target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.queries.inventory import states_of
from syncengine.queries.session import Session
from syncengine.store import rights

if TYPE_CHECKING:
    import pandas as pd

_STATE = {
    "entity": "str",
    "state": "str",
    "qbo_id": "str",
    "sync_token": "str",
    "last_success_at": "datetime64[us, UTC]",
    "message": "str",
    "cause": "str",
    "remedy": "str",
}


@rights.needs(rights.Permission.SEE_SYNC)
def record_state(session: Session, kind: str, record_id: int) -> pd.DataFrame:
    """One row for each QuickBooks target of the record: state in words, Id, last success, last message, cause and remedy."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        states = states_of(connection, session.company_id, kind, [int(record_id)])
    return frame(states.get(int(record_id), []), _STATE)
