"""QuickBooks refused the record, and the reason is not known here."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_words

CORRECTION = Correction(
    row="any other code",
    cause="QuickBooks refused the record, and the reason is not known here.",
    remedy="Read QuickBooks' message, correct the record and save it. If that does not help, ask support.",
    klass=Klass.NO,
    source="Tieout",
    fits=lambda _: True,
    rank=100,
    group=by_words,
    solvable=False,
)
