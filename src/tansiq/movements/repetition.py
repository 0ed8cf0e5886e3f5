"""Volumes that repeat: the windows of a week's timetable, and a volume moved to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from tansiq.errors import MalformedInput
from tansiq.movements.volumes import MAX_VOLUMES, Route, Volume, Window, window_of
from tansiq.records.values import WEEK_MINUTES, Schedule

MINUTE: Final = 60_000
WEEK: Final = WEEK_MINUTES * MINUTE
MONDAY: Final = 4 * 24 * 60 * MINUTE
"""Unix time began on a Thursday; the first Monday midnight (UTC) came four days later."""


def windows_of(schedule: Schedule, within: Window) -> list[Window]:
    """The windows of a timetable that repeats weekly, cut to `within` and in order; those that touch come as one.

    Refuses (`movements.too_many_volumes`) more than 1000 of them.
    """
    spans = schedule.minutes(offset=0)
    first = (within.start - MONDAY) // WEEK
    last = (within.end - 1 - MONDAY) // WEEK
    if (last - first - 1) * len(spans) > 2 * MAX_VOLUMES:
        raise MalformedInput("movements.too_many_volumes", count=(last - first) * len(spans), limit=MAX_VOLUMES)
    found: list[Window] = []
    for week in range(first, last + 1):
        for start, end in spans:
            opens = max(within.start, MONDAY + week * WEEK + start * MINUTE)
            closes = min(within.end, MONDAY + week * WEEK + end * MINUTE)
            if opens >= closes:
                continue
            if found and opens <= found[-1].end:
                found[-1] = Window(found[-1].start, max(closes, found[-1].end))
            else:
                found.append(Window(opens, closes))
    if len(found) > MAX_VOLUMES:
        raise MalformedInput("movements.too_many_volumes", count=len(found), limit=MAX_VOLUMES)
    return found


def repeated(volume: Volume, windows: Sequence[Window]) -> list[Volume]:
    """The volume once in every window. A route keeps its pace and starts at the window's start, whatever its end."""
    if not isinstance(volume, Route):
        return [msgspec.structs.replace(volume, window=window) for window in windows]
    start = window_of(volume).start
    moved = ([time - start + window.start for time in volume.times] for window in windows)
    return [msgspec.structs.replace(volume, times=tuple(times)) for times in moved]
