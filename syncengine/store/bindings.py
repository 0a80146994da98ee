"""Bindings: which inventory record is which QuickBooks object, at which SyncToken, agreed on which base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, func, insert, or_, select, type_coerce, update
from sqlalchemy.engine import RowMapping

from syncengine.store.outbox import chunks
from syncengine.store.tables import Binding

#: SQLite's limit again, for lists of text ids.
_TEXT_CHUNK = 5_000
#: The SyncToken of an object that was only looked up: anything that QuickBooks shows is newer.
FOUND = "-1"
#: How a pair ended whose object was merged into another in QuickBooks, and where its base names the Id of that one.
MERGED, INTO = "merged", "merged_into"
# Asked of each kind on every page of the queue and of every page of objects that comes in, and so put into SQL once.
_OF_RECORDS = select(Binding.__table__).where(
    Binding.company_id == bindparam("company"), Binding.entity == bindparam("of_entity"), Binding.kind == bindparam("of_kind"),
    Binding.record_id.in_(bindparam("ids", expanding=True)),
)  # fmt: skip
_OF_OBJECTS = select(Binding.__table__).where(
    Binding.company_id == bindparam("company"), Binding.entity == bindparam("of_entity"),
    Binding.qbo_id.in_(bindparam("ids", expanding=True)),
)  # fmt: skip


def of_records(
    connection: Connection, company_id: int, entity: str, kind: str, record_ids: Iterable[int]
) -> dict[int, RowMapping]:
    """Bindings of one kind of record to one entity, by record id; ended ones included (look at `ended_at`)."""
    found: dict[int, RowMapping] = {}
    for part in chunks(set(record_ids)):
        asked = {"company": company_id, "of_entity": entity, "of_kind": kind, "ids": part}
        found.update({row["record_id"]: row for row in connection.execute(_OF_RECORDS, asked).mappings()})
    return found


def of_objects(connection: Connection, company_id: int, entity: str, qbo_ids: Iterable[str]) -> dict[str, RowMapping]:
    """Bindings of one entity by QuickBooks Id, ended ones included."""
    every = sorted(set(qbo_ids))
    found: dict[str, RowMapping] = {}
    for start in range(0, len(every), _TEXT_CHUNK):
        asked = {"company": company_id, "of_entity": entity, "ids": every[start : start + _TEXT_CHUNK]}
        found.update({row["qbo_id"]: row for row in connection.execute(_OF_OBJECTS, asked).mappings()})
    return found


def all_of(connection: Connection, company_id: int, entity: str) -> list[RowMapping]:
    """All live bindings of one entity."""
    wanted = select(Binding.__table__).where(Binding.company_id == company_id, Binding.entity == entity, Binding.ended_at.is_(None))
    return list(connection.execute(wanted.order_by(Binding.id)).mappings())


def counts(connection: Connection, company_id: int) -> dict[tuple[str, str], int]:
    """How many pairs live, by entity and kind."""
    wanted = select(Binding.entity, Binding.kind, func.count()).where(Binding.company_id == company_id, Binding.ended_at.is_(None))
    rows = connection.execute(wanted.group_by(Binding.entity, Binding.kind))
    return {(entity, kind): count for entity, kind, count in rows}


def add(connection: Connection, company_id: int, at: datetime, new: Sequence[Mapping[str, Any]]) -> None:
    """Bind records to objects. Each gives entity, kind, record_id, qbo_id, sync_token and base."""
    if new:
        connection.execute(
            insert(Binding), [{"company_id": company_id, "last_success_at": at, "generation": 0, **row} for row in new]
        )


def agree(connection: Connection, at: datetime, agreed: Sequence[Mapping[str, Any]]) -> None:
    """Both sides agree anew. Each gives id (of the binding), qbo_id, sync_token and base; an ended pair lives again."""
    if agreed:
        statement = (
            update(Binding)
            .where(Binding.id == bindparam("binding_id"))
            .values(
                qbo_id=bindparam("new_qbo_id"),
                sync_token=bindparam("new_token"),
                base=bindparam("new_base"),
                ended_at=None,
                ended_by=None,
                last_success_at=at,
            )
        )
        connection.execute(
            statement,
            [
                {"binding_id": row["id"], "new_qbo_id": row["qbo_id"], "new_token": row["sync_token"], "new_base": row["base"]}
                for row in agreed
            ],
        )


def rebind(connection: Connection, binding_id: int, record_id: int) -> None:
    """An object whose record was gone has a new record."""
    connection.execute(update(Binding).where(Binding.id == binding_id).values(record_id=record_id))


def forget(connection: Connection, binding_id: int) -> None:
    """The two are linked no longer, and nothing of it is kept: another record takes the object over."""
    connection.execute(delete(Binding).where(Binding.id == binding_id))


def end(connection: Connection, at: datetime, binding_ids: Iterable[int], *, by: str) -> None:
    """The pair is over: one side was deleted. A later creation is a new generation, and so a new requestid."""
    for part in chunks(binding_ids):
        connection.execute(
            update(Binding).where(Binding.id.in_(part)).values(ended_at=at, ended_by=by, generation=Binding.generation + 1)
        )


def saw(connection: Connection, binding_id: int, sync_token: str, base: Any) -> None:
    """QuickBooks shows the object in a newer version; what both sides agreed on, and when, stays."""
    connection.execute(update(Binding).where(Binding.id == binding_id).values(sync_token=sync_token, base=base))


def revive(connection: Connection, binding_id: int) -> None:
    """An object that was called deleted lives: the pair goes on."""
    connection.execute(update(Binding).where(Binding.id == binding_id).values(ended_at=None, ended_by=None))


def end_again(connection: Connection, binding_id: int, by: str) -> None:
    """A pair that is over is over for another reason."""
    connection.execute(update(Binding).where(Binding.id == binding_id).values(ended_by=by))


def follow(connection: Connection, binding_id: int, qbo_id: str) -> None:
    """A record belongs to another object from now on, of which nothing has been seen yet."""
    connection.execute(update(Binding).where(Binding.id == binding_id).values(qbo_id=qbo_id, sync_token=FOUND))


def lead(connection: Connection, row: RowMapping, qbo_id: str) -> None:
    """The record of an object that was merged is an alias: it stands for the object with this Id."""
    connection.execute(update(Binding).where(Binding.id == row["id"]).values(base={**row["base"], INTO: qbo_id}))


def twin(row: RowMapping | None) -> str | None:
    """The Id that a record goes by in QuickBooks; None where it has no object there."""
    if row is None or (row["ended_at"] is not None and row["ended_by"] != MERGED):
        return None
    return str(row["base"][INTO] if row["ended_by"] == MERGED else row["qbo_id"])


def naming(connection: Connection, company_id: int, qbo_id: str) -> list[RowMapping]:
    """Bindings whose base has this Id in it somewhere; whose Id it is has to be looked at."""
    base = type_coerce(Binding.base, Text)
    ways = [base.contains(f'{before}{qbo_id}"', autoescape=True) for before in ('"', "/")]
    wanted = select(Binding.__table__).where(Binding.company_id == company_id, or_(*ways))
    return list(connection.execute(wanted.order_by(Binding.id)).mappings())
