"""Three nodes on a network as it is in the field: packets lost, two seconds away, 9.6 kbit/s, and a cut in the middle.

What was said before, during and after the cut is on all three in the end, once, under equal heads, with the receipts of
all. Needs root and a kernel with `netem`; where the kernel was built without it, the same links are made in user space.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from network.spaces import Line, Means, Spaces, obstacle, spaces
from nodes import (
    Served,
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
"""From the start of the nodes to the same picture everywhere; with the making of it all less than four minutes."""

PEER_PORT = 8610
DESK_PORT = 8600
LISTENS = "0A"
SEED = 7


class ServedApart(Served):
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


def _agreed(nodes: dict[str, Node], circle: Circle, sizes: dict[str, int]) -> bool:
    """Whether everything is everywhere and every party holds the receipts of the others for all that it said."""
    return all(_sizes(node, circle) == sizes for node in nodes.values()) and all(
        set(_receipted(node, circle).values()) == {sizes[party]} for party, node in nodes.items()
    )
