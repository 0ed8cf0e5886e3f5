"""Figures of incidents: what is not known stays without a figure, and every figure has its records."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from tansiq.geo.mgrs import grid_cell
from tansiq.incidents.atlas import NOT_TOLD, WEEK_MS, Atlas, Chosen, Spot, chosen, empty, grown, week_begins
from tansiq.incidents.charts import EDGE, IN, OUT, Charts, charts, whole_weeks, within

from .test_atlas import BEGAN, DAY, by_lots, spot, spots, standing

MONDAY = week_begins(2645)
SIDES = ("joc", "mop")
RING = [(430_000_000, 350_000_000), (430_000_000, 360_000_000), (440_000_000, 360_000_000), (440_000_000, 350_000_000)]


def timed(number: int, at: int, wide: int = 0, **more: object) -> Spot:
    return spot(number, number, at=at, start=at, end=at + wide, **more)


def three_weeks(atlas: Atlas, reported: Mapping[str, list[tuple[int, int]]] | None = None) -> Charts:
    return charts(atlas, MONDAY, MONDAY + 3 * WEEK_MS, SIDES, reported or {}, {"joc/a": within(atlas, RING)})


def test_a_week_of_which_a_side_said_nothing_is_a_gap_and_not_zero() -> None:
    atlas = grown(empty(), [timed(1, MONDAY), timed(2, MONDAY + 2 * WEEK_MS), timed(3, MONDAY + DAY)])
    joc, mop = three_weeks(atlas).by_week
    assert joc.counts == [2, None, 1]
    assert mop.counts == [None, None, None]


def test_a_week_of_which_a_side_issued_a_report_is_zero() -> None:
    atlas = grown(empty(), [timed(1, MONDAY)])
    second = (MONDAY + WEEK_MS, MONDAY + 2 * WEEK_MS)
    joc, mop = three_weeks(atlas, {"mop": [second], "joc": [second]}).by_week
    assert joc.counts == [1, 0, None]
    assert mop.counts == [None, 0, None]


def test_a_time_told_more_roughly_than_a_week_is_in_no_week() -> None:
    atlas = grown(empty(), [timed(1, MONDAY + 3 * DAY, 31 * DAY), spot(2, 2)])
    found = three_weeks(atlas)
    assert [one.rough for one in found.by_week] == [1, 0]
    assert found.by_week[0].counts == [None, None, None]
    assert (found.total, found.untold) == (1, 1)


def test_a_square_across_the_edge_may_be_in_the_area_and_one_inside_is() -> None:
    inside, across = grid_cell(355_000_000, 435_000_000, 10_000), grid_cell(355_000_000, 430_000_000, 10_000)
    atlas = grown(
        empty(),
        [
            timed(1, MONDAY, lat=inside.lat, lon=inside.lon, size=10_000),
            timed(2, MONDAY, lat=across.lat, lon=across.lon, size=10_000),
            timed(3, MONDAY, lat=355_000_000, lon=429_900_000, accuracy=20),
            timed(4, MONDAY, lat=355_000_000, lon=429_900_000, accuracy=5000),
            timed(5, MONDAY, lat=355_000_000, lon=435_000_000, size=100_000),
            timed(6, MONDAY),
        ],
    )
    assert within(atlas, RING).tolist() == [IN, EDGE, OUT, EDGE, EDGE, OUT]
    found = three_weeks(atlas)
    (area,) = found.by_area
    assert (area.inside[0], area.edge[0], found.outside[0], found.placeless[0]) == (1, 3, 1, 1)


def test_an_area_smaller_than_a_square_may_hold_what_is_in_it() -> None:
    small = [(lon // 100 + 431_000_000, lat // 100 + 351_500_000) for lon, lat in RING]
    atlas = grown(empty(), [timed(1, MONDAY, lat=small[0][1] + 10_000_000 // 50, lon=small[0][0], size=100_000)])
    assert within(atlas, small).tolist() == [EDGE]


def test_hours_count_only_what_tells_its_hour() -> None:
    at = MONDAY + 2 * DAY + 5 * 3_600_000
    place = {"lat": 355_000_000, "lon": 435_000_000}
    atlas = grown(empty(), [timed(1, at, **place), timed(2, at, DAY - 1, **place)])
    (area,) = three_weeks(atlas).by_area
    assert [(hour, count) for hour, count in enumerate(area.hours) if count] == [(2 * 24 + 5, 1)]


def test_what_came_from_files_says_of_when_it_tells() -> None:
    atlas = grown(
        empty(), [timed(1, MONDAY, taken_in=True), timed(2, MONDAY + WEEK_MS, taken_in=True), timed(3, MONDAY)]
    )
    found = three_weeks(atlas)
    assert (found.taken_in, found.taken_from, found.taken_to) == (2, MONDAY, MONDAY + WEEK_MS)


@given(spots(), some.integers(1, 12))
@settings(max_examples=100)
def test_every_figure_is_the_number_of_the_records_behind_it(every: list[Spot], lot: int) -> None:
    atlas = by_lots(every, lot)
    since, until = whole_weeks(BEGAN + 5 * DAY, BEGAN + 25 * DAY)
    inside = {"joc/a": within(atlas, RING)}
    found = charts(atlas, since, until, SIDES, {}, inside)
    rows = np.arange(len(atlas.columns))

    def behind(**more: object) -> int:
        asked = Chosen(**{"since": since, "until": until, "timed": "told", "standing": True, **more})  # type: ignore[arg-type]  # fields by name
        return int(chosen(atlas, rows, asked).sum())

    assert found.total == behind()
    for number, side in enumerate(found.sides):
        for one in found.by_category:
            assert one.counts[number] == behind(categories=[one.word], sides=[side])
        for one in found.by_how_known:
            assert one.counts[number] == behind(how_known=[one.word], sides=[side])
        weeks = found.by_week[number]
        assert weeks.rough == behind(timed="rough", sides=[side])
        for week, count in zip(found.weeks, weeks.counts, strict=True):
            assert (count or 0) == behind(since=week, until=week + WEEK_MS, timed="week", sides=[side])
    area = found.by_area[0]
    placed = sum(area.inside) + sum(area.edge) + sum(found.outside)
    assert placed + sum(found.placeless) == found.total
    assert found.untold == sum(one.start is None and not one.erased for one in standing(every))
    assert found.untold == behind(timed="untold")
    assert NOT_TOLD not in found.weeks
