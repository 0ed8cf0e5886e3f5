"""When a draft says that it was: a day and a time out of the finds near it, in Baghdad's time, as an interval (ms)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

from tansiq.incidents.reading.finds import DayRead, Find, TimeRead
from tansiq.records.values import BAGHDAD, Interval

DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000

Doubt = Literal["when_none", "when_doubtful", "when_today"]
Precision = Literal["minute", "day", "month"]


def start_of(day: dt.date) -> int:
    """Midnight in Baghdad (ms)."""
    return (day - dt.date(1970, 1, 1)).days * DAY_MS - BAGHDAD * MINUTE_MS


def interval_of(
    finds: Sequence[Find], near: int, reference: str | None
) -> tuple[Interval | None, Precision | None, list[Find], list[Doubt]]:
    """The interval that the finds nearest to a sign give, the words that it came from, and what is doubtful of it.

    A time without a day is one of the reference day, and says so; without a reference it is none.
    """
    day = _nearest([one for one in finds if one.meanings and isinstance(one.meanings[0], DayRead)], near)
    time = _nearest([one for one in finds if one.meanings and isinstance(one.meanings[0], TimeRead)], near)
    unread = any(one.certainty == "ambiguous" and not one.meanings for one in finds)
    if day is None and (time is None or reference is None):
        return None, None, [time] if time else [], ["when_doubtful" if time or unread else "when_none"]
    doubts: list[Doubt] = []
    words = [one for one in (day, time) if one is not None]
    read = day.meanings[0] if day else None
    if not isinstance(read, DayRead):
        doubts.append("when_today")
        read = DayRead(reference or "", reference or "", "day")
    if any(one.certainty == "ambiguous" or len(one.meanings) > 1 for one in words):
        doubts.append("when_doubtful")
    return *_interval(read, time), words, doubts


def _interval(day: DayRead, time: Find | None) -> tuple[Interval | None, Precision | None]:
    first = start_of(dt.date.fromisoformat(day.first))
    last = start_of(dt.date.fromisoformat(day.last)) + DAY_MS - 1
    if day.minute is not None:
        return Interval(first + day.minute * MINUTE_MS), "minute"
    if (
        time is not None
        and day.precision == "day"
        and len(time.meanings) == 1
        and isinstance(time.meanings[0], TimeRead)
    ):
        return Interval(first + time.meanings[0].minute * MINUTE_MS), "minute"
    return Interval(first, last), "month" if day.precision == "month" else "day"


def _nearest(finds: list[Find], near: int) -> Find | None:
    return min(finds, key=lambda one: (abs(one.start - near), one.start), default=None)
