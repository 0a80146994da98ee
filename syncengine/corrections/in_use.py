"""Other records in QuickBooks still use it, so it cannot be deleted there."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="800: documents",
    cause="Other records in QuickBooks still use it, so it cannot be deleted there.",
    remedy="Remove in QuickBooks what uses it, then press Retry; or keep it.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("800", "6400", "6480"),
    rank=70,
)
