"""The state of a company at a glance: the light of the last run, and health in words, the worst of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, func, select
from sqlalchemy.engine import RowMapping

from syncengine.db.base import Company
from syncengine.engine import state, tracking, vetting
from syncengine.inventory.tables import SyncMark
from syncengine.queries.history import Progress, progress_of
from syncengine.queries.longacts import LongAct, news
from syncengine.queries.sample import SampleDay, day_of
from syncengine.queries.sending import QueueCounts
from syncengine.queries.sending import counts_of as queue_counts_of
from syncengine.queries.session import Session
from syncengine.queries.troubles import TroubleCounts
from syncengine.queries.troubles import counts_of as trouble_counts_of
from syncengine.store import connections, cycles, outbox, rights, samples, settings
from syncengine.store.outbox import Tally
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Cycle, Lease, Worker

#: A worker beats every few seconds; one that was silent this long is taken for gone.
HEARTBEAT_SECONDS = 10.0


def _company() -> Select[*tuple[Any, ...]]:
    """What lies in one row each, and two figures, by the company's id as `ours`: put into SQL once, as every look asks it."""
    ours = Company.id == bindparam("ours", type_=Integer)
    succeeded = select(Cycle.finished_at).where(Cycle.company_id == Company.id, Cycle.result == "ok").order_by(Cycle.id.desc())
    marks = select(func.count()).select_from(SyncMark).where(SyncMark.company_id == Company.id)
    wanted = select(
        *(Company.name, Company.timezone, Link.environment, Link.state, Link.message, Link.sample),
        connections.stands().label("stands"),
        Link.connected_at,
        Lease.next_run_at,
        succeeded.limit(1).correlate(Company).scalar_subquery().label("last_success_at"),
        select(func.max(Worker.beat_at)).scalar_subquery().label("beat_at"),
        marks.correlate(Company).scalar_subquery().label("uncaptured"),
    )
    joined = wanted.outerjoin_from(Company, Link, Link.company_id == Company.id).outerjoin(Lease, Lease.company_id == Company.id)
    return joined.where(ours)


_COMPANY = _company()


class Health(StrEnum):
    """How a company is, in words; a later one outweighs an earlier one."""

    #: Everything works and nothing waits for a person.
    HEALTHY = "healthy"
    #: There is no news to judge by: it never ran, or no worker was ever heard.
    UNKNOWN = "unknown"
    #: It works, but something waits for a person or is late.
    WARNING = "warning"
    #: It does not work.
    DEGRADED = "degraded"


_ORDER = tuple(Health)
#: What is said while a sync waits for its question to be answered.
ASKS = "The sync has stopped and asks: it was about to change more than seems right. Nothing goes on until somebody answers."


@dataclass(frozen=True)
class Part:
    """One part of the health: its name, how it is, and one sentence that says so."""

    name: str
    health: Health
    says: str


@dataclass(frozen=True)
class Overview:
    """A company at a glance.

    Attributes:
        company, timezone: its name, and the zone in which its times are shown.
        environment: `emulator`, `sandbox` or `production`; empty where it is not connected.
        link: how its connection stands: `connected`, `broken`, `returning`, `disconnected`, `new`, `never` or `missing`, as
            `queries.connection` tells it.
        sample: which company of the emulator it is tried out with, such as `demo`; empty for Intuit's own service.
        day: how a sample company stands with its working day; None for every other company.
        light: what the Sync button shows: `check`, `x` (the last run failed, or a record is parked), or `none` before
            the first run.
        last_run: the newest finished run; None before the first.
        last_success_at: when a run last ended with a check.
        next_run_at: when the next automatic run is due; None under Never, and while nothing is synced.
        automatic: never, hourly, daily or weekly.
        first_sync_done: whether a manual sync has ever succeeded, which automatic sync waits for.
        progress: the run under way or asked for.
        queue, troubles: how much waits, and how much needs a person.
        tally: what waits, by kind and state.
        uncaptured: saved changes that no worker has queued yet.
        acts: what the worker does with many rows for a person, and what has ended of that without being told yet.
        tracks: which of `class` and `department` QuickBooks tracks, as far as that is known.
        worker_heard: whether a worker's heartbeat is fresh.
        health, parts: the worst of the parts, and all of them.
    """

    company: str
    timezone: str
    environment: str
    sample: str
    day: SampleDay | None
    light: str
    last_run: RowMapping | None
    last_success_at: datetime | None
    next_run_at: datetime | None
    automatic: str
    first_sync_done: bool
    progress: Progress | None
    queue: QueueCounts
    tally: Tally
    troubles: TroubleCounts
    uncaptured: int
    worker_heard: bool
    health: Health
    parts: tuple[Part, ...]
    tracks: frozenset[str] = frozenset()
    acts: tuple[LongAct, ...] = ()
    link: str = "connected"

    @property
    def is_cut(self) -> bool:
        """Whether nothing is synced, whoever asks, until somebody connects the company."""
        return self.link in connections.CUT

    @property
    def attention(self) -> int:
        """How many records of the queue need attention, but for those that wait for a choice: these are decisions."""
        return max(0, self.queue.attention - self.troubles.undecided)

    @property
    def act(self) -> LongAct | None:
        """What the worker does with many rows just now, or will do as soon as one runs."""
        return next((each for each in self.acts if each.is_open), None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether an automatic sync should have begun long enough ago to be news."""
        return self.automatic != "never" and state.overdue(self.next_run_at, now)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences of every part that is not healthy, the worst first."""
        poor = [part for part in self.parts if part.health is not Health.HEALTHY]
        return tuple(part.says for part in sorted(poor, key=lambda part: -_ORDER.index(part.health)))


@rights.needs(rights.Permission.SEE_SYNC)
def overview(session: Session) -> Overview:
    """The company at a glance, read in one transaction."""
    now = session.clock.now()
    with session.database.reading() as connection:
        return overview_of(connection, session.company_id, now)


def overview_of(connection: Connection, company_id: int, now: datetime) -> Overview:
    """The same on a connection that is open already."""
    company = connection.execute(_COMPANY, {"ours": company_id}).mappings().one()
    link = company if company["environment"] is not None else None
    stands = company["stands"]
    newest = cycles.last(connection, company_id, finished=False)
    # Only while one runs is the newest that has finished another one.
    last_run = newest if newest is None or newest["finished_at"] is not None else cycles.last(connection, company_id)
    own, preferences = settings.all_of(connection, company_id), tracking.preferences(connection, company_id)
    running, tally = newest is not None and newest["result"] == "running", outbox.tally(connection, company_id)
    queue = queue_counts_of(connection, company_id, running=running, tally=tally)
    troubles = trouble_counts_of(connection, company_id)
    beat, last_success_at = company["beat_at"], company["last_success_at"]
    # A company that is cut off keeps its slot, which is not taken.
    next_run_at = None if stands in connections.CUT else company["next_run_at"]
    parts = (
        _worker(beat, now),
        _connection(link, stands),
        _asks(troubles),
        _last_run(last_run, link),
        _attention(queue.attention - troubles.undecided),
        _waiting_for_a_person(troubles),
        _settings(vetting.of_company(connection, company_id, own, preferences)),
        _schedule(stands, None if own["automatic_sync"] == "never" else next_run_at, last_success_at, now),
    )
    return Overview(
        company=company["name"],
        timezone=company["timezone"],
        environment=link["environment"] if link else "",
        sample=(link["sample"] or "") if link else "",
        day=day_of(connection, company_id) if link and link["sample"] == samples.KIND else None,
        light=state.light(last_run, queue.attention),
        last_run=last_run,
        last_success_at=last_success_at,
        next_run_at=next_run_at,
        automatic=own["automatic_sync"],
        first_sync_done=own["first_sync_done"],
        progress=progress_of(connection, company_id, newest),
        queue=queue,
        tally=tally,
        troubles=troubles,
        uncaptured=company["uncaptured"],
        worker_heard=fresh(beat, now),
        health=max((part.health for part in parts), key=_ORDER.index),
        parts=parts,
        tracks=tracking.tracked(preferences),
        acts=news(connection, company_id),
        link=stands,
    )


def fresh(beat: datetime | None, now: datetime) -> bool:
    """Whether a heartbeat is recent enough to count as heard."""
    return beat is not None and (now - beat).total_seconds() <= HEARTBEAT_SECONDS


def _worker(beat: datetime | None, now: datetime) -> Part:
    if beat is None:
        return Part("Worker", Health.UNKNOWN, "No worker has been heard yet: nothing is synced until one runs.")
    if not fresh(beat, now):
        return Part("Worker", Health.DEGRADED, "No worker is heard: nothing is synced until one runs.")
    return Part("Worker", Health.HEALTHY, "The worker is running.")


def _connection(link: RowMapping | None, stands: str) -> Part:
    told = {
        connections.MISSING: (Health.UNKNOWN, "This company has never been connected to QuickBooks."),
        connections.RETURNS: (Health.HEALTHY, connections.RETURNING),
        connections.NEVER: (Health.HEALTHY, "This company is not to be connected to QuickBooks: nothing is synced."),
        connections.NEW: (Health.WARNING, "This company is not connected to QuickBooks yet: nothing is synced."),
        connections.DISCONNECTED: (Health.DEGRADED, "This company is disconnected from QuickBooks: nothing is synced."),
        "connected": (Health.HEALTHY, "Connected to QuickBooks."),
    }
    refused = (link["message"] if link else "") or "QuickBooks no longer accepts the sign-in: connect the company again."
    return Part("Connection", *told.get(stands, (Health.DEGRADED, refused)))


def _asks(troubles: TroubleCounts) -> Part:
    """Whether a sync stopped before it did something implausible: until somebody answers, each sync stops there."""
    if troubles.questions:
        return Part("Question", Health.DEGRADED, ASKS)
    return Part("Question", Health.HEALTHY, "No sync has stopped to ask.")


def _last_run(last_run: RowMapping | None, link: RowMapping | None) -> Part:
    if last_run is None:
        return Part("Last sync", Health.UNKNOWN, "Nothing has been synced yet.")
    if last_run["result"] == "failed" and _is_over(last_run, link):
        # What it says to do has been done.
        return Part("Last sync", Health.WARNING, "The last sync could not run. The company was connected again since.")
    poor = {
        "errors": (Health.WARNING, f"The last sync failed for {_records(last_run['failed'])}."),
        "failed": (Health.DEGRADED, last_run["message"] or "The last sync could not run."),
        "interrupted": (Health.WARNING, "The last sync was interrupted; the next one resumes its work."),
    }
    health, says = poor.get(last_run["result"], (Health.HEALTHY, "The last sync went well."))
    return Part("Last sync", health, says)


def _is_over(last_run: RowMapping, link: RowMapping | None) -> bool:
    """Whether a run that could not run did so before the company was connected as it is now."""
    if link is None or link["state"] == connections.DISCONNECTED:
        return False
    anew = link["connected_at"] is not None and last_run["finished_at"] < link["connected_at"]
    return anew or last_run["message"] in connections.APART


def _attention(number: int) -> Part:
    """How much failed; what waits for a choice is told among the decisions."""
    if number > 0:
        return Part("Queue", Health.WARNING, f"{_records(number).capitalize()} in the queue {_need(number)} attention.")
    return Part("Queue", Health.HEALTHY, "Nothing in the queue needs attention.")


def _waiting_for_a_person(troubles: TroubleCounts) -> Part:
    said = []
    if troubles.conflicts:
        said.append(
            f"{troubles.conflicts} {'field was' if troubles.conflicts == 1 else 'fields were'} changed on both sides: choose one."
        )
    if troubles.inbox:
        said.append(f"{_records(troubles.inbox).capitalize()} from QuickBooks could not be applied here.")
    if troubles.drifts:
        many = "document stands" if troubles.drifts == 1 else "documents stand"
        said.append(f"{troubles.drifts} {many} otherwise in QuickBooks than sent: send ours again, or accept theirs.")
    return Part("Decisions", Health.WARNING if said else Health.HEALTHY, " ".join(said) or "No decision is waiting.")


def _settings(told: Mapping[str, vetting.Problem]) -> Part:
    said = [str(problem) for problem in told.values() if not problem.unchecked]
    return Part("Settings", Health.WARNING if said else Health.HEALTHY, " ".join(said) or "None of them contradicts QuickBooks.")


def _schedule(stands: str, next_run_at: datetime | None, last_success_at: datetime | None, now: datetime) -> Part:
    if stands == connections.NEVER:
        return Part("Schedule", Health.HEALTHY, "No sync runs, as the company is not to be connected.")
    if stands in connections.CUT:
        return Part("Schedule", Health.WARNING, "No sync runs until the company is connected.")
    return _silence(next_run_at, last_success_at, now)


def _silence(next_run_at: datetime | None, last_success_at: datetime | None, now: datetime) -> Part:
    if state.overdue(next_run_at, now):
        since = f" since {last_success_at:%d %b %Y, %H:%M} UTC" if last_success_at else ""
        return Part("Schedule", Health.WARNING, f"No news{since}: the automatic sync is overdue.")
    due = "Syncs run when they are due." if next_run_at else "A sync runs when somebody asks for one."
    return Part("Schedule", Health.HEALTHY, due)


def _records(number: int) -> str:
    return "one record" if number == 1 else f"{number:,} records"


def _need(number: int) -> str:
    return "needs" if number == 1 else "need"
