"""Texts that several write at the same time and offline: nobody's words are lost or silently merged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from simulation.movers import live
from simulation.properties import Broken
from simulation.seats import Template, make_template
from simulation.wire import scratch
from simulation.writers import Writers
from tansiq.accord import clauses
from tansiq.accord.clauses import Offer, Taken
from tansiq.exchange.tuning import tune
from tansiq.picture.told import Version

LIVES = int(os.environ.get("TANSIQ_TEXT_LIVES", "40"))
LOT = 10
FIRST = 80_000
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
def test_every_text_stays_and_every_desk_comes_to_the_same(template: Template, first: int) -> None:
    seen: set[str] = set()
    for seed in range(first, first + LOT):
        seen |= live(template, seed, Writers).seen
    assert {"open", "agreed", "crossing", "own", "stale"} <= seen, "the hard cases came up"


def _last_writer_wins() -> AbstractContextManager[object]:
    def last(offers: Sequence[Offer]) -> list[Offer]:
        return [max(offers, key=lambda one: one.version.said.at)]

    return patch.object(clauses, "heads", last)


def _carried_over() -> AbstractContextManager[object]:
    def run(offer: Offer, offers: Sequence[Offer]) -> list[str]:
        return [one.ref for one in offers if one.thing == offer.thing]

    return patch.object(clauses, "_same_run", run)


def _any_word_accepts() -> AbstractContextManager[object]:
    real = clauses._taken

    def accepts(version: Version, thing: str, about: str) -> Taken | None:
        taken = real(version, thing, about)
        return None if taken is None else replace(taken, verdict="accept")

    return patch.object(clauses, "_taken", accepts)


BREAKS = {
    "lets the later clock win": _last_writer_wins,
    "carries a position over to other words": _carried_over,
    "takes an objection for acceptance": _any_word_accepts,
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_found_out(template: Template, name: str) -> None:
    with BREAKS[name]():
        for seed in range(TRIES):
            try:
                live(template, seed, Writers)
            except (Broken, AssertionError):
                return
    pytest.fail(f"{TRIES} lives did not find a rule that {name}")
