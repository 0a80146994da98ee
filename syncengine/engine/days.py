"""Days: which one it is where a company is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select

from syncengine.clock import zone_of
from syncengine.db.base import Company


def today(connection: Connection, company_id: int, now: datetime) -> date:
    """The day that it is in the company's zone."""
    zone = connection.scalar(select(Company.timezone).where(Company.id == company_id)) or "UTC"
    return now.astimezone(zone_of(zone)).date()
