"""The worker: the one process that syncs. It looks at the database twice a second and runs what is asked for or due."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from syncengine.engine import capture, cycle
from syncengine.engine.site import Site
from syncengine.errors import LeaseLost, LockBusy
from syncengine.store import cycles
from syncengine.worker import dispatch, heartbeats, identity, opening
from syncengine.worker.bundled import Bundled
from syncengine.worker.dispatch import Wish
from syncengine.worker.logs import facts
from syncengine.worker.signals import Stopping

logger = logging.getLogger("tieout.worker")

#: Half the second within which Sync now is promised to be taken.
TICK_SECONDS = 0.5
#: How often old rows are swept away.
SWEEP_SECONDS = 600.0
#: How many companies are synced at once; more would wait for the same processor and the same database.
CYCLES_AT_ONCE = 4
#: How long a stopping worker waits for the request that is on the wire; its attempt is committed, so the next
#: worker asks for the answer that this one does not see.
PATIENCE_SECONDS = 8.0
#: After another process was quicker to take a company, and after a cycle broke on something unforeseen.
BUSY_PAUSE, BROKEN_PAUSE = 2.0, 30.0
#: The same trouble in every tick is logged once, then this often.
REMIND_SECONDS = 60.0
#: What the log says of a cycle.
SAID = ("cycle_id", "result", "sent", "received", "failed", "metered_reads", "calls", "seconds", "message")


class Worker:
    """Takes requests, schedules and abandoned cycles from the database and runs a cycle for each.

    The scheduler calls `tick`, `beat` and `sweep`; each may also be called by itself.

    Args:
        site: database, clock and the rest of what a cycle needs.
        owner: this worker's name in leases and heartbeats.
        stop: set when the worker shall end; cycles look at it between attempts.
    """

    def __init__(self, site: Site, owner: str, stop: threading.Event) -> None:
        self.site = site
        self.owner = owner
        self.stop = stop
        self._who = identity.mine()
        self._started_at = site.clock.now()
        self._lock = threading.Lock()
        self._running: dict[int, threading.Thread] = {}
        #: Companies to leave alone until a moment of the monotonic clock.
        self._resting: dict[int, float] = {}
        self._troubles: dict[str, tuple[str, float]] = {}

    def tick(self) -> None:
        """Capture what changed, then start the cycles that are wanted; never raises."""
        self._guarded("capture", lambda: capture.capture(self.site.database, self.site.clock))
        if not self.stop.is_set():
            self._guarded("look", self._start_what_is_wanted)

    def beat(self) -> None:
        """Say in the database that this worker lives; never raises."""
        self._guarded("heartbeat", self._beat)

    def sweep(self) -> None:
        """Drop rows that nobody needs any more; never raises."""
        self._guarded("sweep", self._sweep)

    def retire(self) -> None:
        """Take this worker's heartbeat out of the database; never raises."""
        self._guarded("retire", self._retire)

    def wait(self, seconds: float) -> bool:
        """Wait for the running cycles; returns whether all have ended."""
        until = self.site.clock.monotonic() + seconds
        for thread in self.running():
            thread.join(max(0.0, until - self.site.clock.monotonic()))
        return not self.running()

    def running(self) -> list[threading.Thread]:
        """The threads of the cycles that run just now."""
        with self._lock:
            return list(self._running.values())

    def _start_what_is_wanted(self) -> None:
        now = self.site.clock.now()
        with self.site.database.reading() as connection:
            snapshot = dispatch.look(connection, now, me=self.owner, dead=identity.dead)
        moment = self.site.clock.monotonic()
        with self._lock:
            self._resting = {company_id: until for company_id, until in self._resting.items() if until > moment}
            busy = {*self._running, *self._resting}
            free = CYCLES_AT_ONCE - len(self._running)
        for wish in dispatch.choose(snapshot, busy)[: max(0, free)]:
            self._start(wish)

    def _start(self, wish: Wish) -> None:
        # A daemon: a request that hangs on the wire must not keep a stopping process alive.
        thread = threading.Thread(target=self._run, args=(wish,), name=f"company-{wish.company_id}", daemon=True)
        with self._lock:
            self._running[wish.company_id] = thread
        thread.start()

    def _run(self, wish: Wish) -> None:
        about = {"company": wish.company_id, "trigger": wish.trigger.value, "by": wish.by}
        try:
            logger.info("cycle starts", extra=facts(**about))
            result = cycle.run(
                self.site, wish.company_id, trigger=wish.trigger, by=wish.by, owner=self.owner, requests=wish.requests,
                stop=self.stop, dead=identity.dead)
            logger.info("cycle ended", extra=facts(company=wish.company_id, **{name: getattr(result, name) for name in SAID}))
            if result.result == "interrupted" and wish.requests:
                self._ask_again(wish)
        except (LockBusy, LeaseLost) as reason:
            logger.info("another process syncs this company", extra=facts(**about, why=str(reason)))
            self._rest(wish.company_id, BUSY_PAUSE)
        except Exception:
            logger.exception("cycle broke; it is tried again", extra=facts(**about, seconds=BROKEN_PAUSE))
            self._rest(wish.company_id, BROKEN_PAUSE)
        finally:
            with self._lock:
                self._running.pop(wish.company_id, None)

    def _ask_again(self, wish: Wish) -> None:
        """A stop cut off what a person had asked for: the next worker shall carry it on."""
        with self.site.database.writing() as connection:
            cycles.request(connection, wish.company_id, self.site.clock.now(), by=wish.by)

    def _rest(self, company_id: int, seconds: float) -> None:
        with self._lock:
            self._resting[company_id] = self.site.clock.monotonic() + seconds

    def _beat(self) -> None:
        with self.site.database.writing() as connection:
            heartbeats.beat(connection, self.owner, self._who, self._started_at, self.site.clock.now())

    def _sweep(self) -> None:
        with self.site.database.writing() as connection:
            heartbeats.sweep(connection, self.site.clock.now())

    def _retire(self) -> None:
        with self.site.database.writing() as connection:
            heartbeats.retire(connection, self.owner)

    def _guarded(self, task: str, work: Callable[[], object]) -> None:
        """Do `work`; whatever goes wrong is said in the log, and the next beat of the clock tries again."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 -- a worker outlives a full disk, a lost database and its own mistakes
            self._say(task, error)
        else:
            if self._troubles.pop(task, None):
                logger.info("works again", extra=facts(task=task))

    def _say(self, task: str, error: Exception) -> None:
        sentence = opening.explained(error, self.site.settings)
        moment = self.site.clock.monotonic()
        said, at = self._troubles.get(task, ("", 0.0))
        if said != type(error).__name__ or moment - at >= REMIND_SECONDS:
            self._troubles[task] = (type(error).__name__, moment)
            logger.error(
                sentence or "an unforeseen error; it is tried again", extra=facts(task=task), exc_info=None if sentence else error)


def run(site: Site, bundled: Bundled, *, parent: int | None = None, owner: str = "") -> int:
    """Work until a signal comes or the process `parent` is no longer our parent. Returns the exit code, 0."""
    stopping = Stopping(site.clock)
    worker = Worker(site, owner or str(identity.mine()), stopping.event)
    scheduler = _scheduler(worker)
    logger.info("worker starts", extra=facts(owner=worker.owner))
    worker.beat()
    scheduler.start()
    stopping.wait(partial(_orphaned, parent))
    scheduler.shutdown(wait=True)
    if not worker.wait(PATIENCE_SECONDS):
        logger.warning("a request is still on its way; the next worker asks for its answer")
    worker.retire()
    bundled.stop_if_unused()
    logger.info("worker ends", extra=facts(owner=worker.owner))
    return 0


def _scheduler(worker: Worker) -> BackgroundScheduler:
    """The clock of this process alone: its jobs are in memory, what is due lies in the database."""
    scheduler = BackgroundScheduler(
        timezone="UTC", executors={"default": ThreadPoolExecutor(3)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    now = worker.site.clock.now()
    for task, seconds in ((worker.tick, TICK_SECONDS), (worker.beat, heartbeats.BEAT_SECONDS), (worker.sweep, SWEEP_SECONDS)):
        scheduler.add_job(task, "interval", seconds=seconds, id=task.__name__, next_run_time=now)
    return scheduler


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent
