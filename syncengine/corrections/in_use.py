"""Other records in QuickBooks still use it, or the bank feed is matched with it, so it cannot be deleted there."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="800, 6400, 6480: documents",
    cause="Something in QuickBooks still holds on to it, another record or a line of the bank feed, so it cannot be deleted there.",
    remedy="Remove in QuickBooks what uses it, or undo the match with the bank feed, then press Retry; or keep it.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("800", "6400", "6480"),
    rank=70,
    there=(
        "Open it with Search at the top: linked transactions stand in its head. A match with the bank feed is undone "
        "under Transactions > Bank transactions > Categorized > Undo."
    ),
)
