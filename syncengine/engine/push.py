"""Push: what waits goes out, in waves by dependency, in batches that are written down before they leave."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import RowMapping

from syncengine.engine import guards, probing, unsent
from syncengine.engine.apply import Applier
from syncengine.engine.plan import Planner
from syncengine.engine.recover import told_apart
from syncengine.engine.run import Run
from syncengine.engine.send import Outcome, send
from syncengine.engine.settle import settle
from syncengine.engine.site import SENDERS
from syncengine.engine.step import Step
from syncengine.entities import ENTITIES
from syncengine.errors import SyncEngineError
from syncengine.failpoints import failpoint
from syncengine.quickbooks import Answer, CallKind, FaultError, wire
from syncengine.store import attempts, outbox
from syncengine.store.attempts import Item
from syncengine.terms import Operation, OutboxState

#: As many items as a batch takes.
BATCH_MAX = 30
#: How often one record is merged and sent anew within one cycle when QuickBooks says that it was stale.
_MERGES = 2


@dataclass
class Progress:
    """What this cycle has done with which row, so that no row is tried twice but for a merge."""

    tried: set[int] = field(default_factory=set)
    merges: dict[int, int] = field(default_factory=dict)
    #: Rows that can still be sent in this cycle, those of later waves among them.
    waiting: int = 0
    #: Attempts handed to the senders.
    begun: int = 0
    size: int = BATCH_MAX
    stop: Exception | None = None
    failed: bool = False
    #: By row, its place in the first plan, where rows leave one by one.
    places: dict[int, int] = field(default_factory=dict)
    #: Whether the guards have looked at what is to be sent.
    looked: bool = False

    def pending(self, run: Run) -> int:
        """Attempts that a sender holds and the quota log does not know of yet."""
        return max(0, self.begun - (run.quota.left_so_far[CallKind.BATCH] + run.quota.left_so_far[CallKind.WRITE]))


def push(run: Run, progress: Progress | None = None, again: Iterable[int] = ()) -> Progress:
    """Send everything that can be sent. Raises what made it stop early, with all that was settled kept.

    What it returns goes with the rows that may be tried `again` in the same cycle, because they were corrected.
    """
    if progress is None:
        progress = Progress()
        probing.wake(run)
    progress.tried.difference_update(again)
    progress.failed = False
    while True:
        run.go_on()
        steps = _prepare(run, progress)
        if not steps:
            return progress
        _wave(run, steps, progress)
        if progress.stop is not None:
            raise progress.stop
        if progress.failed and run.settings["stop_at_first_error"]:
            return progress


def _prepare(run: Run, progress: Progress) -> list[Step]:
    """Plan what is left, write down what needs no sending, and return the steps that can leave now."""
    with run.unit() as connection:
        outbox.lock(connection, run.company_id)
        rows = [row for row in outbox.rows(connection, run.company_id) if _considered(row)]
        if not rows:
            return []
        planner = Planner(connection, run.company_id)
        steps = planner.plan(rows)
        if probing.passed_on(connection, steps):
            planner = Planner(connection, run.company_id)
            steps = planner.plan(outbox.by_ids(connection, [row["id"] for row in rows]))
        planner.overrides.end(run.site.clock.now())
        failpoint("build.done")
        asked = None if progress.looked else guards.outgoing(run, connection, steps)
        progress.looked = True
        if asked is None:
            # What was tried in this cycle is planned too, for what depends on it, but it does not move again before the next.
            unsent.act(run, connection, [step for step in steps if step.row["id"] not in progress.tried])
    if asked is not None:
        failpoint("brake.committed")
        raise asked
    progress.waiting = sum(step.operation is not None and step.row["id"] not in progress.tried for step in steps)
    ready = [step for step in steps if step.sendable and step.row["id"] not in progress.tried]
    if run.settings["stop_at_first_error"]:
        # By the first plan: what may go only once another has gone keeps its wave, as the preview showed it.
        progress.places = progress.places or {step.row["id"]: place for place, step in enumerate(steps)}
        return sorted(ready, key=lambda step: progress.places.get(step.row["id"], len(progress.places)))[:1]
    return ready


def _considered(row: RowMapping) -> bool:
    if row["unanswered"] or row["state"] == OutboxState.RUNNING:
        return False
    if row["state"] == OutboxState.PARKED:
        return row["parked_by"] in {"local", "conflict"}
    return True


def batch_size(waiting: int, batches_left: int) -> int:
    """Few and small when there is little, 30 when there is much: more, smaller batches cost nothing until 40 a minute.

    >>> [batch_size(n, 40) for n in (1, 10, 100, 300, 1000, 5000)]
    [1, 1, 10, 30, 25, 30]
    """
    size = math.ceil(waiting / SENDERS) if waiting <= 300 else math.ceil(waiting / 40) if waiting <= 1_200 else BATCH_MAX
    if batches_left > 0:
        size = max(size, math.ceil(waiting / batches_left))
    return max(1, min(size, BATCH_MAX))


def _next_group(run: Run, left: deque[Step], progress: Progress) -> list[Step]:
    """The next attempt's steps. Where the minute's batches are used up, single calls fill the rest of the quota."""
    pending = progress.pending(run)
    batches = run.quota.batches_left() - pending
    if batches <= 0 and run.quota.calls_left() - pending > 0:
        return [left.popleft()]
    # What waits behind this wave needs batches too: a small first wave must not use them up.
    size = max(batch_size(len(left), batches), batch_size(progress.waiting, batches) if progress.waiting > 300 else 1)
    return [left.popleft() for _ in range(min(size, progress.size, len(left)))]


def _wave(run: Run, steps: Sequence[Step], progress: Progress) -> None:
    """Send steps that do not depend on each other: some attempts under way at once, each settled as it comes back."""
    left = deque(steps)
    under_way: dict[Future[Outcome], tuple[dict[str, Any], list[RowMapping]]] = {}
    run.say("Sending to QuickBooks", 0, len(steps))
    senders = run.site.senders
    with ThreadPoolExecutor(senders, thread_name_prefix="send") as pool:
        while under_way or left:
            while left and len(under_way) < senders and progress.stop is None and not run.ending:
                group = _next_group(run, left, progress)
                progress.tried.update(step.row["id"] for step in group)
                progress.waiting -= len(group)
                begun = begin(run, group)
                if begun is not None:
                    progress.begun += 1
                    under_way[pool.submit(send, run.client, run.site.clock, *begun)] = begun
            if not under_way:
                break
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                _came_back(run, *under_way.pop(future), future.result(), progress)
            run.say(
                "Sending to QuickBooks", len(steps) - len(left) - sum(len(items) for _, items in under_way.values()), len(steps)
            )


def begin(run: Run, steps: Sequence[Step]) -> tuple[dict[str, Any], list[RowMapping]] | None:
    """Claim the rows and write the attempt down, committed together before anything leaves; None where all moved on."""
    at = run.site.clock.now()
    failpoint("claim.pre")
    failpoint("attempt.pre")
    with run.unit() as connection:
        outbox.lock(connection, run.company_id)
        present = outbox.load(connection, [step.row["id"] for step in steps])
        steps = [step for step in steps if _unchanged(step, present.get(step.row["id"]))]
        if not steps:
            return None
        outbox.move(connection, at, [outbox.Move(step.row["id"], OutboxState.RUNNING) for step in steps], cycle_id=run.cycle_id)
        items = [_item(step) for step in steps]
        name = attempts.requestid(run.company_id, run.connection_generation, items)
        shape = "single" if len(items) == 1 else "batch"
        attempt_id = attempts.add(
            connection, run.company_id, at, cycle_id=run.cycle_id, fence=run.fence, name=name, shape=shape, items=items
        )
        stored = attempts.items_of(connection, attempt_id)
    failpoint("claim.committed")
    failpoint("attempt.committed")
    return {"id": attempt_id, "requestid": name, "shape": shape}, stored


def _unchanged(step: Step, present: RowMapping | None) -> bool:
    """Whether the row is still as it was planned: not edited, moved or removed in between."""
    return present is not None and present["revision"] == step.row["revision"] and present["state"] == OutboxState.AVAILABLE


def _item(step: Step) -> Item:
    return Item(
        outbox_id=step.row["id"],
        entity=step.entity.name,
        operation=step.operation or Operation.UPDATE,
        payload=wire.dumps(step.payload).decode(),
        intended=step.intended,
        sync_token=step.payload.get("SyncToken"),
        revision=step.row["revision"],
        refusals=step.row["refusals"],
        generation=step.generation,
    )


def _came_back(run: Run, attempt: Mapping[str, Any], items: Sequence[RowMapping], outcome: Outcome, progress: Progress) -> None:
    outcome = told_apart(run, items, outcome)
    stale = settle(run, attempt, items, outcome)
    progress.failed = progress.failed or any(not hasattr(answer, "payload") for answer in outcome.answers.values())
    if outcome.stop is not None:
        progress.stop = outcome.stop
    if outcome.whole is not None:
        # Halved until the culprit is alone: then it is a single call, and its fault is its own.
        progress.size = max(1, len(items) // 2)
        progress.tried.difference_update(item["outbox_id"] for item in items)
    elif progress.size < BATCH_MAX and not outcome.unknown:
        progress.size = BATCH_MAX
    for outbox_id in stale:
        progress.merges[outbox_id] = progress.merges.get(outbox_id, 0) + 1
        item = next(each for each in items if each["outbox_id"] == outbox_id)
        made_room = isinstance(outcome.answers.get(item["ordinal"]), Answer)  # deleted, and now to be made anew
        if progress.merges[outbox_id] <= _MERGES and (made_room or _reread(run, item)):
            progress.tried.discard(outbox_id)


def _reread(run: Run, item: RowMapping) -> bool:
    """QuickBooks changed the object since we looked (5010): look again and merge; never just raise the token (D17)."""
    qbo_id = wire.loads(item["payload"])["Id"]
    try:
        payload = run.client.read(item["entity"], qbo_id).payload
    except FaultError as error:
        if error.fault.code != "610" or not ENTITIES[item["entity"]].document:
            return False  # a member of a list that is gone was merged into another, which the next cycle's pull tells
        payload = None
    except SyncEngineError:
        return False  # the next cycle's pull brings it
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        if payload is None:
            applier.deleted(item["entity"], [qbo_id])
        else:
            applier.objects(item["entity"], [payload])
    run.counts.received += applier.received
    return True
