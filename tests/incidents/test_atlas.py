"""The atlas of incidents against a plain list that is looked through one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from tansiq.geo.mgrs import grid_cell
from tansiq.geo.vector_tile import EXTENT
from tansiq.incidents.atlas import (
    CATEGORIES,
    HOW_KNOWN,
    WEEK_MS,
    Atlas,
    Chosen,
    Spot,
    apart,
    empty,
    grown,
    newest,
    place_of,
    week_begins,
    week_of,
)
from tansiq.incidents.tiles import short, tile_of

from .tile_reader import read_tile

BEGAN = 1_600_000_000_000
PARTIES = ("joc", "mop")
DAY = 86_400_000
EDGE = (357_700_000, 420_776_365)
"""Less than half a step west of the edge of a tile of zoom 14."""


def spot(number: int, entry: int, **more: object) -> Spot:
    return Spot(number, entry, **{"party": "joc", "side": "joc", "id": f"{entry:036d}", "at": BEGAN, **more})  # type: ignore[arg-type]  # fields by name


@some.composite
def spots(draw: some.DrawFn) -> list[Spot]:
    """Reports as they come, some of them again with something changed."""
    found = []
    for number in range(1, draw(some.integers(1, 40)) + 1):
        lat, lon = draw(some.integers(330_000_000, 370_000_000)), draw(some.integers(410_000_000, 460_000_000))
        size = draw(some.sampled_from((0, 0, 1000, 10_000, 100_000)))
        if size:
            cell = grid_cell(lat, lon, size)
            lat, lon = cell.lat, cell.lon
        placed = draw(some.integers(0, 5)) > 0
        at = BEGAN + draw(some.integers(0, 60)) * DAY // 2
        wide = draw(some.sampled_from((0, 0, 3_600_000, 31 * DAY)))
        told = draw(some.integers(0, 5)) > 0
        found.append(
            spot(
                number,
                draw(some.integers(0, 25)),
                side=draw(some.sampled_from(PARTIES)),
                at=at,
                start=at if told else None,
                end=at + wide if told else None,
                lat=lat if placed else None,
                lon=lon if placed else None,
                size=size if placed else 0,
                category=draw(some.sampled_from((None, *CATEGORIES))),
                how_known=draw(some.sampled_from((None, *HOW_KNOWN))),
                erased=draw(some.integers(0, 9)) == 0,
            )
        )
    return found


def by_lots(every: list[Spot], lot: int) -> Atlas:
    """The atlas read lot by lot; of one lot a report comes once, as the store has it."""
    atlas = empty()
    for at in range(0, len(every), lot):
        latest = {one.entry: one for one in every[at : at + lot]}
        atlas = grown(atlas, sorted(latest.values(), key=lambda one: one.seq))
    return atlas


def standing(every: list[Spot]) -> list[Spot]:
    return list({one.entry: one for one in every}.values())


def fits(one: Spot, asked: Chosen) -> bool:
    return (
        not (asked.standing and one.erased)
        and in_time(one, asked)
        and (not asked.categories or (one.category or "") in asked.categories)
        and (not asked.how_known or (one.how_known or "") in asked.how_known)
        and (not asked.sides or one.side in asked.sides)
        and (asked.box is None or in_box(one, asked.box))
    )


def in_time(one: Spot, asked: Chosen) -> bool:
    at = one.at
    if asked.timed is not None:
        if one.start is None or one.end is None or asked.timed == "untold":
            return asked.timed == "untold" and one.start is None
        at = one.start
        within = bool(week_of(np.array([one.start]))[0] == week_of(np.array([one.end]))[0])
        if within is not {"week": True, "rough": False}.get(asked.timed, within):
            return False
    return (asked.since is None or at >= asked.since) and (asked.until is None or at < asked.until)


def in_box(one: Spot, box: tuple[int, int, int, int]) -> bool:
    west, south, east, north = box
    return one.lat is not None and one.lon is not None and south <= one.lat <= north and west <= one.lon <= east


QUESTIONS = some.builds(
    Chosen,
    since=some.none() | some.integers(BEGAN, BEGAN + 30 * DAY),
    until=some.none() | some.integers(BEGAN, BEGAN + 30 * DAY),
    timed=some.sampled_from((None, "told", "week", "rough", "untold")),
    categories=some.lists(some.sampled_from(("", *CATEGORIES)), max_size=3),
    how_known=some.lists(some.sampled_from(("", *HOW_KNOWN)), max_size=3),
    sides=some.lists(some.sampled_from(PARTIES), max_size=1),
    box=some.none() | some.just((420_000_000, 340_000_000, 450_000_000, 360_000_000)),
    standing=some.booleans(),
)


@given(spots(), some.integers(1, 12), QUESTIONS, some.integers(1, 5))
def test_pages_of_the_newest_are_what_a_list_looked_through_gives(
    every: list[Spot], lot: int, asked: Chosen, page: int
) -> None:
    atlas = by_lots(every, lot)
    wanted = sorted((one for one in standing(every) if fits(one, asked)), key=lambda one: (-one.at, -one.seq))
    found: list[str] = []
    before = None
    while len(rows := newest(atlas, asked, page, before)):
        found += [atlas.ref(int(row)) for row in rows]
        before = (int(atlas.columns.at[rows[-1]]), int(atlas.columns.seq[rows[-1]]))
    assert found == [f"joc/{one.id}" for one in wanted]
    assert atlas.count == len(standing(every))


@given(spots(), some.integers(1, 12), some.integers(5, 15))
@settings(max_examples=60)
def test_every_report_with_a_place_is_in_the_tiles_once_and_a_square_is_never_a_point(
    every: list[Spot], lot: int, zoom: int
) -> None:
    atlas = by_lots(every, lot)
    placed = [one for one in standing(every) if one.lat is not None]
    squares = {f"joc/{one.id}" for one in placed if one.size}
    tiles = {_tile(one, zoom) for one in placed}
    counted = coarse = 0
    for x, y in tiles:
        read = read_tile(tile_of(atlas, zoom, x, y, Chosen()))
        for single in read.get("single", []):
            assert single.tags["ref"] not in squares
            counted += 1
        for mark in read.get("marks", []):
            assert mark.tags["count"] > 1 or mark.tags["coarse"] == 1
            ((at_x, at_y),) = mark.corners
            assert 0 <= at_x <= EXTENT
            assert 0 <= at_y <= EXTENT
            counted += mark.tags["count"]
            coarse += mark.tags["coarse"]
        for tally in read.get("tallies", []):
            counted += tally.tags["count"]
            coarse += tally.tags["coarse"]
        if "tallies" in read:
            assert {len(one.corners) for one in read["squares"]} == {4}
    assert counted == len(placed)
    assert coarse == len(squares)


def _tile(one: Spot, zoom: int) -> tuple[int, int]:
    x, y = apart(place_of(np.array([one.lat]), np.array([one.lon])))
    return int(x[0]) >> 26 - zoom, int(y[0]) >> 26 - zoom


def test_a_square_whose_middle_is_on_the_edge_of_a_tile_is_counted_in_that_tile() -> None:
    on_edge = spot(1, 1, lat=EDGE[0], lon=EDGE[1], size=10_000)
    atlas = grown(empty(), [on_edge])
    (tally,) = read_tile(tile_of(atlas, 14, *_tile(on_edge, 14), Chosen()))["tallies"]
    assert tally.tags["count"] == 1
    ((at_x, _),) = tally.corners
    assert at_x == EXTENT


def test_a_square_is_drawn_in_every_tile_that_it_reaches_into() -> None:
    cell = grid_cell(357_700_000, 435_800_000, 10_000)
    atlas = grown(empty(), [spot(1, 1, lat=cell.lat, lon=cell.lon, size=10_000)])
    zoom = 13
    x, y = _tile(spot(1, 1, lat=cell.lat, lon=cell.lon), zoom)
    near = [
        read_tile(tile_of(atlas, zoom, x + right, y + down, Chosen())) for right in (-1, 0, 1) for down in (-1, 0, 1)
    ]
    assert all(len(one["squares"]) == 1 for one in near), "a tile is 4 km wide there, the square 10 km"
    assert sum(len(one.get("tallies", [])) for one in near) == 1
    assert near[4]["squares"][0].tags["ref"] == f"joc/{1:036d}"


def test_a_filter_by_time_and_kind_reaches_the_tiles() -> None:
    atlas = grown(
        empty(),
        [
            spot(1, 1, lat=357_700_000, lon=435_800_000, category="raid"),
            spot(2, 2, lat=357_700_100, lon=435_800_100, category="fire", at=BEGAN + DAY),
        ],
    )
    x, y = _tile(spot(1, 1, lat=357_700_000, lon=435_800_000), 9)

    def count(asked: Chosen) -> tuple[int, int]:
        read = read_tile(tile_of(atlas, 9, x, y, asked))
        return len(read.get("marks", [])), len(read.get("single", []))

    assert count(Chosen()) == (1, 0)
    assert count(Chosen(until=BEGAN + DAY)) == (0, 1)
    assert count(Chosen(categories=["fire"])) == (0, 1)
    assert count(Chosen(categories=["clash"])) == (0, 0)


@given(some.integers(0, 10_000_000))
def test_a_short_count_never_says_more_than_there_are(count: int) -> None:
    text = short(count)
    said = round(float(text.removesuffix("k")) * (1000 if text.endswith("k") else 1))
    assert said <= count <= said * 1.12 + 1
    assert len(text) <= 6


@given(some.integers(0, 2_000_000_000_000))
def test_weeks_begin_on_monday_midnight_in_baghdad(at: int) -> None:
    begins = week_begins(int(week_of(np.array([at]))[0]))
    assert begins <= at < begins + WEEK_MS
    assert (begins + 3 * 3_600_000) // DAY % 7 == 4, "the first of January 1970 was a Thursday"
    assert (begins + 3 * 3_600_000) % DAY == 0
