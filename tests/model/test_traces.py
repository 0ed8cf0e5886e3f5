"""Lives of real nodes, as they were seen, are runs of the model; and what is no run of it is refused."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import pytest

from model.judge import Judge
from model.recording import Event, Others, Own, Recorded, record
from model.steps import EMPTY, NotAStep
from simulation.mutations import MUTATIONS
from simulation.schedule import Broken
from simulation.seats import Template, make_template
from simulation.wire import repeatable, scratch

LIVES: Final = int(os.environ.get("TANSIQ_TRACES", "24"))
FIRST: Final = 50_000


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """The set-up that all lives begin with."""
    home = scratch()
    yield make_template(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def life(template: Template) -> list[Event]:
    """One life, to be altered."""
    return record(template, FIRST)


def test_lives_are_runs_of_the_model(template: Template) -> None:
    steps: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + LIVES):
        judge = Judge()
        try:
            judge.judge(record(template, seed))
        except NotAStep as error:
            pytest.fail(f"seed {seed}: {error}")
        steps.update(judge.steps)
    assert {"append", "raise_mark", "reveal", "take", "give_receipt", "start", "restore"} <= set(steps), steps


def test_an_author_with_two_backups_does_not_accuse_itself(template: Template) -> None:
    Judge().judge(life_with_two_backups(template))


def life_with_two_backups(template: Template) -> list[Event]:
    """The second backup holds a record that was never shown, in the place of one that was."""
    home = scratch()
    world = Recorded(template, 0, home)
    try:
        with repeatable(world):
            joc, mop = world.seats["joc"], world.seats["mop"]
            world.backup(joc)
            world.say(joc, world.all_three)
            world.backup(joc)
            first, second = joc.backups
            joc.backups = [first]
            world.restore(joc)
            world.pull(joc, mop)
            world.say(joc, world.all_three)
            world.publish(joc)
            world.pull(mop, joc)
            joc.backups = [second]
            world.restore(joc)
            world.pull(joc, mop)
    finally:
        world.close()
        shutil.rmtree(home, ignore_errors=True)
    return world.events


# What is no run of the model


def _shown_beyond_the_mark(own: Own) -> Own:
    """A head is shown, and the mark is still below it."""
    return replace(own, mark=own.mark[:-1]) if own.mark and own.mark == own.shown else own


def _another_history(own: Own) -> Own:
    """The same number of entries, the last one another."""
    return replace(own, store=(*own.store[:-1], b"another")) if own.store else own


def _halted_for_nothing(own: Own) -> Own:
    """A node stops, and nobody holds what it never signed."""
    return replace(own, halted=True)


def _shrunk(others: Others) -> Others:
    """A member holds one entry less than it did."""
    return replace(others, held=others.held[:-1]) if len(others.held) > 2 else others


def _never_left(others: Others) -> Others:
    """A member holds an entry that its author never showed."""
    return replace(others, held=(*others.held, b"invented")) if others.held else others


def _receipt_for_more(others: Others) -> Others:
    """A receipt covers what is not held."""
    return replace(others, receipt=(*others.held, b"not here")) if others.held else others


def _proven_for_nothing(others: Others) -> Others:
    """Two heads of one history are called a fork."""
    return replace(others, proof=(others.held[:-1], others.held)) if others.held else others


@pytest.mark.parametrize("alter", [_shown_beyond_the_mark, _another_history, _halted_for_nothing])
def test_an_author_seen_otherwise_is_refused(life: list[Event], alter: Callable[[Own], Own]) -> None:
    _refused_with(life, lambda held: alter(held) if isinstance(held, Own) else held)


@pytest.mark.parametrize("alter", [_shrunk, _never_left, _receipt_for_more, _proven_for_nothing])
def test_a_member_seen_otherwise_is_refused(life: list[Event], alter: Callable[[Others], Others]) -> None:
    _refused_with(life, lambda held: alter(held) if isinstance(held, Others) else held)


def _refused_with(life: list[Event], alter: Callable[[Own | Others], Own | Others]) -> None:
    """The life is a run; with its first event altered that can be, it is none."""
    Judge().judge(life)
    for number, event in enumerate(life):
        held = {origin: alter(one) for origin, one in event.held.items()}
        if event.what == "seen" and held != event.held:
            with pytest.raises(NotAStep):
                Judge().judge([*life[:number], replace(event, held=held), *life[number + 1 :]])
            return
    pytest.fail("nothing could be altered")


def test_a_head_on_the_wire_that_was_not_shown_is_refused(life: list[Event]) -> None:
    number, event = next((number, event) for number, event in enumerate(life) if event.what == "leave")
    altered = replace(event, head=(*event.head, b"not shown"))
    with pytest.raises(NotAStep, match="which was not shown"):
        Judge().judge([*life[:number], altered])


def test_a_disk_that_nobody_saved_is_refused(life: list[Event]) -> None:
    first = life[0]
    held = {key: replace(one, store=EMPTY) if isinstance(one, Own) else one for key, one in first.held.items()}
    with pytest.raises(NotAStep, match="none of the backups"):
        Judge().judge([first, replace(first, what="restore", held=held)])


@pytest.mark.parametrize("name", ["shows a head without a mark", "lets heads leave that no mark covers"])
def test_lives_of_a_broken_program_are_refused(template: Template, name: str) -> None:
    assert any(_is_refused(template, name, seed) for seed in range(FIRST, FIRST + 8))


def _is_refused(template: Template, name: str, seed: int) -> bool:
    with MUTATIONS[name]():
        try:
            events = record(template, seed)
        except Broken:
            return False  # the simulation found it by itself, and here is nothing to judge
    try:
        Judge().judge(events)
    except NotAStep:
        return True
    return False
