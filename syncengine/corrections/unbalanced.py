"""Debits and credits of the entry differ."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass, Trouble


def _fits(trouble: Trouble) -> bool:
    # A posting is summed before it is sent.
    return trouble.code in {"2300", "2290", "2260"} or (trouble.code == LOCAL and trouble.says("debits and credits differ"))


CORRECTION = Correction(
    row="2300",
    cause="Debits and credits of the entry differ.",
    remedy="Correct the amounts of the record, so that both sides are equal, then save it.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=_fits,
    rank=60,
)
