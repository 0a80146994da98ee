"""QuickBooks does not take a word of one of its lists, such as a state that only it may set: the field is left out."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, coded, override


def _decide(trouble: Trouble, facts: Facts) -> Verdict | None:
    said = {word.strip(" .:'\"") for word in trouble.words.split()}
    paths = [
        path
        for path, value in facts.ours.items()
        if value is not None
        and not path.endswith("Ref")
        and (path == trouble.element or (isinstance(value, str) and value in said))
    ]
    if len(paths) != 1:
        return None
    return Verdict(f"Sends {facts.shown} without {paths[0]}.", (override(paths[0], None),))


CORRECTION = Correction(
    row="2170",
    cause="QuickBooks does not take a word in one of the record's fields.",
    remedy="Choose one of the words that QuickBooks offers, then save the record.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (2170: Invalid Enumeration)",
    fits=coded("2170"),
    rank=30,
    does="Sends the record without that field.",
    decide=_decide,
    undo="The field is sent again.",
)
