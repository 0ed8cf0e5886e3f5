"""Vector files that others made: GeoPackage, FlatGeobuf, zipped Shapefile and GeoJSON, opened by what they are.

A file is known by its first bytes, never by its name, and only these four are handed on: a reader of every format that
exists would also follow addresses and run what a file tells it to. GeoJSON and archives are unpacked here, within
limits; what comes out is geometry in degrees (WGS 84) and attributes as text.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj import CRS, Transformer

from tansiq.errors import MalformedInput
from tansiq.geo.classes import READ
from tansiq.geo.crs import read_crs
from tansiq.geo.layers import Extent

MAX_FEATURES: Final = 3_000_000
MAX_POINTS: Final = 40_000_000
MAX_GEOJSON: Final = 256 << 20
MAX_UNPACKED: Final = 2 << 30
MAX_ENTRIES: Final = 64
CHUNK: Final = 50_000
LONGEST_TEXT: Final = 200
WGS84: Final = "EPSG:4326"

SQLITE: Final = b"SQLite format 3\0"
FLATGEOBUF: Final = b"fgb\x03fgb"
ZIP: Final = b"PK\x03\x04"
TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
DRIVERS: Final = frozenset(("GPKG", "FlatGeobuf", "ESRI Shapefile"))
_PARTS: Final = frozenset((".shp", ".shx", ".dbf", ".prj", ".cpg"))
_BROKEN: Final = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, shapely.GEOSException)

Shapes = NDArray[np.object_]


class Part(Struct, frozen=True):
    """Some features: geometries in degrees (x is longitude), and of each its attributes as text."""

    shapes: Shapes
    attributes: list[dict[str, str]]


class Source(Struct, frozen=True):
    """A table of a vector file: where it lies, its CRS, its extent in its own units, the attributes that are not read.

    `inline` holds the features of GeoJSON, which come at once; `placeless` counts those of them without a geometry.
    """

    name: str
    path: Path
    table: str
    crs: str
    bounds: Extent
    count: int
    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    inline: Part | None = None
    placeless: int = 0


def is_raster(path: Path) -> bool:
    """Whether the file begins as a TIFF does."""
    with path.open("rb") as file:
        return file.read(4) in TIFF


@contextmanager
def source(path: Path, table: str, geometry: str, read: frozenset[str] = READ) -> Iterator[Source]:
    """The table of a file that holds this family of geometry (`line`, `polygon`, `place`), checked but not yet read.

    `read` are the attributes that will be read.

    Raises MalformedInput: `layer.not_vector`, `layer.archive`, `layer.no_crs`, `layer.tables`, `layer.features`,
    `layer.empty`, `layer.damaged`.
    """
    name = path.name[:80]
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith((SQLITE, FLATGEOBUF)):
        yield _ogr(path, name, table, geometry, read)
    elif head.startswith(ZIP):
        with tempfile.TemporaryDirectory(prefix="tansiq-") as room:
            yield _ogr(_unpack(path, Path(room)), name, table, geometry, read)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield _geojson(path, name, read)
    else:
        raise MalformedInput("layer.not_vector", file=name)


def _ogr(path: Path, name: str, table: str, geometry: str, read: frozenset[str]) -> Source:
    try:
        tables = [(str(one), str(kind)) for one, kind in pyogrio.list_layers(path) if kind is not None]
        fitting = [one for one, kind in tables if _fits(kind, geometry)]
        chosen = [one for one, _ in tables if one == table] if table else fitting
        if len(chosen) != 1:
            named = ", ".join(one for one, _ in tables)[:200]
            raise MalformedInput("layer.tables", file=name, count=len(chosen), tables=named or "-")
        facts = pyogrio.read_info(path, layer=chosen[0], force_feature_count=True, force_total_bounds=True)
    except _BROKEN as error:
        raise MalformedInput("layer.damaged", file=name, reason=str(error)[:120]) from error
    if facts["driver"] not in DRIVERS:
        raise MalformedInput("layer.not_vector", file=name)
    if not facts["crs"]:
        raise MalformedInput("layer.no_crs", file=name)
    if facts["features"] > MAX_FEATURES:
        raise MalformedInput("layer.features", file=name, count=facts["features"], limit=MAX_FEATURES)
    if facts["features"] < 1 or facts["total_bounds"] is None:
        raise MalformedInput("layer.empty", file=name)
    columns = tuple(str(one) for one in facts["fields"])
    kept = tuple(one for one in columns if one.lower() in read)
    dropped = tuple(one[:40] for one in columns if one.lower() not in read)
    west, south, east, north = map(float, facts["total_bounds"])
    crs, _ = read_crs(facts["crs"], name)
    return Source(name, path, chosen[0], crs, (west, south, east, north), int(facts["features"]), kept, dropped)


def _fits(kind: str, geometry: str) -> bool:
    words = {"line": ("Line",), "polygon": ("Polygon",), "place": ("Point", "Polygon"), "edge": ("Line", "Polygon")}
    return kind in {"Unknown", "GeometryCollection", "Geometry"} or any(word in kind for word in words[geometry])


def _unpack(path: Path, room: Path) -> Path:
    """The Shapefile of an archive, laid out flat; refused (`layer.archive`) where it is none or unpacks to too much."""
    name = path.name[:80]
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [one for one in archive.infolist() if Path(one.filename).suffix.lower() in _PARTS]
            main = [one for one in entries if one.filename.lower().endswith(".shp")]
            if len(main) != 1 or len(archive.infolist()) > MAX_ENTRIES:
                raise MalformedInput("layer.archive", file=name, count=len(main))
            for entry in entries:
                if Path(entry.filename).stem != Path(main[0].filename).stem:
                    continue
                with (
                    archive.open(entry) as packed,
                    (room / f"shape{Path(entry.filename).suffix.lower()}").open("wb") as to,
                ):
                    while piece := packed.read(1 << 20):
                        left -= len(piece)  # counted as it comes: what an archive claims of its sizes is not believed
                        if left < 0:
                            raise MalformedInput("layer.too_large", file=name, limit=MAX_UNPACKED)
                        to.write(piece)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise MalformedInput("layer.damaged", file=name, reason=str(error)[:120]) from error
    return room / "shape.shp"


NULL: Final = msgspec.Raw(b"null")


class _Feature(Struct):
    geometry: msgspec.Raw = NULL
    properties: dict[str, Any] | None = None


class _Collection(Struct):
    type: str
    features: list[_Feature] = []
    crs: dict[str, Any] | None = None
    geometry: msgspec.Raw = NULL
    properties: dict[str, Any] | None = None


def _geojson(path: Path, name: str, read: frozenset[str]) -> Source:
    if path.stat().st_size > MAX_GEOJSON:
        raise MalformedInput("layer.too_large", file=name, limit=MAX_GEOJSON)
    try:
        held = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=_Collection)
        features = held.features if held.type == "FeatureCollection" else [_Feature(held.geometry, held.properties)]
        everything = len(features)
        features = [one for one in features if bytes(one.geometry) != b"null"]
        if held.type not in {"FeatureCollection", "Feature"}:
            raise MalformedInput("layer.not_vector", file=name)
        if len(features) > MAX_FEATURES:
            raise MalformedInput("layer.features", file=name, count=len(features), limit=MAX_FEATURES)
        shapes = shapely.from_geojson([bytes(one.geometry) for one in features])
    except (msgspec.DecodeError, shapely.GEOSException, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("layer.damaged", file=name, reason=str(error)[:120]) from error
    if not features:
        raise MalformedInput("layer.empty", file=name)
    shapes = shapely.force_2d(np.asarray(shapes, object))
    attributes = [_texts(one.properties or {}, read) for one in features]
    named = {key for one in features for key in (one.properties or {})}
    dropped = tuple(sorted(key[:40] for key in named if key.lower() not in read))
    west, south, east, north = map(float, shapely.total_bounds(shapes))
    inline = Part(shapes, attributes)
    bounds = (west, south, east, north)
    crs = _geojson_crs(held, name)
    return Source(name, path, "", crs, bounds, len(features), (), dropped, inline, everything - len(features))


def _geojson_crs(read: _Collection, name: str) -> str:
    """Degrees (RFC 7946, section 4), or what the older form of the format states in `crs`."""
    if read.crs is None:
        return WGS84
    properties = read.crs.get("properties")
    said = str(properties.get("name", ""))[:200] if isinstance(properties, dict) else ""
    crs, _ = read_crs(said, name)
    return WGS84 if crs in {"OGC:CRS84", WGS84} or "CRS84" in said else crs


def _texts(properties: dict[str, Any], read: frozenset[str]) -> dict[str, str]:
    found = {}
    for key, value in properties.items():
        if key.lower() in read and value is not None:
            text = (
                value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else str(value)
            )
            found[key.lower()] = text[: 10 * LONGEST_TEXT]
    return found


def parts(one: Source, box: Extent | None) -> Iterator[Part]:
    """The features of a table that touch a box (degrees), some at a time, in degrees."""
    within = None if box is None else _box_in(one, box)
    to_degrees = Transformer.from_crs(CRS.from_user_input(one.crs), 4326, always_xy=True)
    points = 0
    for part in _read(one, within):
        shapes = part.shapes
        points += int(shapely.get_num_coordinates(shapes).sum())
        if points > MAX_POINTS:
            raise MalformedInput("layer.features", file=one.name, count=points, limit=MAX_POINTS)
        if not np.isfinite(shapely.get_coordinates(shapes)).all():
            raise MalformedInput("layer.coordinates", file=one.name)
        if one.crs != WGS84:
            shapes = shapely.transform(shapes, lambda xy: np.stack(to_degrees.transform(xy[:, 0], xy[:, 1]), axis=1))
            if not np.isfinite(shapely.get_coordinates(shapes)).all():
                raise MalformedInput("layer.out_of_world", file=one.name)
        yield Part(shapes, part.attributes)


def _read(one: Source, within: Extent | None) -> Iterator[Part]:
    if one.inline is not None:
        for first in range(0, one.count, CHUNK):
            shapes, attributes = one.inline.shapes[first : first + CHUNK], one.inline.attributes[first : first + CHUNK]
            keep = _touching(shapes, within)
            yield Part(shapes[keep], [attributes[at] for at in np.flatnonzero(keep)])
        return
    first = 0
    while True:
        try:
            _, _, packed, fields = pyogrio.raw.read(
                one.path,
                layer=one.table,
                columns=list(one.columns),
                force_2d=True,
                bbox=within,
                skip_features=first,
                max_features=CHUNK,
            )
            shapes = shapely.from_wkb(packed)
        except (*_BROKEN, UnicodeDecodeError, ValueError) as error:
            raise MalformedInput("layer.damaged", file=one.name, reason=str(error)[:120]) from error
        if not len(shapes):
            return
        texts: list[dict[str, str]] = [{} for _ in shapes]
        for column, values in zip(one.columns, fields, strict=True):
            for at, value in enumerate(values.tolist()):
                if value is not None and value == value:  # noqa: PLR0124 - a number that is none differs from itself
                    texts[at][column.lower()] = str(value)[: 10 * LONGEST_TEXT]
        keep = ~shapely.is_missing(shapes)
        yield Part(shapes[keep], [texts[at] for at in np.flatnonzero(keep)])
        first += len(shapes)


def _touching(shapes: Shapes, within: Extent | None) -> NDArray[np.bool_]:
    if within is None:
        return np.ones(len(shapes), bool)
    west, south, east, north = within
    bounds = shapely.bounds(shapes)
    inside = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return np.asarray(inside)


def _box_in(one: Source, box: Extent) -> Extent:
    if one.crs == WGS84:
        return box
    from_degrees = Transformer.from_crs(4326, CRS.from_user_input(one.crs), always_xy=True)
    west, south, east, north = from_degrees.transform_bounds(*box)
    return west, south, east, north


def columns_dropped(sources: Sequence[Source]) -> tuple[str, ...]:
    """Names of the attributes that are not read, of all tables."""
    return tuple(sorted({one for source in sources for one in source.dropped}))[:100]
