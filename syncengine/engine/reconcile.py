"""Reconcile: base, ours and theirs of one record give one decision. Pure: reads nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.entities import Entity, Flat
from syncengine.store.conflicts import Clash


@dataclass(frozen=True)
class Base:
    """What both sides last agreed on, each in its own words.

    The two halves differ where QuickBooks rounds, fills in or leaves out: what it made of our words is no change of
    theirs, and our words are no change of ours.
    """

    ours: Flat
    theirs: Flat

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Base:
        """From a binding's row. Where we had no words of our own yet, theirs count for both sides."""
        theirs = dict(stored.get("theirs") or {})
        return cls(dict(stored.get("ours") or theirs), theirs)

    def stored(self) -> dict[str, Flat]:
        """For a binding's row."""
        return {"ours": self.ours, "theirs": self.theirs}


@dataclass(frozen=True)
class Decision:
    """What is to happen with one record.

    Attributes:
        take: paths whose QuickBooks value goes into the inventory.
        send: paths whose inventory value goes to QuickBooks.
        clashes: fields that both sides changed to different values; nobody has chosen.
        base: what both sides agree on once `take` is done; the paths of `send` and of clashes keep their old words.
    """

    take: frozenset[str]
    send: frozenset[str]
    clashes: tuple[Clash, ...]
    base: Base


def decide(
    entity: Entity,
    base: Base,
    ours: Flat,
    theirs: Flat,
    *,
    policy: str = "ask",
    chosen: Mapping[str, str] | None = None,
) -> Decision:
    """Three-way comparison, field by field; lines count as one field, because QuickBooks replaces them as a whole.

    `policy` (`ask`, `quickbooks` or `inventory`) says who wins a field that both sides changed (D16); `chosen` is what
    a person chose for single fields: path -> `ours` or `theirs`.
    """
    choices = chosen or {}
    # What did not travel until now (its feature was off, say) was agreed on by neither side: saying nothing is no change.
    new = {path: default for path, default in entity.nothing().items() if path in ours and path not in base.ours}
    base = Base({**new, **base.ours}, {**entity.nothing(), **base.theirs, **new})
    here = entity.differences(ours, base.ours)
    there = entity.differences(theirs, base.theirs, computed=True)
    unequal = entity.differences(ours, theirs, computed=True)
    take, send, kept = set[str](), set[str](), set[str]()
    clashes: list[Clash] = []
    for path in sorted(here | there):
        if path in here and path in there and path in unequal:
            winner = choices.get(path) or {"quickbooks": "theirs", "inventory": "ours"}.get(policy)
            if winner is None:
                clashes.append(Clash(path, base.ours.get(path), ours.get(path), theirs.get(path)))
                kept.add(path)
            else:
                (take if winner == "theirs" else send).add(path)
        elif path in here and path in there:
            continue  # both came to the same value by themselves
        elif path in here and (path in unequal or path not in theirs):
            send.add(path)
        elif path in there and path in unequal:
            take.add(path)
    agreed_ours = {**ours, **{path: base.ours.get(path) for path in send | kept}}
    agreed_ours.update({path: theirs[path] for path in take})
    agreed_theirs = {**theirs, **{path: base.theirs.get(path) for path in kept}}
    return Decision(frozenset(take), frozenset(send), tuple(clashes), Base(agreed_ours, agreed_theirs))


def left_there(decision: Decision, base: Base) -> Decision:
    """The decision where nothing of QuickBooks' is wanted here: its changes keep their old base, and so stay news."""
    return Decision(frozenset(), decision.send, decision.clashes, _kept(decision.base, base, decision.take))


def still_news(entity: Entity, before: Base, after: Base) -> Base:
    """`after`, an accepted write, where nothing of QuickBooks' is wanted here: what it changed by itself stays news."""
    sent = entity.differences(after.ours, before.ours)
    return _kept(after, before, entity.differences(after.theirs, before.theirs) - sent)


def _kept(base: Base, old: Base, paths: Iterable[str]) -> Base:
    """`base` with the old words at `paths`."""
    every = list(paths)
    ours = {**base.ours, **{path: old.ours[path] for path in every if path in old.ours}}
    return Base(ours, {**base.theirs, **{path: old.theirs[path] for path in every if path in old.theirs}})


def line_ids(base: Base) -> list[tuple[int, str]]:
    """Pairs of an inventory line's id and QuickBooks' line Id: both sides keep the order of the lines."""
    here, there = base.ours.get("Line") or [], base.theirs.get("Line") or []
    pairs = zip(here, there, strict=False)
    return [(one["line"], other["Id"]) for one, other in pairs if one.get("line") and other.get("Id")]
