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

#: As many calls as Intuit lets one app have under way.
SENDERS = 10


@dataclass(frozen=True)
class Site:
    """One installation.

    Attributes:
        emulator: makes sure that the bundled emulator runs, and gives its base URL.
        http: gives, for some endpoints, the factory of `requests` sessions; tests mount an emulator there.
        senders: how many calls may be under way at once; with one, the same records are sent in the same order each time.
    """

    database: Database
    settings: Settings
    clock: Clock
    chance: Chance
    emulator: Callable[[], str]
    http: Callable[[Endpoints], Callable[[], requests.Session]] = session_factory
    senders: int = SENDERS
