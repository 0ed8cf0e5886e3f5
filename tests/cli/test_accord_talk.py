"""Files, meetings, understandings and the chain on the command line of two nodes; a calendar out and in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nodes import add_officer, enter, make_nodes, meet, say
from tansiq.circles.circle import Circle
from tansiq.node.node import Node

from .test_cli import MALFORMED, MISSING, OK, Answer, tansiq

NOON = 1_593_680_400_000
HOUR = 3_600_000


class Sides:
    """Two nodes and their circle."""

    def __init__(self, joc: Node, mop: Node, circle: Circle) -> None:
        self.joc, self.mop, self.circle = joc, mop, circle

    def run(self, node: Node, *words: object, json_: bool = True, lang: str = "en") -> Answer:
        """A command on one of the nodes."""
        return tansiq(*words, data=node.folder.path, json_=json_, lang=lang)

    def say(self, node: Node, kind: str, fields: dict[str, Any], **how: Any) -> str:
        """Say something, and both hear it."""
        ref = say(node, self.circle, kind, fields, **how)
        meet(self.joc, self.mop)
        return ref


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    for node in nodes.values():
        add_officer(node)
    meet(*nodes.values())
    yield Sides(nodes["joc"], nodes["mop"], circle)
    for node in nodes.values():
        node.close()


def test_the_talk_is_listed_and_shown_on_both_sides_in_the_chosen_language(sides: Sides) -> None:
    budget = sides.say(sides.joc, "negotiation_file", {"names": {"en": "Budget", "ckb": "بودجە"}, "state": "open"})
    waits = {"names": {"en": "Centres"}, "state": "waiting", "waits_for": [budget], "owner": "an office"}
    centres = sides.say(sides.mop, "negotiation_file", waits)
    when = {"from": NOON, "to": NOON + HOUR}
    agenda = [{"names": {"en": "Centres"}, "file": centres}]
    meeting = sides.say(sides.mop, "meeting", {"names": {"en": "First"}, "number": 1, "when": when, "agenda": agenda})
    minutes = sides.say(
        sides.mop, "minutes", {"items": [{"text": {"en": "All said."}}], "status": "put"}, about=meeting
    )
    said = sides.run(sides.joc, "word", minutes, "accepted", "--reservation", "Not the third point.")
    assert said.code == OK, said.err
    meet(sides.joc, sides.mop)
    own = sides.run(sides.mop, "word", minutes, "accepted")
    assert own.value["code"] == "accord.own_word"
    understood = sides.say(sides.joc, "understanding", {"number": 1, "names": {"en": "Open"}}, about=meeting)
    for node in (sides.joc, sides.mop):
        found = sides.run(node, "file", "list").value
        assert [one["ref"] for one in found["files"]] == [budget, centres]
        assert sides.run(node, "meeting", "list").value[0]["state"] == "minuted"
        assert sides.run(node, "understanding", "list").value[0]["waits_for"] == ["mop"]
        assert [one["ref"] for one in sides.run(node, "chain", understood).value["steps"]] == [
            centres,
            meeting,
            understood,
        ]
    assert "waits for Budget (mop): still open" in sides.run(sides.joc, "file", "show", centres, json_=False).out
    assert "reservation: Not the third point." in sides.run(sides.mop, "meeting", "show", meeting, json_=False).out
    assert "بودجە" in sides.run(sides.mop, "file", "list", json_=False, lang="ckb").out
    assert sides.run(sides.mop, "body", "list", json_=False).out.strip() == "nothing"
    assert "کۆنووسی پەسەندکرا" in sides.run(sides.joc, "meeting", "list", json_=False, lang="ckb").out
    for words in (("file", "show", "joc/x"), ("meeting", "show", "joc/x"), ("chain", "joc/x")):
        found = sides.run(sides.joc, *words)
        assert (found.code, found.value["code"]) == (MISSING, "accord.not_here")


def test_a_calendar_is_written_looked_at_and_taken_in_once(sides: Sides, tmp_path: Path) -> None:
    when = {"from": NOON, "to": NOON + HOUR}
    meeting = sides.say(sides.mop, "meeting", {"names": {"en": "First", "ar": "الأول"}, "when": when})
    path = tmp_path / "one.ics"
    assert sides.run(sides.joc, "meeting", "ics", meeting, "--out", path, lang="ar").code == OK
    assert "الأول" in path.read_text(encoding="utf-8")
    assert sides.run(sides.joc, "meeting", "ics", json_=False).out.count("BEGIN:VEVENT") == 1
    again = sides.run(sides.mop, "meeting", "import", path, lang="ar").value
    assert (again["offered"][0]["changes"], again["refs"]) == ([], [])
    text = path.read_text(encoding="utf-8").replace("20200702T120000", "20200702T110000")
    path.write_bytes(text.encode())
    seen = sides.run(sides.joc, "meeting", "import", path, "--preview").value
    assert (seen["offered"][0]["changes"], seen["refs"]) == (["when"], [])
    assert sides.run(sides.joc, "meeting", "import", path, json_=False).out.count("said: ") == 1
    meet(sides.joc, sides.mop)
    (shown,) = sides.run(sides.mop, "meeting", "list").value
    assert [side["party"] for side in shown["sides"]] == ["mop", "joc"], "a side says beside it when it sees it"
    assert shown["differ"]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1@x", "SUMMARY:Visit"]
    lines += ["DTSTART:20200710T090000Z", "DESCRIPTION:Ask the colonel", "END:VEVENT", "END:VCALENDAR", ""]
    path.write_bytes("\r\n".join(lines).encode())
    assert "left out" in sides.run(sides.joc, "meeting", "import", path, "--preview", json_=False).out
    (told,) = sides.run(sides.joc, "meeting", "import", path).value["refs"]
    shown = sides.run(sides.joc, "show", told["ref"], "--circle", sides.circle.id)
    assert "colonel" not in shown.out, "who may be named in a description is not told with it"
    path.write_bytes("\r\n".join(lines).replace("UID:1@x", "UID:2@x").encode())
    (told,) = sides.run(sides.joc, "meeting", "import", path, "--described").value["refs"]
    assert "colonel" in sides.run(sides.joc, "show", told["ref"], "--circle", sides.circle.id).out
    path.write_bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    bad = sides.run(sides.joc, "meeting", "import", path)
    assert (bad.code, json.loads(bad.out)["code"]) == (MALFORMED, "calendar.empty")
