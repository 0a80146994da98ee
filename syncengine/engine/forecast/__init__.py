"""Forecast: what QuickBooks is expected to refuse, and why, before anything is sent; one file a cause.

Told from the view-only copies alone, so it may be wrong where QuickBooks has changed since: what is expected to fail is
sent all the same, and its place in the queue does not change.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from syncengine.engine.forecast._look import Look
from syncengine.engine.step import Step
from syncengine.quickbooks import Payload

#: Why a step is expected to fail, in a sentence with its remedy; empty where nothing is known against it.
Expect = Callable[[Step, Look], str]


def _find() -> tuple[Expect, ...]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}").expect for name in names)


#: Every cause, in the order of their files' names.
CAUSES: tuple[Expect, ...] = _find()


def expected(connection: Connection, company_id: int, steps: Sequence[Step], preferences: Payload) -> dict[int, str]:
    """By outbox row, why each of `steps` that would be sent is expected to fail; `preferences` are QuickBooks'."""
    sent = [step for step in steps if step.operation is not None and step.error is None and not step.clashes]
    look = Look(connection, company_id, sent, preferences)
    told = {step.row["id"]: " ".join(said for cause in CAUSES if (said := cause(step, look))) for step in sent}
    return {row_id: said for row_id, said in told.items() if said}


__all__ = ["CAUSES", "Expect", "Look", "expected"]
