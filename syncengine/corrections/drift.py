"""The document was changed or deleted in QuickBooks after it was sent."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass

CORRECTION = Correction(
    row="local: twin edited or deleted in QuickBooks",
    cause="The document was changed or deleted in QuickBooks after it was sent.",
    remedy="Choose one of two answers: send ours again, or accept theirs.",
    klass=Klass.NO,
    source="Tieout",
    fits=lambda trouble: trouble.what == "drift",
    rank=10,
    counts=False,
    at_once=True,
    warning=True,
    there=(
        "Open the document and choose More > Audit history at its foot: it says who changed what, and when. What was "
        "deleted stands under Settings (the gear) > Audit log."
    ),
)
