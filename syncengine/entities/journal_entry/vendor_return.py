"""A return to a vendor who gives no credit for it posts its value from stock to the account that the return names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import lines, value_account, worth
from syncengine.entities.journal_entry._journal import both, journal


def _wanted(record: Record, _refs: References) -> bool:
    return record.get("vendor_credit") is False


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    other = record.get("account")
    if not other:
        cause = "A return without a vendor credit has to say which account its value goes to."
        raise fail("account", None, cause, "Choose an account on the return, or switch its vendor credit on.")
    for line in lines(record):
        stock, vendor = value_account(line, refs), {"vendor_id": record.get("vendor_id")}
        # The vendor is named in case that the account is a payable one.
        yield from both(worth(line), line, record, refs, debit=other, credit=stock, debtor=vendor)


ENTITY = journal(
    "vendor_return",
    "Return to vendor",
    _entries,
    posts="Debit the account that the return names, credit the item's asset account.",
    foreign=True,
    wanted=_wanted,
)
