"""The next epoch and a lost disk: what was entered is never entered anew, what is over does not go on."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import msgspec

from nodes import enter, ledger_of, make_nodes, meet, refused, say, shown
from tansiq.circles.circle import Circle
from tansiq.desk.office import circle_named
from tansiq.errors import Refused
from tansiq.exchange import witness
from tansiq.exchange.intake import take_head
from tansiq.exchange.local import LocalSource
from tansiq.exchange.notices import circle_of, take_notice
from tansiq.exchange.standing import State, over, own_root, standing_of
from tansiq.ledger import disclosure
from tansiq.node import epochs
from tansiq.node.beat import settle
from tansiq.node.folder import read_seed
from tansiq.node.node import Node
from tansiq.store import ledgers

TEXT = {"text": "at the bridge"}


def newest(node: Node, circle: Circle) -> Circle:
    """The newest epoch that a node has entered."""
    with node.database.read() as connection:
        return circle_named(connection, circle.id).circle


def agree(joc: Node, mop: Node, circle: Circle) -> None:
    """Both sign the next epoch; nobody has entered it yet."""
    proposed = epochs.propose_next(joc, circle.id)
    meet(joc, mop)
    epochs.sign_next(mop, proposed.id)


def with_old_disk(node: Node, kept: Path) -> Node:
    """The node with an older store in place of its own; the marks were elsewhere."""
    node.close()
    for path in node.folder.path.glob("store.sqlite*"):
        path.unlink()
    shutil.copyfile(kept, node.folder.store)
    return Node(node.folder)


def ask_back(node: Node, other: Node) -> None:
    """What a node does after its start: ask a peer, own ledgers included, and do what follows."""
    source = LocalSource(other.database, node.config.party)
    for _ in range(2):
        heads, files = source.shown()
        for data in files:
            with node.database.write() as connection, contextlib.suppress(Refused):
                take_notice(connection, data, other.config.party, node.office.clock())
        for note in heads:
            with contextlib.suppress(Refused):
                with node.database.read() as connection:
                    ledger = ledgers.ledger_by(connection, origin=note.split(b"\n", 1)[0].decode())
                    circle = circle_of(connection, ledger)
                now = node.office.clock()
                take_head(node.database, circle, ledger, note, source, node.keys, now, recover=ledger.own)
        settle(node)


def test_a_lost_disk_does_not_enter_an_epoch_a_second_time(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    agree(joc, mop, circle)
    meet(joc, mop)
    joc.database.copy_to(tmp_path / "kept")
    settle(joc)
    settle(mop)
    second = newest(joc, circle)
    ref = say(joc, second, "log", TEXT)
    meet(joc, mop)
    before = ledger_of(joc, second, "joc")

    joc = with_old_disk(joc, tmp_path / "kept")
    ask_back(joc, mop)

    after = ledger_of(joc, second, "joc")
    assert (after.head_size, after.head_root) == (before.head_size, before.head_root)
    assert ref in shown(joc, second)
    again = say(joc, second, "log", TEXT)
    meet(joc, mop)
    assert again in shown(mop, second)


def test_with_the_marks_lost_too_the_epoch_after_is_the_next_to_be_spoken_in(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    agree(joc, mop, circle)
    meet(joc, mop)
    joc.database.copy_to(tmp_path / "kept")
    settle(joc)
    settle(mop)
    second = newest(joc, circle)
    say(joc, second, "log", TEXT)

    shutil.rmtree(joc.folder.marks)
    joc = with_old_disk(joc, tmp_path / "kept")
    settle(joc)

    own = ledger_of(joc, second, "joc")
    assert own.size == 0
    with joc.database.read() as connection:
        standing = standing_of(connection, own, joc.marks)
    assert standing is not None
    assert standing.state is State.UNMARKED
    with refused("node.unmarked"):
        say(joc, second, "log", TEXT)
    agree(joc, mop, circle)
    meet(joc, mop)
    settle(joc)
    settle(mop)
    ref = say(joc, newest(joc, circle), "log", TEXT)
    meet(joc, mop)
    assert newest(mop, circle).epoch == 3
    assert ref in shown(mop, newest(mop, circle))


def test_an_old_disk_says_nothing_in_an_epoch_that_is_over(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    say(joc, circle, "log", TEXT)
    agree(joc, mop, circle)
    meet(joc, mop)
    joc.database.copy_to(tmp_path / "kept")
    settle(joc)  # the seal and the opening leave at once, and with them the marks

    joc = with_old_disk(joc, tmp_path / "kept")
    ledger = ledger_of(joc, circle, "joc")
    assert ledger.sealed is None
    with joc.database.read() as connection, refused("circle.sealed"):
        joc.office.signer.check(connection, ledger)


def test_an_epoch_is_over_once_the_next_one_was_shown(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    agree(joc, mop, circle)
    meet(joc, mop)
    assert not over(joc.marks, circle.origin(joc.config.party))
    settle(joc)
    assert over(joc.marks, circle.origin(joc.config.party))
    assert not over(joc.marks, newest(joc, circle).origin(joc.config.party))


def test_the_next_epoch_names_the_head_that_was_sealed(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    agree(joc, mop, circle)
    meet(joc, mop)
    joc.with_asked(lambda: False)  # what is said now waits for the beat
    say(joc, circle, "log", TEXT)
    settle(joc)
    second = newest(joc, circle)
    with joc.database.read() as connection:
        own = ledgers.ledger_by(connection, origin=circle.origin(joc.config.party))
        opened = ledgers.ledger_by(connection, origin=second.origin(joc.config.party))
        (told,) = ledgers.told_at(connection, opened.num, [0])
        heads = {head[0]: head[1:] for head in msgspec.json.decode(disclosure.values(told.text)["last"])}
        sealed = own_root(connection, own, own.size)
    assert own.sealed == own.size - 1
    assert heads["joc"] == [own.size, msgspec.json.decode(msgspec.json.encode(sealed))]


def test_a_bounded_ledger_says_that_nobody_would_hear(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    meet(joc, mop)
    size = ledger_of(joc, circle, "joc").size
    epochs.bound(joc, circle.id, size, read_seed(joc.folder.recovery))
    with refused("circle.bounded"):
        say(joc, circle, "log", TEXT)


def test_a_stranger_learns_from_a_witness_of_no_circle(tmp_path: Path) -> None:
    joc, mop, coalition = make_nodes(tmp_path, "joc", "mop", "coalition").values()
    circle = enter(joc, mop)
    note = ledger_of(joc, circle, "joc").head_note or b""
    body = b"old 0\n\n" + note
    garbled = body.replace(b"\n2\n", b"\n3\n", 1)  # the signature does not hold

    def ask(data: bytes, party: str) -> int:
        return witness.add_checkpoint(mop.database, mop.keys, data, party, 0).status

    assert (ask(garbled, "coalition"), ask(body, "coalition")) == (404, 404)
    assert (ask(garbled, "joc"), ask(body, "joc")) == (403, 200)
    assert coalition.config.party not in circle.parties
