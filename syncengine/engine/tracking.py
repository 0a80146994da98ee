"""Tracking of classes and departments: whether QuickBooks has it switched on, and how many names its plan allows.

Both are read from the copies of Preferences and CompanyInfo, never switched here (S41). A department is what QuickBooks
calls a location.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select, true

from syncengine.engine.refs import features
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger
from syncengine.ledger.tables import LedgerObject
from syncengine.quickbooks import wire
from syncengine.store.tables import Binding

#: The two lists: inventory kind -> QuickBooks entity, the feature's name, the heading, and what one name is called.
ENTITY: Mapping[str, str] = {"class": "Class", "department": "Department"}
FEATURE: Mapping[str, str] = {"class": "classes", "department": "departments"}
TITLE: Mapping[str, str] = {"class": "Class tracking", "department": "Location tracking"}
#: What a plan allows of classes and locations together, by the words of CompanyInfo's OfferingSku; Advanced has no limit.
LIMITS: Mapping[str, int] = {"plus": 40}


@dataclass(frozen=True)
class Room:
    """How many active classes and departments there will be after the next sync, and how many the plan allows.

    Attributes:
        plan: QuickBooks' own name of the plan; empty where it is not known.
        used: active names here, and those of QuickBooks that have no record here.
        limit: None where the plan has no limit, or is not known.
    """

    plan: str
    used: int
    limit: int | None


def is_on(connection: Connection, company_id: int, kind: str) -> bool | None:
    """Whether QuickBooks tracks classes or departments in this company; None while its Preferences have not arrived."""
    held = ledger.load(connection, company_id, "Preferences", ["1"]).get("1")
    return features(wire.loads(held["payload"]))[FEATURE[kind]] if held else None


def tracked(connection: Connection, company_id: int) -> frozenset[str]:
    """Which of the two kinds QuickBooks tracks; none while its Preferences have not arrived."""
    held = ledger.load(connection, company_id, "Preferences", ["1"]).get("1")
    tracks = features(wire.loads(held["payload"])) if held else {}
    return frozenset(kind for kind, feature in FEATURE.items() if tracks.get(feature))


def why_off(connection: Connection, company_id: int, kind: str) -> str:
    """Why the list of this kind is not offered, with the remedy; empty where it is."""
    on = is_on(connection, company_id, kind)
    if on is None:
        return f"Whether QuickBooks tracks {FEATURE[kind]} is not known yet. Sync once."
    if not on:
        return (
            f"{TITLE[kind]} is switched off in QuickBooks. Switch it on there "
            "(Account and settings, Advanced, Categories), then sync."
        )
    return ""


def room(connection: Connection, company_id: int) -> Room:
    """How much of the plan's allowance is used."""
    plan = _plan(connection, company_id)
    limit = next((number for word, number in LIMITS.items() if word in plan.lower().split()), None)
    used = sum(_active_here(connection, company_id, kind) for kind in ENTITY)
    used += sum(_unbound(connection, company_id, entity) for entity in ENTITY.values())
    return Room(plan, used, limit)


def _plan(connection: Connection, company_id: int) -> str:
    wanted = select(LedgerObject.payload).where(LedgerObject.company_id == company_id, LedgerObject.entity == "CompanyInfo")
    payload = connection.scalar(wanted.order_by(LedgerObject.id).limit(1))
    pairs = (wire.loads(payload).get("NameValue") if payload else None) or []
    return next((str(pair.get("Value") or "") for pair in pairs if pair.get("Name") == "OfferingSku"), "")


def _active_here(connection: Connection, company_id: int, kind: str) -> int:
    table = KINDS[kind].table
    active = or_(table.c.active.is_(None), table.c.active == true())
    return connection.scalar(select(func.count()).where(table.c.company_id == company_id, active)) or 0


def _unbound(connection: Connection, company_id: int, entity: str) -> int:
    bound = select(Binding.qbo_id).where(Binding.company_id == company_id, Binding.entity == entity, Binding.ended_at.is_(None))
    wanted = select(func.count()).where(
        LedgerObject.company_id == company_id,
        LedgerObject.entity == entity,
        LedgerObject.active.is_(True),
        LedgerObject.deleted.is_(False),
        LedgerObject.qbo_id.not_in(bound),
    )
    return connection.scalar(wanted) or 0
