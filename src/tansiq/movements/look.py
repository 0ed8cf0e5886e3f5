"""What states need of the engine, as they ask it: whether plans meet, and whether a plan touches a place."""

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
