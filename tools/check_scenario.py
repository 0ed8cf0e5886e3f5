"""Checks the scenario's data: every line a valid record, every source named, every place known, nothing finer than
what is known, times in order.

`python tools/check_scenario.py [folder]` prints what is wrong, one line each, and ends with 1 where anything is.
Positions are WGS 84, degrees × 10⁷; times are Unix milliseconds; local time of the scenario is UTC+3 all year.
"""

from __future__ import annotations

import csv
import datetime
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from tansiq.demo.scenario import keys_named, resolved
from tansiq.errors import Refused
from tansiq.geo.gazetteer import place_by_id
from tansiq.geo.mgrs import SIZES
from tansiq.records.kind import kind_named

FILES: Final = ("events.jsonl", "invented.jsonl", "accord.jsonl")
ACTS: Final = ("qarachogh-without.jsonl", "qarachogh-with.jsonl")
"""Each is played by itself after the year: their keys are their own."""

WINDOW: Final = ("2020-06-01", "2021-06-30")
COMMON_KEYS: Final = {"by", "circle", "date", "at", "kind", "fields", "key", "about", "revises"}
KEYS: Final = {
    "events.jsonl": COMMON_KEYS | {"seq", "window", "voice", "date_precision", "classification", "tlp"},
    "invented.jsonl": COMMON_KEYS | {"withhold", "grid", "hour", "tell", "area"},
    "accord.jsonl": COMMON_KEYS | {"withhold", "grid", "of", "classification", "tlp"},
    **{name: COMMON_KEYS | {"of"} for name in ACTS},
}
TELL_KEYS: Final = {"by", "circle", "date", "at", "tell", "fields"}
LANGUAGE: Final = {"joc": "ar", "mop": "ckb", "coalition": "en"}
OWN_WORDS: Final = ("text", "note", "reason", "reservation", "owner", "next", "systems", "not_seen", "venue")
"""Fields that a party writes in its own language."""
SORANI_LETTERS: Final = set("ێۆەڕڵ")
LOCAL: Final = datetime.timezone(datetime.timedelta(hours=3))
BOX: Final = (410_000_000, 330_000_000, 470_000_000, 380_000_000)
"""West, south, east, north: where anything invented must lie."""
INVENTED_ACCURACY: Final = 500
"""Metres. Finer would suggest a real position."""
LINES_APART: Final = (3_000, 40_000)
"""Metres between the two invented lines: the gap must be seen, and must stay one gap."""

STAND_INS: Final[Mapping[str, str]] = defaultdict(lambda: "party/00000000-0000-4000-8000-000000000000")
"""A ref for every key, so that a line is read as the record that it becomes."""

Line = Mapping[str, Any]


@dataclass
class Scenario:
    """The folder as read, and what was found wrong."""

    folder: Path
    parties: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, tuple[str, str, Line]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def wrong(self, where: str, what: str) -> None:
        """Note one thing that is wrong."""
        self.problems.append(f"{where}: {what}")


def check(folder: Path) -> list[str]:
    """Everything that is wrong with the scenario in `folder`; an empty list where nothing is."""
    scenario = Scenario(folder)
    _check_parties(scenario)
    _check_places(scenario)
    lines = []
    for name in FILES:
        lines += list(_read(scenario, name))
    for where, line in sorted(lines, key=lambda item: clock(item[1])):
        _check_line(scenario, where, line)
    _check_lines_apart(scenario)
    for name in ACTS:
        _check_act(scenario, name)
    return scenario.problems


def _check_act(scenario: Scenario, name: str) -> None:
    """An act by itself: in order to the minute, its links its own, every word given to a record that stands."""
    act = Scenario(scenario.folder, scenario.parties, scenario.members)
    before = -1
    for where, line in _read(act, name):
        if clock(line) < before:
            act.wrong(where, "earlier than the line before it")
        before = clock(line)
        _check_line(act, where, line)
        for volume in line["fields"].get("volumes", ()):
            for lon, lat in volume.get("ring", ()):
                _check_inside(act, where, lon, lat)
    scenario.problems += act.problems


def clock(line: Line) -> int:
    """When the line is said on the exercise clock (ms): `at`, else noon UTC of `date`."""
    if "at" in line:
        return int(line["at"])
    noon = datetime.datetime.fromisoformat(f"{line['date']}T12:00:00+00:00")
    return int(noon.timestamp()) * 1000


def _check_parties(scenario: Scenario) -> None:
    for party in json.loads((scenario.folder / "parties.json").read_text(encoding="utf-8")):
        scenario.parties.append(party["id"])
        _check_names(scenario, f"parties.json {party['id']}", party["names"])
    for circle in json.loads((scenario.folder / "circles.json").read_text(encoding="utf-8")):
        where = f"circles.json {circle['id']}"
        scenario.members[circle["id"]] = circle["members"]
        _check_names(scenario, where, circle["names"])
        if circle["exercise"] is not True:
            scenario.wrong(where, "is not marked as an exercise")
        if unknown := set(circle["members"]) - set(scenario.parties):
            scenario.wrong(where, f"members that are no party: {sorted(unknown)}")


def _check_places(scenario: Scenario) -> None:
    with (scenario.folder / "places.csv").open(encoding="utf-8", newline="") as rows:
        ids = [row["id"] for row in csv.DictReader(rows)]
    if len(ids) != len(set(ids)):
        scenario.wrong("places.csv", "the same id twice")
    for place in ids:
        try:
            place_by_id(place)
        except Refused:
            scenario.wrong("places.csv", f"{place} is not in the list of the package")


def _read(scenario: Scenario, name: str) -> Iterator[tuple[str, Line]]:
    """The lines of a file with their place in it; in order of time within the file."""
    before = -1
    for number, text in enumerate((scenario.folder / name).read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{name}:{number}"
        line = json.loads(text)
        if extra := set(line) - (TELL_KEYS if "tell" in line else KEYS[name]):
            scenario.wrong(where, f"unknown keys {sorted(extra)}")
        # By day within a file of dates: a report of the night stands before those of noon, whatever their order.
        now = clock(line) // 86_400_000
        if now < before:
            scenario.wrong(where, "earlier than the line before it")
        before = now
        if (
            "at" in line
            and datetime.datetime.fromtimestamp(line["at"] / 1000, LOCAL).date().isoformat() != line["date"]
        ):
            scenario.wrong(where, "`at` is on another day than `date`")
        yield where, line


def _check_line(scenario: Scenario, where: str, line: Line) -> None:
    by, circle = line["by"], line["circle"]
    if by not in scenario.members.get(circle, ()):
        scenario.wrong(where, f"{by} is not in the circle {circle}")
    if path := _fraction(line):
        scenario.wrong(where, f"a fraction at {path}")
    for key in sorted(keys_named({"fields": line["fields"]})):
        _check_link(scenario, where, {**line, "@": key}, "@")
    if "tell" in line:
        _check_tell(scenario, where, line)
        return
    try:
        kind_named(line["kind"]).read(resolved(line["fields"], STAND_INS))
    except Refused as refusal:
        scenario.wrong(where, str(refusal))
        return
    _check_fields(scenario, where, line)
    _check_release(scenario, where, line)
    for name in ("about", "revises", "area", "of"):
        if name in line:
            _check_link(scenario, where, line, name)
    if "key" in line:
        if line["key"] in scenario.said:
            scenario.wrong(where, f"the key {line['key']} is taken")
        scenario.said[line["key"]] = (by, circle, line)


def _check_fields(scenario: Scenario, where: str, line: Line) -> None:
    fields = line["fields"]
    for name in ("title", "names", "heading", "term"):
        if name in fields:
            _check_names(scenario, where, fields[name])
    for texts in _texts(fields):
        _check_names(scenario, where, texts)
    if "place" in fields:
        _check_place(scenario, where, fields["place"], invented=fields.get("origin") == "invented")
    for lon, lat in fields["path"] if isinstance(fields.get("path"), list) else ():
        _check_inside(scenario, where, lon, lat)
    _check_language(scenario, where, line)
    if where.startswith("events"):
        _check_press(scenario, where, line)
    elif where.startswith("accord"):
        if fields.get("origin") != ("press" if fields.get("sources") else "invented"):
            scenario.wrong(where, "what has a source is of the press, what has none is invented, and says so")
    elif fields.get("origin") != "invented" or line["kind"] == "centre" or "sources" in fields:
        scenario.wrong(where, "what is invented must say so, is no centre, and has no source")


def _check_release(scenario: Scenario, where: str, line: Line) -> None:
    if missing := set(line.get("withhold", ())) - set(line["fields"]):
        scenario.wrong(where, f"withholds what is not said: {sorted(missing)}")
    if line.get("grid", 0) and line["grid"] not in SIZES:
        scenario.wrong(where, f"no grid of {line['grid']} m")


def _check_press(scenario: Scenario, where: str, line: Line) -> None:
    fields = line["fields"]
    if fields.get("origin") != "press" or not fields.get("sources"):
        scenario.wrong(where, "a press event without its source")
    if line["window"] != (WINDOW[0] <= line["date"] <= WINDOW[1]):
        scenario.wrong(where, "the window flag does not fit the date")
    if line["voice"] not in {"reported", "assigned"}:
        scenario.wrong(where, "voice is neither reported nor assigned")


def _check_tell(scenario: Scenario, where: str, line: Line) -> None:
    record = _check_link(scenario, where, line, "tell")
    if record is not None and not set(line["fields"]) <= set(record.get("withhold", ())):
        scenario.wrong(where, "tells what was not withheld")


def _check_link(scenario: Scenario, where: str, line: Line, name: str) -> Line | None:
    """The line that `name` points to: said earlier, in the same circle, and by the same party but for `about`."""
    found = scenario.said.get(line[name])
    if found is None:
        scenario.wrong(where, f"{name} {line[name]} was not said before")
        return None
    by, circle, record = found
    if circle != line["circle"]:
        scenario.wrong(where, f"{name} {line[name]} is of another circle")
    if name not in ("about", "area", "of", "@") and by != line["by"]:
        scenario.wrong(where, f"{name} {line[name]} is of another party")
    if name == "area" and record["kind"] != "area":
        scenario.wrong(where, f"{line[name]} is no area")
    return record


def _check_names(scenario: Scenario, where: str, names: Mapping[str, str]) -> None:
    if set(names) != {"en", "ar", "ckb"} or not all(names.values()):
        scenario.wrong(where, f"names are not in all three languages: {names.get('en')}")
    elif SORANI_LETTERS & set(names["ar"]):
        scenario.wrong(where, f"Sorani letters in an Arabic name: {names['ar']}")


def _texts(value: Any) -> Iterator[Mapping[str, str]]:
    """Every text in three languages in a record's fields."""
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), Mapping):
            yield value["text"]
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _check_language(scenario: Scenario, where: str, line: Line) -> None:
    fields = line["fields"]
    if "lang" in fields and fields["lang"] != LANGUAGE[line["by"]]:
        scenario.wrong(where, f"{line['by']} does not write {fields['lang']}")
    for name in OWN_WORDS:
        if isinstance(fields.get(name), str):
            _check_words(scenario, where, line, fields[name])


def _check_words(scenario: Scenario, where: str, line: Line, text: str) -> None:
    sorani = bool(SORANI_LETTERS & set(text))
    arabic_script = any("\u0600" <= sign <= "\u06ff" for sign in text)
    expected = {"ar": (False, True), "ckb": (True, True), "en": (False, False)}[LANGUAGE[line["by"]]]
    if (sorani, arabic_script) != expected:
        scenario.wrong(where, f"the text is not in the language of {line['by']}")


def _check_place(scenario: Scenario, where: str, place: Mapping[str, Any], *, invented: bool) -> None:
    if "gazetteer" in place:
        try:
            known = place_by_id(place["gazetteer"])
        except Refused as refusal:
            scenario.wrong(where, str(refusal))
            return
        if (known.lat, known.lon) != (place["lat"], place["lon"]):
            scenario.wrong(where, f"{place['gazetteer']} lies elsewhere")
        if place["accuracy"] < known.accuracy:
            scenario.wrong(where, f"{place['gazetteer']} is not known to {place['accuracy']} m")
    elif not invented:
        scenario.wrong(where, "a press event at a place that is not in the list")
    elif place["accuracy"] < INVENTED_ACCURACY:
        scenario.wrong(where, f"an invented place finer than {INVENTED_ACCURACY} m")
    _check_inside(scenario, where, place["lon"], place["lat"])


def _check_inside(scenario: Scenario, where: str, lon: int, lat: int) -> None:
    west, south, east, north = BOX
    if not (west <= lon <= east and south <= lat <= north):
        scenario.wrong(where, "outside the area of the exercise")


def _fraction(value: Any, path: str = "") -> str:
    """The path of the first number that is not whole, or nothing."""
    if isinstance(value, float):
        return path or "."
    if isinstance(value, Mapping):
        return next(filter(None, (_fraction(item, f"{path}/{name}") for name, item in value.items())), "")
    if isinstance(value, list):
        return next(filter(None, (_fraction(item, f"{path}/{at}") for at, item in enumerate(value))), "")
    return ""


def _check_lines_apart(scenario: Scenario) -> None:
    paths = [
        [(lon / 1e7, lat / 1e7) for lon, lat in line["fields"]["path"]]
        for _, _, line in scenario.said.values()
        if line["kind"] == "line"
    ]
    for one in paths:
        for other in paths:
            if one is other:
                continue
            for point in _every_kilometre(one):
                apart = min(_metres(point, near) for near in _every_kilometre(other))
                if not LINES_APART[0] <= apart <= LINES_APART[1]:
                    scenario.wrong("lines", f"{apart:.0f} m apart at {point[1]:.2f} N {point[0]:.2f} E")


def _every_kilometre(path: list[tuple[float, float]]) -> list[tuple[float, float]]:
    points = [path[0]]
    for (x0, y0), (x1, y1) in pairwise(path):
        steps = max(1, round(_metres((x0, y0), (x1, y1)) / 1_000))
        points += [(x0 + (x1 - x0) * at / steps, y0 + (y1 - y0) * at / steps) for at in range(1, steps + 1)]
    return points


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance on the plane at the latitude of the points: good to a percent over tens of kilometres."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(east, one[1] - other[1]) * 111_320


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "scenario"
    found = check(given)
    print("\n".join(found) or f"{given}: nothing wrong")
    sys.exit(1 if found else 0)
