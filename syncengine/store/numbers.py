"""Numbers of our own series: given once to a document that has none of its own in QuickBooks, and kept for ever."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, insert, select

from syncengine.store.outbox import chunks
from syncengine.store.tables import Number

#: Put into SQL once.
_OF_RECORDS = select(Number.record_id, Number.number).where(
    Number.company_id == bindparam("company"), Number.entity == bindparam("of_entity"), Number.kind == bindparam("of_kind"),
    Number.record_id.in_(bindparam("ids", expanding=True)),
)  # fmt: skip


def of_records(connection: Connection, company_id: int, entity: str, kind: str, record_ids: Iterable[int]) -> dict[int, str]:
    """The numbers that records have, by record id, without the series' prefix."""
    found: dict[int, str] = {}
    for part in chunks(set(record_ids)):
        asked = {"company": company_id, "of_entity": entity, "of_kind": kind, "ids": part}
        found.update({record_id: str(number) for record_id, number in connection.execute(_OF_RECORDS, asked)})
    return found


def give(connection: Connection, company_id: int, entity: str, kind: str, record_ids: Iterable[int]) -> None:
    """Number those records that have no number yet, in their order; the caller holds the company's queue."""
    wanted = list(dict.fromkeys(record_ids))
    known = of_records(connection, company_id, entity, kind, wanted)
    fresh = [record_id for record_id in wanted if record_id not in known]
    if not fresh:
        return
    last = connection.scalar(select(func.max(Number.number)).where(Number.company_id == company_id, Number.entity == entity)) or 0
    rows = [
        {"company_id": company_id, "entity": entity, "kind": kind, "record_id": record_id, "number": last + place}
        for place, record_id in enumerate(fresh, start=1)
    ]
    connection.execute(insert(Number), rows)
