"""Clusters in space and time: the permutation scan of Kulldorff and others (2005), which needs incidents only.

Cylinders stand on the ground: a circle around a zone, and a span of days. Expected in a cylinder is what its zones and
its days would hold if place and time had nothing to do with each other; a side that reports more in one province, or
all sides less on Fridays, raises no alarm. The likeliest cylinder is compared with the likeliest of many worlds in
which the days are dealt anew among the incidents: the p-value is the share of worlds with one as unlikely.

Days are dealt by a counter-based generator (SplitMix64): seed, world and place in the row give the number, so threads
change nothing. Incidents differ in place and day only; nothing else about them enters.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps.rates import rounded
from tansiq.kernels import njit

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WORLDS: Final = 999
MAX_WORLDS: Final = 99_999
MAX_INCIDENTS: Final = 1_000_000
MAX_ZONES: Final = 20_000
MAX_DAYS: Final = 20_000


class Cases(Struct, frozen=True):
    """Incidents: the number of the zone and of the day of each (int64), and the middle of each zone (m).

    `days` is how many days there are; left out, the last is that of the last incident.
    """

    zone: Ints
    day: Ints
    x: Floats
    y: Floats
    days: int = 0


class Window(Struct, frozen=True):
    """Which cylinders are looked at: circles up to `radius_m` with at most half of all incidents, up to `days` long.

    `living`: only those that reach the last day, for an alarm today; else all, for a look back.
    """

    radius_m: float
    days: int
    living: bool = True


class Cluster(Struct, frozen=True):
    """A cylinder: its middle zone, radius (m), first and last day, zones, incidents seen and expected, and p-value."""

    middle: int
    radius_m: float
    first_day: int
    last_day: int
    zones: tuple[int, ...]
    seen: int
    expected: float
    score: float
    p: float


def scan(
    cases: Cases,
    window: Window,
    *,
    worlds: int = WORLDS,
    seed: int = 1,
    threads: int | None = None,
    step: Callable[[float], None] = lambda part: None,
) -> list[Cluster]:
    """Clusters from the likeliest on, no two with a zone in common; the p-value of each is against the likeliest of
    every world, so it holds however many are looked at. `step` is told the part that is done, and may raise to stop.

    Raises MalformedInput: `scan.shape` for arrays that do not belong together, `scan.window` for a window of no days or
    no radius, `scan.worlds` for too few or too many, `scan.too_large` for more than the limits.
    """
    _check(cases, window, worlds)
    if len(cases.zone) < 2:
        return []
    table = _prepared(cases, window)
    best, first, last, size = _scan_all(*table, window.days, window.living)
    highest = np.sort(_worlds(cases, table, window, worlds, seed, threads, step))
    order = np.lexsort((np.arange(len(best)), -best))
    taken = np.zeros(len(cases.x), bool)
    clusters = []
    starts, near, distance = table[0], table[1], table[2]
    for middle in order.tolist():
        zones = near[starts[middle] : starts[middle] + size[middle]]
        if best[middle] <= 0.0 or taken[zones].any():
            continue
        taken[zones] = True
        score = float(rounded(best[middle]))
        above = worlds - int(np.searchsorted(highest, best[middle] * (1.0 - 1e-12)))
        span = (cases.day >= first[middle]) & (cases.day <= last[middle])
        inside = np.isin(cases.zone, zones)
        clusters.append(
            Cluster(
                middle,
                float(distance[starts[middle] + size[middle] - 1]),
                int(first[middle]),
                int(last[middle]),
                tuple(sorted(zones.tolist())),
                int((span & inside).sum()),
                float(rounded(span.sum() * inside.sum() / len(cases.zone))),
                score,
                (1 + above) / (1 + worlds),
            )
        )
    return clusters


Table = tuple[Ints, Ints, Floats, Ints, Ints, Ints, Ints]


def _prepared(cases: Cases, window: Window) -> Table:
    """Neighbours of each zone by distance (CSR: starts, zones, distances), incidents as (zone, day) lists, totals."""
    zones = len(cases.x)
    held = np.bincount(cases.zone, minlength=zones)
    starts = np.zeros(zones + 1, np.int64)
    near, distance = [], []
    for middle in range(zones):
        if held[middle]:
            apart = np.rint(np.hypot(cases.x - cases.x[middle], cases.y - cases.y[middle]) * 100.0) / 100.0
            some = np.flatnonzero((apart <= window.radius_m) & (held > 0))
            some = some[np.lexsort((some, apart[some]))]
            few = np.cumsum(held[some]) <= max(int(held[middle]), len(cases.zone) // 2)
            if not few.all():
                few &= apart[some] < apart[some[int(few.sum())]]  # a circle holds all zones at its edge, or none
            near.append(some[few])
            distance.append(apart[some[few]])
            starts[middle + 1] = few.sum()
    days = max(int(cases.day.max()) + 1, cases.days)
    order = np.argsort(cases.zone, kind="stable")
    return (
        np.cumsum(starts),
        np.concatenate(near),
        np.concatenate(distance),
        np.concatenate([[0], np.cumsum(held)]),
        cases.day[order],
        np.cumsum(np.bincount(cases.day, minlength=days)),
        held,
    )


def _worlds(
    cases: Cases,
    table: Table,
    window: Window,
    worlds: int,
    seed: int,
    threads: int | None,
    step: Callable[[float], None],
) -> Floats:
    """The highest score of each world."""
    starts, near, distance, firsts, days, up_to, held = table
    teams = max(1, min(threads or os.cpu_count() or 1, worlds))
    found = np.zeros(worlds)

    def some(team: int) -> None:
        for world in range(team, worlds, teams):
            step(world / worlds)
            dealt = _deal(days, np.uint64(seed), np.uint64(world))
            found[world] = _scan_highest(starts, near, distance, firsts, dealt, up_to, held, window.days, window.living)

    with ThreadPoolExecutor(teams) as pool:
        list(pool.map(some, range(teams)))
    return found


@njit(cache=True, nogil=True)
def _deal(days: Ints, seed: np.uint64, world: np.uint64) -> Ints:
    """The days in another order: Fisher and Yates with a counter's numbers."""
    dealt = days.copy()
    base = (seed * np.uint64(0xD1342543DE82EF95)) ^ ((world + np.uint64(1)) * np.uint64(0xAF251AF3B0F025B5))
    for place in range(len(dealt) - 1, 0, -1):
        z = base + np.uint64(place) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
        # the upper half times the count: no division, and a bias far below one in a billion worlds
        other = np.int64(((z >> np.uint64(32)) * np.uint64(place + 1)) >> np.uint64(32))
        held = dealt[place]
        dealt[place] = dealt[other]
        dealt[other] = held
    return dealt


@njit(cache=True, nogil=True)
def _middle(
    middle: int,
    starts: Ints,
    near: Ints,
    distance: Floats,
    firsts: Ints,
    days: Ints,
    up_to: Ints,
    held: Ints,
    longest: int,
    living: bool,
    floor: float,
    by_day: Ints,
    out: Ints,
) -> float:
    """The highest score above `floor` of the cylinders around one zone; `out` is its first and last day and zones."""
    total = up_to[-1]
    span = len(up_to)
    by_day[:] = 0
    count = 0
    best = floor
    for step in range(starts[middle], starts[middle + 1]):
        zone = near[step]
        count += held[zone]
        for case in range(firsts[zone], firsts[zone + 1]):
            by_day[days[case]] += 1
        if step + 1 < starts[middle + 1] and distance[step + 1] == distance[step]:
            continue  # a circle holds all zones at its edge
        for last in range(span - 1 if living else 0, span):
            seen = 0
            for length in range(1, min(longest, last + 1) + 1):
                first = last - length + 1
                new = by_day[first]
                seen += new
                if new == 0 or seen < 2:
                    continue  # a day without incidents only raises what is expected
                in_days = up_to[last] - (up_to[first - 1] if first > 0 else 0)
                expected = count * in_days / total
                excess = seen - expected
                if excess <= 0.0 or expected >= total:
                    continue
                # log x <= x - 1 bounds the score from above: most cylinders need no logarithm
                if excess * excess * (1.0 / expected + 1.0 / (total - expected)) <= best:
                    continue
                score = seen * np.log(seen / expected)
                if seen < total:
                    score += (total - seen) * np.log((total - seen) / (total - expected))
                if score > best:
                    best = score
                    out[0], out[1], out[2] = first, last, step + 1 - starts[middle]
    return best


@njit(cache=True, nogil=True)
def _scan_all(
    starts: Ints,
    near: Ints,
    distance: Floats,
    firsts: Ints,
    days: Ints,
    up_to: Ints,
    held: Ints,
    longest: int,
    living: bool,
) -> tuple[Floats, Ints, Ints, Ints]:
    """The best cylinder around every zone: score, first day, last day, how many zones."""
    zones = len(held)
    best = np.zeros(zones)
    found = np.zeros((zones, 3), np.int64)
    by_day = np.zeros(len(up_to), np.int64)
    for middle in range(zones):
        best[middle] = _middle(
            middle, starts, near, distance, firsts, days, up_to, held, longest, living, 0.0, by_day, found[middle]
        )
    return best, found[:, 0].copy(), found[:, 1].copy(), found[:, 2].copy()


@njit(cache=True, nogil=True)
def _scan_highest(
    starts: Ints,
    near: Ints,
    distance: Floats,
    firsts: Ints,
    days: Ints,
    up_to: Ints,
    held: Ints,
    longest: int,
    living: bool,
) -> float:
    """The highest score of all cylinders."""
    best = 0.0
    out = np.zeros(3, np.int64)
    by_day = np.zeros(len(up_to), np.int64)
    for middle in range(len(held)):
        best = _middle(middle, starts, near, distance, firsts, days, up_to, held, longest, living, best, by_day, out)
    return best


def _check(cases: Cases, window: Window, worlds: int) -> None:
    zones = len(cases.x)
    alike = len(cases.zone) == len(cases.day) and len(cases.y) == zones
    inside = alike and cases.zone.min(initial=0) >= 0 and cases.zone.max(initial=-1) < zones
    if not inside or cases.day.min(initial=0) < 0 or not np.isfinite([*cases.x, *cases.y]).all():
        raise MalformedInput("scan.shape", cases=len(cases.zone), zones=zones)
    if len(cases.zone) > MAX_INCIDENTS or zones > MAX_ZONES or max(cases.day.max(initial=0), cases.days) >= MAX_DAYS:
        raise MalformedInput("scan.too_large", cases=len(cases.zone), limit=MAX_INCIDENTS)
    if window.days < 1 or not (np.isfinite(window.radius_m) and window.radius_m >= 0):
        raise MalformedInput("scan.window", days=window.days, metres=str(window.radius_m))
    if not 1 <= worlds <= MAX_WORLDS:
        raise MalformedInput("scan.worlds", worlds=worlds, limit=MAX_WORLDS)
