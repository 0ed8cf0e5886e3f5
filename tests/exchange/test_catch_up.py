"""A long catch-up in two processes gives what one process gives, and a helper that is lost is not missed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from ssl import SSLSocket
from typing import Any

import pytest

from exchange.forged import client, craft, field, port, request
from nodes import (
    OFFICER,
    Raw,
    assert_heads_hold,
    assert_rebuilds,
    copied,
    enter,
    forge,
    ledger_of,
    make_nodes,
    python,
    refused,
    refused_unchanged,
    serving,
    shared_digests,
    take,
    until,
)
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk.office import circle_named
from tansiq.exchange import catch_up, outbox
from tansiq.exchange.catch_up import Order
from tansiq.exchange.outbox import Saying, program_label
from tansiq.exchange.verify import Batch, Course
from tansiq.node.node import Node
from tansiq.records.entry import new_record_id
from tansiq.store import ledgers
from tansiq.store.schema import entry_key

STEP = 2048
BATCH = 500
BATCHES = 16
"""Eight thousand records, revisions and tells: four steps."""

Nodes = tuple[Mapping[str, Node], Circle]


def _say(node: Node, circle: Circle, *statements: Statement) -> list[str]:
    with node.database.write() as connection:
        said = outbox.say(
            connection,
            circle_named(connection, circle.id).num,
            circle,
            node.config.party,
            [Saying(one, program_label(circle), Redaction(frozenset({"lang"}))) for one in statements],
            OFFICER,
            node.office.signer,
            node.office.clock(),
        )
    node.publish()
    return [one.ref.rpartition("/")[2] for one in said]


def _log(text: str, revises: str | None = None) -> Statement:
    return Statement("log", {"text": text, "lang": "en", "category": "entry"}, revises)


def _tell(node: Node, circle: Circle, record: str) -> None:
    with node.database.write() as connection:
        num = circle_named(connection, circle.id).num
        now = node.office.clock()
        outbox.tell(connection, num, circle, node.config.party, record, ["lang"], OFFICER, node.office.signer, now)
    node.publish()


@pytest.fixture(scope="module")
def long_ledger(tmp_path_factory: pytest.TempPathFactory) -> Nodes:
    """A sender with a long ledger, closed, and a reader that holds nothing of it."""
    nodes = make_nodes(tmp_path_factory.mktemp("long"), "joc", "mop")
    sender = nodes["joc"]
    circle = enter(sender, nodes["mop"])
    said: list[str] = []
    for batch in range(BATCHES):
        fresh = [_log(f"{batch} {step}") for step in range(BATCH)]
        revisions = [_log(f"{batch} again", old) for old in said[batch::400]]
        said += _say(sender, circle, *fresh, *revisions)[:BATCH]
        _tell(sender, circle, said[-1])  # of a record in the same step, most of the time
        _tell(sender, circle, said[batch])  # of one in an earlier step, most of the time
    for node in nodes.values():
        node.close()
    return nodes, circle


@pytest.fixture
def pair(long_ledger: Nodes, tmp_path: Path) -> Iterator[tuple[Node, Node, Circle]]:
    """The same two once more, to be changed."""
    nodes, circle = long_ledger
    with copied(nodes, tmp_path) as fresh:
        yield fresh["joc"], fresh["mop"], circle


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The node waits for its helper after the first step, so that there are steps left for it on any machine."""
    monkeypatch.setattr("tansiq.exchange.catch_up.READY_S", 60.0)


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where the steps begin that a helper verified."""
    starts: list[int] = []
    _around_steps(monkeypatch, lambda _, batch: starts.append(batch.start))
    return starts


def _around_steps(monkeypatch: pytest.MonkeyPatch, seen: Callable[[catch_up.Helper, Batch], object]) -> None:
    inner = catch_up.Helper.steps

    def steps(helper: catch_up.Helper, order: Order) -> Iterator[Batch]:
        for batch in inner(helper, order):
            seen(helper, batch)
            yield batch

    monkeypatch.setattr(catch_up.Helper, "steps", steps)


def _pull(reader: Node, sender: Node, circle: Circle) -> int:
    return take(reader, sender, circle, source=client(reader, sender.config.peer_url, sender)).entries


def _assert_alike(reader: Node, sender: Node, circle: Circle) -> None:
    origin = circle.origin(sender.config.party)
    assert shared_digests(reader, circle)[origin] == shared_digests(sender, circle)[origin]
    assert_heads_hold(reader)
    assert_rebuilds(reader)


def test_a_long_ledger_with_revisions_and_tells_comes_through_a_helper_as_it_was_said(
    pair: tuple[Node, Node, Circle], helped: list[int]
) -> None:
    sender, reader, circle = pair
    size = ledger_of(sender, circle, "joc").size
    with serving(sender.folder.path):
        assert _pull(reader, sender, circle) == size > 3 * STEP
        assert helped == list(range(STEP, size, STEP))
        assert _pull(reader, sender, circle) == 0
    _assert_alike(reader, sender, circle)


def test_what_is_held_already_is_not_taken_again(pair: tuple[Node, Node, Circle], helped: list[int]) -> None:
    """The helper begins in the middle of a bundle, and a live record needs no helper."""
    sender, reader, circle = pair
    held = ledger_of(sender, circle, "joc").size
    take(reader, sender, circle)
    for step in range(10):
        _say(sender, circle, *[_log(f"more {step} {number}") for number in range(BATCH)])
    with serving(sender.folder.path):
        assert _pull(reader, sender, circle) == 10 * BATCH
        first = (held // STEP * STEP) // 256 * 256
        assert helped
        assert min(helped) > first
        helped.clear()
        _say(sender, circle, _log("live"))
        assert _pull(reader, sender, circle) == 1
    assert helped == []
    _assert_alike(reader, sender, circle)


def _change(node: Node, query: str, *values: Any) -> None:
    with node.database.write() as connection:
        connection.exec_driver_sql(query, values)


def _told_to_another(node: Node, circle: Circle) -> None:
    ledger = ledger_of(node, circle, "joc")
    with node.database.read() as connection:
        text = ledgers.told_bytes(connection, ledger.num, 5000, 1)[0][2]
    other = text[:-1] + (b"A" if text[-1:] != b"A" else b"B")
    _change(node, "UPDATE told SET text = ? WHERE id = ?", other, entry_key(ledger.num, 5000))


def _entry_garbled(node: Node, circle: Circle) -> None:
    ledger = ledger_of(node, circle, "joc")
    with node.database.read() as connection:
        body = ledgers.entry_bodies(connection, ledger.num, 5000, 1)[0]
    _change(node, "UPDATE entry SET body = ? WHERE id = ?", b"[" + body[1:], entry_key(ledger.num, 5000))


def _no_entry(node: Node, circle: Circle) -> None:
    forge(node, circle, Raw(b"no JSON at all"))


def _from_tomorrow(node: Node, circle: Circle) -> None:
    forge(node, circle, craft(circle, [field("text", "late")], at=node.office.clock() + 86_400_000))


def _tell_of_another(node: Node, circle: Circle) -> None:
    """Entry 100 is in a step that the node holds and its helper does not: the node finds it out."""
    forge(node, circle, craft(circle, [field("lang", "en")], 100, type="tell", revises=new_record_id()))


HOSTILE: dict[str, tuple[str, int, Callable[[Node, Circle], None]]] = {
    "a disclosure changed in the middle": ("disclosure.not_as_committed", 2 * STEP, _told_to_another),
    "an entry changed in the middle": ("ledger.wrong_tree", 2 * STEP, _entry_garbled),
    "an entry that is none at the end": ("entry.malformed", -1, _no_entry),
    "an entry from tomorrow at the end": ("entry.future", -1, _from_tomorrow),
    "a tell of another record at the end": ("disclosure.wrong_subject", -1, _tell_of_another),
}


@pytest.mark.parametrize(("code", "kept", "tamper"), HOSTILE.values(), ids=HOSTILE)
def test_what_a_helper_finds_is_refused_as_if_the_node_had_found_it(
    pair: tuple[Node, Node, Circle],
    helped: list[int],
    code: str,
    kept: int,
    tamper: Callable[[Node, Circle], None],
) -> None:
    sender, reader, circle = pair
    tamper(sender, circle)
    whole = ledger_of(sender, circle, "joc").size // STEP * STEP if kept < 0 else kept
    with serving(sender.folder.path):
        with refused(code):
            _pull(reader, sender, circle)
        held = ledger_of(reader, circle, "joc")
        assert (held.size, held.head_size, held.head_note) == (whole, 0, None)
        assert helped
        with refused_unchanged(code, reader):
            _pull(reader, sender, circle)
    assert_rebuilds(reader)


def test_a_helper_that_is_killed_at_work_is_not_missed(
    pair: tuple[Node, Node, Circle], monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, reader, circle = pair
    killed: list[int] = []

    def kill(helper: catch_up.Helper, _: Batch) -> None:
        if helper.process is not None and not killed:
            helper.process.kill()
            helper.process.wait()
            killed.append(helper.process.pid)

    _around_steps(monkeypatch, kill)
    with serving(sender.folder.path):
        assert _pull(reader, sender, circle) == ledger_of(sender, circle, "joc").size
    assert killed
    _assert_alike(reader, sender, circle)


@pytest.mark.parametrize("program", ["/nonexistent/python", "/bin/false", "/bin/echo"])
def test_a_helper_that_cannot_start_or_talks_nonsense_is_not_missed(
    pair: tuple[Node, Node, Circle], helped: list[int], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    sender, reader, circle = pair
    with serving(sender.folder.path), monkeypatch.context() as patch:
        patch.setattr(sys, "executable", program)
        assert _pull(reader, sender, circle) == ledger_of(sender, circle, "joc").size
    assert helped == []
    _assert_alike(reader, sender, circle)


def test_a_peer_that_goes_away_under_a_helper_is_unreachable(
    pair: tuple[Node, Node, Circle], monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, reader, circle = pair
    with serving(sender.folder.path) as (served,):
        _around_steps(monkeypatch, lambda _helper, _batch: served.kill())
        with refused("peer.unreachable"):
            _pull(reader, sender, circle)
    held = ledger_of(reader, circle, "joc")
    assert held.size % STEP == 0
    assert held.head_note is None
    monkeypatch.undo()
    take(reader, sender, circle)
    _assert_alike(reader, sender, circle)


NODE_WITH_HELPER = """
import sys, time
from tansiq.exchange import catch_up
helper = catch_up.Helper()
assert helper.ready(60)
print(helper.process.pid, flush=True)
if len(sys.argv) > 1:
    order = catch_up.decode_message(bytes.fromhex(sys.argv[1]))
    print(list(helper.steps(order)))
time.sleep(600)
"""


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("at_work", [False, True])
def test_a_helper_ends_with_its_node_however_that_ends(long_ledger: Nodes, at_work: bool) -> None:
    """With its order or without; at work it waits for a peer that says nothing."""
    nodes, circle = long_ledger
    asked: list[str] = []

    def silence(connection: SSLSocket) -> None:
        while path := request(connection):
            asked.append(path)

    with port(nodes["joc"], nodes["mop"], silence) as url:
        course = Course(circle.origin(nodes["joc"].config.party), "00", "joc", False, "", 0, 9000, b"", 0, [])
        order = Order(client(nodes["mop"], url, nodes["joc"]).recipe, course, 0, [])
        words = [catch_up.encode_message(order).hex()] if at_work else []
        node = subprocess.Popen([*python(), "-c", NODE_WITH_HELPER, *words], stdout=subprocess.PIPE)
        assert node.stdout is not None
        helper = int(node.stdout.readline())
        until(lambda: bool(asked) or not at_work)
        assert not _gone(helper)
        os.kill(node.pid, signal.SIGKILL)
        node.wait()
        node.stdout.close()
        until(lambda: _gone(helper))


def test_a_node_that_is_killed_at_any_time_goes_on_where_it_stood(long_ledger: Nodes, tmp_path: Path) -> None:
    nodes, circle = long_ledger
    with copied(nodes, tmp_path) as fresh:
        sender, reader = fresh["joc"], fresh["mop"]
        size = ledger_of(sender, circle, "joc").size
        with serving(sender.folder.path):
            for wait_s in (0.1, 0.4):
                with serving(reader.folder.path) as (served,):
                    time.sleep(wait_s)
                    served.kill()
                held = ledger_of(reader, circle, "joc")
                assert held.size % STEP == 0 or held.size == size
                assert_rebuilds(reader)
            _pull(reader, sender, circle)
        _assert_alike(reader, sender, circle)
