"""Who is at work on the command line, and what they may do."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from syncengine.clock import Clock, SystemClock
from syncengine.db.engine import Database
from syncengine.db.place import is_local
from syncengine.settings import Settings
from syncengine.store import rights


@dataclass(frozen=True)
class Person:
    """Who acts on the command line, on which company; what a command asks for."""

    database: Database
    actor: str
    company_id: int
    clock: Clock


def person(settings: Settings, database: Database, company_id: int) -> Person:
    """Who is at work on the command line, in this company."""
    return Person(database, settings.actor if not is_local(database.url) else user(), company_id, SystemClock())


def rights_to_see(settings: Settings, database: Database, company_id: int) -> rights.Rights:
    """What whoever is at work may do in the company; Forbidden unless they may see queue and errors."""
    held = rights.of(person(settings, database, company_id))
    held.require(rights.Permission.SEE_SYNC)
    return held


def may_see(settings: Settings, database: Database, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rows, each with a company's `id`, in whose company the state of the sync may be seen."""
    wanted = rights.Permission.SEE_SYNC
    return [row for row in rows if rights.of(person(settings, database, row["id"])).may(wanted)]


def user() -> str:
    """Who the system says is at the keyboard, for the audit trail."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"
