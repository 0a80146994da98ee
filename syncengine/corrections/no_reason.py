"""QuickBooks refused the record and gave no reason."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass

CORRECTION = Correction(
    row="local: failed, no reason given (S32)",
    cause="QuickBooks refused the record and gave no reason.",
    remedy=(
        "Look at the request, the answer and the time in the record's history; with the number below, Intuit's support "
        "can find the request."
    ),
    klass=Klass.NO,
    source="Tieout",
    fits=lambda trouble: not trouble.code and trouble.status < 500,
    rank=40,
)
