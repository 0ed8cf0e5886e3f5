"""Patrol routes that close most open hours: rounds from a base through waypoints, again every day or every week.

A pass counts for the ground around a waypoint from the hour of arrival on, for as many hours as the arrangement lets a
patrol count. Waypoints are open at some hours of the week only, and a patrol does not wait before a closed one. Routes
are laid one after the other, each by inserting the waypoint that adds most for its time and by turning stretches round
where that saves time (2-opt, both directions have their own times), for every hour at which it may start.

What this guarantees: every route keeps its length and its hours, and the value is exact. How far it is from the best
is not guaranteed beforehand (the orienteering problem has no such bound for this method); `bound` is a plain one that
no set of routes passes, and often far above the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps.siting import Cover, share
from tansiq.kernels import njit

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

WEEK: Final = 168
HOUR_S: Final = 3600
FAR: Final = 1 << 40
"""Seconds between places with no way between them."""
MOST_PLACES: Final = 2000


class Places(Struct, frozen=True):
    """Bases and waypoints: `seconds` from each to each (int64[n, n], `FAR` where there is no way), `stay_s` at each.

    `hours` (bool[n, 168]): when a patrol may pass. `cover`: what passing each fills (nothing at a mere base).
    """

    seconds: Ints
    stay_s: Ints
    hours: Mask
    cover: Cover


class Need(Struct, frozen=True):
    """Open ground by hours: `room` parts of each cell, `weights` (int64[cells, classes]) per part and hour.

    `classes` (int64[168]) gives the class of each hour; `holds` is for how many hours a pass counts.
    """

    room: Ints
    weights: Ints
    classes: Ints
    holds: int


class Team(Struct, frozen=True):
    """Routes to be laid from one base: how many, how long at most (s), the hours they may start at, how often.

    `every` is 24 (each day at the same hour) or 168 (once a week); starts are hours from 0 to `every` - 1.
    """

    base: int
    routes: int
    longest_s: int
    starts: tuple[int, ...]
    every: int = 24


class Route(Struct, frozen=True):
    """One round: team, hour of its start, places in order with the base at both ends, arrival (s after the start)."""

    team: int
    start: int
    places: tuple[int, ...]
    arrivals_s: tuple[int, ...]


class Plan(Struct, frozen=True):
    """Routes, what they fill together (weight × parts × hours of a week), and a bound that no routes pass."""

    routes: tuple[Route, ...]
    value: int
    bound: int

    @property
    def at_least(self) -> float:
        """The share of the best possible that is proven, rounded down to 0.001; often far below the true one."""
        return share(self.value, self.bound)


def lay(places: Places, need: Need, teams: Sequence[Team]) -> Plan:
    """Routes for all teams. Each next route is that of the team to which it adds most, so no team is served first.

    Raises MalformedInput: `patrols.shape` for arrays that do not belong together, `patrols.team` for a team whose base,
    start or repetition cannot be.
    """
    _check(places, need, teams)
    load = np.zeros((len(need.room), WEEK), np.int64)
    left = [team.routes for team in teams]
    passed = np.zeros((len(places.stay_s), WEEK), np.bool_)
    routes: list[Route] = []
    while any(left):
        best: tuple[int, Route] | None = None
        for number, team in enumerate(teams):
            if left[number]:
                found = _best_route(places, need, team, number, load, passed)
                if found is not None and (best is None or found[0] > best[0]):
                    best = found
        if best is None:
            break
        routes.append(best[1])
        left[best[1].team] -= 1
        team = teams[best[1].team]
        _pass_all(places, need, best[1], team.every, load, passed)
    value = value_of(places, need, teams, routes)
    return Plan(tuple(routes), value, max(value, _bound(places, need, teams)))


def value_of(places: Places, need: Need, teams: Sequence[Team], routes: Sequence[Route]) -> int:
    """What routes fill together in a week (weight × parts × hours); a waypoint passed twice in an hour counts once."""
    load = np.zeros((len(need.room), WEEK), np.int64)
    passed = np.zeros((len(places.stay_s), WEEK), np.bool_)
    for route in routes:
        _pass_all(places, need, route, teams[route.team].every, load, passed)
    return int((np.minimum(load, need.room[:, None]) * need.weights[:, need.classes]).sum())


def allowed(places: Places, team: Team, route: Route) -> bool:
    """Whether a route keeps the team's length and every waypoint's hours, in every repetition."""
    order = list(route.places)
    if order[0] != team.base or order[-1] != team.base or len(set(order)) != len(order) - 1:
        return False
    arrivals = _times(places, order)
    hours = _hours(route.start, arrivals[1:-1], team.every)
    open_ = all(places.hours[place, hour].all() for place, hour in zip(order[1:-1], hours, strict=True))
    return open_ and arrivals[-1] <= team.longest_s and tuple(arrivals) == route.arrivals_s


def _times(places: Places, order: Sequence[int]) -> list[int]:
    arrivals = [0]
    for here, there in pairwise(order):
        stay = 0 if len(arrivals) == 1 else int(places.stay_s[here])
        arrivals.append(arrivals[-1] + stay + int(places.seconds[here, there]))
    return arrivals


def _hours(start: int, arrivals: Sequence[int], every: int) -> list[Ints]:
    """The hours of the week of each arrival, in every repetition."""
    return [(start + arrival // HOUR_S + np.arange(0, WEEK, every)) % WEEK for arrival in arrivals]


def _pass_all(places: Places, need: Need, route: Route, every: int, load: Ints, passed: Mask) -> None:
    hours = _hours(route.start, route.arrivals_s[1:-1], every)
    for place, firsts in zip(route.places[1:-1], hours, strict=True):
        for hour in ((firsts[:, None] + np.arange(need.holds)) % WEEK).ravel().tolist():
            if not passed[place, hour]:
                passed[place, hour] = True
                span = slice(places.cover.starts[place], places.cover.starts[place + 1])
                load[places.cover.cells[span], hour] += places.cover.parts[span]


def _best_route(
    places: Places, need: Need, team: Team, number: int, load: Ints, passed: Mask
) -> tuple[int, Route] | None:
    """The route that adds most to what is passed already, and what it adds; None where none adds anything."""
    best: tuple[int, Route] | None = None
    for start in team.starts:
        order, worth = _grown(places, need, team, start, load, passed)
        if worth > 0 and (best is None or worth > best[0]):
            best = worth, Route(number, start, tuple(order), tuple(_times(places, order)))
    return best


def _grown(places: Places, need: Need, team: Team, start: int, load: Ints, passed: Mask) -> tuple[list[int], int]:
    """Insert and turn until neither helps."""
    order, worth = [team.base, team.base], 0
    while True:
        mine, done = load.copy(), passed.copy()
        _pass_all(places, need, _route(places, order, start), team.every, mine, done)
        gains = _gains(
            places.cover.starts, places.cover.cells, places.cover.parts.astype(np.int64), need.room, need.weights,
            need.classes, mine, done, need.holds, team.every,
        )  # fmt: skip
        grown = False
        for place, at in _insertions(places, team, start, order, gains):
            longer = [*order[:at], place, *order[at:]]
            value = _worth(places, need, team, start, longer, load, passed)
            if value > worth:
                order, worth, grown = _turned(places, need, team, start, longer, value, load, passed), value, True
                worth = _worth(places, need, team, start, order, load, passed)
                break
        if not grown:
            return order, worth


def _insertions(places: Places, team: Team, start: int, order: list[int], gains: Ints) -> list[tuple[int, int]]:
    """Where which place may be put in, the best gain for its time first; at most a handful."""
    found = _ranked(
        places.seconds, places.stay_s, places.hours, np.array(order), start, team.longest_s, team.every, gains
    )
    return [(int(place), int(at)) for place, at in found if place >= 0]


def _route(places: Places, order: Sequence[int], start: int) -> Route:
    return Route(0, start, tuple(order), tuple(_times(places, order)))


def _worth(places: Places, need: Need, team: Team, start: int, order: Sequence[int], load: Ints, passed: Mask) -> int:
    """What a route adds to what is passed already."""
    mine, done = load.copy(), passed.copy()
    _pass_all(places, need, _route(places, order, start), team.every, mine, done)
    room = need.room[:, None]
    return int(((np.minimum(mine, room) - np.minimum(load, room)) * need.weights[:, need.classes]).sum())


def _turned(
    places: Places, need: Need, team: Team, start: int, order: list[int], worth: int, load: Ints, passed: Mask
) -> list[int]:
    """Turn a stretch round wherever that saves time, keeps the hours open and loses nothing."""
    again = True
    while again:
        again = False
        for first in range(1, len(order) - 2):
            for last in range(first + 1, len(order) - 1):
                turned = [*order[:first], *order[first : last + 1][::-1], *order[last + 1 :]]
                if (
                    _times(places, turned)[-1] < _times(places, order)[-1]
                    and allowed(places, team, _route(places, turned, start))
                    and _worth(places, need, team, start, turned, load, passed) >= worth
                ):
                    order, again = turned, True
    return order


def _bound(places: Places, need: Need, teams: Sequence[Team]) -> int:
    """No routes fill more: what all waypoints fill together, or each route packed by time as if ways were the shortest.

    A route's ways are half of all ways into and out of its places, each at least the shortest; a place adds at most
    what it adds alone at its best hour.
    """
    count = len(places.stay_s)
    parts = places.cover.parts.astype(np.int64)
    whole = np.zeros(len(need.room), np.int64)
    np.add.at(whole, places.cover.cells, parts)
    free = int((np.minimum(whole, need.room)[:, None] * need.weights[:, need.classes]).sum())
    apart = places.seconds + np.where(np.eye(count, dtype=bool), FAR, 0)
    doubled = apart.min(axis=0, initial=FAR) + apart.min(axis=1, initial=FAR) + 2 * places.stay_s
    none, nowhere = np.zeros((len(need.room), WEEK), np.int64), np.zeros((count, WEEK), np.bool_)
    total = 0
    for team in teams:
        gains = _gains(
            places.cover.starts, places.cover.cells, parts, need.room, need.weights, need.classes, none, nowhere,
            need.holds, team.every,
        )  # fmt: skip
        open_ = np.stack(
            [places.hours[:, (hour + np.arange(0, WEEK, team.every)) % WEEK].all(axis=1) for hour in range(WEEK)],
            axis=1,
        )
        best = np.where(open_, gains, 0).max(axis=1)
        best[team.base] = 0
        order = sorted(range(count), key=lambda place: -best[place] / max(1, doubled[place]))
        time, packed = 2 * team.longest_s, 0
        for place in order:
            if doubled[place] > time:
                packed += -(-int(best[place]) * time // int(doubled[place])) + 1 if best[place] else 0
                break
            packed, time = packed + int(best[place]), time - int(doubled[place])
        total += team.routes * packed
    return min(free, total)


@njit(cache=True, nogil=True)
def _gains(
    starts: Ints,
    cells: NDArray[np.int32],
    parts: Ints,
    room: Ints,
    weights: Ints,
    classes: Ints,
    load: Ints,
    passed: Mask,
    holds: int,
    every: int,
) -> Ints:
    """What passing each place at each hour of the week (and again every so often) would add: int64[n, 168]."""
    count = len(starts) - 1
    single = np.zeros((count, WEEK), np.int64)
    for place in range(count):
        for entry in range(starts[place], starts[place + 1]):
            cell = cells[entry]
            for hour in range(WEEK):
                left = room[cell] - load[cell, hour]
                if left > 0 and not passed[place, hour]:
                    single[place, hour] += weights[cell, classes[hour]] * min(left, parts[entry])
    gains = np.zeros((count, WEEK), np.int64)
    counted = np.zeros(WEEK, np.bool_)
    for place in range(count):
        for hour in range(WEEK):
            counted[:] = False
            for again in range(0, WEEK, every):
                for later in range(holds):
                    at = (hour + again + later) % WEEK
                    if not counted[at]:
                        counted[at] = True
                        gains[place, hour] += single[place, at]
    return gains


@njit(cache=True, nogil=True)
def _fits(seconds: Ints, stay: Ints, hours: Mask, order: Ints, at: int, start: int, longest: int, every: int) -> int:
    """The hour of the week at which place number `at` of a route is passed; -1 where the route breaks a rule."""
    clock = 0
    found = -1
    for step in range(1, len(order)):
        here = order[step - 1]
        clock += (stay[here] if step > 1 else 0) + seconds[here, order[step]]
        if clock > longest:
            return -1
        if step == len(order) - 1:
            break
        hour = (start + clock // HOUR_S) % WEEK
        for again in range(0, WEEK, every):
            if not hours[order[step], (hour + again) % WEEK]:
                return -1
        if step == at:
            found = hour
    return found


@njit(cache=True, nogil=True)
def _ranked(
    seconds: Ints,
    stay: Ints,
    hours: Mask,
    order: Ints,
    start: int,
    longest: int,
    every: int,
    gains: Ints,
) -> Ints:
    """The eight best insertions (place, position), by gain for added time; -1 where there are fewer."""
    found = np.full((8, 2), -1, np.int64)
    merit = np.full(8, -1.0)
    size = len(order)
    longer = np.empty(size + 1, np.int64)
    for place in range(len(stay)):
        inside = False
        for other in order:
            inside = inside or other == place
        if inside:
            continue
        for at in range(1, size):
            added = (
                seconds[order[at - 1], place]
                + stay[place]
                + seconds[place, order[at]]
                - seconds[order[at - 1], order[at]]
            )
            if size == 2:
                added = seconds[order[0], place] + stay[place] + seconds[place, order[1]]
            longer[:at] = order[:at]
            longer[at] = place
            longer[at + 1 :] = order[at:]
            hour = _fits(seconds, stay, hours, longer, at, start, longest, every)
            gain = gains[place, hour] if hour >= 0 else 0
            if gain <= 0:
                continue
            worth = gain / max(1.0, float(added))
            if worth <= merit[7]:
                continue
            slot = 7
            while slot > 0 and worth > merit[slot - 1]:
                merit[slot] = merit[slot - 1]
                found[slot] = found[slot - 1]
                slot -= 1
            merit[slot] = worth
            found[slot, 0] = place
            found[slot, 1] = at
    return found


def _check(places: Places, need: Need, teams: Sequence[Team]) -> None:
    count, cells = len(places.stay_s), len(need.room)
    cover = places.cover
    alike = (
        places.seconds.shape == (count, count)
        and places.hours.shape == (count, WEEK)
        and cover.sites == count <= MOST_PLACES
        and len(cover.cells) == len(cover.parts) == int(cover.starts[-1])
        and need.weights.ndim == 2
        and len(need.weights) == cells
        and need.classes.shape == (WEEK,)
        and 1 <= need.holds <= WEEK
    )
    if not alike:
        raise MalformedInput("patrols.shape", places=count, cells=cells)
    lowest = min(
        int(array.min(initial=0))
        for array in (places.seconds, places.stay_s, cover.cells, cover.parts, need.room, need.weights, need.classes)
    )
    outside = cover.cells.max(initial=-1) >= cells or need.classes.max() >= need.weights.shape[1]
    if lowest < 0 or outside or places.seconds.max(initial=0) > FAR:
        raise MalformedInput("patrols.shape", places=count, cells=cells)
    for number, team in enumerate(teams):
        hours = all(0 <= start < team.every for start in team.starts)
        if not (0 <= team.base < count and team.routes >= 0 and team.every in {24, WEEK} and hours):
            raise MalformedInput("patrols.team", team=number)
