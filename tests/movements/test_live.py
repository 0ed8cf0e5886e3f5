"""Where elements show themselves: which report counts, what alarms, what ends an alarm, and who crosses a fence."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from movements.telling import HOUR, NOON, Telling, plan, square, volume
from tansiq.movements import live
from tansiq.movements.crossings import Fence, crossings
from tansiq.movements.live import live_positions
from tansiq.picture.told import Told, gather
from tansiq.records.kinds.position_report import PositionReport

MINUTE = 60_000
METRES_A_SQUARE = 914


def showing(place: int, at: int, *, size: int = 100, valid: int = 30, accuracy: int = 0) -> dict[str, Any]:
    """A report of a square in the middle of one of the squares of ground (see `telling`)."""
    lon, lat = 430_000_000 + place * 100_000 + 50_000, 350_050_000
    told = {"lat": lat, "lon": lon, "size": size, "mgrs": "38SME000000"}
    return {"status": "showing", "at": at, "square": told, "accuracy_m": accuracy, "valid_minutes": valid}


def told_of(circle: Telling, party: str | None = None) -> Told:
    """All that was told, or what a party's node holds, as live positions read it."""
    held = {ledger: len(chain) for ledger, chain in circle.ledgers.items()}
    if party is not None:
        held = dict(circle.nodes[party].held)
    return gather(circle.entries(held), circle.parties, held, {}, live.KINDS)


def fence(ref: str, place: int, size: int) -> Fence:
    """Squares of ground as a fence."""
    return Fence(ref, [(lon, lat) for lon, lat in square(place, size)])


def one(told: Told, at: int) -> live.Live:
    (found,) = live_positions(told, at)
    return found


def test_no_field_of_a_report_holds_words() -> None:
    assert set(PositionReport.__struct_fields__) == {"status", "at", "square", "accuracy_m", "valid_minutes", "origin"}


def test_a_report_inside_its_plan_is_current_then_stale_and_never_alarms() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, hours=2)))
    circle.say("joc", "position_report", showing(0, NOON + 10 * MINUTE), about=convoy)
    now = one(told_of(circle), NOON + 20 * MINUTE)
    assert (now.ref, now.state, now.alarms, now.departure) == (convoy, "current", (), None)
    later = one(told_of(circle), NOON + 40 * MINUTE)
    assert (later.state, later.alarms) == ("stale", ())


def test_leaving_its_ground_alarms_until_it_is_back_and_silence_does_not_end_it() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, hours=4)))
    report = circle.say("joc", "position_report", showing(0, NOON), about=convoy)
    for step, place in enumerate((8, 9), start=1):
        circle.say("joc", "position_report", showing(place, NOON + step * 10 * MINUTE), about=convoy, revises=report)
    off = one(told_of(circle), NOON + 21 * MINUTE)
    assert off.alarms == ("outside",)
    assert off.since == NOON + 10 * MINUTE, "the first of the fixes that are off without a break"
    assert off.departure is not None
    assert 7.9 * METRES_A_SQUARE < off.departure.outside_m < 9 * METRES_A_SQUARE
    assert off.reports == 3
    silent = one(told_of(circle), NOON + 3 * HOUR)
    assert (silent.state, silent.alarms) == ("stale", ("outside",))
    circle.say("joc", "position_report", {"status": "stopped"}, about=convoy, revises=report)
    assert one(told_of(circle), NOON + 3 * HOUR).alarms == ("outside",), "ceasing to show oneself is not being back"
    circle.say("joc", "position_report", showing(0, NOON + 3 * HOUR), about=convoy, revises=report)
    back = one(told_of(circle), NOON + 3 * HOUR)
    assert (back.state, back.alarms, back.since) == ("current", (), None)


def test_a_change_of_plan_that_holds_the_place_ends_the_alarm() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, hours=4)))
    circle.say("joc", "position_report", showing(9, NOON), about=convoy)
    assert one(told_of(circle), NOON).alarms == ("outside",)
    circle.say("joc", "activity", plan(volume(0, size=10, hours=4)), revises=convoy)
    assert one(told_of(circle), NOON).alarms == ()


def test_out_before_it_begins_out_too_long_and_out_on_a_plan_that_is_over() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, hours=2)))
    report = circle.say("joc", "position_report", showing(0, NOON - 20 * MINUTE), about=convoy)
    early = one(told_of(circle), NOON)
    assert early.alarms == ("before_start",)
    assert early.departure is not None
    assert early.departure.minutes == -20
    circle.say("joc", "position_report", showing(0, NOON + 3 * HOUR), about=convoy, revises=report)
    assert one(told_of(circle), NOON).alarms == ("after_end",)
    circle.say("joc", "activity", {"status": "ended"}, revises=convoy)
    assert (one(told_of(circle), NOON).state, one(told_of(circle), NOON).alarms) == ("over", ())
    circle.say("joc", "position_report", showing(0, NOON + HOUR), about=convoy, revises=report)
    assert one(told_of(circle), NOON).alarms == ("plan_over",)
    circle.say("joc", "position_report", {"status": "stopped"}, about=convoy, revises=report)
    assert one(told_of(circle), NOON).alarms == ()


def test_nobody_tells_where_others_are() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, hours=2)))
    circle.hear("mop", "joc")
    circle.say("mop", "position_report", showing(9, NOON), about=convoy)
    assert live_positions(told_of(circle), NOON) == []


def test_a_plan_whose_ground_was_not_told_is_compared_with_nothing() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", {"activity": "convoy", "ask": "inform", "status": "announced"})
    circle.say("joc", "position_report", showing(9, NOON), about=convoy)
    found = one(told_of(circle), NOON)
    assert (found.compared, found.alarms) == (False, ())


@given(
    st.lists(st.tuples(st.integers(-3, 12), st.integers(1, 40), st.sampled_from((100, 1000, 10_000))), max_size=12),
    st.integers(0, 12),
    st.data(),
)
def test_two_nodes_with_the_same_records_show_the_same(
    steps: list[tuple[int, int, int]], heard: int, data: st.DataObject
) -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, size=4, hours=2)))
    report, at = None, NOON - HOUR
    for place, minutes, size in steps:
        at += minutes * MINUTE
        said = circle.say("joc", "position_report", showing(place, at, size=size), about=convoy, revises=report)
        report = report or said
    circle.hear("mop", "joc", 1 + min(heard, len(steps)))
    mine = {ledger: min(size, 1 + heard) for ledger, size in circle.nodes["joc"].held.items()}
    entries = circle.entries(mine)
    shuffled = data.draw(st.permutations(entries))
    when = data.draw(st.integers(NOON - HOUR, NOON + 8 * HOUR))
    fences = [fence("joc/x", 1, 2), fence("joc/y", -2, 4)]
    here = gather(shuffled, circle.parties, mine, {}, live.KINDS)
    there = told_of(circle, "mop")
    assert live_positions(here, when) == live_positions(there, when)
    assert crossings(here, fences, when) == crossings(there, fences, when)


def test_who_enters_stays_and_leaves_is_told_and_a_coarse_square_leaves_only_when_it_is_all_out() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, size=20, hours=9)))
    ford = fence("mop/f", 2, 3)
    report = circle.say("joc", "position_report", showing(0, NOON), about=convoy)
    for place, minutes in ((3, 10), (5, 50), (9, 60)):
        fields = showing(place, NOON + minutes * MINUTE, size=1000, valid=60)
        circle.say("joc", "position_report", fields, about=convoy, revises=report)
    found = crossings(told_of(circle), [ford], NOON + 2 * HOUR)
    assert [(one.what, one.at - NOON) for one in reversed(found)] == [
        ("enters", 10 * MINUTE),
        ("dwells", 40 * MINUTE),
        ("leaves", 60 * MINUTE),
    ]
    assert {(one.fence, one.activity, one.party) for one in found} == {("mop/f", convoy, "joc")}
    assert found[0].square.size == 1000
    assert [one.what for one in crossings(told_of(circle), [ford], NOON + 39 * MINUTE)] == ["enters"]


def test_a_place_that_ran_out_stays_nowhere() -> None:
    circle = Telling("joc", "mop")
    convoy = circle.say("joc", "activity", plan(volume(0, size=20, hours=9)))
    circle.say("joc", "position_report", showing(3, NOON, valid=20), about=convoy)
    found = crossings(told_of(circle), [fence("joc/f", 2, 3)], NOON + 5 * HOUR)
    assert [one.what for one in found] == ["enters"]
