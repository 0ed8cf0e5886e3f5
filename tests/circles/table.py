"""Who sits at the table, and something to say of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tansiq.circles.circle import Circle
from tansiq.node.node import Node

HOUR = 3_600_000
WHEN = 1_606_150_000_000
PLACE: dict[str, Any] = {
    "lat": 357_724_312,
    "lon": 435_838_921,
    "accuracy": 50,
    "names": {"en": "Makhmour"},
    "gazetteer": "makhmur",
}
CELL = {"lat": 357_700_000, "lon": 435_800_000, "size": 10_000, "mgrs": "38SLE76"}
NAMES = {"en": "North gate", "ar": "البوابة الشمالية", "ckb": "دەروازەی باکوور"}
INTERVAL = {"from": WHEN, "to": WHEN + 90_000}
SOURCES = ["https://example.org/report"]
PATH = [[435_838_921, 357_724_312], [435_900_000, 357_800_000], [436_000_000, 357_900_000]]

KEY = "00000000-0000-7000-8000-000000000000"
NIGHTS = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 1080, "to": 360}], "offset": 180}
EVERYTHING: Mapping[str, Mapping[str, Any]] = {
    "incident": {
        "category": "shooting",
        "title": NAMES,
        "place": PLACE,
        "place_coarse": CELL,
        "when": INTERVAL,
        "when_coarse": {"from": WHEN - HOUR, "to": WHEN + HOUR},
        "when_precision": "minute",
        "how_known": "seen",
        "source_grade": "B",
        "info_grade": 2,
        "killed": {"min": 0, "max": 2},
        "wounded": {"min": 1, "max": 1},
        "over": False,
        "ask": "Who was there?",
        "text": "Shots from the east.",
        "lang": "en",
        "sources": SOURCES,
        "origin": "invented",
    },
    "log": {
        "category": "meeting",
        "title": NAMES,
        "text": "اجتماع قصير",
        "lang": "ar",
        "place": PLACE,
        "place_coarse": CELL,
        "when": INTERVAL,
        "when_coarse": {"from": WHEN, "to": None},
        "when_precision": "day",
        "means": "radio",
        "said_by": "desk 1",
        "said_to": "desk 2",
        "actors": ["brigade", "police"],
        "grade": "B2",
        "sources": SOURCES,
        "origin": "press",
    },
    "message": {"to": ["mop"], "text": "کۆبوونەوە", "lang": "ckb", "urgent": True, "origin": "invented"},
    "area": {"names": NAMES, "ring": PATH, "purpose": "joint_interest", "note": "n", "origin": "invented"},
    "line": {
        "names": NAMES,
        "path": PATH,
        "status": "held",
        "since": WHEN,
        "note": "n",
        "origin": "invented",
    },
    "post": {
        "names": NAMES,
        "place": PLACE,
        "place_coarse": CELL,
        "post_type": "checkpoint",
        "status": "manned",
        "since": WHEN,
        "height_m": 6,
        "range_day_m": 5000,
        "range_night_m": 1500,
        "hours": NIGHTS,
        "note": "n",
        "origin": "invented",
    },
    "centre": {
        "names": NAMES,
        "place": PLACE,
        "state": "active",
        "since": WHEN,
        "since_precision": "day",
        "reason": "r",
        "text": "t",
        "lang": "en",
        "sources": SOURCES,
        "origin": "press",
    },
    "patrol": {
        "names": NAMES,
        "path": PATH,
        "width_m": 600,
        "hours": NIGHTS,
        "mobility": "car",
        "status": "running",
        "since": WHEN,
        "note": "n",
        "origin": "invented",
    },
    "base": {
        "names": NAMES,
        "place": PLACE,
        "place_coarse": CELL,
        "mobility": ["car", "offroad"],
        "ready": [{"hours": NIGHTS, "minutes": 10}],
        "status": "at_work",
        "since": WHEN,
        "note": "n",
        "origin": "invented",
    },
    "arrangement": {
        "names": NAMES,
        "area": "joc/a",
        "ways": [{"seen": True, "reached_minutes": 30}, {"patrolled_hours": 6}],
        "parties": ["joc", "mop"],
        "daylight": {"from": 360, "to": 1080},
        "status": "agreed",
        "since": WHEN,
        "note": "n",
        "origin": "invented",
    },
    "coverage": {
        "names": NAMES,
        "area": "joc/a",
        "frame": {"epsg": 32638, "x0": 300_000, "y0": 3_900_000, "cell": 250, "rows": 2, "cols": 3},
        "layers": [{"hours": NIGHTS, "runs": [1, 2, 3]}],
        "based_on": ["posts", "bases"],
        "engine": "tansiq-gaps/1",
        "since": WHEN,
        "note": "n",
        "origin": "invented",
    },
    "proposal": {
        "names": NAMES,
        "area": "joc/a",
        "moved": [{"ref": "joc/p", "lat": 355_000_000, "lon": 441_000_000}],
        "added": [
            {
                "party": "mop",
                "lat": 356_000_000,
                "lon": 442_000_000,
                "height_m": 6,
                "range_day_m": 5000,
                "range_night_m": 1500,
                "hours": NIGHTS,
            }
        ],
        "removed": ["mop/q"],
        "retimed": [{"ref": "joc/r", "hours": NIGHTS}],
        "reranged": [{"ref": "joc/p", "range_day_m": 6000, "range_night_m": 2000}],
        "closed": ["bridge 3"],
        "patrols": [{"party": "joc", "path": PATH, "width_m": 800, "hours": NIGHTS}],
        "answer_before": "0" * 64,
        "answer_after": "f" * 64,
        "status": "put",
        "since": WHEN,
        "note": "n",
        "origin": "invented",
    },
    "activity": {
        "names": NAMES,
        "activity": "convoy",
        "ask": "no_objection",
        "status": "announced",
        "volumes": [
            {"path": PATH, "width_m": 500, "window": INTERVAL, "band": {"low_m": 0, "high_m": 900}},
            {"ring": PATH, "window": INTERVAL, "repeat": {"every_minutes": 1440, "times": 3}},
        ],
        "asks": ["coalition"],
        "together": ["mop"],
        "knows": ["mop/q"],
        "reason": "r",
        "note": "n",
        "lang": "en",
        "origin": "invented",
    },
    "answer": {
        "revision": KEY,
        "verdict": "conditional",
        "conditions": ["Not before dawn."],
        "reason": "r",
        "unknown": ["joc/a"],
        "lang": "en",
        "origin": "invented",
    },
    "terms": {
        "names": NAMES,
        "version": 1,
        "parties": ["joc", "mop"],
        "lead": [{"minutes": 1440, "activity": "handover", "area": "joc/a"}],
        "answer": [{"minutes": 60, "ask": "joint"}],
        "ladder": [{"after_minutes": 60, "level": "desk"}],
        "silence": [{"ask": "acknowledge", "after_minutes": 60, "means": "objection"}],
        "buffers": {"distance_m": 1000, "minutes": 30, "height_m": 150},
        "status": "proposed",
        "since": WHEN,
        "note": "n",
        "lang": "en",
        "origin": "invented",
    },
    "consent": {"revision": KEY, "verdict": "accepted", "reason": "r", "lang": "en", "origin": "invented"},
    "handover": {
        "names": NAMES,
        "post": "joc/p",
        "place": PLACE,
        "place_coarse": CELL,
        "leaves": "a third force",
        "leaves_at": WHEN,
        "successor": "joint",
        "interim": "nobody",
        "consents": ["joc", "mop"],
        "status": "proposed",
        "done_at": WHEN,
        "note": "n",
        "lang": "en",
        "origin": "invented",
    },
    "position_report": {
        "status": "showing",
        "at": WHEN,
        "square": {**CELL, "size": 1000, "mgrs": "38SLE7654"},
        "accuracy_m": 20,
        "valid_minutes": 30,
        "origin": "invented",
    },
    "entered": {"by": "joc", "at": WHEN, "note": "n", "lang": "en", "origin": "invented"},
    "suspension": {
        "scope": "movements",
        "status": "suspended",
        "since": WHEN,
        "review_at": WHEN,
        "reason": "r",
        "follow_up": "f",
        "lang": "en",
        "origin": "invented",
    },
    "denial": {
        "by": "a post",
        "level": "post",
        "had_heard": "no",
        "place": PLACE,
        "place_coarse": CELL,
        "when": INTERVAL,
        "when_coarse": {"from": WHEN - HOUR, "to": WHEN + HOUR},
        "reason": "r",
        "status": "open",
        "follow_up": "f",
        "follow_up_at": WHEN,
        "lang": "en",
        "origin": "invented",
    },
    "hotline": {"collision": "0" * 32, "text": "t", "urgent": True, "lang": "en", "origin": "invented"},
}
"""Every field of every kind that a person says."""


@dataclass(frozen=True)
class Table:
    """Who speaks, who listens, who is in no circle, and where."""

    joc: Node
    mop: Node
    coalition: Node
    circle: Circle
    exercise: Circle
    area: str
    """Told in the circle: what is said of an area is said of this one."""

    def about_area(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields with the area that is told in place of the one that stands in `EVERYTHING`."""
        return {name: self.area if name == "area" else value for name, value in fields.items()}
