"""The document's total is below zero, which QuickBooks takes on no form."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6000: total below zero",
    cause="The document's total is below zero, which QuickBooks takes on no form.",
    remedy="Write a credit memo or a vendor credit for the difference, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6000", says=("0 or greater", "transaction amount", "negative")),
    rank=60,
)
