"""Release: what a solved cause held back goes by itself, with nobody pressing anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.corrections import Facts
from syncengine.engine.apply import Applier
from syncengine.engine.explain import fingerprint
from syncengine.engine.facts import Gatherer
from syncengine.engine.run import Run
from syncengine.entities import POSTINGS, Entity
from syncengine.ledger import reader as ledger
from syncengine.store import attempts, bindings, errors, outbox
from syncengine.store.corrections import APPLIED, DONE
from syncengine.store.tables import Correction, Error
from syncengine.terms import OutboxState

#: Why a row may be parked and yet be freed by a change elsewhere.
_REFUSED = frozenset({"refused", "feature"})
#: Causes that lie in QuickBooks' own settings, which no change feed carries: while one is open they are read in each cycle.
_OF_SETTINGS = frozenset({"first_open_day", "closed", "tracking_off", "discount_off", "plan_limit", "feature_missing", "currency"})


def world(connection: Connection, run: Run, entity: Entity, record_id: int, facts: Facts) -> str:
    """The fingerprint of what the record refers to, its own twin included, as it is here just now."""
    ids: dict[str, set[str]] = {}
    for ref in facts.refs:
        ids.setdefault(ref.entity, set()).add(ref.qbo_id)
    binding = bindings.of_records(connection, run.company_id, entity.name, entity.kind, [record_id]).get(record_id)
    if binding is not None:
        ids.setdefault(entity.name, set()).add(binding["qbo_id"])
    copies = [
        (name, copy["qbo_id"], copy["sync_token"], copy["active"], copy["deleted"])
        for name, wanted in sorted(ids.items())
        for copy in ledger.load(connection, run.company_id, name, wanted).values()
    ]
    return fingerprint(copies, run.settings, facts.preferences)


def changed(run: Run) -> None:
    """Free parked rows for which something has changed on either side since they failed (docs/outbox.md)."""
    _look_at_settings(run)
    with run.site.database.reading() as connection:
        parked = {row["id"]: row for row in outbox.rows(connection, run.company_id, states=[OutboxState.PARKED])}
        known = {
            error["outbox_id"]: error
            for error in errors.open_of(connection, run.company_id)
            if error["world"] and error["outbox_id"] in parked and parked[error["outbox_id"]]["parked_by"] in _REFUSED
        }
        freed = _changed_rows(connection, run, [parked[row_id] for row_id in known], known)
    _free(run, freed, "what it refers to has changed")


def _changed_rows(connection: Connection, run: Run, rows: Iterable[RowMapping], known: dict[int, RowMapping]) -> list[RowMapping]:
    gatherer = Gatherer(connection, run.company_id, run.settings)
    found = []
    for row in rows:
        entity = POSTINGS[row["entity"], row["kind"]]
        facts = gatherer.gather(entity, row, attempts.last_of(connection, row["id"]))
        if world(connection, run, entity, row["record_id"], facts) != known[row["id"]]["world"]:
            found.append(row)
    return found


def _look_at_settings(run: Run) -> None:
    with run.site.database.reading() as connection:
        asked = any(error["correction"] in _OF_SETTINGS for error in errors.open_of(connection, run.company_id))
    if not asked:
        return
    preferences = run.client.preferences()
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        applier.objects("Preferences", [preferences.payload])


def of_solved_groups(run: Run, since: datetime, spared: set[int]) -> set[int]:
    """Free what is parked for a cause that another record has just overcome; `spared` rows have had their turn already."""
    with run.site.database.reading() as connection:
        solved = _solved(connection, run.company_id, since)
        if not solved:
            return set()
        waiting = {
            error["outbox_id"]
            for error in errors.open_of(connection, run.company_id)
            if error["group_key"] in solved and error["outbox_id"] not in spared
        }
        rows = [
            row
            for row in outbox.rows(connection, run.company_id, states=[OutboxState.PARKED])
            if row["id"] in waiting and row["parked_by"] in _REFUSED
        ]
    _free(run, rows, "its cause is solved: another record with it has gone")
    return {row["id"] for row in rows}


def _solved(connection: Connection, company_id: int, since: datetime) -> set[Any]:
    """The causes of records that went since then by themselves, and not because they were corrected one by one."""
    corrected = select(Correction.error_id).where(Correction.company_id == company_id, Correction.state.in_((APPLIED, DONE)))
    wanted = select(Error.group_key).where(
        Error.company_id == company_id,
        Error.closed_at >= since,
        Error.closed_why == "sent",
        Error.group_key.is_not(None),
        Error.id.not_in(corrected),
    )
    return set(connection.scalars(wanted))


def _free(run: Run, rows: Iterable[RowMapping], why: str) -> None:
    moves = [outbox.Move(row["id"], OutboxState.AVAILABLE, row["version"], {"parked_by": None}, {"why": why}) for row in rows]
    if moves:
        with run.unit() as connection:
            outbox.move(connection, run.site.clock.now(), moves, cycle_id=run.cycle_id)


__all__ = ["changed", "of_solved_groups", "world"]
