"""Figures of reports of incidents: by week, kind, how known and area, side by side for every party.

Nothing is made up for what is not known. A week of which a side said nothing has no figure: it is None, not zero; it is
zero only where the side issued a report of that week. A time that is told more roughly than a week is in
none. A place is in an area only where all of the ground in which it may lie is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.incidents.atlas import (
    AHEAD_MS,
    CATEGORIES,
    E7,
    HOW_KNOWN,
    MONDAY_MS,
    NOT_TOLD,
    WEEK_MS,
    Atlas,
    Chosen,
    Ints,
    chosen,
    week_begins,
    week_of,
)

METRES_A_DEGREE: Final = 111_195.0
HOUR_MS: Final = 3_600_000
WEEK_HOURS: Final = 168
OUT, IN, EDGE = 0, 1, 2
Ring = Sequence[tuple[int, int]]


class Line(Struct, frozen=True):
    """Counts of one word, by side in the order of `Charts.sides`; `word` is empty for what was not told."""

    word: str
    counts: list[int]


class Weeks(Struct, frozen=True):
    """Of a side: reports by week, None where nothing of that week was said; how many are told more roughly."""

    side: str
    counts: list[int | None]
    rough: int


class AreaLine(Struct, frozen=True):
    """Of an area, by side: reports that lie in it, and those that may; `hours` of the week of those that lie in it."""

    ref: str
    inside: list[int]
    edge: list[int]
    hours: list[int]


class Charts(Struct, frozen=True):
    """All figures of one stretch of time. `weeks` are their beginnings (ms), `total` counts what the lines count.

    `untold` tell no time at all and stand in no figure, `erased` have nothing left; `taken_in` came from files, and
    tell of what lies between `taken_from` and `taken_to` (ms). Areas may overlap; `outside` lie in none of them for
    sure, `placeless` tell no place.
    """

    sides: list[str]
    total: int
    untold: int
    erased: int
    taken_in: int
    taken_from: int | None
    taken_to: int | None
    first: int | None
    last: int | None
    weeks: list[int]
    by_week: list[Weeks]
    by_category: list[Line]
    by_how_known: list[Line]
    by_area: list[AreaLine]
    outside: list[int]
    placeless: list[int]


def charts(
    atlas: Atlas,
    since: int,
    until: int,
    sides: Sequence[str],
    reported: Mapping[str, Sequence[tuple[int, int]]],
    areas: Mapping[str, NDArray[np.uint8]],
) -> Charts:
    """The figures of what began from `since` up to `until` (ms), whole weeks (`whole_weeks`).

    `sides` have a column whether they told anything or not; `reported` are stretches of time for which a side issued a
    report; `areas` say of every row whether it is in, may be, or is not (`within`).
    """
    columns = atlas.columns
    everything = np.arange(len(columns))
    standing = chosen(atlas, everything, Chosen(standing=True))
    told = standing & (columns.start != NOT_TOLD)
    rows = np.flatnonzero(told & (columns.start >= since) & (columns.start < until))
    names = [*sides, *sorted({atlas.names[int(one)] for one in np.unique(columns.side[rows])} - {*sides})]
    side = _numbers(atlas, names)[columns.side[rows]] if len(rows) else np.zeros(0, np.int64)
    times = columns.start[told]
    taken = rows[columns.taken_in[rows]]
    placed = columns.place[rows] != NOT_TOLD
    in_none = ~np.logical_or.reduce([inside[rows] != OUT for inside in areas.values()], initial=False)
    return Charts(
        sides=names,
        total=len(rows),
        untold=int((standing & ~told).sum()),
        erased=int((atlas.alive & columns.erased).sum()),
        taken_in=len(taken),
        taken_from=_least(columns.start[taken]),
        taken_to=_most(columns.start[taken]),
        first=_least(times),
        last=_most(times),
        weeks=[week_begins(one) for one in range(_week(since), _week(until))],
        by_week=_by_week(atlas, rows, side, names, (since, until), reported),
        by_category=_lines(columns.category[rows], side, CATEGORIES, len(names)),
        by_how_known=_lines(columns.how_known[rows], side, HOW_KNOWN, len(names)),
        by_area=[_area(atlas, ref, inside[rows], rows, side, len(names)) for ref, inside in areas.items()],
        outside=_counts(side[placed & in_none], len(names)),
        placeless=_counts(side[~placed], len(names)),
    )


def whole_weeks(since: int, until: int) -> tuple[int, int]:
    """The weeks that a stretch of time touches, from Monday midnight by the clock of Baghdad (ms)."""
    return week_begins(_week(since)), week_begins(_week(until - 1) + 1)


def _week(at: int) -> int:
    return (at + AHEAD_MS - MONDAY_MS) // WEEK_MS


def _numbers(atlas: Atlas, names: Sequence[str]) -> Ints:
    """The column of every party of an atlas; those that told nothing here have none."""
    return np.array([names.index(one) if one in names else NOT_TOLD for one in atlas.names], np.int64)


def _counts(side: Ints, sides: int) -> list[int]:
    return [int(one) for one in np.bincount(side, minlength=sides)]


def _lines(values: NDArray[np.int8], side: Ints, words: Sequence[str], sides: int) -> list[Line]:
    found = [Line(word, _counts(side[values == number], sides)) for number, word in enumerate(words)]
    return [*found, Line("", _counts(side[values == NOT_TOLD], sides))]


def _by_week(
    atlas: Atlas,
    rows: Ints,
    side: Ints,
    names: Sequence[str],
    window: tuple[int, int],
    reported: Mapping[str, Sequence[tuple[int, int]]],
) -> list[Weeks]:
    columns = atlas.columns
    first, count = _week(window[0]), _week(window[1]) - _week(window[0])
    week = week_of(columns.start[rows])
    sure = week == week_of(columns.end[rows])
    found = []
    for number, name in enumerate(names):
        mine = side == number
        counts = np.bincount(week[mine & sure] - first, minlength=count)
        spoke = counts > 0
        for start, end in reported.get(name, ()):
            spoke[max(0, _week(start) - first) : max(0, _week(max(start, end - 1)) - first + 1)] = True
        shown = [int(one) if spoke[at] else None for at, one in enumerate(counts.tolist())]
        found.append(Weeks(name, shown, int((mine & ~sure).sum())))
    return found


def _area(atlas: Atlas, ref: str, inside: NDArray[np.uint8], rows: Ints, side: Ints, sides: int) -> AreaLine:
    columns = atlas.columns
    there = rows[inside == IN]
    start, end = columns.start[there], columns.end[there]
    hour = start // HOUR_MS
    known = hour == end // HOUR_MS
    of_week = (start[known] + AHEAD_MS - MONDAY_MS) % WEEK_MS // HOUR_MS
    return AreaLine(
        ref,
        _counts(side[inside == IN], sides),
        _counts(side[inside == EDGE], sides),
        [int(one) for one in np.bincount(of_week, minlength=WEEK_HOURS)],
    )


def _least(values: Ints) -> int | None:
    return int(values.min()) if len(values) else None


def _most(values: Ints) -> int | None:
    return int(values.max()) if len(values) else None


def within(atlas: Atlas, ring: Ring) -> NDArray[np.uint8]:
    """Of every row: `IN` an area (ring of longitude, latitude, E7), `OUT` of it, or at its `EDGE`.

    A place is the ground in which it may lie: half the side of its square, or its accuracy, to every side. It is judged
    by the middle and the corners of that ground.
    """
    columns = atlas.columns
    found = np.zeros(len(columns), np.uint8)
    outline = np.array(ring, np.float64) / E7
    west, south = outline.min(axis=0)
    east, north = outline.max(axis=0)
    lat, lon = columns.lat / E7, columns.lon / E7
    radius = np.where(columns.size > 0, columns.size / 2, columns.accuracy) / METRES_A_DEGREE
    wide = radius / np.maximum(np.cos(np.radians(lat)), 0.01)
    near = (lon >= west - wide) & (lon <= east + wide) & (lat >= south - radius) & (lat <= north + radius)
    rows = np.flatnonzero(near & atlas.alive & (columns.place != NOT_TOLD))
    if not len(rows):
        return found
    shape = shapely.Polygon(outline)
    shapely.prepare(shape)
    hits = np.zeros(len(rows), np.int64)
    steps = ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
    for right, up in steps:
        hits += shapely.contains_xy(shape, lon[rows] + right * wide[rows], lat[rows] + up * radius[rows])
    found[rows] = np.where(hits == len(steps), IN, np.where(hits == 0, OUT, EDGE))
    # ground that is wider than the area has no corner in it and may hold it whole
    larger = (hits == 0) & (radius[rows] > min(east - west, north - south) / 2)
    found[rows[larger]] = EDGE
    return found
