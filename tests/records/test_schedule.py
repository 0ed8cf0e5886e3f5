"""A schedule is a week that repeats, in minutes of whatever clock is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes import refused
from tansiq.records.kind import kind_named
from tansiq.records.values import BAGHDAD, WEEK_MINUTES, HourSpan, Schedule

DAY = 1440
spans = st.builds(
    HourSpan,
    days=st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True),
    from_=st.integers(0, DAY),
    to=st.integers(0, DAY),
)


def _set(schedule: Schedule, offset: int) -> set[int]:
    return {minute for start, end in schedule.minutes(offset) for minute in range(start, end)}


def test_a_span_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    monday_night = Schedule([HourSpan([1], 1320, 120)])
    assert monday_night.minutes() == [(1320, 1560)]


def test_the_night_of_sunday_goes_on_at_the_beginning_of_the_week() -> None:
    assert Schedule([HourSpan([7], 1320, 120)]).minutes() == [(0, 120), (6 * DAY + 1320, WEEK_MINUTES)]


def test_from_0_to_1440_is_the_whole_day() -> None:
    assert Schedule([HourSpan([2], 0, DAY)]).minutes() == [(DAY, 2 * DAY)]


@given(found=st.lists(spans, max_size=4), shift=st.integers(-840, 840))
def test_another_clock_shows_the_same_minutes(found: list[HourSpan], shift: int) -> None:
    schedule = Schedule(found)
    assert _set(schedule, shift) == {(minute + shift - BAGHDAD) % WEEK_MINUTES for minute in _set(schedule, BAGHDAD)}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("post", {"range_day_m": 60_001}),
        ("post", {"hours": {"spans": [{"days": [0], "from": 0, "to": 60}]}}),
        ("post", {"hours": {"spans": [{"days": [], "from": 0, "to": 60}]}}),
        ("post", {"height_m": 1.5}),
        ("post", {"strength": 12}),
        ("patrol", {"width_m": 0}),
        ("patrol", {"vehicles": 3}),
        ("base", {"mobility": ["tank"]}),
        ("arrangement", {"ways": [{}]}),
        ("arrangement", {"ways": []}),
        ("arrangement", {"daylight": {"from": 9, "to": 8}}),
        ("coverage", {"layers": [{"hours": {"spans": []}, "runs": [-1]}]}),
        ("proposal", {"answer_after": "g" * 64}),
    ],
)
def test_what_a_kind_has_no_room_for_is_refused(kind: str, fields: dict[str, Any]) -> None:
    with refused("record.bad_fields"):
        kind_named(kind).read(fields)
