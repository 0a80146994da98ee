"""QuickBooks refuses access to the company: whoever connected it has lost the right, or QuickBooks is disturbed."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together

CORRECTION = Correction(
    row="120, 3100",
    cause="QuickBooks refuses access to the company: whoever connected it has lost the right, or QuickBooks is disturbed.",
    remedy="Let an administrator of the QuickBooks company connect it again.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.code in {"120", "130", "140", "3100", "10200"} or trouble.what == "AccessDenied",
    rank=11,
    group=together,
    counts=False,
    at_once=True,
    there="Settings (the gear) > Manage users: whoever connects Tieout needs the role Company admin or Primary admin there.",
)
