"""The engine as states ask it: heights, repetition, points and areas; and the same numbers from both sides."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.errors import MalformedInput
from tansiq.movements.engine import Engine, check_volumes
from tansiq.movements.look import Place
from tansiq.records.kinds.activity import Band, Repeat, Volume, Window
from tansiq.records.kinds.terms import Buffers

START = 1_700_000_000_000
HOUR = 3_600_000
NEAR = Buffers(1000, 30, 150)
ENGINE = Engine()


def area(lon: int = 430_000_000, hours: tuple[int, int] = (0, 1), side: int = 100_000) -> Volume:
    ring = [(lon, 350_000_000), (lon + side, 350_000_000), (lon + side, 350_100_000), (lon, 350_100_000)]
    return Volume(ring=ring, window=Window(START + hours[0] * HOUR, START + hours[1] * HOUR))


def test_plans_meet_within_the_buffers_of_ground_and_time() -> None:
    (met,) = ENGINE.meet([area()], [area(430_150_000)], NEAR)
    assert 440 < met.distance_m < 470
    assert ENGINE.meet([area()], [area(430_250_000)], NEAR) == []
    assert ENGINE.meet([area()], [area(hours=(2, 3))], NEAR) == []
    assert ENGINE.meet([area()], [area(hours=(2, 3))], Buffers(1000, 61, 150))


def test_an_overlap_of_a_centimetre_is_one_and_a_gap_of_a_centimetre_is_none() -> None:
    touching = Buffers(0, 0, 0)
    assert ENGINE.meet([area()], [area(430_099_999)], touching)[0].distance_m == 0
    assert ENGINE.meet([area()], [area(430_100_001)], touching) == []
    assert ENGINE.meet([area(hours=(0, 1))], [area(hours=(1, 2))], touching) == [], "one ends when the other begins"


def test_bands_of_height_keep_plans_apart_but_for_the_buffer() -> None:
    low, high = (msgspec.structs.replace(area(), band=band) for band in (Band(0, 100), Band(400, 900)))
    assert ENGINE.meet([low], [high], NEAR) == []
    assert ENGINE.meet([low], [high], Buffers(1000, 30, 300))
    assert ENGINE.meet([area()], [high], NEAR)


def test_a_repetition_meets_on_a_later_day() -> None:
    daily = msgspec.structs.replace(area(), repeat=Repeat(1440, 4))
    assert ENGINE.meet([daily], [area(hours=(72, 73))], NEAR)[0].from_ == START + 72 * HOUR
    assert ENGINE.meet([daily], [area(hours=(96, 97))], NEAR) == []


def test_a_timed_route_meets_only_where_and_when_it_passes() -> None:
    way = [(429_000_000, 350_050_000, START), (431_000_000, 350_050_000, START + 2 * HOUR)]
    route = Volume(route=way, width_m=100)
    assert ENGINE.meet([route], [area(hours=(1, 2))], Buffers(100, 1, 0))
    assert ENGINE.meet([route], [area(430_900_000, hours=(0, 1))], Buffers(100, 1, 0)) == []


def test_points_and_areas_are_near_or_not() -> None:
    assert ENGINE.at_point([area(), area(440_000_000)], (430_050_000, 350_050_000), 0) == [0]
    assert ENGINE.at_point([area()], (430_050_000, 350_200_000), 1200) == [0]
    assert ENGINE.at_point([area()], (430_050_000, 350_200_000), 1000) == []
    assert ENGINE.in_ring([area()], [(0, 0), (10, 10), (0, 10), (10, 0)], 0) == [], "an area that crosses itself"


def test_what_cannot_be_compared_is_said_so() -> None:
    crossing = Volume(ring=[(0, 0), (10, 10), (0, 10), (10, 0)], window=Window(START, START + 1))
    assert not ENGINE.fit([crossing])
    assert not ENGINE.fit([area(hours=(1, 1))])
    assert not ENGINE.fit([])


@given(
    st.integers(429_900_000, 430_300_000),
    st.integers(-3, 3),
    st.integers(1, 300_000),
    st.integers(-100_000, 100_000),
)
@settings(max_examples=60, deadline=None)
def test_both_sides_see_the_same_meeting(lon: int, hour: int, side: int, slope: int) -> None:
    one = area(lon, (hour, hour + 2), side)
    way = [(429_900_000, 350_050_000 + slope, START), (430_400_000, 350_050_000 - slope, START + HOUR)]
    other = Volume(route=way, width_m=200)
    assert Engine().meet([one], [other], NEAR) == [
        msgspec.structs.replace(met, one=met.other, other=met.one) for met in Engine().meet([other], [one], NEAR)
    ]


@given(
    st.integers(-1_800_000_000, 1_800_000_000),
    st.integers(-830_000_000, 830_000_000),
    st.integers(-2_000_000, 2_000_000),
    st.integers(-400_000, 400_000),
    st.integers(0, 40_000),
    st.integers(-4, 4),
)
@settings(max_examples=150, deadline=None)
def test_what_meets_is_always_found_near(lon: int, lat: int, east: int, north: int, metres: int, hour: int) -> None:
    half_turn = 1_800_000_000

    def way(x: int, y: int, start: int) -> Volume:
        path = [((x + step + half_turn) % (2 * half_turn) - half_turn, y) for step in (0, 50_000)]
        return Volume(path=path, width_m=2000, window=Window(START + start * HOUR, START + (start + 1) * HOUR))

    one, other = way(lon, lat, 0), way(lon + east, lat + north, hour)
    point = (lon + east + half_turn) % (2 * half_turn) - half_turn, lat + north
    buffers, engine = Buffers(metres, 90, 0), Engine()
    nearby = engine.nearby()
    nearby.put_plan("other", "mop", [other])
    nearby.put_place("post", [Place([point], 500)])
    if engine.meet([one], [other], buffers):
        assert "other" in nearby.near_plan("joc", [one], buffers)
        assert "other" not in nearby.near_plan("mop", [one], buffers), "one's own plans are in nobody's way"
    if engine.at_point([one], point, metres + 500):
        assert "post" in nearby.near_plan("joc", [one], buffers)
        nearby.put_plan("one", "joc", [one])
        assert "one" in nearby.near_place([Place([point], 500)], buffers)
    for ref in ("other", "post", "one"):
        nearby.drop(ref)
    assert nearby.near_plan("joc", [one], buffers) == set()


def test_what_no_index_can_hold_may_be_near_everything() -> None:
    nearby = Engine().nearby()
    nearby.put_place("pole", [Place([(0, 899_000_000)])])
    nearby.put_plan("plan", "mop", [area()])
    assert nearby.near_plan("joc", [area()], NEAR) == {"pole", "plan"}
    assert nearby.near_place([Place([(0, 899_000_000)])], NEAR) == {"plan"}
    assert nearby.near_place([], NEAR) == set()


def test_a_daily_round_of_a_year_is_compared_in_no_time() -> None:
    fixes = [(430_000_000 + step * 100, 350_000_000, START + step * 1000) for step in range(250)]
    daily = Volume(route=fixes, width_m=50, repeat=Repeat(1440, 366))
    again = Volume(route=[(lon, lat + 500, at + HOUR) for lon, lat, at in fixes], width_m=50, repeat=Repeat(1440, 366))
    assert ENGINE.meet([daily], [again], Buffers(1000, 0, 0)) == []
    (met,) = ENGINE.meet([daily], [again], Buffers(1000, 60, 0))
    assert met.from_ == START + 249_000


def test_what_would_fill_the_memory_is_not_taken() -> None:
    fixes = [(430_000_000 + step * 100, 350_000_000, START + step * 1000) for step in range(900)]
    daily = Volume(route=fixes, width_m=50, repeat=Repeat(1440, 366))
    with pytest.raises(MalformedInput) as refused:
        check_volumes([daily])
    assert refused.value.code == "activities.too_many_corners"
    assert not ENGINE.fit([daily])
    often = [msgspec.structs.replace(area(430_000_000 + 200_000 * n), repeat=Repeat(1440, 366)) for n in range(3)]
    assert ENGINE.fit(often[:2])
    assert not ENGINE.fit(often), "more than a thousand times in all"
    assert ENGINE.nearby().near_plan("joc", often[:2], NEAR) == set()
