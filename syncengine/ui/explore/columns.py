"""An answer's columns as people call them. Python, SQL, files and addresses keep the names, which a heading's help says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from syncengine.ui import words

if TYPE_CHECKING:
    from syncengine.ui.explore.view import View

#: Names that other pages call otherwise than by their own words, or whose words say little; all others are told by their words.
_CALLED: Mapping[str, str] = {
    "actor": "Who",
    "at": "When",
    "attempts": "Tries",
    "base": "When last in step",
    "by": "Who",
    "cycle_id": "Sync",
    "entity": "In QuickBooks as",
    "group_key": "Key of the cause",
    "klass": "Class of the correction",
    "label": "Name or number",
    "last_success_at": "Last synced",
    "of": "Out of",
    "outbox_id": "Id in the queue",
    "ours": "Here",
    "party": "Customer or vendor",
    "requestid": "Request Id",
    "rests": "Held back because",
    "sync_message": "Sync error",
    "theirs": "In QuickBooks",
    "theirs_said": "In QuickBooks, in words",
    "tid": "QuickBooks' trace Id",
    "txn_date": "Date",
    "wave": "Step",
}
#: Parts of names that are no words.
_PARTS: Mapping[str, str] = {
    "cogs": "cost of goods sold", "doc": "document", "email": "e-mail", "id": "Id", "po": "PO", "qbo": "QuickBooks", "sku": "SKU",
}  # fmt: skip
_NUMBERED = re.compile(r"(?<=[a-z])(?=\d+$)")


def called(name: str) -> str:
    """One column.

    >>> called("opened_at"), called("record_id"), called("qbo_id"), called("cogs_account"), called("ship_line1"), called("label")
    ('Opened', 'Record Id', 'QuickBooks Id', 'Cost of goods sold account', 'Ship line 1', 'Name or number')
    """
    if name in _CALLED:
        return _CALLED[name]
    parts = [_PARTS.get(part, _NUMBERED.sub(" ", part)) for part in name.removesuffix("_at").split("_")]
    said = " ".join(parts)
    return said[:1].upper() + said[1:]


def headings(names: Iterable[str]) -> dict[str, str]:
    """Columns that stand beside each other: two that would be called the same keep their names.

    >>> headings(["id", "cycle_id", "sync"])
    {'id': 'Id', 'cycle_id': 'cycle_id', 'sync': 'sync'}
    """
    told = {name: called(name) for name in names}
    said = list(told.values())
    return {name: each if said.count(each) == 1 else name for name, each in told.items()}


def measure(how: str, of: str) -> str:
    """What a column of groups holds.

    >>> measure("count", ""), measure("sum", "total"), measure("largest", "qbo_id")
    ('Count', 'Sum of Total', 'Largest of QuickBooks Id')
    """
    return f"{how.capitalize()} of {called(of)}" if of else how.capitalize()


def of(columns: Iterable[str], view: View) -> dict[str, str]:
    """What the columns of an answer are called; those of a pivot that are values of another column keep their names."""
    names = list(columns)
    if view.groups is None:
        return headings(names)
    told = headings(view.groups.by)
    return told if view.groups.across else told | {names[-1]: measure(view.groups.how, view.groups.of)}


def explained(name: str) -> str:
    """What the heading of a column says more of it: its name, for who carries on in Python or with a file."""
    return f"In Python and in files: {words.plain(name)}"
