"""Two parties and a facilitator whose clocks the tests move: a day of a circle that is reported on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nodes import add_officer, enter, make_nodes, meet, say
from tansiq.circles.circle import Circle
from tansiq.node.node import Node

HOUR = 3_600_000
DAY = 24 * HOUR


def at(text: str) -> int:
    """Local time of Baghdad and Erbil as milliseconds: `2026-03-02 19:30`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000) - 3 * HOUR


@dataclass
class Table:
    """The nodes, their circle, and the time that all their clocks show."""

    nodes: dict[str, Node]
    circle: Circle
    now: int
    refs: dict[str, str] = field(default_factory=dict)

    def say(self, party: str, when: str, kind: str, fields: dict[str, Any], **how: Any) -> str:
        """Said by a party at a local time."""
        self.now = at(when)
        return say(self.nodes[party], self.circle, kind, fields, **how)

    def meet(self) -> None:
        """Everybody hears everybody."""
        meet(*self.nodes.values())


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """A day with incidents that both tell, held back places, a plan that is not answered, and commitments."""
    yield from tables(tmp_path_factory.mktemp("reports"))


def tables(home: Path) -> Iterator[Table]:
    """Fresh nodes with that day told."""
    made = make_nodes(home, "joc", "mop")
    for node in made.values():
        node.close()
    table = Table({}, None, at("2026-03-01 08:00"))  # type: ignore[arg-type]  # filled in below
    for party, node in made.items():
        table.nodes[party] = Node(node.folder, lambda: table.now)
    joc, mop = table.nodes.values()
    for node in (joc, mop):
        add_officer(node)
    table.circle = enter(joc, mop)
    _tell(table)
    yield table
    for node in table.nodes.values():
        node.close()


def _tell(table: Table) -> None:
    kirkuk = {"lat": 354_681_000, "lon": 443_922_000, "accuracy": 2000}
    refs = table.refs
    refs["before"] = table.say("joc", "2026-03-01 10:00", "incident", {"category": "shooting", "place": kirkuk})
    refs["one"] = table.say(
        "joc",
        "2026-03-02 09:00",
        "incident",
        {
            "category": "explosion",
            "title": {"en": "Explosion at a bridge", "ar": "انفجار عند جسر", "ckb": "تەقینەوە لە پردێک"},
            "place": kirkuk,
            "killed": {"min": 2, "max": 3},
            "text": "WITHHELDTEXT stays here",
        },
        withhold=["text"],
    )
    table.meet()
    refs["same"] = table.say(
        "mop",
        "2026-03-02 09:30",
        "incident",
        {"category": "explosion", "killed": {"min": 3, "max": 4}, "place": kirkuk},
        about=refs["one"],
    )
    refs["hostile"] = table.say(
        "mop",
        "2026-03-02 10:00",
        "incident",
        {"category": "other", "title": {"en": '<script>alert(1)</script> #import "x" \u202e' + "w" * 150}},
    )
    refs["log"] = table.say(
        "joc", "2026-03-02 11:00", "log", {"category": "decision", "title": {"en": "Agreed by phone"}}
    )
    ring = [[443_900_000, 354_600_000], [443_950_000, 354_600_000], [443_950_000, 354_650_000]]
    refs["plan"] = table.say(
        "joc",
        "2026-03-02 12:00",
        "activity",
        {
            "names": {"en": "Night patrol"},
            "activity": "patrol",
            "ask": "no_objection",
            "status": "announced",
            "asks": ["mop"],
            "volumes": [{"ring": ring, "window": {"from": at("2026-03-02 22:00"), "to": at("2026-03-03 02:00")}}],
        },
    )
    refs["denial"] = table.say("mop", "2026-03-02 15:00", "denial", {"level": "brigade", "reason": "no order had come"})
    refs["centre"] = table.say(
        "joc",
        "2026-03-02 16:00",
        "centre",
        {
            "names": {"en": "Centre of Kirkuk", "ar": "مركز كركوك", "ckb": "سەنتەری کەرکووک"},
            "place": kirkuk,
            "state": "active",
        },
    )
    refs["promise"] = table.say(
        "joc",
        "2026-03-02 17:00",
        "commitment",
        {
            "number": "C1",
            "names": {"en": "Open the road", "ar": "فتح الطريق", "ckb": "کردنەوەی ڕێگاکە"},
            "owed_by": ["joc"],
            "owed_to": ["mop"],
            "check": "other_side",
            "due": {"by": at("2026-03-02 18:00")},
        },
    )
    table.meet()
    promised = refs["promise"].partition("/")[2]
    table.say(
        "mop", "2026-03-02 17:10", "consent", {"revision": promised, "verdict": "accepted"}, about=refs["promise"]
    )
    refs["self"] = table.say(
        "joc",
        "2026-03-02 18:30",
        "assessment",
        {"word": "kept", "reading": 3, "reason": "the road is open"},
        about=refs["promise"],
    )
    refs["other"] = table.say(
        "mop",
        "2026-03-02 18:40",
        "assessment",
        {"word": "disputed", "reading": 1, "reason": "one lane only"},
        about=refs["promise"],
    )
    refs["late"] = table.say(
        "mop", "2026-03-02 20:00", "incident", {"category": "fire", "title": {"en": "AFTERCUTOFF"}}
    )
    table.meet()
    table.now = at("2026-03-03 08:00")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Table]:
    """The same for a test that says something."""
    yield from tables(tmp_path)
