"""Live positions against fences, next to a slow watch that looks at every fence at every position."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from movements.plans import E7, GROUNDS, HALF_TURN, HOUR, START, areas, corridors, near_from
from tansiq.errors import MalformedInput
from tansiq.movements.approach import Buffer, approach
from tansiq.movements.fences import DWELLS, ENTERS, LEAVES, Fence, Watch
from tansiq.movements.volumes import Area, Corridor, Window
from tansiq.records.values import Point

Seen = list[tuple[int, int, int, int]]


class SlowWatch:
    """The same rules, one position and one fence after the other, through the distance between volumes."""

    def __init__(self, fences: list[Fence], ground: Point, margin_m: int, dwell_s: int) -> None:
        self.fences, self.ground, self.margin, self.dwell = fences, ground, margin_m, dwell_s * 1000
        self.since: dict[tuple[int, int], int] = {}
        self.told: set[tuple[int, int]] = set()
        self.last: dict[int, int] = {}

    def outside(self, fence: Fence, place: Point, when: int) -> float:
        """Metres outside of a fence."""
        if not fence.shape.window.start <= when < fence.shape.window.end:
            return math.inf
        if isinstance(fence.shape, Area):
            ring = shapely.Polygon([near_from(self.ground, one) for one in fence.shape.ring])
            if ring.covers(shapely.Point(near_from(self.ground, place))):
                return 0.0
        # a place as a path of a centimetre
        here = Corridor((place, (place[0], place[1] + 1)), 0, Window(when, when + 1))
        always = type(fence.shape)(
            **{field: getattr(fence.shape, field) for field in fence.shape.__struct_fields__ if field != "band"}
        )
        found = approach(here, always, Buffer(100_000, 0))
        return math.inf if found is None else found.metres

    def take(self, units: list[int], places: list[Point], times: list[int]) -> Seen:
        """(row, unit, fence, what), sorted."""
        found = []
        for row, (unit, place, when) in enumerate(zip(units, places, times, strict=True)):
            if when <= self.last.get(unit, -1):
                continue
            self.last[unit] = when
            for number, fence in enumerate(self.fences):
                stay, far = (unit, number), self.outside(fence, place, when)
                if stay not in self.since:
                    if far == 0:
                        self.since[stay] = when
                        found.append((row, *stay, ENTERS))
                elif far > self.margin:
                    del self.since[stay]
                    self.told.discard(stay)
                    found.append((row, *stay, LEAVES))
                elif stay not in self.told and when - self.since[stay] >= self.dwell:
                    self.told.add(stay)
                    found.append((row, *stay, DWELLS))
        return sorted(found)


def taken(watch: Watch, units: list[int], places: list[Point], times: list[int]) -> Seen:
    """What a watch says, sorted."""
    events = watch.take(
        np.array(units), np.array([p[0] for p in places]), np.array([p[1] for p in places]), np.array(times)
    )
    columns = (events.position, events.unit, events.fence, events.what)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Point, list[Fence], list[int], list[Point], list[int]]:
    ground = draw(st.sampled_from(GROUNDS))
    shapes = draw(st.lists(st.one_of(areas(ground), corridors(ground)), min_size=1, max_size=6))
    count = draw(st.integers(1, 40))
    chance = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    # steps of some hundred metres around the ground, so that borders are met often
    steps = chance.integers(-30_000, 30_000, (count, 2))
    walk = np.cumsum(steps, axis=0) + chance.integers(-500_000, 500_000, 2)
    places = [((ground[0] + int(x) + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN, ground[1] + int(y)) for x, y in walk]
    units = chance.integers(0, 3, count).tolist()
    times = (START + np.cumsum(chance.integers(-60_000, 600_000, count))).tolist()
    return ground, [Fence(str(number), shape) for number, shape in enumerate(shapes)], units, places, times


@settings(max_examples=200, deadline=None)
@given(scenes(), st.sampled_from((0, 50, 2000)), st.sampled_from((0, 600, 3600)), st.integers(0, 40))
def test_a_watch_says_what_looking_at_every_fence_says(
    scene: tuple[Point, list[Fence], list[int], list[Point], list[int]], margin: int, dwell: int, cut: int
) -> None:
    ground, fences, units, places, times = scene
    slow = SlowWatch(fences, ground, margin, dwell)
    expected = slow.take(units, places, times)
    assert taken(Watch(fences, margin, dwell), units, places, times) == expected
    # a stream cut anywhere into batches says the same
    watch = Watch(fences, margin, dwell)
    first = taken(watch, units[:cut], places[:cut], times[:cut])
    rest = taken(watch, units[cut:], places[cut:], times[cut:])
    assert first + [(row + len(units[:cut]), *event) for row, *event in rest] == expected
    for unit in set(units):
        assert watch.inside(unit) == sorted(fences[number].id for one, number in slow.since if one == unit)


LON, LAT = 44 * E7, 35 * E7
GATE = Fence(
    "gate",
    Area(
        ((LON, LAT), (LON + 100_000, LAT), (LON + 100_000, LAT + 100_000), (LON, LAT + 100_000)),
        Window(START, START + HOUR),
    ),
)


def story(places: list[int], times: list[int], margin: int = 100, dwell: int = 600) -> list[tuple[int, int]]:
    """What one unit that walks east along the middle of the gate does: (row, what)."""
    events = taken(Watch([GATE], margin, dwell), [0] * len(places), [(LON + x, LAT + 50_000) for x in places], times)
    return [(row, what) for row, _, _, what in events]


def test_wavering_on_the_border_is_neither_leaving_nor_entering() -> None:
    times = [START + minute * 1000 for minute in range(6)]
    assert story([-500, 500, -500, 500, -9000, -20_000], times) == [(1, ENTERS), (5, LEAVES)]


def test_who_stays_dwells_once() -> None:
    times = [START + minute * 60_000 for minute in (0, 5, 10, 15, 20)]
    assert story([1, 2, 3, 4, -90_000], times) == [(0, ENTERS), (2, DWELLS), (4, LEAVES)]


def test_a_fence_that_stands_no_longer_is_left() -> None:
    assert story([5, 5, 5], [START - 1, START, START + HOUR]) == [(1, ENTERS), (2, LEAVES)]


def test_a_position_from_the_past_is_passed_over() -> None:
    assert story([5, -90_000, 5], [START + 10, START + 10, START + 5]) == [(0, ENTERS)]


def test_thousands_of_units_and_fences_need_no_more_room_than_they_find() -> None:
    fences = [Fence(str(number), GATE.shape) for number in range(700)]
    units = list(range(3000))
    events = taken(Watch(fences, 0, 0), units[:3], [(LON + 5, LAT + 5)] * 3, [START] * 3)
    assert len(events) == 2100
    watch = Watch([GATE])
    assert len(taken(watch, units, [(LON + 5, LAT + 5)] * 3000, [START] * 3000)) == 3000
    assert watch.inside(2999) == ["gate"]


@pytest.mark.parametrize(("unit", "lon", "lat"), [(-1, 0, 0), (0, HALF_TURN + 1, 0), (0, 0, 90 * E7 + 1)])
def test_a_batch_with_a_place_off_the_globe_is_refused_whole(unit: int, lon: int, lat: int) -> None:
    watch = Watch([GATE])
    with pytest.raises(MalformedInput):
        watch.take(
            np.array([0, unit]), np.array([LON + 5, lon]), np.array([LAT + 5, lat]), np.array([START, START + 1])
        )
    assert watch.inside(0) == []


def test_a_margin_below_nought_is_refused() -> None:
    with pytest.raises(MalformedInput) as refused:
        Watch([GATE], margin_m=-1)
    assert refused.value.code == "movements.dwell"
