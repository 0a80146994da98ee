"""Moments: when a schedule is due, by pure reckoning. Every hour, local day or local week has one moment, and only one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from syncengine.clock import zone_of
from syncengine.errors import ConfigurationError

#: Of `automatic_weekday`, in the order of `date.weekday()`.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR, _SECOND = timedelta(hours=1), timedelta(seconds=1)
#: Of the zone files, but nobody's zone: what this machine is set to, and a reminder to set it.
_NO_PLACES = frozenset({"localtime", "Factory"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """A company's schedule.

    A period is what the schedule is due in once: an hour (of UTC), a day or a week (Monday to Sunday) of the zone. Periods are
    counted by whole numbers, each one more than the one before it.

    Attributes:
        frequency: hourly, daily or weekly.
        at: the local time of daily and weekly runs.
        weekday: the day of weekly runs; Monday is 0.
        zone: IANA name; a name that is none is read as UTC.
        spread: seconds after the full hour, for hourly runs.
    """

    frequency: str
    at: time
    weekday: int
    zone: str
    spread: int

    def period(self, moment: datetime) -> int:
        """The period that a moment lies in."""
        if self.frequency == "hourly":
            return (moment - _EPOCH) // _HOUR
        return self.period_of_day(moment.astimezone(zone_of(self.zone)).date())

    def period_of_day(self, day: date) -> int:
        """The period that a local day lies in, of a daily or weekly plan."""
        # The first of January of the year 1, ordinal 1, was a Monday.
        return day.toordinal() if self.frequency == "daily" else (day.toordinal() - 1) // 7

    def day(self, period: int) -> date:
        """The local day for which a period's moment stands; for an hour, its day in UTC."""
        if self.frequency == "hourly":
            return (_EPOCH + period * _HOUR).date()
        return date.fromordinal(period if self.frequency == "daily" else period * 7 + 1 + self.weekday)

    def moment(self, period: int) -> datetime | None:
        """When the period is due, in UTC; None for a day that the zone left out when it crossed the date line."""
        if self.frequency == "hourly":
            return _EPOCH + period * _HOUR + timedelta(seconds=self.spread)
        day, zone = self.day(period), zone_of(self.zone)
        if self.frequency == "daily" and first_at(day, time(0), zone).astimezone(zone).date() != day:
            return None
        return first_at(day, self.at, zone)

    def first(self, since: datetime, *, beyond: int | None = None) -> tuple[int, datetime]:
        """The first period whose moment is later than `since`, and which comes after the period `beyond`; and its moment."""
        # A moment that the clocks put off past midnight lies in the next period.
        period = self.period(since) - 1
        if beyond is not None:
            period = max(period, beyond + 1)
        while True:
            moment = self.moment(period)
            if moment is not None and moment > since:
                return period, moment
            period += 1

    def latest(self, now: datetime) -> tuple[int, datetime]:
        """The last period whose moment has come, and that moment."""
        period = self.period(now)
        while True:
            moment = self.moment(period)
            if moment is not None and moment <= now:
                return period, moment
            period -= 1


def first_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clocks of `zone` show this time or a later one that follows it on that day.

    A time that comes twice is meant the first time; one that the clocks leave out is the moment at which they go on.
    """
    early, late = (datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (1, 0))
    if early >= late:  # the time comes once, or twice: then `late`, with fold 0, is the first of the two
        return late
    # Left out: the clocks change between the two readings. Seconds are enough, for offsets are whole seconds.
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late



def zone_named(text: str) -> str:
    """The IANA name of a zone, however it is capitalised.

    Raises ConfigurationError where there is none, naming those that look like it.
    """
    known = {name.casefold(): name for name in available_timezones() - _NO_PLACES}
    found = known.get(text.strip().casefold().replace(" ", "_"))
    if found is not None:
        return found
    alike = [known[each] for each in get_close_matches(text.strip().casefold(), known, n=3)]
    hint = f"Did you mean {' or '.join(alike)}?" if alike else "Zones are named like America/New_York or Europe/Berlin."
    raise ConfigurationError(f"There is no time zone {text!r}. {hint}")
