"""Schedules: five cron fields and a time zone, read as Kubernetes reads them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
"""Of Kubernetes' CronJobs, in which Sunday is 0 only."""
_FIRST, _TWO_YEARS, _ALL_YEARS = (date(year, 1, 1).toordinal() for year in (2026, 2028, 2054))
"""In two years the clock has changed in each way; in 28, each date has been every day of the week as well."""
_DAY = 24 * 60
_OF_ONE_HOST = ("posix", "right", "localtime", "posixrules")
"""What lies beside the zones on some machines."""


class CronField(NamedTuple):
    """One of the five fields: its values, and whether it takes all of them."""

    values: frozenset[int]
    every: bool


class Schedule:
    """A schedule that has been read."""

    def __init__(self, fields: Iterable[CronField]) -> None:
        self.minutes, self.hours, self.days, self.months, self.weekdays = fields

    @cached_property
    def times(self) -> list[int]:
        """Return when it runs on a day on which it does, in minutes after midnight."""
        return sorted(hour * 60 + minute for hour in self.hours.values for minute in self.minutes.values)

    def dates(self) -> Iterator[date]:
        """Iterate over the days on which it runs."""
        by_weekday = self.days.every and len(self.months.values) == 12
        for ordinal in range(_FIRST, _TWO_YEARS if by_weekday else _ALL_YEARS):
            day = date.fromordinal(ordinal)
            if day.month in self.months.values and self._takes(day):
                yield day

    def _takes(self, day: date) -> bool:
        """Return whether it takes a day of its months: one restriction suffices where there are two."""
        matches = day.day in self.days.values, day.isoweekday() % 7 in self.weekdays.values
        return all(matches) if self.days.every or self.weekdays.every else any(matches)


def read_schedule(text: str) -> Schedule:
    """Read five cron fields, or raise ValueError with the remedy."""
    words = text.split()
    fields = [_field(word, *bounds) for word, bounds in zip(words, _BOUNDS, strict=False)] if text.isascii() else []
    found = [field for field in fields if field is not None]
    if not len(words) == len(found) == len(_BOUNDS):
        raise ValueError(f"{text!r} is not a schedule; write five cron fields, such as '0 2 * * *' for 02:00 each day")
    schedule = Schedule(found)
    if next(schedule.dates(), None) is None:
        raise ValueError(f"{text!r} never comes: none of its months has such a day; write one that they have")
    return schedule


def _field(word: str, low: int, high: int) -> CronField | None:
    parts = [_part(part, low, high) for part in word.split(",")]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    return CronField(frozenset[int]().union(*(part.values for part in found)), any(part.every for part in found))


def _part(text: str, low: int, high: int) -> CronField | None:
    """Read one range; from a single number, steps go to the field's end."""
    span, slash, step = text.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return None
    width = int(step) if slash else 1
    if span == "*":
        return CronField(frozenset(range(low, high + 1, width)), width == 1)
    bounds = span.split("-")
    if len(bounds) > 2 or not all(bound.isdecimal() and low <= int(bound) <= high for bound in bounds):
        return None
    first, last = int(bounds[0]), high if slash and len(bounds) == 1 else int(bounds[-1])
    return CronField(frozenset(range(first, last + 1, width)), every=False) if first <= last else None


def time_zone(name: str) -> ZoneInfo:
    """Return a zone of the IANA database, or raise ValueError with the remedy."""
    try:
        if name.partition("/")[0] not in _OF_ONE_HOST:
            return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        pass
    what = "the clock of whichever machine reads it" if name.lower() == "local" else "not in the IANA database"
    raise ValueError(f"the time zone {name!r} is {what}; name one by region and city, such as Europe/Berlin")


@lru_cache(maxsize=256)
def longest_gap(schedule: str, zone: str) -> timedelta:
    """Return the longest time from one run to the next, changes of the clock included."""
    read, where = read_schedule(schedule), time_zone(zone)
    longest, before = _widest(read.times), None
    for day in read.dates():
        runs = _runs(day, read.times, where)
        if runs and before is not None:
            longest = max(longest, runs[0] - before)
        if len(runs) > 2:
            longest = max(longest, _widest(runs))
        before = runs[-1] if runs else before
    return timedelta(minutes=longest)


def _widest(minutes: list[int]) -> int:
    return max((later - earlier for earlier, later in pairwise(minutes)), default=0)


def _runs(day: date, times: list[int], zone: ZoneInfo) -> list[int]:
    """Return the runs of a day in minutes of UTC: all where the clock changes, else the first and the last."""
    start, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    if start.utcoffset() == end.utcoffset():
        midnight = day.toordinal() * _DAY - _minutes(start.utcoffset())
        return [midnight + times[0], midnight + times[-1]]
    clock = [(start + timedelta(minutes=minute)).replace(fold=fold) for minute in times for fold in (0, 1)]
    return sorted({_utc(one) for one in clock if _exists(one, zone)})


def _exists(clock: datetime, zone: ZoneInfo) -> bool:
    """Return whether the clock shows a time, rather than jumping over it."""
    there = datetime.fromtimestamp(clock.timestamp(), zone)
    return (there.hour, there.minute) == (clock.hour, clock.minute)


def _utc(clock: datetime) -> int:
    return clock.toordinal() * _DAY + clock.hour * 60 + clock.minute - _minutes(clock.utcoffset())


def _minutes(offset: timedelta | None) -> int:
    return round((offset or timedelta()) / timedelta(minutes=1))
