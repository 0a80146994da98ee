"""What a client's driver tells the test: a row for each operation of each entity, and what the client offers at all.

It runs in the client's environment, so it stands on the standard library alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any


class WrongAnswerError(Exception):
    """An answer that is not what QuickBooks would give."""


def claim(found: Any, expected: Any, what: str) -> None:
    """`found` is `expected`."""
    if found != expected:
        raise WrongAnswerError(f"{what}: {found!r} instead of {expected!r}")


def at(obj: Any, path: str) -> Any:
    """The value under a dotted path; list places are counted from 0; None where there is nothing."""
    for step in path.split("."):
        if isinstance(obj, list):
            obj = obj[int(step)] if int(step) < len(obj) else None
        else:
            obj = obj.get(step) if isinstance(obj, dict) else None
    return obj


def contains(found: Any, sent: Any, path: str = "") -> None:
    """Everything that was sent is in the answer; what a reference is called does not count, QuickBooks knows better."""
    if isinstance(sent, dict):
        claim(isinstance(found, dict), True, f"{path} is an object")
        for name, value in sent.items():
            contains(found.get(name), value, f"{path}.{name}".strip("."))
    elif isinstance(sent, list):
        for place, value in enumerate(sent):
            contains(found[place], value, f"{path}.{place}")
    else:
        claim(found, sent, path)


def plain(obj: Any) -> Any:
    """An object of a client's own classes as JSON."""
    return json.loads(json.dumps(obj, default=lambda each: str(each) if isinstance(each, Decimal) else vars(each)))


class Report:
    """The rows so far.

    Attributes:
        offered: `Entity.operation` for everything that the client was found to offer.
        rows: what was tried, in order.
    """

    def __init__(self) -> None:
        self.offered: set[str] = set()
        self.rows: list[dict[str, Any]] = []

    @contextmanager
    def trying(self, entity: str, operation: str) -> Iterator[None]:
        """One operation: it is well where the block comes to its end."""
        row: dict[str, Any] = {"entity": entity, "operation": operation, "ok": True, "detail": ""}
        self.rows.append(row)
        try:
            yield
        except Exception as trouble:  # noqa: BLE001 -- whatever it is, the row tells it
            row.update(ok=False, detail=f"{type(trouble).__name__}: {trouble}")

    def attempt(self, entity: str, operation: str, call: Callable[[], Any]) -> Any:
        """One operation as a call; its result, None where it failed."""
        with self.trying(entity, operation):
            return call()
        return None

    def finish(self) -> None:
        """Print it."""
        json.dump({"offered": sorted(self.offered), "rows": self.rows}, sys.stdout)


def labelled(value: Any, labels: dict[str, str]) -> Any:
    """`value` with every `@label` replaced by its id."""
    if isinstance(value, dict):
        return {name: labelled(each, labels) for name, each in value.items()}
    if isinstance(value, list):
        return [labelled(each, labels) for each in value]
    return labels[value[1:]] if isinstance(value, str) and value.startswith("@") else value
