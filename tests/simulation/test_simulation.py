"""Thousands of short lives of three nodes, each from one seed; and the breaks that these lives must find."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from simulation.mutations import MUTATIONS
from simulation.schedule import Broken, run
from simulation.world import Template, make_template, scratch

LIVES = int(os.environ.get("TANSIQ_SIMULATIONS", "1200"))
LOT = 40
FIRST = 20_000
TRIES = 150
"""So many seeds a break may take to be found; each of them is found by far fewer."""

PINNED: tuple[int, ...] = ()
"""Seeds that once found a bug of the program."""


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """The set-up that all lives begin with."""
    home = scratch()
    yield make_template(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("first", range(FIRST, FIRST + LIVES, LOT))
def test_every_property_holds_whatever_happens(template: Template, first: int) -> None:
    for seed in range(first, first + LOT):
        run(template, seed)


@pytest.mark.parametrize("seed", PINNED)
def test_what_was_found_once_stays_mended(template: Template, seed: int) -> None:
    run(template, seed)


def test_a_seed_repeats_itself(template: Template) -> None:
    for seed in range(3):
        assert run(template, seed).trace == run(template, seed).trace


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_program_is_found_out(template: Template, name: str) -> None:
    with MUTATIONS[name]():
        for seed in range(TRIES):
            try:
                run(template, seed)
            except (Broken, AssertionError):
                return
    pytest.fail(f"{TRIES} lives did not find a program that {name}")
