"""Upcoming: which moment of a schedule is next, by pure reckoning from the plan and the slots that were taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from syncengine.engine.moments import Plan

#: A slot that lies further ahead than this was taken while the clock was wrong, and counts no longer.
AHEAD = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Taken:
    """A slot that was taken: when it was due, and which day of which zone it stood for."""

    due_at: datetime
    day: date | None
    zone: str


@dataclass(frozen=True)
class Due:
    """A slot to be taken now; `missed` earlier ones passed while nobody could take them, and it stands for them all."""

    due_at: datetime
    day: date
    missed: int


@dataclass(frozen=True)
class Upcoming:
    """What is next for one company.

    Attributes:
        plan: its schedule.
        since: since when it syncs at this frequency. Earlier moments are nobody's: choosing daily at noon runs nothing at once.
        last: the newest slot of this frequency, of those that count.
        taken: whether the moment was taken, under whatever frequency.
    """

    plan: Plan
    since: datetime
    last: Taken | None
    taken: Callable[[datetime], bool]

    def first(self) -> tuple[int, datetime]:
        """The first period that has had no run, and its moment, which may have passed.

        It has passed where nobody was there to take it, and where a change of the settings or the zone moved it into the
        past while its hour, day or week had had no run yet.
        """
        period, due_at = self.plan.first(self.since, beyond=self._served())
        # Taken under another frequency: the clock was put back, and the frequency changed.
        while self.taken(due_at):
            period, due_at = self.plan.first(due_at, beyond=period)
        return period, due_at

    def due(self, now: datetime) -> Due | None:
        """The slot that is due; after a time in which nobody took any, the last of them stands for all."""
        first, due_at = self.first()
        if due_at > now:
            return None
        period, due_at = self.plan.latest(now)
        while period > first and self.taken(due_at):
            period, due_at = self.plan.latest(due_at - _MOMENT)
        return Due(due_at, self.plan.day(period), period - first)

    def _served(self) -> int | None:
        """The period, by the present plan, that the last slot was the run of: after a change of zone, the day that it was there."""
        if self.last is None:
            return None
        if self.plan.frequency != "hourly" and self.last.zone == self.plan.zone and self.last.day is not None:
            return self.plan.period_of_day(self.last.day)
        return self.plan.period(self.last.due_at)


def since(plan: Plan, planned_for: str | None, planned_since: datetime | None, now: datetime) -> datetime:
    """Since when a plan counts: since it was last chosen, or since now where that seems to lie ahead (the clock was put back)."""
    if planned_for != plan.frequency or planned_since is None:
        return now
    return min(planned_since, now)
