"""Drift: what QuickBooks holds otherwise than a push-only document was sent. Pure: reads nothing, writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from syncengine.engine.reconcile import Base, Decision, decide
from syncengine.entities import Entity, Flat, total
from syncengine.entities._lines import substance
from syncengine.store.conflicts import WHOLE
from syncengine.store.drifts import CHANGED, DELETED, VOIDED

#: A void sets every amount to 0 and the note to this word (quickbooks reference, void; recorded exchanges).
_VOIDED = re.compile(r"\s*voided\b", re.IGNORECASE)


def voided(entity: Entity, payload: Mapping[str, Any]) -> bool:
    """Whether QuickBooks shows a document as voided: it is worth nothing, and its note says so."""
    return bool(entity.document and _VOIDED.match(str(payload.get("PrivateNote") or "")) and not total(entity.get(payload)))


def what(entity: Entity, base: Base, payload: Mapping[str, Any]) -> str:
    """`voided` or `changed`."""
    return VOIDED if voided(entity, payload) and total(base.theirs) else CHANGED


def differences(entity: Entity, base: Base, theirs: Flat) -> list[dict[str, Any]]:
    """What differs from what QuickBooks made of our words: {"field", "sent", "theirs"} by path, lines part by part.

    QuickBooks' own rounding and what it filled in stand in the base already; a balance or a SyncToken is no part of a document.
    """
    found: list[dict[str, Any]] = []
    for path in sorted(entity.differences(theirs, base.theirs, computed=True)):
        sent, there = base.theirs.get(path), theirs.get(path)
        found += _lines(sent or [], there or []) if path == "Line" else [{"field": path, "sent": sent, "theirs": there}]
    return found


def _lines(sent: Sequence[Flat], theirs: Sequence[Flat]) -> list[dict[str, Any]]:
    """The lines that differ: part by part where both sides have one, as a whole where only one has."""
    found: list[dict[str, Any]] = []
    for place in range(max(len(sent), len(theirs))):
        one = substance(sent[place]) if place < len(sent) else None
        other = substance(theirs[place]) if place < len(theirs) else None
        if one is None or other is None:
            found.append({"field": f"Line[{place + 1}]", "sent": one, "theirs": other})
            continue
        unequal = [path for path in sorted(one.keys() | other.keys()) if one.get(path) != other.get(path)]
        found += [{"field": f"Line[{place + 1}].{path}", "sent": one.get(path), "theirs": other.get(path)} for path in unequal]
    return found


def deletion(label: str) -> list[dict[str, Any]]:
    """The difference of a document that QuickBooks has deleted."""
    return [{"field": WHOLE, "sent": label, "theirs": None}]


def filled_in(base: Base, theirs: Flat) -> Base:
    """The base of a document whose creation was only found again: what QuickBooks filled in is no change of theirs."""
    return Base(base.ours, {**theirs, **{path: value for path, value in base.theirs.items() if value not in (None, "", [])}})


def send(entity: Entity, base: Base, ours: Flat, theirs: Flat) -> Decision:
    """What has to be sent so that QuickBooks says what we say: our edits, and what was changed there. Nothing is ever taken."""
    found = decide(entity, base, ours, theirs, policy="inventory")
    return Decision(frozenset(), found.send | found.take, (), found.base)


def why_waits(what: str) -> str:
    """Why nothing of a drifted document is sent before somebody has answered."""
    done = {DELETED: "deleted it", VOIDED: "voided it"}.get(what, "changed it")
    return f"It waits: somebody {done} in QuickBooks since it was sent. Answer first: send ours again, or accept theirs."
