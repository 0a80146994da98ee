"""Merges: which member of a list stayed where one is gone. QuickBooks' change feed names only the one that is gone.

A list entry cannot be deleted in QuickBooks, only made inactive: one that is gone was merged into another, and whatever named it
names that one now. So the proof lies in the objects that named it: what they said before is in the view-only copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from syncengine.engine.run import Run
from syncengine.entities import ENTITIES, Payload
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import FaultError, wire

#: So many objects that named the one that is gone are read anew, where the feed brought none of them.
_WITNESSES = 5
#: By list, the properties that name its members; accounts are named by every property that ends in `AccountRef`.
_NAMED_BY: Mapping[str, frozenset[str]] = {
    "Class": frozenset({"ClassRef"}),
    "Customer": frozenset({"CustomerRef", "EntityRef"}),
    "Department": frozenset({"DepartmentRef"}),
    "Item": frozenset({"ItemRef"}),
    "PaymentMethod": frozenset({"PaymentMethodRef"}),
    "Term": frozenset({"SalesTermRef", "TermRef"}),
    "Vendor": frozenset({"VendorRef", "EntityRef", "PrefVendorRef"}),
}


def found(run: Run, gone: Mapping[str, Sequence[str]], objects: Mapping[str, Sequence[Payload]]) -> list[tuple[str, str, str]]:
    """(list, Id that is gone, Id that stayed) of each merge that can be proved; the rest counts as deleted."""
    merges = []
    for name, ids in gone.items():
        if name not in ENTITIES or ENTITIES[name].document:
            continue
        for loser in ids:
            votes = _votes(run, name, loser, objects) or _asked(run, name, loser)
            survivor = _winner(votes)
            if survivor is not None and _lives(run, name, survivor, objects):
                merges.append((name, loser, survivor))
    return merges


def _winner(votes: Counter[str]) -> str | None:
    """What most witnesses say; nobody where two are level."""
    best = votes.most_common(2)
    return None if not best or (len(best) == 2 and best[0][1] == best[1][1]) else best[0][0]


def _lives(run: Run, name: str, qbo_id: str, objects: Mapping[str, Sequence[Payload]]) -> bool:
    if any(str(each.get("Id")) == qbo_id for each in objects.get(name, ())):
        return True
    with run.site.database.reading() as connection:
        held = ledger.load(connection, run.company_id, name, [qbo_id])
    return qbo_id in held and not held[qbo_id]["deleted"]


def _votes(run: Run, name: str, loser: str, objects: Mapping[str, Sequence[Payload]]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for entity, payloads in objects.items():
        with run.site.database.reading() as connection:
            held = ledger.load(connection, run.company_id, entity, [str(each.get("Id")) for each in payloads])
        for payload in payloads:
            copy = held.get(str(payload.get("Id")))
            if copy is not None:
                votes.update(set(led(wire.loads(copy["payload"]), payload, name, loser, own=entity == name)))
    return votes


def _asked(run: Run, name: str, loser: str) -> Counter[str]:
    """Read a few objects anew that named it when they were last seen."""
    with run.site.database.reading() as connection:
        witnesses = ledger.naming(connection, run.company_id, loser, limit=_WITNESSES * 20)
    votes: Counter[str] = Counter()
    asked = 0
    for row in witnesses:
        before = wire.loads(row["payload"])
        own = row["entity"] == name
        if (own and row["qbo_id"] == loser) or row["entity"] not in ENTITIES or not _names(before, name, loser, own=own):
            continue
        asked += 1
        if asked > _WITNESSES:
            break
        try:
            now = run.client.read(row["entity"], row["qbo_id"]).payload
        except FaultError:
            continue  # gone as well: no witness
        votes.update(set(led(before, now, name, loser, own=own)))
    return votes


def _names(payload: Any, name: str, qbo_id: str, *, own: bool) -> bool:
    return any(True for _ in led(payload, None, name, qbo_id, own=own))


def led(before: Any, now: Any, name: str, loser: str, *, own: bool, key: str = "", kind: str = "") -> Iterator[str]:
    """Ids to which what named `loser` before leads `now`; with None for `now`, "" for each reference to it. Pure.

    `own` says that the object is of the list itself: then its parent counts. `kind` is the type that stands beside an EntityRef.
    """
    if isinstance(before, list):
        others = now if isinstance(now, list) and len(now) == len(before) else [None if now is None else ""] * len(before)
        for one, other in zip(before, others, strict=True):
            yield from led(one, other, name, loser, own=own, key=key)
    elif isinstance(before, Mapping):
        after = now if isinstance(now, Mapping) else {}
        if "value" in before:
            if before["value"] == loser and _about(key, str(before.get("type") or kind), name, own=own):
                led_to = str(after.get("value") or "")
                if now is None or (led_to and led_to != loser):
                    yield led_to
            return
        for inner, value in before.items():
            other = after.get(inner, "") if now is not None else None
            yield from led(value, other, name, loser, own=own, key=inner, kind=str(before.get("Type") or ""))


def _about(key: str, kind: str, name: str, *, own: bool) -> bool:
    """Whether a property names members of the list."""
    if key == "ParentRef":
        return own
    if key == "EntityRef" and kind:
        return kind == name
    return key.endswith("AccountRef") if name == "Account" else key in _NAMED_BY.get(name, frozenset())
