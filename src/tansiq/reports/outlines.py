"""Outlines, rivers and towns under the maps of reports: those of the node's own base map, made with the web app.

Outlines are those of the data source; showing one takes no position on any boundary.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from tansiq.errors import Unavailable

Line = list[tuple[float, float]]
FALL_BACK: Final = ("en", "ar", "ckb")


class Town(Struct, frozen=True):
    """A place by name: degrees, how important (1: always shown)."""

    lon: float
    lat: float
    rank: int
    names: dict[str, str]

    def name(self, language: str) -> str:
        """Its name in a language, else in the first that is known."""
        return next((self.names[one] for one in (language, *FALL_BACK) if one in self.names), "")


class Outlines(Struct, frozen=True):
    """Lines in degrees."""

    borders: list[Line]
    rivers: list[Line]
    towns: list[Town]
    notice: dict[str, str] = {}

    def towns_within(self, box: tuple[float, float, float, float], most: int) -> list[Town]:
        """The most important towns within west, south, east, north."""
        west, south, east, north = box
        found = [one for one in self.towns if west < one.lon < east and south < one.lat < north]
        return sorted(found, key=lambda one: one.rank)[:most]


NO_OUTLINES: Final = Outlines([], [], [])


@cache
def read_outlines(folder: Path) -> Outlines:
    """The base map in a folder; nothing where the node has none. Refused: one that cannot be read (`report.no_map`)."""
    if not (folder / "borders.geojson").exists():
        return NO_OUTLINES
    try:
        towns = [
            Town(
                float(one["geometry"]["coordinates"][0]),
                float(one["geometry"]["coordinates"][1]),
                int(one["properties"].get("rank", 5)),
                {
                    lang: one["properties"][f"names_{lang}"]
                    for lang in FALL_BACK
                    if one["properties"].get(f"names_{lang}")
                },
            )
            for one in _features(folder / "places.geojson")
        ]
        notice = json.loads((folder / "sources.json").read_text(encoding="utf-8")).get("notice", {})
        return Outlines(_lines(folder / "borders.geojson"), _lines(folder / "rivers.geojson"), towns, dict(notice))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise Unavailable("report.no_map") from error


def _features(path: Path) -> list[Any]:
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    return list(found)


def _lines(path: Path) -> list[Line]:
    return [
        [(float(point[0]), float(point[1])) for point in line]
        for feature in _features(path)
        for line in feature["geometry"]["coordinates"]
        if len(line) > 1
    ]
