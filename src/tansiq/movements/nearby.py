"""Plans and places in two indexes, as states ask for those that may be near: by segment and hour, not by whole plan.

What comes back is meant to be compared exactly; a little more than the buffers is asked for, so that nothing at their
very edge hangs on which of two plans was put in first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from tansiq.errors import MalformedInput
from tansiq.movements.approach import MAX_METRES, Buffer
from tansiq.movements.index import Index
from tansiq.movements.look import Place
from tansiq.movements.pieces import HIGH, LOW, Pieces, pack
from tansiq.movements.volumes import LATEST, MAX_BAND, Activity, Area, Volume, Window
from tansiq.records.kinds.activity import Volume as Told
from tansiq.records.kinds.terms import Buffers

E7_A_METRE: Final = 10_000_000 / 110_500
"""No degree of latitude is shorter than 110.5 km."""
EDGE: Final = 2
"""Metres and seconds that are asked for beyond the buffers, and a thousandth of the metres."""
ALWAYS: Final = Window(0, LATEST)
NOBODY: Final = ""


class Indexes:
    """`movements.look.Nearby` by `movements.index`. One thread at a time."""

    def __init__(self, shapes: Callable[[Sequence[Told]], Sequence[Volume]]) -> None:
        self._shapes = shapes
        self._plans, self._places = Index(), Index()
        self._anywhere: set[str] = set()

    def put_plan(self, ref: str, party: str, volumes: Sequence[Told]) -> None:
        """Hold a plan of a party; its volumes are fit."""
        self.drop(ref)
        self._plans.insert(Activity(ref, party, self._shapes(volumes)))

    def put_place(self, ref: str, places: Sequence[Place]) -> None:
        """Hold places; what cannot be indexed may be near everything."""
        self.drop(ref)
        if not places:
            return
        try:
            self._places.insert(_around(ref, places))
        except MalformedInput:
            self._anywhere.add(ref)

    def drop(self, ref: str) -> None:
        """Hold it no longer."""
        for index in (self._plans, self._places):
            if ref in index:
                index.remove(ref)
        self._anywhere.discard(ref)

    def near_plan(self, party: str, volumes: Sequence[Told], buffers: Buffers) -> set[str]:
        """Plans of other parties, and places, that may come so close to volumes, which are fit."""
        own = pack([Activity(NOBODY, party, self._shapes(volumes))])
        places = set(_met(self._places, _taller(own, 2 * MAX_BAND), buffers))
        return self._anywhere | places | set(_met(self._plans, _taller(own, buffers.height_m), buffers))

    def near_place(self, places: Sequence[Place], buffers: Buffers) -> set[str]:
        """Plans that may come so close to places."""
        try:
            own = pack([_around(NOBODY, places)]) if places else None
        except MalformedInput:
            return set(self._plans)
        return set() if own is None else set(_met(self._plans, own, buffers))


def _met(index: Index, own: Pieces, buffers: Buffers) -> list[str]:
    metres = min(MAX_METRES, buffers.distance_m + buffers.distance_m // 1000 + EDGE)
    return index.check_pieces(own, Buffer(metres, buffers.minutes * 60 + EDGE)).activities()


def _taller(pieces: Pieces, metres: int) -> Pieces:
    pieces.facts[:, LOW] -= metres
    pieces.facts[:, HIGH] += metres
    return pieces


def _around(ref: str, places: Sequence[Place]) -> Activity:
    return Activity(ref, NOBODY, [Area(_ring(place), ALWAYS) for place in places])


def _ring(place: Place) -> Sequence[tuple[int, int]]:
    """The ring of a place, round a point the square that holds all that is so near."""
    if len(place.points) > 1:
        return place.points
    (lon, lat) = place.points[0]
    high = math.ceil((place.metres + EDGE) * E7_A_METRE)
    wide = math.ceil(high / math.cos(math.radians(min(89.0, (abs(lat) + high) / 10_000_000))))
    return [(lon - wide, lat - high), (lon + wide, lat - high), (lon + wide, lat + high), (lon - wide, lat + high)]
