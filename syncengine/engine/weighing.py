"""Weighing: which of the waiting rows are expected to fail, kept with them, so that a long queue is asked and not planned.

The forecast of a row wants its plan, which is dear: some fifty seconds of the processor for a hundred thousand rows. So it is
said once of each version of a row, in small portions by the worker while the company rests, and kept beside the version that it
was said of: an edit or a move makes it unsaid without anybody's doing. The forecast rests on settings and on the copies of what
QuickBooks holds, too, which only a run changes: after either all that waits is weighed anew. What a row in view is expected to
do is reckoned afresh with its page.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Container
from typing import Final

from sqlalchemy import Connection, exists, func, select, text, update

from syncengine.clock import Clock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import forecast
from syncengine.engine.plan import Planner
from syncengine.engine.step import Step
from syncengine.store import cycles, outbox, settings
from syncengine.store.tables import Cycle, Foresight, Outbox

#: Of the worker's time, at most one part in so many goes into weighing.
_SHARE: Final = 5
#: So many rows are weighed at a time: a plan of them takes a tenth of a second.
PORTION: Final = 200
#: As the partial index says it.
_DUE: Final = text("state = 'available' AND weighed <> version")


def renew(connection: Connection, company_id: int) -> None:
    """Let all that waits be weighed anew where what forecasts rest on has changed since."""
    own, last = settings.all_of(connection, company_id), func.max(Cycle.id)
    newest = connection.scalar(select(last).where(Cycle.company_id == company_id, Cycle.result != "running"))
    signature = f"{zlib.crc32(json.dumps([dict(own), newest], default=str, sort_keys=True).encode()):08x}"
    mine = (Foresight.company_id == company_id, Foresight.weighed_by.is_distinct_from(signature))
    if connection.execute(update(Foresight).where(*mine).values(weighed_by=signature)).rowcount:
        weighed = (Outbox.company_id == company_id, Outbox.state == "available", Outbox.weighed != 0)
        connection.execute(update(Outbox).where(*weighed).values(weighed=0))


def weigh(database: Database, company_id: int, portion: int = PORTION) -> int:
    """Weigh at most `portion` of the rows that nobody has weighed as they are, the first in the queue first; how many."""
    due = select(Outbox.id).where(Outbox.company_id == company_id, _DUE).order_by(Outbox.position).limit(portion)
    with database.reading() as connection:
        ids = list(connection.scalars(due))
        if not ids:
            return 0
        planner = Planner(connection, company_id)
        steps = planner.plan_with_ancestors(outbox.by_ids(connection, ids))
        expected = forecast.expected(connection, company_id, steps, planner.refs.preferences)
    wanted = set(ids)
    said: dict[tuple[int, bool], list[int]] = {}
    for step in (each for each in steps if each.row["id"] in wanted):
        doubtful = bool(expected.get(step.row["id"])) or _stuck(step)
        said.setdefault((step.row["version"], doubtful), []).append(step.row["id"])
    with database.writing() as connection:
        for (version, doubtful), rows in said.items():
            _keep(connection, rows, version, doubtful=doubtful)
    return len(ids)


def _stuck(step: Step) -> bool:
    """Whether it cannot be sent as it is, so that nobody has to ask QuickBooks."""
    return bool(step.error or step.clashes or step.unfit)


def _keep(connection: Connection, ids: list[int], version: int, *, doubtful: bool) -> None:
    """Write it to the rows that have not moved on. Those that another transaction holds are left for the next time."""
    free = select(Outbox.id).where(Outbox.id.in_(ids), Outbox.version == version).order_by(Outbox.id)
    got = list(connection.scalars(free.with_for_update(skip_locked=True, key_share=True)))
    connection.execute(update(Outbox).where(Outbox.id.in_(got)).values(weighed=version, doubted=version if doubtful else 0))


class Weigher:
    """Weighs what is due, of companies that rest, a portion of each in turn, and takes no more than its share of the time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._not_before = 0.0

    def weigh(self, busy: Container[int] = ()) -> int:
        """Weigh a portion of every company but `busy` ones; how many rows."""
        begun = self._clock.monotonic()
        if begun < self._not_before:
            return 0
        due = exists().where(Outbox.company_id == Company.id, _DUE)
        with self._database.reading() as connection:
            found = [each for each in connection.scalars(select(Company.id).where(due)) if each not in busy]
            resting = [each for each in found if cycles.running(connection, each) is None]
        done = sum(weigh(self._database, each) for each in resting)
        ended = self._clock.monotonic()
        self._not_before = ended + (_SHARE - 1) * (ended - begun)
        return done
