"""The list of places that comes with the package, and how one is found in whatever way an officer writes it.

`data/places.csv` is our own compilation, with a precision for each position. A position is never better than
its precision says: a place of which only the surroundings are known has the position of those, 15 km wide.
Positions are WGS 84, degrees × 10⁷ (E7); accuracies are radii in metres.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tansiq.errors import NotFound, Refused
from tansiq.geo.coordinates import looks_like_coordinates, read_coordinates
from tansiq.geo.short_grid import full_reference, looks_short
from tansiq.geo.spelling import beginnings, fold, skeleton

ACCURACY: Final = {"town": 2_000, "approx_5km": 5_000, "approx_10km": 10_000, "approx_50km": 50_000}
"""Metres for each precision class of the list."""

AREA_ACCURACY: Final = 15_000
"""Metres where only the surroundings are known (`area_only`)."""

_Row = Mapping[str, str]
_E7: Final = 10_000_000
_LOWEST_SCORE: Final = 72
_KINDS: Final = ("city", "town", "base", "subdistrict", "mountain", "village", "point")
_LONGEST_QUERY: Final = 200


class PlaceNames(Struct, frozen=True, omit_defaults=True):
    """A name in the three languages; a missing one is not known."""

    en: str | None = None
    ar: str | None = None
    ckb: str | None = None


class Hit(Struct, frozen=True):
    """A place that was found.

    `id` is empty for a typed position; `precision` is the class of the list, `mgrs` or `degrees`; `score`
    goes from 0 to 100.
    """

    id: str
    names: PlaceNames | None
    lat: int | None
    lon: int | None
    accuracy: int
    precision: str
    kind: str
    score: int


@dataclass(frozen=True)
class _Entry:
    hit: Hit
    written: frozenset[str]
    folded: frozenset[str]


def search(query: str, limit: int = 8) -> list[Hit]:
    """The places that `query` may mean, best first; a position (MGRS or degrees) is its own only hit.

    An MGRS reference may lack its zone where the list has places around it.

    Never refuses: half a word or half a position, as a form sends it while someone types, finds what it can.
    """
    text = _in_full(query.strip()[:_LONGEST_QUERY])
    if looks_like_coordinates(text):
        try:
            return [_typed(text)][:limit]
        except Refused:
            return []
    folded = fold(text)
    if not folded:
        return []
    starts = tuple(one for one in beginnings(text) if one and len(folded) > 1)
    scored = ((_score(text, folded, starts, entry), entry.hit) for entry in _entries())
    found = [(score, hit) for score, hit in scored if score >= _LOWEST_SCORE]
    found.sort(key=lambda pair: (-pair[0], _KINDS.index(pair[1].kind), pair[1].id))
    return [replace(hit, score=score) for score, hit in found[:limit]]


def parse_place(text: str) -> Hit:
    """The one place that `text` means: a position or the best name.

    Refuses a broken position with its reason (`place.…`) and a name that is not listed (`place.unknown`).
    """
    position = _in_full(text.strip()[:_LONGEST_QUERY])
    if looks_like_coordinates(position):
        return _typed(position)
    found = search(text, 1)
    if not found:
        raise NotFound("place.unknown", text=text.strip()[:80])
    return found[0]


def place_by_id(place_id: str) -> Hit:
    """The place of the list with this id. Refuses an unknown one (`place.unknown`)."""
    for entry in _entries():
        if entry.hit.id == place_id:
            return entry.hit
    raise NotFound("place.unknown", text=place_id[:80])


def listed_places() -> Iterator[tuple[Hit, frozenset[str]]]:
    """Every place of the list with its spellings as they are written there (case folded)."""
    for entry in _entries():
        yield entry.hit, entry.written


def _in_full(text: str) -> str:
    """The text, or the whole of an MGRS reference of which it leaves out the zone."""
    return (looks_short(text) and full_reference(text, _known())) or text


@cache
def _known() -> tuple[tuple[int, int], ...]:
    hits = (entry.hit for entry in _entries())
    return tuple((hit.lat, hit.lon) for hit in hits if hit.lat is not None and hit.lon is not None)


def _typed(text: str) -> Hit:
    position = read_coordinates(text)
    return Hit("", None, position.lat, position.lon, position.accuracy, position.notation, "point", 100)


def _score(text: str, folded: str, starts: tuple[str, ...], entry: _Entry) -> int:
    """0 to 100. Equal as written, equal when folded, the beginning of the name, then likeness."""
    if text.casefold() in entry.written:
        return 100
    if folded in entry.folded:
        return 99
    from rapidfuzz import fuzz  # noqa: PLC0415 - half a hundred modules, which starting needs none of

    best = max(int(fuzz.ratio(folded, name)) for name in entry.folded)
    if starts and any(name.startswith(starts) for name in entry.folded):
        best = max(best, 85)
    bones = skeleton(folded)
    # Short skeletons (k1, tz) are alike by chance.
    others = [other for other in map(skeleton, entry.folded) if len(other) > 2] if len(bones) > 2 else []
    alike = max((fuzz.ratio(bones, other) for other in others), default=0.0)
    return min(98, max(best, int(alike * 0.9)))


@cache
def _entries() -> tuple[_Entry, ...]:
    source = files(__package__) / "data" / "places.csv"
    rows = {row["id"]: row for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())}
    return tuple(_entry(row, rows) for row in rows.values())


def _entry(row: _Row, rows: Mapping[str, _Row]) -> _Entry:
    names = PlaceNames(row["name_en"] or None, row["name_ar"] or None, row["name_ckb"] or None)
    spellings = [row["name_en"], row["name_ar"], row["name_ckb"], *row["aliases"].split(";")]
    written = frozenset(spelling.strip().casefold() for spelling in spellings if spelling.strip())
    lat, lon, accuracy = _position(row, rows)
    hit = Hit(row["id"], names, lat, lon, accuracy, row["precision"], row["kind"], 0)
    return _Entry(hit, written, frozenset(folded for folded in map(fold, written) if folded))


def _position(row: Mapping[str, str], rows: Mapping[str, Mapping[str, str]]) -> tuple[int | None, int | None, int]:
    """Position and accuracy of a row; of `area_only:<id>` those of the place named, no finer than 15 km."""
    base, _, container = row["precision"].partition(":")
    accuracy = ACCURACY.get(base, AREA_ACCURACY)
    if container:
        lat, lon, around = _position(rows[container], rows)
        return lat, lon, max(accuracy, around)
    if not row["lat"] or not row["lon"]:
        return None, None, accuracy
    return int(Decimal(row["lat"]) * _E7), int(Decimal(row["lon"]) * _E7), accuracy
