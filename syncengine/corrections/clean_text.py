"""A text holds signs that QuickBooks cannot read: they are put into ordinary form."""

from __future__ import annotations

import unicodedata

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, listed, override
from syncengine.quickbooks import FaultClass


def clean(text: str) -> str:
    """Composed letters, no signs without a shape; line ends and tabs stay.

    >>> clean("a" + chr(7) + "b")
    'ab'
    """
    plain = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Co", "Cn"})


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    odd = [text for text in facts.texts if clean(text.value) != text.value]
    if not odd:
        return None
    acts = tuple(
        override(text.path if text.line is None else f"Line.{text.line}.{text.path}", clean(text.value) or None) for text in odd
    )
    names = listed(sorted({text.column.replace("_", " ") for text in odd}))
    return Verdict(f"Sends the {names} of {facts.shown} without the signs that QuickBooks cannot read.", acts)


CORRECTION = Correction(
    row="500 with a validation fault: bad text",
    cause="QuickBooks could not read the record: a text of it may hold signs that have no place there.",
    remedy="Type the text anew, without what was copied into it, then save the record.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (500), and its request for UTF-8",
    fits=lambda trouble: trouble.code in {"500", "2010", "2040"} and trouble.meaning is FaultClass.VALIDATION,
    rank=30,
    does="Sends the texts in their ordinary form, without signs that have no shape.",
    decide=_decide,
    undo="The texts are sent as they stand here.",
)
