"""A file of areas, lines, posts, patrols or bases: every row a valid record or refused by name, all or nothing.

GeoJSON, GeoPackage, FlatGeobuf and zipped Shapefile are opened as layers of ground are (`geo.vector_files`); a table in
CSV has `lat` and `lon` or `mgrs`, or `wkt` where a line or an outline is told. What a file does not say is not guessed:
only the status is taken from the caller, and an answer shows it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from msgspec import Struct

from tansiq.circles.gate import Author
from tansiq.desk import saying, viewing
from tansiq.desk.office import Office
from tansiq.desk.saying import ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, Refused
from tansiq.geo import vector_files
from tansiq.geo.coordinates import read_coordinates
from tansiq.geo.crs import HOME
from tansiq.geo.spelling import western_digits
from tansiq.records.kind import kind_named
from tansiq.wording import wording

KINDS: Final = ("area", "line", "post", "patrol", "base")
GEOMETRY: Final = {"area": "polygon", "line": "line", "post": "place", "patrol": "line", "base": "place"}
STATUS: Final = {"post": "manned", "patrol": "running", "base": "at_work"}
MOST_ROWS: Final = 2000
MOST_BYTES: Final = 16 << 20
E7: Final = 10_000_000

NUMBERS: Final = {
    "post": ("height_m", "range_day_m", "range_night_m"),
    "patrol": ("width_m",),
    "base": (),
    "area": (),
    "line": (),
}
WORDS: Final = {
    "post": ("post_type", "status", "note"),
    "patrol": ("mobility", "status", "note"),
    "base": ("status", "note"),
    "area": ("purpose", "note"),
    "line": ("status", "note"),
}
NAMES: Final = ("name", "name_en", "name_ar", "name_ckb")
PLACES: Final = ("lat", "lon", "mgrs", "wkt", "accuracy")
EVERY_DAY: Final = [1, 2, 3, 4, 5, 6, 7]
_SPAN: Final = re.compile(
    r"(?:(?P<days>[1-7](?:[-,][1-7])*)\s+)?(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})-(?P<h2>[0-9]{1,2}):(?P<m2>[0-9]{2})"
)
DAY_MINUTES: Final = 1440


class Row(Struct, frozen=True):
    """A row of the file by its number, as fields of a record or with the words of why it is none."""

    row: int
    fields: dict[str, Any] | None
    code: str | None = None
    reason: str | None = None


class Looked(Struct, frozen=True):
    """What a file holds: rows, the columns that are not read, and the status that rows without one are given."""

    kind: str
    rows: list[Row]
    left_out: list[str]
    status: str | None

    @property
    def refused(self) -> list[Row]:
        """The rows that are no records."""
        return [one for one in self.rows if one.fields is None]


def look(office: Office, path: Path, kind: str, circle: str, status: str, table: str, language: str) -> Looked:
    """What the file would say to a circle; nothing is said.

    Raises MalformedInput: `bulk.kind`, `bulk.rows_many`, and what `vector_files.source` refuses a file with.
    """
    _check_kind(kind)
    given = status or STATUS.get(kind)
    told = _told(office, circle, kind)
    found: list[Row] = []
    rows, columns = _table(path, kind) if path.suffix.lower() == ".csv" else _features(path, kind, table)
    if not rows:
        raise MalformedInput("layer.empty", file=path.name[:80])
    for number, shape, values in rows:
        try:
            fields = _fields(kind, shape, values, given)
            if (ref := told.get(_key(kind, fields))) is not None:
                raise MalformedInput("bulk.already", ref=ref)
            told[_key(kind, fields)] = f"row {number}"
            found.append(Row(number, fields))
        except Refused as refused:
            words = wording(refused.code, refused.params, language)
            found.append(Row(number, None, refused.code, words.refused))
    known = {*NAMES, *PLACES, *NUMBERS[kind], *WORDS[kind], "hours", "mobility", "ready_minutes"}
    return Looked(kind, found, sorted(columns - known)[:100], given)


def say_all(office: Office, looked: Looked, release: ReleaseRequest, author: Author) -> list[saying.Reference]:
    """Say every row, or none: refused as `bulk.rows` where any row is no record."""
    if looked.refused:
        first = looked.refused[0]
        raise MalformedInput("bulk.rows", count=len(looked.refused), row=first.row, reason=(first.reason or "")[:300])
    return say_rows(office, looked.kind, [one.fields or {} for one in looked.rows], release, author)


def say_rows(
    office: Office, kind: str, rows: Sequence[Mapping[str, Any]], release: ReleaseRequest, author: Author
) -> list[saying.Reference]:
    """Say rows that were looked at, or none: refused as `bulk.already` where one of them was said meanwhile."""
    _check_kind(kind)
    told = _told(office, release.circle, kind)
    for fields in rows:
        if (ref := told.get(_key(kind, fields))) is not None:
            raise Conflict("bulk.already", ref=ref)
    requests = [SayRequest(kind, dict(fields), [release]) for fields in rows]
    return saying.release_all(office, requests, author)


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise MalformedInput("bulk.kind", kind=kind[:40], known=", ".join(KINDS))


def _told(office: Office, circle: str, kind: str) -> dict[bytes, str]:
    """What this party tells the circle already, withheld fields and all, so that a file taken in twice is noticed."""
    stands_for = kind_named(kind).coarse_place
    found: dict[bytes, str] = {}
    after, more = 0, True
    while more:
        page = viewing.page(office, circle, after=after, kind=kind)
        after, more = page.seq, page.more
        for one in page.objects:
            if one.party != office.party or one.erased or one.unreadable is not None:
                continue
            fields = {**one.fields, **(one.own or {})}
            coarse = {stead for exact, stead in stands_for.items() if exact in fields}
            plain = {name: value for name, value in fields.items() if name not in coarse and name != "author"}
            with contextlib.suppress(Refused):
                found[_key(kind, plain)] = one.ref
    return found


def _key(kind: str, fields: Mapping[str, Any]) -> bytes:
    """The same record has the same key, whatever was left at its default."""
    return msgspec.json.encode(msgspec.to_builtins(kind_named(kind).read(fields)), order="sorted")


Found = tuple[int, Any, dict[str, str]]


def _features(path: Path, kind: str, table: str) -> tuple[list[Found], set[str]]:
    wanted = frozenset({*NAMES, *PLACES, *NUMBERS[kind], *WORDS[kind], "hours", "mobility", "ready_minutes"})
    try:
        with vector_files.source(path, table, GEOMETRY[kind], wanted) as source:
            if source.count > MOST_ROWS:
                raise MalformedInput("bulk.rows_many", count=source.count, limit=MOST_ROWS)
            rows: list[Found] = []
            for part in vector_files.parts(source, None):
                for shape, values in zip(part.shapes, part.attributes, strict=True):
                    rows.append((len(rows) + 1, shape, values))
            placeless = source.placeless + source.count - len(rows)
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error
    if placeless:
        raise MalformedInput("bulk.no_place", count=placeless)
    return rows, {one.lower() for one in source.dropped}


def _table(path: Path, kind: str) -> tuple[list[Found], set[str]]:
    try:
        data = path.read_bytes()
        if len(data) > MOST_BYTES:
            raise MalformedInput("file.too_large", path=str(path), limit=MOST_BYTES)
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        lines = list(reader)
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedInput("layer.damaged", file=path.name[:80], reason=str(error)[:120]) from error
    columns = {str(one).strip().lower() for one in reader.fieldnames or ()}
    if len(lines) > MOST_ROWS:
        raise MalformedInput("bulk.rows_many", count=len(lines), limit=MOST_ROWS)
    if not columns & {"lat", "mgrs", "wkt"}:
        raise MalformedInput("bulk.no_columns", file=path.name[:80])
    found: list[Found] = []
    for number, line in enumerate(lines, start=2):  # the first line is the head
        values = {
            str(key).strip().lower(): str(value).strip()
            for key, value in line.items()
            if isinstance(value, str) and value.strip()
        }
        found.append((number, None, values))
    return found, columns


def _fields(kind: str, shape: Any, values: Mapping[str, str], status: str | None) -> dict[str, Any]:
    """The fields of a row, checked; refused by the column that does not fit."""
    where = shape if shape is not None else _shape_of(values)
    fields: dict[str, Any] = {}
    names = {name.removeprefix("name_"): values[name] for name in NAMES[1:] if name in values}
    if "name" in values:
        names.setdefault("en" if values["name"].isascii() else "ar", values["name"])
    if names:
        fields["names"] = names
    fields |= _ground(kind, where, values)
    for column in NUMBERS[kind]:
        if column in values:
            fields[column] = _whole(column, values[column])
    for column in WORDS[kind]:
        if column in values:
            fields[column] = values[column]
    if status and "status" in WORDS[kind] and "status" not in fields:
        fields["status"] = status
    if kind in ("post", "patrol") and "hours" in values:
        fields["hours"] = schedule(values["hours"])
    if kind == "base":
        fields |= _readiness(values)
    # as a record holds them, what is left at its default written out: a reader of the preview need not know defaults
    read: dict[str, Any] = msgspec.to_builtins(kind_named(kind).read(fields))
    return {name: value for name, value in read.items() if value is not None}


def _readiness(values: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "mobility" in values:
        found["mobility"] = [one.strip() for one in re.split("[,;|]", values["mobility"]) if one.strip()]
    if "ready_minutes" in values:
        hours = schedule(values.get("hours", "always"))
        found["ready"] = [{"hours": hours, "minutes": _whole("ready_minutes", values["ready_minutes"])}]
    return found


def _shape_of(values: Mapping[str, str]) -> Any:
    """What a line of a table says of where: `wkt`, `mgrs` (its accuracy as height), or `lat` and `lon`."""
    if "wkt" in values:
        try:
            return shapely.force_2d(shapely.from_wkt(values["wkt"]))
        except shapely.GEOSException as error:
            raise MalformedInput("bulk.bad_value", column="wkt", value=values["wkt"][:60]) from error
    if "mgrs" in values:
        place = read_coordinates(values["mgrs"])
        return shapely.Point(place.lon / E7, place.lat / E7, place.accuracy)
    if "lat" not in values or "lon" not in values:
        raise MalformedInput("bulk.no_place", count=1)
    return shapely.Point(_degrees("lon", values["lon"], 180.0), _degrees("lat", values["lat"], 90.0))


def _degrees(column: str, text: str, most: float) -> float:
    try:
        value = float(western_digits(text).replace("٫", "."))
    except ValueError as error:
        raise MalformedInput("bulk.bad_value", column=column, value=text[:60]) from error
    if not (math.isfinite(value) and abs(value) <= most):
        raise MalformedInput("bulk.not_degrees", column=column, value=text[:60])
    return value


def _whole(column: str, text: str) -> int:
    try:
        value = float(western_digits(text))
    except ValueError as error:
        raise MalformedInput("bulk.bad_value", column=column, value=text[:60]) from error
    if not (math.isfinite(value) and value == round(value)):
        raise MalformedInput("bulk.bad_value", column=column, value=text[:60])
    return int(value)


def schedule(text: str) -> dict[str, Any]:
    """The hours of `always`, `06:00-18:00`, `1-5 06:00-18:00; 6,7 08:00-12:00`: 1 is Monday, the clock Baghdad's."""
    plain = western_digits(text).strip().lower()
    if plain == "always":
        return {"spans": [{"days": EVERY_DAY, "from": 0, "to": DAY_MINUTES}]}
    spans = []
    for part in filter(None, (one.strip() for one in plain.split(";"))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise MalformedInput("bulk.bad_hours", text=text[:60])
        start, end = int(match["h"]) * 60 + int(match["m"]), int(match["h2"]) * 60 + int(match["m2"])
        if max(start, end) > DAY_MINUTES or int(match["m"]) > 59 or int(match["m2"]) > 59 or start == DAY_MINUTES:
            raise MalformedInput("bulk.bad_hours", text=text[:60])
        spans.append({"days": _days(match["days"]), "from": start, "to": end})
    if not spans:
        raise MalformedInput("bulk.bad_hours", text=text[:60])
    return {"spans": spans}


def _days(text: str | None) -> list[int]:
    if text is None:
        return EVERY_DAY
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return sorted(found) or EVERY_DAY


def _ground(kind: str, shape: Any, values: Mapping[str, str]) -> dict[str, Any]:
    """Where it is, as the fields of its kind."""
    if shape is None or shape.is_empty:
        raise MalformedInput("bulk.no_place", count=1)
    if kind in ("post", "base"):
        if shape.geom_type != "Point":
            raise MalformedInput("bulk.geometry", kind=kind, got=shape.geom_type)
        ((lon, lat),) = _points(shape)
        accuracy = int(shape.z) if shape.has_z else ACCURACY_M
        if "accuracy" in values:
            accuracy = _whole("accuracy", values["accuracy"])
        return {"place": {"lat": lat, "lon": lon, "accuracy": accuracy}}
    whole = shape
    if shape.geom_type.startswith("Multi") and len(shape.geoms) == 1:
        whole = shape.geoms[0]
    if kind in ("patrol", "line"):
        if whole.geom_type != "LineString":
            raise MalformedInput("bulk.geometry", kind=kind, got=shape.geom_type)
        return {"path": _points(whole)}
    if whole.geom_type != "Polygon":
        raise MalformedInput("bulk.geometry", kind=kind, got=shape.geom_type)
    if len(whole.interiors):
        raise MalformedInput("bulk.holes", count=len(whole.interiors))
    if not whole.is_valid:
        raise MalformedInput("bulk.crossing", reason=shapely.is_valid_reason(whole)[:120])
    return {"ring": _points(whole.exterior)[:-1]}


ACCURACY_M: Final = 50
"""Of a place in a file that does not state it."""


def _points(shape: Any) -> list[list[int]]:
    xy = shapely.get_coordinates(shape)
    if not np.isfinite(xy).all() or (np.abs(xy[:, 0]) > 180).any() or (np.abs(xy[:, 1]) > 90).any():
        raise MalformedInput("bulk.not_degrees", column="geometry", value=str(xy[0].tolist())[:60])
    west, south, east, north = HOME
    swapped = (xy[:, 1] >= west) & (xy[:, 1] <= east) & (xy[:, 0] >= south) & (xy[:, 0] <= north)
    there = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    if swapped.all() and not there.all():
        raise MalformedInput("bulk.swapped")
    return [[round(float(lon) * E7), round(float(lat) * E7)] for lon, lat in xy]
