"""A return to a vendor who gives credit for it posts a vendor credit: the payable account against item assets."""

from __future__ import annotations

from syncengine.entities._currency import posted
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Record, References
from syncengine.entities._owed import owed
from syncengine.entities._posted import expense_lines, source
from syncengine.entities._receipt import entries
from syncengine.terms import Direction


def _wanted(record: Record, _refs: References) -> bool:
    return record.get("vendor_credit") is not False


ENTITY = Entity(
    name="VendorCredit",
    kind="vendor_return",
    direction=Direction.PUSH,
    natural_key="DocNumber",
    document=True,
    fields=(
        *owed(number="number", vendor="vendor_id"),
        *posted(party="vendor"),
        source("Return to vendor"),
    ),
    lines=expense_lines(entries),
    wanted=_wanted,
    posts="Debit the payable account, credit the item's asset account.",
)
