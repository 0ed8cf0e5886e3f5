"""Arrival: bases, hours, rivers and bridges between the records and the engine of travel time."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from tansiq.gaps import bits, frame
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.geo import grid as grids
from tansiq.geo.classes import Barrier, Road
from tansiq.geo.shapes import Lines
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, at, base, post, world

REACHED = (Way(reached_minutes=40),)


def _world() -> Inputs:
    """A base in the west; a river parts its ground from the east."""
    return world(base("joc", "k", 10, 20, ready=60), post("mop", "z", 0, 0, 100, 100), ways=REACHED, side=40)


def _lines(inputs: Inputs, kind: int, name: str, *points: tuple[int, int], bridge: bool = False) -> Lines:
    grid = frame.frame_of(inputs, COARSE.cell)
    lons, lats = np.array([at(*point) for point in points]).T
    xy = np.stack(grids.to_metres(grid, lons, lats), axis=1)
    return Lines(
        xy,
        np.array([0, len(points)]),
        np.array([kind], np.uint8),
        np.array([1], np.uint8),
        np.array([bridge]),
        (name,),
    )


def _river(inputs: Inputs) -> Lines:
    return _lines(inputs, Barrier.RIVER, "river", (20, -200), (20, 240))


def _bridge(inputs: Inputs) -> Lines:
    return _lines(inputs, Road.PRIMARY, "bridge", (14, 20), (26, 20), bridge=True)


def _east(answer: Answer) -> int:
    """How many cells east of the river the first party reaches."""
    middle = grids.to_metres(answer.grid, *(np.array([value]) for value in at(22, 20)))[0][0]
    col = int((middle - answer.grid.x0) / answer.grid.cell)
    return int(bits.unpack(answer.cover.covered[0, 0] & answer.area, answer.grid.cols)[:, col:].sum())


def test_a_river_is_crossed_by_a_bridge_and_not_where_it_is_closed() -> None:
    inputs = _world()
    free = analyse(inputs, Layers(), COARSE)
    parted = analyse(inputs, Layers(barriers=_river(inputs)), COARSE)
    joined = analyse(inputs, Layers(barriers=_river(inputs), roads=_bridge(inputs)), COARSE)
    closed = analyse(
        replace(inputs, closed=("bridge",)), Layers(barriers=_river(inputs), roads=_bridge(inputs)), COARSE
    )
    assert _east(free) > 0
    assert _east(joined) > 0
    assert _east(parted) == _east(closed) == 0


def test_a_stream_stops_nobody_and_a_ditch_only_wheels() -> None:
    inputs = _world()
    stream = _lines(inputs, Barrier.STREAM, "s", (20, -200), (20, 240))
    ditch = _lines(inputs, Barrier.DITCH, "d", (20, -200), (20, 240))
    assert _east(analyse(inputs, Layers(barriers=stream), COARSE)) > 0
    assert _east(analyse(inputs, Layers(barriers=ditch), COARSE)) == 0
    on_foot = world(
        base("joc", "k", 19, 20, ready=0, mobility="foot"), post("mop", "z", 0, 0, 100, 100), ways=REACHED, side=40
    )
    assert _east(analyse(on_foot, Layers(barriers=ditch), COARSE)) > 0


def test_ground_behind_unknown_terrain_is_not_known_to_be_reached() -> None:
    inputs = _world()
    grid = frame.frame_of(inputs, COARSE.cell)
    terrain = np.zeros(grid.shape, np.float32)
    middle = int((grids.to_metres(grid, *(np.array([value]) for value in at(20, 20)))[0][0] - grid.x0) / grid.cell)
    terrain[:, middle : middle + 3] = np.nan
    answer = analyse(inputs, Layers(terrain=terrain, digests={"terrain": "strip"}), COARSE)
    assert _east(answer) == 0
    unknown = bits.unpack(answer.cover.unknown[0, 0] & answer.area, grid.cols)
    assert unknown[:, middle + 4 :].any()
    assert not (unknown & bits.unpack(answer.cover.covered[0, 0], grid.cols)).any()


def test_in_hours_without_readiness_nobody_comes() -> None:
    inputs = _world()
    (one,) = inputs.bases
    idle = replace(inputs, bases=(replace(one, ready_s=tuple([-1] * 24 + [60] * 144)),))
    answer = analyse(idle, Layers(), COARSE)
    monday, tuesday = (int(answer.number[hour]) for hour in (3, 27))
    assert bits.count(answer.cover.covered[0, monday]) == 0
    assert bits.count(answer.cover.covered[0, tuesday]) > 0
