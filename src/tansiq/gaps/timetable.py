"""Hours of the week: 0 is Monday 00:00 to 01:00 in the area's zone, 167 the last of Sunday.

A schedule of minutes becomes 168 hours from the careful side: an hour in which a post is manned only half is not
manned; an hour into which a patrol's passing falls in part is one in which it passes. Hours in which all inputs are
alike are one class and are computed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.records.values import BAGHDAD, WEEK_MINUTES, HourSpan, Schedule

HOURS: Final = 168
ALWAYS: Final = "1" * HOURS
NEVER: Final = "0" * HOURS

Week = NDArray[np.bool_]
"""bool[168]."""


def whole(schedule: Schedule, offset: int = BAGHDAD) -> str:
    """The hours that lie wholly inside a schedule, as 168 signs 0 or 1."""
    return _text(_minutes(schedule, offset).all(axis=1))


def touched(schedule: Schedule, offset: int = BAGHDAD) -> str:
    """The hours of which some minute lies inside a schedule, as 168 signs 0 or 1."""
    return _text(_minutes(schedule, offset).any(axis=1))


def _minutes(schedule: Schedule, offset: int) -> NDArray[np.bool_]:
    found = np.zeros(WEEK_MINUTES, bool)
    for start, end in schedule.minutes(offset):
        found[start:end] = True
    return found.reshape(HOURS, 60)


def _text(week: NDArray[np.bool_] | np.bool_) -> str:
    return "".join("1" if hour else "0" for hour in np.atleast_1d(week))


def week_of(text: str) -> Week:
    """bool[168] of 168 signs 0 or 1; anything else is refused (`timetable.not_a_week`)."""
    if len(text) != HOURS or set(text) - {"0", "1"}:
        raise MalformedInput("timetable.not_a_week", text=text[:20], length=len(text))
    return np.array([sign == "1" for sign in text])


def schedule_of(text: str) -> Schedule:
    """The schedule of Baghdad's clock whose whole hours are these 168, with as few spans as whole days allow."""
    week = week_of(text).reshape(7, 24)
    days: dict[tuple[int, int], list[int]] = {}
    for day, hours in enumerate(week, start=1):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], hours, [False])).astype(np.int8)))
        for start, end in list(pairwise(edges.tolist()))[::2]:
            days.setdefault((start * 60, end * 60), []).append(day)
    return Schedule([HourSpan(found, *span) for span, found in sorted(days.items())])


def daylight(start: int, end: int) -> Week:
    """The hours that lie wholly between two minutes of the day, on every day."""
    return week_of(whole(Schedule([HourSpan([1, 2, 3, 4, 5, 6, 7], start, end)]))) if end > start else week_of(NEVER)


def recent(passing: Week, hours: int) -> Week:
    """The hours at whose end the last passing began at most `hours` ago; the week goes round."""
    found = np.zeros(HOURS, bool)
    for back in range(min(hours, HOURS)):
        found |= np.roll(passing, back)
    return found


def classes(inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class of every hour, and the first hour of every class.

    `inputs` are arrays [168] or [n, 168]; two hours are of one class when all are equal. Classes are numbered in the
    order of the week, so the hour 0 is always of class 0.
    """
    rows = [np.atleast_2d(one).astype(np.int64) for one in inputs if one.size] or [np.zeros((1, HOURS), np.int64)]
    _, first, number = np.unique(np.concatenate(rows), axis=1, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[number.reshape(-1)], first[order]
