"""Roads, barriers, settlements and land cover as others deliver them: taken in whole or refused by name."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from geo.rasters import SECOND, write
from nodes import refused
from tansiq.errors import Refused
from tansiq.geo import layers, taking, vector_files
from tansiq.geo.classes import Barrier, Cover, Road, Settlement, Surface
from tansiq.geo.grid import Grid, grid_for
from tansiq.geo.layers import Layer, LayerKind, Wanted
from tansiq.geo.shapes import read_bridges, read_cover, read_lines, read_places

E7 = 10_000_000
AREA = ((435000000, 357000000), (437000000, 357000000), (437000000, 359000000), (435000000, 359000000))
FRAME = grid_for(AREA, 100.0)
ROAD = shapely.LineString([(43.52, 35.72), (43.60, 35.80), (43.68, 35.82)])
BRIDGE = shapely.LineString([(43.68, 35.82), (43.682, 35.821)])
BOW = shapely.Polygon([(43.5, 35.7), (43.6, 35.8), (43.6, 35.7), (43.5, 35.8)])
SQUARE = shapely.box(43.55, 35.75, 43.60, 35.80)

Shape = Any
Said = Sequence[tuple[Shape, dict[str, Any]]]
DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile"}


def geojson(path: Path, said: Said, **more: Any) -> Path:
    """A FeatureCollection."""
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}
        for shape, properties in said
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), encoding="utf-8")
    return path


def written(
    path: Path, said: Said, *, crs: str | None = "EPSG:4326", table: str = "things", append: bool = False
) -> Path:
    """The same by the library of another program; a Shapefile comes zipped."""
    ending = path.suffix[1:]
    target = path.with_suffix(".shp") if ending == "zip" else path
    names = sorted({name for _, properties in said for name in properties})
    kind = {shapely.get_type_id(shape) for shape, _ in said}
    pyogrio.raw.write(
        target,
        geometry=shapely.to_wkb(np.array([shape for shape, _ in said], object)),
        field_data=[np.array([properties.get(name) for _, properties in said], object) for name in names],
        fields=names,
        driver=DRIVERS[target.suffix[1:]],
        geometry_type=said[0][0].geom_type if len(kind) == 1 else "Unknown",
        crs=crs,
        append=append,
        **({} if target.suffix == ".shp" else {"layer": table}),
    )
    if ending == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(path.parent.glob(f"{path.stem}.*")):
                if part != path:
                    archive.write(part, f"folder/{part.name}")
    return path


def add(home: Path, kind: LayerKind, *files: Path, **how: Any) -> Layer:
    """The files as one layer."""
    return taking.add(home / "layers", list(files), Wanted(kind, **how))


ROADS: Said = [
    (ROAD, {"highway": "primary", "surface": "asphalt", "bridge": None, "owner": "somebody"}),
    (BRIDGE, {"highway": "primary_link", "surface": None, "bridge": "yes", "owner": "somebody"}),
]


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "zip", "geojson"])
def test_every_format_gives_the_same_layer(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"roads.{ending}"
    made = geojson(file, ROADS) if ending == "geojson" else written(file, ROADS)
    expected = add(tmp_path / "other", "roads", geojson(tmp_path / "x.json", ROADS[::-1]))
    layer = add(tmp_path, "roads", made)
    assert layer.manifest.digest == expected.manifest.digest
    assert layer.manifest.classes == {"primary": 2, "bridge": 1}
    assert layer.manifest.dropped == ("owner",)
    assert b"somebody" not in layer.path.read_bytes()
    assert layers.check(layer)


def test_a_preview_keeps_nothing_and_counts(tmp_path: Path) -> None:
    seen = taking.preview([geojson(tmp_path / "a.geojson", ROADS)], Wanted("roads"))
    assert not (tmp_path / "layers").exists()
    assert (seen.features, seen.extent) == (2, (43.52, 35.72, 43.682, 35.821))


def test_coordinates_in_metres_come_to_the_same_place(tmp_path: Path) -> None:
    from pyproj import Transformer  # noqa: PLC0415 - the oracle of this test only

    forth = Transformer.from_crs(4326, 32638, always_xy=True)
    metres = [
        (shapely.transform(shape, lambda xy: np.stack(forth.transform(xy[:, 0], xy[:, 1]), axis=1)), properties)
        for shape, properties in ROADS
    ]
    layer = add(tmp_path, "roads", written(tmp_path / "metres.gpkg", metres, crs="EPSG:32638"))
    direct = add(tmp_path / "other", "roads", geojson(tmp_path / "a.geojson", ROADS))
    one, other = read_lines(layer, FRAME), read_lines(direct, FRAME)
    assert sorted(one.kind) == sorted(other.kind)
    assert np.abs(np.sort(one.xy, axis=0) - np.sort(other.xy, axis=0)).max() < 0.03


def test_lines_are_read_in_metres_with_class_surface_and_bridge(tmp_path: Path) -> None:
    layer = add(tmp_path, "roads", geojson(tmp_path / "a.geojson", ROADS))
    lines = read_lines(layer, FRAME)
    road = int(np.flatnonzero(~lines.bridge)[0])
    assert (lines.kind[road], lines.surface[road]) == (Road.PRIMARY, Surface.PAVED)
    points = lines.xy[lines.starts[road] : lines.starts[road + 1]]
    assert len(points) == 3
    assert np.hypot(*(points[1] - points[0])) == pytest.approx(11_450, rel=0.01)  # 7.23 km east, 8.87 km north
    bridges = read_bridges(layer, FRAME)
    assert bridges.ids == tuple(one for one, is_bridge in zip(lines.ids, lines.bridge, strict=True) if is_bridge)
    assert np.array_equal(bridges.xy[0], lines.xy[lines.starts[1 - road]])
    away = Grid(FRAME.epsg, FRAME.x0 + 200_000, FRAME.y0, 100.0, 10, 10)
    assert read_lines(layer, away).ids == ()
    assert read_bridges(layer, away).xy.shape == (0, 2)


@pytest.mark.parametrize(
    ("said", "kind", "surface", "bridge"),
    [
        ({"highway": "motorway"}, Road.MOTORWAY, Surface.UNKNOWN, False),
        ({"highway": "trunk_link", "surface": "concrete"}, Road.TRUNK, Surface.PAVED, False),
        ({"fclass": "track", "bridge": "F"}, Road.TRACK, Surface.UNKNOWN, False),
        ({"fclass": "residential", "bridge": "T"}, Road.LOCAL, Surface.UNKNOWN, True),
        ({"HIGHWAY": "path", "Surface": "gravel"}, Road.PATH, Surface.UNPAVED, False),
        (
            {"highway": "service", "other_tags": '"bridge"=>"viaduct","surface"=>"dirt"'},
            Road.LOCAL,
            Surface.UNPAVED,
            True,
        ),
        ({"highway": "raceway"}, Road.UNKNOWN, Surface.UNKNOWN, False),
        ({}, Road.UNKNOWN, Surface.UNKNOWN, False),
    ],
)
def test_a_road_is_known_by_the_attributes_that_maps_carry(
    tmp_path: Path, said: dict[str, str], kind: Road, surface: Surface, bridge: bool
) -> None:
    lines = read_lines(add(tmp_path, "roads", geojson(tmp_path / "a.geojson", [(ROAD, said)])), FRAME)
    assert (lines.kind[0], lines.surface[0], lines.bridge[0]) == (kind, surface, bridge)


def test_barriers_are_lines_and_the_shores_of_waters_and_roads_are_left_out(tmp_path: Path) -> None:
    said: Said = [
        (ROAD, {"waterway": "river"}),
        (BRIDGE, {"barrier": "wall"}),
        (SQUARE, {"natural": "water"}),
        (shapely.LineString([(43.6, 35.9), (43.61, 35.9)]), {"highway": "primary"}),
        (shapely.Point(43.6, 35.9), {"barrier": "gate"}),
    ]
    layer = add(tmp_path, "barriers", geojson(tmp_path / "a.geojson", said))
    assert layer.manifest.classes == {"river": 1, "wall": 1, "water": 1}
    assert layer.manifest.skipped == 2
    lines = read_lines(layer, FRAME)
    shore = int(np.flatnonzero(lines.kind == Barrier.WATER)[0])
    points = lines.xy[lines.starts[shore] : lines.starts[shore + 1]]
    assert np.array_equal(points[0], points[-1])
    assert len(points) == 5


def test_settlements_are_points_inside_with_what_is_said_of_their_size(tmp_path: Path) -> None:
    said: Said = [
        (shapely.Point(43.58, 35.776), {"place": "town", "population": "25,000", "name": "Makhmour", "mayor": "X"}),
        (SQUARE, {"place": "village"}),
    ]
    layer = add(tmp_path, "settlements", geojson(tmp_path / "a.geojson", said))
    places = read_places(layer, FRAME)
    town = int(np.flatnonzero(places.kind == Settlement.TOWN)[0])
    assert (places.people[town], places.names[town]) == (25_000, "Makhmour")
    assert sorted(places.people) == [-1, 25_000]
    assert layer.manifest.dropped == ("mayor",)


def test_land_cover_by_polygons_takes_the_smallest(tmp_path: Path) -> None:
    inner = shapely.box(43.57, 35.77, 43.58, 35.78)
    said: Said = [(inner, {"landuse": "residential"}), (SQUARE, {"landuse": "farmland"})]
    cover = read_cover(add(tmp_path, "landcover", geojson(tmp_path / "a.geojson", said)), FRAME)
    assert set(np.unique(cover)) == {Cover.UNKNOWN, Cover.CROPS, Cover.BUILT}
    area = (cover == Cover.BUILT).sum() * FRAME.cell_area
    assert area == pytest.approx(904 * 1109.5, rel=0.03)


def test_land_cover_by_raster_reads_the_nearest_class(tmp_path: Path) -> None:
    codes = np.full((900, 900), int(Cover.GRASS), np.uint8)
    codes[:, 450:] = int(Cover.WATER)
    codes[:10] = 0
    file = write(tmp_path / "a.tif", codes, at=Affine(SECOND, 0, 43.475, 0, -SECOND, 35.925), nodata=0)
    layer = add(tmp_path, "landcover", file)
    assert set(layer.manifest.classes) == {"grass", "water"}
    cover = read_cover(layer, FRAME)
    assert set(np.unique(cover)) == {Cover.GRASS, Cover.WATER}
    assert cover[100, 0] == Cover.GRASS
    assert cover[100, -1] == Cover.WATER
    with refused("layer.classes"):
        taking.preview([write(tmp_path / "b.tif", codes + 1)], Wanted("landcover"))


# What is refused


def test_a_file_without_a_reference_system_is_refused_unless_its_format_says_degrees(tmp_path: Path) -> None:
    for ending in ("gpkg", "fgb", "zip"):
        with refused("layer.no_crs"):
            taking.preview([written(tmp_path / f"a.{ending}", ROADS, crs=None)], Wanted("roads"))
    assert taking.preview([geojson(tmp_path / "a.geojson", ROADS)], Wanted("roads")).crs == "EPSG:4326"


def _swapped(shape: Shape) -> Shape:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def test_swapped_axes_are_recognised_with_an_area_and_without(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(_swapped(ROAD), {"highway": "primary"})])
    for area in (AREA, None):
        with refused("layer.swapped"):
            taking.preview([file], Wanted("roads", area=area))
    beyond = geojson(tmp_path / "b.geojson", [(shapely.LineString([(35, 120), (36, 121)]), {})])
    with refused("layer.swapped"):
        taking.preview([beyond], Wanted("roads"))


def test_what_lies_elsewhere_is_outside_and_not_swapped(tmp_path: Path) -> None:
    far = geojson(tmp_path / "a.geojson", [(shapely.LineString([(47, 31), (47.1, 31)]), {})])
    with refused("layer.outside"):
        taking.preview([far], Wanted("roads", area=AREA))
    # around the area on all sides, and nothing in it
    ring = geojson(
        tmp_path / "b.geojson",
        [(shapely.LineString([(40, 33), (48, 33)]), {}), (shapely.LineString([(40, 38), (48, 38)]), {})],
    )
    with refused("layer.outside"):
        taking.preview([ring], Wanted("roads", area=AREA))


def test_only_what_touches_the_area_and_its_margin_is_kept(tmp_path: Path) -> None:
    near, far = ROAD, shapely.LineString([(45.5, 34.0), (45.6, 34.1)])
    for ending in ("gpkg", "geojson"):
        said: Said = [(near, {"highway": "track"}), (far, {"highway": "track"})]
        file = tmp_path / f"a.{ending}"
        made = geojson(file, said) if ending == "geojson" else written(file, said)
        assert taking.preview([made], Wanted("roads", area=AREA)).features == 1
        assert taking.preview([made], Wanted("roads")).features == 2


def test_crossing_outlines_are_refused_or_put_right_and_said(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(BOW, {"natural": "water"}), (SQUARE, {"natural": "water"})])
    with refused("layer.crossing"):
        taking.preview([file], Wanted("landcover"))
    seen = taking.preview([file], Wanted("landcover", repair=True))
    assert (seen.repaired, seen.features, seen.caveats) == (1, 3, ("caveat.repaired",))
    cover = read_cover(add(tmp_path, "landcover", file, repair=True), grid_for(AREA, 30.0))
    bows = shapely.area(shapely.make_valid(BOW)) + shapely.area(SQUARE) - shapely.area(shapely.make_valid(BOW) & SQUARE)
    assert (cover > 0).sum() * 900 == pytest.approx(bows * 90_440 * 110_950, rel=0.01)


def test_degrees_claimed_as_metres_and_metres_as_degrees(tmp_path: Path) -> None:
    with refused("layer.degrees_as_metres"):
        taking.preview([written(tmp_path / "a.gpkg", ROADS, crs="EPSG:32638")], Wanted("roads"))
    metres = shapely.LineString([(372000, 3962000), (373000, 3962500)])
    with refused("layer.metres_as_degrees"):
        taking.preview([geojson(tmp_path / "b.geojson", [(metres, {})])], Wanted("roads"))
    with refused("layer.out_of_world"):
        taking.preview(
            [geojson(tmp_path / "c.geojson", [(shapely.LineString([(200, 100), (201, 95)]), {})])], Wanted("roads")
        )


def test_a_file_of_several_tables_wants_one_named(tmp_path: Path) -> None:
    file = written(tmp_path / "a.gpkg", ROADS, table="roads")
    written(file, [(BRIDGE, {"highway": "track"})], table="tracks", append=False)
    written(file, [(shapely.Point(43.6, 35.8), {"place": "town"})], table="towns")
    with refused("layer.tables"):
        taking.preview([file], Wanted("roads"))
    with refused("layer.tables"):
        taking.preview([file], Wanted("roads", table="rivers"))
    assert taking.preview([file], Wanted("roads", table="tracks")).classes == {"track": 1}
    assert taking.preview([file], Wanted("settlements")).classes == {"town": 1}  # the only one with places


def test_what_holds_nothing_of_the_kind_is_refused(tmp_path: Path) -> None:
    with refused("layer.nothing_fits"):
        taking.preview([geojson(tmp_path / "a.geojson", [(shapely.Point(43.6, 35.8), {})])], Wanted("roads"))
    with refused("layer.empty"):
        taking.preview([geojson(tmp_path / "b.geojson", [])], Wanted("roads"))
    endless = shapely.LineString([(43.5, 35.7), (float("inf"), 35.8)])
    with refused("layer.coordinates"):
        taking.preview([written(tmp_path / "c.gpkg", [(endless, {"highway": "track"})])], Wanted("roads"))


def test_hostile_and_broken_files_are_refused_and_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_files, "MAX_UNPACKED", 1 << 22)  # two gigabytes would only take longer
    held = add(tmp_path, "roads", geojson(tmp_path / "held.geojson", ROADS))
    whole = written(tmp_path / "whole.gpkg", [*ROADS] * 400).read_bytes()
    flat = written(tmp_path / "whole.fgb", [*ROADS] * 400).read_bytes()
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.shp", b"")
        archive.writestr("b.shp", b"")
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.shp", "w") as inner:
        inner.write(bytes(1 << 23))
    cases = {
        "layer.not_vector": [
            b"",
            b"<OGRVRTDataSource/>",
            b'{"type":"gdal_streamed_alg","command_line":"x"}',
            b"\x89PNG",
        ],
        "layer.damaged": [
            whole[: len(whole) // 3],
            flat[: len(flat) // 3],
            b'{"type":"FeatureCollection","features":[',
            b"PK\x03\x04x",
        ],
    }
    sick = [(code, data) for code, files in cases.items() for data in files]
    for number, (code, data) in enumerate(sick):
        file = tmp_path / f"sick{number}"
        file.write_bytes(data)
        with refused(code):
            add(tmp_path, "roads", file)
    with refused("layer.archive"):
        add(tmp_path, "roads", two)
    with refused("layer.too_large"):
        add(tmp_path, "roads", bomb)
    assert [path.name for path in (tmp_path / "layers").iterdir()] == [held.manifest.digest]
    assert layers.check(held)


def test_a_kind_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with refused("layer.kind"):
        taking.preview([geojson(tmp_path / "a.geojson", ROADS)], Wanted("troops"))  # type: ignore[arg-type]  # as typed


coordinates = st.tuples(st.floats(43.5, 43.7), st.floats(35.7, 35.9))
lines = st.lists(coordinates, min_size=2, max_size=6, unique=True).map(shapely.LineString)


@settings(max_examples=30, deadline=None)
@given(shapes=st.lists(lines, min_size=1, max_size=8), cut=st.integers(0, 8))
def test_a_source_cut_into_files_gives_the_same_layer_and_the_same_ids(shapes: list[Shape], cut: int) -> None:
    said: Said = [(shape, {"highway": "track"}) for shape in shapes]
    parts = [part for part in (said[:cut], said[cut:], said[:1]) if part]  # one feature is in two files
    with TemporaryDirectory() as name:
        home = Path(name)
        try:
            whole = add(home / "1", "roads", geojson(home / "whole.json", said))
        except Refused as refusal:
            with refused(refusal.code):
                add(home / "2", "roads", *(geojson(home / f"{at}.json", part) for at, part in enumerate(parts)))
            return
        pieces = add(home / "2", "roads", *(geojson(home / f"{at}.json", part) for at, part in enumerate(parts)))
        assert pieces.manifest.digest == whole.manifest.digest
        assert read_lines(pieces, FRAME).ids == read_lines(whole, FRAME).ids
