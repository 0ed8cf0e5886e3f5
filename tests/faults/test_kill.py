"""`kill -9` of any node at any moment of a burst: what was acknowledged is there, and heads are consistent."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nodes import (
    Served,
    assert_heads_hold,
    assert_rebuilds,
    enter,
    environment,
    ledger_of,
    make_nodes,
    python,
    shared_digests,
    until,
)
from tansiq.circles.circle import Circle
from tansiq.ledger.checkpoint import open_checkpoint
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.records.entry import record_key
from tansiq.records.values import PartyId
from tansiq.store import ledgers

BURST = Path(__file__).parent / "burst.py"
RECORDS = 10_000
MOMENTS = 2
"""At each of them the speaking process, its server and the receiving node are killed, one shortly after the other."""

SEEDS = (2,)


@dataclass
class Acknowledged:
    """What the speaking process said that it had said."""

    refs: dict[int, str] = field(default_factory=dict)

    def read(self, process: subprocess.Popen[str], until_count: int | None = None) -> None:
        """Take its lines, up to a count or to its end. A line that was cut off was not acknowledged."""
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("\n"):
                ref, index = line.split()
                self.refs[int(index)] = ref
            if until_count is not None and len(self.refs) >= until_count:
                return


def _burst(folder: Path, circle: Circle, already: int) -> subprocess.Popen[str]:
    command = [*python(), str(BURST), str(folder), circle.id, str(already), str(RECORDS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())


def _assert_whole(folder: Path, circle: Circle, acknowledged: Acknowledged) -> int:
    """The speaking node after a kill, as the next start finds it; answers how many of its records it holds."""
    node = Node(Folder(folder))
    try:
        own = ledger_of(node, circle, "joc")
        assert own.size == own.head_size
        with node.database.read() as connection:
            for index, ref in acknowledged.refs.items():
                assert ledgers.index_of(connection, own.num, record_key(ref.split("/")[1])) == index
            kept = connection.exec_driver_sql("SELECT count(*) FROM kept WHERE id >> 40 = ?", (own.num,)).scalar_one()
        _assert_consistent(node)
        assert kept >= len(acknowledged.refs)
        return int(kept)
    finally:
        node.close()


def _assert_consistent(node: Node) -> None:
    assert_heads_hold(node)
    assert_rebuilds(node)
    with node.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def _assert_receipts_are_true(sender: Path, receiver: Path, circle: Circle) -> None:
    """No receipt that the sender holds is over more than the receiver holds, and each is over its very root."""
    node, other = Node(Folder(sender)), Node(Folder(receiver))
    try:
        own = ledger_of(node, circle, "joc")
        with node.database.read() as connection:
            receipts = [one for one in ledgers.receipts(connection, own.num) if one.party == "mop"]
            notes = {one.size: ledgers.checkpoint_note(connection, own.num, one.size) for one in receipts}
        held = ledger_of(other, circle, "joc")  # read after the receipts: what it holds can only have grown
        with node.database.read() as mine, other.database.read() as theirs:
            for size, note in notes.items():
                assert size <= held.head_size
                assert note is not None
                assert open_checkpoint(note, own.origin, node.keys.log[0].public).checkpoint.size == size
            bodies = ledgers.entry_bodies(theirs, held.num, 0, held.size)
            assert bodies == ledgers.entry_bodies(mine, own.num, 0, held.size)
        _assert_consistent(other)
    finally:
        node.close()
        other.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_acknowledged_record_is_lost_and_no_receipt_is_a_lie_wherever_a_node_is_killed(
    tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - moments, not secrets
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(nodes["joc"], nodes["mop"])
    for node in nodes.values():
        node.close()
    joc, mop = nodes["joc"].folder.path, nodes["mop"].folder.path
    acknowledged = Acknowledged()
    moments = sorted(dice.randrange(300, RECORDS - 300) for _ in range(MOMENTS))
    running = [Served(joc), Served(mop)]
    try:
        for one in running:
            one.wait()
        said = 0
        for moment in moments:
            process = _burst(joc, circle, said)
            acknowledged.read(process, moment)
            time.sleep(dice.random() / 30)  # somewhere within a transaction, a few of which pass in this time
            _kill(process, dice, running)
            acknowledged.read(process)
            said = _assert_whole(joc, circle, acknowledged)
            _assert_receipts_are_true(joc, mop, circle)
            running = [Served(one.folder) for one in running]
            for one in running:
                one.wait()
        process = _burst(joc, circle, said)
        acknowledged.read(process)
        assert process.wait(60) == 0
        assert len(acknowledged.refs) <= RECORDS
        _assert_whole(joc, circle, acknowledged)
        sender, receiver = Node(Folder(joc)), Node(Folder(mop))
        try:
            until(lambda: _head(receiver, circle) == _head(sender, circle))
            joc_origin = circle.origin(PartyId("joc"))
            assert shared_digests(receiver, circle)[joc_origin] == shared_digests(sender, circle)[joc_origin]
            size = ledger_of(sender, circle, "joc").size
            until(lambda: any(one.size == size for one in _receipts(sender, circle)))
        finally:
            sender.close()
            receiver.close()
        _assert_receipts_are_true(joc, mop, circle)
    finally:
        for one in running:
            one.stop()


def _head(node: Node, circle: Circle) -> tuple[int, bytes]:
    """Not the note: a witness that is asked before it pulls holds the head with its own cosignature under it."""
    own = ledger_of(node, circle, "joc")
    return own.head_size, own.head_root


def _receipts(node: Node, circle: Circle) -> list[ledgers.ReceiptRow]:
    own = ledger_of(node, circle, "joc")
    with node.database.read() as connection:
        return ledgers.receipts(connection, own.num)


def _kill(process: subprocess.Popen[str], dice: random.Random, running: list[Served]) -> None:
    """The speaking process and both servers, in an order that the dice choose."""
    victims = [lambda: process.send_signal(signal.SIGKILL), *(one.kill for one in running)]
    dice.shuffle(victims)
    for victim in victims:
        victim()
        time.sleep(dice.random() / 50)
    process.wait()
