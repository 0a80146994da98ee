"""Probing: of what QuickBooks' plan lacks, one row is tried again, and the others go once it has shown that it is there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine.run import Run
from syncengine.engine.step import Step
from syncengine.store import errors, outbox
from syncengine.terms import OutboxState

#: A parked row is tried again once a day: the world may have changed without telling.
RETRY = timedelta(days=1)
#: Causes that lie in QuickBooks' plan: what it says of one row it would say of all.
_OF_THE_PLAN = frozenset({"feature_missing", "plan_limit"})
#: Why a row may be parked and yet be tried again without anybody's doing.
REFUSED = frozenset({"refused", outbox.FEATURE})


def wake(run: Run) -> None:
    """Let rows that QuickBooks refused for good be tried again once a day; of those that wait for its plan, one."""
    now = run.site.clock.now()
    with run.site.database.reading() as connection:
        found = woken(connection, run.company_id, now)
    if found:
        with run.unit() as connection:
            why = {"why": "tried again once a day"}
            # The rest of its kind goes on resting until it has gone through.
            available = OutboxState.AVAILABLE
            moves = [outbox.Move(row["id"], available, row["version"], {"parked_by": outbox.probe(row)}, why) for row in found]
            outbox.move(connection, now, moves, cycle_id=run.cycle_id)


def woken(
    connection: Connection, company_id: int, now: datetime, among: Iterable[RowMapping] | None = None,
    causes: Mapping[int, str] | None = None,
) -> list[RowMapping]:
    """The parked rows whose day is over: of all, or of some, which hold then every row that is tried as one with any of them.

    `causes` are the `groups` where they are known already.
    """
    parked = outbox.rows(connection, company_id, states=[OutboxState.PARKED]) if among is None else among
    rows = [row for row in parked if row["parked_by"] in REFUSED]
    return due(rows, groups(connection, company_id) if causes is None else causes, now) if rows else []


def alike(connection: Connection, company_id: int, causes: Mapping[int, str]) -> list[RowMapping]:
    """The parked rows that are tried as one with others: what QuickBooks' plan lacks, by cause, as `groups` has it, and by kind."""
    by_cause = outbox.by_ids(connection, causes)
    return [row for row in [*by_cause, *outbox.resting_rows(connection, company_id)] if row["state"] == OutboxState.PARKED]


def groups(connection: Connection, company_id: int) -> dict[int, str]:
    """The rows that failed for want of something in QuickBooks' plan, each with the key of its cause."""
    found = errors.open_of(connection, company_id, causes=_OF_THE_PLAN)
    return {each["outbox_id"]: each["group_key"] for each in found if each["group_key"]}


def due(rows: Iterable[RowMapping], causes: Mapping[int, str], now: datetime) -> list[RowMapping]:
    """Those of parked rows of which nothing was heard for a day: nor of any other with the same cause in the plan."""
    every = _grouped(rows, causes).values()
    return [members[0] for members in every if all(now - row["changed_at"] > RETRY for row in members)]


def one_each(rows: Iterable[RowMapping], causes: Mapping[int, str]) -> list[RowMapping]:
    """Each of parked rows, but of those with one cause in the plan only the one that has waited longest."""
    return [members[0] for members in _grouped(rows, causes).values()]


def _grouped(rows: Iterable[RowMapping], causes: Mapping[int, str]) -> dict[Hashable, list[RowMapping]]:
    """Rows that are tried as one, those that have waited longest first; every other row is alone."""
    found: dict[Hashable, list[RowMapping]] = {}
    for row in sorted(rows, key=lambda row: (row["changed_at"], row["position"], row["id"])):
        alone = row["entity"] if row["parked_by"] == outbox.FEATURE else row["id"]
        found.setdefault(causes.get(row["id"], alone), []).append(row)
    return found


def passed_on(connection: Connection, steps: Sequence[Step]) -> bool:
    """Let another row be tried for all of its kind where the one that is to be is held back for itself; whether any was.

    A document in closed books, or one whose customer waits for a person, would keep from being sent what has nothing to do with it.
    """
    leading: dict[str, list[Step]] = {}
    for step in steps:
        if step.row["parked_by"] == outbox.FEATURE:
            leading.setdefault(step.entity.name, []).append(step)
    passed = False
    for entity, every in leading.items():
        heir = next((step for step in steps if step.rests and step.entity.name == entity), None)
        if heir is None or any(step.sendable for step in every):
            continue
        for step in every:
            outbox.note(connection, step.row["id"], parked_by=None)
        outbox.note(connection, heir.row["id"], parked_by=outbox.FEATURE)
        passed = True
    return passed


def is_there(connection: Connection, company_id: int, entity: str, at: datetime, cycle_id: int) -> None:
    """QuickBooks refused a row for what it says itself, so that it does have the kind: all that rest go again."""
    resting: Sequence[RowMapping] = [
        row
        for row in outbox.rows(connection, company_id, states=[OutboxState.PARKED])
        if row["entity"] == entity and row["parked_by"] == outbox.FEATURE
    ]
    why = {"why": "QuickBooks has records of this kind by now"}
    moves = [outbox.Move(row["id"], OutboxState.AVAILABLE, row["version"], {"parked_by": None}, why) for row in resting]
    outbox.move(connection, at, moves, cycle_id=cycle_id)
