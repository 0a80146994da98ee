"""What the engine is handed: the database, the settings, the clock, chance, and the way to QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import requests

from syncengine.chance import Chance
from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.quickbooks import Endpoints, session_factory
from syncengine.settings import Settings


@dataclass(frozen=True)
class Site:
    """One installation.

    Attributes:
        emulator: makes sure that the bundled emulator runs, and gives its base URL.
        http: gives, for some endpoints, the factory of `requests` sessions; tests mount an emulator there.
    """

    database: Database
    settings: Settings
    clock: Clock
    chance: Chance
    emulator: Callable[[], str]
    http: Callable[[Endpoints], Callable[[], requests.Session]] = session_factory
