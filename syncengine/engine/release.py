"""Release: what a solved cause held back goes by itself, with nobody pressing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.engine import RowMapping

from syncengine.engine import probing
from syncengine.engine.apply import Applier
from syncengine.engine.explain import fingerprint
from syncengine.engine.facts import references
from syncengine.engine.run import Run
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import Payload, wire
from syncengine.store import attempts, bindings, errors, outbox
from syncengine.store.corrections import APPLIED, DONE
from syncengine.store.tables import Correction, Error, Outbox
from syncengine.terms import OutboxState

#: Why a row may be parked and yet be freed by a change elsewhere.
_REFUSED = frozenset({"refused", "feature"})
#: Causes that lie in QuickBooks' own settings, which no change feed carries: while one is open they are read in each cycle.
_OF_SETTINGS = frozenset({"first_open_day", "closed", "tracking_off", "discount_off", "plan_limit", "feature_missing", "currency"})


def world(connection: Connection, run: Run, row: RowMapping, payload: Payload) -> str:
    """The fingerprint of what a record refers to, its own twin included, as it is here just now."""
    return worlds(connection, run.company_id, run.settings, [row], {row["id"]: payload})[row["id"]]


def worlds(
    connection: Connection,
    company_id: int,
    settings: Mapping[str, Any],
    rows: Sequence[RowMapping],
    payloads: Mapping[int, Payload],
) -> dict[int, str]:
    """The same of many rows, by their ids, in a few statements; `payloads` are what was last sent of them."""
    named = {row["id"]: {each[1:] for each in references(row["entity"], payloads[row["id"]])} for row in rows}
    groups: dict[tuple[str, str], list[RowMapping]] = {}
    for row in rows:
        groups.setdefault((row["entity"], row["kind"]), []).append(row)
    for (entity, kind), members in groups.items():
        bound = bindings.of_records(connection, company_id, entity, kind, [row["record_id"] for row in members])
        for row in members:
            if row["record_id"] in bound:
                named[row["id"]].add((entity, bound[row["record_id"]]["qbo_id"]))
    copies = _copies(connection, company_id, set().union(*named.values()))
    held = ledger.load(connection, company_id, "Preferences", ["1"]).get("1")
    preferences = wire.loads(held["payload"]) if held else {}
    return {
        row_id: fingerprint([copies[each] for each in sorted(wanted) if each in copies], settings, preferences)
        for row_id, wanted in named.items()
    }


def _copies(connection: Connection, company_id: int, named: set[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    found = {}
    for entity in sorted({entity for entity, _ in named}):
        held = ledger.load(connection, company_id, entity, [qbo_id for name, qbo_id in named if name == entity])
        for qbo_id, copy in held.items():
            found[entity, qbo_id] = (entity, qbo_id, copy["sync_token"], copy["active"], copy["deleted"])
    return found


def changed(run: Run) -> None:
    """Free parked rows for which something has changed on either side since they failed (docs/outbox.md)."""
    _look_at_settings(run)
    with run.site.database.reading() as connection:
        parked = outbox.rows(connection, run.company_id, states=[OutboxState.PARKED])
        rows = freed(connection, run.company_id, run.settings, parked)
    _free(run, rows, "what it refers to has changed", probe=True)


def freed(connection: Connection, company_id: int, settings: Mapping[str, Any], parked: Sequence[RowMapping]) -> list[RowMapping]:
    """Those of `parked` rows for which something here has changed since they failed; of those with one cause in the plan, one."""
    rows = {row["id"]: row for row in parked if row["parked_by"] in _REFUSED}
    known = {
        error["outbox_id"]: error["world"]
        for error in errors.of_rows(connection, company_id, rows)
        if error["world"]
    }
    sent = {row_id: wire.loads(payload) for row_id, payload in attempts.last_payloads(connection, known).items()}
    now = worlds(connection, company_id, settings, [rows[row_id] for row_id in sent], sent) if sent else {}
    found = [rows[row_id] for row_id in now if now[row_id] != known[row_id]]
    return probing.one_each(found, probing.groups(connection, company_id)) if found else []


def _look_at_settings(run: Run) -> None:
    with run.site.database.reading() as connection:
        asked = bool(errors.open_of(connection, run.company_id, causes=_OF_SETTINGS))
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


# Asked at every cycle, and so put into SQL once.
_CORRECTED = select(Correction.error_id).where(
    Correction.company_id == bindparam("company"), Correction.state.in_((APPLIED, DONE))
)
_SOLVED = (
    select(Error.group_key)
    .join(Outbox, Outbox.id == Error.outbox_id)
    .where(
        Error.company_id == bindparam("company"),
        Error.closed_why.in_(("sent", "retried")),
        Error.group_key.is_not(None),
        Error.id.not_in(_CORRECTED),
        Outbox.state == OutboxState.COMPLETED.value,
        Outbox.changed_at >= bindparam("since"),
    )
)


def _solved(connection: Connection, company_id: int, since: datetime) -> set[Any]:
    """The causes of records that went since then by themselves, and not because they were corrected one by one."""
    return set(connection.scalars(_SOLVED, {"company": company_id, "since": since}))


def _free(run: Run, rows: Sequence[RowMapping], why: str, *, probe: bool = False) -> None:
    """Let parked rows go; a `probe` goes ahead of those that wait for the same thing of QuickBooks' plan."""
    changes = {row["id"]: {"parked_by": outbox.probe(row) if probe else None} for row in rows}
    moves = [outbox.Move(row["id"], OutboxState.AVAILABLE, row["version"], changes[row["id"]], {"why": why}) for row in rows]
    if moves:
        with run.unit() as connection:
            outbox.move(connection, run.site.clock.now(), moves, cycle_id=run.cycle_id)


__all__ = ["changed", "freed", "of_solved_groups", "world"]
