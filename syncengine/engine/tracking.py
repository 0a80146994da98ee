"""Tracking of classes and departments: whether QuickBooks has it switched on, and how many names its plan allows.

Both are read from the copies of Preferences and CompanyInfo, never switched here (S41). A department is what QuickBooks
calls a location.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, func, or_, select, true

from syncengine.engine.refs import features
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger
from syncengine.ledger.tables import LedgerObject
from syncengine.quickbooks import Payload, wire
from syncengine.store.tables import Binding

#: The two lists: inventory kind -> QuickBooks entity, the feature's name, the heading, and what one name is called.
ENTITY: Mapping[str, str] = {"class": "Class", "department": "Department"}
FEATURE: Mapping[str, str] = {"class": "classes", "department": "departments"}
TITLE: Mapping[str, str] = {"class": "Class tracking", "department": "Location tracking"}
#: What a plan allows of classes and locations together, by the words of CompanyInfo's OfferingSku; Advanced has no limit.
LIMITS: Mapping[str, int] = {"plus": 40}
_COMPANY = bindparam("company", type_=Integer)


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


def preferences(connection: Connection, company_id: int) -> Payload:
    """QuickBooks' Preferences; empty before the first pull."""
    held = ledger.load(connection, company_id, "Preferences", ["1"]).get("1")
    return wire.loads(held["payload"]) if held else {}


def tracked(told: Payload) -> frozenset[str]:
    """Which of the two kinds QuickBooks tracks, by its Preferences; none while those have not arrived."""
    tracks = features(told) if told else {}
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
    payload, *used = connection.execute(_room(), {"company": company_id}).one()
    plan = _plan(payload)
    limit = next((number for word, number in LIMITS.items() if word in plan.lower().split()), None)
    return Room(plan, sum(used), limit)


@cache
def _room() -> Select[Any]:
    """CompanyInfo, and how many names count, in one row; put into SQL once, as every look at a company asks it."""
    info = select(LedgerObject.payload).where(LedgerObject.company_id == _COMPANY, LedgerObject.entity == "CompanyInfo")
    counts = (*map(_active_here, ENTITY), *map(_unbound, ENTITY.values()))
    return select(*(each.scalar_subquery() for each in (info.order_by(LedgerObject.id).limit(1), *counts)))


def _plan(payload: str | None) -> str:
    pairs = (wire.loads(payload).get("NameValue") if payload else None) or []
    return next((str(pair.get("Value") or "") for pair in pairs if pair.get("Name") == "OfferingSku"), "")


def _active_here(kind: str) -> Select[Any]:
    table = KINDS[kind].table
    active = or_(table.c.active.is_(None), table.c.active == true())
    return select(func.count()).where(table.c.company_id == _COMPANY, active)


def _unbound(entity: str) -> Select[Any]:
    bound = select(Binding.qbo_id).where(Binding.company_id == _COMPANY, Binding.entity == entity, Binding.ended_at.is_(None))
    return select(func.count()).where(
        LedgerObject.company_id == _COMPANY,
        LedgerObject.entity == entity,
        LedgerObject.active.is_(True),
        LedgerObject.deleted.is_(False),
        LedgerObject.qbo_id.not_in(bound),
    )
