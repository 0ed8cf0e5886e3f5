"""Activities as columns of pieces: what the index holds and compares.

A piece is a whole polygon or one segment of a path: one box around a long journey would meet nearly everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.kernels import njit
from tansiq.movements import outline
from tansiq.movements.outline import AREA, FIT, MOVING, STATIC
from tansiq.movements.volumes import (
    LATEST,
    MAX_BAND,
    MAX_HALF_WIDTH,
    MAX_VERTICES,
    MAX_VOLUMES,
    Activity,
    Area,
    Band,
    Route,
    Volume,
    window_of,
)

KIND, FIRST, COUNT, LOW, HIGH, HALF, OWNER, ACTIVITY, VOLUME = range(9)
FACTS: Final = 9
ROW: Final = 16
"""Whole numbers of 32 bits of a row of facts: its two times take the last four, so that a piece is one cache line."""

E7: Final = 10_000_000
MAX_CUT: Final = 20_000
"""Vertices of one volume after its long edges were cut."""

_ALL_HEIGHTS: Final = Band(-MAX_BAND - 1, MAX_BAND + 1)


class Pieces(Struct):
    """n pieces of m activities, in order of activity and volume.

    `facts` int32[n, 16]: kind, first vertex, vertices, band from and to (m), half-width (m), owner, activity, volume;
    inside its rows `times` int64[n, 2]: from and to (ms). `points` int32[·, 2]: longitude, latitude (E7). `boxes`
    int32[n, 6]: least longitude, latitude, time (4096 ms), then the greatest. Activity i is `ids[i]` of `owners[i]`
    and has the pieces `starts[i]` to `starts[i + 1]`; the column of owners is filled by whoever numbers the parties.
    """

    ids: list[str]
    owners: list[str]
    starts: NDArray[np.int64]
    facts: NDArray[np.int32]
    times: NDArray[np.int64]
    points: NDArray[np.int32]
    boxes: NDArray[np.int32]


class Flat(Struct):
    """Volumes as columns before they are cut to pieces: those of `Volume`, vertices at `offsets[i] : offsets[i + 1]`.

    `points` int64[·, 2] (E7), `times` int64[·] (ms, 0 where no route), `kinds`, `halves` int64[v], `windows` and
    `bands` int64[v, 2], `volumes` int64[v] the number within the activity, `activities` int64[v], rising.
    """

    points: NDArray[np.int64]
    times: NDArray[np.int64]
    offsets: NDArray[np.int64]
    kinds: NDArray[np.int64]
    halves: NDArray[np.int64]
    windows: NDArray[np.int64]
    bands: NDArray[np.int64]
    volumes: NDArray[np.int64]
    activities: NDArray[np.int64]


def pack(activities: Iterable[Activity]) -> Pieces:
    """The pieces of activities; the first one that is unfit to be compared is refused, and with it all.

    Refused are (`movements.…`) activities of no or more than 1000 volumes, and volumes with too few or too many
    vertices, places off the globe or beyond 84° of latitude, shapes wider than 60° of longitude or round a pole,
    outlines that cross or touch themselves, paths without length, reversed windows, times that do not rise or ask for
    more than 2 km/s, bands upside down and half-widths beyond 50 km.
    """
    held = list(activities)
    coordinates: list[Any] = []
    times: list[int] = []
    sizes: list[int] = []
    rows: list[tuple[int, ...]] = []
    for number, activity in enumerate(held):
        if not activity.volumes:
            raise MalformedInput("movements.no_volumes")
        if len(activity.volumes) > MAX_VOLUMES:
            raise MalformedInput("movements.too_many_volumes", count=len(activity.volumes), limit=MAX_VOLUMES)
        for place, volume in enumerate(activity.volumes):
            row, points = _row(volume)
            rows.append((*row, place, number))
            sizes.append(len(points))
            coordinates += points
            times += volume.times if isinstance(volume, Route) else [0] * len(points)
    columns = np.array(rows, np.int64).reshape(-1, 8)
    flat = Flat(
        np.array(coordinates, np.int64).reshape(-1, 2),
        np.array(times, np.int64),
        np.cumsum([0, *sizes], dtype=np.int64),
        columns[:, 0],
        columns[:, 1],
        columns[:, 2:4],
        columns[:, 4:6],
        columns[:, 6],
        columns[:, 7],
    )
    return cut(flat, [one.id for one in held], [one.owner for one in held])


def cut(flat: Flat, ids: list[str], owners: list[str]) -> Pieces:
    """The pieces of volumes that are columns already; counts, times and bands are taken to be right, shapes are not."""
    vertices, rows = len(flat.points) + len(flat.kinds), len(flat.points)
    while True:
        facts = np.empty((rows, ROW), np.int32)
        when = times_of(facts)
        points = np.empty((vertices, 2), np.int32)
        boxes = np.empty((rows, 6), np.int32)
        starts = np.zeros(len(ids) + 1, np.int64)
        used, taken, fault, larger = _cut(
            flat.points, flat.times, flat.offsets, flat.kinds, flat.halves, flat.windows, flat.bands, flat.volumes,
            flat.activities, facts, when, points, boxes, starts,
        )  # fmt: skip
        if fault != FIT:
            refuse(fault)
        if larger > MAX_CUT:
            raise MalformedInput("movements.too_many_vertices", count=larger, limit=MAX_CUT)
        if used <= vertices and taken <= rows:
            return Pieces(ids, owners, starts, facts[:taken], when[:taken], points[:used], boxes[:taken])
        vertices, rows = used, taken


def times_of(facts: NDArray[np.int32]) -> NDArray[np.int64]:
    """The times of pieces, as they stand in the rows of facts."""
    return facts.view(np.int64)[:, 6:]


def refuse(fault: int) -> None:
    """Raise the refusal of a fault of `outline.unwrap`."""
    if fault == outline.OFF_GLOBE:
        raise MalformedInput("movements.off_globe")
    if fault == outline.LATITUDE:
        raise MalformedInput("movements.latitude", limit=outline.MOST_LATITUDE // E7)
    if fault == outline.TOO_WIDE:
        raise MalformedInput("movements.too_wide", limit=outline.MOST_WIDTH // E7)
    if fault == outline.POLE:
        raise MalformedInput("movements.pole")
    if fault == outline.CROSSING:
        raise MalformedInput("movements.self_crossing")
    if fault == outline.NO_LENGTH:
        raise MalformedInput("movements.no_length")
    raise MalformedInput("movements.too_fast", limit=int(outline.FASTEST))


def _row(volume: Volume) -> tuple[tuple[int, ...], Sequence[tuple[int, int]]]:
    """Kind, half-width, window and band of a volume, and its vertices; what is wrong with them is refused."""
    if isinstance(volume, Area):
        kind, half, points = AREA, 0, volume.ring
        if len(points) < 3:
            raise MalformedInput("movements.ring_short", count=len(points))
    else:
        kind, half, points = MOVING if isinstance(volume, Route) else STATIC, volume.half_width, volume.path
        if len(points) < 2:
            raise MalformedInput("movements.path_short", count=len(points))
        if not 0 <= half <= MAX_HALF_WIDTH:
            raise MalformedInput("movements.half_width", metres=half, limit=MAX_HALF_WIDTH)
    if len(points) > MAX_VERTICES:
        raise MalformedInput("movements.too_many_vertices", count=len(points), limit=MAX_VERTICES)
    if isinstance(volume, Route):
        _check_times(volume)
    window, band = window_of(volume), volume.band or _ALL_HEIGHTS
    if window.end <= window.start:
        raise MalformedInput("movements.window_reversed")
    if window.start < 0 or window.end > LATEST:
        raise MalformedInput("movements.window_beyond")
    if band.high < band.low:
        raise MalformedInput("movements.band_reversed", low=band.low, high=band.high)
    if volume.band is not None and not -MAX_BAND <= band.low <= band.high <= MAX_BAND:
        raise MalformedInput("movements.band_beyond")
    return (kind, half, window.start, window.end, band.low, band.high), points


def _check_times(route: Route) -> None:
    if len(route.times) != len(route.path):
        raise MalformedInput("movements.times_count", times=len(route.times), count=len(route.path))
    for step, (before, after) in enumerate(pairwise(route.times), start=2):
        if after <= before:
            raise MalformedInput("movements.times_order", step=step)


@njit(cache=True, nogil=True)
def _cut(
    points: Any, times: Any, offsets: Any, kinds: Any, halves: Any, windows: Any, bands: Any, volumes: Any,
    activities: Any, facts: Any, when: Any, out: Any, boxes: Any, starts: Any,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Vertices and pieces needed, the first fault, and the number of vertices of a volume that got too many."""
    longest = 1
    for i in range(len(kinds)):
        longest = max(longest, offsets[i + 1] - offsets[i])
    x, y, t = np.empty(longest, np.int64), np.empty(longest, np.int64), np.empty(longest, np.int64)
    at, row = 0, 0
    for i in range(len(kinds)):
        first, begun = row, at
        span = slice(offsets[i], offsets[i + 1])
        count, fault = outline.unwrap(points[span], times[span], kinds[i], x, y, t)
        if fault != outline.FIT:
            return at, row, fault, 0
        at, row = outline.pieces_of(
            kinds[i], halves[i], x, y, t, count, windows[i], out, at, facts, when, boxes, row
        )  # fmt: skip
        if at - begun > MAX_CUT:
            return at, row, outline.FIT, at - begun
        for piece in range(first, min(row, len(facts))):
            facts[piece, LOW], facts[piece, HIGH] = bands[i, 0], bands[i, 1]
            facts[piece, HALF], facts[piece, OWNER] = halves[i], 0
            facts[piece, ACTIVITY], facts[piece, VOLUME] = activities[i], volumes[i]
        starts[activities[i] + 1] = row
    return at, row, outline.FIT, 0
