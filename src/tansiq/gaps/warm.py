"""Compiles the engine into its cache, in a process of its own: `python -m tansiq.gaps.warm`.

A compiler at work holds the interpreter for many seconds at a time. A node that compiled in one of its threads would
leave its desks and its peers without an answer meanwhile; so a node runs this first, once, and then only loads.
"""

from __future__ import annotations

import numpy as np

from tansiq.gaps import analysis, timetable
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import DEFAULT_DAYLIGHT, Base, BasedOn, Inputs, Post, Rule
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.geo import sampling
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines
from tansiq.kernels import compiling
from tansiq.records.kinds.arrangement import Way

MODULE = "tansiq.gaps.warm"
CORNER = (441_000_000, 355_000_000)
SIDE = 100_000


def inputs() -> Inputs:
    """A kilometre of ground with one post and one base: enough that every kernel is called once."""
    lon, lat = CORNER
    ring = (CORNER, (lon + SIDE, lat), (lon + SIDE, lat + SIDE), (lon, lat + SIDE))
    middle = (lon + SIDE // 2, lat + SIDE // 2)
    return Inputs(
        area="warm",
        ring=ring,
        at=0,
        parties=("a",),
        rule=Rule(None, (Way(seen=True, reached_minutes=30),), DEFAULT_DAYLIGHT),
        posts=(Post("a", "a/post", middle, 5, 900, 400, timetable.ALWAYS),),
        patrols=(),
        bases=(Base("a", "a/base", middle, ("car",), (60,) * timetable.HOURS),),
        released=(),
        events=(),
        based_on={"a": BasedOn(posts=1, bases=1)},
    )


def layers(grid: Grid) -> Layers:
    """Ground with a void, a road and a river, so that the branches for them are compiled too."""
    terrain = np.zeros(grid.shape, np.float32)
    terrain[:2, :2] = np.nan
    across = np.array([[grid.x0 + 500.0, grid.y0 - 500.0], [grid.x0 + 4000.0, grid.y0 - 900.0]])
    one = np.ones(1, np.uint8)
    road = Lines(across, np.array([0, 2]), one * 3, one, np.array([False]), ("road",))
    river = Lines(across[:, ::1] + 100.0, np.array([0, 2]), one * 5, one, np.array([False]), ("river",))
    return Layers(terrain, road, river, None, np.full(grid.shape, 60, np.uint8))


def ask_everything() -> None:
    """Ask once with rays and once without."""
    asked = inputs()
    for exact in (False, True):
        options = Options(cell=100.0, exact=exact, interval=True, error_m=1.0, error_draws=2)
        analysis.analyse(asked, layers(frame_of(asked, options.cell)), options, before=asked)
    knots, places, parts = np.zeros((2, 2)), np.zeros(1, np.int64), np.zeros(1)
    for heights in (np.empty((1, 1), np.float32), np.empty((2, 2), np.float32)[:1, :1]):
        sampling.heights(
            knots, knots, places, parts, places, parts, 1.0, np.zeros((2, 2), np.int16), 0, 0, 2, 2, -1, 1.0, 1.0,
            heights,
        )  # fmt: skip


def main() -> None:
    """Compile, where that was not done before."""
    with compiling(MODULE) as needed:
        if needed:
            ask_everything()


if __name__ == "__main__":
    main()
