"""Plausible: whether what a run is about to do to one side can be meant. Pure: reads nothing, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from syncengine.store.brakes import EMPTIED, IMPLAUSIBLE

#: A kind is emptied where so many tenths of it go: what was out of use before, and one that is left over, hide nothing.
_TENTHS = 9


@dataclass(frozen=True)
class Touch:
    """One change that is about to be made to a record that both sides have.

    Attributes:
        mark: names this one change for ever, so that an approval of it counts once.
        kind: the list or kind of document, in a person's words.
        deletes: whether the record would go.
        leaves: whether it would be out of use: made inactive, or merged into another.
        blanked: fields that held something, and would hold nothing, in a person's words.
    """

    mark: str
    kind: str
    deletes: bool
    leaves: bool = False
    blanked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limits:
    """From how many pairs on a list that becomes empty is news, and from which share and number of changes on a run is."""

    emptied: int
    least: int
    share: int


@dataclass(frozen=True)
class Doubt:
    """Why a run stops.

    Attributes:
        what: `emptied` or `implausible`.
        deleted, changed: how many of which kind; of an emptied kind all that would be gone or out of use are in `deleted`.
        of: how many pairs there are; `had` says how many of each kind.
        marks: the single changes, for an approval.
        blanked: by kind the fields that would be emptied, and on how many records.
    """

    what: str
    deleted: Mapping[str, int]
    changed: Mapping[str, int]
    of: int
    marks: tuple[str, ...]
    had: Mapping[str, int] = field(default_factory=dict)
    blanked: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def judge(touches: Collection[Touch], alive: Mapping[str, int], limits: Limits, let_through: Collection[str]) -> Doubt | None:
    """What is doubtful about `touches`, where `alive` counts the pairs of each kind; None where nothing is.

    What somebody has let through is not counted again; what comes on top of it is judged by itself.
    """
    known = set(let_through)
    fresh = [each for each in touches if each.mark not in known]
    gone = Counter(each.kind for each in fresh if each.deletes)
    changed = Counter(each.kind for each in fresh if not each.deletes)
    every = sum(alive.values())
    marks = tuple(sorted(each.mark for each in touches))
    out = Counter(each.kind for each in fresh if each.deletes or each.leaves)
    emptied = {kind: count for kind, count in out.items() if count >= limits.emptied and count * 10 >= alive.get(kind, 0) * _TENTHS}
    if emptied:
        return Doubt(EMPTIED, emptied, {}, every, marks, alive)
    blanked = _blanked(fresh, alive, limits)
    if blanked:
        there = {kind: changed[kind] for kind in blanked}
        return Doubt(IMPLAUSIBLE, {}, there, every, marks, alive, blanked)
    if len(fresh) >= limits.least and len(fresh) * 100 > every * limits.share:
        return Doubt(IMPLAUSIBLE, gone, changed, every, marks, alive)
    return None


def _blanked(fresh: Collection[Touch], alive: Mapping[str, int], limits: Limits) -> dict[str, dict[str, int]]:
    """By kind, the fields that so many records would lose at once that nobody can have meant it."""
    found: dict[str, dict[str, int]] = {}
    counted = Counter((each.kind, name) for each in fresh for name in each.blanked)
    for (kind, name), count in sorted(counted.items()):
        if count >= limits.emptied and count * 100 > alive.get(kind, 0) * limits.share:
            found.setdefault(kind, {})[name] = count
    return found


def question(doubt: Doubt, *, side: str) -> str:
    """The question, in words and figures; `side` is the side on which it would be done."""
    other = "QuickBooks" if side == "here" else "the inventory"
    place = "here" if side == "here" else "in QuickBooks"
    if doubt.what == EMPTIED:
        return (
            f"{_of_all(doubt)} that both sides had are suddenly gone from {other}, or out of use there. The sync stopped before it "
            f"did the same to them {place}. If that was done on purpose, let it go on; otherwise put them right first, or restore "
            "them, and keep it stopped."
        )
    if doubt.blanked:
        losses = [(name, count, kind) for kind, names in sorted(doubt.blanked.items()) for name, count in names.items()]
        lost = ", ".join(f"{name} of {count} {kind}" for name, count, kind in losses)
        return (
            f"This sync would empty {lost} {place}, because {other} suddenly says nothing there. It stopped before doing so. "
            "If that was done on purpose, let it go on; otherwise put it right first and keep it stopped."
        )
    parts = [f"delete {_listed(doubt.deleted)}"] if doubt.deleted else []
    parts += [f"change {_listed(doubt.changed)}"] if doubt.changed else []
    total = sum(doubt.deleted.values()) + sum(doubt.changed.values())
    return (
        f"This sync would {' and '.join(parts)} {place}: {total} of the {doubt.of} records that both sides have. It stopped before "
        f"doing so. If {other} was changed like this on purpose, let it go on; otherwise put that right first and keep it stopped."
    )


def _of_all(doubt: Doubt) -> str:
    """How many of how many, where it is not all of them."""
    if all(count >= doubt.had.get(kind, 0) for kind, count in doubt.deleted.items()):
        return f"All {_listed(doubt.deleted)}"
    return ", ".join(f"{count} of the {doubt.had.get(kind, count)} {kind}" for kind, count in sorted(doubt.deleted.items()))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
