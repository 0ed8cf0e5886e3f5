"""Volumes that are unfit to be compared are refused, each with its own code."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from movements.plans import E7, HALF_TURN, HOUR, START
from tansiq.errors import MalformedInput
from tansiq.movements.pieces import pack
from tansiq.movements.repetition import repeated, windows_of
from tansiq.movements.volumes import Activity, Area, Band, Corridor, Route, Volume, Window
from tansiq.records.values import HourSpan, Schedule

NOW = Window(START, START + HOUR)
SQUARE = ((0, 0), (100, 0), (100, 100), (0, 100))
PATH = ((0, 0), (100, 0))


def refusal(*volumes: Volume) -> str:
    """The code with which an activity of these volumes is refused."""
    with pytest.raises(MalformedInput) as refused:
        pack([Activity("a/1", "a", volumes)])
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize(
    ("volume", "code"),
    [
        (Area(((0, 0), (1, 1)), NOW), "ring_short"),
        (Area(((0, 0), (100, 100), (100, 0), (0, 100)), NOW), "self_crossing"),
        (Area(((0, 0), (100, 0), (200, 0)), NOW), "self_crossing"),
        (Area(((0, 0), (100, 0), (100, 100), (50, 0)), NOW), "self_crossing"),
        (Area(((0, 0), (0, 0), (0, 0), (0, 0)), NOW), "self_crossing"),
        (Area(((-120 * E7, 80 * E7), (0, 80 * E7), (120 * E7, 80 * E7)), NOW), "pole"),
        (Area(((0, 0), (61 * E7, 0), (61 * E7, E7)), NOW), "too_wide"),
        (Area(((0, 0), (E7, 0), (E7, 85 * E7)), NOW), "latitude"),
        (Area(((0, 0), (181 * E7, 0), (E7, E7)), NOW), "off_globe"),
        (Area(((0, 0), (E7, 0), (E7, 91 * E7)), NOW), "off_globe"),
        (Area(tuple((step, step * step) for step in range(2001)), NOW), "too_many_vertices"),
        (Area(tuple((step, step % 2 * 160 * E7 - 80 * E7) for step in range(0, 2000)), NOW), "self_crossing"),
        (
            Corridor(tuple((step * 10, step % 2 * 160 * E7 - 80 * E7) for step in range(1000)), 0, NOW),
            "too_many_vertices",
        ),
        (Area(SQUARE, Window(START, START)), "window_reversed"),
        (Area(SQUARE, Window(START, START - 1)), "window_reversed"),
        (Area(SQUARE, Window(-1, 5)), "window_beyond"),
        (Area(SQUARE, Window(START, 253_402_300_800_000)), "window_beyond"),
        (Area(SQUARE, NOW, Band(100, 99)), "band_reversed"),
        (Area(SQUARE, NOW, Band(0, 100_001)), "band_beyond"),
        (Corridor(((0, 0),), 5, NOW), "path_short"),
        (Corridor(((5, 5), (5, 5), (5, 5)), 5, NOW), "no_length"),
        (Corridor(PATH, -1, NOW), "half_width"),
        (Corridor(PATH, 50_001, NOW), "half_width"),
        (Route(PATH, (START,), 5), "times_count"),
        (Route(PATH, (START, START), 5), "times_order"),
        (Route(PATH, (START + 5, START), 5), "times_order"),
        (Route(((0, 0), (0, 0)), (START, START + 5), 5), "no_length"),
        (Route(((0, 0), (E7, 0)), (START, START + 1000), 5), "too_fast"),
    ],
)
def test_an_unfit_volume_is_refused(volume: Volume, code: str) -> None:
    assert refusal(volume) == f"movements.{code}"


def test_activities_of_no_and_of_too_many_volumes_are_refused() -> None:
    assert refusal() == "movements.no_volumes"
    assert refusal(*[Area(SQUARE, NOW)] * 1001) == "movements.too_many_volumes"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=3, max_size=7))
def test_outlines_are_refused_where_shapely_calls_them_invalid(points: list[tuple[int, int]]) -> None:
    ring = shapely.Polygon(points)
    area = Area(tuple(points), NOW)
    if ring.is_valid and ring.area:
        assert len(pack([Activity("a/1", "a", (area,))]).facts) == 1
    else:
        assert refusal(area) == "movements.self_crossing"


def test_a_ring_that_comes_back_to_its_first_point_is_the_same_ring() -> None:
    one, other = (pack([Activity("a/1", "a", (Area(ring, NOW),))]) for ring in (SQUARE, (*SQUARE, SQUARE[0])))
    assert one.points.tolist() == other.points.tolist()


def test_what_crosses_the_180th_meridian_lies_in_one_place() -> None:
    there = Area(((HALF_TURN - 100, 0), (-HALF_TURN + 50, 0), (-HALF_TURN + 50, 100), (HALF_TURN - 100, 100)), NOW)
    points = pack([Activity("a/1", "a", (there,))]).points
    assert points[:, 0].max() - points[:, 0].min() == 150


def test_long_edges_are_cut_and_a_route_keeps_its_pace() -> None:
    pieces = pack([Activity("a/1", "a", (Route(((0, 0), (E7, E7)), (START, START + 10 * HOUR), 0),))])
    assert len(pieces.facts) == 10
    assert pieces.times[:, 1].tolist()[:-1] == pieces.times[:, 0].tolist()[1:]
    assert pieces.times[3].tolist() == [START + 3 * HOUR, START + 4 * HOUR]
    assert pieces.points[3].tolist() == [3 * E7 // 10, 3 * E7 // 10]


WEEK = 7 * 24 * HOUR
MONDAY = 1_700_438_400_000
"""2023-11-20 00:00 UTC."""


def test_a_timetable_gives_one_window_a_time_cut_to_the_period() -> None:
    nights = Schedule([HourSpan([1, 2], 22 * 60, 4 * 60)], offset=0)
    found = windows_of(nights, Window(MONDAY + 23 * HOUR, MONDAY + 2 * WEEK))
    begins = [MONDAY + 23 * HOUR, *(MONDAY + hours * HOUR for hours in (46, 7 * 24 + 22, 7 * 24 + 46))]
    assert [window.start for window in found] == begins
    assert [window.end - window.start for window in found] == [5 * HOUR, *[6 * HOUR] * 3]


def test_a_timetable_over_the_end_of_the_week_comes_as_one_window() -> None:
    sunday = Schedule([HourSpan([7], 22 * 60, 4 * 60)], offset=0)
    assert windows_of(sunday, Window(MONDAY, MONDAY + WEEK + 12 * HOUR))[-1] == Window(
        MONDAY + WEEK - 2 * HOUR, MONDAY + WEEK + 4 * HOUR
    )


def test_local_time_is_ahead_of_utc() -> None:
    assert windows_of(Schedule([HourSpan([1], 600, 660)]), Window(MONDAY, MONDAY + WEEK))[0].start == MONDAY + 7 * HOUR


def test_a_period_of_more_than_a_thousand_windows_is_refused() -> None:
    daily = Schedule([HourSpan([1, 2, 3, 4, 5, 6, 7], 60, 120)])
    with pytest.raises(MalformedInput) as refused:
        windows_of(daily, Window(MONDAY, MONDAY + 200 * WEEK))
    assert refused.value.code == "movements.too_many_volumes"


def test_a_route_is_repeated_at_its_own_pace() -> None:
    route = Route(PATH, (START, START + HOUR), 5)
    again = repeated(route, [Window(MONDAY, MONDAY + 5), Window(MONDAY + WEEK, MONDAY + WEEK + 5)])
    assert [one.times for one in again if isinstance(one, Route)] == [
        (MONDAY, MONDAY + HOUR),
        (MONDAY + WEEK, MONDAY + WEEK + HOUR),
    ]
    assert repeated(Area(SQUARE, NOW), [Window(5, 6)]) == [Area(SQUARE, Window(5, 6))]
