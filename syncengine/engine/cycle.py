"""One cycle of one company: recover, pull, plan, push, settle, under a lease that is renewed while it lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from syncengine.engine import capture, connect, explain, holding, release, retrying, schedule, scope
from syncengine.engine.begin import Asked, begin
from syncengine.engine.correct import Correcting
from syncengine.engine.pull import pull
from syncengine.engine.push import push
from syncengine.engine.recover import recover
from syncengine.engine.run import Counts, Run, Stopped
from syncengine.engine.site import Site
from syncengine.errors import ConnectionRevoked, LeaseLost, SideEmpty, SyncEngineError
from syncengine.failpoints import failpoint
from syncengine.quickbooks import FaultError
from syncengine.store import conflicts, connections, cycles, errors, inbox, leases, settings
from syncengine.store.quota import DatabaseQuotaLog
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState, Trigger

#: How often in one cycle what was corrected is sent again: one correction may bring the next trouble to light.
_ROUNDS = 5


@dataclass(frozen=True)
class Result:
    """What a cycle came to. `result` is ok (check), errors (X: records failed), failed (X: could not run), interrupted."""

    cycle_id: int
    result: str
    message: str | None
    sent: int
    received: int
    failed: int
    metered_reads: int
    calls: int
    seconds: float


@dataclass(frozen=True)
class Ended:
    """How the steps of a cycle ended: its result so far, a sentence, and the trouble with the connection that ended it early."""

    result: str
    message: str | None = None
    trouble: SyncEngineError | None = None


def run(
    site: Site,
    company_id: int,
    *,
    trigger: Trigger,
    by: str,
    owner: str,
    requests: Sequence[int] = (),
    resumes: int | None = None,
    stop: threading.Event | None = None,
    dead: Callable[[str], bool] = lambda _: False,
) -> Result:
    """Run one cycle in the foreground.

    `by` is who asked for it, shown in the history; `owner` this process's name for the lease; `requests` are the Sync
    now requests that this cycle answers; `resumes` is the cycle of a dead owner that this one carries on. When `stop` is
    set, the cycle ends at the next safe point. `dead` says of another owner's name that its process is known to be gone.

    Raises LockBusy when another owner syncs the company just now, or has meanwhile taken what this cycle was to answer.
    """
    begun = site.clock.monotonic()
    capture.capture(site.database, site.clock)
    with site.database.writing() as connection:
        now, asked = site.clock.now(), Asked(trigger, by, tuple(requests), resumes)
        cycle_id, fence = begin(connection, company_id, now, asked, owner=owner, dead=dead)
        failpoint("slot.pre")
    failpoint("slot.committed")
    counts = Counts()
    lost = threading.Event()
    try:
        with holding.kept(site, company_id, fence, lost):
            ended = _guarded(site, company_id, cycle_id, fence, counts, stop or threading.Event(), lost)
        return _finish(site, company_id, cycle_id, fence, trigger, counts, ended, begun)
    finally:
        holding.give_back(site, company_id, fence)


def _guarded(
    site: Site,
    company_id: int,
    cycle_id: int,
    fence: int,
    counts: Counts,
    stop: threading.Event,
    lost: threading.Event,
) -> Ended:
    """Run the steps; what ends them early becomes a result and a sentence."""
    try:
        _steps(site, company_id, cycle_id, fence, counts, stop, lost)
    except Stopped:
        return Ended("interrupted", "The sync was asked to stop; the next one goes on where it ended.")
    except LeaseLost:
        raise
    except FaultError as error:
        return Ended("failed", f"QuickBooks refused to be read: {error}")
    except SideEmpty as error:
        return Ended("failed", str(error))
    except SyncEngineError as error:
        _note_trouble(site, company_id, cycle_id, error)
        return Ended("failed", str(error), error)
    return Ended("ok")


def _steps(
    site: Site, company_id: int, cycle_id: int, fence: int, counts: Counts, stop: threading.Event, lost: threading.Event
) -> None:
    quota = DatabaseQuotaLog(site.database, company_id, site.clock)
    client, generation = connect.client(site, company_id, quota, counts.on_call)
    with site.database.reading() as connection:
        snapshot = settings.all_of(connection, company_id)
    this = Run(
        site=site,
        company_id=company_id,
        cycle_id=cycle_id,
        fence=fence,
        client=client,
        quota=quota,
        settings=snapshot,
        connection_generation=generation,
        stop=stop,
        lost=lost,
        counts=counts,
    )
    if scope.idle(snapshot):
        return
    with client:
        recover(this)
        this.go_on()
        pull(this)
        this.go_on()
        # What was saved while we were reading goes along.
        capture.capture(site.database, site.clock)
        _send(this)
        this.go_on()
    quota.tidy()


def _send(this: Run) -> None:
    """Push; then correct what is due and push that too, in the same cycle (D4), and what a solved cause held back."""
    if not scope.outward(this.settings):
        push(this)  # what is held back is told; nothing is corrected, for corrections write to QuickBooks, too
        return
    since = this.site.clock.now()
    correcting = Correcting(this)
    correcting.resume()
    release.changed(this)
    progress = push(this)
    spared: set[int] = set()
    for _ in range(_ROUNDS):
        freed = correcting.round()
        freed |= release.of_solved_groups(this, since, spared)
        if not freed:
            break
        spared |= freed
        push(this, progress, again=freed)
    correcting.finish()


def _note_trouble(site: Site, company_id: int, cycle_id: int, error: SyncEngineError) -> None:
    """Trouble of the connection as a whole: one error for the company, none for its records."""
    revoked = isinstance(error, ConnectionRevoked)
    with site.database.writing() as connection:
        errors.of_connection(connection, company_id, site.clock.now(), cycle_id, explain.connection(error))
        if revoked:
            connections.mark(connection, company_id, "broken", str(error))


def _failing(connection: Connection, company_id: int) -> int:
    """Records that need a look: failing or parked rows, and objects that could not be applied."""
    failing = [OutboxState.RETRYABLE.value, OutboxState.PARKED.value]
    bad = select(Outbox.entity, Outbox.record_id).where(Outbox.company_id == company_id, Outbox.state.in_(failing))
    rows = {(row.entity, row.record_id) for row in connection.execute(bad)}
    undecided = {(row["entity"], row["record_id"]) for row in conflicts.open_of(connection, company_id)}
    return len(rows | undecided) + len(inbox.all_of(connection, company_id))


def _finish(
    site: Site,
    company_id: int,
    cycle_id: int,
    fence: int,
    trigger: Trigger,
    counts: Counts,
    ended: Ended,
    begun: float,
) -> Result:
    result, message = ended.result, ended.message
    seconds = site.clock.monotonic() - begun
    now: datetime = site.clock.now()
    failpoint("settle.pre")
    with site.database.writing() as connection:
        leases.check(connection, company_id, fence)
        counts.failed = _failing(connection, company_id)
        if result == "ok":
            schedule.served(connection, company_id, now)
            errors.close_connection(connection, company_id, now)
            connections.mark(connection, company_id, "connected", None)
            if trigger is not Trigger.AUTOMATIC:
                settings.put(connection, company_id, "first_sync_done", value=True)
            if counts.failed:
                result, message = "errors", f"{counts.failed} record{'s' if counts.failed != 1 else ''} could not be synced."
        cycles.finish(connection, cycle_id, now, result=result, message=message, seconds=seconds, **counts.columns())
        if result == "interrupted":
            # What it was the answer to waits for the next one: nobody has to ask twice, and no slot is lost.
            cycles.reopen(connection, cycle_id)
            schedule.give_back(connection, company_id, cycle_id, now)
        if retrying.passes(ended.trouble):
            schedule.retry_later(connection, company_id, cycle_id, now, seconds=retrying.asked(ended.trouble))
    failpoint("settle.committed")
    return Result(
        cycle_id, result, message, counts.sent, counts.received, counts.failed, counts.metered_reads, counts.calls, seconds
    )
