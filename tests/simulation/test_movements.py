"""Movements under every order, loss, partition, stick and crash: no desk shows what does not follow from records."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

import pytest

from simulation.movers import Movers, live
from simulation.properties import Broken
from simulation.seats import Template, make_template
from simulation.wire import scratch
from tansiq.exchange.tuning import tune
from tansiq.movements import standing, states
from tansiq.picture.told import Told

LIVES = int(os.environ.get("TANSIQ_MOVEMENT_LIVES", "40"))
LOT = 10
FIRST = 50_000
TRIES = 60
"""So many lives a break may take to be found."""


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """The set-up that all lives begin with."""
    home = scratch()
    tune()
    yield make_template(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("first", range(FIRST, FIRST + LIVES, LOT))
def test_what_desks_show_follows_from_records(template: Template, first: int) -> None:
    shown: Counter[str] = Counter()
    seen: set[str] = set()
    for seed in range(first, first + LOT):
        world = live(template, seed, Movers)
        shown["agreed"] += len(world.agreed)
        shown["plans"] += len({plan.ref for stand in world.alike.values() for plan in stand.plans})
        seen |= world.seen
    assert shown["plans"] > LOT, "lives in which nobody plans prove nothing"
    assert {"crossed", "overtaken", "collision", "plan waiting", "plan not_heard"} <= seen, "the hard cases came up"


def _all_heard() -> AbstractContextManager[object]:
    return patch.object(Told, "has_heard", lambda self, party, version: True)


def _any_revision() -> AbstractContextManager[object]:
    return patch("tansiq.movements.answers.same_for", lambda now, before, parts: True)


def _silence_agrees() -> AbstractContextManager[object]:
    return patch.object(standing, "_missing", lambda body, parties: None)


def _deaf_board() -> AbstractContextManager[object]:
    return patch.object(states.Board, "_heard", lambda self, ledger, before, now: None)


def _board_without_words() -> AbstractContextManager[object]:
    return patch.object(states.Board, "_words", lambda self, changed: None)


def _board_that_holds_on() -> AbstractContextManager[object]:
    return patch.object(states.Board, "_drop_pair", lambda self, pair: None)


BREAKS = {
    "takes everybody as heard of": _all_heard,
    "carries an answer over every change": _any_revision,
    "takes silence for consent": _silence_agrees,
    "keeps what it showed when a party is heard of": _deaf_board,
    "keeps what it showed when an answer comes": _board_without_words,
    "keeps the collisions of a plan that was moved": _board_that_holds_on,
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_found_out(template: Template, name: str) -> None:
    with BREAKS[name]():
        for seed in range(TRIES):
            try:
                live(template, seed, Movers)
            except (Broken, AssertionError):
                return
    pytest.fail(f"{TRIES} lives did not find a rule that {name}")
