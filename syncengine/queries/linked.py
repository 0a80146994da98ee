"""How a company is connected with QuickBooks, told without anything that is secret (A16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from syncengine import settings as installation
from syncengine.clock import zone_of
from syncengine.db.base import Company
from syncengine.engine import consent, tracking
from syncengine.ledger import reader as ledger
from syncengine.queries.session import Session
from syncengine.quickbooks import wire
from syncengine.store import connections, consents, reads, rights
from syncengine.store.tables import Cycle


@dataclass(frozen=True)
class Journey:
    """The newest way of a person to the consent page: by whom, since when, what became of it and, where it failed, why.

    `outcome` is `open` (the person is on the consent page, or left it), `answered` (the worker exchanges it), `connected` or
    `refused`.
    """

    by: str
    started_at: datetime
    outcome: str
    message: str


@dataclass(frozen=True)
class Linked:
    """A company's connection.

    Attributes:
        state: `connected`, `broken` (QuickBooks no longer accepts the sign-in), `returning` (it signs in with the next sync),
            `disconnected`, `new` (never connected so far), `never` (not to be connected) or `missing` (another program wrote the
            company, and nobody said where it is to be connected to).
        message: why it is broken; "" otherwise.
        environment: `emulator`, `sandbox` or `production`; "" where it was never said.
        sample: which company of the emulator it is tried out with; "" for Intuit's own.
        name, plan: of the company in QuickBooks, and its plan there; "" before it was first read.
        connected_at: since when the present consent holds; None without one.
        refreshed_at: when the sign-in was last renewed.
        read_at: when a sync last went well.
        reads: metered reads used since the first of this month, by the clocks of the company.
        app: whose keys of the Intuit app are used: `company`, `installation`, or "" where there are none yet.
        journey: the newest sign-in; None where there was none within a week.
    """

    state: str
    message: str
    environment: str
    sample: str
    name: str
    plan: str
    connected_at: datetime | None
    refreshed_at: datetime | None
    read_at: datetime | None
    reads: int
    app: str
    journey: Journey | None


#: What stands for the connection of a company that was never set up.
_UNSAID: Mapping[Any, Any] = {
    **dict.fromkeys(("message", "sample", "connected_at", "refreshed_at", "app")),
    "state": connections.MISSING,
    "stands": connections.MISSING,
    "environment": "",
}


@rights.needs(rights.Permission.OWN)
def connection(session: Session) -> Linked:
    """How the company is connected. Neither tokens nor the app's secret nor QuickBooks' number of the company are in it."""
    now, company_id = session.clock.now(), session.company_id
    with session.database.reading() as sql:
        zone = sql.scalar(select(Company.timezone).where(Company.id == company_id)) or "UTC"
        month = now.astimezone(zone_of(zone)).date().replace(day=1)
        row = connections.find(sql, company_id) or _UNSAID
        read_at = sql.scalar(
            select(Cycle.finished_at).where(Cycle.company_id == company_id, Cycle.result == "ok").order_by(Cycle.id.desc()).limit(1)
        )
        return Linked(
            state=row["stands"],
            message=row["message"] or "" if row["state"] == "broken" else "",
            environment=row["environment"],
            sample=row["sample"] or "",
            name=_name(sql, company_id),
            plan=tracking.room(sql, company_id).plan,
            connected_at=row["connected_at"],
            refreshed_at=row["refreshed_at"],
            read_at=read_at,
            reads=sum(day.metered for day in reads.of_company(sql, company_id, month).values()),
            app=_app(row),
            journey=_journey(sql, company_id),
        )


def _name(sql: Connection, company_id: int) -> str:
    held = ledger.load(sql, company_id, "CompanyInfo", ["1"]).get("1")
    return str(wire.loads(held["payload"]).get("CompanyName") or "") if held else ""


def _app(row: Mapping[Any, Any]) -> str:
    if row["app"]:
        return "company"
    own = installation.load()
    return "installation" if own.client_id and own.client_secret else ""


def _journey(sql: Connection, company_id: int) -> Journey | None:
    row = consents.latest(sql, company_id)
    if row is None:
        return None
    outcome = consents.ANSWERED if row["outcome"] == consents.EXCHANGING else row["outcome"]
    return Journey(row["actor"], row["started_at"], outcome, row["message"] or "")


@rights.needs(rights.Permission.OWN)
def consent_address(session: Session, state: str) -> str:
    """The address of QuickBooks' consent page for a sign-in that `commands.begin_connecting` began.

    "" while the local QuickBooks is being started. Raises Refused where the sign-in is over.
    """
    with session.database.reading() as sql:
        return consent.consent_address(sql, installation.load(), session.company_id, state)
