"""A value of the record has a form that QuickBooks does not take."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_element
from syncengine.quickbooks import FaultClass

CORRECTION = Correction(
    row="2060 to 2600: a value of the wrong form",
    cause="A value of the record has a form that QuickBooks does not take.",
    remedy="Correct the field that QuickBooks names, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.meaning is FaultClass.VALIDATION and trouble.code.isdigit() and 2000 <= int(trouble.code) < 4000,
    rank=85,
    group=by_element,
)
