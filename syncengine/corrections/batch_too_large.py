"""Tieout put more records into one request than QuickBooks takes."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded, together

CORRECTION = Correction(
    row="1040",
    cause="Tieout put more records into one request than QuickBooks takes.",
    remedy="Nothing has to be done: the request is divided.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes",
    fits=coded("1040"),
    rank=10,
    group=together,
    counts=False,
    at_once=True,
    does="Divides the batch until QuickBooks takes its parts.",
)
