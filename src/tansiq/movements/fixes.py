"""Where an own element is, out of what receivers write: GPX 1.1, NMEA 0183 (RMC sentences), CSV.

Of a file only its newest fix is taken: a position is told, never the track that led to it. Names, speeds and courses
are not read, nor is a fix that its receiver marks as void.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.geo.coordinates import read_coordinates
from tansiq.movements.reading import read_time

LARGEST: Final = 4 << 20
E7: Final = 10_000_000
CENTURY: Final = 80
"""RMC writes two digits of the year: 80 and above are of the last century, as in receivers' own tables."""

_RMC: Final = re.compile(
    r"\$[A-Z]{2}RMC,(\d{2})(\d{2})(\d{2})(?:\.(\d+))?,([AV]),(\d{2})(\d{2}\.?\d*),([NS]),(\d{3})(\d{2}\.?\d*),([EW])"
    r",[^,]*,[^,]*,(\d{2})(\d{2})(\d{2})(?:,[^*]*)?\*([0-9A-Fa-f]{2})",
    re.ASCII,
)


class Taken(Struct, frozen=True):
    """A fix as its receiver gave it: place (E7), time (ms), accuracy (m) where the file says it."""

    lat: int
    lon: int
    at: int
    accuracy_m: int | None = None


def newest_fix(data: bytes, name: str) -> Taken:
    """The newest fix of a file; `name` ends in .gpx or .csv, else it holds NMEA sentences, one a line.

    Refused as `positions.…`: too large, not readable, no fix with its time in it.
    """
    if len(data) > LARGEST:
        raise MalformedInput("positions.file_too_large", limit=LARGEST >> 20)
    ending = name.rpartition(".")[2].lower()
    try:
        text = data.decode("utf-8-sig")
        if ending == "gpx":
            found = list(_gpx(text))
        elif ending == "csv":
            found = list(_csv(text))
        else:
            found = [fix for line in text.splitlines() if (fix := read_sentence(line)) is not None]
    except (UnicodeDecodeError, ElementTree.ParseError, csv.Error) as error:
        raise MalformedInput("positions.file_unreadable", name=name[-60:], reason=str(error)[:120]) from error
    except (KeyError, ValueError, OverflowError, AttributeError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"[:120]
        raise MalformedInput("positions.file_unreadable", name=name[-60:], reason=reason) from error
    if not found:
        raise MalformedInput("positions.no_fix", name=name[-60:])
    return max(found, key=lambda one: one.at)


def read_sentence(line: str) -> Taken | None:
    """The fix of an RMC sentence; None for other sentences, void fixes and lines whose sum does not fit."""
    match = _RMC.match(line[:200].strip())
    if match is None or match[5] != "A":
        return None
    body, _, total = match[0][1:].partition("*")
    check = 0
    for sign in body.encode():
        check ^= sign
    if check != int(total, 16):
        return None
    year = int(match[14]) + (1900 if int(match[14]) >= CENTURY else 2000)
    try:
        day = int(match[13]), int(match[12])
        clock = int(match[1]), int(match[2]), min(59, int(match[3]))
        when = datetime.datetime(year, *day, *clock, tzinfo=datetime.UTC)
        lat = _degrees(match[6], match[7], match[8] == "S")
        lon = _degrees(match[9], match[10], match[11] == "W")
        return Taken(*_e7(lat, lon), int(when.timestamp() * 1000))
    except (ValueError, MalformedInput):
        return None


def _degrees(whole: str, minutes: str, negative: bool) -> float:
    value = int(whole) + float(minutes) / 60
    return -value if negative else value


def _e7(lat: float, lon: float) -> tuple[int, int]:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise MalformedInput("place.degrees_range")
    return round(lat * E7), round(lon * E7)


def _gpx(text: str) -> Iterator[Taken]:
    if "<!" in text.replace("<!--", ""):
        raise MalformedInput("positions.file_unreadable", name="GPX", reason="a document type or entities")
    root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities to expand
    for point in root.iter():
        if point.tag.rpartition("}")[2] not in ("trkpt", "rtept", "wpt"):
            continue
        stamp = next((child.text for child in point if child.tag.rpartition("}")[2] == "time"), None)
        if stamp:
            lat, lon = _e7(float(point.attrib["lat"]), float(point.attrib["lon"]))
            yield Taken(lat, lon, read_time(stamp))


def _csv(text: str) -> Iterator[Taken]:
    """A row a fix: `mgrs`, or `lat` and `lon`; `time`; `accuracy_m` if it is known."""
    for raw in csv.DictReader(io.StringIO(text)):
        row = {(key or "").strip().lower(): (value or "").strip() for key, value in raw.items() if key is not None}
        accuracy = int(row["accuracy_m"]) if row.get("accuracy_m") else None
        if row.get("mgrs"):
            place = read_coordinates(row["mgrs"])
            at = read_time(row["time"])
            yield Taken(place.lat, place.lon, at, place.accuracy if accuracy is None else accuracy)
        else:
            lat, lon = _e7(float(row["lat"]), float(row["lon"]))
            yield Taken(lat, lon, read_time(row["time"]), accuracy)
