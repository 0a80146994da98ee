"""The day of a sample company: whether it is being made, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syncengine.queries.session import Session
from syncengine.store import rights, samples


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


@rights.needs(rights.Permission.SEE_SYNC)
def sample_day(session: Session) -> SampleDay | None:
    """How the company stands with its working day; None for every company that is no sample."""
    with session.database.reading() as connection:
        if not samples.is_sample(connection, session.company_id):
            return None
        row = samples.get(connection, session.company_id)
    if row is None:
        return SampleDay("none")
    return SampleDay(row["state"], row["done"], row["total"], row["made_at"], row["message"] or "")
