"""A backup from before the circle's next epoch: the node finds its way into the present and signs no second history."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from nodes import (
    Served,
    add_officer,
    enter,
    ledger_of,
    make_nodes,
    meet,
    refused,
    say,
    serving,
    shared_digests,
    shown,
    until,
)
from tansiq.circles.circle import Circle, write_circle
from tansiq.desk.office import circle_named, circles
from tansiq.exchange.standing import State, standings
from tansiq.node import epochs
from tansiq.node.backup import backup, restore
from tansiq.node.beat import settle
from tansiq.node.node import Node


def next_epoch(circle: Circle, *nodes: Node) -> Circle:
    """The next epoch of a circle, proposed by the first node, signed and entered by all."""
    first, *others = nodes
    proposed = epochs.propose_next(first, circle.id)
    meet(*nodes)
    for node in others:
        epochs.sign_next(node, proposed.id)
    meet(*nodes)
    for node in nodes:
        settle(node)
    meet(*nodes)
    with first.database.read() as connection:
        return circle_named(connection, circle.id).circle


def restored(node: Node, saved: Path, *, marks: bool) -> Node:
    node.close()
    shutil.rmtree(node.folder.path)
    if not marks:
        shutil.rmtree(Path(str(node.config.marks)))
    restore(saved, node.folder)
    return Node(node.folder)


def _shows(node: Node, circle: Circle, ref: str) -> bool:
    return ref in shown(node, circle)


def states(node: Node) -> dict[str, State]:
    with node.database.read() as connection:
        return {one.origin: one.state for one in standings(connection, node.marks)}


def test_a_backup_from_two_epochs_ago_comes_back_into_the_newest_one(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    for node in (joc, mop):
        add_officer(node)
    say(joc, circle, "log", {"text": "in the first"})
    meet(joc, mop)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    second = next_epoch(circle, joc, mop)
    say(joc, second, "log", {"text": "in the second"})
    third = next_epoch(second, joc, mop)
    before = say(joc, third, "log", {"text": "in the third"})
    meet(joc, mop)
    joc = restored(joc, saved, marks=True)
    with serving(joc.folder.path, mop.folder.path):
        until(lambda: before in shown(joc, third))
        until(lambda: not states(joc))
        after = say(joc, third, "log", {"text": "and on"})
        until(lambda: after in shown(mop, third))
        until(lambda: shared_digests(joc, third) == shared_digests(mop, third))
    assert not ledger_of(mop, third, "joc").frozen


def test_without_marks_an_epoch_that_it_had_entered_is_not_opened_a_second_time(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    for node in (joc, mop):
        add_officer(node)
    meet(joc, mop)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    second = next_epoch(circle, joc, mop)
    before = say(joc, second, "log", {"text": "in the second"})
    meet(joc, mop)
    joc = restored(joc, saved, marks=False)
    with serving(joc.folder.path, mop.folder.path):
        until(lambda: before in shown(joc, second))
        with refused("node.unmarked"):
            say(joc, second, "log", {"text": "not there"})
        proposed = epochs.propose_next(joc, circle.id)
        until(lambda: any(epoch.id == proposed.id for epoch, _ in epochs.proposals(mop)))
        epochs.sign_next(mop, proposed.id)
        third = proposed.circle
        until(lambda: third.origin(joc.config.party) in shared_digests(joc, third))
        after = say(joc, third, "log", {"text": "and on"})
        until(lambda: after in shown(mop, third))
    for epoch in (circle, second, third):
        assert not ledger_of(mop, epoch, "joc").frozen


def test_a_circle_that_was_joined_after_the_backup_is_joined_again_without_a_second_history(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    for node in (joc, mop):
        add_officer(node)
    for marks in (True, False):
        saved = tmp_path / f"saved-{marks}.tar"
        backup(joc.folder, saved)
        circle = enter(mop, joc)
        before = say(joc, circle, "log", {"text": "after the backup"})
        meet(joc, mop)
        joc = restored(joc, saved, marks=marks)
        joc.join(write_circle(circle))
        with serving(joc.folder.path, mop.folder.path):
            until(partial(_shows, joc, circle, before))
        assert not ledger_of(mop, circle, "joc").frozen
        assert (circle.origin(joc.config.party) in states(joc)) is not marks


def test_the_own_circle_which_nobody_else_holds_goes_on_in_its_next_epoch(tmp_path: Path) -> None:
    (joc,) = make_nodes(tmp_path, "joc").values()
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    with joc.database.read() as connection:
        (own,) = [one.circle for one in circles(connection)]
    say(joc, own, "log", {"text": "a draft"})
    joc = restored(joc, saved, marks=True)
    assert list(states(joc).values()) == [State.BEHIND]
    with refused("node.recovering"):
        say(joc, own, "log", {"text": "too early"})
    epochs.propose_next(joc, own.id)
    settle(joc)
    with joc.database.read() as connection:
        second = circle_named(connection, own.id).circle
    assert second.epoch == 2
    say(joc, second, "log", {"text": "and on"})
    assert states(joc) == {}
    with refused("epoch.private"):
        epochs.propose_next(joc, own.id, add=["mop"])


def test_a_ledger_that_ended_with_its_epoch_asks_for_nothing_any_more(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    meet(joc, mop)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    joc = restored(joc, saved, marks=False)
    meet(joc, mop)
    assert set(states(joc).values()) == {State.UNMARKED}
    next_epoch(circle, joc, mop)
    assert not any(circle.id in origin for origin in states(joc))


def test_a_served_node_that_is_killed_while_it_comes_back_goes_on_there(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    for node in (joc, mop):
        add_officer(node)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    refs = [say(joc, circle, "log", {"text": f"record {step}"}) for step in range(20)]
    meet(joc, mop)
    joc = restored(joc, saved, marks=True)
    with serving(mop.folder.path):
        for _ in range(2):
            served = Served(joc.folder.path)
            served.wait()
            served.kill()
        with serving(joc.folder.path):
            until(lambda: refs[-1] in shown(joc, circle))
            until(lambda: not states(joc))
