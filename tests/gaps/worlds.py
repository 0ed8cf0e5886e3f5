"""Small worlds for tests of gaps: an area of a few kilometres, posts, patrols and bases of two parties."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace

from tansiq.gaps import timetable
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import DEFAULT_DAYLIGHT, DEFAULT_WAYS, Base, BasedOn, Inputs, Patrol, Post, Rule
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.records.kinds.arrangement import Way

from .terrain import rough

CORNER = (441_000_000, 355_000_000)
STEP = 10_000
"""About 91 m to the east and 111 m to the north, in degrees × 10⁷."""

NIGHT = "".join("0" if 6 <= hour % 24 < 18 else "1" for hour in range(168))
DAY = "".join("1" if 6 <= hour % 24 < 18 else "0" for hour in range(168))
PARTIES = ("joc", "mop")
COARSE = Options(cell=100.0, smallest_m2=0.0)


def at(east: int, north: int) -> tuple[int, int]:
    """A place so many steps from the corner of the area."""
    return CORNER[0] + east * STEP, CORNER[1] + north * STEP


def square(side: int = 60) -> tuple[tuple[int, int], ...]:
    """The ring of an area."""
    return at(0, 0), at(side, 0), at(side, side), at(0, side)


def post(party: str, name: str, east: int, north: int, day: int = 1500, night: int = 600, **how: Any) -> Post:
    """A post of a party."""
    hours_manned = how.get("hours", timetable.ALWAYS)
    return Post(party, f"{party}/{name}", at(east, north), how.get("height", 8), day, night, hours_manned)


def patrol(party: str, name: str, path: list[tuple[int, int]], passing: str, half: int = 300) -> Patrol:
    """A patrol of a party."""
    return Patrol(party, f"{party}/{name}", tuple(at(*point) for point in path), half, passing)


def base(party: str, name: str, east: int, north: int, ready: int = 300, mobility: str = "car") -> Base:
    """A base of a party that is ready after the same seconds at every hour."""
    return Base(party, f"{party}/{name}", at(east, north), (mobility,), (ready,) * 168)


def world(*things: Post | Patrol | Base, side: int = 60, ways: tuple[Way, ...] = DEFAULT_WAYS, **how: Any) -> Inputs:
    """The inputs of an analysis; every party is taken to have said all that it has."""
    posts = tuple(sorted((one for one in things if isinstance(one, Post)), key=lambda one: (one.party, one.ref)))
    patrols = tuple(sorted((one for one in things if isinstance(one, Patrol)), key=lambda one: (one.party, one.ref)))
    bases = tuple(sorted((one for one in things if isinstance(one, Base)), key=lambda one: (one.party, one.ref)))
    based_on = {
        party: BasedOn(
            sum(one.party == party for one in posts),
            sum(one.party == party for one in patrols),
            sum(one.party == party for one in bases),
        )
        for party in PARTIES
    }
    plain = Inputs(
        "joc/area",
        square(side),
        how.pop("at", 1_600_000_000_000),
        PARTIES,
        Rule(None, ways, DEFAULT_DAYLIGHT),
        posts,
        patrols,
        bases,
        (),
        (),
        based_on,
    )
    return replace(plain, **how)


def ground(inputs: Inputs, options: Options = COARSE, seed: int = 1, relief: float = 60.0) -> Layers:
    """Rough ground for a world."""
    grid = frame_of(inputs, options.cell)
    terrain = rough(grid.rows, grid.cols, seed, relief).astype(np.float32)
    return Layers(terrain=terrain, digests={"terrain": f"rough-{seed}-{relief}"})
