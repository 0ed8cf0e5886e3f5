"""Roads, barriers, settlements and land cover: files of others, checked and kept as one normalised file.

What is kept is geometry in degrees (WGS 84, rounded to 10⁻⁷, some centimetres), a class of our own, and nothing that
could name anyone. Features are sorted by their bytes and equal ones kept once, so that the digest does not depend on
how a source was cut into files. `geo.shapes` reads it onto the frame of an analysis.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyogrio.raw
import shapely
from msgspec import Struct
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from tansiq.errors import MalformedInput, Unavailable
from tansiq.geo import classes, vector_files
from tansiq.geo.classes import Barrier, Cover, Road, Settlement
from tansiq.geo.crs import HOME, box_of
from tansiq.geo.layers import (
    Extent,
    Layer,
    LayerKind,
    Preview,
    Wanted,
    checked_files,
    manifest_of,
    not_written,
    settle,
    staging,
)
from tansiq.geo.vector_files import Part, Shapes, Source

MARGIN_M: Final = 15_000.0
FILE: Final = "features.fgb"
DECIMALS: Final = 7
GEOMETRY: Final = {"roads": "line", "barriers": "edge", "settlements": "place", "landcover": "polygon"}
LINES: Final = frozenset(("LineString", "MultiLineString"))
_LINE, _RING, _AREA, _POINT = {1, 5}, {2}, {3, 6}, {0, 4}
ID_SIZE: Final = 16
WORLD: Final[Extent] = (-180.0, -90.0, 180.0, 90.0)

Progress = Callable[[float], None]


class _Features(Struct):
    """What was read so far: bytes of each geometry with its class, and what was counted on the way."""

    rows: dict[bytes, tuple[Any, ...]]
    dropped: tuple[str, ...] = ()
    crs: str = ""
    repaired: int = 0
    skipped: int = 0


def preview(paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Preview:
    """What these files would make as one layer; nothing is kept.

    Raises MalformedInput with the code of what is wrong (`layer.no_crs`, `layer.swapped`, `layer.crossing`, …).
    """
    return _previewed(paths, wanted, _take(paths, wanted, progress))


def add(root: Path, paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Layer:
    """Take files in as one layer under `root`; refused as in `preview`, then nothing is kept."""
    found = _take(paths, wanted, progress)
    return _keep(root, found, _previewed(paths, wanted, found), wanted)


def add_features(root: Path, part: Part, wanted: Wanted, caveats: tuple[str, ...], source: str) -> Layer:
    """A layer of computed features in degrees, marked as synthetic; `source` stands where a file's name would."""
    found = _Features({})
    _add(found, part, wanted, source)
    seen = _facts(found, wanted, (source,), caveats)
    return _keep(root, found, msgspec.structs.replace(seen, synthetic=True), wanted)


def _take(paths: Sequence[Path], wanted: Wanted, progress: Progress) -> _Features:
    files = checked_files(paths)
    found = _Features({})
    box = box_of(wanted.area, MARGIN_M) if wanted.area else None
    dropped: list[Source] = []
    for number, path in enumerate(files):
        with vector_files.source(path, wanted.table, GEOMETRY[wanted.kind]) as one:
            _check_place(one, box)
            dropped.append(one)
            found.crs = found.crs or one.crs
            for part in vector_files.parts(one, box):
                _add(found, part, wanted, one.name)
        progress((number + 1) / len(files))
    found.dropped = vector_files.columns_dropped(dropped)
    if not found.rows:
        code = "layer.nothing_fits" if found.skipped else "layer.outside"
        raise MalformedInput(code, file=files[0].name[:80], count=found.skipped)
    return found


def _check_place(one: Source, box: Extent | None) -> None:
    """Refuse coordinates that are no place of the CRS, swapped axes, and what lies wholly outside of the area."""
    west, south, east, north = one.bounds
    if not all(map(np.isfinite, one.bounds)):
        raise MalformedInput("layer.coordinates", file=one.name)
    far = max(map(abs, one.bounds))
    if not one.crs.startswith("EPSG:4326") and not _geographic(one.crs):
        if far <= 360:
            raise MalformedInput("layer.degrees_as_metres", file=one.name, crs=one.crs[:40])
        return
    if far > 361:
        raise MalformedInput("layer.metres_as_degrees", file=one.name, crs=one.crs[:40])
    swapped = (south, west, north, east)
    if not _inside(one.bounds, WORLD):
        raise MalformedInput("layer.swapped" if _inside(swapped, WORLD) else "layer.out_of_world", file=one.name)
    ground = box or HOME
    if not _meets(one.bounds, ground):
        if _meets(swapped, ground):
            raise MalformedInput("layer.swapped", file=one.name)
        if box is not None:
            raise MalformedInput("layer.outside", file=one.name)


def _geographic(crs: str) -> bool:
    from pyproj import CRS  # noqa: PLC0415 - only for the rare file in degrees of another datum

    return bool(CRS.from_user_input(crs).is_geographic)


def _inside(one: Extent, other: Extent) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def _meets(one: Extent, other: Extent) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _add(found: _Features, part: Part, wanted: Wanted, name: str) -> None:
    """Check, classify and collect some features."""
    texts = [classes.flattened(one) for one in part.attributes]
    for shape, at in _simple(part.shapes, wanted, name, found):
        row = _classified(wanted.kind, texts[at])
        if row is None:
            found.skipped += 1
            continue
        found.rows.setdefault(shapely.to_wkb(shape, byte_order=1) + msgspec.msgpack.encode(row), (shape, *row))
        if len(found.rows) > vector_files.MAX_FEATURES:
            raise MalformedInput("layer.features", file=name, count=len(found.rows), limit=vector_files.MAX_FEATURES)


def _simple(shapes: Shapes, wanted: Wanted, name: str, found: _Features) -> Iterator[tuple[Any, int]]:
    """Points, lines and polygons of the kinds that the layer takes, rounded, with the feature each comes from."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS) + 0.0)
    single, at = shapely.get_parts(shapely.force_2d(rounded), return_index=True)
    types = shapely.get_type_id(single)
    allowed = {"roads": _LINE, "barriers": _LINE | _AREA, "settlements": _POINT | _AREA, "landcover": _AREA}[
        wanted.kind
    ]
    fits = np.isin(types, list(allowed)) & ~shapely.is_empty(single)
    found.skipped += int((~fits).sum())
    single, at, types = single[fits], at[fits], types[fits]
    single = shapely.remove_repeated_points(single)
    valid = shapely.is_valid(single)
    crossing = ~valid & np.isin(types, list(_AREA))
    found.skipped += int((~valid & ~crossing).sum())  # a line whose points are all one
    if crossing.any():
        if not wanted.repair:
            reason = str(shapely.is_valid_reason(single[crossing][0]))[:120]
            raise MalformedInput("layer.crossing", file=name, count=int(crossing.sum()), reason=reason)
        found.repaired += int(crossing.sum())
        put_right, back = shapely.get_parts(shapely.make_valid(single[crossing]), return_index=True)
        at = np.concatenate([at[valid], at[crossing][back]])
        single = np.concatenate([single[valid], put_right])
        single, inner = shapely.get_parts(single, return_index=True)
        at, areas = at[inner], np.isin(shapely.get_type_id(single), list(_AREA))
        points_or_lines = np.isin(shapely.get_type_id(single), list(allowed - _AREA))
        single, at = single[areas | points_or_lines], at[areas | points_or_lines]
    else:
        single, at = single[valid], at[valid]
    if wanted.kind == "barriers":  # of a lake or a compound the shore stops one
        edges, inner = shapely.get_parts(_edges(single), return_index=True)
        single, at = edges, at[inner]
    yield from zip(shapely.normalize(single) if wanted.kind == "landcover" else single, at.tolist(), strict=True)


def _edges(shapes: Shapes) -> Shapes:
    areas = np.isin(shapely.get_type_id(shapes), list(_AREA))
    edges = shapes.copy()
    edges[areas] = shapely.boundary(shapely.normalize(shapes[areas]))
    return edges


def _classified(kind: LayerKind, texts: dict[str, str]) -> tuple[int, int, int, int, str] | None:
    """Class, surface, whether a bridge, people, name."""
    if kind == "roads":
        found = classes.road(texts)
        return None if found is None else (int(found[0]), int(found[1]), int(found[2]), -1, "")
    if kind == "barriers":
        stop = classes.barrier(texts)
        return None if stop is None else (int(stop), 0, 0, -1, "")
    if kind == "settlements":
        size, people = classes.settlement(texts)
        return int(size), 0, 0, people, texts.get("name", "")[:80]
    return int(classes.cover(texts)), 0, 0, -1, ""


ENUMS: Final = {"roads": Road, "barriers": Barrier, "settlements": Settlement, "landcover": Cover}


def _previewed(paths: Sequence[Path], wanted: Wanted, found: _Features) -> Preview:
    return _facts(found, wanted, tuple(sorted(path.name for path in paths)), ())


def _facts(found: _Features, wanted: Wanted, files: tuple[str, ...], caveats: tuple[str, ...]) -> Preview:
    enum = ENUMS[wanted.kind]
    counted = Counter(enum(row[1]).name.lower() for row in found.rows.values())
    if wanted.kind == "roads":
        counted["bridge"] = sum(row[3] for row in found.rows.values())
    if counted["unknown"] == len(found.rows):
        caveats += ("caveat.no_classes",)
    if found.repaired:
        caveats += ("caveat.repaired",)
    west, south, east, north = shapely.total_bounds([row[0] for row in found.rows.values()])
    return Preview(
        kind=wanted.kind,
        crs=found.crs or vector_files.WGS84,
        extent=(float(west), float(south), float(east), float(north)),
        files=files,
        caveats=caveats,
        features=len(found.rows),
        classes={name: count for name, count in sorted(counted.items()) if count},
        dropped=found.dropped,
        repaired=found.repaired,
        skipped=found.skipped,
    )


def _keep(root: Path, found: _Features, seen: Preview, wanted: Wanted) -> Layer:
    order = sorted(found.rows)
    sha = hashlib.sha256(f"tansiq.features/1 {wanted.kind} {len(order)}\n".encode())
    ids = []
    for key in order:
        sha.update(len(key).to_bytes(4, "little") + key)
        ids.append(_id(key))
    rows = [found.rows[key] for key in order]
    shapes, kind, surface, bridge, people, names = (list(column) for column in zip(*rows, strict=True))
    with staging(root) as made:
        try:
            pyogrio.raw.write(
                made / FILE,
                geometry=shapely.to_wkb(np.asarray(shapes, object)),
                field_data=[
                    np.asarray(ids, object),
                    np.asarray(kind, np.int16),
                    np.asarray(surface, np.int16),
                    np.asarray(bridge, np.int16),
                    np.asarray(people, np.int32),
                    np.asarray(names, object),
                ],
                fields=["id", "class", "surface", "bridge", "people", "name"],
                driver="FlatGeobuf",
                geometry_type="Unknown",
                crs=vector_files.WGS84,
            )
            _read_back(made / FILE, ids)
        except (DataSourceError, DataLayerError, FeatureError, GeometryError) as error:
            raise not_written(error) from error
        manifest = manifest_of(seen, wanted, sha.hexdigest(), FILE)
        return settle(root, made, msgspec.structs.replace(manifest, crs=vector_files.WGS84))


def _read_back(path: Path, ids: Sequence[str]) -> None:
    """Refuse (`layer.not_written`) where the file does not hold what was written: a full disk may cut it off silently.

    The id of a feature is the digest of what it holds.
    """
    _, _, geometry, fields = pyogrio.raw.read(path, columns=["class", "surface", "bridge", "people", "name"])
    rows = zip(*(column.tolist() for column in fields), strict=True)
    shapes = shapely.to_wkb(shapely.from_wkb(geometry), byte_order=1)
    found = {_id(key + msgspec.msgpack.encode(row)) for key, row in zip(shapes, rows, strict=True)}
    if found != set(ids):
        raise Unavailable("layer.not_written", reason="read back")


def _id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:ID_SIZE]
