"""Three nodes on a network as it is in the field: packets lost, two seconds away, 9.6 kbit/s, and a cut in the middle.

What was said before, during and after the cut is on all three in the end, once, under equal heads, with the receipts of
all. Needs root and a kernel with `netem`; where the kernel was built without it, the same links are made in user space.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from network.spaces import Line, Means, Spaces, obstacle, spaces
from nodes import (
    assert_heads_hold,
    assert_rebuilds,
    enter,
    environment,
    ledger_of,
    python,
    say,
    shared_digests,
    shown,
)
from tansiq.circles.circle import Circle
from tansiq.node.folder import Folder, NodeConfig
from tansiq.node.node import Node, create
from tansiq.records.values import Names, PartyId
from tansiq.store import ledgers

PARTIES = ("joc", "mop", "ngo")
PATIENCE_S = 200.0
"""From what was said to the same picture everywhere."""

MILD = Line(loss=5, delay_ms=150, rate_bit=64_000)
HARSH = Line(loss=20, delay_ms=2000, rate_bit=9600)
HARSH_ASKED = "TANSIQ_HARSH_LINE"
"""Set by `./go network`: the harsh line takes minutes."""

PEER_PORT = 8610
DESK_PORT = 8600
LISTENS = "0A"


class ServedApart:
    """`tansiq serve` in a namespace, where no desk can be reached from here."""

    def __init__(self, folder: Path, place: Spaces, party: str) -> None:
        self.folder = folder
        command = [*place.run(party), *python(), "-m", "tansiq.cli", "--data", str(folder), "serve"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
        )

    def wait(self) -> None:
        """Return when both ports listen, by what the kernel says of the process's own network."""
        _until(self._listens, time.monotonic() + 60)

    def _listens(self) -> bool:
        assert self.process.poll() is None, "the node ended"
        rows = Path(f"/proc/{self.process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        ports = {int(row.split()[1].split(":")[1], 16) for row in rows if row.split()[3] == LISTENS}
        return ports >= {PEER_PORT, DESK_PORT}

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """An orderly end."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()


def _make_nodes(home: Path, addresses: dict[str, str]) -> dict[str, Node]:
    """Nodes that listen at the addresses of their namespaces, cards pinned all round."""
    nodes = {}
    for party, address in addresses.items():
        folder = Folder(home / party)
        folder.create(
            NodeConfig(
                PartyId(party),
                "party",
                Names(en=party.upper(), ar=f"طرف {party}", ckb=f"لایەنی {party}"),
                desk=f"127.0.0.1:{DESK_PORT}",
                peer=f"{address}:{PEER_PORT}",
                peer_url=f"https://{address}:{PEER_PORT}",
                cadence=2.0,
                marks=str(home / "marks" / party),
            )
        )
        nodes[party] = create(folder)
    for node in nodes.values():
        for other in nodes.values():
            if other is not node:
                node.pin(other.write_own_card())
    return nodes


def _until(true: Callable[[], bool], deadline: float) -> None:
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def _sizes(node: Node, circle: Circle) -> dict[str, int]:
    return {party: ledger_of(node, circle, party).size for party in PARTIES}


def _receipted(node: Node, circle: Circle) -> dict[str, int]:
    """How much of a node's own ledger each other party has given its receipt for."""
    own = ledger_of(node, circle, node.config.party)
    with node.database.read() as connection:
        receipts = ledgers.latest_receipts(connection, own.num)
    return {party: receipts[party].size if party in receipts else 0 for party in PARTIES if party != own.party}


def _agreed(nodes: dict[str, Node], circle: Circle) -> bool:
    """Whether everything is everywhere and every party holds the receipts of the others for all that it said."""
    sizes = {party: ledger_of(node, circle, party).size for party, node in nodes.items()}
    return all(_sizes(node, circle) == sizes for node in nodes.values()) and all(
        set(_receipted(node, circle).values()) == {sizes[party]} for party, node in nodes.items()
    )


@contextmanager
def _served(nodes: dict[str, Node], place: Spaces) -> Iterator[None]:
    with ExitStack() as stack:
        served = []
        for party, node in nodes.items():
            one = ServedApart(node.folder.path, place, party)
            stack.callback(one.stop)
            served.append(one)
        for one in served:
            one.wait()
        yield


def _means() -> Means:
    """The kernel's netem where it is there, else the same in user space; skips where neither can be."""
    hindrance = obstacle("netem")
    if hindrance is None:
        return "netem"
    other = obstacle("tun")
    if other is not None:
        pytest.skip(f"{hindrance}; {other}")
    return "tun"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(MILD, id="mild"),
        pytest.param(
            HARSH,
            id="harsh",
            marks=pytest.mark.skipif(HARSH_ASKED not in os.environ, reason="takes minutes; `./go network` runs it"),
        ),
    ],
)
def test_three_nodes_on_a_bad_line(tmp_path: Path, line: Line) -> None:
    seed = int(os.environ.get("TANSIQ_SEED", "0")) or secrets.randbelow(1 << 30)
    chance = random.Random(seed)  # noqa: S311 - chooses when the cable is cut
    print(f"TANSIQ_SEED={seed}")
    with spaces(_means(), line, PARTIES, seed) as place:
        nodes = _make_nodes(tmp_path, place.addresses)
        circle = enter(*nodes.values())
        said = []

        def speak(when: str) -> None:
            for party, node in nodes.items():
                text = f"{party} {when}"
                said.append(text)
                say(node, circle, "message", {"text": text})

        with _served(nodes, place):
            speak("before the cut")
            time.sleep(chance.uniform(0, 10))
            cut_off = chance.choice(PARTIES)
            place.cut(cut_off)
            speak("during the cut")
            time.sleep(chance.uniform(5, 20))
            assert any(_sizes(node, circle) != _sizes(nodes["joc"], circle) for node in nodes.values())
            place.mend(cut_off)
            speak("after the cut")
            _until(lambda: _agreed(nodes, circle), time.monotonic() + PATIENCE_S)
            carried = {party: place.wire_bytes(party) for party in PARTIES}
    print(f"bytes in and out by party: {carried}")
    digests = [shared_digests(node, circle) for node in nodes.values()]
    assert all(one == digests[0] for one in digests)
    for node in nodes.values():
        assert_heads_hold(node)
        assert_rebuilds(node)
        texts = [one.fields["text"] for one in shown(node, circle).values() if one.kind == "message"]
        assert sorted(texts) == sorted(said)
        node.close()
