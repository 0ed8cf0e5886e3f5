"""Who entered, left or stayed in the fences of a circle, by the positions that parties told of their own elements.

A pure function of records: two nodes with the same records and the same fences list the same. A place holds until the
next one or until it runs out, whichever comes first; nothing is said of the time after. An element has entered with the
middle of its square, and has left only where its whole square, with its accuracy, is out: a coarse square that touches
a border says nothing new. (The engine is `movements.fences`.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.movements import fences as engine
from tansiq.movements.departure import MINUTE_MS
from tansiq.movements.live import Fix, reports_of
from tansiq.movements.volumes import LATEST, Area, Window
from tansiq.picture.told import Told
from tansiq.records.kinds.position_report import Square
from tansiq.records.values import Point

DEFAULT_DWELL: Final = 30
MOST_DWELL: Final = 7 * 1440
"""Minutes after which a stay is one that dwells."""

_FOR_EVER: Final = Window(0, LATEST)

Crosses = Literal["enters", "leaves", "dwells"]
_WHAT: Final[dict[int, Crosses]] = {engine.ENTERS: "enters", engine.LEAVES: "leaves", engine.DWELLS: "dwells"}
_NEWER: Final[tuple[Crosses, ...]] = ("dwells", "enters", "leaves")


class Fence(Struct, frozen=True):
    """An area of which one wants to hear: its reference and its ring (E7)."""

    ref: str
    ring: Sequence[Point]


class Crossing(Struct, frozen=True):
    """What an element did at a fence, when (ms), and the square in which it was told to be."""

    fence: str
    activity: str
    party: str
    what: Crosses
    at: int
    square: Square


def crossings(told: Told, fences: Sequence[Fence], at: int, dwell_minutes: int = DEFAULT_DWELL) -> list[Crossing]:
    """What happened at fences until a time (ms), newest first. A fence whose outline cannot be compared is left out.

    Refuses a time of staying that is none (`positions.dwell`).
    """
    if not 1 <= dwell_minutes <= MOST_DWELL:
        raise MalformedInput("positions.dwell", minutes=dwell_minutes, limit=MOST_DWELL)
    held = [fence for one in fences if (fence := _fence(one)) is not None]
    if not held:
        return []
    activities, reports = told.of_kind("activity"), reports_of(told)
    rows = [
        (unit, fix, when)
        for unit, activity in enumerate(activities)
        for fix, when in _held([fix for _, fix in reports.get(activity.ref, ()) if fix.at <= at], at)
    ]
    watch = engine.Watch(held, dwell_s=dwell_minutes * MINUTE_MS // 1000)
    events = watch.take(
        np.array([unit for unit, _, _ in rows], np.int64),
        np.array([fix.square.lon for _, fix, _ in rows], np.int64),
        np.array([fix.square.lat for _, fix, _ in rows], np.int64),
        np.array([when for _, _, when in rows], np.int64),
        np.array([fix.reach_m for _, fix, _ in rows], np.float64),
    )
    found: list[Crossing] = []
    entered: dict[tuple[int, int], int] = {}
    for row, fence, what in zip(events.position.tolist(), events.fence.tolist(), events.what.tolist(), strict=True):
        unit, fix, when = rows[row]
        if what == engine.ENTERS:
            entered[unit, fence] = when
        elif what == engine.DWELLS:
            # told at the very minute at which it is one, however seldom places are told
            when = max(entered[unit, fence] + dwell_minutes * MINUTE_MS, fix.at)
        activity = activities[unit]
        found.append(Crossing(watch.ids[fence], activity.ref, activity.party, _WHAT[what], when, fix.square))
    # where one is left and another entered by one step, the entering is the newer
    return sorted(found, key=lambda one: (-one.at, _NEWER.index(one.what), one.activity, one.fence))


def _fence(one: Fence) -> engine.Fence | None:
    fence = engine.Fence(one.ref, Area(one.ring, _FOR_EVER))
    try:
        engine.Watch([fence])
    except MalformedInput:
        return None
    return fence


def _held(fixes: Sequence[Fix], at: int) -> list[tuple[Fix, int]]:
    """Every place with its time, and again at the last moment for which it is taken to hold."""
    found = []
    for number, fix in enumerate(fixes):
        last = min(at, fix.until)
        if number + 1 < len(fixes):
            following = fixes[number + 1]
            last = min(last, following.said if following.stopped else following.at - 1)
        found.append((fix, fix.at))
        if last > fix.at and not fix.stopped:
            found.append((fix, last))
    return found
