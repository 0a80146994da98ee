"""One QuickBooks object, or many, out of the view-only copies: by Id, name or document number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from syncengine.ledger.tables import LedgerObject

_CHUNK = 5_000


def name_key(name: str) -> str:
    """A name as QuickBooks compares it: outer blanks trimmed, case folded; cut to what the column holds."""
    return name.strip().casefold()[:1_000]


def load(connection: Connection, company_id: int, entity: str, qbo_ids: Iterable[str]) -> dict[str, RowMapping]:
    """Copies by Id."""
    every = sorted(set(qbo_ids))
    found: dict[str, RowMapping] = {}
    for start in range(0, len(every), _CHUNK):
        wanted = select(LedgerObject.__table__).where(
            LedgerObject.company_id == company_id,
            LedgerObject.entity == entity,
            LedgerObject.qbo_id.in_(every[start : start + _CHUNK]),
        )
        found.update({row["qbo_id"]: row for row in connection.execute(wanted).mappings()})
    return found


def by_name(connection: Connection, company_id: int, entity: str, names: Iterable[str]) -> dict[str, RowMapping]:
    """Live, active copies by `name_key` (on accounts the full name with its parents)."""
    keys = sorted({name_key(name) for name in names})
    if not keys:
        return {}
    wanted = select(LedgerObject.__table__).where(
        LedgerObject.company_id == company_id,
        LedgerObject.entity == entity,
        LedgerObject.name_key.in_(keys),
        LedgerObject.active.is_(True),
        LedgerObject.deleted.is_(False),
    )
    return {row["name_key"]: row for row in connection.execute(wanted.order_by(LedgerObject.id.desc())).mappings()}


def every_of_name(connection: Connection, company_id: int, entity: str, names: Iterable[str]) -> list[RowMapping]:
    """Live copies by `name_key`, inactive ones too."""
    keys = sorted({name_key(name) for name in names})
    wanted = select(LedgerObject.__table__).where(
        LedgerObject.company_id == company_id,
        LedgerObject.entity == entity,
        LedgerObject.name_key.in_(keys),
        LedgerObject.deleted.is_(False),
    )
    return list(connection.execute(wanted.order_by(LedgerObject.id)).mappings()) if keys else []


def any_of(connection: Connection, company_id: int, entity: str) -> bool:
    """Whether there is a live copy at all."""
    wanted = select(LedgerObject.id).where(
        LedgerObject.company_id == company_id, LedgerObject.entity == entity, LedgerObject.deleted.is_(False)
    )
    return connection.scalar(wanted.limit(1)) is not None


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


def live_ids(connection: Connection, company_id: int, entity: str) -> set[str]:
    """The Ids of all copies that are not marked as deleted."""
    wanted = select(LedgerObject.qbo_id).where(
        LedgerObject.company_id == company_id, LedgerObject.entity == entity, LedgerObject.deleted.is_(False)
    )
    return set(connection.scalars(wanted))


def unseen_since(connection: Connection, company_id: int, entity: str, moment: datetime) -> list[str]:
    """The Ids of live copies that were not seen since `moment`."""
    wanted = select(LedgerObject.qbo_id).where(
        LedgerObject.company_id == company_id,
        LedgerObject.entity == entity,
        LedgerObject.deleted.is_(False),
        LedgerObject.seen_at < moment,
    )
    return list(connection.scalars(wanted.order_by(LedgerObject.id)))


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
