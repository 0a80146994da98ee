"""All parts of the name are empty."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass, Trouble


def _fits(trouble: Trouble) -> bool:
    # The mapping asks for the name before anything is sent.
    return trouble.code == "6080" or (trouble.code == LOCAL and trouble.element == "name" and trouble.says("without it"))


CORRECTION = Correction(
    row="6080, or local: no name",
    cause="All parts of the name are empty.",
    remedy="Fill in a name, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=_fits,
    rank=60,
)
