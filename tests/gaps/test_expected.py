"""What elevation error leaves to expect: nothing where there is none, the bytes of the seed, and bounds that bound."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from nodes import refused
from tansiq.gaps import bits, error, observers, openings
from tansiq.gaps.analysis import Stopped, analyse
from tansiq.gaps.answer import Answer, as_json
from tansiq.gaps.error import Error
from tansiq.gaps.expected import spread
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, DAY, base, ground, post, world

SHAKEN = replace(COARSE, error_m=6.0, error_km=0.4, error_draws=8)
STILL = replace(SHAKEN, error_m=1e-9)
SEEN = (Way(seen=True),)


def _watched() -> Inputs:
    return world(
        post("joc", "a", 20, 20, day=3000, night=3000),
        post("mop", "b", 40, 40, day=3000, night=1200, hours=DAY),
        ways=SEEN,
    )


def _answer(options: Options, inputs: Inputs | None = None, **how: Any) -> Answer:
    asked = _watched() if inputs is None else inputs
    return analyse(asked, ground(asked), options, **how)


def test_an_error_of_nothing_expects_what_the_answer_says() -> None:
    answer = _answer(STILL)
    assert answer.expected is not None
    for number in range(answer.cover.classes):
        opened = bits.count(answer.cover.open(number, answer.area))
        assert (answer.expected.open_cells[:, number].sum(axis=1) == opened).all()
        for place, gap in enumerate(answer.gaps):
            assert (answer.expected.open_cells[:, number, place] == gap.opening.open_cells[number]).all()
        seen = answer.expected.percent(number, answer.grid.shape)
        assert set(np.unique(seen)) <= {0, 100}
        assert ((seen == 100) == bits.unpack(answer.cover.anyone(number), answer.grid.cols)).all()


def test_the_map_is_the_probability_of_sight_of_the_posts_at_watch() -> None:
    answer = _answer(SHAKEN)
    inputs = _watched()
    terrain = ground(inputs).terrain
    assert answer.expected is not None
    assert terrain is not None
    for hour, names in ((12, ("joc/a", "mop/b")), (0, ("joc/a",))):
        some = [one for one in inputs.posts if one.ref in names]
        made = observers.observers(answer.grid, some, [3000] * len(some))
        model = Error(6.0, 400.0, 8)
        alone = error.probability(terrain, answer.grid.cell, made, model, target_m=COARSE.target_m)
        assert (answer.expected.percent(int(answer.number[hour]), answer.grid.shape) == alone.percent).all()


def test_the_seed_gives_the_bytes_and_threads_do_not() -> None:
    one, two = _answer(SHAKEN, threads=1), _answer(SHAKEN, threads=2)
    assert one.digest() == two.digest()
    other = _answer(replace(SHAKEN, error_seed=1))
    assert other.digest() != one.digest()
    assert other.question() != one.question()
    layers = ground(_watched())
    assert msgspec.json.encode(as_json(one, layers)) == msgspec.json.encode(as_json(two, layers))


def test_bounds_hold_the_mean_and_the_sum_of_the_parts_is_the_whole() -> None:
    answer = _answer(SHAKEN)
    body = as_json(answer, ground(_watched()))
    whole = body["expected"]
    assert whole["level"] == 0.9
    assert whole["week"]["low"] < whole["week"]["mean"] < whole["week"]["high"]
    listed = sum(gap["expected"]["week"]["mean"] for gap in body["gaps"])
    assert 0 < listed <= whole["week"]["mean"] + 1
    for gap in body["gaps"]:
        for one in gap["expected"]["hours"].values():
            assert one["low"] <= one["mean"] <= one["high"] <= gap["area_km2"] + 0.01


def test_the_bounds_hold_nine_draws_in_ten() -> None:
    told = spread(np.arange(40, dtype=np.int64), 1.0)
    assert (told.low, told.mean, told.high) == (1.0, 19.5, 38.0)
    few = spread(np.array([3, 1, 2]), 2.0)
    assert (few.low, few.mean, few.high) == (2.0, 4.0, 6.0)


def test_reach_is_not_drawn() -> None:
    inputs = world(base("joc", "k", 30, 30), ways=(Way(reached_minutes=10),), parties=("joc",))
    answer = _answer(SHAKEN, inputs)
    assert answer.expected is not None
    opened = bits.count(answer.cover.open(0, answer.area))
    assert opened > 0
    assert (answer.expected.open_cells[:, 0].sum(axis=1) == opened).all()


def test_without_elevation_there_is_nothing_to_expect() -> None:
    assert analyse(_watched(), Layers(), SHAKEN).expected is None
    assert _answer(COARSE).expected is None


def test_the_draws_can_be_stopped_and_say_how_far_they_are() -> None:
    parts: list[float] = []

    def progress(stage: str, part: float) -> None:
        if stage == "draws":
            parts.append(part)

    with pytest.raises(Stopped):
        _answer(SHAKEN, progress=progress, cancelled=lambda: bool(parts) and parts[-1] >= 0.5)
    assert parts == sorted(parts)
    assert parts[-1] == 0.5


def test_an_error_that_hangs_together_too_far_is_refused_before_anything_is_drawn() -> None:
    with refused("chance.length"):
        _answer(replace(SHAKEN, error_km=20.0))


def test_cells_are_counted_by_the_gap_they_lie_in_and_what_is_left_is_the_rest() -> None:
    answer = _answer(replace(COARSE, smallest_m2=500_000.0))
    weights = np.bincount(answer.number, minlength=len(answer.first))
    found = openings.find(answer.cover, answer.area, answer.grid, weights, 500_000.0)
    count = len(found.openings)
    opened = openings.open_cells(answer.cover, answer.area, answer.grid, found.ownership, count)
    covered = openings.hours_covered(answer.cover, answer.area, answer.grid, weights, found.ownership, count)
    for number in range(answer.cover.classes):
        assert opened[number].tolist()[:-1] == [one.open_cells[number] for one in found.openings]
        assert opened[number].sum() == bits.count(answer.cover.open(number, answer.area))
    for place, one in enumerate(found.openings):
        assert covered[place] == one.cells * 168 - one.cell_hours
    assert covered.sum() == bits.count(answer.area) * 168 - (opened.sum(axis=1) * weights).sum()
