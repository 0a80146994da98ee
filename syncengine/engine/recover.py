"""Recover: attempts whose answer is not on record are asked for again, the same bytes under the same requestid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import RowMapping

from syncengine.engine.refusals import LOOKED_UP
from syncengine.engine.run import Run
from syncengine.engine.send import Outcome, failed, send
from syncengine.engine.settle import FOUND, settle
from syncengine.entities import POSTINGS, Entity, marker
from syncengine.errors import SyncEngineError
from syncengine.failpoints import failpoint
from syncengine.quickbooks import Answer, Fault, FaultDetail, Payload, select, wire
from syncengine.store import attempts, outbox
from syncengine.terms import Operation, OutboxState

#: How often the same batch is sent before an answer that keeps leaving records out is looked up record by record.
_SENDS = 4
#: How far the two clocks may be apart.
_SKEW = timedelta(hours=1)
#: Names and numbers in one look-up.
_LOOK_UP = 30


def recover(run: Run) -> None:
    """Bring every unanswered attempt of the company to an end before anything new is sent."""
    with run.site.database.reading() as connection:
        open_attempts = [dict(attempt) for attempt in attempts.unanswered(connection, run.company_id)]
        stranded = [row for row in outbox.rows(connection, run.company_id, states=[OutboxState.RUNNING]) if not row["unanswered"]]
    if stranded:
        _release(run, stranded)
    for attempt in open_attempts:
        run.go_on()
        run.say("Asking again for answers that never came")
        outcome = _end(run, attempt)
        if outcome.stop is not None:
            raise outcome.stop


def _release(run: Run, rows: Sequence[RowMapping]) -> None:
    """Rows that were claimed and never sent."""
    with run.unit() as connection:
        outbox.move(
            connection,
            run.site.clock.now(),
            [
                outbox.Move(row["id"], OutboxState.AVAILABLE, why={"why": "claimed by a cycle that ended before it was sent"})
                for row in rows
            ],
            cycle_id=run.cycle_id,
        )


def _end(run: Run, attempt: Mapping[str, Any]) -> Outcome:
    with run.unit() as connection:
        items = attempts.items_of(connection, attempt["id"])
        rows = outbox.load(connection, [item["outbox_id"] for item in items])
        outbox.move(
            connection,
            run.site.clock.now(),
            [
                outbox.Move(row_id, OutboxState.RUNNING, why={"why": "asked for again", "attempt": attempt["id"]})
                for row_id, row in rows.items()
                if row["state"] != OutboxState.RUNNING
            ],
            cycle_id=run.cycle_id,
        )
        attempts.resent(connection, attempt["id"], fence=run.fence)
    failpoint("recover.committed")
    outcome = _look_up(run, items, rows) if _old(run, attempt) else send(run.client, run.site.clock, attempt, items)
    outcome = told_apart(run, items, outcome)
    settle(run, attempt, items, outcome)
    return outcome


def told_apart(run: Run, items: Sequence[RowMapping], outcome: Outcome) -> Outcome:
    """A creation that keeps coming back with a system failure may have taken effect: it is looked up before it goes again.

    What is found is ours and is taken over; what is not goes again under a new requestid. An update or a deletion carries its
    SyncToken, which lets it take effect only once. Where the look-up fails too, the whole attempt stays unanswered.
    """
    doubtful = [item for item in items if item["operation"] == Operation.CREATE and failed(outcome.answers.get(item["ordinal"]))]
    if not doubtful:
        return outcome
    with run.site.database.reading() as connection:
        rows = outbox.load(connection, [item["outbox_id"] for item in doubtful])
    try:
        found = _found(run, doubtful, rows)
    except SyncEngineError as error:
        return Outcome({}, unknown=str(error) or type(error).__name__, stop=error)
    now = run.site.clock.now()
    taken = {ordinal: Answer(payload=each, time=now, tid="", service_ms=None, status=FOUND) for ordinal, each in found.items()}
    return replace(outcome, answers={**outcome.answers, **taken})


def _old(run: Run, attempt: Mapping[str, Any]) -> bool:
    """Whether QuickBooks may have forgotten the requestid: then a repetition could create a second object."""
    memory = timedelta(hours=run.site.settings.requestid_memory_hours)
    return bool(run.site.clock.now() - attempt["made_at"] >= memory or attempt["sends"] >= _SENDS)


def _look_up(run: Run, items: Sequence[RowMapping], rows: Mapping[int, RowMapping]) -> Outcome:
    """Ask QuickBooks for what a creation would have made, by our marker or the natural key.

    What is found is ours and is taken over. What is not found was never written, or was deleted since; so were updates
    and deletions of unknown outcome, whose truth the pull brings: those rows are planned anew, under a new requestid.
    """
    found = _found(run, [item for item in items if item["operation"] == Operation.CREATE], rows)
    answers: dict[int, Answer | Fault] = {}
    for item in items:
        payload = found.get(item["ordinal"])
        answers[item["ordinal"]] = (
            Answer(payload=payload, time=run.site.clock.now(), tid="", service_ms=None, status=FOUND) if payload else _NOT_FOUND
        )
    return Outcome(answers)


def _found(run: Run, creations: Sequence[RowMapping], rows: Mapping[int, RowMapping]) -> dict[int, Payload]:
    """By ordinal, what the creations made, where QuickBooks has it."""
    found: dict[int, Payload] = {}
    keys = {item["ordinal"]: (item["entity"], rows[item["outbox_id"]]["kind"]) for item in creations}
    for key in sorted(set(keys.values())):
        found |= _find(run, POSTINGS[key], [item for item in creations if keys[item["ordinal"]] == key], rows)
    return found


#: Read as a stale object: the row is planned anew at once and nothing is counted.
_NOT_FOUND = Fault(
    http_status=400,
    type=LOOKED_UP,
    errors=(
        FaultDetail("5010", "Stale Object Error", "Nothing carries our marker: the write never took effect, or was undone since."),
    ),
)


def _find(run: Run, entity: Entity, items: Sequence[RowMapping], rows: Mapping[int, RowMapping]) -> dict[int, Payload]:
    keys = {item["ordinal"]: str(wire.loads(item["payload"]).get(entity.natural_key) or "") for item in items}
    numbered = [item for item in items if keys[item["ordinal"]]]
    found: dict[int, Payload] = {}
    for start in range(0, len(numbered), _LOOK_UP):
        part = numbered[start : start + _LOOK_UP]
        named = sorted({keys[item["ordinal"]] for item in part})
        objects = run.client.query(select(entity.name, where=[(entity.natural_key, "IN", named)], max=1000)).objects
        found.update(_matched(run, entity, part, rows, keys, objects))
    if len(numbered) < len(items):
        # QuickBooks numbers these itself, or not at all: only our marker can tell, so all that was made since is looked through.
        objects = _made_since(run, entity.name, min(row["queued_at"] for row in rows.values()) - _SKEW)
        found.update(_matched(run, entity, [item for item in items if not keys[item["ordinal"]]], rows, {}, objects))
    return found


def _made_since(run: Run, name: str, since: datetime) -> list[Payload]:
    objects: list[Payload] = []
    while True:
        where = [("MetaData.CreateTime", ">=", since)]
        page = run.client.query(select(name, where=where, order=["MetaData.CreateTime"], start=len(objects) + 1, max=1000))
        objects += page.objects
        if page.count < 1000:
            return objects


def _matched(
    run: Run,
    entity: Entity,
    items: Sequence[RowMapping],
    rows: Mapping[int, RowMapping],
    keys: Mapping[int, str],
    objects: Sequence[Payload],
) -> dict[int, Payload]:
    """Which object is which item's: documents by our marker, list entries by their name."""
    found = {}
    for item in items:
        mark = marker(run.company_id, entity.key, rows[item["outbox_id"]]["record_id"])
        key = keys.get(item["ordinal"], "").casefold()
        for each in objects:
            same = not key or str(each.get(entity.natural_key) or "").casefold() == key
            if same and (mark in str(each.get("PrivateNote") or "") if entity.document else bool(key)):
                found[item["ordinal"]] = each
    return found
