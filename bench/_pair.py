"""Two nodes of ours in one circle, each served by a process of its own, with the load in this one."""

from __future__ import annotations

import base64
import contextlib
import http.client
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from bench import exchange
from bench._flow import Flow, Healed, Look, body, flow, together
from bench._processes import answering, running, until
from tansiq.circles.circle import write_circle
from tansiq.circles.gate import Author, Redaction, Statement
from tansiq.desk import people
from tansiq.desk.office import circle_named
from tansiq.exchange import outbox
from tansiq.exchange.outbox import Saying, program_label
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.records.values import Names
from tansiq.store import ledgers

CREATED: Final = 201
START_S: Final = 30.0
PATIENCE_S: Final = 120.0
PASSWORD: Final = "one long phrase for the bench"  # noqa: S105 - of an account that lives as long as the run


class Pair:
    """Nodes A and B in one circle. Both stores are open here too; serving is done by processes of their own."""

    def __init__(self, home: Path, ports: list[int]) -> None:
        self.home = home
        self.ports = ports
        self.node_a = exchange.make_node(home / "a", "a", ports[0])
        self.node_b = exchange.make_node(home / "b", "b", ports[2])
        self.node_a.pin(self.node_b.write_own_card())
        self.node_b.pin(self.node_a.write_own_card())
        self.circle = self.node_a.make_circle(Names(en="bench"), ["b"], exercise=False)
        self.node_b.join(write_circle(self.circle))
        self.node_b.close()
        self.empty_b = home / "empty-b"
        shutil.copytree(home / "b", self.empty_b)
        self.node_b = Node(Folder(home / "b"))
        people.add(self.node_a.office, "duty", PASSWORD, "watch", ["duty_officer"])
        with self.node_a.database.read() as connection:
            self.num = circle_named(connection, self.circle.id).num
        self.said = 0
        self._runs = 0
        self._token = ""
        self._lines = threading.local()

    def close(self) -> None:
        """Close the stores."""
        self.node_a.close()
        self.node_b.close()

    @contextlib.contextmanager
    def serving(self, party: str) -> Iterator[None]:
        """Serve one of the nodes until the block ends."""
        folder, port = self.home / party, self.ports[0 if party == "a" else 2]
        log = self.home / f"{party}.log"
        command: list[str | Path] = [sys.executable, "-m", "tansiq.cli", "--data", folder, "serve"]
        with running(command, self.home, log) as process:
            answering(process, log, lambda: _listens(port), START_S)
            yield

    def held(self) -> int:
        """How many of A's records B holds under a head that it checked."""
        with self.node_b.database.read() as connection:
            num = circle_named(connection, self.circle.id).num
            return max(0, ledgers.ledger_of(connection, num, "a").head_size - exchange.OPENING)

    def all_held(self) -> None:
        """Wait until B holds what was said. Raises `RuntimeError`."""
        if not until(lambda: self.held() == self.said, PATIENCE_S):
            raise RuntimeError("B does not catch up")

    def say_batch(self, number: int) -> None:
        """A thousand records under one head, said by this process at A's store."""
        first = self.said
        label, author = program_label(self.circle), Author("duty", "watch", ("duty_officer",))
        sayings = [
            Saying(Statement("incident", _fields(first + step)), label, Redaction()) for step in range(exchange.BATCH)
        ]
        node = self.node_a
        with node.database.write() as connection:
            outbox.say(
                connection,
                self.num,
                self.circle,
                node.config.party,
                sayings,
                author,
                node.office.signer,
                node.office.clock(),
            )
        self.said += exchange.BATCH

    def sign_in(self) -> None:
        """Open a session at A's desk, for `say`."""
        self._token = str(self._ask("session", {"user": "duty", "password": PASSWORD}, 200)["token"])

    def say(self, number: int) -> None:
        """One record through the desk's API; the answer comes when it is durable."""
        request = {"kind": "incident", "fields": _fields(number), "releases": [{"circle": self.circle.id}]}
        self._ask("records", request, CREATED)

    def _ask(self, path: str, request: object, expected: int) -> dict[str, object]:
        line: http.client.HTTPConnection | None = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=START_S)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        line.request("POST", f"/api/v1/{path}", msgspec.json.encode(request), headers)
        answer = line.getresponse()
        data = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{path}: {answer.status} {data[:300].decode('utf-8', 'replace')}")
        return msgspec.json.decode(data, type=dict[str, object])

    def flow(self, count: int, senders: int) -> Flow:
        """One record a request, through the desk of A, to B."""
        before, first = self.held(), self.said
        found = flow(
            count,
            count,
            senders,
            lambda number: self.say(first + number),
            lambda: self.held() - before,
            Look(0.01, START_S),
        )
        self.said += count
        return found

    def flow_of_batches(self, count: int) -> Flow:
        """Said in batches of a thousand at A, to B."""
        before = self.held()
        return flow(
            count // exchange.BATCH,
            count,
            1,
            self.say_batch,
            lambda: self.held() - before,
            Look(0.03, START_S),
        )

    def outage(self, count: int, patience_s: float) -> Healed:
        """B is away, records are said, B starts."""
        before, first = self.held(), self.said
        together(count, lambda number: self.say(first + number))
        self.said += count
        began = time.perf_counter()
        with self.serving("b"):
            until(lambda: self.held() - before >= count, patience_s, 0.01)
            took = time.perf_counter() - began
        share = (self.held() - before) / count
        return Healed(count, share, share, took)

    def catch_up(self) -> float:
        """Records a second into a B that holds nothing yet."""
        self._runs += 1
        home = self.home / f"catch-up-{self._runs}"
        shutil.copytree(self.empty_b, home)
        node = Node(Folder(home))
        entries, took = exchange.receive(node, self.node_a, self.circle)
        self.check(node)
        node.close()
        shutil.rmtree(home)
        return entries / took

    def check(self, node: Node) -> tuple[int, float]:
        """Refuse figures where B does not hold what A said; sizes of an entry and of its disclosures (bytes)."""
        records = exchange.held_alike(node, self.node_a, self.circle, self.said)
        texts = {_text(told) for _, told in records[exchange.OPENING :]}
        if texts != {body(number) for number in range(self.said)}:
            raise RuntimeError("B holds other texts than A said")
        return len(records[-1][0]), len(records[-1][1])


def _fields(number: int) -> dict[str, object]:
    return {**exchange.fields(number), "text": body(number)}


def _text(told: bytes) -> str:
    for part in told.split(b"~"):
        disclosed = msgspec.json.decode(base64.urlsafe_b64decode(part + b"=="))
        if disclosed[1] == "text":
            return str(disclosed[2])
    return ""


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False
