"""QuickBooks refused the record and gave no reason."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass

CORRECTION = Correction(
    row="local: failed, no reason given (S32)",
    cause="QuickBooks refused the record and gave no reason.",
    remedy=(
        "Press Retry once. If it fails again, send support the report: it holds the request's number, with which Intuit can "
        "find it."
    ),
    klass=Klass.NO,
    source="Tieout",
    fits=lambda trouble: not trouble.code and trouble.status < 500,
    rank=40,
    solvable=False,
)
