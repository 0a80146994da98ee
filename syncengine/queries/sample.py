"""The day of a sample company: whether it is being made, and the invoice of it that its lesson is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from syncengine.inventory import reader
from syncengine.queries.session import Session
from syncengine.store import bindings, corrections, rights, samples
from syncengine.store.tables import Error


@dataclass(frozen=True)
class SampleDay:
    """How a sample company stands with its working day.

    Attributes:
        state: `none` (it never had one), `wanted`, `making`, `there` or `failed`.
        done, total: how many of its syncs have been run, and of how many; 0 of 0 before the first.
        made_at: when the day that is there was made; None where there is none.
        message: why it could not be made; empty where nothing went wrong.
    """

    state: str
    done: int = 0
    total: int = 0
    made_at: datetime | None = None
    message: str = ""

    @property
    def coming(self) -> bool:
        """Whether it is asked for or being made just now."""
        return self.state in {samples.WANTED, samples.MAKING}

    @property
    def says(self) -> str:
        """How far it is, in a sentence; empty where it is not coming."""
        if not self.coming:
            return ""
        far = f": {self.done} of {self.total} syncs" if self.total and self.state == samples.MAKING else ""
        return f"The sample company's day is being made{far}."


@dataclass(frozen=True)
class MissingInvoice:
    """The invoice of a sample's day that is missing in QuickBooks, as it stands just now.

    Attributes:
        number, record_id: which one it is.
        failing: whether QuickBooks refuses it.
        asked: whether somebody has asked for its correction, or it was carried out.
        there: whether it is in QuickBooks by now.
    """

    number: str
    record_id: int
    failing: bool
    asked: bool
    there: bool


@rights.needs(rights.Permission.SEE_SYNC)
def sample_day(session: Session) -> SampleDay | None:
    """How the company stands with its working day; None for every company that is no sample."""
    with session.database.reading() as connection:
        return day_of(connection, session.company_id)


def day_of(connection: Connection, company_id: int) -> SampleDay | None:
    """The same on a connection that is open already."""
    if not samples.is_sample(connection, company_id):
        return None
    row = samples.get(connection, company_id)
    if row is None:
        return SampleDay("none")
    return SampleDay(row["state"], row["done"], row["total"], row["made_at"], row["message"] or "")


@rights.needs(rights.Permission.SEE_SYNC)
def missing_invoice(session: Session) -> MissingInvoice | None:
    """The missing invoice of the sample company; None for every other company, and where nobody has such an invoice."""
    with session.database.reading() as connection:
        if not samples.is_sample(connection, session.company_id):
            return None
        found = reader.find(connection, "invoice", session.company_id, "number", [samples.MISSING])[samples.MISSING]
        if not found:
            return None
        bound = bindings.of_records(connection, session.company_id, "Invoice", "invoice", found).get(found[0])
        told = select(Error.id, Error.closed_at).where(
            Error.company_id == session.company_id, Error.kind == "invoice", Error.record_id == found[0]
        )
        errors = connection.execute(told).all()
        tried = corrections.of_errors(connection, [row.id for row in errors])
    begun = {corrections.WANTED, corrections.ACTING, corrections.APPLIED, corrections.DONE}
    return MissingInvoice(
        number=samples.MISSING,
        record_id=found[0],
        failing=any(row.closed_at is None for row in errors),
        asked=any(row["state"] in begun for rows in tried.values() for row in rows),
        there=bound is not None and bound["ended_at"] is None,
    )
