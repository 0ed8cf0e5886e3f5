"""Strength from rosters against a clock that counts every minute, and the agreed minimum."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.roster import MOST_DAYS, SideRoster, day_of, midnight, on_duty, rosters, strength_at
from tansiq.records.kinds.terms import Manning
from tansiq.records.values import Ref

from .centre_telling import DAY, HOUR, MIDNIGHT, SIDES, Speaking

MINUTE = 60_000
FIRST = day_of(MIDNIGHT)
DAYS = 3


def duty(start_h: float, hours: float, strength: int) -> dict[str, Any]:
    """So many from so many hours after the first midnight on."""
    start = MIDNIGHT + int(start_h * HOUR)
    return {"from": start, "to": start + int(hours * HOUR), "strength": strength}


def side(circle: Speaking, centre: str, *manning: Manning, party: str = "joc", days: int = DAYS) -> SideRoster:
    """A side's roster over the days."""
    found = rosters(circle.told(), SIDES, circle.look(centre)[1], manning, "joc/terms", FIRST, days)
    return next(one for one in found if one.party == party)


def test_a_day_with_too_few_is_short_and_a_day_without_a_roster_is_unsaid() -> None:
    circle = Speaking()
    centre = circle.centre()
    week = [duty(24 * day, 24, 4) for day in range(2)]
    circle.say("joc", "roster", {"duties": week, "status": "planned"}, about=centre)
    circle.say("joc", "roster", {"duties": [duty(24, 10, 4), duty(34, 14, 3)], "status": "served"}, about=centre)
    found = side(circle, centre, Manning(4))
    assert [(one.counted, one.least, one.short) for one in found.days] == [
        ("planned", 4, False),
        ("served", 3, True),
        (None, 0, False),
    ]
    assert found.unsaid == 1
    (short,) = found.shortfalls
    assert (short.from_, short.to, short.strength, short.required) == (
        MIDNIGHT + 34 * HOUR,
        MIDNIGHT + 48 * HOUR,
        3,
        4,
    )


def test_a_later_roster_of_the_same_day_stands_over_the_earlier_with_all_its_duties() -> None:
    circle = Speaking()
    centre = circle.centre()
    first = [duty(8, 12, 5), duty(20, 12, 5), duty(32, 12, 5)]
    circle.say("joc", "roster", {"duties": first, "status": "planned"}, about=centre)
    circle.say("joc", "roster", {"duties": [duty(32, 4, 2)], "status": "planned"}, about=centre)
    counted = side(circle, centre).counted
    hours = {hour: strength_at(counted, MIDNIGHT + hour * HOUR) for hour in (10, 22, 30, 33, 40)}
    assert hours == {10: 5, 22: 5, 30: 5, 33: 2, 40: 0}, "the night that began the day before goes on"
    (short,) = side(circle, centre, Manning(5)).shortfalls
    assert (short.from_, short.to) == (MIDNIGHT + 32 * HOUR, MIDNIGHT + 48 * HOUR), "nobody spoke of the first night"


def test_the_rule_that_names_centre_and_party_is_the_one_that_holds() -> None:
    circle = Speaking()
    centre = circle.centre()
    other = circle.centre("mop")
    rules = (Manning(8), Manning(6, party="mop"), Manning(3, centre=Ref(centre)), Manning(9, centre=Ref(other)))
    assert {party: side(circle, centre, *rules, party=party).required for party in SIDES} == {
        party: side(circle, centre, Manning(3), party=party).required for party in SIDES
    }
    mop = side(circle, centre, Manning(8), Manning(6, party="mop"), party="mop").required
    assert mop is not None
    assert (mop.strength, mop.by, mop.ref) == (6, "terms", "joc/terms")


def test_a_commitment_that_all_accepted_asks_for_more_than_the_terms() -> None:
    circle = Speaking()
    centre = circle.centre()
    fields = {
        "owed_by": ["joc", "mop"],
        "check": "picture",
        "rule": {"rule": "centre_staffed", "centre": centre, "strength": 7},
    }
    promise = circle.say("joc", "commitment", fields)
    before = side(circle, centre, Manning(4)).required
    assert before is not None
    assert before.by == "terms", "proposed is not promised"
    circle.say("mop", "consent", {"revision": promise.partition("/")[2], "verdict": "accepted"}, about=promise)
    after = side(circle, centre, Manning(4)).required
    assert after is not None
    assert (after.strength, after.by, after.ref) == (7, "commitment", promise)


def test_a_duty_of_ages_takes_no_longer_than_the_days_that_are_asked_for() -> None:
    circle = Speaking()
    centre = circle.centre()
    ages = {"from": 0, "to": 253_402_300_799_999, "strength": 2}
    circle.say("joc", "roster", {"duties": [ages] * 400, "status": "planned"}, about=centre)
    found = side(circle, centre, days=10_000)
    assert len(found.days) == MOST_DAYS
    assert {one.least for one in found.days} == {800}


duties = st.lists(
    st.tuples(st.integers(-40, 80), st.sampled_from((1, 4, 8, 12, 24, 25, 40)), st.integers(0, 4)),
    min_size=1,
    max_size=4,
)
records = st.lists(
    st.tuples(st.sampled_from(("planned", "planned", "served", "withdrawn")), duties, st.booleans()), max_size=5
)


def days_of(one: dict[str, Any]) -> list[int]:
    """The days that a duty is of."""
    last = day_of(one["to"] - 1) if one["to"] - one["from"] > DAY else day_of(one["from"])
    return list(range(day_of(one["from"]), last + 1))


def latest(held: list[tuple[str, list[dict[str, Any]]]], day: int) -> int | None:
    """The roster that a day is of: the last that was served, else the last that was planned."""
    for status in ("served", "planned"):
        of_it = [
            n for n, (what, some) in enumerate(held) if what == status and any(day in days_of(one) for one in some)
        ]
        if of_it:
            return of_it[-1]
    return None


def first_word(held: list[tuple[str, list[dict[str, Any]]]], day: int) -> int:
    """From when on a day is measured."""
    number = latest(held, day)
    if number is None or latest(held, day - 1) is not None:
        return midnight(day)
    begins: int = min(one["from"] for one in held[number][1] if day in days_of(one))
    return max(midnight(day), begins)


def by_the_minute(held: list[tuple[str, list[dict[str, Any]]]], at: int) -> int:
    """How many are on duty in a minute, by looking at every duty of every roster."""

    total = 0
    for number, (status, some) in enumerate(held):
        for one in some:
            if status == "withdrawn" or not one["from"] <= at < one["to"]:
                continue
            day = day_of(at) if one["to"] - one["from"] > DAY else day_of(one["from"])
            if latest(held, day) == number:
                total += one["strength"]
    return total


@settings(max_examples=150, deadline=None)
@given(records, st.integers(1, 6))
def test_strength_is_what_a_clock_counts_every_half_hour(
    said: list[tuple[str, list[tuple[int, int, int]], bool]], least: int
) -> None:
    circle = Speaking()
    centre = circle.centre()
    held: list[tuple[str, list[dict[str, Any]]]] = []
    refs: list[str] = []
    for status, some, again in said:
        fields = {"status": status, "duties": [duty(*one) for one in some]}
        if again and refs:
            circle.say("joc", "roster", fields, revises=refs[-1])
            held[-1] = (status, fields["duties"])  # type: ignore[assignment]  # a dict of mixed values
        else:
            refs.append(circle.say("joc", "roster", fields, about=centre))
            held.append((status, fields["duties"]))  # type: ignore[arg-type]  # as above
    found = side(circle, centre, Manning(least))
    counts: dict[int, list[int]] = {day: [] for day in range(FIRST, FIRST + DAYS)}
    for at in range(midnight(FIRST), midnight(FIRST + DAYS), 30 * MINUTE):
        count = by_the_minute(held, at)
        assert strength_at(found.counted, at) == count
        measured = at >= first_word(held, day_of(at))
        if measured:
            counts[day_of(at)].append(count)
        short = any(one.from_ <= at < one.to for one in found.shortfalls)
        rostered = found.days[day_of(at) - FIRST].counted is not None
        assert short is (rostered and measured and count < least)
    for one in found.days:
        by_hand = counts[day_of(one.start)]
        assert (one.least, one.most) == (min(by_hand), max(by_hand))
        assert one.short is (one.counted is not None and min(by_hand) < least)


def test_who_is_on_duty_now_is_told_by_role_and_never_for_a_day_that_nobody_rostered() -> None:
    circle = Speaking()
    centre = circle.centre()
    night = [duty(20, 12, 2), {**duty(20, 10, 1), "role": "interpreter"}]
    circle.say("joc", "roster", {"duties": night, "status": "planned"}, about=centre)
    told, found = circle.look(centre)

    def now(hour: float) -> tuple[object, dict[str, int], int | None, bool]:
        at = MIDNIGHT + int(hour * HOUR)
        joc, mop = on_duty(told, SIDES, found, [Manning(3)], "joc/terms", at)
        assert (mop.party, mop.counted, mop.short) == ("mop", None, False)
        return (
            joc.counted,
            {str(role): count for role, count in joc.roles.items()},
            None if joc.until is None else (joc.until - MIDNIGHT) // HOUR,
            joc.short,
        )

    assert now(19) == (None, {}, None, False), "the night before a first roster is not said by anybody"
    assert now(21) == ("planned", {"duty_officer": 2, "interpreter": 1}, 30, False)
    assert now(31) == ("planned", {"duty_officer": 2}, 32, True), "after midnight it is still the roster of that day"
    assert now(33) == (None, {}, None, False)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    duties=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40), st.integers(0, 9)), min_size=1, max_size=6),
    hour=st.integers(0, 71),
)
def test_now_is_the_strength_that_the_days_are_measured_by(duties: list[tuple[int, int, int]], hour: int) -> None:
    circle = Speaking()
    centre = circle.centre()
    circle.say("joc", "roster", {"duties": [duty(*one) for one in duties], "status": "planned"}, about=centre)
    at = MIDNIGHT + hour * HOUR + MINUTE
    told, found = circle.look(centre)
    (joc, _) = on_duty(told, SIDES, found, [], None, at)
    assert joc.strength == strength_at(side(circle, centre).counted, at) == sum(joc.roles.values())
