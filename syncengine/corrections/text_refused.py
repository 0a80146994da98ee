"""A text is longer than QuickBooks takes, or holds signs that it does not take."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass

CORRECTION = Correction(
    row="2050, 2040: names and numbers",
    cause="A text is longer than QuickBooks takes, or holds signs that it does not take.",
    remedy="Shorten or correct the text that is named, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: (
        trouble.code in {"2050", "2040"} or (trouble.code == LOCAL and trouble.says(" in it.", "characters; QuickBooks takes"))
    ),
    rank=70,
)
