"""Why is this record (not) in QuickBooks? Its state with each target, and everything that ever happened to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from syncengine.queries.inventory import states_of
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import Audit

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
_TIMELINE = {"at": "datetime64[us, UTC]", "event": "str", "actor": "str", "cycle_id": "Int64", "detail": "str"}


@rights.needs(rights.Permission.SEE_SYNC)
def record_state(session: Session, kind: str, record_id: int) -> pd.DataFrame:
    """One row for each QuickBooks target of the record: state in words, Id, last success, last message, cause and remedy."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        states = states_of(connection, session.company_id, kind, [int(record_id)])
    return frame(states.get(int(record_id), []), _STATE)


@rights.needs(rights.Permission.SEE_SYNC)
def timeline(session: Session, kind: str, record_id: int) -> pd.DataFrame:
    """Every line of the audit trail about one record, oldest first."""
    from syncengine.queries._frames import frame

    wanted = (
        select(Audit.__table__)
        .where(Audit.company_id == session.company_id, Audit.kind == kind, Audit.record_id == int(record_id))
        .order_by(Audit.id)
    )
    with session.database.reading() as connection:
        rows = connection.execute(wanted).mappings()
        shown = [{**row, "detail": _said(row["detail"])} for row in rows]
    return frame(shown, _TIMELINE)


def _said(detail: object) -> str:
    return json.dumps(detail, ensure_ascii=False, default=str) if detail else ""
