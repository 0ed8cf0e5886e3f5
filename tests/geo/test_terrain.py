"""Elevation as others deliver it: taken in whole or refused by name, and read as the ground that it says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.transform import Affine

from geo.rasters import SECOND, plane, write
from nodes import refused
from tansiq.errors import Conflict, MalformedInput
from tansiq.geo import layers, taking, terrain
from tansiq.geo.grid import Grid, grid_for, middles, window
from tansiq.geo.layers import Layer, Wanted
from tansiq.geo.terrain import read

E7 = 10_000_000
ELEVATION = Wanted("elevation")
AREA = ((435100000, 359500000), (435700000, 359500000), (435700000, 359900000), (435100000, 359900000))
"""Inside of the default raster of these tests, away from its edges."""

HALF_STEP = 0.05
CENTIMETRE = 0.011


def add(home: Path, *files: Path, **how: Any) -> Layer:
    """The files as one layer of elevation."""
    return terrain.add(home / "layers", list(files), Wanted("elevation", **how))


def exact(grid: Grid, crs: str, at: Affine) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where a frame's cells lie in a raster, in pixels from its corner: every one projected by itself."""
    x, y = np.meshgrid(*middles(grid))
    east, north = Transformer.from_crs(grid.epsg, crs, always_xy=True).transform(x, y)
    return (east - at.c) / at.a, (north - at.f) / at.e


@pytest.fixture
def hills(tmp_path: Path) -> Path:
    """400 x 400 pixels of 1″ on a tilted plane."""
    return write(tmp_path / "hills.tif", plane(400, 400, lambda x, y: 200 + 0.7 * x - 0.3 * y))


# What a layer says


def test_a_preview_keeps_nothing_and_says_what_would_be_kept(hills: Path, tmp_path: Path) -> None:
    seen = taking.preview([hills], ELEVATION)
    assert not (tmp_path / "layers").exists()
    made = taking.add(tmp_path / "layers", [hills], ELEVATION).manifest
    assert {field: getattr(made, field) for field in seen.__struct_fields__} == {
        field: getattr(seen, field) for field in seen.__struct_fields__
    }
    assert (seen.rows, seen.cols, seen.crs, seen.unit_m, seen.voids) == (400, 400, "EPSG:4326", 0.1, 0.0)
    assert seen.extent == (43.5, 35.8888888, 43.6111112, 36.0)
    assert seen.resolution_m == pytest.approx(30.9, abs=0.1)


def test_what_nobody_stated_is_unknown_and_said(hills: Path) -> None:
    seen = taking.preview([hills], ELEVATION)
    assert (seen.datum, seen.model) == ("unknown", "unknown")
    assert set(seen.caveats) == {"caveat.unknown_model", "caveat.datum_unknown"}
    stated = taking.preview([hills], Wanted("elevation", datum="EGM96", model="terrain"))
    assert (stated.datum, stated.model) == ("EGM96", "terrain")
    assert set(stated.caveats) == {"caveat.terrain_model", "caveat.gps_heights"}


def test_copernicus_tiles_are_known_by_their_name_as_a_surface_over_the_geoid(hills: Path, tmp_path: Path) -> None:
    tile = tmp_path / "Copernicus_DSM_COG_10_N35_00_E043_00_DEM.tif"
    hills.rename(tile)
    seen = taking.preview([tile], ELEVATION)
    assert (seen.datum, seen.model) == ("EGM2008", "surface")
    assert "caveat.surface_model" in seen.caveats


def test_a_vertical_datum_in_the_reference_system_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tif", plane(30, 30, lambda x, y: x + y), crs="EPSG:4326+3855")
    seen = taking.preview([file], ELEVATION)
    assert (seen.crs, seen.datum) == ("EPSG:4326", "EGM2008 height")


def test_high_ground_is_kept_in_half_metres(tmp_path: Path) -> None:
    layer = add(tmp_path, write(tmp_path / "a.tif", plane(400, 400, lambda x, y: 3000 + x)))
    assert layer.manifest.unit_m == 0.5
    grid = grid_for(AREA, 30.0)
    col, _ = exact(grid, "EPSG:4326", Affine(SECOND, 0, 43.5, 0, -SECOND, 36.0))
    assert np.abs(read(layer, grid) - (3000 + col)).max() <= 0.25 + CENTIMETRE


def test_two_nodes_hold_the_same_layer_however_the_source_is_cut(tmp_path: Path) -> None:
    whole = plane(300, 300, lambda x, y: 100 + x * y / 50)
    one = add(tmp_path / "one", write(tmp_path / "whole.tif", whole, compress="deflate"))
    at = Affine(SECOND, 0, 43.5, 0, -SECOND, 36.0)
    parts = [
        write(
            tmp_path / f"{row}{col}.tif", whole[row : row + 150, col : col + 150], at=at @ Affine.translation(col, row)
        )
        for row in (0, 150)
        for col in (0, 150)
    ]
    two = add(tmp_path / "two", *reversed(parts), name="other words", source="elsewhere", imported=5)
    assert two.manifest.digest == one.manifest.digest
    grid = grid_for([(435100000, 359300000), (435700000, 359300000), (435700000, 359900000)], 30.0)
    assert np.array_equal(read(one, grid), read(two, grid))
    assert not np.isnan(read(two, grid)).any()


def test_where_files_overlap_the_order_of_naming_does_not_matter(tmp_path: Path) -> None:
    low = write(tmp_path / "z.tif", plane(60, 60, lambda x, y: 100 + 0 * x))
    high = write(tmp_path / "a.tif", plane(60, 60, lambda x, y: 200 + 0 * x))
    digests = {add(tmp_path / name, *files).manifest.digest for name, files in (("1", (low, high)), ("2", (high, low)))}
    assert len(digests) == 1


def test_a_layer_is_cut_to_the_area_and_what_can_be_seen_from_it(hills: Path, tmp_path: Path) -> None:
    wide = write(
        tmp_path / "wide.tif",
        plane(2400, 2400, lambda x, y: 100 + 0.1 * x),
        at=Affine(SECOND, 0, 43.2, 0, -SECOND, 36.2),
    )
    layer = add(tmp_path, wide, area=AREA)
    west, _, east, _ = layer.manifest.extent
    assert west < 43.51 - 0.15
    assert east > 43.57 + 0.15
    assert (layer.manifest.rows, layer.manifest.cols) < (1300, 1500)
    grid = grid_for(AREA, 30.0, 14_000.0)
    assert not np.isnan(read(layer, grid)).any()
    assert np.array_equal(read(layer, grid), read(add(tmp_path / "whole", wide), grid))


def test_the_same_layer_is_not_added_twice_and_can_be_dropped_and_added_again(hills: Path, tmp_path: Path) -> None:
    layer = add(tmp_path, hills)
    with pytest.raises(Conflict, match=r".*") as held:
        add(tmp_path, hills)
    assert held.value.code == "layer.held"
    root = tmp_path / "layers"
    assert [one.manifest for one in layers.listing(root)] == [layer.manifest]
    assert layers.check(layer)
    assert layers.find(root, layer.manifest.digest[:6]) == layers.find(root, "hills") == layer
    layers.drop(root, "hills")
    assert layers.listing(root) == []
    with refused("layer.not_here"):
        layers.find(root, layer.manifest.digest)
    assert add(tmp_path, hills).manifest == layer.manifest


def test_a_file_that_changed_on_the_disk_is_found_out(hills: Path, tmp_path: Path) -> None:
    layer = add(tmp_path, hills)
    data = bytearray(layer.path.read_bytes())
    data[-20] ^= 1
    layer.path.write_bytes(data)
    assert not layers.check(layer)


def test_the_kept_file_opens_elsewhere_in_metres(hills: Path, tmp_path: Path) -> None:
    with rasterio.open(add(tmp_path, hills).path) as raster:
        assert (raster.dtypes, raster.nodata, raster.block_shapes, raster.scales) == (
            ("int16",),
            -32768,
            [(512, 512)],
            (0.1,),
        )
        assert raster.read(1)[7, 11] * raster.scales[0] == pytest.approx(200 + 0.7 * 11.5 - 0.3 * 7.5, abs=0.051)


# What is read


@settings(max_examples=25, deadline=None)
@given(
    slope=st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
    cell=st.sampled_from([10.0, 30.0, 90.0, 250.0]),
    zone=st.sampled_from(["EPSG:4326", "EPSG:32638", "EPSG:32637"]),
)
def test_a_plane_stays_the_plane_whatever_the_zone_and_the_cell(
    slope: tuple[float, float], cell: float, zone: str
) -> None:
    grid = grid_for(AREA, cell)
    if zone == "EPSG:4326":
        at = Affine(SECOND, 0, 43.48, 0, -SECOND, 36.02)
    else:
        x, y = Transformer.from_crs(4326, zone, always_xy=True).transform(43.45, 36.06)
        at = Affine(30.0, 0, round(x), 0, -30.0, round(y))
    values = plane(600, 600, lambda x, y: 2000 + slope[0] * (x - 300) / 3 + slope[1] * (y - 300) / 3)
    with TemporaryDirectory() as home:
        layer = add(Path(home), write(Path(home) / "a.tif", values, crs=zone, at=at))
        got = read(layer, grid)
    col, row = exact(grid, zone, at)
    wanted = 2000 + slope[0] * (col - 300) / 3 + slope[1] * (row - 300) / 3
    unit = layer.manifest.unit_m
    assert np.abs(got - wanted).max() <= unit / 2 + CENTIMETRE


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.01, 0.6), cell=st.sampled_from([12.0, 30.0, 75.0]))
def test_a_void_stays_a_void_and_never_becomes_ground(seed: int, share: float, cell: float) -> None:
    dice = np.random.default_rng(seed)
    holes = dice.random((300, 300)) < share
    values = plane(300, 300, lambda x, y: 500 + x)
    values[holes] = -9999
    at = Affine(SECOND, 0, 43.5, 0, -SECOND, 36.0)
    grid = grid_for([(435100000, 359500000), (435400000, 359500000), (435400000, 359800000)], cell)
    with TemporaryDirectory() as home:
        layer = add(Path(home), write(Path(home) / "a.tif", values, nodata=-9999))
        got = read(layer, grid)
    assert layer.manifest.voids == pytest.approx(holes.mean(), abs=1e-6)
    col, row = exact(grid, "EPSG:4326", at)
    # on the very edge between two pixels either may be the nearest
    inner = (np.abs(col - np.rint(col)) > 0.01) & (np.abs(row - np.rint(row)) > 0.01)
    in_void = holes[np.floor(row).astype(int), np.floor(col).astype(int)]
    assert np.array_equal(np.isnan(got)[inner], in_void[inner])
    known = ~np.isnan(got)
    assert np.abs(got[known] - (500 + col[known])).max() <= 0.51 + HALF_STEP  # half a pixel where the nearest counts


def test_nan_masks_and_a_stated_number_are_voids_alike(tmp_path: Path) -> None:
    values = plane(60, 60, lambda x, y: 100 + x)
    with_nan, with_number = values.copy(), values.copy()
    with_nan[10:20, 10:30] = np.nan
    with_number[10:20, 10:30] = -32768
    one = add(tmp_path / "1", write(tmp_path / "nan.tif", with_nan))
    two = add(tmp_path / "2", write(tmp_path / "number.tif", with_number), nodata=-32768.0)
    assert one.manifest.digest == two.manifest.digest
    assert "caveat.voids" in one.manifest.caveats


def test_a_scale_that_the_file_states_is_applied(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tif", np.full((60, 60), 1234, np.int16))
    with rasterio.open(file, "r+") as raster:
        raster.scales, raster.offsets = (0.5,), (10.0,)
    assert taking.preview([file], ELEVATION).highest == 627.0


def test_outside_of_the_layer_nothing_is_known(hills: Path, tmp_path: Path) -> None:
    layer = add(tmp_path, hills)
    beside = [(x + 20_000_000, y) for x, y in AREA]
    assert np.isnan(read(layer, grid_for(beside, 30.0))).all()
    across = [(434800000, 359500000), (435200000, 359500000), (435200000, 359900000), (434800000, 359900000)]
    got = read(layer, grid_for(across, 30.0))
    col, _ = exact(grid_for(across, 30.0), "EPSG:4326", Affine(SECOND, 0, 43.5, 0, -SECOND, 36.0))
    assert np.array_equal(np.isnan(got), col < 0)


@settings(max_examples=20, deadline=None)
@given(row=st.integers(0, 60), col=st.integers(0, 60), cell=st.sampled_from([30.0, 7.0, 400.0]))
def test_a_part_of_a_frame_reads_what_the_whole_reads(row: int, col: int, cell: float) -> None:
    with TemporaryDirectory() as home:
        values = plane(400, 400, lambda x, y: 300 + 20 * np.sin(x / 9) + 15 * np.cos(y / 7))
        layer = add(Path(home), write(Path(home) / "a.tif", values))
        grid = grid_for(AREA, cell, 300.0)
        part = window(grid, min(row, grid.rows - 1), min(col, grid.cols - 1), 5, 7)
        whole = read(layer, grid)[row : row + 5, col : col + 7]
        got = read(layer, part)[: whole.shape[0], : whole.shape[1]]
    if row < grid.rows and col < grid.cols:
        assert np.array_equal(whole, got, equal_nan=True)


def test_large_cells_over_fine_pixels_are_read_in_small_windows(tmp_path: Path) -> None:
    layer = add(tmp_path, write(tmp_path / "a.tif", plane(2000, 2000, lambda x, y: 100 + 0.1 * x)))
    grid = grid_for([(435000000, 355000000), (440000000, 355000000), (440000000, 360000000)], 500.0)
    col, _ = exact(grid, "EPSG:4326", Affine(SECOND, 0, 43.5, 0, -SECOND, 36.0))
    got = read(layer, grid)
    known = ~np.isnan(got)
    assert known.mean() > 0.9
    assert np.abs(got[known] - (100 + 0.1 * col[known])).max() < 0.08 + HALF_STEP


# What is refused


def _raw(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _sick(home: Path) -> Iterator[tuple[str, Path]]:
    ground = plane(64, 64, lambda x, y: 100 + x)
    yield "layer.no_crs", write(home / "a.tif", ground, crs=None)
    yield "layer.rotated", write(home / "c.tif", ground, at=Affine(SECOND, 0.1 * SECOND, 43.5, 0, -SECOND, 36.0))
    yield "layer.rotated", write(home / "d.tif", ground, at=Affine(SECOND, 0, 43.5, 0, SECOND, 36.0))
    yield "layer.degrees_as_metres", write(home / "e.tif", ground, crs="EPSG:32638")
    yield "layer.metres_as_degrees", write(home / "f.tif", ground, at=Affine(30, 0, 372000, 0, -30, 3962000))
    yield "layer.resolution", write(home / "g.tif", ground, at=Affine(0.5, 0, 10, 0, -0.5, 40))
    yield "layer.bands", write(home / "h.tif", ground, bands=3)
    yield "layer.numbers", write(home / "i.tif", ground.astype(np.complex64))
    yield "layer.numbers", write(home / "j.tif", ground.astype(np.uint8))
    yield "layer.range", write(home / "k.tif", (ground * 100).astype(np.int32))
    yield "layer.range", write(home / "l.tif", np.where(ground > 130, -32768, ground).astype(np.int16))
    yield "layer.range", write(home / "m.tif", np.where(ground > 130, np.inf, ground).astype(np.float32))
    yield "layer.voids_only", write(home / "n.tif", np.full((64, 64), -1, np.int16), nodata=-1)
    yield "layer.not_raster", _raw(home / "o.tif", b"II*\0" + bytes(60))
    yield "layer.not_raster", _raw(home / "p.tif", b"")
    yield "layer.not_raster", _raw(home / "q.tif", b"<VRTDataset><SRS>EPSG:4326</SRS></VRTDataset>")
    whole = write(
        home / "r0.tif",
        np.random.default_rng(1).random((700, 700)).astype(np.float32),
        tiled=True,
        blockxsize=256,
        blockysize=256,
    )
    yield "layer.damaged", _raw(home / "r.tif", whole.read_bytes()[: whole.stat().st_size // 2])
    yield "layer.no_file", home / "missing.tif"


def test_what_cannot_be_elevation_is_refused_by_name_and_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "layers"
    held = terrain.add(root, [write(tmp_path / "held.tif", plane(64, 64, lambda x, y: 50 + y))], ELEVATION)
    for code, file in _sick(tmp_path):
        with refused(code):
            taking.preview([file], ELEVATION)
        with refused(code):
            taking.add(root, [file], ELEVATION)
        assert [path.name for path in root.iterdir()] == [held.manifest.digest], code
    assert layers.check(held)


def test_a_raster_without_corners_is_not_georeferenced(tmp_path: Path) -> None:
    file = write(tmp_path / "b.tif", plane(64, 64, lambda x, y: x), at=Affine.identity())
    with refused("layer.not_georeferenced"):
        taking.preview([file], ELEVATION)


def test_files_that_do_not_lie_on_one_lattice_are_refused(tmp_path: Path) -> None:
    ground = plane(64, 64, lambda x, y: 100 + x)
    first = write(tmp_path / "a.tif", ground)
    shifted = write(tmp_path / "b.tif", ground, at=Affine(SECOND, 0, 43.6 + 0.4 * SECOND, 0, -SECOND, 36.0))
    coarse = write(tmp_path / "c.tif", ground, at=Affine(3 * SECOND, 0, 43.6, 0, -3 * SECOND, 36.0))
    metres = write(tmp_path / "d.tif", ground, crs="EPSG:32638", at=Affine(30, 0, 372000, 0, -30, 3962000))
    for other in (shifted, coarse, metres):
        with refused("layer.mixed"):
            taking.preview([first, other], ELEVATION)


def test_a_file_that_does_not_touch_the_area_is_refused(hills: Path) -> None:
    far = tuple((x + 30_000_000, y) for x, y in AREA)
    with refused("layer.outside"):
        taking.preview([hills], Wanted("elevation", area=far))


def test_no_file_and_too_many_are_refused(hills: Path) -> None:
    for files in ([], [hills] * 401):
        with refused("layer.how_many"):
            taking.preview(files, ELEVATION)


def test_a_small_file_that_claims_to_be_enormous_costs_a_refusal(tmp_path: Path) -> None:
    at = Affine(SECOND, 0, 0, 0, -SECOND, 60)
    facts = {"driver": "GTiff", "count": 1, "dtype": "int16", "crs": "EPSG:4326", "transform": at, "sparse_ok": True}
    bomb = tmp_path / "pixels.tif"
    with rasterio.open(
        bomb, "w", width=200_000, height=200_000, tiled=True, blockxsize=512, blockysize=512, compress="zstd", **facts
    ):
        pass
    block = tmp_path / "block.tif"
    with rasterio.open(
        block, "w", width=8192, height=8192, tiled=True, blockxsize=8192, blockysize=8192, compress="deflate", **facts
    ):
        pass
    assert bomb.stat().st_size + block.stat().st_size < 8 << 20
    with refused("layer.pixels"):
        taking.preview([bomb], ELEVATION)
    with refused("layer.blocks"):
        taking.preview([block], ELEVATION)


def test_a_file_over_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    file = tmp_path / "large.tif"
    with file.open("wb") as handle:
        handle.truncate(layers.MAX_FILE + 1)
    with refused("layer.too_large"):
        taking.preview([file], ELEVATION)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 400), change=st.integers(1, 255))
def test_a_changed_byte_in_the_head_is_refused_in_words_or_read_as_a_raster(at: int, change: int) -> None:
    with TemporaryDirectory() as home:
        file = write(Path(home) / "a.tif", plane(40, 40, lambda x, y: 100 + x), compress="deflate")
        data = bytearray(file.read_bytes())
        data[at % len(data)] ^= change
        file.write_bytes(data)
        seen = None
        with suppress(MalformedInput):  # any other exception fails the test
            seen = taking.preview([file], ELEVATION)
    if seen is not None:
        assert seen.lowest is not None
        assert math.isfinite(seen.lowest)


def test_a_manifest_that_was_tampered_with_is_no_layer(hills: Path, tmp_path: Path) -> None:
    layer = add(tmp_path, hills)
    manifest = layer.path.parent / layers.MANIFEST
    for text in (b"", b"[]", b'{"format": "other"}', manifest.read_bytes().replace(b"elevation.tif", b"../../secret")):
        with refused("layer.bad_manifest"):
            layers.read_manifest(text)
    manifest.write_bytes(b"{}")
    assert layers.listing(tmp_path / "layers") == []


def test_swapped_axes_are_recognised_and_another_continent_is_not_taken_for_them(hills: Path, tmp_path: Path) -> None:
    with rasterio.open(hills) as raster:
        heights = raster.read(1)
    swapped = write(tmp_path / "swapped.tif", heights, at=Affine(SECOND, 0, 35.9, 0, -SECOND, 43.6))
    with refused("layer.swapped_pixels"):
        taking.preview([swapped], ELEVATION)
    with refused("layer.swapped_pixels"):
        taking.preview([swapped], Wanted("elevation", area=AREA))
    there = write(tmp_path / "there.tif", heights, at=Affine(SECOND, 0, -70.0, 0, -SECOND, -33.0))
    assert taking.preview([there], ELEVATION)
