"""Pairs of reports of one event: what is found of a world with known truth, and that each is explained."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tansiq.incidents.account import Account
from tansiq.incidents.pairs import compare, explain, pairs

from .generated import BEGAN, MINUTE, World, world

HELD_OUT = (101, 102, 103, 104)
"""Not among the worlds on which the figures of the scorer were set."""
RECALL, PRECISION = 0.95, 0.9


def account(ref: str, party: str, **fields: object) -> Account:
    given = {"start": BEGAN, "end": BEGAN, "lat": 357_000_000, "lon": 435_000_000, "radius": 500, **fields}
    return replace(Account(ref, party, BEGAN), **given)


def at(minutes: int) -> dict[str, int]:
    return {"start": BEGAN + minutes * MINUTE, "end": BEGAN + minutes * MINUTE}


def figures(worlds: list[World]) -> tuple[float, float]:
    """Recall and precision over all of them together."""
    true = found = met = 0
    for one in worlds:
        put = {(pair.one, pair.other) for pair in pairs(one.accounts)}
        true, found, met = true + len(one.truth), found + len(put), met + len(put & one.truth)
    return met / true, met / found


@pytest.mark.parametrize("per_day", [60, 200])
def test_nineteen_of_twenty_pairs_are_found_and_nine_of_ten_that_are_found_are_true(per_day: int) -> None:
    recall, precision = figures([world(seed, per_day=per_day) for seed in HELD_OUT])
    assert recall >= RECALL, (recall, precision)
    assert precision >= PRECISION, (recall, precision)


def test_the_points_are_the_sum_of_the_parts_and_no_report_is_put_forward_with_its_own_side() -> None:
    one = world(7, days=5)
    party = {each.ref: each.party for each in one.accounts}
    found = compare(one.accounts)
    assert found.pairs
    for pair in found.pairs:
        assert pair.points == pytest.approx(sum(part.points for part in pair.parts), abs=0.01)
        assert party[pair.one] != party[pair.other]
        assert [part.name for part in pair.parts] == ["place", "time", "crowd", "kind", "casualties", "words", "rival"]
    assert all(party[pair.one] == party[pair.other] for pair in found.doubles)


@given(st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_the_order_of_the_reports_changes_nothing(seed: int) -> None:
    some = world(3, days=3).accounts
    shuffled = random.Random(seed).sample(some, len(some))  # noqa: S311 - an order
    assert compare(shuffled) == compare(some)


def test_two_things_near_each_other_at_nearly_one_time_are_told_apart_by_what_else_was_said() -> None:
    texts = ("انفجار قرب مخمور",), ("تەقینەوە لە نزیک مەخموور",), ("حريق قرب زمار",)
    bomb = account("joc/a", "joc", category="explosion", wounded=(2, 3), texts=texts[0])
    same = account("mop/a", "mop", category="explosion", wounded=(3, 3), **at(5), texts=texts[1])
    other = account("mop/b", "mop", category="sighting", **at(9), lat=357_100_000, texts=texts[2])
    found = pairs([bomb, same, other])
    assert (found[0].one, found[0].other) == ("joc/a", "mop/a")
    parts = {part.name: part for part in found[0].parts}
    assert "makhmour" in parts["words"].values, "one place in two languages"
    assert parts["time"].facts == {"minutes": 5, "shifted": 0}
    assert all(pair.other != "mop/b" for pair in found)


def test_a_clock_that_is_three_hours_wrong_is_named() -> None:
    early = account("joc/a", "joc", category="explosion")
    late = account("mop/a", "mop", category="explosion", **at(180))
    found = explain(early, late)
    assert found is not None
    assert {part.name: part for part in found.parts}["time"].facts == {"minutes": 180, "shifted": 180}


def test_a_wide_square_says_less_than_a_point() -> None:
    point = account("joc/a", "joc", category="clash")
    exact = explain(point, account("mop/a", "mop", category="clash"))
    coarse = explain(point, account("mop/a", "mop", category="clash", radius=70_720, coarse=True))
    assert exact is not None
    assert coarse is not None
    assert exact.points > coarse.points + 5


def test_a_report_without_a_place_is_looked_at_where_its_text_names_one() -> None:
    told = account("joc/a", "joc", category="clash", lat=357_761_000, lon=435_786_000)
    nowhere = account("mop/a", "mop", category="clash", lat=None, lon=None, radius=0)
    assert pairs([told, nowhere]) == []
    assert len(pairs([told, replace(nowhere, texts=("پێکدادان لە مەخموور",))])) == 1
