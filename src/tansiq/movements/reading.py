"""Plans out of what officers have: a pasted list of references, GeoJSON (RFC 7946), GPX 1.1, CSV.

Comes out as volumes of a record, plain JSON values. What a file says of width, heights and times stands over what is
given beside it. A time without its zone is refused: two sides read the same file. What is not geometry or time is not
read, so that no name of a person or a unit comes in by a file.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.geo.coordinates import read_coordinates
from tansiq.records.kinds.activity import MAX_VOLUMES

LARGEST: Final = 4 << 20
MAX_POINTS: Final = 1000
"""Of one shape: a record holds 64 KiB."""

E7: Final = 10_000_000
Point = tuple[int, int]
Json = dict[str, Any]


class Beside(Struct, frozen=True):
    """What is given beside a shape: window (ms), width (m), heights (m), repetition; `line` takes points for a way."""

    from_: int | None = None
    to: int | None = None
    width_m: int | None = None
    low_m: int | None = None
    high_m: int | None = None
    every_minutes: int | None = None
    times: int | None = None
    line: bool = False


def read_volumes(data: bytes, name: str, beside: Beside) -> list[Json]:
    """The volumes in a file or a pasted text; `name` ends in .geojson, .json, .gpx or .csv, else it is a list.

    Refused as `activities.…`: too large, not readable, nothing in it, a shape without its window or width.
    """
    if len(data) > LARGEST:
        raise MalformedInput("activities.file_too_large", limit=LARGEST >> 20)
    ending = name.rpartition(".")[2].lower()
    try:
        text = data.decode("utf-8-sig")
        if ending in ("geojson", "json"):
            shapes = _geojson(text, beside)
        elif ending == "gpx":
            shapes = _gpx(text, beside)
        elif ending == "csv":
            shapes = [_csv(text, beside)]
        else:
            shapes = [_volume(_points(text), beside)]
    except (UnicodeDecodeError, msgspec.DecodeError, ElementTree.ParseError, csv.Error, RecursionError) as error:
        raise MalformedInput("activities.file_unreadable", name=name[-60:], reason=str(error)[:120]) from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        reason = f"{type(error).__name__}: {error}"[:120]
        raise MalformedInput("activities.file_unreadable", name=name[-60:], reason=reason) from error
    if not shapes:
        raise MalformedInput("activities.nothing_in_file", name=name[-60:])
    if len(shapes) > MAX_VOLUMES:
        raise MalformedInput("activities.too_many_shapes", count=len(shapes), limit=MAX_VOLUMES)
    return shapes


def read_time(text: str) -> int:
    """A time with its zone (ISO 8601) or whole Unix milliseconds; refused (`activities.no_zone`) without a zone."""
    if re.fullmatch(r"[0-9]{12,15}", text.strip()):
        return int(text)
    try:
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise MalformedInput("record.bad_time", text=text[:60]) from error
    if found.tzinfo is None:
        raise MalformedInput("activities.no_zone", text=text[:60])
    return int(found.timestamp() * 1000)


def _points(text: str) -> list[Point]:
    """Places, one a line or parted by semicolons, as MGRS or degrees; blank lines and # are skipped."""
    lines = [line.partition("#")[0].strip() for line in text.replace(";", "\n").replace("؛", "\n").splitlines()]
    found = []
    for line in filter(None, lines):
        place = read_coordinates(line)
        found.append((place.lon, place.lat))
    return found


def _volume(points: Sequence[Point], beside: Beside, times: Sequence[int] | None = None, *, ring: bool = True) -> Json:
    """A volume of points: a timed route with times, a way where it has a width or is meant as one, else an area."""
    if len(points) > MAX_POINTS:
        raise MalformedInput("activities.too_many_points", count=len(points), limit=MAX_POINTS)
    volume: Json = {}
    if times is not None:
        volume["route"] = [[lon, lat, at] for (lon, lat), at in zip(points, times, strict=True)]
    elif ring and beside.width_m is None and not beside.line:
        closed = len(points) > 1 and points[0] == points[-1]
        volume["ring"] = [list(point) for point in (points[:-1] if closed else points)]
        if len(volume["ring"]) < 3:
            raise MalformedInput("movements.ring_short", count=len(volume["ring"]))
    else:
        volume["path"] = [list(point) for point in points]
    if "ring" not in volume:
        if len(points) < 2:
            raise MalformedInput("movements.path_short", count=len(points))
        if beside.width_m is None:
            raise MalformedInput("activities.no_width")
        volume["width_m"] = beside.width_m
    if times is None:
        if beside.from_ is None or beside.to is None:
            raise MalformedInput("activities.no_window")
        volume["window"] = {"from": beside.from_, "to": beside.to}
    return {**volume, **_heights_and_times(beside)}


def _heights_and_times(beside: Beside) -> Json:
    found: Json = {}
    if beside.low_m is not None or beside.high_m is not None:
        if beside.low_m is None or beside.high_m is None:
            raise MalformedInput("activities.half_band")
        found["band"] = {"low_m": beside.low_m, "high_m": beside.high_m}
    if beside.every_minutes is not None or beside.times is not None:
        if beside.every_minutes is None or beside.times is None:
            raise MalformedInput("activities.half_repeat")
        found["repeat"] = {"every_minutes": beside.every_minutes, "times": beside.times}
    return found


def _geojson(text: str, beside: Beside) -> list[Json]:
    found = msgspec.json.decode(text)
    features = found["features"] if found["type"] == "FeatureCollection" else [found]
    shapes: list[Json] = []
    for feature in features:
        geometry = feature["geometry"] if feature["type"] == "Feature" else feature
        properties = (feature.get("properties") or {}) if feature["type"] == "Feature" else {}
        shapes += _geometry(geometry, properties, _beside(beside, properties))
    return shapes


def _geometry(geometry: Json, properties: Json, beside: Beside) -> list[Json]:
    kind = geometry["type"]
    coordinates: Any = geometry.get("coordinates")
    if kind == "GeometryCollection":
        return [shape for one in geometry["geometries"] for shape in _geometry(one, properties, beside)]
    if kind == "LineString":
        times = properties.get("times") or properties.get("coordTimes")
        stamps = None if times is None else [read_time(str(one)) for one in times]
        if stamps is not None and len(stamps) != len(coordinates):
            raise MalformedInput("movements.times_count", times=len(stamps), count=len(coordinates))
        return [_volume([_e7(one) for one in coordinates], beside, stamps, ring=False)]
    if kind == "MultiLineString":
        return [_volume([_e7(one) for one in line], beside, ring=False) for line in coordinates]
    if kind not in ("Polygon", "MultiPolygon"):
        raise MalformedInput("activities.shape_kind", kind=str(kind)[:40])
    rings = []
    for polygon in [coordinates] if kind == "Polygon" else coordinates:
        if len(polygon) != 1:
            raise MalformedInput("activities.hole")
        rings.append(_volume([_e7(one) for one in polygon[0]], msgspec.structs.replace(beside, width_m=None)))
    return rings


def _e7(position: Sequence[float]) -> Point:
    lon, lat = float(position[0]), float(position[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise MalformedInput("movements.off_globe")
    return round(lon * E7), round(lat * E7)


def _beside(beside: Beside, values: Mapping[str, Any]) -> Beside:
    """What stands beside, with what a feature or a row says itself over it."""
    said: dict[str, Any] = {}
    for name in ("from", "to"):
        if values.get(name) not in (None, ""):
            said["from_" if name == "from" else name] = read_time(str(values[name]))
    for name in ("width_m", "low_m", "high_m", "every_minutes", "times"):
        value = values.get(name)
        if value not in (None, "") and not isinstance(value, list):
            said[name] = int(value)
    return msgspec.structs.replace(beside, **said)


def _gpx(text: str, beside: Beside) -> list[Json]:
    if "<!" in text.replace("<!--", ""):
        raise MalformedInput("activities.file_unreadable", name="GPX", reason="a document type or entities")
    root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities to expand
    shapes = []
    for way, step in (("trkseg", "trkpt"), ("rte", "rtept")):
        for line in (one for one in root.iter() if _local(one.tag) == way):
            steps = [one for one in line if _local(one.tag) == step]
            points = [_e7((float(one.attrib["lon"]), float(one.attrib["lat"]))) for one in steps]
            stamps = [next((child.text for child in one if _local(child.tag) == "time"), None) for one in steps]
            timed = bool(stamps) and all(stamps)
            times = [read_time(stamp or "") for stamp in stamps] if timed else None
            shapes.append(_volume(points, beside, times, ring=False))
    return shapes


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _csv(text: str, beside: Beside) -> Json:
    """One shape, a row a point: `mgrs`, or `lat` and `lon`; `time` makes it a timed route."""
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows:
        raise MalformedInput("activities.nothing_in_file", name="CSV")
    rows = [{(key or "").strip().lower(): (value or "").strip() for key, value in row.items()} for row in rows]
    points = []
    for row in rows:
        if row.get("mgrs"):
            place = read_coordinates(row["mgrs"])
            points.append((place.lon, place.lat))
        else:
            points.append(_e7((float(row["lon"]), float(row["lat"]))))
    times = [read_time(row["time"]) for row in rows] if rows[0].get("time") else None
    return _volume(points, _beside(beside, rows[0]), times)
