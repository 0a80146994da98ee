"""QuickBooks was sent this request before, with another content."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="600",
    cause="QuickBooks was sent this request before, with another content.",
    remedy="Press Retry: the record is then sent under a new name.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("600"),
    rank=80,
)
