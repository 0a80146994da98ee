"""What a command is handed: which database, which person, which company, and the time."""

from __future__ import annotations

from typing import Protocol

from syncengine.clock import Clock
from syncengine.db.engine import Database


class Session(Protocol):
    """Anything that names these four; `queries.Session` does, which this floor does not know."""

    @property
    def database(self) -> Database:
        """The shared database."""

    @property
    def actor(self) -> str:
        """The person's name, as it stands in the audit trail."""

    @property
    def company_id(self) -> int:
        """Our own key of the company."""

    @property
    def clock(self) -> Clock:
        """The time."""
