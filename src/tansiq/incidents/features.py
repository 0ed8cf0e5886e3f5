"""Features and submissions as rows: GeoJSON (RFC 7946), KML 2.2, and what ODK and Kobo give out as JSON or XML.

A position becomes the columns `lat` and `lon`, whatever else a feature or a form holds a column of its own; what lies
in groups is named `group/question`, as those programs do it in their tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element

import msgspec

from tansiq.errors import MalformedInput
from tansiq.incidents.markup import MOST_ELEMENTS, local, read_xml, text_of
from tansiq.incidents.table import DEEPEST, MOST_CELL, Table, check_rows, together

Values = dict[str, str]
_LISTS: Final = ("features", "results", "value", "submissions")
"""Under which name a document holds its rows: GeoJSON, Kobo, ODK Central, older exports."""
SHAPE: Final = "geometry"
"""The column that names a shape which is not a point."""


def read_json(data: bytes, name: str) -> Table:
    """GeoJSON, or submissions as JSON: a list of objects, bare or under `results` or `value`."""
    if data.count(b"[") + data.count(b"{") > MOST_ELEMENTS:
        raise MalformedInput("incident_file.deep", file=name[:80], limit=DEEPEST)
    try:
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise MalformedInput("incident_file.deep", file=name[:80], limit=DEEPEST) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedInput("incident_file.damaged", file=name[:80], reason=str(error)[:120]) from error
    form, rows = "submissions", document
    if isinstance(document, dict):
        if document.get("type") in ("FeatureCollection", "Feature"):
            form = "geojson"
        rows = next((document[one] for one in _LISTS if isinstance(document.get(one), list)), [document])
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise MalformedInput("incident_file.empty", file=name[:80])
    check_rows(len(rows))
    read = _feature if form == "geojson" else _submission
    return together(form, [(number, read(one, name)) for number, one in enumerate(rows, start=1)])


def _feature(feature: Mapping[str, Any], name: str) -> Values:
    values: Values = {}
    properties = feature.get("properties")
    if isinstance(properties, dict):
        _flatten(properties, "", values, name, 0)
    if isinstance(feature.get("id"), str | int):
        values.setdefault("id", str(feature["id"]))
    shape = feature.get("geometry")
    if isinstance(shape, dict):
        if shape.get("type") == "Point":
            _position(shape.get("coordinates"), values)
        else:
            values[SHAPE] = str(shape.get("type"))[:40]
    return values


def _position(coordinates: Any, values: Values) -> None:
    """Longitude first (RFC 7946, 3.1.1); what is no pair of numbers is left to be refused with its row."""
    if isinstance(coordinates, list) and len(coordinates) >= 2:
        values["lon"], values["lat"] = _plain(coordinates[0]), _plain(coordinates[1])


def _submission(submission: Mapping[str, Any], name: str) -> Values:
    values: Values = {}
    rest = dict(submission)
    place = rest.pop("_geolocation", None)
    if isinstance(place, list) and len(place) == 2 and None not in place:
        values["lat"], values["lon"] = _plain(place[0]), _plain(place[1])
    _flatten(rest, "", values, name, 0)
    return values


def _flatten(given: Mapping[str, Any], before: str, into: Values, name: str, depth: int) -> None:
    if depth > DEEPEST:
        raise MalformedInput("incident_file.deep", file=name[:80], limit=DEEPEST)
    for key, value in given.items():
        path = f"{before}{str(key)[:120]}"
        if isinstance(value, dict):
            if value.get("type") == "Point" and isinstance(value.get("coordinates"), list):
                _position(value["coordinates"], into)  # a place as ODK Central gives it out
            else:
                _flatten(value, f"{path}/", into, name, depth + 1)
        elif value is not None:
            into[path] = _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int) else msgspec.json.encode(value).decode()[: MOST_CELL + 1]


def read_markup(data: bytes, name: str) -> Table:
    """KML, or one or several submissions of a form as XML."""
    marks: list[Values] = []

    def take(mark: Element) -> None:
        marks.append(_placemark(mark))
        check_rows(len(marks))

    root = read_xml(data, name, "Placemark", take)
    if marks:
        return together("kml", list(enumerate(marks, start=1)))
    if local(root) == "kml":
        raise MalformedInput("incident_file.empty", file=name[:80])
    filled = [root] if _is_submission(root) else [one for one in root if _is_submission(one)]
    found = [(number, _form(one)) for number, one in enumerate(filled, start=1)]
    if not any(values for _, values in found):
        raise MalformedInput("incident_file.empty", file=name[:80])
    return together("submissions", found)


def _is_submission(element: Element) -> bool:
    """A filled form names its form, or carries `meta` (OpenRosa, metadata schema)."""
    named = any(key.rpartition("}")[2] in ("id", "instanceID") for key in element.keys())  # noqa: SIM118 - an element is no mapping
    return named or any(local(one) == "meta" for one in element)


def _form(submission: Element) -> Values:
    values: Values = {}

    def walk(element: Element, before: str) -> None:
        for child in element:
            path = f"{before}{local(child)[:120]}"
            if len(child):
                walk(child, f"{path}/")
            elif text_of(child):
                values[path] = f"{values[path]} {text_of(child)}" if path in values else text_of(child)

    walk(submission, "")
    return values


def _placemark(mark: Element) -> Values:
    values: Values = {}
    for one in mark.iter():
        what = local(one)
        if what in ("name", "description") and one in list(mark):
            values[what] = text_of(one)
        elif what == "coordinates" and "lat" not in values and SHAPE not in values:
            first, *more = text_of(one).split()[:2] or [""]
            parts = first.split(",")
            if not more and len(parts) >= 2:
                values["lon"], values["lat"] = parts[0], parts[1]
        elif what in ("LineString", "Polygon", "MultiGeometry", "Track", "Model"):
            values[SHAPE] = what
        elif what in ("when", "begin", "end"):
            values.setdefault(what, text_of(one))
        elif what == "Data":
            inner = next((child for child in one if local(child) == "value"), None)
            values[one.get("name", "")[:120] or "data"] = (inner.text or "") if inner is not None else ""
        elif what == "SimpleData":
            values[one.get("name", "")[:120] or "data"] = one.text or ""
    return values
