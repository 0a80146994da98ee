"""The worker: the one process that syncs. It looks at the database twice a second and runs what is asked for or due."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from syncengine.engine import capture, consent, cycle, foresight, schedule, setup, weighing
from syncengine.engine.run import Stopped
from syncengine.engine.site import Site
from syncengine.errors import LeaseLost, LockBusy
from syncengine.settings import Settings
from syncengine.store import filed, longacts, notices
from syncengine.worker import acting, breakage, channels, dispatch, heartbeats, identity, opening, telling
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
PATIENCE_SECONDS = 5.0
#: After another process was quicker to take a company, and after a cycle broke on something unforeseen.
SHORT_PAUSE = 2.0
#: A broken cycle is not begun again unasked before this; doubled each time, up to the second. Sync now does not wait for it.
LONG_PAUSE, LONGEST_PAUSE = 30.0, 900.0
#: The same trouble in every tick is logged once, then this often.
REMIND_SECONDS = 60.0
#: The clock of the day was put, not just set right a little, where it steps by more than this between two ticks.
STEP_SECONDS = 5.0
#: How often a worker that starts before its database tries to reach it.
RETRY_SECONDS = 3.0
#: What the log says of a cycle.
SAID = ("cycle_id", "result", "sent", "received", "failed", "metered_reads", "calls", "seconds")


@dataclass(frozen=True)
class Rest:
    """Until when a company is left alone, by the monotonic clock: by everybody, and by what no person asked for."""

    everybody: float = 0.0
    unasked: float = 0.0
    #: How long the present pause is; the next is twice as long.
    pause: float = 0.0

    def over(self, wish: Wish, moment: float) -> bool:
        """Whether `wish` may be carried out."""
        return moment >= (self.everybody if wish.requests else max(self.everybody, self.unasked))


class Worker:
    """Takes requests, schedules and abandoned cycles from the database and runs a cycle for each.

    The scheduler calls `tick`, `beat` and `sweep`; each may also be called by itself.

    Args:
        site: database, clock and the rest of what a cycle needs.
        owner: this worker's name in leases and heartbeats.
    """

    def __init__(self, site: Site, owner: str) -> None:
        self.site = site
        self.owner = owner
        self._who = identity.mine()
        self._started_at = site.clock.now()
        self._lock = threading.Lock()
        self._ending = False
        #: Each cycle has a stop of its own: one that loses its company stops itself, and nobody else.
        self._running: dict[int, tuple[threading.Thread, threading.Event]] = {}
        self._rests: dict[int, Rest] = {}
        #: How far the clock of the day is from the one that never steps, at the last look.
        self._apart: float | None = None
        self._troubles: dict[str, tuple[str, float]] = {}
        #: The thread that exchanges what people brought back from the consent page, while there is one.
        self._exchanging: list[threading.Thread] = []
        self._keeper = foresight.Keeper(site.database, site.clock)
        self._courier = threading.Thread()
        self._acts = acting.ActRunner(site, owner)
        self._weigher = weighing.Weigher(site.database, site.clock)

    def tick(self) -> None:
        """Capture what changed, start the cycles that are wanted, then keep the orders of queues; never raises."""
        if self._clock_was_put():
            self._guarded("clock", self._mend)
        self._guarded("capture", lambda: capture.capture(self.site.database, self.site.clock))
        self._guarded("look", self._start_what_is_wanted)
        self._guarded("order", self._keep_orders)
        self._guarded("sign in", self._answer_people)

    def end(self) -> None:
        """Start no further cycle, and let the running ones stop between two attempts."""
        with self._lock:
            self._ending = True
            for _, stop in self._running.values():
                stop.set()
        self._acts.end()

    def beat(self) -> None:
        """Say in the database that this worker lives; never raises."""
        self._guarded("heartbeat", self._beat)

    def sweep(self) -> None:
        """Drop rows that nobody needs any more, and put schedules right that no longer follow the settings; never raises."""
        self._guarded("sweep", self._sweep)
        self._guarded("schedule", self._mend)

    def tell(self) -> None:
        """Look for news, and let a thread deliver the messages that are due; never raises."""
        self._guarded("news", lambda: telling.look(self.site))
        if not self._courier.is_alive():
            # A daemon: a mail server that does not answer must not keep a stopping process alive.
            deliver = partial(self._guarded, "alerts", partial(telling.deliver_all, self.site))
            self._courier = threading.Thread(target=deliver, name="alerts", daemon=True)
            self._courier.start()

    def check_alerts(self) -> None:
        """Say in the log where the mail server's settings are none: at the start, not at the first X; never raises."""
        self._guarded("alerts", lambda: channels.checked(self.site.settings))

    def retire(self) -> None:
        """Take this worker's heartbeat out of the database; never raises."""
        self._guarded("retire", self._retire)

    def wait(self, seconds: float) -> bool:
        """Wait for the running cycles and long acts; returns whether all have ended."""
        until = self.site.clock.monotonic() + seconds
        for thread in self.running():
            thread.join(max(0.0, until - self.site.clock.monotonic()))
        return not self.running()

    def running(self) -> list[threading.Thread]:
        """The threads of the cycles and long acts that run just now."""
        with self._lock:
            cycles = [thread for thread, _ in self._running.values()]
        return [*cycles, *self._acts.at_work()]

    def _start_what_is_wanted(self) -> None:
        now = self.site.clock.now()
        with self.site.database.reading() as connection:
            snapshot = dispatch.look(connection, now, me=self.owner, dead=identity.dead)
            acts = longacts.waiting(connection)
        self._acts.take(acts)
        moment = self.site.clock.monotonic()
        with self._lock:
            free = 0 if self._ending else CYCLES_AT_ONCE - len(self._running)
            busy = set(self._running)
        ready = [wish for wish in dispatch.choose(snapshot, busy) if self._rests.get(wish.company_id, Rest()).over(wish, moment)]
        for wish in ready[: max(0, free)]:
            self._start(wish)

    def _answer_people(self) -> None:
        """Exchange what people brought back from the consent page, aside: QuickBooks may take its time to answer."""
        if not self._exchanging and consent.wanted(self.site):
            self._exchanging.append(threading.Thread(target=self._exchange, name="sign-in", daemon=True))
            self._exchanging[0].start()

    def _exchange(self) -> None:
        try:
            self._guarded("exchange", lambda: consent.settle(self.site))
        finally:
            self._exchanging.clear()

    def _keep_orders(self) -> None:
        with self._lock:
            busy = set(self._running)
        self._keeper.renew(busy)
        self._weigher.weigh(busy)

    def _start(self, wish: Wish) -> None:
        stop = threading.Event()
        # A daemon: a request that hangs on the wire must not keep a stopping process alive.
        thread = threading.Thread(target=self._run, args=(wish, stop), name=f"company-{wish.company_id}", daemon=True)
        with self._lock:
            if self._ending:
                return
            self._running[wish.company_id] = (thread, stop)
        thread.start()

    def _run(self, wish: Wish, stop: threading.Event) -> None:
        about = {"company": wish.company_id, "trigger": wish.trigger.value, "by": wish.by}
        try:
            self._make_day(wish, stop) if wish.day else self._cycle(wish, stop, about)
            self._well(wish.company_id)
        except Stopped:
            logger.info("a sample's day is left to the next worker", extra=facts(company=wish.company_id))
        except (LockBusy, LeaseLost) as reason:
            logger.info("another process syncs this company", extra=facts(**about, why=str(reason)))
            self._rest(wish.company_id, broken=False)
        except Exception as error:  # noqa: BLE001 -- whatever broke this cycle must not end the worker
            self._say(f"company {wish.company_id}", error)
            self._rest(wish.company_id, broken=True)
            self._guarded("record", partial(breakage.record, self.site, wish.company_id, error))
        finally:
            with self._lock:
                self._running.pop(wish.company_id, None)

    def _cycle(self, wish: Wish, stop: threading.Event, about: dict[str, Any]) -> None:
        logger.info("cycle starts", extra=facts(**about))
        result = cycle.run(
            self.site, wish.company_id, trigger=wish.trigger, by=wish.by, owner=self.owner, requests=wish.requests,
            resumes=wish.resumes, stop=stop, dead=identity.dead)
        said = {name: getattr(result, name) for name in SAID}
        logger.info("cycle ended", extra=facts(company=wish.company_id, **said, why=result.message or ""))

    def _make_day(self, wish: Wish, stop: threading.Event) -> None:
        from syncengine.sample import job  # with it the emulator's core is loaded, which no other company needs here

        begun = self.site.clock.monotonic()
        if job.make(self.site, wish.company_id, owner=self.owner, stop=stop, dead=identity.dead):
            seconds = round(self.site.clock.monotonic() - begun, 1)
            logger.info("a sample's day was made", extra=facts(company=wish.company_id, seconds=seconds))

    def _rest(self, company_id: int, *, broken: bool) -> None:
        moment = self.site.clock.monotonic()
        before = self._rests.get(company_id, Rest())
        pause = min(before.pause * 2 or LONG_PAUSE, LONGEST_PAUSE) if broken else 0.0
        self._rests[company_id] = Rest(moment + SHORT_PAUSE, moment + pause, pause)

    def _well(self, company_id: int) -> None:
        self._rests.pop(company_id, None)
        self._troubles.pop(f"company {company_id}", None)

    def _beat(self) -> None:
        with self.site.database.writing() as connection:
            heartbeats.beat(connection, self.owner, self._who, self._started_at, self.site.clock.now())

    def _sweep(self) -> None:
        with self.site.database.writing() as connection:
            heartbeats.sweep(connection, self.site.clock.now())
            notices.sweep(connection, self.site.clock.now())
            filed.sweep(connection, self.site.clock.now())

    def _mend(self) -> None:
        mended = schedule.mend(self.site.database, self.site.clock.now())
        if mended:
            logger.info("planned anew", extra=facts(companies=mended))

    def _clock_was_put(self) -> bool:
        """Whether the clock of the day went another way since the last look than the one that never steps."""
        apart = self.site.clock.now().timestamp() - self.site.clock.monotonic()
        before, self._apart = self._apart, apart
        return before is not None and abs(apart - before) > STEP_SECONDS

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


def run(settings: Settings, *, parent: int | None = None, owner: str = "") -> int:
    """Work until a signal comes or the process `parent` is no longer our parent. Returns the exit code, 0.

    Raises:
        ConfigurationError: the database belongs to a newer program, or its address is none.
    """
    with opening.opened(settings) as database:
        site, bundled = opening.assembled(database, settings)
        stopping = Stopping(site.clock)
        over = partial(_orphaned, parent)
        if _prepared(site, stopping, over):
            _work(Worker(site, owner or str(identity.mine())), bundled, stopping, over)
    return 0


def _prepared(site: Site, stopping: Stopping, over: Callable[[], bool]) -> bool:
    """Bring the database up to date as soon as it can be reached; False where a stop came first."""
    said = ""
    while not stopping.event.is_set():
        try:
            setup.prepare(site.database)
            return True
        except DBAPIError as error:
            sentence = opening.explained(error, site.settings) or str(error)
            if sentence != said:
                logger.error(sentence, extra=facts(task="start"))  # noqa: TRY400 -- the sentence says it all, for minutes perhaps
            said = sentence
        if stopping.event.wait(RETRY_SECONDS) or over():
            return False
    return False


def _work(worker: Worker, bundled: Bundled, stopping: Stopping, over: Callable[[], bool]) -> None:
    scheduler = _scheduler(worker)
    logger.info("worker starts", extra=facts(owner=worker.owner))
    worker.check_alerts()
    worker.beat()
    worker.tell()  # what was overdue is told before it is made up for
    scheduler.start()
    stopping.wait(over)
    worker.end()
    scheduler.shutdown(wait=True)
    if not worker.wait(PATIENCE_SECONDS):
        logger.warning("a request is still on its way; the next worker asks for its answer")
    worker.retire()
    bundled.stop_if_unused(me=worker.owner)
    logger.info("worker ends", extra=facts(owner=worker.owner))


def _scheduler(worker: Worker) -> BackgroundScheduler:
    """The clock of this process alone: its jobs are in memory, what is due lies in the database."""
    scheduler = BackgroundScheduler(
        timezone="UTC", executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    now = worker.site.clock.now()
    rhythm = (
        (worker.tick, TICK_SECONDS), (worker.beat, heartbeats.BEAT_SECONDS), (worker.tell, telling.TELL_SECONDS),
        (worker.sweep, SWEEP_SECONDS),
    )  # fmt: skip
    for task, seconds in rhythm:
        scheduler.add_job(task, "interval", seconds=seconds, id=task.__name__, next_run_time=now)
    return scheduler


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent
