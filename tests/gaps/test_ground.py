"""Ground: what moves cost, and what barriers, roads and bridges do to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes import refused
from tansiq.gaps import edges, ground, mobility, reach
from tansiq.gaps.edges import MOVES, OPPOSITE
from tansiq.gaps.ground import Ground, Road
from tansiq.gaps.sweeps import CLOSED, TICKS
from tansiq.geo.grid import Grid

from .terrain import rough
from .travel import FOREVER, at, bases, by_heap, frame

FOOT = mobility.profile("foot")
CAR = mobility.profile("car")
TERRAIN_LIMIT = 0.4

Line = NDArray[np.float64]


def river(grid: Grid, *cells: tuple[float, float]) -> Line:
    """A barrier through these cells."""
    return at(grid, *cells)


def times(one: Ground, base: tuple[int, int], neighbours: int = 16) -> NDArray[np.float32]:
    """Travel time from one base."""
    return reach.travel_time(one, bases(base), FOREVER, neighbours=neighbours)


def move_by_hand(
    pace: NDArray[np.float32],
    terrain: NDArray[np.float32],
    lines: mobility.Lines,
    limit: float,
    row: int,
    col: int,
    move: int,
) -> float:
    """Seconds of one move into (row, col), inf where closed, in plain numbers."""
    down, right = MOVES[move].tolist()
    y, x = row + down, col + right
    rows, cols = pace.shape
    if not (0 <= y < rows and 0 <= x < cols):
        return np.inf
    ends = [(row, col), (y, x)]
    between: list[tuple[int, int]] = []
    if abs(down) == 1 and abs(right) == 1:
        grazed = [(row, x), (y, col)]
    else:
        grazed = []
        if abs(down) == 2:
            between = [(row + down // 2, col), (row + down // 2, x)]
        elif abs(right) == 2:
            between = [(row, col + right // 2), (y, col + right // 2)]
    if any(np.isinf(pace[cell]) for cell in ends + between + grazed):
        return np.inf
    length = 30.0 * np.hypot(down, right)
    rise = float(terrain[row, col]) - float(terrain[y, x])
    stretches = [(rise, length)]
    if between:
        middle = float(np.mean([terrain[cell] for cell in between]))
        stretches = [(float(terrain[row, col]) - middle, length / 2), (middle - float(terrain[y, x]), length / 2)]
    if any(abs(part / over) > limit for part, over in stretches):
        return np.inf
    factor = max(float(a) + float(b) * rise / length for a, b in lines)
    return float(np.mean([pace[cell] for cell in ends + between]) * length * factor)


@pytest.mark.parametrize("seed", range(3))
def test_every_move_costs_what_the_rule_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    pace = random.choice(np.array([0.1, 0.5, 2.0, np.inf], np.float32), (70, 67), p=[0.3, 0.3, 0.3, 0.1]).astype(
        np.float32
    )
    terrain = rough(70, 67, seed, 400.0)
    one = ground.of_pace(pace, 30.0, terrain, slope=FOOT.slope, limits=(TERRAIN_LIMIT, TERRAIN_LIMIT))
    found = ground.costs(one)
    closed = 0
    for _ in range(6000):
        row, col, move = int(random.integers(70)), int(random.integers(67)), int(random.integers(16))
        wanted = move_by_hand(pace, terrain, FOOT.slope, TERRAIN_LIMIT, row, col, move)
        if np.isinf(wanted):
            assert found[row, col, move] == CLOSED
            closed += 1
        else:
            assert found[row, col, move] / TICKS == pytest.approx(wanted, rel=1e-5, abs=1e-3)
    assert 300 < closed < 5000


def test_moves_and_their_opposites_belong_together() -> None:
    assert (MOVES[OPPOSITE] == -MOVES).all()


places = st.tuples(st.integers(-12, 132), st.integers(-12, 172)).map(lambda one: (one[0] / 4, one[1] / 4))
"""Row and column in quarters of a cell, so that lines through middles and along moves are as likely as any."""


@settings(max_examples=40, deadline=None)
@given(st.lists(places, min_size=2, max_size=4, unique=True), st.sampled_from([8, 16]))
def test_no_move_crosses_a_barrier(corners: list[tuple[float, float]], neighbours: int) -> None:
    import shapely  # noqa: PLC0415 - the oracle of this one test

    grid = frame(30, 40)
    line = river(grid, *corners)
    one = ground.build(grid, None, FOOT, barriers=[line])
    found = ground.costs(one)
    wall = shapely.LineString(np.array([(col, row) for row, col in corners]))
    y, x = np.mgrid[:30, :40]
    for move, (down, right) in enumerate(MOVES.tolist()):
        inside = (y + down >= 0) & (y + down < 30) & (x + right >= 0) & (x + right < 40)
        ends = np.stack([np.stack([x, y], -1), np.stack([x + right, y + down], -1)], axis=-2).astype(float)
        steps = shapely.linestrings(ends)
        away = shapely.distance(steps, wall)
        assert (found[inside & (away == 0), move] == CLOSED).all()
        assert (found[inside & (away > 1e-3), move] < CLOSED).all()
    assert (
        reach.travel_time(one, bases((3, 3)), FOREVER, neighbours=neighbours)
        == by_heap(one, bases((3, 3)), FOREVER, neighbours).astype(np.float32)
    ).all()


@pytest.mark.parametrize("neighbours", [8, 16])
@pytest.mark.parametrize(
    "course",
    [
        [(-2.0, 20.5), (60.0, 20.5)],
        [(-2.0, 10.3), (60.0, 35.8)],
        [(-2.0, 5.5), (60.0, 67.5)],
        [(-2.0, 20.4), (20.0, 20.4), (20.2, 25.0), (60.0, 14.2)],
    ],
)
def test_a_river_is_crossed_at_its_bridge_and_nowhere_else(course: list[tuple[float, float]], neighbours: int) -> None:
    grid = frame(50, 60)
    barrier = river(grid, *course)
    at_row = 30.0
    down, across = zip(*course, strict=True)
    col = float(np.interp(at_row, down, across))
    bridge = Road(at(grid, (at_row, col - 2), (at_row, col + 2)), "secondary")
    shut = times(ground.build(grid, None, FOOT, barriers=[barrier]), (30, 1), neighbours)
    y, x = np.mgrid[:50, :60]
    beyond = x > np.interp(y, down, across)
    assert np.isinf(shut[beyond]).all()
    assert np.isfinite(shut[~beyond]).all()
    opened = times(ground.build(grid, None, FOOT, barriers=[barrier], bridges=[bridge]), (30, 1), neighbours)
    assert np.isfinite(opened).all()
    free = times(ground.build(grid, None, FOOT), (30, 1), neighbours)
    # the bridge is a road, a little faster than the ground beside it
    assert (opened >= free - 70).all()
    assert (opened <= shut).all()


def test_a_road_that_meets_a_river_without_a_bridge_ends_there() -> None:
    grid = frame(40, 40)
    road = Road(at(grid, (20, 0), (20, 39)), "primary")
    barrier = river(grid, (-1, 20.5), (41, 20.5))
    found = times(ground.build(grid, None, CAR, roads=[road], barriers=[barrier]), (20, 2))
    assert np.isinf(found[:, 21:]).all()
    bridged = ground.build(
        grid, None, CAR, roads=[road], barriers=[barrier], bridges=[Road(at(grid, (20, 19), (20, 22)), "primary")]
    )
    assert times(bridged, (20, 2))[20, 39] == pytest.approx(37 * 30 * 3.6 / 65, rel=1e-3)


@pytest.mark.parametrize("to", [(10, 90), (90, 90), (50, 90), (45, 90), (90, 30)])
def test_a_car_on_a_road_moves_at_road_speed_whatever_its_direction(to: tuple[int, int]) -> None:
    grid = frame(101, 101)
    road = Road(at(grid, (10, 10), to), "secondary")
    found = times(ground.build(grid, None, CAR, roads=[road]), (10, 10))
    metres = 30 * np.hypot(to[0] - 10, to[1] - 10)
    assert 0.999 * metres * 3.6 / 55 <= found[to] <= 1.03 * metres * 3.6 / 55


def test_beside_the_road_a_car_is_as_slow_as_the_ground() -> None:
    grid = frame(61, 61)
    road = Road(at(grid, (30, 0), (30, 60)), "primary")
    found = times(ground.build(grid, None, CAR, roads=[road]), (30, 0))
    off = float(CAR.covers[mobility.OPEN_GROUND])
    assert found[30, 60] == pytest.approx(60 * 30 * CAR.roads["primary"], rel=1e-3)
    assert found[40, 60] > 10 * 30 * off * 0.99
    alone = times(ground.build(grid, None, CAR), (30, 0))
    assert (found <= alone).all()
    # a second road beside the first is no shortcut between the two
    both = ground.build(grid, None, CAR, roads=[road, Road(at(grid, (31, 0), (31, 60)), "primary")])
    assert times(both, (30, 30))[31, 30] == pytest.approx(30 * off, rel=1e-3)


def test_a_road_leads_through_ground_that_a_car_does_not_cross_and_lets_nobody_off_there() -> None:
    grid = frame(60, 60)
    cover = np.full((60, 60), mobility.GRASS, np.uint8)
    cover[:, 20:40] = mobility.TREES
    road = Road(at(grid, (5, 5), (50, 55)), "tertiary")
    plain = times(ground.build(grid, None, CAR, cover=cover), (5, 5))
    assert np.isinf(plain[:, 20:]).all()
    found = times(ground.build(grid, None, CAR, cover=cover, roads=[road]), (5, 5))
    assert np.isfinite(found[:, 40:]).all()
    in_wood = np.isfinite(found[:, 20:40])
    assert 15 <= in_wood.sum() <= 40, "only the road itself"


def test_uphill_is_slower_for_every_class_and_wet_is_slower_than_dry() -> None:
    grid = frame(30, 90)
    terrain = np.repeat(np.linspace(0, 200, 90, dtype=np.float32)[None], 30, axis=0)
    for name in mobility.CLASSES:
        took = []
        for condition in mobility.CONDITIONS:
            one = ground.build(grid, terrain, mobility.profile(name, condition))
            up, down = times(one, (15, 0))[15, 89], times(one, (15, 89))[15, 0]
            assert up > down
            took.append(up)
        assert took == sorted(took)


def test_unknown_terrain_and_unknown_cover_are_unknown_and_never_fast() -> None:
    grid = frame(20, 60)
    terrain = np.zeros((20, 60), np.float32)
    terrain[:, 25] = np.nan
    cover = np.full((20, 60), mobility.GRASS, np.uint8)
    cover[:, 40] = 0
    one = ground.build(grid, terrain, FOOT, cover=cover)
    assert (one.unknown == (np.isnan(terrain) | (cover == 0))).all()
    found = reach.reach(one, bases((10, 5)), FOREVER)
    assert np.isinf(found.time_s[:, 25:]).all()
    assert found.unknown[:, 25:].all()


def test_a_road_over_unknown_terrain_is_not_taken_for_certain() -> None:
    grid = frame(20, 60)
    terrain = np.zeros((20, 60), np.float32)
    terrain[:, 25:30] = np.nan
    road = Road(at(grid, (10, 0), (10, 59)), "primary")
    found = reach.reach(ground.build(grid, terrain, CAR, roads=[road]), bases((10, 5)), FOREVER)
    assert np.isinf(found.time_s[:, 25:]).all()
    assert found.unknown[:, 25:].all()


def network(seed: int) -> tuple[Grid, NDArray[np.float32], NDArray[np.uint8], list[Road], list[Line], list[Road]]:
    """A frame with hills, cover, roads, rivers and bridges."""
    random = np.random.default_rng(seed)
    rows, cols = int(random.integers(20, 90)), int(random.integers(20, 90))
    grid = frame(rows, cols)

    def anywhere(count: int) -> Line:
        return at(grid, *zip(random.uniform(-2, rows + 1, count), random.uniform(-2, cols + 1, count), strict=True))

    cover = random.choice(
        np.array([mobility.GRASS, mobility.CROPS, mobility.TREES, mobility.BARE], np.uint8), (rows, cols)
    )
    roads = [Road(anywhere(3), str(random.choice(["primary", "track", "tertiary"]))) for _ in range(4)]
    bridges = [Road(anywhere(2), "secondary") for _ in range(2)]
    return grid, rough(rows, cols, seed, 150.0), cover, roads, [anywhere(3) for _ in range(3)], bridges


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(mobility.CLASSES)))
def test_more_barriers_and_closed_bridges_never_speed_anyone_and_roads_never_slow(seed: int, name: str) -> None:
    grid, terrain, cover, roads, barriers, bridges = network(seed)
    profile = mobility.profile(name)
    base = (grid.rows // 2, grid.cols // 2)

    def took(barriers: list[Line], bridges: list[Road], roads: list[Road]) -> NDArray[np.float32]:
        one = ground.build(grid, terrain, profile, cover=cover, roads=roads, barriers=barriers, bridges=bridges)
        found = times(one, base)
        assert (found == by_heap(one, bases(base), FOREVER, 16).astype(np.float32)).all()
        return found

    everything = took(barriers, bridges, roads)
    assert (took(barriers[:-1], bridges, roads) <= everything).all()
    assert (took(barriers, bridges[:-1], roads) >= everything).all()


def test_closing_a_bridge_is_leaving_it_out() -> None:
    grid = frame(30, 30)
    barrier = river(grid, (-1, 14.5), (31, 14.5))
    bridges = [Road(at(grid, (5, 13), (5, 16)), "primary"), Road(at(grid, (25, 13), (25, 16)), "primary")]
    both = times(ground.build(grid, None, FOOT, barriers=[barrier], bridges=bridges), (5, 2))
    one = times(ground.build(grid, None, FOOT, barriers=[barrier], bridges=bridges[1:]), (5, 2))
    assert one[5, 28] > both[5, 28] + 600
    assert (one[:, :14] == both[:, :14]).all()


def test_lines_outside_of_the_frame_change_nothing_and_break_nothing() -> None:
    grid = frame(20, 20)
    far = at(grid, (-500, -500), (-400, 800))
    one = ground.build(grid, None, FOOT, barriers=[far], roads=[Road(far, "primary")], bridges=[Road(far, "primary")])
    assert (ground.costs(one) == ground.costs(ground.build(grid, None, FOOT))).all()
    assert edges.MOVES.shape == (16, 2)


def test_layers_that_do_not_fit_are_refused() -> None:
    grid = frame(20, 20)
    with refused("reach.shape"):
        ground.build(grid, np.zeros((20, 21), np.float32), FOOT)
    with refused("reach.shape"):
        ground.build(grid, None, FOOT, cover=np.zeros((19, 20), np.uint8))
    with refused("reach.road"):
        ground.build(grid, None, FOOT, roads=[Road(at(grid, (1, 1), (2, 2)), "runway")])
