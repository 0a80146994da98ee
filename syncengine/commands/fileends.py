"""The end of what the worker does with a kept file: what became of it, and what is left of the file."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.clock import Clock
from syncengine.store import audit, filed, longacts

_KEPT_STILL = "The file is kept still: look through it again under Import."
_REMEDY = "Look at the rows under Import, or import the file again: nothing goes in twice."


def finish(connection: Connection, act: RowMapping, clock: Clock, state: str, why: str) -> None:
    """It is over, for the caller who holds its row: the file's pieces go, and what became of it is told."""
    file = filed.load(connection, act["company_id"], act["conditions"]["file"], locked=True)
    line = None
    if act["what"] == longacts.IMPORT and state == longacts.DONE and act["done"] + act["left_alone"] != act["total"]:
        state, why = longacts.FAILED, "Not every record was reached."
    if file is not None:
        filed.put(connection, file["id"], read_until=None)
    if act["what"] == longacts.LOOK or file is None:
        outcome = why
    else:
        line = note(connection, act, file, clock, state, why)
        outcome = _outcome(act, file, state, why)
        if state == longacts.DONE or _begun(file):
            filed.put(connection, file["id"], state=filed.ENDED, ended_at=clock.now())
            filed.empty(connection, file["id"])
        else:  # it can be looked through anew, and go in then
            filed.forget_problems(connection, file["id"])
            filed.put(connection, file["id"], state=filed.KEPT, staged=False, tally=dict(filed.NOTHING))
    longacts.end(connection, act["id"], clock.now(), state=state, outcome=outcome, line=line)


def _begun(file: RowMapping) -> bool:
    """Whether any record of it was dealt with."""
    return any(file["tally"][each] for each in ("created", "changed", "unchanged", "refused"))


def note(connection: Connection, act: RowMapping, file: RowMapping, clock: Clock, state: str, why: str) -> int:
    """The line of the audit trail, as that of an import in a click."""
    tally, rejected = file["tally"], file["found"]["counts"]["bad"] + file["tally"]["refused"]
    counts = {**{name: tally[name] for name in ("created", "changed", "unchanged")}, "rejected": rejected}
    done = state == longacts.DONE
    detail = {"file": file["name"], "mode": act["conditions"].get("mode", "good"), **counts, **({} if done else {"why": why})}
    event = audit.Line("imported" if done else "import stopped", act["asked_by"], file["kind"], detail=detail)
    return audit.begin(connection, act["company_id"], clock.now(), event)


def _outcome(act: RowMapping, file: RowMapping, state: str, why: str) -> str:
    """What became of it, in sentences: also what turned out otherwise than it had looked."""
    tally, left_out = file["tally"], act["seen"][3] + file["tally"]["refused"]
    said = f"{tally['created']:,} new, {tally['changed']:,} changed, {tally['unchanged']:,} unchanged"
    if state != longacts.DONE:
        rest = act["total"] - act["done"] - act["left_alone"]
        if not _begun(file):
            return f"{why} Nothing of {file['name']} was written. {_KEPT_STILL}"
        through = f"Up to then: {said}, {left_out:,} left out."
        return f"{why} {file['name']} did not go in whole. {through} {rest:,} records were not reached. {_REMEDY}"
    parts = [f"{file['name']} is in: {said}, {left_out:,} left out."]
    if (tally["created"], tally["changed"], tally["unchanged"]) != tuple(act["seen"][:3]):
        new, changed, unchanged, bad = act["seen"]
        parts.append(
            f"When you looked, it was {new:,} new, {changed:,} changed, {unchanged:,} unchanged, {bad:,} that cannot go in: "
            "the inventory has moved since."
        )
    if left_out:
        parts.append("The rows that were left out are named on Import.")
    return " ".join([*parts, "What changed goes to QuickBooks with the next sync."])
