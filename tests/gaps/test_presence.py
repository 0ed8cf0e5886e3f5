"""Presence: corridors of patrols and the hours after a passing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps import bits, presence, timetable
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.records.values import BAGHDAD, HourSpan, Schedule

FRAME = Grid(32638, 400_000.0, 3_900_000.0, 100.0, 60, 80)
DAILY = [1, 2, 3, 4, 5, 6, 7]

weeks = st.text("01", min_size=168, max_size=168)


def degrees(*points: tuple[float, float]) -> list[tuple[int, int]]:
    """Points of the frame (m east and south of its corner) in degrees × 10⁷."""
    x, y = np.array(points).T
    lon, lat = grids.to_degrees(FRAME, FRAME.x0 + x, FRAME.y0 - y)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def test_a_corridor_is_the_ground_within_half_its_width() -> None:
    path = degrees((700, 700), (5200, 1900), (5200, 4800))
    found = bits.unpack(presence.corridor(FRAME, path, 450), FRAME.cols)
    x, y = grids.middles(FRAME)
    line = shapely.LineString(grids.ring_metres(FRAME, path))
    far = shapely.distance(line, shapely.points(*np.meshgrid(x, y)))
    assert (found == (far <= 450)).all()


def test_a_corridor_narrower_than_a_cell_does_not_vanish() -> None:
    found = bits.unpack(presence.corridor(FRAME, degrees((250, 250), (6250, 250)), 1), FRAME.cols)
    assert found.sum() == 61
    assert found[2].sum() == 61


def test_a_corridor_outside_of_the_frame_covers_nothing() -> None:
    assert bits.count(presence.corridor(FRAME, degrees((-9000, -9000), (-5000, -9000)), 500)) == 0


def test_a_patrol_of_sunday_night_counts_on_monday_morning() -> None:
    passing = timetable.week_of("0" * 167 + "1")
    assert np.flatnonzero(timetable.recent(passing, 6)).tolist() == [0, 1, 2, 3, 4, 167]


@given(text=weeks, within=st.integers(1, 168))
def test_within_so_many_hours_is_what_looking_back_hour_by_hour_finds(text: str, within: int) -> None:
    passing = timetable.week_of(text)
    expected = [any(passing[(hour - back) % 168] for back in range(within)) for hour in range(168)]
    assert timetable.recent(passing, within).tolist() == expected


def test_an_hour_that_is_manned_by_half_is_not_manned_and_one_that_is_passed_in_part_is_passed() -> None:
    schedule = Schedule([HourSpan([1], 90, 210)])
    assert [hour for hour, sign in enumerate(timetable.whole(schedule)) if sign == "1"] == [2]
    assert [hour for hour, sign in enumerate(timetable.touched(schedule)) if sign == "1"] == [1, 2, 3]


def test_a_schedule_of_another_zone_is_read_on_the_area_s_clock() -> None:
    utc = Schedule([HourSpan([1], 0, 60)], offset=0)
    assert timetable.whole(utc).index("1") == BAGHDAD // 60


@given(text=weeks)
def test_a_week_becomes_a_schedule_and_the_same_week_again(text: str) -> None:
    assert timetable.whole(timetable.schedule_of(text)) == text


def test_a_day_like_all_others_is_said_once() -> None:
    nights = Schedule([HourSpan(DAILY, 0, 360), HourSpan(DAILY, 1080, 1440)])
    assert timetable.schedule_of(timetable.whole(nights)) == nights


@pytest.mark.parametrize("text", ["", "1" * 167, "1" * 169, "2" * 168, "١" * 168])
def test_what_is_no_week_is_refused(text: str) -> None:
    with refused("timetable.not_a_week"):
        timetable.week_of(text)


@given(texts=st.lists(weeks, max_size=4))
def test_two_hours_are_of_one_class_exactly_when_all_inputs_are_alike(texts: list[str]) -> None:
    number, first = timetable.classes([timetable.week_of(text) for text in texts])
    columns = ["".join(text[hour] for text in texts) for hour in range(168)]
    assert [columns[first[one]] for one in number] == columns
    assert len({*columns}) == len(first)
    assert (np.diff(first) > 0).all()


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_runs_of_cells_are_read_as_they_were_written(rows: int, cols: int, data: st.DataObject) -> None:
    signs = data.draw(st.lists(st.booleans(), min_size=rows * cols, max_size=rows * cols))
    mask = np.array(signs).reshape(rows, cols)
    again = presence.mask_of(presence.runs_of(mask), rows, cols)
    assert again is not None
    assert (again == mask).all()
    assert presence.mask_of([*presence.runs_of(mask), 1], rows, cols) is None
