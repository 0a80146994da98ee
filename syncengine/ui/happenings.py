"""What happened, as people read it: the events of a record's timeline and of the audit trail in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from syncengine.store.audit import ENGINE
from syncengine.ui import exports, tables, words

#: What a move to each state of the queue comes to.
_MOVES: Mapping[str, str] = {
    "available": "Waits again",
    "running": "Being sent",
    "completed": "Done",
    "retryable": "Failed, will be tried again",
    "parked": "Needs a person",
    "cancelled": "Taken out of the queue",
}
_ACTORS: Mapping[str, str] = {ENGINE: "Tieout", "inventory": "The inventory"}
#: What only the program itself goes by.
_INTERNAL = frozenset(
    {"act", "attempt", "correction", "entity", "long_act", "operation", "request", "requestid", "revision", "sync_token", "tid"}
)
#: What says by itself what it is.
_BARE = frozenset({"because", "message", "outcome", "person", "says", "sql", "to", "why"})
_NAMES = {"qbo_id": "QuickBooks Id"}


def worded(found: pd.DataFrame) -> pd.DataFrame:
    """Events with three columns for people beside their own: what, by and said."""
    rows = tables.records(found)
    return found.assign(
        what=[what(str(row["event"])) for row in rows],
        by=[who(str(row["actor"])) for row in rows],
        said=[said(row) for row in rows],
    )


def told(found: pd.DataFrame) -> pd.DataFrame:
    """The same for people alone, the newest first: at, what, by and said; nothing else of what was sent goes to the browser."""
    events, actors, details = (found[name].tolist()[::-1] for name in ("event", "actor", "detail"))
    shown = {
        "what": [what(str(event)) for event in events],
        "by": [who(str(actor)) for actor in actors],
        "said": [said({"detail": detail}) for detail in details],
    }
    # Each column as an array: as a list, pandas would look at every value to see what it is.
    texts = {name: pd.array(values, dtype="str") for name, values in shown.items()}
    return pd.DataFrame({"at": found["at"].array[::-1], **texts}, copy=False)


def what(event: str) -> str:
    """An event in words.

    >>> what("running -> retryable"), what("queued"), what("refused by QuickBooks")
    ('Failed, will be tried again', 'Queued', 'Refused by QuickBooks')
    """
    _, arrow, state = event.partition(" -> ")
    return _MOVES.get(state, event) if arrow else event[:1].upper() + event[1:]


def who(actor: str) -> str:
    """Who did it.

    >>> who("engine"), who("inventory"), who("Ada")
    ('Tieout', 'The inventory', 'Ada')
    """
    return _ACTORS.get(actor, actor)


def said(row: Mapping[str, Any]) -> str:
    """The event's detail in a line: what is told apart as JSON becomes `name: value`.

    >>> said({"detail": '{"attempt": 7, "code": "6240", "what_now": ""}'}), said({"detail": "renamed"})
    ('code: 6240', 'renamed')
    >>> said({"detail": '{"code": "6240", "message": "6240 Duplicate Name"}'})
    '6240 Duplicate Name'
    >>> said({"detail": '{"person": "ada@books.example", "from": "viewer", "to": "owner"}'}), said({"detail": '{"number": 1}'})
    ('ada@books.example · viewer → owner', '1 record')
    >>> said({"detail": '{"name": "close_drop_ship", "from": false, "to": true}'})
    'Close drop ship: off → on'
    """
    detail = str(row["detail"] or "")
    if not detail.startswith("{"):
        return detail
    whole = json.loads(detail)
    told = {name: value for name, value in whole.items() if name not in _INTERNAL and (value is False or value)}
    if "code" in told and str(told.get("message", "")).startswith(str(told["code"])):
        del told["code"]  # QuickBooks' message begins with it
    if {"name", "to"} <= told.keys() <= {"name", "from", "to"}:
        return f"{words.sentence(str(told['name']))}: {_value(told.get('from'))} → {_value(told['to'])}"
    if {"from", "to"} <= told.keys():
        told["to"] = f"{_value(told.pop('from'))} → {_value(told['to'])}"
    return " · ".join(_part(name, value) for name, value in told.items())


def _part(name: str, value: Any) -> str:
    if name in _BARE:
        return _value(value)
    if name == "number" and isinstance(value, int):
        return words.count(value, "record")
    return f"{_NAMES.get(name) or words.sentence(name).lower()}: {_value(value)}"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    return ("on" if value else "off") if isinstance(value, bool) else exports.text(value)
