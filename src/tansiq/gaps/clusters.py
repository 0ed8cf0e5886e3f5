"""Clusters of incidents in an area: what `gaps.scan` finds, whose reports that rests on, and what stays without them.

Place, day and who told it are all of an incident that enters. Days are those of the area's zone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from msgspec import Struct

from tansiq.gaps import ENGINE, density, frame, scan
from tansiq.gaps.inputs import Event, Inputs
from tansiq.gaps.question import Scan
from tansiq.gaps.scan import Cases, Cluster, Window
from tansiq.geo import grid as grids
from tansiq.geo.crs import DEGREE_M
from tansiq.geo.grid import Grid

DAY_MS: Final = 86_400_000
ZONE_MS: Final = 3 * 3_600_000
"""The area's zone is three hours ahead of UTC."""

SHOWN: Final = 12
"""Clusters that are listed, the likeliest first."""

ACROSS: Final = 400
"""Cells of a density picture along the longer side of an area, and the metres that they are a multiple of."""

LEAST_M: Final = 50.0

EARLIEST: Final = 2
"""Fewer incidents than this hold no cluster."""


class Found(Struct, frozen=True):
    """One cluster: its middle (longitude, latitude × 10⁷) and radius (m), first and last day (days since 1970), how
    many incidents it holds and how many chance would have put there, and its p-value.

    `told_by` counts the incidents that each party tells, `found` those that a side found by watching. `without` is the
    p-value of the likeliest cluster that shares ground and days with it where one party's reports are left out; None
    where no such cluster is left. `refs` are its incidents.
    """

    place: tuple[int, int]
    radius_m: int
    first_day: int
    last_day: int
    seen: int
    expected: float
    p: float
    told_by: dict[str, int]
    found: int
    without: dict[str, float | None]
    refs: tuple[str, ...]


class Answer(Struct, frozen=True):
    """The clusters of an area, of how many incidents; `left_out` have no place that is known well enough, or no day in
    the time that counts.
    """

    area: str
    at: int
    first_day: int
    last_day: int
    incidents: int
    left_out: int
    clusters: tuple[Found, ...]
    digest: str


def clusters(
    inputs: Inputs, asked: Scan, step: Callable[[float], None] = lambda part: None, threads: int | None = None
) -> Answer:
    """Seek clusters among the incidents of an area. `step` is told the part that is done, and may raise to stop."""
    first, last = _span(inputs, asked)
    near, events = _counting(inputs, asked)
    runs = 1 + len(inputs.parties)

    def found_in(chosen: Sequence[Event], number: int) -> list[Cluster]:
        if len(chosen) < EARLIEST:
            return []
        cases = _cases(grid, chosen, first, asked.incident_days)
        window = Window(float(asked.radius_m), asked.days, living=not asked.back)
        return scan.scan(
            cases,
            window,
            worlds=asked.worlds,
            seed=asked.seed,
            threads=threads,
            step=lambda part: step((number + part) / runs),
        )

    grid = grids.grid_for(inputs.ring, float(asked.zone_m))
    whole = found_in(events, 0)[:SHOWN]
    without = {
        party: found_in([one for one in events if set(one.parties) != {party}], number)
        for number, party in enumerate(inputs.parties, start=1)
    }
    told = tuple(_found(grid, one, events, first, without) for one in whole)
    text = msgspec.json.encode([ENGINE, inputs.ring, inputs.at, inputs.parties, events, asked, told], order="sorted")
    return Answer(
        inputs.area,
        inputs.at,
        first,
        last,
        len(events),
        len(near) - len(events),
        told,
        hashlib.sha256(text).hexdigest(),
    )


def density_of(inputs: Inputs, asked: Scan, bandwidth_m: float | None = None) -> tuple[Grid, density.Picture]:
    """The smooth picture of the incidents that a scan counts, on a frame over the area, and that frame.

    `bandwidth_m` None takes the rule of thumb. Raises MalformedInput (`density.bandwidth`).
    """
    ring = np.array(inputs.ring, np.float64) / grids.E7
    side = float(np.max(np.ptp(ring, axis=0))) * DEGREE_M
    cell = max(LEAST_M, math.ceil(side / ACROSS / LEAST_M) * LEAST_M)
    grid = grids.grid_for(inputs.ring, cell)
    _, events = _counting(inputs, asked)
    places = np.array([one.place for one in events], np.int64).reshape(-1, 2)
    x, y = grids.to_metres(grid, places[:, 0], places[:, 1])
    return grid, density.picture(
        x, y, x0=grid.x0, y0=grid.y0, cell=grid.cell, shape=grid.shape, bandwidth_m=bandwidth_m
    )


def as_json(answer: Answer, asked: Scan) -> dict[str, Any]:
    """The answer for desks and scripts: degrees, metres, days as dates."""
    return {
        "digest": answer.digest,
        "engine": ENGINE,
        "area": answer.area,
        "at": answer.at,
        "first": _date(answer.first_day),
        "last": _date(answer.last_day),
        "incidents": answer.incidents,
        "left_out": answer.left_out,
        "options": msgspec.to_builtins(asked),
        "clusters": [
            {
                "lon": one.place[0] / grids.E7,
                "lat": one.place[1] / grids.E7,
                "radius_m": one.radius_m,
                "first": _date(one.first_day),
                "last": _date(one.last_day),
                "seen": one.seen,
                "expected": one.expected,
                "p": round(one.p, 4),
                "told_by": one.told_by,
                "found": one.found,
                "without": {party: None if p is None else round(p, 4) for party, p in one.without.items()},
                "refs": list(one.refs),
            }
            for one in answer.clusters
        ],
    }


def _span(inputs: Inputs, asked: Scan) -> tuple[int, int]:
    """The first and the last day that count."""
    last = (inputs.at + ZONE_MS) // DAY_MS
    return last - asked.incident_days + 1, last


def _counting(inputs: Inputs, asked: Scan) -> tuple[list[Event], list[Event]]:
    """The incidents in the area, and those of them whose place and day are such that they count."""
    first, last = _span(inputs, asked)
    within = shapely.Polygon(inputs.ring)
    shapely.prepare(within)
    near = [one for one in inputs.events if within.intersects(shapely.Point(one.place))]
    return near, [one for one in near if one.accuracy <= asked.zone_m and first <= _day(one) <= last]


def _day(event: Event) -> int:
    return (event.at + ZONE_MS) // DAY_MS


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _zones(grid: Grid, events: Sequence[Event]) -> tuple[list[int], list[int]]:
    rows, cols = frame.cells_of(grid, [one.place for one in events])
    return np.clip(rows, 0, grid.rows - 1).tolist(), np.clip(cols, 0, grid.cols - 1).tolist()


def _cases(grid: Grid, events: Sequence[Event], first: int, days: int) -> Cases:
    rows, cols = _zones(grid, events)
    held = _held(grid, events)
    number = {zone: place for place, zone in enumerate(held)}
    return Cases(
        np.array([number[zone] for zone in zip(rows, cols, strict=True)], np.int64),
        np.array([_day(one) - first for one in events], np.int64),
        np.array([grid.x0 + (col + 0.5) * grid.cell for _, col in held]),
        np.array([grid.y0 - (row + 0.5) * grid.cell for row, _ in held]),
        days,
    )


def _held(grid: Grid, events: Sequence[Event]) -> list[tuple[int, int]]:
    return sorted(set(zip(*_zones(grid, events), strict=True)))


def _found(grid: Grid, one: Cluster, events: Sequence[Event], first: int, without: dict[str, list[Cluster]]) -> Found:
    held = _held(grid, events)
    rows, cols = _zones(grid, events)
    zones = {held[number] for number in one.zones}
    span = range(first + one.first_day, first + one.last_day + 1)
    members = [
        event for event, row, col in zip(events, rows, cols, strict=True) if (row, col) in zones and _day(event) in span
    ]
    row, col = held[one.middle]
    lon, lat = grids.to_degrees(
        grid, np.array([grid.x0 + (col + 0.5) * grid.cell]), np.array([grid.y0 - (row + 0.5) * grid.cell])
    )
    left = {
        party: _left(found, _held(grid, [event for event in events if set(event.parties) != {party}]), zones, one)
        for party, found in without.items()
    }
    return Found(
        (int(lon[0]), int(lat[0])),
        round(one.radius_m + grid.cell / 2.0),
        span.start,
        span.stop - 1,
        one.seen,
        one.expected,
        one.p,
        {party: sum(party in event.parties for event in members) for party in without},
        sum(event.found for event in members),
        left,
        tuple(event.ref for event in members),
    )


def _left(
    found: Sequence[Cluster], held: Sequence[tuple[int, int]], zones: set[tuple[int, int]], one: Cluster
) -> float | None:
    """The p-value of the likeliest of other clusters that shares ground and days with one."""
    shared = [
        other.p
        for other in found
        if other.first_day <= one.last_day
        and one.first_day <= other.last_day
        and any(held[number] in zones for number in other.zones)
    ]
    return min(shared, default=None)
