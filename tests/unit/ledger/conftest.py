"""A company whose QuickBooks objects are kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import insert

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database


@pytest.fixture
def company(database: Database, clock: ManualClock) -> int:
    """The first of two companies, 1 and 2."""
    with database.writing() as connection:
        for name in ("Harbour", "Globex"):
            connection.execute(insert(Company).values(name=name, timezone="UTC", created_at=clock.now()))
    return 1


@pytest.fixture
def now(clock: ManualClock) -> datetime:
    """The moment at which the clock stands."""
    return clock.now()
