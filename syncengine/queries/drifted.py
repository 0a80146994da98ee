"""What stands otherwise in QuickBooks than it was sent, and the question of a sync that stopped: both wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, select
from sqlalchemy.engine import RowMapping

from syncengine.entities import POSTINGS, total
from syncengine.ledger.tables import LedgerObject
from syncengine.queries.said import as_text, in_words, parts
from syncengine.queries.session import Session
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
    "sent_said": "str",
    "theirs_said": "str",
    "currency": "str",
    "total_sent": "object",
    "total_theirs": "object",
    "opened_at": "datetime64[us, UTC]",
}


@rights.needs(rights.Permission.SEE_SYNC)
def drifts(session: Session, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """Documents that QuickBooks holds otherwise than they were sent, oldest first: one row for each field that differs.

    `what` is changed, voided or deleted; `total_sent` and `total_theirs` are Decimals, the latter None where the document is
    gone. `sent_said` and `theirs_said` are the values in people's words: references by name, money with its currency.
    `page` and `size` count documents.
    """
    from syncengine.queries._frames import frame

    mine = rights.of(session)
    with session.database.reading() as connection:
        found = list(_parts(_open(connection, session.company_id, (int(page) - 1) * int(size), int(size))))
        rows = [(row["entity"], row["field"], row["sent"], row["theirs"]) for row in found]
        told = in_words(connection, session.company_id, mine, rows, [row["currency"] for row in found])
    shown = [
        {**row, "field": path, "sent": as_text(raw[1]), "theirs": as_text(raw[2]), "sent_said": sent, "theirs_said": theirs}
        for row, said in zip(found, told, strict=True)
        for raw, (path, sent, theirs) in zip(parts(row["field"], row["sent"], row["theirs"]), said, strict=True)
    ]
    return frame(veiled(shown, mine), _DRIFTS)


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
        held = wire.loads(row["payload"]) if row["payload"] else {}
        theirs = None if row["what"] == DELETED else total(POSTINGS[row["entity"], row["kind"]].get(held))
        plain = {name: value for name, value in row.items() if name not in {"base", "payload"}}
        more = {"total_sent": sent, "total_theirs": theirs, "currency": str((held.get("CurrencyRef") or {}).get("value") or "")}
        for each in row["fields"]:
            yield {**plain, **more, "field": each["field"], "sent": each["sent"], "theirs": each["theirs"]}


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
