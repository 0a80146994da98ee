"""QuickBooks could not be reached, or is out of order just now."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together
from syncengine.quickbooks import FaultClass

CORRECTION = Correction(
    row="500, 502, 503, 504, 150, 10000, time-out, dropped connection",
    cause="QuickBooks could not be reached, or is out of order just now.",
    remedy="Nothing has to be done: the next sync tries again. Nothing that waits is lost.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.what in {"TransportLost", "ServiceDown"} or trouble.meaning is FaultClass.TRANSIENT,
    rank=12,
    group=together,
    counts=False,
    at_once=True,
    does=(
        "Asks again under the same name, so that nothing is booked twice, and looks for the document before it would be"
        " created again."
    ),
    there="status.quickbooks.intuit.com says whether QuickBooks is out of order just now.",
)
