"""A centre out of what each side states: at work only when both say so, and where they differ both stand."""

from __future__ import annotations

import datetime
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.centres import NEXT, STATES, centre_of, centres
from tansiq.records.values import BAGHDAD

from .centre_telling import DAY, MIDNIGHT, SIDES, Speaking


def day(year: int, month: int, number: int) -> int:
    """Midnight of a day by Baghdad's clock (ms)."""
    zone = datetime.timezone(datetime.timedelta(minutes=BAGHDAD))
    return int(datetime.datetime(year, month, number, tzinfo=zone).timestamp() * 1000)


def test_a_centre_is_at_work_only_when_both_sides_say_so() -> None:
    circle = Speaking()
    first = circle.centre(state="preparing")
    assert circle.look(first)[1].silent == ("mop",)
    theirs = circle.say("mop", "centre", {"state": "active", "since": MIDNIGHT}, about=first)
    _, one = circle.look(first)
    assert (one.at_work, one.state, one.differ) == (False, None, ("state",))
    circle.say("joc", "centre", {"state": "active", "since": MIDNIGHT}, revises=first)
    _, one = circle.look(theirs)
    assert (one.at_work, one.state, one.differ, one.ref) == (True, "active", (), first)
    assert [stand.party for stand in one.stands] == ["joc", "mop"]


def test_two_dates_of_the_opening_stand_side_by_side() -> None:
    circle = Speaking()
    first = circle.centre()
    circle.say("joc", "centre", {"state": "active", "since": day(2021, 1, 31)}, revises=first)
    circle.say("mop", "centre", {"state": "active", "since": day(2020, 11, 1), "since_precision": "month"}, about=first)
    _, one = circle.look(first)
    assert "since" in one.differ
    assert one.at_work, "both say that it is at work, since when they do not agree on"
    (active,) = [dates for dates in one.dates if dates.state == "active"]
    assert (active.differ, [given.party for given in active.given]) == (True, ["joc", "mop"])


def test_a_day_within_the_month_that_the_other_names_is_no_difference() -> None:
    circle = Speaking()
    first = circle.centre(since=day(2020, 11, 1))
    month = {"state": "agreed", "since": day(2020, 11, 1), "since_precision": "month"}
    circle.say("mop", "centre", month, about=first)
    for since, differ in ((day(2020, 11, 30), ()), (day(2020, 12, 1), ("since",)), (day(2020, 10, 31), ("since",))):
        circle.say("joc", "centre", {"state": "agreed", "since": since}, revises=first)
        assert circle.look(first)[1].differ == differ


def test_two_places_differ_where_they_lie_farther_apart_than_they_are_accurate() -> None:
    circle = Speaking()
    kasak = {"lat": 365_200_000, "lon": 426_300_000, "accuracy": 10_000}
    sehela = {"lat": 369_900_000, "lon": 424_600_000, "accuracy": 10_000}
    first = circle.centre(place=sehela)
    other = circle.say("mop", "centre", {"state": "agreed", "place": kasak}, about=first)
    assert circle.look(first)[1].differ == ("place",)
    circle.say("mop", "centre", {"state": "agreed", "place": {**kasak, "accuracy": 60_000}}, revises=other)
    assert circle.look(first)[1].differ == ()


def test_a_step_that_was_left_out_is_marked_and_stands() -> None:
    circle = Speaking()
    first = circle.centre()
    circle.say("joc", "centre", {"state": "active"}, revises=first)
    circle.say("joc", "centre", {"state": "suspended"}, revises=first)
    _, one = circle.look(first)
    assert [(step.state, step.lawful) for step in one.history] == [
        ("agreed", True),
        ("active", False),
        ("suspended", True),
    ]
    assert one.stands[0].next == ("preparing", "active", "closed")


def test_the_facilitators_word_is_shown_and_decides_nothing() -> None:
    circle = Speaking()
    first = circle.centre(state="active")
    circle.say("mop", "centre", {"state": "active"}, about=first)
    circle.say("coalition", "centre", {"state": "suspended"}, about=first)
    _, one = circle.look(first)
    assert one.at_work
    assert [(stand.party, stand.side) for stand in one.stands][-1] == ("coalition", False)


def test_statements_about_statements_are_of_one_centre_and_others_are_not() -> None:
    circle = Speaking()
    first = circle.centre()
    second = circle.say("mop", "centre", {"state": "preparing"}, about=first)
    third = circle.say("joc", "centre", {"state": "preparing"}, about=second)
    other = circle.centre("mop")
    told = circle.told()
    assert {one.ref: one.refs for one in centres(told, SIDES)} == {
        first: tuple(sorted((first, second, third))),
        other: (other,),
    }
    assert centre_of(told, SIDES, "joc/none") is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(("joc", "mop", "coalition")), st.sampled_from(STATES), st.integers(0, 3))),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_of_arrival_the_centre_is_the_same(
    words: list[tuple[str, str, int]], chance: random.Random
) -> None:
    circle = Speaking()
    first = circle.centre()
    own: dict[str, str] = {"joc": first}
    for party, state, days in words:
        fields = {"state": state, "since": MIDNIGHT + days * DAY}
        if party in own:
            circle.say(party, "centre", fields, revises=own[party])
        else:
            own[party] = circle.say(party, "centre", fields, about=first)
    _, one = circle.look(first)
    entries = circle.entries({ledger: len(chain) for ledger, chain in circle.ledgers.items()})
    chance.shuffle(entries)
    assert centres(circle.told(entries=entries), SIDES) == [one]
    last = {party: "agreed" if party == "joc" else None for party in SIDES}
    for party, state, _ in words:
        if party in last:
            last[party] = state
    assert one.at_work is (set(last.values()) == {"active"})
    assert {stand.party: stand.state for stand in one.stands if stand.side} == last
    for stand in one.stands:
        assert stand.next == NEXT[stand.state]
