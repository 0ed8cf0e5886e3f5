"""A party that shows two histories is found out by whoever exchanges anything, and the proof convinces a stranger."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodes import copy_folder, enter, ledger_of, make_nodes, meet, refused, say, shown, take
from tansiq.circles.circle import Circle
from tansiq.errors import Refused
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange.erasure import reader
from tansiq.exchange.intake import take_head
from tansiq.exchange.local import LocalSource
from tansiq.exchange.notices import take_notice
from tansiq.ledger import fork
from tansiq.ledger.note import ED25519, NoteVerifier
from tansiq.node.node import Node
from tansiq.store import ledgers, notices

TEXT = {"text": "at the bridge"}


def two_faced(home: Path, *more: tuple[int, int]) -> tuple[Node, Node, dict[str, Node], Circle]:
    """A party with two nodes on one key, whose ledgers part after the first record; `more` says how far each goes."""
    nodes = make_nodes(home, "joc", "mop", "coalition")
    circle = enter(*nodes.values())
    joc = nodes["joc"]
    say(joc, circle, "log", TEXT)
    meet(*nodes.values())
    joc.close()
    twin = Node(copy_folder(joc.folder, home / "twin", home / "twin-marks"))
    joc = Node(joc.folder)
    (mine, others) = more[0]
    for step in range(mine):
        say(joc, circle, "log", {"text": f"to one: {step}"})
    for step in range(others):
        say(twin, circle, "log", {"text": f"to the other: {step}"})
    return joc, twin, nodes, circle


def proofs(node: Node) -> list[bytes]:
    """The fork proofs that a node holds."""
    with node.database.read() as connection:
        return [row.data for row in notices.every(connection, exchange_notices.FORK)]


@pytest.mark.parametrize("lengths", [(1, 1), (1, 3), (3, 1), (2, 700), (700, 2), (300, 300)])
def test_two_holders_of_two_histories_end_with_a_proof_whichever_is_longer(
    tmp_path: Path, lengths: tuple[int, int]
) -> None:
    joc, twin, nodes, circle = two_faced(tmp_path, lengths)
    mop, coalition = nodes["mop"], nodes["coalition"]
    take(mop, joc, circle)
    take(coalition, twin, circle)
    before = shown(mop, circle)
    with refused("ledger.fork"):
        relay(coalition, mop, circle)
    assert ledger_of(mop, circle, "joc").frozen
    assert shown(mop, circle) == before
    (data,) = proofs(mop)
    proof = fork.decode(data)
    assert proof.origin == circle.origin(joc.config.party)
    assert proof.log.public == joc.keys.log[0].public
    # the proof alone convinces the other member, which has seen no contradiction itself
    with coalition.database.write() as connection:
        assert take_notice(connection, data, "mop", coalition.office.clock())
        assert not take_notice(connection, data, "mop", coalition.office.clock())
    assert ledger_of(coalition, circle, "joc").frozen
    # a frozen ledger takes nothing more, from whichever history, and gives no receipt
    say(joc, circle, "log", TEXT)
    with refused("ledger.frozen"):
        take(mop, joc, circle)
    # and the party itself, an honest one whose node was cloned, signs nothing more
    with joc.database.write() as connection:
        take_notice(connection, data, "mop", joc.office.clock())
    with refused("node.stopped"):
        say(joc, circle, "log", TEXT)


def relay(source: Node, target: Node, circle: Circle) -> None:
    """Take in the first member's ledger as another member holds and relays it."""
    note = ledger_of(source, circle, "joc").head_note
    assert note is not None
    ledger = ledger_of(target, circle, "joc")
    reader = LocalSource(source.database, target.config.party)
    take_head(target.database, circle, ledger, note, reader, target.office.keyring, target.office.clock())


def test_a_member_that_is_kept_out_gets_the_ledger_from_any_other(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    ref = say(joc, circle, "log", TEXT)
    meet(joc, mop)
    meet(mop, coalition)  # the author and the third never speak
    assert shown(coalition, circle)[ref].fields == TEXT
    meet(mop, coalition)
    meet(mop, joc)
    ledger = ledger_of(joc, circle, "joc")
    with joc.database.read() as connection:
        assert set(ledgers.latest_receipts(connection, ledger.num)) == {"mop", "coalition"}


def test_nobody_is_accused_falsely(tmp_path: Path) -> None:
    """Heads of one history at different sizes, and proofs with anything changed in them, prove nothing."""
    joc, twin, nodes, circle = two_faced(tmp_path, (5, 9))
    mop = nodes["mop"]
    log = NoteVerifier(circle.origin(joc.config.party), ED25519, joc.keys.log[0].public)
    take(mop, joc, circle)
    small = ledger_of(mop, circle, "joc").head_note
    say(joc, circle, "log", TEXT)
    take(mop, joc, circle)
    large = ledger_of(mop, circle, "joc").head_note
    assert small is not None
    assert large is not None
    with mop.database.read() as connection:
        read = reader(connection, ledger_of(mop, circle, "joc").num)
        with refused("fork.none"):
            fork.extension(log, small, large, read)
    with refused("fork.none"):
        fork.same_size(log, small, small)
    with refused("ledger.fork"):
        take(mop, twin, circle)
    (data,) = proofs(mop)
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            found = fork.decode(changed)
        except Refused:
            continue
        assert fork.encode(found) == changed
        assert found.log.public == log.public  # only signatures of others on the notes may differ
    with nodes["coalition"].database.write() as connection, refused("note.nobody_known"):
        other = NoteVerifier(log.name, ED25519, mop.keys.log[0].public)
        take_notice(connection, data.replace(log.vkey.encode(), other.vkey.encode()), "mop", 0)
