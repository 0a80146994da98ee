"""The document comes to nothing, so there is nothing to post."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass

CORRECTION = Correction(
    row="local: document of value 0",
    cause="The document comes to nothing, so there is nothing to post.",
    remedy="Nothing has to be done.",
    klass=Klass.SAFE,
    source="Tieout",
    fits=lambda trouble: trouble.what == "nothing_to_post",
    rank=10,
    counts=False,
    at_once=True,
    warning=True,
    does="Takes it out of the queue with a note; it is no error.",
)
