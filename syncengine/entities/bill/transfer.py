"""A transfer of stock posts nothing but the bill of the carrier, where one is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._currency import posted
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Record, References, bounded
from syncengine.entities._owed import owed
from syncengine.entities._posted import account, expense_lines, source
from syncengine.terms import Direction


def _wanted(record: Record, _refs: References) -> bool:
    return record.get("carrier_id") is not None


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    charge = record.get("carrier_charge")
    if charge is not None:
        places = [str(record[column]) for column in ("from_location", "to_location") if record.get(column)]
        yield {
            "amount": bounded("carrier_charge", charge, 2),
            "account": account(refs, "expense_account", record.get("carrier_account"), of="the carrier's charge"),
            "description": f"Transfer {' to '.join(places)}".strip()[:4000],
        }


ENTITY = Entity(
    name="Bill",
    kind="transfer",
    direction=Direction.PUSH,
    natural_key="DocNumber",
    document=True,
    fields=(
        *owed(number="carrier_reference", vendor="carrier_id"),
        *posted(column=""),
        source("Transfer"),
    ),
    lines=expense_lines(_entries),
    wanted=_wanted,
    posts="Debit the carrier's account or the default expense account, credit the payable account; nothing without a carrier.",
)
