"""Travel times as an interval, the condition that the rule uses, and incidents by the effort of looking."""

from __future__ import annotations

from msgspec.structs import replace

from tansiq.gaps import bits
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Gap, as_json
from tansiq.gaps.inputs import Event
from tansiq.gaps.layers import Layers
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, DAY, at, base, ground, post, world

WEEK = 7 * 86_400_000
NOW = 1_600_000_000_000


def test_help_is_there_sooner_on_fast_ground_and_later_on_wet() -> None:
    inputs = world(base("joc", "k", 30, 30), post("mop", "a", 10, 10), ways=(Way(seen=True),))
    layers = ground(inputs, relief=5.0)
    plain = analyse(inputs, layers, COARSE)
    assert all(near.times is None for gap in plain.gaps for near in gap.nearest.values())
    asked = analyse(inputs, layers, replace(COARSE, interval=True))
    times = [gap.nearest["joc"].times for gap in asked.gaps]
    assert times
    for one in times:
        assert one is not None
        fast, usual, wet = (one[condition] for condition in ("fast", "nominal", "wet"))
        assert fast is not None
        assert usual is not None
        assert fast < usual
        assert wet is None or usual < wet
    assert [gap.nearest["joc"].seconds for gap in asked.gaps] == [one and one["nominal"] for one in times]
    assert all(gap.nearest["mop"].times == dict.fromkeys(("fast", "nominal", "wet")) for gap in asked.gaps)


def test_the_rule_holds_under_the_condition_that_is_asked_for() -> None:
    inputs = world(base("joc", "k", 30, 30), ways=(Way(reached_minutes=15),))
    answers = [analyse(inputs, Layers(), replace(COARSE, condition=one)) for one in ("fast", "nominal", "wet")]
    reached = [bits.count(one.cover.covered[0, 0]) for one in answers]
    assert reached[0] > reached[1] > reached[2] > 0
    assert len({one.question() for one in answers}) == 3


def _event(name: str, east: int, north: int, *, found: bool) -> Event:
    return Event(f"joc/{name}", ("joc",), at(east, north), 100, NOW - WEEK, found)


def test_what_was_found_is_divided_by_the_hours_of_watching_and_has_no_rate_where_nobody_watched() -> None:
    # watched by day alone, so that the disc is a gap by night, and the ground around it always
    inputs = world(
        post("joc", "a", 20, 20, day=1500, night=1500, hours=DAY),
        ways=(Way(seen=True),),
        events=(_event("i", 20, 20, found=True), _event("j", 50, 50, found=True), _event("k", 20, 21, found=False)),
        at=NOW,
        parties=("joc",),
    )
    gaps: dict[str, Gap] = {gap.opening.band: gap for gap in analyse(inputs, Layers(), COARSE).gaps}
    half, always = gaps["half"].incidents, gaps["constant"].incidents
    assert (half.found, always.found) == (1, 1)
    assert half.found_rate is not None
    assert half.watched > 0
    assert half.found_rate.low < half.found_rate.mean < half.found_rate.high
    assert always.found_rate is None
    assert always.watched == 0.0
    # watched half of the time: one found there tells of twice as many as it would on ground that is always watched
    assert half.watched == round(gaps["half"].opening.cells * 0.01 * 84, 2)


def test_the_open_ground_of_the_week_before_is_told_hour_by_hour() -> None:
    before = world(post("joc", "a", 20, 20, hours=DAY), ways=(Way(seen=True),), parties=("joc",))
    now = world(post("joc", "a", 20, 20), ways=(Way(seen=True),), parties=("joc",))
    answer = analyse(now, Layers(), COARSE, before=before)
    body = as_json(answer, Layers())
    opened = [body["hours"][kind]["open_km2"] for kind in body["classes"]]
    assert body["week_before"][12] == opened[12]
    assert body["week_before"][0] > opened[0]
    assert as_json(analyse(now, Layers(), COARSE), Layers())["week_before"] is None
