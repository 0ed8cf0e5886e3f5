"""Further posts: what they are said to close they close, when they are added and everything is worked out again."""

from __future__ import annotations

import numpy as np
import pytest

from nodes import refused
from tansiq.gaps import bits, further, siting
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.edits import AddedPost, Edits, edited
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.sites import Asked
from tansiq.geo import grid as grids
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, NIGHT, ground, post, world

SEEN = (Way(seen=True),)


def open_cell_hours(answer: Answer) -> int:
    hours = np.bincount(answer.number, minlength=answer.cover.classes)
    return sum(bits.count(answer.cover.open(kind, answer.area)) * int(hours[kind]) for kind in range(len(hours)))


@pytest.fixture(scope="module")
def asked() -> tuple[Inputs, Layers, Answer]:
    posts = (post("joc", "a", 10, 10), post("mop", "b", 45, 40), post("mop", "c", 20, 45, hours=NIGHT))
    inputs = world(*posts, ways=SEEN)
    layers = ground(inputs)
    return inputs, layers, analyse(inputs, layers, COARSE)


def closed_by(asked: tuple[Inputs, Layers, Answer], made: further.Task, picked: tuple[int, ...]) -> int:
    """Cell-hours that are open before and not after these sites are posts like any other."""
    inputs, layers, before = asked
    east, north = grids.middles(before.grid)
    added = []
    for site in picked:
        lon, lat = grids.to_degrees(before.grid, east[[made.sites.cols[site]]], north[[made.sites.rows[site]]])
        kind = made.kind
        hours = "".join("1" if on else "0" for on in made.sites.manned[site])
        place = (int(lon[0]) / 1e7, int(lat[0]) / 1e7)
        added.append(AddedPost("joc", *place, int(kind.height_m), int(kind.day_m), int(kind.night_m), hours))
    after = analyse(edited(inputs, Edits(add=added)), layers, COARSE)
    return open_cell_hours(before) - open_cell_hours(after)


def test_one_more_post_closes_just_what_was_said(asked: tuple[Inputs, Layers, Answer]) -> None:
    _, layers, answer = asked
    made = further.task(answer, layers.terrain, Asked(1, None, 0.0))
    choice = further.choose(made)
    assert len(choice.sites) == 1
    assert choice.value == closed_by(asked, made, choice.sites)
    assert made.open_km2h == pytest.approx(open_cell_hours(answer) * made.cell_km2)


def test_several_posts_close_no_more_than_was_said_and_most_of_it(asked: tuple[Inputs, Layers, Answer]) -> None:
    _, layers, answer = asked
    made = further.task(answer, layers.terrain, Asked(4, None, 0.0))
    choice = further.choose(made)
    assert 0.8 * choice.value <= closed_by(asked, made, choice.sites) <= choice.value <= choice.bound
    sites = further.chosen(answer, made, choice.sites)
    assert [site.gain_km2h for site in sites] == sorted((site.gain_km2h for site in sites), reverse=True)
    assert sum(site.gain_km2h for site in sites) == pytest.approx(choice.value * made.cell_km2, abs=0.5)


def test_a_budget_is_kept_and_buys_nights_alone(asked: tuple[Inputs, Layers, Answer]) -> None:
    _, layers, answer = asked
    made = further.task(answer, layers.terrain, Asked(5, 252, 0.0))
    choice = further.choose(made)
    hours = [int(made.sites.manned[site].sum()) for site in choice.sites]
    assert sum(hours) <= 252
    assert set(hours) <= {84, 168}


def test_each_side_gets_its_part(asked: tuple[Inputs, Layers, Answer]) -> None:
    inputs, layers, answer = asked
    made = further.task(answer, layers.terrain, Asked(4, None, 1.0))
    choice = further.choose(made)
    assert min(siting.counts_of(made.problem, choice.sites)) >= 4 // len(inputs.parties)


def test_without_terrain_candidates_see_all_in_range(asked: tuple[Inputs, Layers, Answer]) -> None:
    inputs, _, _ = asked
    bare = Layers()
    answer = analyse(inputs, bare, COARSE)
    choice = further.choose(further.task(answer, None, Asked(2, None, 0.0)))
    assert choice.value > 0


def test_what_cannot_be_asked_is_refused(asked: tuple[Inputs, Layers, Answer]) -> None:
    _, layers, answer = asked
    for wrong in (Asked(0, None, 0.0), Asked(51, None, 0.0), Asked(3, -1, 0.0), Asked(3, None, 1.5)):
        with refused("further.asked"):
            further.task(answer, layers.terrain, wrong)
