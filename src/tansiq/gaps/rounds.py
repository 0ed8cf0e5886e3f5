"""Where further joint patrols would close most of the ground that an answer leaves open: daily rounds with their bound.

A round sets out from a base (where none of a side is near enough: from one of its posts), passes places and comes back,
again every day at the same hour. It counts as an analysis counts a patrol: its whole corridor in every hour in which it
is under way, and as many hours after as the arrangement lets a passing count, on ground that lacks nothing else
(`gaps.lacking`). So what is said to close is what the whole analysis finds closed when the rounds are added.

Rounds are laid one after the other: for each hour of setting out the places are put in that add most for their time,
and stretches are turned round where that saves time; the round that closes most for its hours is taken, and each is
laid anew beside the others as long as that closes more. Nothing promises beforehand how near this comes to the best;
`rounds_limit` says what no such rounds can pass, which is plain and often far above the best.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from tansiq.gaps import tours
from tansiq.gaps.analysis import Cancelled
from tansiq.gaps.rounds_drive import DAY, Driven, done_by, drive, length_of, value_of
from tansiq.gaps.rounds_task import HOUR_S, Ints, Start, Task, holds_of, prizes_of, within
from tansiq.gaps.sites import Round, Stop
from tansiq.gaps.siting import share
from tansiq.geo import grid as grids

PASSES: Final = 2
TRIED: Final = 6
"""Rounds of which the whole way is laid before one is taken."""


class Laid(Struct, frozen=True):
    """Rounds, and what they close together in cell-hours of a week; no such rounds close more than `ceiling`."""

    rounds: tuple[Round, ...]
    value: int
    ceiling: int

    @property
    def at_least(self) -> float:
        """The share of the best possible that is certain, rounded down to 0.001; often far below the true one."""
        return share(self.value, self.ceiling)


def lay(made: Task, *, cancelled: Cancelled = lambda: False) -> Iterator[Laid]:
    """Rounds, after each that is laid and after each that is laid better; the last is the best. Ends when cancelled."""
    rounds: list[Driven] = []
    while len(rounds) < made.asked.count and not cancelled():
        turn = _eligible(made, rounds)
        found = _best(made, rounds, turn, cancelled)
        if found is None and turn != set(made.parties) and not cancelled():
            # whoever is due can add nothing: the others go on rather than nobody
            found = _best(made, rounds, set(made.parties) - turn, cancelled)
        if found is None:
            break
        rounds.append(found)
        yield _told(made, rounds)
    for _ in range(PASSES):
        better = False
        for number in range(len(rounds)):
            others = rounds[:number] + rounds[number + 1 :]
            before = value_of(made, rounds)
            parties = {rounds[number].start.party} if made.asked.fairness else set(made.parties)
            found = _best(made, others, parties, cancelled)
            if cancelled():
                return
            if found is not None and value_of(made, [*others, found]) > before:
                rounds = [*others[:number], found, *others[number:]]
                better = True
                yield _told(made, rounds)
        if not better:
            return


def _eligible(made: Task, rounds: Sequence[Driven]) -> set[str]:
    """The parties whose turn it may be: those below their share first."""
    able = {one.party for one in made.starts}
    due = math.floor(made.asked.fairness * made.asked.count / max(1, len(made.parties)))
    have = {party: sum(one.start.party == party for one in rounds) for party in able}
    owed = {party for party in able if have[party] < due}
    return owed or able


def _left_s(made: Task, rounds: Sequence[Driven]) -> int:
    """How long another round may take at most."""
    longest = made.asked.longest_h * HOUR_S
    if made.asked.budget is None:
        return longest
    return min(longest, made.asked.budget * HOUR_S // 7 - sum(one.seconds for one in rounds))


def _best(made: Task, beside: Sequence[Driven], parties: set[str], cancelled: Cancelled) -> Driven | None:
    """The round of one of these parties that closes most beside others, for its hours where these are counted."""
    longest = _left_s(made, beside)
    if longest < HOUR_S // 4:
        return None
    done = done_by(made, beside)
    prizes = prizes_of(made.lacking, made.squares, made.places, done[0], within(made.lacking), done[1])
    tried: list[tuple[float, Start, int, list[int]]] = []
    for start in (one for one in made.starts if one.party in parties):
        net = made.nets[start.mobility]
        mine = np.zeros((len(net.rows), DAY), np.int64)
        mine[: made.places] = _by_start(prizes[start.party], math.ceil(longest / HOUR_S), holds_of(made.lacking))
        for hour in range(DAY):
            if cancelled():
                return None
            order = [int(place) for place in tours.grown(net.seconds, mine[:, hour], start.place, longest)]
            worth = float(mine[order, hour].sum())
            if worth > 0:
                cost = 1.0 if made.asked.budget is None else length_of(net.seconds, order) / HOUR_S
                tried.append((worth / cost, start, hour, order))
    best: tuple[float, Driven] | None = None
    value = value_of(made, beside)
    for _, start, hour, order in sorted(tried, key=lambda one: (-one[0], one[2], one[1].ref))[:TRIED]:
        driven = drive(made, start, hour, order)
        if driven.seconds > longest:
            continue
        gain = float(value_of(made, [*beside, driven]) - value)
        gain /= 1.0 if made.asked.budget is None else driven.seconds
        if gain > 0 and (best is None or gain > best[0]):
            best = gain, driven
    return None if best is None else best[1]


def _by_start(prizes: Ints, under_way: int, holds: int) -> Ints:
    """What passing each place is worth by the hour of setting out: int64[places, 24]."""
    window = min(DAY, under_way + holds - 1)
    by_day = prizes.reshape(len(prizes), 7, DAY)
    # passings count into the next day, and Sunday's into Monday
    rolled = np.concatenate([by_day, np.roll(by_day, -1, axis=1)], axis=2)
    return np.stack([rolled[:, :, hour : hour + window].sum(axis=(1, 2)) for hour in range(DAY)], axis=1)


def _told(made: Task, rounds: Sequence[Driven]) -> Laid:
    """The rounds, that which closes most first, each with what it adds to those before it."""
    left, order = list(rounds), list[Driven]()
    gains: list[int] = []
    while left:
        before = value_of(made, order)
        best = max(left, key=lambda one: value_of(made, [*order, one]))
        order.append(best)
        gains.append(value_of(made, order) - before)
        left.remove(best)
    told = tuple(_round(made, one, gain) for one, gain in zip(order, gains, strict=True))
    return Laid(told, sum(gains), max(made.ceiling, sum(gains)))


def _round(made: Task, one: Driven, gain: int) -> Round:
    net = made.nets[one.start.mobility]
    east, north = grids.middles(made.coarse)
    places = list(one.order[1:-1])
    lons, lats = grids.to_degrees(made.coarse, east[net.cols[places]], north[net.rows[places]])
    stops = tuple(
        Stop(int(lon) / grids.E7, int(lat) / grids.E7, after)
        for lon, lat, after in zip(lons, lats, one.arrivals[1:-1], strict=True)
    )
    return Round(
        one.start.party,
        one.start.ref,
        one.start.mobility,
        one.hour,
        one.seconds,
        stops,
        tuple((lon / grids.E7, lat / grids.E7) for lon, lat in one.path),
        made.width_m,
        "".join("1" if under_way else "0" for under_way in one.week),
        round(gain * made.lacking.cell_km2, 1),
        round(7 * one.seconds / HOUR_S, 1),
    )
