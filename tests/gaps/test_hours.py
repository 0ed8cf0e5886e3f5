"""The hours of the week: which are alike, and timetables that come back as they were given."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nodes import refused
from tansiq.gaps import hours

timetables = arrays.arrays(bool, st.tuples(st.integers(0, 5), st.just(hours.WEEK)))
moments = st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2035, 1, 1))  # noqa: DTZ001 - given a zone below


@given(timetables)
def test_hours_are_of_one_class_where_the_same_posts_are_on_duty(schedules: hours.Weeks) -> None:
    found = hours.classes(schedules)
    assert (found.on[:, found.of] == schedules).all()
    columns = {tuple(schedules[:, hour]) for hour in range(hours.WEEK)}
    assert found.of.max() + 1 == len(columns) == found.on.shape[1]
    first_seen = [number for number, hour in zip(*np.unique(found.of, return_index=True), strict=True)]
    assert first_seen == sorted(first_seen)
    assert found.of[0] == 0


@given(timetables)
def test_timetables_come_back_from_bytes_and_from_text(schedules: hours.Weeks) -> None:
    assert (hours.unpack(hours.pack(schedules)) == schedules).all()
    for one in schedules:
        assert (hours.from_text(hours.to_text(one)) == one).all()


@given(timetables, st.integers(0, 23), st.integers(0, 24))
def test_day_and_night_are_the_two_parts_of_a_timetable(schedules: hours.Weeks, first: int, last: int) -> None:
    dark = hours.daily(first, last)
    by_day, by_night = hours.parted(schedules, dark)
    assert (by_day | by_night == schedules).all()
    assert not (by_day & by_night).any()
    assert not (by_day & dark).any()


def test_a_night_runs_over_midnight() -> None:
    night = hours.daily(20, 5)
    assert [hour for hour in range(24) if night[hour]] == [0, 1, 2, 3, 4, 20, 21, 22, 23]
    assert (hours.daily(0, 24) == hours.always()).all()
    assert (hours.daily(8, 17)[24:48] == hours.daily(8, 17)[:24]).all()


@given(moments)
def test_the_hour_of_the_week_is_what_a_calendar_says(when: datetime.datetime) -> None:
    zone = datetime.timezone(datetime.timedelta(seconds=hours.BAGHDAD_S))
    here = when.replace(tzinfo=zone)
    assert hours.hour_of(int(here.timestamp() * 1000)) == here.weekday() * 24 + here.hour


@pytest.mark.parametrize("text", ["", "01" * 83, "2" + "0" * 167, "0" * 169, "٠" * 168])
def test_a_timetable_that_is_none_is_refused(text: str) -> None:
    with refused("hours.schedule"):
        hours.from_text(text)
