"""One QuickBooks object, or many, out of the view-only copies: by Id, name or document number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.engine import RowMapping

from syncengine.ledger.tables import LedgerObject

_CHUNK = 5_000
# What is asked for most is put into SQL once: to build a statement anew takes longer than the database needs for it.
_OF_ENTITY = (LedgerObject.company_id == bindparam("company"), LedgerObject.entity == bindparam("of_entity"))
_LIVE = (*_OF_ENTITY, LedgerObject.deleted.is_(False))
_COPIES = select(LedgerObject.__table__).where(*_OF_ENTITY, LedgerObject.qbo_id.in_(bindparam("ids", expanding=True)))
_OF_NAMES = select(LedgerObject.__table__).where(*_OF_ENTITY, LedgerObject.name_key.in_(bindparam("keys", expanding=True)))
_NAMED = _OF_NAMES.where(LedgerObject.deleted.is_(False)).order_by(LedgerObject.id)
_ACTIVE_NAMED = _OF_NAMES.where(LedgerObject.active.is_(True), LedgerObject.deleted.is_(False)).order_by(LedgerObject.id.desc())
_UNSEEN = (
    select(LedgerObject.qbo_id).where(*_LIVE, LedgerObject.seen_at < bindparam("moment")).order_by(LedgerObject.id)
)
_ANY = select(LedgerObject.id).where(*_LIVE).limit(1)


def name_key(name: str) -> str:
    """A name as QuickBooks compares it: outer blanks trimmed, case folded; cut to what the column holds."""
    return name.strip().casefold()[:1_000]


def load(connection: Connection, company_id: int, entity: str, qbo_ids: Iterable[str]) -> dict[str, RowMapping]:
    """Copies by Id."""
    every = sorted(set(qbo_ids))
    found: dict[str, RowMapping] = {}
    for start in range(0, len(every), _CHUNK):
        asked = {"company": company_id, "of_entity": entity, "ids": every[start : start + _CHUNK]}
        found.update({row["qbo_id"]: row for row in connection.execute(_COPIES, asked).mappings()})
    return found


def by_name(connection: Connection, company_id: int, entity: str, names: Iterable[str]) -> dict[str, RowMapping]:
    """Live, active copies by `name_key` (on accounts the full name with its parents)."""
    keys = sorted({name_key(name) for name in names})
    if not keys:
        return {}
    asked = {"company": company_id, "of_entity": entity, "keys": keys}
    return {row["name_key"]: row for row in connection.execute(_ACTIVE_NAMED, asked).mappings()}


def every_of_name(connection: Connection, company_id: int, entity: str, names: Iterable[str]) -> list[RowMapping]:
    """Live copies by `name_key`, inactive ones too."""
    keys = sorted({name_key(name) for name in names})
    asked = {"company": company_id, "of_entity": entity, "keys": keys}
    return list(connection.execute(_NAMED, asked).mappings()) if keys else []


def any_of(connection: Connection, company_id: int, entity: str) -> bool:
    """Whether there is a live copy at all."""
    return connection.scalar(_ANY, {"company": company_id, "of_entity": entity}) is not None


def active(connection: Connection, company_id: int, entity: str) -> list[RowMapping]:
    """Live, active copies by name."""
    wanted = select(LedgerObject.__table__).where(
        LedgerObject.company_id == company_id,
        LedgerObject.entity == entity,
        LedgerObject.active.is_(True),
        LedgerObject.deleted.is_(False),
    )
    return list(connection.execute(wanted.order_by(LedgerObject.name_key, LedgerObject.id)).mappings())


def active_names(connection: Connection, company_id: int, entity: str) -> frozenset[str]:
    """The `name_key` of every live, active copy."""
    wanted = select(LedgerObject.name_key).where(
        LedgerObject.company_id == company_id,
        LedgerObject.entity == entity,
        LedgerObject.active.is_(True),
        LedgerObject.deleted.is_(False),
    )
    return frozenset(connection.scalars(wanted))


def unseen_since(connection: Connection, company_id: int, entity: str, moment: datetime) -> list[str]:
    """The Ids of live copies that were not seen since `moment`."""
    return list(connection.scalars(_UNSEEN, {"company": company_id, "of_entity": entity, "moment": moment}))


def counts(connection: Connection, company_id: int) -> dict[str, int]:
    """How many live copies there are of each entity."""
    wanted = select(LedgerObject.entity, func.count()).where(LedgerObject.company_id == company_id, LedgerObject.deleted.is_(False))
    return dict(connection.execute(wanted.group_by(LedgerObject.entity)).all())


def naming(connection: Connection, company_id: int, qbo_id: str, *, limit: int) -> list[RowMapping]:
    """Live copies in which a reference leads to this Id; whose Id it is has to be looked at. Reads every copy's payload."""
    wanted = select(LedgerObject.__table__).where(
        LedgerObject.company_id == company_id,
        LedgerObject.deleted.is_(False),
        LedgerObject.payload.contains(f'"value":"{qbo_id}"', autoescape=True),
    )
    return list(connection.execute(wanted.order_by(LedgerObject.id.desc()).limit(limit)).mappings())
