"""The end of what the worker does with a kept file: what became of it, and what is left of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

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
        file = look_back(connection, file)
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


def look_back(connection: Connection, file: RowMapping) -> RowMapping:
    """See whether others gave names that the last portion gave, too, now that it is committed; the file's row with what is told."""
    kept = file["tally"].get("unsure")
    if kept is None:
        return file
    from syncengine.imports import twice
    from syncengine.imports.portable import layout_of, options_of

    plan = layout_of(file["kind"], file["found"], options_of(file["reading"]["options"]))
    found = twice.found(connection, plan, file["company_id"], twice.Unsure.of(kept))
    tally: dict[str, Any] = {**file["tally"], "unsure": None, "twice": file["tally"].get("twice", 0) + len(found)}
    filed.add_problems(connection, file, [astuple(each) for each in found], file["problems"])
    filed.put(connection, file["id"], tally=tally)
    return filed.load(connection, file["company_id"], file["id"]) or file


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
        more = "".join(f" {each}" for each in _twice(tally))
        return f"{why} {file['name']} did not go in whole. {through} {rest:,} records were not reached. {_REMEDY}{more}"
    parts = [f"{file['name']} is in: {said}, {left_out:,} left out."]
    if (tally["created"], tally["changed"], tally["unchanged"]) != tuple(act["seen"][:3]):
        new, changed, unchanged, bad = act["seen"]
        parts.append(
            f"When you looked, it was {new:,} new, {changed:,} changed, {unchanged:,} unchanged, {bad:,} that cannot go in: "
            "the inventory has moved since."
        )
    if left_out:
        parts.append("The rows that were left out are named on Import.")
    return " ".join([*parts, *_twice(tally), "What changed goes to QuickBooks with the next sync."])


def _twice(tally: Mapping[str, Any]) -> list[str]:
    """What is said of names that others gave at the same moment, for none of which a record was left out."""
    number = tally.get("twice", 0)
    if not number:
        return []
    what = "One name stands twice now" if number == 1 else f"{number:,} names stand twice now"
    return [f"{what}, given by somebody else at the same moment: the rows are named on Import."]
