"""What changed between two versions of an object, field by field."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.pages import words

#: What changes with every version, or says nothing of its own.
_NOISE = frozenset({"MetaData", "SyncToken", "domain", "sparse", "LineEx", "LineNum"})
#: What documents move in names, items and accounts without making a version: not what this version was about.
_MOVED = frozenset({"Balance", "BalanceWithJobs", "CurrentBalance", "CurrentBalanceWithSubAccounts"})


def between(entity: Entity, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(label, before, after) of each field that differs; "" stands for nothing."""
    hidden = _NOISE if entity.dated else _NOISE | _MOVED
    old, new = _flat(before, hidden), _flat(after, hidden)
    found = []
    for path in dict.fromkeys([*old, *new]):
        (was, was_shown), (now, now_shown) = old.get(path, (None, "")), new.get(path, (None, ""))
        if was != now and (was_shown or now_shown):
            found.append((path, was_shown, now_shown))
    return found


def _flat(obj: dict[str, Any], hidden: frozenset[str]) -> dict[str, tuple[Any, str]]:
    """Labelled path -> (what is compared, how it is shown). References are compared by id alone: a rename changes no document."""
    found: dict[str, tuple[Any, str]] = {}
    for name, value in obj.items():
        if name not in hidden:
            _into(found, words.label(name), value, hidden)
    return found


def _into(found: dict[str, tuple[Any, str]], path: str, value: Any, hidden: frozenset[str]) -> None:
    if isinstance(value, dict):
        if "value" in value and not isinstance(value["value"], dict):
            found[path] = (value["value"], str(value.get("name") or value["value"]))
            return
        if "TxnId" in value:
            found[path] = (value, f"{value.get('TxnType', '')} {value['TxnId']}")
            return
        for name, item in value.items():
            if name not in hidden:
                _into(found, _deeper(path, name), item, hidden)
    elif isinstance(value, list):
        for place, item in enumerate(value, 1):
            own = item.get("Id") if isinstance(item, dict) else None
            if isinstance(item, dict) and item.get("DetailType") != "SubTotalLineDetail":
                _into(found, f"{path} {own or place}", {key: each for key, each in item.items() if key != "Id"}, hidden)
            elif not isinstance(item, dict):
                found[f"{path} {place}"] = (item, str(item))
    else:
        found[path] = (value, _text(value))


def _deeper(path: str, name: str) -> str:
    """`Line 1, Quantity`; the name of a line's detail is left out, for it says nothing more."""
    return path if name.endswith("LineDetail") else f"{path}, {words.label(name)}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else value if isinstance(value, str) else wire.dumps(value)
