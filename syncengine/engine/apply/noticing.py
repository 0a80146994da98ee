"""Noticing: what waits here was changed in QuickBooks first, so that it goes out otherwise than the preview showed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from syncengine.engine.apply._work import Work
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import Payload, wire
from syncengine.store import audit, bindings
from syncengine.store.outbox import OPEN
from syncengine.store.tables import Outbox

#: What the timeline of a record says of it.
CHANGED = "changed in QuickBooks before it was sent"
# Asked of every page of objects that comes in, and so put into SQL once.
_OPEN = (
    Outbox.company_id == bindparam("company"), Outbox.entity == bindparam("of_entity"),
    Outbox.state.in_([state.value for state in OPEN]),
)  # fmt: skip
_ANY = select(Outbox.id).where(*_OPEN).limit(1)
_WAITING = (
    select(Outbox.id, Outbox.kind, Outbox.record_id)
    .where(*_OPEN, Outbox.record_id.in_(bindparam("ids", expanding=True)))
    .order_by(Outbox.id)
)


def changed(work: Work, name: str, payloads: Sequence[Payload]) -> None:
    """Write down which of the rows that wait are about objects that say something else by now. Before the copies are renewed."""
    if work.cycle_id is None or not payloads or not _any(work, name):
        return
    bound = bindings.of_objects(work.connection, work.company_id, name, [str(each["Id"]) for each in payloads])
    held = ledger.load(work.connection, work.company_id, name, bound)
    news = {
        (bound[qbo_id]["kind"], bound[qbo_id]["record_id"]): each
        for each in payloads
        if (qbo_id := str(each["Id"])) in bound and qbo_id in held and held[qbo_id]["payload"] != wire.dumps(each).decode()
    }
    lines = [
        audit.Line(
            CHANGED, kind=row["kind"], record_id=row["record_id"], outbox_id=row["id"], cycle_id=work.cycle_id,
            detail={"entity": name, "sync_token": str(news[row["kind"], row["record_id"]].get("SyncToken", ""))},
        )
        for row in _waiting(work, name, {record_id for _, record_id in news})
        if (row["kind"], row["record_id"]) in news
    ]  # fmt: skip
    audit.write(work.connection, work.company_id, work.at, lines)


def _any(work: Work, name: str) -> bool:
    return work.connection.scalar(_ANY, {"company": work.company_id, "of_entity": name}) is not None


def _waiting(work: Work, name: str, record_ids: set[int]) -> list[Any]:
    # A page of a pull holds 1,000 objects at most: one statement.
    asked = {"company": work.company_id, "of_entity": name, "ids": list(record_ids)}
    return list(work.connection.execute(_WAITING, asked).mappings()) if record_ids else []
