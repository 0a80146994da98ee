"""Scope: what a company's settings keep out of the sync, or hold back for a while. Pure: reads nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from syncengine.entities import Entity

#: The company's own setting by which a tracking of QuickBooks is followed, or not.
TRACKING = {"classes": "class_tracking", "departments": "department_tracking"}
#: Which way records may travel under each choice of `direction`.
_INWARD = frozenset({"both", "from quickbooks"})
_OUTWARD = frozenset({"both", "to quickbooks"})
#: The switch of everything that posts costs of goods sold.
_COSTS = "post_cogs"


def inward(settings: Mapping[str, Any]) -> bool:
    """Whether QuickBooks' changes come into the inventory."""
    return settings["direction"] in _INWARD


def outward(settings: Mapping[str, Any]) -> bool:
    """Whether the inventory's changes go to QuickBooks."""
    return settings["direction"] in _OUTWARD


def idle(settings: Mapping[str, Any]) -> bool:
    """Whether nothing travels at all."""
    return not inward(settings) and not outward(settings)


def off(entity: Entity, settings: Mapping[str, Any]) -> bool:
    """Whether a switch of the company keeps this kind of record out altogether."""
    if entity.switch is not None and settings[entity.switch] is False:
        return True
    return entity.feature in TRACKING and settings[TRACKING[entity.feature]] == "off"


def days(entity: Entity, record: Mapping[str, Any] | None, *flats: Mapping[str, Any]) -> list[date]:
    """Every day that a document bears: in the inventory, and in what QuickBooks holds or was last told."""
    named = [(record or {}).get(entity.day), *(flat.get("TxnDate") for flat in flats)]
    return [found for each in named if (found := _day(each)) is not None]


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def left_out(entity: Entity, settings: Mapping[str, Any], found: Sequence[date], *, bound: bool) -> str:
    """Why a document is too old to travel, in a sentence; "" where it is not.

    A document that is in QuickBooks already (`bound`) is left out only once all its days are too old, and its costs stay
    posted as they are kept.
    """
    if not entity.document or not found:
        return ""
    first: date | None = settings["not_before"]
    if first is not None and max(found) < first:
        return f"It is left out: it is dated {max(found)}, and documents sync from {first} on (Do not sync before)."
    first = settings["post_cogs_from"]
    if first is not None and entity.switch == _COSTS and not bound and max(found) < first:
        return f"It is left out: it is dated {max(found)}, and costs are posted from {first} on (Post cost of goods sold from)."
    return ""


def held(entity: Entity, settings: Mapping[str, Any], found: Iterable[date]) -> str:
    """Why a record waits before it may be sent, in a sentence; "" where it need not wait."""
    if not outward(settings):
        return "It waits: the company's settings send nothing to QuickBooks (Directional sync)."
    closed, oldest = settings["closing_date"], min(found, default=None)
    if entity.document and oldest is not None and closed is not None and oldest <= closed:
        return (
            f"It waits: it is dated {oldest}, and the books are closed up to {closed} (Closing date). Give it a later date, or "
            "move the closing date."
        )
    return ""


# --- what was missed while it was out of scope ---------------------------------------------------------------------

_ALL, _BEFORE = "<all", "<before "


def unread(settings: Mapping[str, Any], entities: Mapping[str, Entity]) -> list[str]:
    """What is not taken over from QuickBooks at present, in words that `reread` compares."""
    words = [name for name, entity in entities.items() if off(entity, settings)]
    words += [] if inward(settings) else [_ALL]
    words += [f"{_BEFORE}{settings['not_before']}"] if settings["not_before"] else []
    return sorted(words)


def reread(before: Iterable[str], now: Iterable[str], entities: Mapping[str, Entity]) -> set[str]:
    """Names of the entities whose changes were missed, and are wanted from now on."""
    was, still = set(before), set(now)
    if _ALL in was and _ALL not in still:
        return set(entities)
    back = {name for name in was - still if name in entities}
    first, until = _earliest(was), _earliest(still)
    if first is not None and (until is None or until < first):
        back |= {name for name, entity in entities.items() if entity.document}
    return back - still


def _earliest(words: Iterable[str]) -> str | None:
    return next((word.removeprefix(_BEFORE) for word in words if word.startswith(_BEFORE)), None)
