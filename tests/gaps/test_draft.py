"""A draft that is followed change by change says what the whole analysis says of it, whatever came before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from nodes import refused
from tansiq.gaps import bits
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.draft import Draft
from tansiq.gaps.edits import AddedPatrol, AddedPost, Edits, edited
from tansiq.gaps.inputs import BasedOn, Inputs
from tansiq.gaps.layers import Layers
from tansiq.geo.shapes import Lines
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, CORNER, DAY, NIGHT, STEP, base, ground, patrol, post, world

ALL_DAY = "1" * 168
MORNINGS = "".join("1" if 7 <= hour % 24 < 11 else "0" for hour in range(168))
WEEKS = (DAY, NIGHT, ALL_DAY, MORNINGS, "0" * 168)
WAYS = (Way(seen=True, reached_minutes=10), Way(patrolled_hours=6))


def degrees(east: int, north: int) -> tuple[float, float]:
    """A place so many steps from the corner of the area."""
    return (CORNER[0] + east * STEP) / 1e7, (CORNER[1] + north * STEP) / 1e7


def told(ways: tuple[Way, ...]) -> tuple[Inputs, Layers]:
    """Five posts, a patrol, two bases; ground with a void, a river and a bridge over it."""
    inputs = world(
        post("joc", "a", 10, 10, hours=DAY),
        post("joc", "b", 30, 12, 2000, 2000),
        post("joc", "c", 50, 50, 1800, 0, hours=NIGHT),
        post("mop", "d", 20, 40),
        post("mop", "e", 45, 20, 1200, 1500, hours=MORNINGS),
        patrol("mop", "p", [(0, 55), (60, 55)], NIGHT),
        base("joc", "k", 12, 12, ready=120),
        base("mop", "l", 48, 40, ready=60, mobility="foot"),
        ways=ways,
    )
    layers = ground(inputs)
    terrain = layers.terrain
    assert terrain is not None
    terrain[60:66, 70:80] = np.nan
    return inputs, layers


def with_river(inputs: Inputs, layers: Layers) -> Layers:
    """A river from north to south through the middle, and one bridge over it."""
    grid = analyse(inputs, layers, COARSE).grid
    x, y = grid.x0 + grid.cols * grid.cell / 2, grid.y0 - grid.rows * grid.cell / 2
    river = np.array([[x, grid.y0 - 100.0], [x, grid.y0 - grid.rows * grid.cell + 100.0]])
    bridge = np.array([[x - 3000.0, y], [x + 3000.0, y]])
    return Layers(
        layers.terrain,
        Lines(
            bridge, np.array([0, 2]), np.array([2], np.uint8), np.ones(1, np.uint8), np.array([True]), ("the bridge",)
        ),
        Lines(river, np.array([0, 2]), np.array([3], np.uint8), np.ones(1, np.uint8), np.array([False]), ("river",)),
        digests=layers.digests,
    )


def at_random(chance: np.random.Generator, edits: Edits) -> Edits:
    """One change more, of any kind."""
    ref = str(chance.choice(["joc/a", "joc/b", "joc/c", "mop/d", "mop/e"]))
    where = degrees(*(int(step) for step in chance.integers(-4, 65, 2)))
    week = WEEKS[chance.integers(len(WEEKS))]
    party = str(chance.choice(["joc", "mop"]))
    new = AddedPost(party, *where, range_day_m=1000, range_night_m=600, hours=week)
    far = [(0, 0), (900, 900), (1500, 400), (0, 1200)][chance.integers(4)]
    changes = [
        replace(edits, move={**edits.move, ref: where}),
        replace(edits, move={**edits.move, ref: where}),
        replace(edits, hours={**edits.hours, ref: week}),
        replace(edits, ranges={**edits.ranges, ref: far}),
        replace(edits, remove=sorted({*edits.remove} ^ {ref})),
        replace(edits, add=[*edits.add, new]),
        replace(edits, close=[] if edits.close else ["the bridge"]),
        replace(edits, hours={**edits.hours, "mop/p": WEEKS[chance.integers(2)]}),
        Edits(),
    ]
    return changes[chance.integers(len(changes))]


def check(draft: Draft, whole: Answer) -> None:
    """The draft says what the analysis says: classes, ground by class, cover of each hour, pieces of open ground."""
    found = draft.standing()
    assert (found.number == whole.number).all()
    area = whole.area
    for kind, one in enumerate(found.hours):
        assert one.open == bits.count(whole.cover.open(kind, area))
        assert one.unknown == bits.count(whole.cover.unsure(kind) & area)
        assert one.everyone == bits.count(whole.cover.everyone(kind) & area)
        assert one.covered == tuple(bits.count(cover[kind] & area) for cover in whole.cover.covered)
        cover, number = draft.cover_at(int(whole.first[kind]))
        assert (cover.covered[:, number] == whole.cover.covered[:, kind]).all()
        assert (cover.unknown[:, number] == whole.cover.unknown[:, kind]).all()
    wanted = {
        (
            gap.opening.band,
            gap.opening.row0,
            gap.opening.col0,
            gap.opening.cells,
            gap.opening.cell_hours,
            tuple(kind for kind, cells in enumerate(gap.opening.open_cells) if cells),
        )
        for gap in whole.gaps
    }
    said = [
        (one.band, one.row0, one.col0, one.cells, one.cell_hours, when)
        for one, when in zip(found.pieces.pieces, found.opened, strict=True)
    ]
    assert len(said) == len(whole.gaps)
    assert set(said) == wanted
    assert found.pieces.left_out == whole.left_out


@pytest.mark.parametrize("seed", range(12))
def test_after_any_changes_a_draft_is_what_the_whole_analysis_says(seed: int) -> None:
    chance = np.random.default_rng(seed)
    inputs, layers = told(WAYS if seed % 2 else (Way(seen=True), Way(patrolled_hours=6)))
    layers = with_river(inputs, layers) if seed % 2 else layers
    options = replace(COARSE, smallest_m2=float(chance.choice([0.0, 50_000.0])))
    draft = Draft(analyse(inputs, layers, options), layers)
    check(draft, analyse(inputs, layers, options))
    edits = Edits()
    for _ in range(6):
        edits = at_random(chance, edits)
        draft.follow(edits)
        check(draft, analyse(edited(inputs, edits), layers, options))


def test_outside_of_the_window_and_at_other_hours_nothing_changes() -> None:
    inputs, layers = told((Way(seen=True),))
    draft = Draft(analyse(inputs, layers, COARSE), layers)
    before = [draft.cover_at(hour) for hour in range(168)]
    held = [cover.covered[:, number].copy() for cover, number in before]
    window, hours = draft.follow(Edits(move={"joc/a": degrees(14, 11)}))
    assert hours == {hour for hour in range(168) if DAY[hour] == "1"}
    outside = np.ones(draft.area.shape, bool)
    outside[window.row0 : window.row0 + window.rows, window.word0 : window.word0 + window.words] = False
    for hour in range(168):
        cover, number = draft.cover_at(hour)
        changed = (cover.covered[:, number] != held[hour]).any(axis=0)
        assert not (changed & outside).any()
        assert hour in hours or not changed.any()
    assert not draft.follow(Edits(move={"joc/a": degrees(14, 11)}))[0]


def test_the_same_ground_has_the_same_key_and_other_ground_another() -> None:
    inputs, layers = told((Way(seen=True),))
    draft = Draft(analyse(inputs, layers, COARSE), layers)
    keys = [one.key for one in draft.standing().pieces.pieces]
    assert len(set(keys)) == len(keys)
    draft.follow(Edits(move={"joc/a": degrees(14, 11)}))
    moved = {one.key for one in draft.standing().pieces.pieces}
    assert moved != set(keys)
    draft.follow(Edits())
    assert [one.key for one in draft.standing().pieces.pieces] == keys


RULES = [
    (Way(seen=True), Way(patrolled_hours=6)),
    (Way(seen=True, reached_minutes=30),),
    (Way(patrolled_hours=6),),
]


@pytest.mark.parametrize("ways", RULES)
def test_what_a_silent_side_is_thought_to_add_covers_its_own_ground_and_leaves_the_rest_unknown(
    ways: tuple[Way, ...],
) -> None:
    inputs = world(post("joc", "a", 10, 10), base("joc", "k", 12, 12), ways=ways)
    layers = ground(inputs)
    stated = analyse(inputs, layers, COARSE)
    told = replace(inputs, based_on={**inputs.based_on, "mop": BasedOn(posts=1)})
    draft = Draft(stated, layers)
    round_trip = AddedPatrol("mop", [degrees(0, 50), degrees(40, 50)], DAY)
    for edits in (
        Edits(add=[AddedPost("mop", *degrees(30, 30))]),
        Edits(patrols=[round_trip]),
        Edits(add=[AddedPost("mop", *degrees(30, 30), hours=NIGHT)], patrols=[round_trip]),
        Edits(),
        Edits(remove=["joc/a"]),
    ):
        draft.follow(edits)
        found = analyse(edited(inputs, edits), layers, COARSE)
        check(draft, found)
        truly = analyse(edited(told, edits), layers, COARSE)
        for hour in range(0, 168, 3):
            ours, theirs = (int(one.number[hour]) for one in (found, truly))
            covered = found.cover.covered[1, ours]
            assert (covered == truly.cover.covered[1, theirs]).all()
            assert bits.count(covered | found.cover.unknown[1, ours]) == found.grid.rows * found.grid.cols
            assert not found.cover.open(ours, found.area).any()
        assert "nothing:mop" in found.missing
    assert not found.gaps


def test_a_side_whose_posts_are_all_taken_away_in_a_draft_is_known_to_cover_nothing() -> None:
    inputs = world(post("joc", "a", 10, 10), post("mop", "d", 40, 40), ways=(Way(seen=True),))
    layers = ground(inputs)
    draft = Draft(analyse(inputs, layers, COARSE), layers)
    edits = Edits(remove=["joc/a", "mop/d"])
    draft.follow(edits)
    bare = analyse(edited(inputs, edits), layers, COARSE)
    check(draft, bare)
    for number in range(bare.cover.classes):
        assert (bare.cover.open(number, bare.area) == bare.area).all()


def test_a_draft_that_needs_another_frame_is_refused_and_the_one_before_stays() -> None:
    inputs, layers = told((Way(seen=True),))
    draft = Draft(analyse(inputs, layers, COARSE), layers)
    before = draft.standing()
    far: dict[str, Any] = {"ranges": {"joc/a": (30_000, 30_000)}, "move": {"joc/a": degrees(-150, 10)}}
    with refused("whatif.other_frame"):
        draft.follow(Edits(**far))
    assert draft.standing() is before
