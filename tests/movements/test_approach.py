"""How close two volumes come: against sampled geodesics, against shapely, and cases that one can work out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from movements.plans import (
    E7,
    GEOD,
    GROUNDS,
    HOUR,
    START,
    areas,
    half,
    near_from,
    place_at,
    routes,
    sampled_distance,
    volumes,
)
from tansiq.errors import MalformedInput
from tansiq.movements.approach import Buffer, approach
from tansiq.movements.measure import to_segment
from tansiq.movements.volumes import Area, Band, Corridor, Route, Volume, Window, window_of

SLIP = 6e-4
"""The stated error of two that keep abreast, and the rounding of places to 10⁻⁷ degrees on top."""
LEAST = 0.1

buffers = st.tuples(st.sampled_from((0, 50, 1000, 5000)), st.sampled_from((0, 1, 600, 7200)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[tuple[int, int], Volume, Volume]:
    ground = draw(st.sampled_from(GROUNDS))
    return ground, draw(volumes(ground)), draw(volumes(ground))


@settings(max_examples=300, deadline=None)
@given(pairs(), buffers)
def test_no_sample_is_closer_and_what_is_told_is_true(
    pair: tuple[tuple[int, int], Volume, Volume], buffer: tuple[int, int]
) -> None:
    ground, a, b = pair
    if a.band and b.band and (a.band.low > b.band.high or b.band.low > a.band.high):
        assert approach(a, b, Buffer(*buffer)) is None
        return
    found = approach(a, b, Buffer(*buffer))
    sampled = sampled_distance(a, b, ground, buffer[1])
    windows = window_of(a), window_of(b)
    if found is None:
        gap = max(windows[0].start - windows[1].end, windows[1].start - windows[0].end)
        assert sampled > buffer[0] * (1 - SLIP) - LEAST or gap >= buffer[1] * 1000
        return
    # both places are told in whole units of E7, up to 8 mm beside where they are, and their plane to a decimetre
    assert found.metres <= sampled * (1 + SLIP) + (half(a) + half(b)) * SLIP + 2 * LEAST
    assert found.metres <= buffer[0]
    assert abs(found.own_time - found.other_time) <= buffer[1] * 1000 + 1
    here, there = found.own_place, found.other_place
    far = GEOD.inv(here[0] / E7, here[1] / E7, there[0] / E7, there[1] / E7)[2]
    assert max(0.0, far - half(a) - half(b)) == pytest.approx(found.metres, rel=SLIP, abs=2 * LEAST + far * SLIP)
    for volume, window, when, place in (
        (a, windows[0], found.own_time, found.own_place),
        (b, windows[1], found.other_time, found.other_place),
    ):
        assert window.start <= when <= window.end
        if isinstance(volume, Route):
            lon, lat = place_at(volume, when)
            x, y = near_from(volume.path[0], place)
            # a millisecond of rounding is up to 2 m
            assert GEOD.inv(lon, lat, x, y)[2] < 2.5


@settings(max_examples=200, deadline=None)
@given(pairs(), buffers)
def test_it_does_not_matter_which_comes_first(
    pair: tuple[tuple[int, int], Volume, Volume], buffer: tuple[int, int]
) -> None:
    _, a, b = pair
    one, other = approach(a, b, Buffer(*buffer)), approach(b, a, Buffer(*buffer))
    assert (one is None) == (other is None)
    if one and other:
        assert one.metres == pytest.approx(other.metres, rel=1e-6, abs=0.01)


@settings(max_examples=200, deadline=None)
@given(pairs(), buffers, st.integers(0, 3000), st.integers(0, 3600))
def test_a_larger_buffer_finds_no_less(
    pair: tuple[tuple[int, int], Volume, Volume], buffer: tuple[int, int], metres: int, seconds: int
) -> None:
    _, a, b = pair
    small = approach(a, b, Buffer(*buffer))
    large = approach(a, b, Buffer(buffer[0] + metres, buffer[1] + seconds))
    if small:
        assert large is not None
        assert large.metres <= small.metres + 0.01


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(GROUNDS))
def test_polygons_are_as_far_apart_as_shapely_says_in_a_projection_of_their_own(
    data: st.DataObject, ground: tuple[int, int]
) -> None:
    always = Window(START, START + HOUR)
    a, b = (data.draw(areas(ground)) for _ in range(2))
    found = approach(Area(a.ring, always), Area(b.ring, always), Buffer(100_000, 0))
    lon, lat = ground[0] / E7, ground[1] / E7
    plane = Transformer.from_crs(4326, f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84", always_xy=True)

    def flat(area: Area) -> shapely.Polygon:
        ring = shapely.segmentize(shapely.Polygon([near_from(ground, one) for one in area.ring]), 0.002)
        return shapely.transform(ring, lambda xy: np.column_stack(plane.transform(xy[:, 0], xy[:, 1])))

    assert found is not None
    assert found.metres == pytest.approx(shapely.distance(flat(a), flat(b)), rel=2e-4, abs=0.1)


@pytest.mark.parametrize(
    ("lat", "km", "error"),
    [
        (0, 10, 1e-7),
        (35, 10, 1e-7),
        (-60, 10, 4e-7),
        (83, 10, 1e-5),
        (35, 100, 1e-5),
        (-60, 100, 4e-5),
        (83, 100, 1e-3),
    ],
)
def test_distances_are_within_the_stated_error_of_the_geodesic(lat: float, km: int, error: float) -> None:
    for bearing in range(0, 360, 15):
        lon, to_lat, _ = GEOD.fwd(44.0, lat, bearing, km * 1000)
        square, _ = to_segment(44.0 * E7, lat * E7, lon * E7, to_lat * E7, lon * E7, to_lat * E7)
        assert math.sqrt(square) == pytest.approx(km * 1000, rel=error)


PLACE = (44 * E7, 35 * E7)


def along(east: int, north: int = 0) -> tuple[int, int]:
    return PLACE[0] + east, PLACE[1] + north


def test_two_that_meet_head_on_meet_in_the_middle_at_half_time() -> None:
    there = Route((along(0), along(E7)), (START, START + HOUR), 5)
    back = Route((along(E7), along(0)), (START, START + HOUR), 5)
    found = approach(there, back, Buffer(0, 0))
    assert found is not None
    assert (found.metres, found.own_time, found.other_time) == (0.0, START + HOUR // 2, START + HOUR // 2)
    assert found.own_place == along(E7 // 2)


def test_one_that_follows_ten_minutes_later_is_met_only_with_a_buffer_of_ten_minutes() -> None:
    first = Route((along(0), along(E7)), (START, START + HOUR), 0)
    second = Route((along(0), along(E7)), (START + 600_000, START + HOUR + 600_000), 0)
    ahead = GEOD.inv(44.0, 35.0, 44.0 + 1 / 6, 35.0)[2]
    now, soon, then = (approach(first, second, Buffer(100_000, s)) for s in (0, 300, 600))
    assert now
    assert soon
    assert then
    assert now.metres == pytest.approx(ahead, rel=1e-4)
    assert soon.metres == pytest.approx(ahead / 2, rel=1e-4)
    assert then.metres == 0.0


def test_a_convoy_that_passes_before_the_exercise_begins_is_clear() -> None:
    ground = Area(
        (along(40_000, -10_000), along(60_000, -10_000), along(60_000, 10_000), along(40_000, 10_000)),
        Window(START + HOUR, START + 2 * HOUR),
    )
    convoy = Route((along(0), along(200_000)), (START, START + HOUR), 0)
    assert approach(convoy, ground, Buffer(500, 0)) is None
    # it leaves the ground 42 minutes before the exercise begins
    assert approach(convoy, ground, Buffer(0, 41 * 60)) is None
    found = approach(convoy, ground, Buffer(0, 43 * 60))
    assert found is not None
    assert found.other_time == START + HOUR


def test_windows_that_only_touch_do_not_meet() -> None:
    early = Corridor((along(0), along(1000)), 10, Window(START, START + 1000))
    late = Corridor((along(0), along(1000)), 10, Window(START + 1000, START + 2000))
    assert approach(early, late, Buffer(0, 0)) is None
    assert approach(early, late, Buffer(0, 1)) is not None


def test_height_bands_that_touch_meet_and_no_band_meets_all() -> None:
    def at(band: Band | None) -> Corridor:
        return Corridor((along(0), along(1000)), 10, Window(START, START + 1000), band)

    assert approach(at(Band(0, 100)), at(Band(100, 200)), Buffer(0, 0)) is not None
    assert approach(at(Band(0, 99)), at(Band(100, 200)), Buffer(0, 0)) is None
    assert approach(at(None), at(Band(9000, 9100)), Buffer(0, 0)) is not None


@settings(max_examples=50, deadline=None)
@given(routes(GROUNDS[0]))
def test_a_route_overlaps_itself(route: Route) -> None:
    found = approach(route, route, Buffer(0, 0))
    assert found is not None
    assert found.metres == 0.0


@pytest.mark.parametrize(("metres", "seconds"), [(-1, 0), (0, -1), (100_001, 0), (0, 400 * 86_400)])
def test_a_buffer_beyond_reason_is_refused(metres: int, seconds: int) -> None:
    with pytest.raises(MalformedInput) as refused:
        Buffer(metres, seconds)
    assert refused.value.code == "movements.buffer"
