"""The state of a company as far as its light and its news go; the dashboard and the alerts read the same rules here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

#: How long an automatic run may be late before silence is news: a run of an hour's work is no alarm.
LATE = timedelta(minutes=30)


def light(last_run: Mapping[Any, Any] | None, attention: int) -> str:
    """What the Sync button shows: `check` or `x` of the last run, `x` while anything is parked or failing, or `none`."""
    if last_run is None:
        return "x" if attention else "none"
    return "check" if last_run["result"] == "ok" and not attention else "x"


def overdue(next_run_at: datetime | None, now: datetime) -> bool:
    """Whether an automatic run that should have begun is late enough to be news."""
    return next_run_at is not None and now - next_run_at > LATE
