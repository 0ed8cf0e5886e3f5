"""Further posts: what they are said to close they close, when they are added and everything is worked out again."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from nodes import refused
from tansiq.gaps import bits, further, siting, timetable
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.edits import AddedPost, Edits, edited
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import Base, BasedOn, Inputs, Patrol, Post, Released
from tansiq.gaps.layers import Layers
from tansiq.gaps.sites import Asked
from tansiq.records.kinds.arrangement import Way
from tansiq.records.kinds.coverage import Frame

from .worlds import COARSE, NIGHT, base, ground, patrol, post, world

SEEN = (Way(seen=True),)
SEEN_AND_REACHED = (Way(seen=True, reached_minutes=10),)
MIXED = (Way(seen=True, reached_minutes=8), Way(seen=True, patrolled_hours=3), Way(patrolled_hours=2))
Case = tuple[Inputs, Layers, Answer]


def open_cell_hours(answer: Answer) -> int:
    hours = np.bincount(answer.number, minlength=answer.cover.classes)
    return sum(bits.count(answer.cover.open(kind, answer.area)) * int(hours[kind]) for kind in range(len(hours)))


def case(*ways: Way, things: tuple[Post | Patrol | Base, ...] = ()) -> Case:
    posts = (post("joc", "a", 10, 10), post("mop", "b", 45, 40), post("mop", "c", 20, 45, hours=NIGHT))
    inputs = world(*posts, *things, ways=ways)
    layers = ground(inputs)
    return inputs, layers, analyse(inputs, layers, COARSE)


@pytest.fixture(scope="module")
def asked() -> Case:
    return case(*SEEN)


def closed_by(asked: Case, made: further.Task, picked: tuple[int, ...]) -> int:
    """Cell-hours that are open before and not after these sites are posts like any other."""
    inputs, layers, before = asked
    kind = made.kind
    added = [
        AddedPost(site.party, site.lon, site.lat, kind.height_m, kind.day_m, kind.night_m, site.hours)
        for site in further.chosen(before, made, picked)
    ]
    after = analyse(edited(inputs, Edits(add=added)), layers, COARSE)
    return open_cell_hours(before) - open_cell_hours(after)


def test_one_more_post_closes_just_what_was_said(asked: Case) -> None:
    _, layers, answer = asked
    made = further.task(answer, layers, Asked(1, None, 0.0))
    choice = further.choose(made)
    assert len(choice.sites) == 1
    assert choice.value == closed_by(asked, made, choice.sites)
    assert made.open_km2h == pytest.approx(open_cell_hours(answer) * made.cell_km2)


BASES = (base("joc", "base", 8, 12), base("mop", "base", 50, 42, mobility="foot"))
SIDES = (("joc", 20), ("mop", 40))
PATROL = patrol("mop", "p", [(0, 30), (60, 30)], NIGHT)


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize(
    ("ways", "things"),
    [(SEEN, ()), (SEEN_AND_REACHED, BASES), (MIXED, (*BASES, PATROL)), (MIXED, (PATROL,))],
    ids=["seen", "seen-and-reached", "mixed", "no-base"],
)
def test_posts_close_just_what_is_said_of_them_whatever_the_arrangement_asks_for(
    ways: tuple[Way, ...], things: tuple[Post | Patrol | Base, ...], count: int
) -> None:
    told = case(*ways, things=things)
    made = further.task(told[2], told[1], Asked(count, None, 0.0))
    choice = further.choose(made)
    order, gains = further.closed(made, choice.sites)
    assert sorted(order) == sorted(choice.sites)
    assert sum(gains) == closed_by(told, made, choice.sites) > 0
    assert 0.8 * choice.value <= sum(gains) <= choice.value <= choice.bound
    assert gains == sorted(gains, reverse=True)


def test_without_a_post_there_day_and_night_are_still_apart() -> None:
    passing = [patrol(party, "p", [(0, north), (60, north)], timetable.ALWAYS) for party, north in SIDES]
    inputs = world(*passing)
    layers = ground(inputs)
    told = (inputs, layers, analyse(inputs, layers, COARSE))
    made = further.task(told[2], layers, Asked(2, None, 0.0))
    choice = further.choose(made)
    assert sum(further.closed(made, choice.sites)[1]) == closed_by(told, made, choice.sites)


def test_a_post_beside_released_cover_adds_to_it() -> None:
    inputs = world(post("joc", "a", 10, 10), ways=SEEN)
    grid = frame_of(inputs, COARSE.cell)
    frame = Frame(grid.epsg, int(grid.x0), int(grid.y0), 100, grid.rows, grid.cols)
    none = Released("mop", "mop/r", frame, ((timetable.ALWAYS, (grid.rows * grid.cols,)),), ("posts",))
    inputs = replace(inputs, released=(none,), based_on={**inputs.based_on, "mop": BasedOn(coverage=1)})
    added = AddedPost("mop", 44.13, 35.53)
    before = analyse(inputs, Layers(), COARSE)
    after = analyse(edited(inputs, Edits(add=[added])), Layers(), COARSE)
    assert open_cell_hours(after) < open_cell_hours(before)


@pytest.mark.parametrize(
    ("ways", "code"),
    [((Way(patrolled_hours=6),), "further.no_sight"), ((Way(seen=True, patrolled_hours=168),), "")],
)
def test_a_rule_that_no_post_can_serve_is_said(ways: tuple[Way, ...], code: str) -> None:
    told = case(*ways)
    if code:
        with refused(code):
            further.task(told[2], told[1], Asked(1, None, 0.0))
    else:
        assert further.choose(further.task(told[2], told[1], Asked(1, None, 0.0))).sites == ()


def test_where_all_is_unknown_no_post_is_sought() -> None:
    inputs = world(post("joc", "a", 10, 10))
    answer = analyse(replace(inputs, based_on={**inputs.based_on, "mop": BasedOn()}), Layers(), COARSE)
    with refused("further.nothing_open"):
        further.task(answer, Layers(), Asked(1, None, 0.0))


def test_a_search_that_is_not_wanted_any_more_stops(asked: Case) -> None:
    _, layers, answer = asked
    with refused("gaps.stopped"):
        further.task(answer, layers, Asked(1, None, 0.0), cancelled=lambda: True)


def test_a_budget_is_kept_and_buys_nights_alone(asked: Case) -> None:
    _, layers, answer = asked
    made = further.task(answer, layers, Asked(5, 252, 0.0))
    choice = further.choose(made)
    hours = [int(made.sites.manned[site].sum()) for site in choice.sites]
    assert sum(hours) <= 252
    assert set(hours) <= {84, 168}


def test_each_side_gets_its_part(asked: Case) -> None:
    inputs, layers, answer = asked
    made = further.task(answer, layers, Asked(4, None, 1.0))
    choice = further.choose(made)
    assert min(siting.counts_of(made.problem, choice.sites)) >= 4 // len(inputs.parties)


def test_without_terrain_candidates_see_all_in_range(asked: Case) -> None:
    inputs, _, _ = asked
    bare = Layers()
    answer = analyse(inputs, bare, COARSE)
    choice = further.choose(further.task(answer, bare, Asked(2, None, 0.0)))
    assert choice.value > 0


def test_what_cannot_be_asked_is_refused(asked: Case) -> None:
    _, layers, answer = asked
    for wrong in (Asked(0, None, 0.0), Asked(51, None, 0.0), Asked(3, -1, 0.0), Asked(3, None, 1.5)):
        with refused("further.asked"):
            further.task(answer, layers, wrong)
