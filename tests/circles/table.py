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
