"""Another document has the number: ours goes under the next free one, and keeps it for ever."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.corrections._correction import Correction, Facts, Klass, LookUp, Trouble, Verdict, override
from syncengine.corrections._numbers import free, stand_ins_there, taken


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    if facts.document and facts.name:
        yield LookUp("same number", facts.entity, (("DocNumber", "=", facts.name),))
        yield from stand_ins_there(facts, facts.name)


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    number = free(facts, facts.name) if facts.document and facts.name else None
    if number is None:
        return None
    says = f"Sends {facts.shown} to QuickBooks under the number {number}, now and always. It keeps its number here."
    return Verdict(says, (override("DocNumber", number),))


CORRECTION = Correction(
    row="6140: another document",
    cause="QuickBooks already has another document with this number.",
    remedy="Give the record another number, then save it.",
    klass=Klass.POLICY,
    consent="Use the next free number",
    source="Intuit's list of error codes (6140: Duplicate Document Number)",
    fits=lambda trouble: trouble.document and taken(trouble),
    rank=31,
    does="Sends the document under the next free number; the record keeps its own here.",
    look_ups=_look_ups,
    decide=_decide,
    undo="The document goes under its own number again.",
    there=(
        "Type the number into Search at the top and open the document that has it. To free the number: change it there, "
        "Save and close."
    ),
)
