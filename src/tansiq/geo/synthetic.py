"""SYNTHETIC ground for exercises: rolling hills, ridges roughly along real ranges, rivers, roads between real towns.

It is no measurement and no map. The ridges are smooth shapes put where everybody knows that a range is; the rivers are
the coarse courses by which the base map names its rivers; a road is a bent line between two neighbouring towns of the
gazetteer, and a bridge stands wherever such a line crosses such a course. Every layer made here says so.

Only additions, multiplications, divisions and integer hashing are used, each the plain IEEE one, so that every machine
makes the same bytes and two nodes exercise on the same ground.
"""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from shapely import ops

from tansiq.errors import Conflict
from tansiq.geo import terrain, vectors
from tansiq.geo.crs import E7, box_of
from tansiq.geo.layers import Extent, Layer, LayerKind, Wanted, find
from tansiq.geo.rasters import Lattice
from tansiq.geo.vector_files import Part

SOURCE: Final = "SYNTHETIC, made up for exercises"
CAVEATS: Final = ("caveat.synthetic",)
STRIP: Final[Extent] = (41.4, 33.9, 45.8, 37.1)
"""The ground of the scenario, from Sinjar to Khanaqin."""

ORIGIN: Final = (43.5, 35.5)
KM: Final = (90.63, 110.95)
"""Kilometres of a degree of longitude and of latitude at the origin; good enough for ground that nobody measured."""

PLAIN_M: Final = 230.0
SEED: Final = 2020
VALLEY_KM: Final = 3.5
VALLEY_M: Final = 24.0
SLOPES: Final = 4.0
"""A ridge ends so many of its half widths from its crest, exactly: what lies farther away changes nothing."""


class Ridge(Struct, frozen=True):
    """A smooth ridge: its crest line (degrees), how high it stands over the plain (m), its half width (km)."""

    crest: tuple[tuple[float, float], ...]
    height: float
    width: float


RIDGES: Final = (
    Ridge(((41.45, 36.32), (41.75, 36.37), (42.05, 36.40), (42.25, 36.38)), 1050.0, 3.2),  # Sinjar
    Ridge(((43.50, 35.88), (43.66, 35.76), (43.82, 35.63)), 560.0, 2.0),  # Qarachogh
    Ridge(((43.56, 35.04), (43.95, 34.80), (44.40, 34.55), (44.80, 34.30), (45.20, 34.05)), 190.0, 2.6),  # Hamrin
    Ridge(((43.05, 35.45), (43.30, 35.25), (43.52, 35.08)), 200.0, 1.8),  # Makhul
    Ridge(((43.36, 36.53), (43.55, 36.47)), 420.0, 1.6),  # Bashiqa and Maqlub
    Ridge(((42.20, 36.72), (42.60, 36.62), (42.85, 36.50)), 170.0, 2.4),  # Zummar and Ain Zala
    Ridge(((42.60, 36.95), (43.10, 36.88), (43.60, 36.78)), 700.0, 3.0),  # foothills of Duhok
    Ridge(((44.60, 35.60), (45.00, 35.25), (45.40, 34.90)), 520.0, 3.0),  # Qaradagh
    Ridge(((44.35, 35.70), (44.60, 35.50), (44.75, 35.30)), 180.0, 2.2),  # hills east of Kirkuk
)
HILLS: Final = ((6.0, 1.0), (2.2, 0.45), (0.8, 0.16))
"""Wave length (km) and share of each layer of hills."""

Values = NDArray[np.float64]


def add(root: Path, area: Sequence[tuple[int, int]] | None, step: int, imported: int) -> list[Layer]:
    """Make the synthetic layers over an area (E7; the whole strip where none is given): elevation, roads, barriers,
    settlements. `step` is the side of a pixel in seconds of arc. A layer that is here already is left as it is.
    """
    box = STRIP if area is None else box_of(area, terrain.MARGIN_M)
    ring = None if area is None else tuple(area)
    made = []
    kinds: tuple[LayerKind, ...] = ("elevation", "roads", "barriers", "settlements")
    for kind in kinds:
        wanted = Wanted(kind, name=f"SYNTHETIC {kind}", source=SOURCE, area=ring, imported=imported)
        try:
            made.append(_elevation(root, box, step, wanted) if kind == "elevation" else _features(root, box, wanted))
        except Conflict as held:
            made.append(find(root, str(held.params["layer"])))
    return made


def _elevation(root: Path, box: Extent, step: int, wanted: Wanted) -> Layer:
    side = step / 3600
    west, north = math.floor(box[0] / side), math.ceil(box[3] / side)
    cols, rows = math.ceil(box[2] / side) - west, north - math.floor(box[1] / side)
    lattice = Lattice("EPSG:4326", west * step / 3600, north * step / 3600, side, side, rows, cols)

    def tile(row: int, col: int, height: int, width: int) -> Values:
        lat = (north - (np.arange(row, row + height) + 0.5)) * step / 3600
        lon = (west + np.arange(col, col + width) + 0.5) * step / 3600
        return heights(lon, lat)

    return terrain.add_heights(root, lattice, tile, wanted, CAVEATS, SOURCE)


def heights(lon: Values, lat: Values) -> Values:
    """Heights (m) of the synthetic ground: float64[len(lat), len(lon)] for degrees east and north."""
    across, down = (lon - ORIGIN[0]) * KM[0], (lat - ORIGIN[1]) * KM[1]
    x, y = np.meshgrid(across, down)
    rise = 0.55 * x + 0.83 * y  # towards the mountains in the north-east
    climb = np.maximum(rise, 0.0)
    ground = PLAIN_M + 1.6 * climb + np.maximum(0.5 * np.minimum(rise, 0.0), -150.0)
    hills = sum(share * _noise(across / wave, down / wave, SEED + number) for number, (wave, share) in enumerate(HILLS))
    ground += (28.0 + 0.9 * climb) * hills
    crest = 0.8 + 0.4 * _noise(across / 3.0, down / 3.0, SEED + 10)
    for ridge in RIDGES:
        profile = _profile(x, y, ridge.crest, SLOPES * ridge.width)
        if profile is not None:
            ground += ridge.height * crest * profile * profile * profile
    for course in courses().values():
        profile = _profile(x, y, course, VALLEY_KM)
        if profile is not None:
            ground -= VALLEY_M * profile * profile
    return np.asarray(ground)


def _kilometres(line: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [((lon - ORIGIN[0]) * KM[0], (lat - ORIGIN[1]) * KM[1]) for lon, lat in line]


def _profile(x: Values, y: Values, line: Sequence[tuple[float, float]], reach: float) -> Values | None:
    """1 on a line (degrees), falling to 0 at `reach` km from it; None where no point of the tile is so near."""
    nearest: Values | None = None
    for (ax, ay), (bx, by) in itertools.pairwise(_kilometres(line)):
        apart_x = max(0.0, float(x.min()) - max(ax, bx), min(ax, bx) - float(x.max()))
        apart_y = max(0.0, float(y.min()) - max(ay, by), min(ay, by) - float(y.max()))
        if apart_x > reach or apart_y > reach:
            continue
        dx, dy = bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        off_x, off_y = x - (ax + along * dx), y - (ay + along * dy)
        square = off_x * off_x + off_y * off_y
        nearest = square if nearest is None else np.minimum(nearest, square)
    return None if nearest is None else np.maximum(0.0, 1.0 - nearest / (reach * reach))


def _noise(x: Values, y: Values, seed: int) -> Values:
    """Smooth value noise from 0 to 1 with a knot at every whole number: float64[len(y), len(x)]."""
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    u, v = x - left, (y - top)[:, None]
    u, v = u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v)
    cols, rows = (np.arange(one.min(), one.max() + 2) for one in (left, top))
    knots = _hash(*np.meshgrid(cols, rows), seed)
    col, row = left - cols[0], top - rows[0]
    north = knots[row][:, col] * (1.0 - u) + knots[row][:, col + 1] * u
    south = knots[row + 1][:, col] * (1.0 - u) + knots[row + 1][:, col + 1] * u
    return np.asarray(north * (1.0 - v) + south * v)


def _hash(col: NDArray[np.int64], row: NDArray[np.int64], seed: int) -> Values:
    """A number from 0 to 1 for each knot (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        mixed = col.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + row.astype(np.uint64) * np.uint64(
            0xC2B2AE3D27D4EB4F
        )
        mixed += np.uint64(seed) * np.uint64(0x165667B19E3779F9)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(40)).astype(np.float64) / float(1 << 24))


def courses() -> dict[str, list[tuple[float, float]]]:
    """Rough courses of the rivers, in degrees, by name."""
    found: dict[str, list[tuple[float, float]]] = {}
    for row in csv.DictReader((files(__package__) / "data" / "courses.csv").read_text(encoding="utf-8").splitlines()):
        found.setdefault(row["river"], []).append((float(row["lon"]), float(row["lat"])))
    return found


class _Town(Struct, frozen=True):
    kind: str
    name: str
    lon: float
    lat: float


def _towns() -> list[_Town]:
    text = (files(__package__) / "data" / "places.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["lat"] and row["kind"] not in {"mountain", "point"}]
    return [_Town(row["kind"], row["name_en"], float(row["lon"]), float(row["lat"])) for row in rows]


def _features(root: Path, box: Extent, wanted: Wanted) -> Layer:
    if wanted.kind == "settlements":
        towns = _towns()
        shapes = [shapely.Point(one.lon, one.lat) for one in towns]
        texts = [{"place": one.kind, "name": one.name} for one in towns]
    elif wanted.kind == "barriers":
        shapes = [shapely.LineString(one) for one in courses().values()]
        texts = [{"waterway": "river"} for _ in shapes]
    else:
        shapes, texts = _roads()
    keep = [at for at, shape in enumerate(shapes) if shape.intersects(shapely.box(*box))]
    part = Part(np.asarray([shapes[at] for at in keep], object), [texts[at] for at in keep])
    return vectors.add_features(root, part, wanted, CAVEATS, SOURCE)


BEND: Final = 0.06
"""How far the middle of a road stands off the straight line, as a part of its length."""

HALF_BRIDGE: Final = 0.0012
"""Degrees of road on each side of the middle of a river that are its bridge, about 100 m."""


def _roads() -> tuple[list[shapely.Geometry], list[dict[str, str]]]:
    """Bent lines between neighbouring towns, cut where they cross a river so that the bridge is a road of its own."""
    rivers = shapely.union_all([shapely.LineString(one) for one in courses().values()])
    shapes: list[shapely.Geometry] = []
    texts: list[dict[str, str]] = []
    for one, other in _neighbours(_towns()):
        cities = (one.kind == "city") + (other.kind == "city")
        tags = {"highway": ("tertiary", "secondary", "primary")[cities], "surface": "asphalt"}
        line = _bent(one, other)
        cuts = [0.0]
        crossings = shapely.get_coordinates(line.intersection(rivers))
        for at in sorted(line.project(shapely.Point(point)) for point in crossings):
            cuts += [max(cuts[-1], at - HALF_BRIDGE), min(line.length, at + HALF_BRIDGE)]
        cuts.append(line.length)
        for number, (start, end) in enumerate(itertools.pairwise(cuts)):
            if end - start > 1e-6:
                shapes.append(ops.substring(line, start, end))
                texts.append({**tags, "bridge": "yes"} if number % 2 else tags)
    return shapes, texts


def _neighbours(towns: Sequence[_Town]) -> list[tuple[_Town, _Town]]:
    """Pairs of which no third town is nearer to both (the relative neighbourhood graph; Toussaint 1980)."""
    x, y = np.array([_kilometres([(one.lon, one.lat)])[0] for one in towns]).T
    apart = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    pairs = []
    for first in range(len(towns)):
        for second in range(first + 1, len(towns)):
            between = np.maximum(apart[first], apart[second]) < apart[first, second]
            if not between.any() and apart[first, second] > 0:
                pairs.append((towns[first], towns[second]))
    return pairs


def _bent(one: _Town, other: _Town) -> shapely.LineString:
    seed = np.array([round(one.lon * E7)], np.int64), np.array([round(other.lat * E7)], np.int64)
    side = 2.0 * float(_hash(*seed, SEED)[0]) - 1.0
    off_x, off_y = -(other.lat - one.lat) * BEND * side, (other.lon - one.lon) * BEND * side
    points = []
    for step in range(9):
        part = step / 8
        bow = 4.0 * part * (1.0 - part)
        points.append(
            (one.lon + (other.lon - one.lon) * part + off_x * bow, one.lat + (other.lat - one.lat) * part + off_y * bow)
        )
    return shapely.LineString(points)
