"""The sync could not run."""

from __future__ import annotations

from syncengine.corrections._correction import CONNECTION, Correction, Klass, together

CORRECTION = Correction(
    row="local: the sync as a whole",
    cause="The sync could not run.",
    remedy="Nothing has to be done: the next sync tries again. Nothing that waits is lost. If it goes on, ask support.",
    klass=Klass.NO,
    source="Tieout",
    fits=lambda trouble: trouble.code == CONNECTION,
    rank=90,
    group=together,
    counts=False,
    at_once=True,
    solvable=False,
)
