"""What states need of the engine, as they ask it: whether plans meet, whether a plan touches a place, who is near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from tansiq.records.kinds.activity import Volume
from tansiq.records.kinds.terms import Buffers


class Meeting(Struct, frozen=True, rename={"from_": "from"}):
    """Two volumes that come closer than the buffers: from when to when (ms), and their closest approach.

    `one` and `other` are their places in the two plans; `distance_m` is between their edges, 0 where they overlap, at
    `at` (ms) and near (`lon`, `lat`) (E7).
    """

    one: int
    other: int
    from_: int
    to: int
    distance_m: int
    at: int
    lon: int
    lat: int


class Place(Struct, frozen=True):
    """Ground that is taken up at all times: what lies within `metres` of a ring or of a single point (E7)."""

    points: Sequence[tuple[int, int]]
    metres: int = 0


class Nearby(Protocol):
    """Plans and places by reference, and those that may be near one. What is near is always found, and more may be."""

    def put_plan(self, ref: str, party: str, volumes: Sequence[Volume]) -> None:
        """Hold a plan of a party, in place of what was held of it; its volumes are fit."""
        ...

    def put_place(self, ref: str, places: Sequence[Place]) -> None:
        """Hold places, in place of what was held of them."""
        ...

    def drop(self, ref: str) -> None:
        """Hold it no longer, if it was held."""
        ...

    def near_plan(self, party: str, volumes: Sequence[Volume], buffers: Buffers) -> set[str]:
        """Plans of other parties, and places, that may come so close to volumes, which are fit."""
        ...

    def near_place(self, places: Sequence[Place], buffers: Buffers) -> set[str]:
        """Plans that may come so close to places."""
        ...


class Look(Protocol):
    """Geometry and time. The same volumes give the same answer on every node."""

    def fit(self, volumes: Sequence[Volume]) -> bool:
        """Whether all of them can be compared."""
        ...

    def meet(self, one: Sequence[Volume], other: Sequence[Volume], buffers: Buffers) -> list[Meeting]:
        """Which volumes of two plans meet; both are fit."""
        ...

    def at_point(self, volumes: Sequence[Volume], point: tuple[int, int], distance_m: int) -> list[int]:
        """Which volumes come so close to a point (longitude, latitude, E7)."""
        ...

    def in_ring(self, volumes: Sequence[Volume], ring: Sequence[tuple[int, int]], distance_m: int) -> list[int]:
        """Which volumes come so close to an area."""
        ...

    def nearby(self) -> Nearby:
        """Room for plans and places, empty."""
        ...
