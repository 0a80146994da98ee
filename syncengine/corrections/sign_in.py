"""QuickBooks no longer accepts the sign-in."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together

CORRECTION = Correction(
    row="401, invalid_grant",
    cause="QuickBooks no longer accepts the sign-in.",
    remedy="Connect the company to QuickBooks again.",
    klass=Klass.SAFE,
    source="Intuit's pages on OAuth 2.0",
    fits=lambda trouble: trouble.what == "ConnectionRevoked" or trouble.code in {"3200", "3202", "100", "110"},
    rank=10,
    group=together,
    counts=False,
    at_once=True,
    does=(
        "Renews the access token once and repeats the request under the same name; where the sign-in itself is refused,"
        " stops the runs and keeps the queue."
    ),
    there=(
        "Nothing, unless somebody has disconnected Tieout there: Apps > My apps shows what is connected. Settings (the "
        "gear) > Manage users: whoever connects Tieout needs the role Company admin or Primary admin there."
    ),
)
