"""A list is signed off once every side has one and calls every point of all lists ready or not needed."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.readiness import open_when_opened, readiness

from .centre_telling import MIDNIGHT, SIDES, Speaking


def point(key: str, state: str = "open", **more: Any) -> dict[str, Any]:
    """One point of a list."""
    return {"key": key, "names": {"en": key}, "state": state, **more}


def test_a_point_waits_for_whom_it_waits_until_every_side_calls_it_ready() -> None:
    circle = Speaking()
    centre = circle.centre()
    mine = circle.say(
        "joc", "readiness", {"points": [point("power", "ready"), point("radio", due=MIDNIGHT)]}, about=centre
    )
    ready = readiness(circle.told(), SIDES, circle.look(centre)[1], MIDNIGHT + 1)
    assert [(row.key, row.waits_for, row.late) for row in ready.rows] == [
        ("power", ("mop",), False),
        ("radio", ("joc", "mop"), True),
    ]
    assert (ready.signed_off, ready.open) == (False, ("power", "radio"))
    theirs = circle.say("mop", "centre", {"state": "preparing"}, about=centre)
    circle.say("mop", "readiness", {"points": [point("power", "ready"), point("radio", "not_needed")]}, about=theirs)
    circle.say("joc", "readiness", {"points": [point("power", "ready"), point("radio", "ready")]}, revises=mine)
    ready = readiness(circle.told(), SIDES, circle.look(centre)[1], MIDNIGHT + 1)
    assert (ready.signed_off, ready.open) == (True, ())
    assert [(one.party, one.done, one.of) for one in ready.lists] == [("joc", 2, 2), ("mop", 2, 2)]
    circle.say("joc", "readiness", {"points": [point("power"), point("radio", "ready")]}, revises=mine)
    ready = readiness(circle.told(), SIDES, circle.look(centre)[1], MIDNIGHT + 1)
    assert ready.open == ("power",), "what is taken back is open again"


def test_points_that_were_open_when_it_was_opened_stay_said_of_the_statement() -> None:
    circle = Speaking()
    centre = circle.centre(state="preparing")
    mine = circle.say("joc", "readiness", {"points": [point("power"), point("radio", "ready")]}, about=centre)
    opened = circle.say("joc", "centre", {"state": "active"}, revises=centre)
    circle.say("joc", "readiness", {"points": [point("power", "ready"), point("radio", "ready")]}, revises=mine)
    circle.say("mop", "readiness", {"points": [point("power", "ready"), point("radio", "ready")]}, about=centre)
    circle.say("mop", "centre", {"state": "active"}, about=centre)
    told, found = circle.look(centre)
    assert readiness(told, SIDES, found, MIDNIGHT).signed_off
    assert open_when_opened(told, SIDES, found) == {opened: ("power", "radio")}


def test_no_list_signs_nothing_off() -> None:
    circle = Speaking()
    centre = circle.centre()
    ready = readiness(circle.told(), SIDES, circle.look(centre)[1], MIDNIGHT)
    assert (ready.rows, ready.signed_off) == ((), False)


states = st.sampled_from(("open", "ready", "not_needed"))
lists = st.dictionaries(st.sampled_from("abcd"), states, min_size=1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SIDES), lists), max_size=6))
def test_signed_off_is_what_one_counts_by_hand(said: list[tuple[str, dict[str, str]]]) -> None:
    circle = Speaking()
    centre = circle.centre()
    last: dict[str, dict[str, str]] = {}
    for party, points in said:
        circle.say(party, "readiness", {"points": [point(key, state) for key, state in points.items()]}, about=centre)
        last[party] = points
    ready = readiness(circle.told(), SIDES, circle.look(centre)[1], MIDNIGHT)
    keys = {key for points in last.values() for key in points}
    open_keys = {
        key for key in keys if any(last.get(side, {}).get(key) not in ("ready", "not_needed") for side in SIDES)
    }
    assert set(ready.open) == open_keys
    assert ready.signed_off is (set(last) == set(SIDES) and not open_keys)
