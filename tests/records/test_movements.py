"""Records of movements: what can be said in them, and what is refused before anybody reads it."""

from __future__ import annotations

from typing import Any

import pytest

from nodes import refused
from tansiq.records.kind import kind_named

RING = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000]]
PATH = [[430000000, 350000000], [430100000, 350000000]]
WINDOW = {"from": 1_700_000_000_000, "to": 1_700_003_600_000}
ROUTE = [[430000000, 350000000, 1_700_000_000_000], [430100000, 350000000, 1_700_003_600_000]]
SQUARE = {"lat": 350000000, "lon": 430000000, "size": 1000, "mgrs": "38SME0072"}
KEY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("activity", {"activity": "patrol", "ask": "joint", "volumes": [{"ring": RING, "window": WINDOW}]}),
        ("activity", {"volumes": [{"path": PATH, "width_m": 500, "window": WINDOW}], "status": "cancelled"}),
        ("activity", {"volumes": [{"route": ROUTE, "width_m": 500, "band": {"low_m": 0, "high_m": 900}}]}),
        ("activity", {"volumes": [{"ring": RING, "window": WINDOW, "repeat": {"every_minutes": 1440, "times": 7}}]}),
        ("answer", {"revision": KEY, "verdict": "conditional", "conditions": ["Not by night."]}),
        ("terms", {"version": 1, "ladder": [{"after_minutes": 30, "level": "desk"}]}),
        ("consent", {"revision": KEY, "verdict": "accepted"}),
        ("handover", {"leaves": "a third force", "interim": "nobody", "consents": ["joc", "mop"]}),
        ("entered", {"by": "joc", "at": 1_700_000_000_000}),
        ("suspension", {"scope": "movements", "status": "suspended", "reason": "Two posts were lost."}),
        ("denial", {"level": "unit", "had_heard": "no", "follow_up": "Told again."}),
        ("hotline", {"collision": "0" * 32, "text": "Call us."}),
        ("position_report", {"status": "showing", "at": 1_700_000_000_000, "square": SQUARE, "valid_minutes": 30}),
    ],
)
def test_it_can_be_said(kind: str, fields: dict[str, Any]) -> None:
    assert kind_named(kind).read(fields)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("activity", {"volumes": []}),
        ("activity", {"volumes": [{"window": WINDOW}]}),
        ("activity", {"volumes": [{"ring": RING}]}),
        ("activity", {"volumes": [{"ring": RING, "path": PATH, "width_m": 5, "window": WINDOW}]}),
        ("activity", {"volumes": [{"ring": RING, "width_m": 5, "window": WINDOW}]}),
        ("activity", {"volumes": [{"path": PATH, "window": WINDOW}]}),
        ("activity", {"volumes": [{"route": ROUTE, "width_m": 5, "window": WINDOW}]}),
        ("activity", {"volumes": [{"ring": RING, "window": WINDOW}] * 17}),
        ("activity", {"commander": "nobody"}),
        ("answer", {"verdict": "perhaps"}),
        ("answer", {"revision": "short"}),
        ("terms", {"ladder": [{"after_minutes": 30, "level": "desk"}, {"after_minutes": 30, "level": "centre"}]}),
        ("terms", {"silence": [{"ask": "joint", "after_minutes": 30, "means": "no_objection"}]}),
        ("terms", {"silence": [{"ask": "acknowledge", "after_minutes": 3, "means": "objection"}] * 2}),
        ("hotline", {"collision": "../../etc"}),
        ("position_report", {"place": {"lat": 1, "lon": 1, "accuracy": 5}}),
        ("position_report", {"note": "who is there"}),
        ("position_report", {"square": {**SQUARE, "size": 10}}),
        ("position_report", {"valid_minutes": 0}),
    ],
)
def test_it_cannot_be_said(kind: str, fields: dict[str, Any]) -> None:
    with refused("record.bad_fields"):
        kind_named(kind).read(fields)
