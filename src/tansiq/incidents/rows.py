"""Rows of a table as fields of incidents by a mapping: each one whole, or refused with its reason. Nothing is guessed.

A place that is only named is looked up in the gazetteer and taken where exactly one place is spelled so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, get_args

from msgspec import Struct

from tansiq.errors import MalformedInput, Refused
from tansiq.geo import gazetteer
from tansiq.geo.coordinates import read_coordinates
from tansiq.geo.crs import HOME
from tansiq.geo.spelling import western_digits
from tansiq.incidents.categories import categories, category_of
from tansiq.incidents.dates import Moment, read_moment
from tansiq.incidents.features import SHAPE
from tansiq.incidents.layouts import Order, Reading, Role
from tansiq.incidents.table import Line, Table

E7: Final = 10_000_000
LARGEST: Final = 1e9
"""No number of a row is as large."""
EXACT: Final = 99
"""Of a hundred: a name as it is listed, or the same but for variants of letters."""
NAMED: Final = 5
"""Places that a refusal names as what may have been meant."""

UCDP_PLACE_M: Final = {"1": 5_000, "2": 25_000, "3": 50_000, "4": 100_000, "5": 100_000, "6": 500_000, "7": 500_000}
"""Radius of UCDP GED `where_prec`: known place, within 25 km, district, province, rough, country, open water."""
ACLED_PLACE_M: Final = {"1": 5_000, "2": 25_000, "3": 100_000}
"""Radius of ACLED `geo_precision`: place, nearby or part of a region, region."""
_LONG_UCDP: Final = frozenset({"4", "5"})
"""UCDP `date_prec`: a month, a year; before that days that stand in the row itself."""
_HOW: Final = frozenset({"seen", "heard", "told", "sensor", "press"})

Get = Callable[[Role], str]
_UNSAID: Final[dict[Role, str]] = dict.fromkeys(get_args(Role), "")
"""Every role with nothing in it: most roles of most tables, hundred thousands of times."""


class Row(Struct, frozen=True, gc=False):
    """A row of the file by its number, as fields of an incident, or with the words of why it is none."""

    number: int
    fields: dict[str, Any] | None = None
    refused: Refused | None = None


def read_rows(table: Table, reading: Reading, order: Order | None) -> Iterator[Row]:
    """Every row of the table by this mapping; `order` is that of dates in digits, None where it is not settled."""
    roles = [reading.columns.get(column) for column in table.columns]
    at = [(role, place) for place, role in enumerate(roles) if role is not None]
    shape = table.columns.index(SHAPE) if SHAPE in table.columns else None
    return (_row(line, at, shape, reading, order, len(table.columns)) for line in table.lines)


def _row(
    line: Line, at: Sequence[tuple[Role, int]], shape: int | None, reading: Reading, order: Order | None, width: int
) -> Row:
    if line.wrong is not None:
        return Row(line.number, None, MalformedInput("incident_row.cells", count=line.wrong, columns=width))
    values = line.values
    texts = _UNSAID.copy()
    for role, place in at:
        texts[role] = values[place].strip()
    try:
        if shape is not None and values[shape]:
            raise MalformedInput("incident_row.shape", shape=values[shape][:40])
        return Row(line.number, _fields(texts.__getitem__, reading, order))
    except Refused as refused:
        return Row(line.number, None, refused)


def _fields(get: Get, reading: Reading, order: Order | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if word := get("category"):
        fields["category"] = _category(word, reading.types)
    titles = {language: text for language in ("en", "ar", "ckb") if (text := get(_TITLES[language]))}
    if titles:
        fields["title"] = titles
    fields["place"] = _place(get, reading)
    fields |= _when(get, reading, order)
    if how := get("how_known").casefold() or reading.how_known:
        if how not in _HOW:
            raise MalformedInput("incident_row.value", column="how_known", value=how[:40])
        fields["how_known"] = how
    if grade := get("source_grade").upper():
        fields["source_grade"] = grade
    if grade := get("info_grade"):
        fields["info_grade"] = _whole("info_grade", grade)
    for what in ("killed", "wounded"):
        if count := _count(get, what):
            fields[what] = count
    if text := get("text"):
        fields["text"] = text
        if reading.lang:
            fields["lang"] = reading.lang
    if url := get("url"):
        fields["sources"] = [url]
    return fields


_TITLES: Final[dict[str, Role]] = {"en": "title_en", "ar": "title_ar", "ckb": "title_ckb"}
_PLACES: Final[dict[str, Role]] = {"en": "place_en", "ar": "place_ar", "ckb": "place_ckb"}


def _category(word: str, types: Mapping[str, str]) -> str:
    found = types.get(word) or category_of(word)
    if found is None or found not in categories():
        raise MalformedInput("incident_row.category", value=word[:60])
    return found


def _when(get: Get, reading: Reading, order: Order | None) -> dict[str, Any]:
    date = get("date") or reading.all_on or ""
    if not date:
        raise MalformedInput("incident_row.no_date")
    moment = _moment(date, get("time"), order, reading.zone)
    start, end, precision = moment
    if until := get("date_end"):
        last = _moment(until, "", order, reading.zone)
        if last.end < start:
            raise MalformedInput("incident_row.ends_before", start=date[:40], end=until[:40])
        end = max(end, last.end)
    told = get("date_precision")
    if reading.layout == "ucdp" and told in _LONG_UCDP:
        precision = "month"
    if reading.layout == "acled" and told in ("2", "3"):
        # part of the week, part of the month: the date is one of several
        half = (3 if told == "2" else 15) * _DAY_MS
        start, end, precision = max(0, start - half), end + half, "day" if told == "2" else "month"
    return {"when": {"from": start, "to": end}, "when_precision": precision}


_DAY_MS: Final = 86_400_000


@lru_cache(maxsize=4096)
def _moment(date: str, clock: str, order: Order | None, zone: int) -> Moment:
    """The same few dates stand in thousands of rows."""
    return read_moment(date, clock, order, zone)


def _place(get: Get, reading: Reading) -> dict[str, Any]:
    names = {language: text for language in ("en", "ar", "ckb") if (text := get(_PLACES[language]))}
    lat, lon, accuracy = get("lat"), get("lon"), reading.accuracy
    if lat or lon:
        place = _point(lat, lon)
    elif position := get("position"):
        place, accuracy = _position(position, accuracy)
    else:
        return _listed([*names.values(), *([name] if (name := get("place")) else [])])
    if stated := get("accuracy"):
        accuracy = max(1, round(_number("accuracy", stated)))
    elif step := get("place_precision"):
        known = UCDP_PLACE_M if reading.layout == "ucdp" else ACLED_PLACE_M
        if step not in known:
            raise MalformedInput("incident_row.value", column="place_precision", value=step[:40])
        accuracy = known[step]
    if not names and (name := get("place")):
        names = {"en" if name.isascii() else "ar": name}
    return {"lat": place[0], "lon": place[1], "accuracy": accuracy, **({"names": names} if names else {})}


def _point(lat: str, lon: str) -> tuple[int, int]:
    north, east = _number("lat", lat), _number("lon", lon)
    if abs(north) > 90 or abs(east) > 180:
        raise MalformedInput("incident_row.globe", lat=lat[:20], lon=lon[:20])
    if north == 0 and east == 0:
        raise MalformedInput("incident_row.zero")
    west, south, far, high = HOME
    if south <= east <= high and west <= north <= far and not (south <= north <= high and west <= east <= far):
        raise MalformedInput("incident_row.swapped", lat=lat[:20], lon=lon[:20])
    return round(north * E7), round(east * E7)


def _position(text: str, accuracy: int) -> tuple[tuple[int, int], int]:
    """A position in one text: MGRS, degrees, or what ODK writes (latitude, longitude, height, accuracy)."""
    parts = western_digits(text).split()
    if len(parts) in (3, 4) and all(_is_number(one) for one in parts):
        stated = float(parts[3]) if len(parts) == 4 else 0.0
        return _point(parts[0], parts[1]), max(1, round(stated)) if stated > 0 else accuracy
    found = read_coordinates(text)
    return (found.lat, found.lon), max(found.accuracy, 1)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")


def _listed(names: Sequence[str]) -> dict[str, Any]:
    """The one place of the gazetteer that is spelled like any of these names."""
    if not names:
        raise MalformedInput("incident_row.no_place")
    found = {hit.id: hit for name in names for hit in _spelled(name)}
    if len(found) > 1:
        raise MalformedInput("incident_row.place_several", name=names[0][:60], places=_called(list(found.values())))
    if not found:
        near = [hit for hit in gazetteer.search(names[0], NAMED) if hit.lat is not None]
        if near:
            raise MalformedInput("incident_row.place_near", name=names[0][:60], places=_called(near))
        raise MalformedInput("incident_row.place_unknown", name=names[0][:60])
    (hit,) = found.values()
    if hit.lat is None or hit.lon is None:
        raise MalformedInput("incident_row.place_unknown", name=names[0][:60])
    called = {one: name for one in ("en", "ar", "ckb") if (name := getattr(hit.names, one))} if hit.names else {}
    return {"lat": hit.lat, "lon": hit.lon, "accuracy": hit.accuracy, "names": called, "gazetteer": hit.id}


@lru_cache(maxsize=4096)
def _spelled(name: str) -> tuple[gazetteer.Hit, ...]:
    # what reads as a position would be its own only hit
    return tuple(hit for hit in gazetteer.search(name) if hit.score >= EXACT and hit.id)


def _called(hits: Sequence[gazetteer.Hit]) -> str:
    return ", ".join(sorted(hit.id for hit in hits))[:200]


def _number(column: str, text: str) -> float:
    if _NUMBER.fullmatch(text) and abs(value := float(text)) < LARGEST:
        return value
    plain = western_digits(text).replace("−", "-").strip().rstrip("°").strip()
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _is_number(plain) or not abs(float(plain)) < LARGEST:
        raise MalformedInput("incident_row.value", column=column, value=text[:40])
    return float(plain)


def _whole(column: str, text: str) -> int:
    plain = western_digits(text).strip()
    if plain.isascii() and plain.isdigit():
        return int(plain[:12])
    value = _number(column, text)
    # `1,200` is twelve hundred to one and one and a fifth to another
    if "," in plain or value != int(value) or value < 0:
        raise MalformedInput("incident_row.value", column=column, value=text[:40])
    return int(value)


def _count(get: Get, what: str) -> dict[str, int] | None:
    """How many, as a range: of one number both ends are it; least and most stand over the best guess."""
    likeliest, least_of, most_of = _COUNTS[what]
    best, low, high = get(likeliest), get(least_of), get(most_of)
    if not (best or low or high):
        return None
    if "-" in best.strip("-") and not low and not high:
        low, _, high = best.partition("-")
    elif not (low and high):
        low = high = best or low or high
    if not low:
        return None
    least, most = _whole(what, low), _whole(what, high)
    if most < least:
        raise MalformedInput("incident_row.value", column=what, value=f"{low}-{high}"[:40])
    return {"min": least, "max": most}


_COUNTS: Final[dict[str, tuple[Role, Role, Role]]] = {
    "killed": ("killed", "killed_min", "killed_max"),
    "wounded": ("wounded", "wounded_min", "wounded_max"),
}
