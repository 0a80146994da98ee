"""The help page of each cause, made from its correction for the dashboard; docs/corrections.md is made from the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.corrections._correction import Correction, Klass

#: Cycles in which a record is sent again unchanged before its correction is due (D3).
_GRACE = "three more syncs"


@dataclass(frozen=True)
class Help:
    """What is told of one cause, in sentences.

    Attributes:
        means: what is wrong.
        machine: what Tieout does about it, and when.
        person: what a person does.
        there, here: the same, step by step, in QuickBooks and in this installation; empty where there is nothing to say.
        solvable: whether anybody here can put it right; else it is a matter for support.
        back: how a correction is taken back; empty where there is none, or it cannot be.
        found: by which codes and words it is told from others, and how that is known.
    """

    means: str
    machine: str
    person: str
    there: str
    here: str
    solvable: bool
    back: str
    found: str


def help_of(correction: Correction) -> Help:
    """The help page of one cause."""
    means, person = (_general(text) for text in (correction.cause, correction.remedy))
    found = f"{correction.row}. Known from: {correction.source}"
    return Help(
        means, _machine(correction), person, correction.there, correction.here or _here(correction), correction.solvable,
        correction.undo, found,
    )  # fmt: skip


def _general(text: str) -> str:
    """A text about one record as one about all of them.

    >>> _general("The record refers to something that is missing: {who}."), _general("Make {who} active again.")
    ('The record refers to something that is missing.', 'Make it active again.')
    """
    return text.replace(": {who}", "").replace(" ({who})", "").replace("{who}", "it")


def _machine(correction: Correction) -> str:
    if correction.at_once:
        return correction.does or "Nothing of the record is changed: it waits until a person has acted."
    if correction.klass is Klass.SAFE:
        does = _inside(correction.does)
        return f"Sends the record again unchanged in {_GRACE}. If it still fails then, corrects it by itself: {does}"
    if correction.klass is Klass.POLICY:
        return (
            f"Sends the record again unchanged in {_GRACE}. What it may do after that changes what is booked, so it asks: "
            f"it does so when a person presses Do it, or by itself where the owner has allowed it (setting {correction.setting}). "
            f"It would do this: {_inside(correction.does)}"
        )
    return (
        f"Sends the record again unchanged in {_GRACE}, then lays it aside and holds back only what depends on it. It is "
        "tried again by itself as soon as it or what it refers to has changed on either side, at Retry, and once a day."
    )


def _inside(text: str) -> str:
    return text[:1].lower() + text[1:]


def _here(correction: Correction) -> str:
    if correction.at_once or not correction.solvable:
        return ""
    return (
        "Correct the record in the inventory program and save it. It goes with the next sync by itself, and its count starts anew. "
        "Where nothing had to be changed here, press Retry, or wait for the next day's try."
    )
