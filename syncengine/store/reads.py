"""Metered reads by company and day, counted as each run ends: a month is at most 31 rows a company, however many runs it had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection, Insert, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from syncengine.clock import zone_of
from syncengine.db.base import Company
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Reads

_ZONE = select(Company.timezone).where(Company.id == bindparam("company"))


@dataclass(frozen=True)
class Day:
    """One day's sums: metered reads, and records sent and received."""

    metered: int
    changed: int


def count(connection: Connection, company_id: int, at: datetime, *, metered: int, changed: int) -> None:
    """Count a run that ended at `at`, on the day that it then was in the company's zone."""
    zone = connection.scalar(_ZONE, {"company": company_id}) or "UTC"
    day = at.astimezone(zone_of(zone)).date()
    new = {"company_id": company_id, "day": day, "metered": metered, "changed": changed, "runs": 1}
    connection.execute(_counted(connection.dialect.name), new)


@cache
def _counted(dialect: str) -> Insert:
    """Makes a day's row, or adds to it: put into SQL once for each database."""
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(Reads)
    grown = {
        "metered": Reads.metered + new.excluded.metered,
        "changed": Reads.changed + new.excluded.changed,
        "runs": Reads.runs + 1,
    }
    return new.on_conflict_do_update(index_elements=["company_id", "day"], set_=grown)


def of_company(connection: Connection, company_id: int, since: date) -> Mapping[date, Day]:
    """A company's days from `since` on."""
    wanted = select(Reads.day, Reads.metered, Reads.changed).where(Reads.company_id == company_id, Reads.day >= since)
    return {row.day: Day(row.metered, row.changed) for row in connection.execute(wanted)}


def of_installation(connection: Connection, since: date) -> Mapping[date, Day]:
    """The days of all companies that Intuit meters: reads of the emulator and of a sandbox are free."""
    wanted = (
        select(Reads.day, func.sum(Reads.metered).label("metered"), func.sum(Reads.changed).label("changed"))
        .join(Link, Link.company_id == Reads.company_id)
        .where(Reads.day >= since, Link.environment == "production")
        .group_by(Reads.day)
    )
    return {row.day: Day(int(row.metered), int(row.changed)) for row in connection.execute(wanted)}
