"""QuickBooks asked for a pause: too much was sent in too short a time."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together
from syncengine.quickbooks import FaultClass

CORRECTION = Correction(
    row="429, 3001",
    cause="QuickBooks asked for a pause: too much was sent in too short a time.",
    remedy="Nothing has to be done: the sync rests and goes on. Nothing that waits is lost.",
    klass=Klass.SAFE,
    source="Intuit's pages on limits and throttles",
    fits=lambda trouble: trouble.what == "Throttled" or trouble.meaning is FaultClass.THROTTLE,
    rank=10,
    group=together,
    counts=False,
    at_once=True,
    does="Waits a minute and a random part, then goes on.",
)
