"""What a node works out at full hours: nothing where nothing is promised, and what turned since the hour before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nodes import enter, make_nodes, say
from tansiq.accord.days import HOUR_MS
from tansiq.desk.accord_promises import Evaluations, at_full_hour
from tansiq.node.hourly import work_out


def test_what_turned_between_two_full_hours_is_noted_once(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc = nodes["joc"]
    circle = enter(joc, nodes["mop"])
    assert work_out(joc) == 0, "nothing is promised"
    hour = joc.office.clock() // HOUR_MS * HOUR_MS + HOUR_MS
    due = hour + HOUR_MS // 2
    ref = say(joc, circle, "commitment", {"owed_by": ["joc"], "owed_to": ["joc"], "due": {"by": due}})
    before = replace(joc.office, clock=lambda: hour + 60_000)
    after = replace(joc.office, clock=lambda: hour + HOUR_MS + 60_000)
    assert at_full_hour(before, circle.id) == []
    (turned,) = at_full_hour(after, circle.id)
    assert (turned.ref, turned.before, turned.after, turned.at) == (ref, "not_yet_due", "late", hour + HOUR_MS)
    assert at_full_hour(after, circle.id) == [], "the same hour is not worked out twice"
    assert joc.office.memory.of(Evaluations).turned(circle.id) == [turned]
    for node in nodes.values():
        node.close()
