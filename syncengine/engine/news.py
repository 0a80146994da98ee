"""News: notices that a company's state has changed, and writes one message for each who wants to know; never twice.

Three conditions are looked at: the X, the connection, and silence. Of each the database remembers how it was last told.
A change is told when it has stood for a little, and a condition that goes bad again soon after is told once it has
stayed so: what flaps gives one pair of messages in half an hour, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import state
from syncengine.store import cycles, notices, settings
from syncengine.store.notices import Change
from syncengine.store.outbox import LISTED
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Cycle, Lease, Outbox, Standing
from syncengine.terms import OutboxState

#: The three conditions, and how long each must have been bad before that is told. An X that goes away by itself is no news.
SETTLE: Mapping[Change, timedelta] = {
    Change.CONNECTION: timedelta(0),
    Change.SILENCE: timedelta(0),
    Change.X: timedelta(minutes=2),
}
#: After a condition was told as bad, it is not told as bad anew before this has passed.
REST = timedelta(minutes=30)
#: A run that lasts longer than this does not move any more.
STUCK = timedelta(hours=2)


@dataclass(frozen=True)
class Seen:
    """How one condition is: whether it is bad, and what is to be said of it in one or two sentences."""

    bad: bool
    says: str


def look(database: Database, now: datetime, company_id: int | None = None) -> int:
    """Compare the state of one company, or of all of whom somebody is told, with what was last told.

    Returns how many changes were told. Costs one small read where nobody is told anything.
    """
    with database.reading() as connection:
        watched = notices.watched(connection)
        chosen = [each for each in watched if company_id in {None, each}]
        moved = [each for each in chosen if _differs(_standings(connection, each), conditions(connection, each, now))]
    return sum(_tell(database, each, now) for each in moved)


def _standings(connection: Connection, company_id: int) -> dict[Change, RowMapping]:
    rows = connection.execute(select(Standing.__table__).where(Standing.company_id == company_id)).mappings()
    return {Change(row["condition"]): row for row in rows}


def _differs(standings: Mapping[Change, RowMapping], seen: Mapping[Change, Seen]) -> bool:
    """Whether anything has to be written: a condition is new, otherwise than told, or as told again."""
    return any(
        (row := standings.get(name)) is None or row["bad"] != each.bad or row["since"] is not None for name, each in seen.items()
    )


def _tell(database: Database, company_id: int, now: datetime) -> int:
    told = 0
    with database.writing() as connection:
        # Whoever comes second finds it told: the company's row is held until the messages are written.
        connection.execute(select(Company.id).where(Company.id == company_id).with_for_update(key_share=True))
        standings, seen = _standings(connection, company_id), conditions(connection, company_id, now)
        for name, each in seen.items():
            row = standings.get(name)
            if row is None:
                connection.execute(insert(Standing).values(company_id=company_id, condition=name, bad=each.bad, turn=0))
            elif _ripe(connection, row, each, now):
                turn = row["turn"] + 1
                values = {"bad": each.bad, "turn": turn, "since": None, **({"bad_at": now} if each.bad else {})}
                connection.execute(_of(company_id, name).values(values))
                _write(connection, company_id, name, each, turn, now)
                told += 1
    return told


def _of(company_id: int, name: Change) -> Any:
    return update(Standing).where(Standing.company_id == company_id, Standing.condition == name)


def _ripe(connection: Connection, row: RowMapping, seen: Seen, now: datetime) -> bool:
    """Whether a change is to be told now; what has just begun to be otherwise, or has ceased to, is noted down."""
    name, since = Change(row["condition"]), row["since"]
    if row["bad"] == seen.bad:
        if since is not None:
            connection.execute(_of(row["company_id"], name).values(since=None))
        return False
    if since is None:
        connection.execute(_of(row["company_id"], name).values(since=now))
    if not seen.bad:
        return True
    rested = row["bad_at"] is None or now - row["bad_at"] >= REST
    return rested and now - (since or now) >= SETTLE[name]


def conditions(connection: Connection, company_id: int, now: datetime) -> dict[Change, Seen]:
    """How a company is just now. While its connection is lost the X says nothing new, and is left as it was told."""
    link = connection.execute(select(Link.state, Link.message).where(Link.company_id == company_id)).first()
    lost = link is not None and link.state == "broken"
    found = {
        Change.CONNECTION: Seen(lost, (link.message if link else "") or "QuickBooks no longer accepts the sign-in."),
        Change.SILENCE: _silence(connection, company_id, now),
    }
    return found if lost else {**found, Change.X: _light(connection, company_id)}


def _light(connection: Connection, company_id: int) -> Seen:
    last = cycles.last(connection, company_id)
    failing = (OutboxState.PARKED, OutboxState.RETRYABLE)
    attention = connection.scalar(
        select(func.count()).select_from(Outbox).where(Outbox.company_id == company_id, LISTED, Outbox.state.in_(failing))
    )
    said = []
    if last is not None and last["result"] != "ok":
        said.append(last["message"] or "The last sync could not run.")
    if attention:
        records = "One record in the queue needs" if attention == 1 else f"{attention:,} records in the queue need"
        said.append(f"{records} attention.")
    return Seen(state.light(last, attention or 0) == "x", " ".join(said))


def _silence(connection: Connection, company_id: int, now: datetime) -> Seen:
    stuck = connection.scalar(
        select(Cycle.started_at).where(Cycle.company_id == company_id, Cycle.result == "running").order_by(Cycle.id.desc()).limit(1)
    )
    if stuck is not None:
        return Seen(now - stuck > STUCK, f"A sync has been running since {stuck:%d %b %Y, %H:%M} UTC and does not end.")
    automatic = settings.all_of(connection, company_id)["automatic_sync"] != "never"
    due = connection.scalar(select(Lease.next_run_at).where(Lease.company_id == company_id)) if automatic else None
    success = connection.scalar(
        select(Cycle.finished_at).where(Cycle.company_id == company_id, Cycle.result == "ok").order_by(Cycle.id.desc()).limit(1)
    )
    since = f" since {success:%d %b %Y, %H:%M} UTC" if success else ""
    why = "Perhaps no worker was running, or the one that runs is held up."
    return Seen(state.overdue(due, now), f"No news from QuickBooks{since}: the automatic sync is overdue. {why}")


_TITLES = {
    Change.X: "the sync needs a person",
    Change.CONNECTION: "the connection to QuickBooks is lost",
    Change.SILENCE: "no news from the sync",
}
_WELL = {
    Change.X: "the sync is well again",
    Change.CONNECTION: "the connection to QuickBooks is back",
    Change.SILENCE: "the sync runs again",
}
_REMEDIES = {
    Change.X: "Open Sync errors: each error names its cause and what to do.",
    Change.CONNECTION: "An owner connects the company again in the settings. Nothing is lost meanwhile: it waits.",
    Change.SILENCE: "See whether the worker runs on its machine, and start it again if it does not.",
}


def _write(connection: Connection, company_id: int, name: Change, seen: Seen, turn: int, now: datetime) -> None:
    told = [each for each in notices.recipients(connection, company_id) if _wants(each["changes"], name, bad=seen.bad)]
    company = connection.scalar(select(Company.name).where(Company.id == company_id)) or ""
    title = (_TITLES if seen.bad else _WELL)[name]
    body = f"{seen.says}\n\n{_REMEDIES[name]}" if seen.bad else "Nothing has to be done."
    facts = {
        "change": str(name if seen.bad else Change.RECOVERED), "condition": str(name), "company": company, "title": title,
        "says": seen.says if seen.bad else "", "remedy": _REMEDIES[name] if seen.bad else "", "at": now.isoformat(),
        "last_sync": _last(connection, company_id),
    }  # fmt: skip
    uid, subject = f"{company_id}-{name}-{turn}", f"{company}: {title}"
    notices.write(connection, now, told, uid, change=facts["change"], subject=subject, body=body, facts=facts)


def _wants(changes: list[str], name: Change, *, bad: bool) -> bool:
    if bad:
        return name in changes
    return Change.RECOVERED in changes and (name in changes or len(changes) == 1)


def _last(connection: Connection, company_id: int) -> dict[str, Any] | None:
    last = cycles.last(connection, company_id)
    if last is None:
        return None
    counts = {each: last[each] for each in ("result", "sent", "received", "failed")}
    return {**counts, "finished_at": last["finished_at"].isoformat()}
