"""What stands otherwise in QuickBooks than it was sent, and the question of a sync that stopped: both wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, select
from sqlalchemy.engine import RowMapping

from syncengine.entities import POSTINGS, total
from syncengine.ledger.tables import LedgerObject
from syncengine.queries.session import Session
from syncengine.queries.troubles import as_text
from syncengine.quickbooks import wire
from syncengine.store import brakes, rights
from syncengine.store.drifts import DELETED
from syncengine.store.tables import Binding, Drift
from syncengine.store.veil import veiled

if TYPE_CHECKING:
    import pandas as pd

_DRIFTS = {
    "id": "int64",
    "entity": "str",
    "kind": "str",
    "record_id": "int64",
    "qbo_id": "str",
    "label": "str",
    "what": "str",
    "field": "str",
    "sent": "str",
    "theirs": "str",
    "total_sent": "object",
    "total_theirs": "object",
    "opened_at": "datetime64[us, UTC]",
}


@rights.needs(rights.Permission.SEE_SYNC)
def drifts(session: Session, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """Documents that QuickBooks holds otherwise than they were sent, oldest first: one row for each field that differs.

    `what` is changed, voided or deleted; `total_sent` and `total_theirs` are Decimals, the latter None where the document is
    gone. `page` and `size` count documents.
    """
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        found = _open(connection, session.company_id, (int(page) - 1) * int(size), int(size))
        return frame(veiled(_parts(found), rights.of(session)), _DRIFTS)


def _open(connection: Connection, company_id: int, offset: int, limit: int) -> Iterable[RowMapping]:
    same = [Binding.company_id == Drift.company_id, Binding.entity == Drift.entity, Binding.kind == Drift.kind]
    copy = [LedgerObject.company_id == Drift.company_id, LedgerObject.entity == Drift.entity]
    wanted = (
        select(Drift.__table__, Binding.base, LedgerObject.payload)
        .outerjoin(Binding, and_(*same, Binding.record_id == Drift.record_id))
        .outerjoin(LedgerObject, and_(*copy, LedgerObject.qbo_id == Drift.qbo_id))
        .where(Drift.company_id == company_id, Drift.resolved_at.is_(None))
    )
    return connection.execute(wanted.order_by(Drift.id).offset(offset).limit(limit)).mappings()


def _parts(found: Iterable[RowMapping]) -> Iterator[Mapping[str, Any]]:
    for row in found:
        sent = total((row["base"] or {}).get("theirs") or {})
        theirs = None if row["what"] == DELETED else total(POSTINGS[row["entity"], row["kind"]].get(wire.loads(row["payload"])))
        for each in row["fields"]:
            shown = {"field": each["field"], "sent": as_text(each["sent"]), "theirs": as_text(each["theirs"])}
            plain = {name: value for name, value in row.items() if name not in {"base", "payload"}}
            yield {**plain, **shown, "total_sent": sent, "total_theirs": theirs}


@rights.needs(rights.Permission.SEE_SYNC)
def brake(session: Session) -> dict[str, Any] | None:
    """The question of a sync that stopped before it did something implausible: id, what, question, figures, opened_at.

    None while none waits. `figures` count what would be deleted and changed by kind, and of how many.
    """
    with session.database.reading() as connection:
        row = brakes.open_of(connection, session.company_id)
    if row is None:
        return None
    figures = {name: value for name, value in row["facts"].items() if name != "marks"}
    return {**{name: row[name] for name in ("id", "what", "question", "opened_at")}, "figures": figures}
