"""How far a told place is off its plan, next to places by chance: what may be inside never is outside."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from movements.plans import GEOD, HOUR, START, areas, corridors, place_at, routes
from tansiq.errors import MalformedInput
from tansiq.geo.mgrs import from_mgrs, to_mgrs
from tansiq.movements import volumes as shapes
from tansiq.movements.departure import departure, reach_of
from tansiq.movements.engine import check_volumes
from tansiq.movements.volumes import Area, Corridor, Route, window_of
from tansiq.records.kinds.activity import Volume
from tansiq.records.values import Point

E7 = 10_000_000
MINUTE = 60_000
DIGITS = {100: 3, 1000: 2, 10_000: 1}
GROUNDS: tuple[Point, ...] = ((44 * E7, 35 * E7), (48 * E7, 36 * E7), (20 * E7, 0), (6 * E7, 60 * E7))
"""The strip, the edge of two UTM zones, the equator, the wide zone of western Norway."""


def record_of(volume: shapes.Volume) -> Volume:
    """The same volume as a record says it."""
    window = window_of(volume)
    told: dict[str, Any] = {"window": {"from": window.start, "to": window.end}}
    if isinstance(volume, Area):
        told["ring"] = list(volume.ring)
    elif isinstance(volume, Corridor):
        told |= {"path": list(volume.path), "width_m": max(1, 2 * volume.half_width)}
    else:
        route = [(*point, at) for point, at in zip(volume.path, volume.times, strict=True)]
        told = {"route": route, "width_m": max(1, 2 * volume.half_width)}
    return msgspec.convert(msgspec.to_builtins(told), Volume)


def fits(volume: Volume) -> bool:
    """Whether a volume can be compared: of those by chance some cross themselves."""
    try:
        check_volumes([volume])
    except MalformedInput:
        return False
    return True


@st.composite
def places_inside(draw: st.DrawFn) -> tuple[Volume, Point, int]:
    """A volume, a place that certainly is in it, and a time at which it is."""
    ground = draw(st.sampled_from(GROUNDS))
    volume: shapes.Volume = draw(st.one_of(areas(ground), corridors(ground), routes(ground)))
    record = record_of(volume)
    window = window_of(volume)
    at = draw(st.integers(window.start, window.end))
    if isinstance(volume, Route):
        lon, lat = place_at(volume, at)
    else:
        points = volume.ring if isinstance(volume, Area) else volume.path
        corner = draw(st.integers(0, len(points) - (1 if isinstance(volume, Area) else 2)))
        other = points[(corner + 1) % len(points)]
        part = draw(st.floats(0, 1))
        lon, lat = ((points[corner][i] + part * (other[i] - points[corner][i])) / E7 for i in (0, 1))
    if not isinstance(volume, Area):
        away = draw(st.floats(0, max(0.0, volume.half_width * 0.999 - 0.02)))
        lon, lat, _ = GEOD.fwd(lon, lat, draw(st.floats(0, 360)), away)
    return record, (round(lon * E7), round(lat * E7)), at


@given(places_inside(), st.sampled_from(sorted(DIGITS)), st.integers(0, 500), st.floats(0, 360), st.floats(0, 1))
def test_a_place_inside_never_is_outside_however_coarsely_it_is_told(
    inside: tuple[Volume, Point, int], grid: int, accuracy: int, bearing: float, part: float
) -> None:
    volume, (lon, lat), at = inside
    assume(fits(volume))
    # the receiver is wrong by as much as it says it may be
    seen_lon, seen_lat, _ = GEOD.fwd(lon / E7, lat / E7, bearing, part * accuracy)
    cell = from_mgrs(to_mgrs(round(seen_lat * E7), round(seen_lon * E7), DIGITS[grid]))
    assert departure([volume], (cell.lon, cell.lat), reach_of(grid, accuracy), at, 0) is None


@given(places_inside(), st.integers(0, 40_000), st.floats(0, 360), st.integers(0, 20_000))
def test_what_is_said_to_be_outside_is_at_least_so_far_from_every_sample(
    inside: tuple[Volume, Point, int], away: int, bearing: float, reach: int
) -> None:
    volume, (lon, lat), at = inside
    assume(fits(volume))
    far_lon, far_lat, _ = GEOD.fwd(lon / E7, lat / E7, bearing, away)
    found = departure([volume], (round(far_lon * E7), round(far_lat * E7)), float(reach), at, 0)
    if found is not None:
        assert found.outside_m <= max(0, away - reach) * 1.0001 + 1, "the place inside is not that far away"


SQUARE = [
    (430_000_000, 350_000_000),
    (430_100_000, 350_000_000),
    (430_100_000, 350_100_000),
    (430_000_000, 350_100_000),
]
MIDDLE = (430_050_000, 350_050_000)
WINDOW = {"from": START, "to": START + 2 * HOUR}


def volume(**told: Any) -> Volume:
    """A volume out of plain values."""
    return msgspec.convert(told, Volume)


def test_before_its_start_and_after_its_end_are_told_with_their_minutes() -> None:
    area = volume(ring=SQUARE, window=WINDOW)
    early = departure([area], MIDDLE, 100, START - 10 * MINUTE, 30 * MINUTE)
    late = departure([area], MIDDLE, 100, START + 2 * HOUR + 25 * MINUTE, 30 * MINUTE)
    assert early is not None
    assert late is not None
    assert (early.outside_m, early.when, early.minutes) == (0, "before_start", -10)
    assert (late.outside_m, late.when, late.minutes) == (0, "after_end", 25)
    for at in (START, START + 2 * HOUR):
        assert departure([area], MIDDLE, 100, at, 0) is None, "both ends belong to it"


def test_how_far_it_is_outside_takes_off_what_is_not_known() -> None:
    area = volume(ring=SQUARE, window=WINDOW)
    east = (430_400_000, 350_050_000)
    exact = departure([area], east, 0, START, 0)
    coarse = departure([area], east, reach_of(1000, 50), START, 0)
    assert exact is not None
    assert coarse is not None
    metres = GEOD.inv(43.04, 35.005, 43.01, 35.005)[2]
    assert exact.outside_m == pytest.approx(metres, abs=2)
    assert coarse.outside_m == pytest.approx(metres - 1000 * math.sqrt(0.5) * 1.002 - 51, abs=2)
    assert departure([area], east, reach_of(10_000, 0), START, 0) is None, "the square may be inside"


ROUTE = [(430_000_000, 350_000_000, START), (431_000_000, 350_000_000, START + HOUR)]


def test_a_timed_route_may_be_late_by_its_tolerance_and_no_more() -> None:
    route = volume(route=ROUTE, width_m=400)
    half_way = (430_500_000, 350_000_000)
    for minutes in (0, 20, 59):
        assert departure([route], half_way, 100, START + minutes * MINUTE, 30 * MINUTE) is None
    late = departure([route], half_way, 100, START + 75 * MINUTE, 30 * MINUTE)
    assert late is not None
    assert (late.outside_m, late.when, late.minutes) == (0, "late", 44), "it is there for two minutes on either side"
    early = departure([route], (431_000_000, 350_000_000), 100, START + 5 * MINUTE, 30 * MINUTE)
    assert early is not None
    assert (early.when, early.minutes) == ("early", -54)
    aside = departure([route], (430_500_000, 350_500_000), 100, START + 30 * MINUTE, 30 * MINUTE)
    assert aside is not None
    assert (aside.when, aside.minutes) == (None, 0)
    assert aside.outside_m > 5000


def test_every_repetition_is_a_window_of_its_own() -> None:
    again = volume(ring=SQUARE, window=WINDOW, repeat={"every_minutes": 1440, "times": 3})
    day = 24 * HOUR
    for number in range(3):
        assert departure([again], MIDDLE, 100, START + number * day + HOUR, 0) is None
    between = departure([again], MIDDLE, 100, START + day - 30 * MINUTE, 0)
    assert between is not None
    assert (between.when, between.minutes) == ("early", -30)
    after = departure([again], MIDDLE, 100, START + 3 * day, 0)
    assert after is not None
    assert (after.when, after.minutes) == ("after_end", 22 * 60)
    route = volume(route=ROUTE, width_m=400, repeat={"every_minutes": 30, "times": 4})
    for minutes in (30, 60, 90, 120):
        assert departure([route], (430_500_000, 350_000_000), 50, START + minutes * MINUTE, 0) is None
    assert departure([route], (430_500_000, 350_000_000), 50, START + 45 * MINUTE, 0) is not None


def test_ground_of_another_hour_is_early_or_late_and_not_outside() -> None:
    beside = [(lon + 1_000_000, lat) for lon, lat in SQUARE]
    first = volume(ring=SQUARE, window=WINDOW)
    second = volume(ring=beside, window={"from": START + 2 * HOUR, "to": START + 4 * HOUR})
    late = departure([first, second], MIDDLE, 100, START + 3 * HOUR, 0)
    assert late is not None
    assert (late.outside_m, late.when, late.minutes) == (0, "late", 60)
