"""Our own layout: an incident as a row of named texts, and the same incident out of that row.

Written into CSV, XLSX, GeoJSON and KML alike. Columns are the fields of the record, groups with a point (`place.lat`);
degrees are decimal, times ISO 8601 in UTC. Text that a table program would take for a formula has an apostrophe before
it, which is taken away again. The source of a report never leaves the node that holds it: it is no column.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from tansiq.errors import MalformedInput
from tansiq.incidents.layouts import OWN_MARK
from tansiq.incidents.xlsx_file import write_xlsx
from tansiq.records.kind import kind_named
from tansiq.records.kinds.incident import Incident

FORMS: Final = ("csv", "xlsx", "geojson", "kml")
NEVER: Final = frozenset({"source"})
ABOUT: Final = (OWN_MARK, "tansiq_circle", "tansiq_label", "tansiq_exercise")
"""What stands beside the fields of each row: which record it is, under which label, whether it is an exercise."""
_DEGREES: Final = frozenset({"place.lat", "place.lon", "place_coarse.lat", "place_coarse.lon"})
_TIME: Final = re.compile(r"(when|when_coarse)\.(from|to)|known_at")
_MARKED: Final = ("=", "+", "-", "@", "'", "\t", "\r", "[", "{")
"""How text begins that a table program, or our own reader, would take for something else than text."""
_UTC: Final = datetime.UTC
_FIRST: Final = ("category", "title", "place", "when", "when_precision", "how_known", "killed", "wounded", "text")
"""The columns that a person looks for come first."""
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def flat(fields: Mapping[str, Any]) -> dict[str, str]:
    """An incident as named texts."""
    found: dict[str, str] = {}
    for name in sorted(fields, key=lambda one: (_FIRST.index(one) if one in _FIRST else len(_FIRST), one)):
        if name not in NEVER:
            _flatten(name, fields[name], found)
    return found


def _flatten(path: str, value: Any, into: dict[str, str]) -> None:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            _flatten(f"{path}.{key}", inner, into)
    elif isinstance(value, list | dict):
        into[path] = msgspec.json.encode(value).decode()
    elif isinstance(value, bool):
        into[path] = "true" if value else "false"
    elif isinstance(value, int):
        into[path] = _degrees(value) if path in _DEGREES else _stamp(value) if _TIME.fullmatch(path) else str(value)
    elif value is not None:
        text = str(value)
        into[path] = f"'{text}" if not text or text.startswith(_MARKED) else text


def _degrees(e7: int) -> str:
    return f"{Decimal(e7) / 10_000_000:.7f}"


def _stamp(millis: int) -> str:
    moment = datetime.datetime.fromtimestamp(millis // 1000, _UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03d}Z"


def unflat(values: Mapping[str, str]) -> dict[str, Any]:
    """The incident of a row; refused as `incident_row.value` or as its kind refuses it (`record.bad_fields`).

    Where it was imported from before is not taken over: a row that is read comes from the file in which it stands.
    """
    known = set(kind_named("incident").field_names()) - NEVER - {"imported"}
    nested: dict[str, Any] = {}
    for path, text in values.items():
        first, *rest = path.split(".")
        if first not in known or text == "":
            continue
        place = nested
        for step in [first, *rest][:-1]:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise MalformedInput("incident_row.value", column=path[:40], value=text[:40])
        place[[first, *rest][-1]] = _value(path, text)
    try:
        body = msgspec.convert(nested, Incident, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise MalformedInput("record.bad_fields", kind="incident", reason=str(error)[:300]) from error
    found: dict[str, Any] = msgspec.to_builtins(body)
    return found


def _value(path: str, text: str) -> Any:
    try:
        if path in _DEGREES:
            return int((Decimal(text) * 10_000_000).to_integral_value())
        if _TIME.fullmatch(path):
            moment = datetime.datetime.fromisoformat(text)
            return round(moment.replace(tzinfo=moment.tzinfo or _UTC).timestamp() * 1000)
        if text.startswith(("[", "{")):
            return msgspec.json.decode(text)
    except (ValueError, InvalidOperation, OverflowError, RecursionError, msgspec.DecodeError):
        raise MalformedInput("incident_row.value", column=path[:40], value=text[:40]) from None
    return text[1:] if text.startswith("'") else text


Exported = Sequence[tuple[Mapping[str, str], Mapping[str, Any]]]
"""Of each incident what stands beside it (`ABOUT`), and its fields."""


def write(form: str, incidents: Exported) -> bytes:
    """A file of incidents in one of `FORMS`."""
    rows = [{**about, **flat(fields)} for about, fields in incidents]
    if form == "geojson":
        features = [_feature(row, fields) for row, (_, fields) in zip(rows, incidents, strict=True)]
        return msgspec.json.format(msgspec.json.encode({"type": "FeatureCollection", "features": features}), indent=1)
    if form == "kml":
        return _kml(rows)
    columns = list(dict.fromkeys([*ABOUT, *(name for row in rows for name in row)]))
    lines = [[row.get(name, "") for name in columns] for row in rows]
    if form == "xlsx":
        return write_xlsx("Incidents", columns, lines)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([columns, *lines])
    return out.getvalue().encode("utf-8-sig")  # by the mark table programs know what it is written in


def _feature(row: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    place = fields.get("place") or fields.get("place_coarse")
    point = {"type": "Point", "coordinates": [place["lon"] / 1e7, place["lat"] / 1e7]} if place else None
    return {"type": "Feature", "geometry": point, "properties": row}


def _kml(rows: Sequence[Mapping[str, str]]) -> bytes:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n']
    for row in rows:
        title = next((row[one] for one in ("title.en", "title.ar", "title.ckb", "category") if one in row), "")
        parts.append(f"<Placemark><name>{_xml(title)}</name>")
        if "text" in row:
            parts.append(f"<description>{_xml(row['text'])}</description>")
        if begin := row.get("when.from", row.get("when_coarse.from")):
            end = row.get("when.to", row.get("when_coarse.to", begin))
            parts.append(f"<TimeSpan><begin>{begin}</begin><end>{end}</end></TimeSpan>")
        parts.append("<ExtendedData>")
        for name, value in row.items():
            parts.append(f"<Data name={quoteattr(name)}><value>{_xml(value)}</value></Data>")
        parts.append("</ExtendedData>")
        lat, lon = (row.get(f"place.{one}", row.get(f"place_coarse.{one}")) for one in ("lat", "lon"))
        if lat and lon:
            parts.append(f"<Point><coordinates>{lon},{lat}</coordinates></Point>")
        parts.append("</Placemark>\n")
    parts.append("</Document></kml>\n")
    return "".join(parts).encode()


def _xml(text: str) -> str:
    """Text as XML holds it; what it cannot hold shows as a sign that something stood there."""
    return escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#13;"})
