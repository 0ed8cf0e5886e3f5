"""Synthetic ground: the same everywhere, shaped like the real ranges, and never to be taken for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tansiq.demo import ground
from tansiq.geo import layers, synthetic, terrain
from tansiq.geo.classes import Barrier
from tansiq.geo.grid import cells_of, grid_for, to_metres
from tansiq.geo.shapes import read_bridges, read_lines, read_places

MAKHMOUR = ((437200000, 359400000), (434000000, 358200000), (436300000, 357100000), (438000000, 358500000))
"""Mount Qarachogh stands in it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, layers.Layer]:
    """The four layers over one area."""
    root = tmp_path_factory.mktemp("synthetic")
    return {one.manifest.kind: one for one in synthetic.add(root, MAKHMOUR, 6, 0)}


def test_every_layer_says_that_it_is_synthetic(made: dict[str, layers.Layer]) -> None:
    assert set(made) == {"elevation", "roads", "barriers", "settlements"}
    for one in made.values():
        assert one.manifest.synthetic
        assert "caveat.synthetic" in one.manifest.caveats
        assert "SYNTHETIC" in one.manifest.name
        assert "SYNTHETIC" in one.manifest.source


def test_two_nodes_make_the_same_ground_and_making_it_again_changes_nothing(
    made: dict[str, layers.Layer], tmp_path: Path
) -> None:
    there = {one.manifest.kind: one for one in synthetic.add(tmp_path, MAKHMOUR, 6, 12345)}
    assert {kind: one.manifest.digest for kind, one in there.items()} == {
        kind: one.manifest.digest for kind, one in made.items()
    }
    again = synthetic.add(tmp_path, MAKHMOUR, 6, 99)
    assert [one.manifest for one in again] == [one.manifest for one in there.values()]


def test_the_ridge_stands_where_the_range_is(made: dict[str, layers.Layer]) -> None:
    grid = grid_for(MAKHMOUR, 90.0)
    heights = terrain.read(made["elevation"], grid)
    assert not np.isnan(heights).any()
    x, y = to_metres(grid, np.array([436600000, 435786000]), np.array([357600000, 357761000]))
    (crest, town), (crest_col, town_col) = cells_of(grid, x, y)
    assert heights[crest, crest_col] > heights[town, town_col] + 250


def test_ground_does_not_depend_on_the_area_that_it_was_made_for() -> None:
    lon, lat = np.linspace(43.4, 43.8, 60), np.linspace(35.9, 35.6, 50)
    whole = synthetic.heights(lon, lat)
    assert np.array_equal(whole[10:20, 30:40], synthetic.heights(lon[30:40], lat[10:20]))


def test_a_bridge_lies_over_a_river_and_roads_join_towns(tmp_path: Path) -> None:
    made = {one.manifest.kind: one for one in synthetic.add(tmp_path, None, 60, 0)}
    strip = [(414000000, 341000000), (456000000, 341000000), (456000000, 371000000), (414000000, 371000000)]
    grid = grid_for(strip, 1000.0)
    bridges, rivers = read_bridges(made["roads"], grid), read_lines(made["barriers"], grid)
    assert len(bridges.ids) >= 5
    assert set(rivers.kind) == {Barrier.RIVER}
    towns = read_places(made["settlements"], grid)
    assert len(towns.names) > 30
    assert "Makhmour" in towns.names
    roads = read_lines(made["roads"], grid)
    ends = np.concatenate([roads.xy[roads.starts[:-1]], roads.xy[roads.starts[1:] - 1]])
    for x, y in zip(towns.x, towns.y, strict=True):
        assert np.hypot(ends[:, 0] - x, ends[:, 1] - y).min() < 1.0


def test_the_demo_gives_ground_to_nodes_that_have_none_and_leaves_others_alone(tmp_path: Path) -> None:
    one, other, own = tmp_path / "one", tmp_path / "other", tmp_path / "own"
    made = synthetic.add(layers.folder(own), MAKHMOUR, 60, 0)
    assert ground.lay([one, other, own], 7) == 2
    shown = [[layer.manifest for layer in layers.listing(layers.folder(folder))] for folder in (one, other)]
    assert shown[0] == shown[1]
    assert all(manifest.synthetic for manifest in shown[0])
    assert len(layers.listing(layers.folder(own))) == len(made)
    assert ground.lay([one, other, own], 8) == 0
