"""Further patrols: what they are said to close they close, when they are added and everything is worked out again."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nodes import refused
from tansiq.gaps import bits, rounds, rounds_task, timetable
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.edits import AddedPatrol, Edits, edited
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.rounds import Laid
from tansiq.gaps.sites import PatrolsAsked, Round
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, DAY, NIGHT, base, ground, patrol, post, world

POSTS = (post("joc", "a", 10, 10), post("mop", "b", 45, 40, hours=NIGHT))
BASES = (base("joc", "base", 8, 12), base("mop", "base", 50, 42, mobility="offroad"))
PATROL = patrol("mop", "p", [(0, 55), (60, 55)], DAY)
DEFAULT = (Way(seen=True), Way(patrolled_hours=6))
SEEN_AND_PASSED = (Way(seen=True, patrolled_hours=12), Way(patrolled_hours=3))
WEEK_DAYS = 7


@cache
def case(ways: tuple[Way, ...], bare: bool = False) -> tuple[Inputs, Layers, Answer]:
    things = (*POSTS, PATROL) if bare else (*POSTS, *BASES, PATROL)
    inputs = world(*things, ways=ways)
    layers = ground(inputs)
    return inputs, layers, analyse(inputs, layers, COARSE)


def sought(ways: tuple[Way, ...], asked: PatrolsAsked, bare: bool = False) -> list[Laid]:
    _, layers, answer = case(ways, bare)
    coarse = rounds_task.ways_grid(answer.grid)
    assert coarse == answer.grid
    return list(rounds.lay(rounds_task.task(answer, layers, coarse, layers, asked)))


def open_cell_hours(answer: Answer) -> int:
    hours = np.bincount(answer.number, minlength=answer.cover.classes)
    return sum(bits.count(answer.cover.open(kind, answer.area)) * int(hours[kind]) for kind in range(len(hours)))


def closed_by(ways: tuple[Way, ...], found: tuple[Round, ...], bare: bool = False) -> int:
    """Cell-hours that are open before and not after these rounds are patrols like any other."""
    inputs, layers, before = case(ways, bare)
    added = [AddedPatrol(one.party, list(one.path), one.hours, one.width_m) for one in found]
    after = analyse(edited(inputs, Edits(patrols=added)), layers, COARSE)
    return open_cell_hours(before) - open_cell_hours(after)


@pytest.mark.parametrize(
    ("ways", "bare"),
    [(DEFAULT, False), (SEEN_AND_PASSED, False), (DEFAULT, True)],
    ids=["passed", "seen-and-passed", "from-posts"],
)
def test_patrols_close_just_what_is_said_of_them_and_no_more_than_the_bound(ways: tuple[Way, ...], bare: bool) -> None:
    steps = sought(ways, PatrolsAsked(3, None, 0.0, 3), bare)
    last = steps[-1]
    assert [step.value for step in steps] == sorted(step.value for step in steps)
    assert 0 < last.value == closed_by(ways, last.rounds, bare) <= last.ceiling
    assert len(last.rounds) == 3
    for one in last.rounds:
        assert one.seconds <= 3 * 3600
        assert one.stops
        assert [stop.after_s for stop in one.stops] == sorted(stop.after_s for stop in one.stops)
        under_way = timetable.week_of(one.hours).reshape(WEEK_DAYS, 24)
        assert (under_way.sum(axis=1) == -(-one.seconds // 3600)).all()
        assert under_way[0, one.start]


def test_a_budget_of_vehicle_hours_is_kept() -> None:
    last = sought(DEFAULT, PatrolsAsked(4, 28, 0.0, 4))[-1]
    assert 0 < sum(one.vehicle_hours for one in last.rounds) <= 28.05
    assert last.value <= last.ceiling < sought(DEFAULT, PatrolsAsked(4, None, 0.0, 4))[-1].ceiling


def test_each_side_drives_its_part() -> None:
    parties = [one.party for one in sought(DEFAULT, PatrolsAsked(4, None, 1.0, 2))[-1].rounds]
    assert sorted(parties) == ["joc", "joc", "mop", "mop"]


def test_a_side_that_can_add_nothing_does_not_hold_up_the_other() -> None:
    inputs = world(post("joc", "a", 10, 10), patrol("mop", "p", [(0, 55), (60, 55)], DAY), ways=DEFAULT)
    layers = ground(inputs)
    answer = analyse(inputs, layers, COARSE)
    made = rounds_task.task(answer, layers, rounds_task.ways_grid(answer.grid), layers, PatrolsAsked(2, None, 1.0, 2))
    assert [one.party for one in list(rounds.lay(made))[-1].rounds] == ["joc", "joc"]


def test_a_side_whose_base_is_too_far_sets_out_from_its_posts() -> None:
    far = base("joc", "far", 60, 240)
    inputs = world(post("joc", "a", 10, 10), far, patrol("mop", "p", [(0, 55), (60, 55)], DAY), ways=DEFAULT)
    layers = ground(inputs)
    answer = analyse(inputs, layers, COARSE)
    coarse = rounds_task.ways_grid(answer.grid)
    wide = layers if coarse == answer.grid else Layers()
    made = rounds_task.task(answer, layers, coarse, wide, PatrolsAsked(1, None, 0.0, 1))
    assert [one.base for one in list(rounds.lay(made))[-1].rounds] == ["joc/a"]


def test_what_cannot_be_sought_is_said() -> None:
    for wrong in (PatrolsAsked(0, None, 0, 3), PatrolsAsked(2, 0, 0, 3), PatrolsAsked(2, None, 2, 3)):
        with refused("further.patrols_asked"):
            sought(DEFAULT, wrong)
    with refused("further.no_passing"):
        sought((Way(seen=True),), PatrolsAsked(1, None, 0, 3))


def test_a_search_that_is_not_wanted_any_more_stops() -> None:
    _, layers, answer = case(DEFAULT)
    coarse = rounds_task.ways_grid(answer.grid)
    asked = PatrolsAsked(2, None, 0.0, 3)
    with refused("gaps.stopped"):
        rounds_task.task(answer, layers, coarse, layers, asked, cancelled=lambda: True)
    made = rounds_task.task(answer, layers, coarse, layers, asked)
    assert list(rounds.lay(made, cancelled=lambda: True)) == []
