"""The meter: reads that QuickBooks counts, this month so far and by the month's end, against the budget."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from syncengine.clock import zone_of
from syncengine.db.base import Company
from syncengine.queries.session import Session
from syncengine.store import reads as store
from syncengine.store import rights
from syncengine.store.reads import Day
from syncengine.store.tables import Connection as Link

#: What Intuit's free tier allows in a month, over all companies of one workspace; beyond it reads are blocked.
BUDGET = 500_000
#: The forecast goes by the pace of so many whole days before today.
_PACE_DAYS = 7


@dataclass(frozen=True)
class Reads:
    """Metered reads of a calendar month, in the company's zone.

    Attributes:
        month: its first day.
        company, installation: reads so far: of this company, and of all companies whose reads Intuit counts.
        company_forecast, installation_forecast: by the month's end, at the pace of the last seven whole days; None before
            there was one.
        changed: records that this company has sent and received this month.
        per_change: reads for each of them, to two places; None where there were none.
        budget: what Intuit allows in a month, for all companies of the installation together.
        metered: whether this company's reads count: those of a sample company or a sandbox are free.
    """

    month: date
    company: int
    installation: int
    company_forecast: int | None
    installation_forecast: int | None
    changed: int
    per_change: Decimal | None
    metered: bool
    budget: int = BUDGET


@rights.needs(rights.Permission.SEE_SYNC)
def reads(session: Session) -> Reads:
    """What this month has cost in metered reads so far, and what it will have cost at its end."""
    with session.database.reading() as connection:
        zone = connection.scalar(select(Company.timezone).where(Company.id == session.company_id)) or "UTC"
        today = session.clock.now().astimezone(zone_of(zone)).date()
        since = min(today.replace(day=1), today - timedelta(days=_PACE_DAYS))
        own, every = store.of_company(connection, session.company_id, since), store.of_installation(connection, since)
        environment = connection.scalar(select(Link.environment).where(Link.company_id == session.company_id))
    month = today.replace(day=1)
    used, changed = _sum(own, month), sum(day.changed for at, day in own.items() if at >= month)
    return Reads(
        month=month,
        company=used,
        installation=_sum(every, month),
        company_forecast=_forecast(own, today),
        installation_forecast=_forecast(every, today),
        changed=changed,
        per_change=(Decimal(used) / changed).quantize(Decimal("0.01")) if changed else None,
        metered=environment == "production",
    )


def _sum(days: Mapping[date, Day], since: date) -> int:
    return sum(day.metered for at, day in days.items() if at >= since)


def _forecast(days: Mapping[date, Day], today: date) -> int | None:
    """The month so far and, for each day that is left of it, the mean of the last whole days since the first on record."""
    whole = [at for at in days if at < today]
    if not whole:
        return None
    first = max(min(whole), today - timedelta(days=_PACE_DAYS))
    pace = Decimal(sum(day.metered for at, day in days.items() if first <= at < today)) / (today - first).days
    so_far, spent = _sum(days, today.replace(day=1)), days.get(today, Day(0, 0)).metered
    left = calendar.monthrange(today.year, today.month)[1] - today.day
    return round(so_far + max(Decimal(0), pace - spent) + pace * left)
