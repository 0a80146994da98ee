"""Which document has a number: what the corrections of a taken document number have in common."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.corrections._correction import Facts, LookUp, coded

#: As long as a document number may be (Intuit's schema).
LONGEST = 21
taken = coded("6140", "6000", says=("duplicate document number", "number has already been used", "document number"))


def numbered(number: str, turn: int) -> str:
    """The `turn`-th stand-in for a number, no longer than QuickBooks takes.

    >>> numbered("N-1", 2), numbered("X" * 21, 12)
    ('N-1-2', 'XXXXXXXXXXXXXXXXXX-12')
    """
    tail = f"-{turn}"
    return number[: LONGEST - len(tail)] + tail


def free(facts: Facts, number: str) -> str | None:
    """The first stand-in that no document in QuickBooks has."""
    have = {str(each.get("DocNumber")) for each in facts.told("stand-ins")}
    return next((each for each in stand_ins(number) if each not in have), None)


def stand_ins(number: str) -> list[str]:
    """All that are tried."""
    return [numbered(number, turn) for turn in range(2, 22)]


def stand_ins_there(facts: Facts, number: str) -> Iterable[LookUp]:
    """Which of them are taken."""
    yield LookUp("stand-ins", facts.entity, (("DocNumber", "IN", tuple(stand_ins(number))),))
