"""What people ask of the sync, answered with DataFrames: for the dashboard's pages and for Jupyter, without either.

>>> import syncengine
>>> from syncengine import queries
>>> db = syncengine.connect()                 # doctest: +SKIP
>>> queries.queue(db)[["record", "operation"]]  # doctest: +SKIP

Every question takes a `Session` first. Money stays Decimal and times are aware, in UTC.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncengine.queries.accounting import ledger, ledger_counts
    from syncengine.queries.health import Health, Overview, Part, overview
    from syncengine.queries.history import Progress, progress, runs
    from syncengine.queries.inventory import kinds, record_states, records, records_count
    from syncengine.queries.record import record_state, timeline
    from syncengine.queries.sending import QueueCounts, queue, queue_counts, waiting_counts
    from syncengine.queries.session import Session, companies, connect, first_run
    from syncengine.queries.troubles import TroubleCounts, conflicts, errors, inbox, top_error, trouble_counts

#: Where each name lives. Loaded on first use, because most of them bring pandas along and the worker must not.
_HOMES = {
    "accounting": ("ledger", "ledger_counts"),
    "health": ("Health", "Overview", "Part", "overview"),
    "history": ("Progress", "progress", "runs"),
    "inventory": ("kinds", "record_states", "records", "records_count"),
    "sending": ("QueueCounts", "queue", "queue_counts", "waiting_counts"),
    "session": ("Session", "companies", "connect", "first_run"),
    "record": ("record_state", "timeline"),
    "troubles": ("TroubleCounts", "conflicts", "errors", "inbox", "top_error", "trouble_counts"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Health",
    "Overview",
    "Part",
    "Progress",
    "QueueCounts",
    "Session",
    "TroubleCounts",
    "companies",
    "conflicts",
    "connect",
    "errors",
    "first_run",
    "inbox",
    "kinds",
    "ledger",
    "ledger_counts",
    "overview",
    "progress",
    "queue",
    "queue_counts",
    "record_state",
    "record_states",
    "records",
    "records_count",
    "runs",
    "timeline",
    "top_error",
    "trouble_counts",
    "waiting_counts",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'syncengine.queries' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"syncengine.queries.{home}"), name)
    globals()[name] = found
    return found
