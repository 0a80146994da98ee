"""Plausible: whether what a run is about to do to one side can be meant. Pure: reads nothing, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from syncengine.store.brakes import EMPTIED, IMPLAUSIBLE


@dataclass(frozen=True)
class Touch:
    """One change that is about to be made to a record that both sides have.

    Attributes:
        mark: names this one change for ever, so that an approval of it counts once.
        kind: the list or kind of document, in a person's words.
        deletes: whether the record would go.
    """

    mark: str
    kind: str
    deletes: bool


@dataclass(frozen=True)
class Limits:
    """From how many pairs on a list that becomes empty is news, and from which share and number of changes on a run is."""

    emptied: int
    least: int
    share: int


@dataclass(frozen=True)
class Doubt:
    """Why a run stops: `what` is `emptied` or `implausible`, `kinds` how many of which kind, `of` how many there are."""

    what: str
    deleted: Mapping[str, int]
    changed: Mapping[str, int]
    of: int
    marks: tuple[str, ...]


def judge(touches: Collection[Touch], alive: Mapping[str, int], limits: Limits, let_through: Collection[str]) -> Doubt | None:
    """What is doubtful about `touches`, where `alive` counts the pairs of each kind; None where nothing is.

    What somebody has let through is not counted again; what comes on top of it is judged by itself.
    """
    fresh = [each for each in touches if each.mark not in set(let_through)]
    gone = Counter(each.kind for each in fresh if each.deletes)
    changed = Counter(each.kind for each in fresh if not each.deletes)
    every = sum(alive.values())
    marks = tuple(sorted(each.mark for each in touches))
    emptied = {kind: count for kind, count in gone.items() if count >= limits.emptied and count >= alive.get(kind, 0)}
    if emptied:
        return Doubt(EMPTIED, emptied, {}, every, marks)
    if len(fresh) >= limits.least and len(fresh) * 100 > every * limits.share:
        return Doubt(IMPLAUSIBLE, gone, changed, every, marks)
    return None


def question(doubt: Doubt, *, side: str) -> str:
    """The question, in words and figures; `side` is the side on which it would be done."""
    other = "QuickBooks" if side == "here" else "the inventory"
    place = "here" if side == "here" else "in QuickBooks"
    if doubt.what == EMPTIED:
        listed = _listed(doubt.deleted)
        return (
            f"All {listed} that both sides had are suddenly gone from {other}. The sync stopped before deleting them {place}. "
            "If they were deleted on purpose, let it go on; otherwise put them right first, or restore them, and keep it stopped."
        )
    parts = [f"delete {_listed(doubt.deleted)}"] if doubt.deleted else []
    parts += [f"change {_listed(doubt.changed)}"] if doubt.changed else []
    total = sum(doubt.deleted.values()) + sum(doubt.changed.values())
    return (
        f"This sync would {' and '.join(parts)} {place}: {total} of the {doubt.of} records that both sides have. It stopped before "
        f"doing so. If {other} was changed like this on purpose, let it go on; otherwise put that right first and keep it stopped."
    )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
