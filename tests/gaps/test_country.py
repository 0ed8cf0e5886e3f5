"""A country in tiles: to the last bit what one frame gives, whatever the tiles and whoever computes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nodes import refused
from tansiq.gaps import country, tiles
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer, as_json
from tansiq.gaps.country import Way
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import Event, Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.gaps.tiles import Threads
from tansiq.geo.shapes import Lines, Places
from tansiq.records.kinds.arrangement import Way as Rule

from .country_told import rasters
from .terrain import rough
from .worlds import DAY, NIGHT, at, base, patrol, post, world

OPTIONS = Options(cell=100.0, smallest_m2=0.0, reach_minutes=30)
WAYS = (Rule(seen=True), Rule(reached_minutes=12), Rule(patrolled_hours=6))
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nation(seed: int, side: int = 200) -> Inputs:
    """Posts, patrols and bases of two parties all over some twenty kilometres."""
    chance = np.random.default_rng(seed)
    things: list[Any] = [patrol("mop", "p", [(3, 5), (side // 2, side // 3), (side - 5, side - 9)], NIGHT)]
    for number in range(14):
        party, hours = ("joc", "mop")[number % 2], (NIGHT, DAY, "1" * 168)[number % 3]
        east, north = (int(value) for value in chance.integers(0, side, 2))
        day = int(chance.integers(800, 6000))
        things.append(post(party, f"p{number}", east, north, day, day // 3, hours=hours, height=6))
    for number, kind in enumerate(("car", "foot", "truck", "car")):
        east, north = (int(value) for value in chance.integers(0, side, 2))
        things.append(base(("joc", "mop")[number % 2], f"b{number}", east, north, 60 * number, kind))
    events = tuple(
        Event(f"joc/e{number}", ("joc",), at(*(int(value) for value in chance.integers(0, side, 2))), 100, 1, False)
        for number in range(9)
    )
    return replace(world(*things, side=side, ways=WAYS, at=10), events=events)


def nature(inputs: Inputs, seed: int, *, voids: bool) -> Layers:
    """Rough ground with roads, a river and a bridge, towns and land cover; with voids if wanted."""
    grid = frame_of(inputs, OPTIONS.cell)
    chance = np.random.default_rng(seed)
    terrain = rough(grid.rows, grid.cols, seed, 90.0).astype(np.float32)
    landcover = chance.choice(np.array([20, 30, 40, 60], np.uint8), grid.shape)
    landcover[chance.random(grid.shape) < 0.02] = 80
    if voids:
        for _ in range(12):
            row, col = (int(value) for value in chance.integers(0, min(grid.shape), 2))
            terrain[row : row + 4, col : col + 9] = np.nan
        landcover[chance.random(grid.shape) < 0.001] = 0
    width, height = grid.cols * grid.cell, grid.rows * grid.cell

    def line(points: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        x, y = np.sort(chance.uniform(-0.05, 1.05, points)), chance.uniform(0, 1, points)
        metres = np.stack([grid.x0 + x * width, grid.y0 - y * height], axis=1)
        return np.asarray(np.round(metres, 2), np.float64)

    # one road at forty-five degrees through the corners of cells, where a hair decides
    far = min(width, height) - 300.0
    slope = np.array([[grid.x0, grid.y0 - 300.0], [grid.x0 + far, grid.y0 - 300.0 - far]])
    ways = [slope, *(line(7) for _ in range(8))]
    river = line(9)
    roads = lines([*ways, river[3:5]], [1, 2, 3, 4, 5, 6, 3, 3, 1, 3], bridge=len(ways))
    barriers = lines([river, line(5)], [2, 3], bridge=None)
    x, y = (chance.uniform(0, size, 20) for size in (width, height))
    towns = Places(
        grid.x0 + x, grid.y0 - y, np.ones(20, np.uint8), np.zeros(20, np.int32), ("",) * 20, tuple(map(str, range(20)))
    )
    return Layers(terrain, roads, barriers, towns, landcover, {"terrain": str(seed)})


def lines(paths: list[Any], kinds: list[int], bridge: int | None) -> Lines:
    """Lines of these kinds, one of them perhaps a bridge."""
    lengths = [len(path) for path in paths]
    return Lines(
        np.concatenate(paths),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array(kinds, np.uint8),
        np.ones(len(paths), np.uint8),
        np.array([number == bridge for number in range(len(paths))]),
        tuple(f"w{number}" for number in range(len(paths))),
    )


def in_tiles(inputs: Inputs, layers: Layers, folder: Path, side_m: float, threads: int = 2, **how: Any) -> Answer:
    """The answer by tiles of a side."""
    source = rasters(folder, frame_of(inputs, OPTIONS.cell), layers)
    shown = replace(layers, terrain=None, landcover=None)
    options = how.pop("options", OPTIONS)
    way = Way(Threads(threads), folder / f"run-{side_m:g}-{threads}", side_m, threads)
    return country.analyse(inputs, shown, source, options, way, **how)


def same(one: Answer, other: Answer) -> None:
    """Bits, gaps and digest are alike; what differs is said."""
    assert one.grid == other.grid
    assert (np.asarray(one.cover.covered) == np.asarray(other.cover.covered)).all()
    assert (np.asarray(one.cover.unknown) == np.asarray(other.cover.unknown)).all()
    assert [gap.opening.id for gap in one.gaps] == [gap.opening.id for gap in other.gaps]
    assert msgspec.json.encode(as_json(one, Layers())) == msgspec.json.encode(as_json(other, Layers()))
    assert one.digest() == other.digest()


@SLOW
@given(seed=st.integers(0, 1000), side_m=st.sampled_from([6400.0, 12_800.0, 19_200.0, 60_000.0]), voids=st.booleans())
def test_tiles_give_what_one_frame_gives_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, seed: int, side_m: float, voids: bool
) -> None:
    inputs = nation(seed)
    layers = nature(inputs, seed, voids=voids)
    whole = analyse(inputs, layers, OPTIONS)
    assert whole.gaps
    same(in_tiles(inputs, layers, tmp_path_factory.mktemp("tiles"), side_m), whole)


def test_the_world_of_these_tests_has_everything_that_tiles_could_get_wrong(tmp_path: Path) -> None:
    inputs = nation(3)
    layers = nature(inputs, 3, voids=True)
    whole = analyse(inputs, layers, OPTIONS)
    divided = tiles.cut(whole.grid, 6400.0)
    assert len(divided) >= 16
    assert np.asarray(whole.cover.unknown).any()
    crossing = [gap for gap in whole.gaps if len({divided.of(*cell) for cell in _cells(gap.opening.mask, gap)}) > 2]
    assert crossing
    alone = analyse(inputs, replace(layers, roads=None), OPTIONS)
    assert (alone.cover.covered != whole.cover.covered).any()
    reached = replace(inputs, rule=replace(inputs.rule, ways=(Rule(reached_minutes=12),)))
    assert np.asarray(analyse(reached, layers, OPTIONS).cover.covered).any()
    same(in_tiles(inputs, layers, tmp_path, 6400.0, threads=1), whole)


def _cells(mask: np.ndarray[Any, np.dtype[np.bool_]], gap: Any) -> list[tuple[int, int]]:
    return [(int(row) + gap.opening.row0, int(col) + gap.opening.col0) for row, col in np.argwhere(mask)]


def test_without_any_layer_and_with_exact_rays_tiles_give_the_same_too(tmp_path: Path) -> None:
    inputs = nation(5, side=120)
    same(in_tiles(inputs, Layers(), tmp_path, 6400.0), analyse(inputs, Layers(), OPTIONS))
    layers = nature(inputs, 5, voids=True)
    options = replace(OPTIONS, exact=True)
    exact = in_tiles(inputs, layers, tmp_path, 6400.0, options=options)
    same(exact, analyse(inputs, layers, options))


def test_a_week_before_is_compared_in_tiles_as_in_one_frame(tmp_path: Path) -> None:
    inputs = nation(7, side=120)
    before = replace(inputs, posts=inputs.posts[3:])
    layers = nature(inputs, 7, voids=False)
    whole = analyse(inputs, layers, OPTIONS, before=before)
    assert any(gap.trend for gap in whole.gaps)
    same(in_tiles(inputs, layers, tmp_path, 6400.0, before=before), whole)


def test_a_cell_that_is_no_whole_number_of_metres_and_tiles_too_small_are_refused(tmp_path: Path) -> None:
    inputs = nation(1, side=60)
    with refused("gaps.tile_cell"):
        in_tiles(inputs, Layers(), tmp_path, 6400.0, options=replace(OPTIONS, cell=33.3))
    with refused("gaps.tile_side"):
        in_tiles(inputs, Layers(), tmp_path, 2000.0)


def test_stopping_stops_between_tiles(tmp_path: Path) -> None:
    told: list[str] = []

    def progress(stage: str, part: float) -> None:
        told.append(stage)

    with refused("gaps.stopped"):
        in_tiles(nation(1, side=60), Layers(), tmp_path, 6400.0, progress=progress, cancelled=lambda: "cover" in told)
    assert "reach" in told
    assert "gaps" not in told
