"""Reconcile: each posted document against its twin, as the original's three reports do (A11 to A13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.errors import Refused
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.veil import veiled

if TYPE_CHECKING:
    import pandas as pd

_COMPARED = {
    "kind": "str",
    "record_id": "int64",
    "label": "str",
    "txn_date": "object",
    "entity": "str",
    "qbo_id": "str",
    "state": "str",
    "total_sent": "object",
    "total_theirs": "object",
    "fields": "object",
}


@rights.needs(rights.Permission.SEE_SYNC)
def reconcile(session: Session, kind: str, *, everything: bool = False) -> pd.DataFrame:
    """Documents of a kind that do not agree with what QuickBooks holds of them; with `everything`, the others too.

    `kind` is one that posts, such as `item_receipt`, `vendor_return`, `shipment` or `adjustment`. `state` says how the
    two stand, `total_sent` what the record is worth now and `total_theirs` what QuickBooks holds (Decimals in the
    document's currency), `fields` what else differs, by QuickBooks path. A row's record can be sent again with
    `commands.add_to_sync`. Totals of a list that the person may not see are hidden.

    Raises Refused for a kind that posts nothing.
    """
    from syncengine.engine import tieout
    from syncengine.queries._frames import frame

    if not tieout.posting(kind):
        raise Refused(f"Records of the kind {kind!r} post nothing of their own that could be compared.")
    with session.database.reading() as connection:
        rows = [vars(each) for each in tieout.compare(connection, session.company_id, kind)]
    wanted = [row for row in rows if everything or row["state"] != tieout.AGREES]
    return frame(veiled(wanted, rights.of(session)), _COMPARED)
