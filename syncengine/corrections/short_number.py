"""A document number has more characters than QuickBooks takes: a short one stands for it, for ever."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.corrections._correction import Correction, Facts, Klass, LookUp, Trouble, Verdict, override
from syncengine.corrections._numbers import LONGEST, free, stand_ins_there
from syncengine.corrections.cut_text import too_long


def _number(facts: Facts) -> str:
    return next((text.value for text in facts.texts if text.path == "DocNumber" and len(text.value) > LONGEST), "")


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    if number := _number(facts):
        yield from stand_ins_there(facts, number)


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    number = _number(facts)
    short = free(facts, number) if number else None
    if short is None:
        return None
    return Verdict(f"Sends {facts.shown} under the short number {short}, now and always.", (override("DocNumber", short),))


CORRECTION = Correction(
    row="2050: document number",
    cause="The document's number has more characters than the 21 that QuickBooks takes.",
    remedy="Give the record a shorter number, then save it.",
    klass=Klass.POLICY,
    consent="Send a shorter number",
    source="Intuit's schema of DocNumber (21 characters)",
    fits=too_long,
    rank=31,
    does="Sends the document under a short number that is kept for it; the record keeps its own here.",
    look_ups=_look_ups,
    decide=_decide,
    undo="The document's own number is sent again.",
)
