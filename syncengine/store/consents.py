"""Sign-ins: journeys of people to QuickBooks' consent page and back, each good once, for one person and company, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.tables import Consent

#: How long a person may stay on the consent page.
LIFETIME = timedelta(minutes=30)
#: A code that nobody has exchanged for so long was left by a worker that ended.
_EXCHANGE = timedelta(minutes=2)
#: How long the outcome is kept to be shown.
_KEPT = timedelta(days=7)

OPEN, ANSWERED, EXCHANGING, CONNECTED, REFUSED = "open", "answered", "exchanging", "connected", "refused"


def _hash(state: str) -> str:
    return sha256(state.encode()).hexdigest()


def begin(sql: Connection, company_id: int, *, state: str, by: str, redirect_uri: str, at: datetime) -> None:
    """A person sets out. Only the hash of `state` is kept; what is old is dropped."""
    sql.execute(delete(Consent).where(Consent.company_id == company_id, Consent.started_at < at - _KEPT))
    values = {"company_id": company_id, "state_hash": _hash(state), "actor": by, "redirect_uri": redirect_uri, "started_at": at}
    sql.execute(insert(Consent).values(outcome=OPEN, **values))


def find(sql: Connection, state: str, *, hold: bool = False) -> RowMapping | None:
    """The journey that this state belongs to; with `hold` nobody else changes it until the transaction ends."""
    wanted = select(Consent.__table__).where(Consent.state_hash == _hash(state))
    return sql.execute(wanted.with_for_update() if hold else wanted).mappings().first()


def latest(sql: Connection, company_id: int) -> RowMapping | None:
    """The company's newest journey."""
    wanted = select(Consent.__table__).where(Consent.company_id == company_id).order_by(Consent.id.desc()).limit(1)
    return sql.execute(wanted).mappings().first()


def answer(sql: Connection, journey: int, sealed: str, at: datetime) -> None:
    """The person is back with a code, which is kept sealed until it is exchanged."""
    sql.execute(update(Consent).where(Consent.id == journey).values(outcome=ANSWERED, answer=sealed, answered_at=at))


def finish(sql: Connection, journey: int, outcome: str, message: str, at: datetime) -> None:
    """The journey is over; its code is thrown away."""
    values = {"outcome": outcome, "message": message, "answer": None, "answered_at": at}
    sql.execute(update(Consent).where(Consent.id == journey).values(values))


def to_exchange(sql: Connection) -> Sequence[RowMapping]:
    """The journeys whose code waits to be exchanged, the oldest first."""
    return sql.execute(select(Consent.__table__).where(Consent.outcome == ANSWERED).order_by(Consent.id)).mappings().all()


def take(sql: Connection, journey: int) -> bool:
    """Take a code to exchange it; False where another worker was quicker."""
    wanted = update(Consent).where(Consent.id == journey, Consent.outcome == ANSWERED).values(outcome=EXCHANGING)
    return sql.execute(wanted).rowcount == 1


def left(sql: Connection, at: datetime) -> Sequence[RowMapping]:
    """The journeys whose code somebody took and never exchanged."""
    old = or_(Consent.answered_at.is_(None), Consent.answered_at < at - _EXCHANGE)
    return sql.execute(select(Consent.__table__).where(Consent.outcome == EXCHANGING, old)).mappings().all()


def under_way(sql: Connection, at: datetime) -> Sequence[int]:
    """The companies for which somebody is on the consent page just now."""
    wanted = select(Consent.company_id).where(Consent.outcome == OPEN, Consent.started_at > at - LIFETIME).distinct()
    return list(sql.scalars(wanted))
