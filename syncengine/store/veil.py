"""What a person may not see of a row: payloads and amounts of the accounting lists that are closed to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncengine.store.rights import Permission, Rights

#: What stands in a payload's column where it may not be shown.
HIDDEN = "hidden: this needs the right to see the list that it belongs to"
#: Columns that show what a QuickBooks object holds, each with what stands there instead.
_OF_OBJECT: Mapping[str, Any] = {
    **dict.fromkeys(("payload", "then", "request", "answer", "base", "ours", "theirs", "sent", "sent_said", "theirs_said"), HIDDEN),
    **dict.fromkeys(("total", "amount", "balance", "total_sent", "total_theirs")),
    **dict.fromkeys(("changed", "paths", "parts", "references"), ()),
}
#: Columns that show accounts and what is posted to them.
_OF_ACCOUNTS: Mapping[str, Any] = {"effects": (), "moves": ()}


def veiled(rows: Iterable[Mapping[Any, Any]], rights: Rights) -> list[dict[str, Any]]:
    """The rows, each naming its QuickBooks `entity`, without what the person may not see of it."""
    return [_veiled(row, rights) for row in rows]


def _veiled(row: Mapping[Any, Any], rights: Rights) -> dict[str, Any]:
    seen = rights.sees(str(row.get("entity") or ""))
    kept = {} if seen else {name: value for name, value in _OF_OBJECT.items() if row.get(name)}
    if not (seen and rights.may(Permission.SEE_ACCOUNTS)):
        kept |= {name: value for name, value in _OF_ACCOUNTS.items() if row.get(name)}
    return {**row, **kept}
