"""The next epoch: all who stay sign, who leaves sees nothing of it, renewed and lost keys."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from nodes import enter, ledger_of, make_nodes, meet, refused, say, shown, take
from tansiq.circles.circle import Circle, write_circle
from tansiq.circles.epoch import propose, refuse_epoch, sign_epoch
from tansiq.desk.office import circle_named
from tansiq.errors import Refused
from tansiq.exchange.notices import take_notice
from tansiq.ledger.keys import SigningKey, generate_seed
from tansiq.node import epochs
from tansiq.node.beat import settle
from tansiq.node.folder import read_seed
from tansiq.node.node import Node
from tansiq.store import notices

TEXT = {"text": "at the bridge"}


def newest(node: Node, circle: Circle) -> Circle:
    with node.database.read() as connection:
        return circle_named(connection, circle.id).circle


def go_on(*nodes: Node) -> None:
    for _ in range(2):
        meet_staying(*nodes)
        for node in nodes:
            settle(node)
    meet_staying(*nodes)


def meet_staying(*nodes: Node) -> None:
    """Like `meet`, but what is refused of one ledger stops no other, as with the puller."""
    for node in nodes:
        node.publish()
    for target in nodes:
        for source in nodes:
            if source is not target:
                with contextlib.suppress(Refused):
                    meet(source, target)


def test_a_member_leaves_and_another_joins(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition", "observer")
    joc, mop, coalition, observer = nodes.values()
    circle = enter(joc, mop, coalition)
    old = say(joc, circle, "log", TEXT)
    meet(joc, mop, coalition)
    proposed = epochs.propose_next(joc, circle.id, add=["observer"], remove=["coalition"])
    meet_staying(joc, mop, coalition)
    ((seen, lacking),) = epochs.proposals(mop)
    assert (seen.id, lacking) == (proposed.id, ["mop"])
    assert epochs.proposals(coalition) == []  # who leaves is told nothing
    settle(joc)
    assert newest(joc, circle).epoch == 1  # not before all have signed
    epochs.sign_next(mop, proposed.id[:8])
    go_on(joc, mop)
    for node in (joc, mop):
        found = newest(node, circle)
        assert (found.epoch, found.parties) == (2, ("joc", "mop", "observer"))
        assert ledger_of(node, circle, node.config.party).sealed is not None
    second = newest(joc, circle)
    observer.join(write_circle(second))
    new = say(joc, second, "log", {"text": "in the second epoch"})
    go_on(joc, mop, observer)
    assert set(shown(mop, second)) == {old, new}
    assert set(shown(observer, second)) == {new}
    assert newest(coalition, circle).epoch == 1
    assert set(shown(coalition, circle)) == {old}
    with refused("ledger.not_here"):
        ledger_of(coalition, second, "joc")


def test_a_sealed_ledger_takes_nothing_more(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    proposed = epochs.propose_next(joc, circle.id)
    meet_staying(joc, mop)
    epochs.sign_next(mop, proposed.id)
    go_on(joc, mop)
    with joc.database.write() as connection, refused("circle.sealed"):
        joc.office.signer.check(connection, ledger_of(joc, circle, "joc"))
    assert ledger_of(mop, circle, "joc").sealed == ledger_of(joc, circle, "joc").size - 1


def test_keys_are_renewed_by_old_and_new(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    say(joc, circle, "log", TEXT)
    meet(joc, mop)
    before = joc.keys.log[0].public
    joc.folder.renew_keys()
    joc.close()
    joc = Node(joc.folder)
    assert joc.keys.log[1].public == before != joc.keys.log[0].public
    say(joc, circle, "log", {"text": "still under the old key"})
    mop.pin(joc.write_own_card())
    proposed = epochs.propose_next(joc, circle.id)
    meet_staying(joc, mop)
    epochs.sign_next(mop, proposed.id)
    go_on(joc, mop)
    second = newest(mop, circle)
    assert second.epoch == 2
    ref = say(joc, second, "log", {"text": "under the new key"})
    go_on(joc, mop)
    assert ref in shown(mop, second)


def test_a_stranger_cannot_renew_a_partys_keys(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    joc.folder.renew_keys()
    for old in (joc.folder.path / "keys" / "old").iterdir():
        old.unlink()  # a thief has new keys and not the old ones
    joc.close()
    joc = Node(joc.folder)
    with refused("roster.other_keys"):
        mop.pin(joc.write_own_card())
    epochs.propose_next(joc, circle.id)
    with joc.database.read() as connection:
        (row,) = notices.every(connection)
    with mop.database.write() as connection:
        take_notice(connection, row.data, "joc", 0)
    ((_, lacking),) = epochs.proposals(mop)
    assert "joc" in lacking


def test_what_a_lost_key_signed_counts_up_to_a_witnessed_index(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    good = say(joc, circle, "log", TEXT)
    meet(*nodes.values())
    size = ledger_of(joc, circle, "joc").size
    recovery = read_seed(joc.folder.recovery)
    with refused("compromise.unwitnessed"):
        epochs.bound(joc, circle.id, size + 5, recovery)
    with refused("compromise.other_key"):
        epochs.bound(joc, circle.id, size, SigningKey(generate_seed()))
    bad = say(joc, circle, "log", {"text": "by the thief"})
    meet(joc, mop)
    assert bad in shown(mop, circle)
    epochs.bound(joc, circle.id, size, recovery)
    meet_staying(joc, mop)
    assert set(shown(mop, circle)) == {good}  # no longer counted, though still held
    meet_staying(mop, coalition)
    with refused("ledger.beyond_bound"):
        take(coalition, joc, circle)
    assert set(shown(coalition, circle)) == {good}


def test_a_proposal_with_anything_changed_is_refused(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(joc, mop)
    proposed = epochs.propose_next(joc, circle.id)
    swapped = [msgspec.structs.replace(one, log=one.log) for one in circle.members]
    swapped[0] = msgspec.structs.replace(swapped[0], log=coalition.own_card().log)
    forged = sign_epoch(propose(circle, swapped), "joc", [coalition.keys.log[0]])
    with mop.database.write() as connection:
        take_notice(connection, forged, "joc", 0)
    ((epoch, lacking),) = epochs.proposals(mop)
    assert lacking == ["joc", "mop"]  # neither the old key nor anybody else has signed
    with refused("circle.other_keys"):
        epochs.sign_next(mop, epoch.id)
    later = msgspec.structs.replace(circle, epoch=7, previous=proposed.previous)
    with mop.database.write() as connection, refused("circle.not_here"):
        text = f"tansiq.epoch@v1\n{proposed.previous}\n{write_circle(later).decode()}\n"
        take_notice(connection, sign_epoch(text, "joc", joc.keys.log), "joc", 0)


def test_nobody_signs_two_proposals_of_one_epoch(tmp_path: Path) -> None:
    joc, mop, coalition, _ = make_nodes(tmp_path, "joc", "mop", "coalition", "observer").values()
    circle = enter(joc, mop, coalition)
    first = epochs.propose_next(joc, circle.id, add=["observer"])
    with refused("epoch.signed_other"):
        epochs.propose_next(joc, circle.id, remove=["coalition"])
    meet(joc, mop, coalition)
    epochs.sign_next(mop, first.id)
    meet(joc, mop, coalition)
    with refused("epoch.signed_other"):
        epochs.propose_next(mop, circle.id)
    with refused("epoch.signed_already"):
        epochs.refuse_next(mop, first.id)
    assert [lacking for _, lacking in epochs.proposals(coalition)] == [["coalition"]]


def test_who_refuses_a_proposal_sets_the_others_free_for_another(tmp_path: Path) -> None:
    joc, mop, coalition, _ = make_nodes(tmp_path, "joc", "mop", "coalition", "observer").values()
    circle = enter(joc, mop, coalition)
    first = epochs.propose_next(joc, circle.id, add=["observer"])
    meet(joc, mop, coalition)
    epochs.refuse_next(coalition, first.id)
    with refused("epoch.refused_already"):
        epochs.sign_next(coalition, first.id)
    meet(joc, mop, coalition)
    assert [epochs.proposals(node) for node in (joc, mop, coalition)] == [[], [], []]
    second = epochs.propose_next(joc, circle.id)
    meet(joc, mop, coalition)
    for node in (mop, coalition):
        epochs.sign_next(node, second.id)
    go_on(joc, mop, coalition)
    assert {newest(node, circle).epoch for node in (joc, mop, coalition)} == {2}


def test_a_proposal_that_was_refused_is_not_entered_even_when_its_refuser_signs_it_after_all(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    first = epochs.propose_next(joc, circle.id)
    meet(joc, mop)
    epochs.refuse_next(mop, first.id)
    both = sign_epoch(first.note.text, "mop", mop.keys.log[:1])
    meet(joc, mop)
    with joc.database.write() as connection:
        take_notice(connection, both, "mop", joc.office.clock())
    settle(joc)
    assert newest(joc, circle).epoch == 1


def test_a_refusal_by_a_stranger_is_refused(tmp_path: Path) -> None:
    joc, mop, observer = make_nodes(tmp_path, "joc", "mop", "observer").values()
    circle = enter(joc, mop)
    first = epochs.propose_next(joc, circle.id)
    data = refuse_epoch(first, "observer", observer.keys.log[:1])
    with joc.database.write() as connection, refused("note.nobody_known"):
        take_notice(connection, data, "observer", joc.office.clock())
    assert epochs.proposals(joc)
