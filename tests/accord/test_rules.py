"""Each rule over the picture against a slow plain oracle; what is not known never counts, more is never worse."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from tansiq.accord.finding import Finding
from tansiq.accord.measures import AreaPresence, AskedPlan
from tansiq.accord.rule_access import inside
from tansiq.accord.rules import finding
from tansiq.accord.seats import Seats
from tansiq.records.kinds.commitment import (
    AccessGranted,
    AnsweredWithin,
    AreaCovered,
    CentreOpened,
    CentreStaffed,
    HoursAWeek,
    ReportEvery,
    Rule,
)
from tansiq.records.values import Ref

from .promising import DAY, HOUR, MIDNIGHT, SEATS, Measured, Table, cover

AREA = Ref("joc/a")
MINUTE = 60_000
DIGEST = "0" * 64
ZONE = datetime.timezone(datetime.timedelta(hours=3))


def ruled(rule: Rule, table: Table, at: int, *, since: int = 0, by: tuple[str, ...] = ("mop",)) -> Finding:
    """What a rule comes to."""
    return finding(rule, by, SEATS, since, at, table.told(), table.measures)


CELLS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=168, max_size=168)


def covered_hours(week: list[tuple[int, int]], share: int, *, hoped: bool) -> int:
    """Of the worst day, hour by hour with fractions."""
    days = [week[day * 24 : day * 24 + 24] for day in range(7)]
    enough = Fraction(share, 100)
    return min(
        sum(Fraction(min(10, sure + (more if hoped else 0)), 10) >= enough for sure, more in day) for day in days
    )


@settings(max_examples=40, deadline=None)
@given(CELLS, st.integers(1, 100), st.integers(1, 24))
def test_area_covered_is_what_counting_hour_by_hour_says(week: list[tuple[int, int]], share: int, hours: int) -> None:
    week = [(sure, min(more, 10 - sure)) for sure, more in week]
    measures = Measured({("joc/a", None): cover([one for one, _ in week], [one for _, one in week], 10)})
    found = finding(AreaCovered(AREA, share, hours), ("mop",), SEATS, 0, 0, Table().told(), measures)
    sure, hoped = (covered_hours(week, share, hoped=one) for one in (False, True))
    assert (found.reached, found.reached + found.unknown) == (sure, hoped)
    expected = "met" if sure >= hours else "not_met" if hoped < hours else "cannot_be_measured_yet"
    assert found.outcome == expected


@settings(max_examples=40, deadline=None)
@given(CELLS, st.integers(1, 100), st.integers(1, 24), st.integers(0, 167), st.booleans())
def test_more_cover_is_never_worse_and_unknown_never_counts(
    week: list[tuple[int, int]], share: int, hours: int, hour: int, seen: bool
) -> None:
    week = [(sure, min(more, 10 - sure)) for sure, more in week]
    rank = {"not_met": 0, "cannot_be_measured_yet": 1, "met": 2}
    rule = AreaCovered(AREA, share, hours)

    def outcome(cells: list[tuple[int, int]]) -> Finding:
        measures = Measured({("joc/a", None): cover([one for one, _ in cells], [one for _, one in cells], 10)})
        return finding(rule, ("mop",), SEATS, 0, 0, Table().told(), measures)

    before = outcome(week)
    sure, more = week[hour]
    better = [*week[:hour], (min(10, sure + 1), min(more, 10 - min(10, sure + 1))), *week[hour + 1 :]]
    after = outcome(better)
    assert after.reached >= before.reached
    assert rank[after.outcome] >= rank[before.outcome] or seen is None
    doubted = outcome([(one, 10 - one) for one, _ in week])
    assert doubted.reached == before.reached
    assert (doubted.outcome == "met") == (before.outcome == "met")


@given(st.lists(st.sampled_from("01"), min_size=168, max_size=168), st.integers(1, 168), st.booleans())
def test_hours_a_week_counts_hours(hours: list[str], needed: int, vague: bool) -> None:
    text = "".join(hours)
    unknown = "".join("1" if vague and one == "0" else "0" for one in hours)
    measures = Measured(presences={("joc/a", None): AreaPresence(text, unknown, (), (), "")})
    found = finding(HoursAWeek(AREA, needed), ("mop",), SEATS, 0, 0, Table().told(), measures)
    there = sum(one == "1" for one in hours)
    wanted = "met" if there >= needed else "cannot_be_measured_yet" if vague else "not_met"
    assert (found.reached, found.outcome) == (there, wanted)


PLANS = st.lists(
    st.tuples(
        st.integers(0, 40 * 24),
        st.none() | st.integers(0, 300),
        st.none() | st.integers(0, 300),
        st.sampled_from(["mop", "joc"]),
    ),
    max_size=30,
)


@given(PLANS, st.integers(1, 240), st.integers(1, 100), st.integers(1, 40))
def test_answered_within_is_what_looking_at_every_plan_says(
    plans: list[tuple[int, int | None, int | None, str]], minutes: int, share: int, days: int
) -> None:
    at = MIDNIGHT + 40 * DAY
    table = Table()
    table.measures.plans = tuple(
        AskedPlan(
            f"joc/{number}",
            party,
            MIDNIGHT + asked * HOUR,
            None if answered is None else MIDNIGHT + asked * HOUR + answered * MINUTE,
            None if over is None else MIDNIGHT + asked * HOUR + over * MINUTE,
            (f"joc/{number}",),
        )
        for number, (asked, answered, over, party) in enumerate(plans)
    )
    found = ruled(AnsweredWithin(minutes, share, days), table, at)
    good, all_ = 0, 0
    for asked, answered, over, party in plans:
        when = MIDNIGHT + asked * HOUR
        if party != "mop" or when < at - days * DAY:
            continue
        if answered is not None:
            all_ += 1
            good += answered <= minutes
        elif when + minutes * MINUTE < at and (over is None or over > minutes):
            all_ += 1
    if all_ == 0:
        assert found.outcome == "cannot_be_measured_yet"
        return
    assert (found.reached, found.of) == (good, all_)
    assert (found.outcome == "met") == (Fraction(good, all_) >= Fraction(share, 100))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20 * 24), st.booleans()), max_size=12),
    st.none() | st.integers(1, 7),
    st.integers(0, 1439),
    st.integers(1, 20),
)
def test_report_every_is_what_walking_the_calendar_says(
    said: list[tuple[int, bool]], weekday: int | None, minute: int, days: int
) -> None:
    table = Table()
    for hours, right in sorted(said):
        kind = "situation" if right else "weekly"
        table.say("mop", "report", {"report": kind, "digest": DIGEST}, at=MIDNIGHT + hours * HOUR)
    at = MIDNIGHT + 20 * DAY + 5 * HOUR
    rule = ReportEvery("situation", minute, weekday, days=days)
    found = ruled(rule, table, at)
    cutoffs = []
    day = datetime.datetime.fromtimestamp(MIDNIGHT / 1000, ZONE) - datetime.timedelta(days=2)
    while day.timestamp() * 1000 <= at:
        cutoff = int(day.timestamp() * 1000) + minute * MINUTE
        if (weekday is None or day.isoweekday() == weekday) and at - days * DAY < cutoff <= at:
            cutoffs.append(cutoff)
        day += datetime.timedelta(days=1)
    step = DAY if weekday is None else 7 * DAY
    times = [MIDNIGHT + hours * HOUR for hours, right in said if right]
    there = {cutoff for cutoff in cutoffs if any(cutoff - step < when <= cutoff for when in times)}
    good, cutoffs = len(there), [one for one in cutoffs if one in there or one + HOUR <= at]
    if not cutoffs:
        assert found.outcome == "cannot_be_measured_yet"
        return
    assert (found.reached, found.of) == (good, len(cutoffs))
    assert len([one for one in found.missing if one.startswith("report:mop")]) == len(cutoffs) - good
    assert (found.outcome == "met") == (good == len(cutoffs))


def test_a_word_on_why_there_is_no_report_is_no_report_until_one_comes() -> None:
    table = Table()
    cutoff = MIDNIGHT + 20 * DAY
    excuse = {"report": "situation", "cutoff": cutoff, "reason": "no line"}
    ref = table.say("mop", "report", excuse, at=cutoff + MINUTE)
    rule = ReportEvery("situation", 0, days=1)
    assert ruled(rule, table, cutoff + 2 * HOUR).reached == 0
    table.say("mop", "report", {"digest": DIGEST}, revises=ref, at=cutoff + 3 * HOUR)
    late = ruled(rule, table, cutoff + 4 * HOUR)
    assert (late.reached, late.of, len(late.refs)) == (0, 1, 1), "issued, but not by its cut-off"


def test_a_report_is_missed_once_the_time_to_issue_it_is_over() -> None:
    table, cutoff = Table(), MIDNIGHT + 20 * DAY
    rule = ReportEvery("situation", 0, days=1)
    assert ruled(rule, table, cutoff + HOUR - 1).outcome == "cannot_be_measured_yet"
    assert ruled(rule, table, cutoff + HOUR).outcome == "not_met"


DUTIES = st.lists(st.tuples(st.integers(0, 6 * 24), st.integers(1, 30), st.integers(0, 4)), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(DUTIES, max_size=3), st.integers(1, 8), st.integers(1, 24), st.integers(1, 6))
def test_centre_staffed_is_what_looking_every_half_hour_says(
    rosters: list[list[tuple[int, int, int]]], strength: int, hours: int, days: int
) -> None:
    table = Table()
    centre = table.say("joc", "centre", {"state": "active", "names": {"en": "K1"}})
    for duties in rosters:
        told = [
            {"from": MIDNIGHT + start * HOUR, "to": MIDNIGHT + (start + length) * HOUR, "strength": count}
            for start, length, count in duties
        ]
        table.say("mop", "roster", {"status": "served", "duties": told}, about=centre)
    planned = [{"from": MIDNIGHT, "to": MIDNIGHT + 9 * DAY, "strength": 99}]
    table.say("mop", "roster", {"status": "planned", "duties": planned}, about=centre)
    at = MIDNIGHT + 6 * DAY + HOUR
    found = ruled(CentreStaffed(Ref(centre), strength, hours, days=days), table, at, since=MIDNIGHT)
    good = unknown = count = 0
    for day in range(max(0, 6 - days), 6):
        count += 1
        last = next(
            (
                duties
                for duties in reversed(rosters)
                if any(start < day * 24 + 24 and start + length > day * 24 for start, length, _ in duties)
            ),
            None,
        )
        if last is None:
            unknown += 1
            continue
        there = [
            sum(number for start, length, number in last if start <= half / 2 < start + length)
            for half in range(day * 48, day * 48 + 48)
        ]
        good += sum(one >= strength for one in there) >= hours * 2
    if count == 0:
        assert found.reason == "no_day"
        return
    assert (found.reached, found.unknown, found.of) == (good, unknown, count)
    wanted = "met" if good >= count else "not_met" if good + unknown < count else "cannot_be_measured_yet"
    assert found.outcome == wanted


def test_a_centre_is_opened_once_both_sides_say_so_and_counts_from_the_later_day() -> None:
    table = Table()
    centre = table.say("joc", "centre", {"state": "preparing", "names": {"en": "K1"}})
    rule = CentreOpened(Ref(centre))
    assert ruled(rule, table, table.now).outcome == "not_met"
    table.say("mop", "centre", {"state": "active", "since": MIDNIGHT + 3 * DAY}, about=centre)
    half = ruled(rule, table, table.now)
    assert (half.outcome, half.reached) == ("not_met", 1)
    table.say("joc", "centre", {"state": "active", "since": MIDNIGHT + 5 * DAY}, revises=centre)
    table.say("joc", "centre", {"state": "suspended", "since": MIDNIGHT + 9 * DAY}, revises=centre)
    found = ruled(rule, table, table.now)
    assert (found.outcome, found.fulfilled_at) == ("met", MIDNIGHT + 5 * DAY)


def test_a_side_may_put_the_day_of_an_opening_right_and_starts_nothing_anew_by_opening_again() -> None:
    table = Table()
    centre = table.say("joc", "centre", {"state": "active", "since": MIDNIGHT + 5 * DAY})
    table.say("mop", "centre", {"state": "active", "since": MIDNIGHT + 3 * DAY}, about=centre)
    table.say("joc", "centre", {"since": MIDNIGHT + 3 * DAY, "text": "by the watch log"}, revises=centre)
    rule = CentreOpened(Ref(centre))
    assert ruled(rule, table, table.now).fulfilled_at == MIDNIGHT + 3 * DAY
    table.say("joc", "centre", {"state": "suspended", "since": MIDNIGHT + 6 * DAY}, revises=centre)
    table.say("joc", "centre", {"state": "active", "since": MIDNIGHT + 9 * DAY}, revises=centre)
    assert ruled(rule, table, table.now).fulfilled_at == MIDNIGHT + 3 * DAY


RING = ((0, 0), (2_000_000, 0), (2_000_000, 2_000_000), (0, 2_000_000))


def denial(**place: Any) -> dict[str, Any]:
    """A denial at a place."""
    return {"by": "post", "when": {"from": MIDNIGHT, "to": None}, **place}


def test_access_is_counted_where_it_is_known_and_what_is_not_known_decides_nothing() -> None:
    table = Table()
    table.measures.rings["joc/a"] = RING
    rule = AccessGranted(1, AREA)
    at = MIDNIGHT + DAY
    inside_ = {"place": {"lat": 1_000_000, "lon": 1_000_000, "accuracy": 50}}
    table.say("joc", "denial", denial(**inside_))
    table.say("joc", "denial", denial(place={"lat": 3_000_000, "lon": 1_000_000, "accuracy": 50}))
    table.say("mop", "denial", denial(**inside_))
    assert (ruled(rule, table, at).outcome, ruled(rule, table, at).reached) == ("met", 1)
    table.say("joc", "denial", denial())
    assert ruled(rule, table, at).outcome == "cannot_be_measured_yet"
    table.say("coalition", "denial", denial(**inside_))
    assert ruled(rule, table, at).outcome == "not_met"


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=9, unique=True),
    st.tuples(st.integers(-50, 50), st.integers(-50, 50)),
)
def test_inside_a_ring_is_what_a_geometry_library_says(ring: list[tuple[int, int]], point: tuple[int, int]) -> None:
    shape = Polygon(ring)
    if not shape.is_valid or shape.boundary.intersects(Point(point)):
        return
    assert inside(point, ring) == shape.contains(Point(point))


def test_a_finding_says_which_rule_and_records_it_comes_from() -> None:
    table = Table()
    table.measures.covers["joc/a", None] = cover([50] * 168)
    one = ruled(AreaCovered(AREA, 50, 20), table, 5)
    other = finding(AreaCovered(AREA, 51, 20), ("mop",), Seats(("joc", "mop")), 0, 5, table.told(), table.measures)
    assert one.refs == ("joc/ground",)
    assert len(one.digest) == 64
    assert one.digest != other.digest
