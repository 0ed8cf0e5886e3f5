"""Local days, weeks and months, as promises count them: the clock of Baghdad and Erbil (UTC+3, summer and winter)."""

from __future__ import annotations

import calendar
import datetime
from typing import Final, Literal

from tansiq.records.values import BAGHDAD

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
WEEK_DAYS: Final = 7
_FIRST: Final = datetime.date(1970, 1, 1).toordinal()

Period = Literal["day", "week", "month"]


def day_of(at: int, offset: int = BAGHDAD) -> int:
    """The local day of a time (ms), counted from 1 January 1970; `offset` minutes ahead of UTC."""
    return (at + offset * MINUTE_MS) // DAY_MS


def day_begins(day: int, offset: int = BAGHDAD) -> int:
    """When a local day begins (ms)."""
    return day * DAY_MS - offset * MINUTE_MS


def weekday_of(day: int) -> int:
    """1 Monday … 7 Sunday; the first of January 1970 was a Thursday."""
    return (day + 3) % WEEK_DAYS + 1


def date_of(day: int) -> str:
    """A local day as `2020-10-13`."""
    return datetime.date.fromordinal(_FIRST + day).isoformat()


def step(first: int, period: Period, count: int) -> int:
    """The local day on which the period begins that is `count` after one that began on the day `first`.

    Months that are too short begin with their last day.
    """
    if period == "day":
        return first + count
    if period == "week":
        return first + count * WEEK_DAYS
    begun = datetime.date.fromordinal(_FIRST + first)
    months = begun.year * 12 + begun.month - 1 + count
    year, month = months // 12, months % 12 + 1
    day = min(begun.day, calendar.monthrange(year, month)[1])
    return datetime.date(year, month, day).toordinal() - _FIRST


def periods_before(first: int, period: Period, day: int) -> int:
    """How many whole periods since the day `first` are over when `day` begins."""
    if day < first:
        return 0
    count = (day - first) // {"day": 1, "week": WEEK_DAYS, "month": 31}[period]
    while step(first, period, count + 1) <= day:
        count += 1
    return count
