"""Circles of real nodes for tests: folders made as an administrator would make them, cards pinned all round.

Everything goes through the doors that the desk and the command line use. Only `forge` writes into a store directly:
that is what a party does that does not run our program.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec
import pytest

import forked
from tansiq.circles.circle import Circle, write_circle
from tansiq.circles.gate import Author
from tansiq.desk import people, saying, viewing
from tansiq.desk.office import circle_named
from tansiq.desk.saying import Column, LabelRequest, ReleaseRequest, SayRequest
from tansiq.desk.viewing import Object
from tansiq.errors import Refused
from tansiq.exchange import outbox, shelf
from tansiq.exchange.intake import Taken, take_head
from tansiq.exchange.local import LocalSource, pull_all
from tansiq.exchange.notices import circle_of
from tansiq.ledger.growth import Growth
from tansiq.ledger.merkle import leaf_hash
from tansiq.node.folder import Folder, NodeConfig
from tansiq.node.node import Node, create
from tansiq.picture import book
from tansiq.records.kind import all_kinds
from tansiq.records.values import Names, PartyId
from tansiq.store import ledgers
from tansiq.store.ledgers import LedgerRow
from tansiq.store.schema import metadata
from tansiq.wording import LANGUAGES, wording

USER = "duty"
PASSWORD = "a long enough word"
OFFICER = Author(USER, "watch", ("duty_officer",))
PATIENCE_S = 60.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak to a desk on this machine, without TLS: the certificates of the world take long to load."""

MOVES_BY_ITSELF = frozenset({"refusal", "session", "checkpoint"})
"""Tables that note refusals, sign-ins and signed heads as evidence: they may grow when something is refused."""


_PORTS = 4_000
_given: set[int] = set()


def free_port() -> int:
    """A port on loopback that nobody listens on, below those that Linux hands out to outgoing connections.

    Each worker of a test run has ports of its own and gives none out twice: a node that is made now may be served
    much later. Not by `random`, whose state a test may set for all that follow.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 5
    while True:
        port = 12_000 + worker * _PORTS + secrets.randbelow(_PORTS)
        if port in _given:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


def make_node(home: Path, party: str) -> Node:
    """A new node with one account, on ports of its own."""
    folder = Folder(home / party)
    peer = free_port()
    folder.create(
        NodeConfig(
            PartyId(party),
            "party",
            Names(en=party.upper(), ar=f"طرف {party}", ckb=f"لایەنی {party}"),
            desk=f"127.0.0.1:{free_port()}",
            peer=f"127.0.0.1:{peer}",
            peer_url=f"https://127.0.0.1:{peer}",
            cadence=0.0,
            marks=str(home / "marks" / party),
        )
    )
    return create(folder)


def make_nodes(home: Path, *parties: str) -> dict[str, Node]:
    """New nodes whose cards are pinned all round."""
    nodes = {party: make_node(home, party) for party in parties}
    for node in nodes.values():
        for other in nodes.values():
            if other is not node:
                node.pin(other.write_own_card())
    return nodes


def add_officer(node: Node, name: str = USER, roles: Sequence[str] = ("duty_officer",)) -> None:
    """An account that can sign in."""
    people.add(node.office, name, PASSWORD, "watch", list(roles))


def enter(*nodes: Node, exercise: bool = False, name: str = "Circle") -> Circle:
    """A circle that the first node makes and the others join."""
    made = nodes[0].make_circle(Names(en=name), [node.config.party for node in nodes], exercise=exercise)
    for node in nodes[1:]:
        node.join(write_circle(made))
    return made


def copy_folder(folder: Folder, to: Path, marks: Path) -> Folder:
    """A node's folder and its marks once more: a clone, or the node itself at another time."""
    config = folder.config()
    shutil.copytree(folder.path, to)
    if not marks.exists() and folder.marks.exists():
        shutil.copytree(folder.marks, marks)
    copy = Folder(to)
    copy.write_config(msgspec.structs.replace(config, marks=str(marks)))
    return copy


@contextmanager
def copied(nodes: Mapping[str, Node], home: Path) -> Iterator[dict[str, Node]]:
    """The same nodes once more in other folders, to try something on. The originals must be closed."""
    fresh = {}
    for party, node in nodes.items():
        fresh[party] = Node(copy_folder(node.folder, home / party, home / "marks" / party))
    try:
        yield fresh
    finally:
        for node in fresh.values():
            node.close()


def ask(
    circle: Circle,
    kind: str,
    fields: Mapping[str, Any],
    *,
    withhold: Iterable[str] = (),
    grid: int = 0,
    hour: int = 0,
    revises: str | None = None,
    about: str | None = None,
    exercise: bool | None = None,
) -> SayRequest:
    """What a form sends."""
    release = ReleaseRequest(circle.id, LabelRequest(exercise=exercise), sorted(withhold), grid, hour)
    return SayRequest(kind, dict(fields), [release], revises, about)


def say(node: Node, circle: Circle, kind: str, fields: Mapping[str, Any], **how: Any) -> str:
    """Say something as the duty officer; answers its reference."""
    return saying.release(node.office, ask(circle, kind, fields, **how), OFFICER)[0].ref


def preview(node: Node, circle: Circle, kind: str, fields: Mapping[str, Any], **how: Any) -> dict[str, Column]:
    """What each party would see."""
    return {one.party: one for one in saying.preview(node.office, ask(circle, kind, fields, **how), OFFICER)}


def tell(node: Node, circle: Circle, ref: str, *fields: str) -> None:
    """Tell more of an own record."""
    saying.tell(node.office, circle.id, ref.rpartition("/")[2], fields, OFFICER)


def meet(*nodes: Node) -> int:
    """Every node pulls from every other until nothing is new; answers how many entries moved."""
    moved = 0
    for node in nodes:
        node.publish()
    for _ in range(2):  # the second round brings the receipts of the first back to everybody
        for target in nodes:
            for source in nodes:
                if source is not target:
                    keys = target.office.keyring
                    moved += pull_all(source.database, target.database, keys, target.office.clock())
    return moved


def shown(node: Node, circle: Circle) -> dict[str, Object]:
    """The picture of a circle by reference, without what the program says itself when a circle is opened."""
    page = viewing.page(node.office, circle.id, limit=100_000)
    kinds = all_kinds()
    return {one.ref: one for one in page.objects if one.kind not in kinds or kinds[one.kind].spoken}


def ledger_of(node: Node, circle: Circle, party: str) -> LedgerRow:
    """A ledger as this node holds it."""
    with node.database.read() as connection:
        return ledgers.ledger_by(connection, origin=circle.origin(PartyId(party)))


def picture_digests(node: Node) -> dict[str, tuple[int, str]]:
    """Size and digest of the picture that follows from each ledger, by origin."""
    with node.database.read() as connection:
        return {one.origin: (one.size, one.digest) for one in book.digests(connection)}


def shared_digests(node: Node, circle: Circle) -> dict[str, tuple[int, str]]:
    """The same for the ledgers of one circle."""
    return {origin: one for origin, one in picture_digests(node).items() if f"/{circle.id}/" in origin}


def assert_rebuilds(node: Node) -> None:
    """What `tansiq rebuild --check` says: folding everything again gives the picture that is there."""
    live = picture_digests(node)
    with node.database.write() as connection:
        trial = connection.begin_nested()
        book.rebuild(connection)
        again = {one.origin: (one.size, one.digest) for one in book.digests(connection)}
        trial.rollback()
    assert again == live


def assert_heads_hold(node: Node) -> None:
    """Every head is the root of the entries that are held, hashed again from their bytes."""
    with node.database.read() as connection:
        for ledger in ledgers.ledgers(connection):
            bodies = ledgers.entry_bodies(connection, ledger.num, 0, ledger.size)
            assert len(bodies) == ledger.size
            tree = Growth(0, [])
            tree.extend([leaf_hash(body) for body in bodies[: ledger.head_size]])
            assert tree.root() == ledger.head_root
            if ledger.head_note is not None:
                lines = ledger.head_note.decode().split("\n")
                root = base64.b64encode(ledger.head_root).decode()
                assert lines[:3] == [ledger.origin, str(ledger.head_size), root]


def snapshot(node: Node, *, without: Iterable[str] = MOVES_BY_ITSELF) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of every table: two equal snapshots show that nothing held has changed."""
    found = {}
    with node.database.read() as connection:
        for name in metadata.tables:
            if name in without:
                continue
            rows = sorted(repr(tuple(row)) for row in connection.exec_driver_sql(f"SELECT * FROM {name}"))  # noqa: S608 - the table is named by the schema
            if name == "party":  # `heard` moves with every answer of a peer
                rows = sorted(
                    repr(tuple(row)) for row in connection.exec_driver_sql("SELECT id, card, added FROM party")
                )
            found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The block must end in the refusal `code`, which has its words in all three languages."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code, caught.value
    assert_in_words(caught.value)


@contextmanager
def refused_unchanged(code: str, *nodes: Node) -> Iterator[None]:
    """The block must end in the refusal `code`, and nothing that these nodes hold may have changed."""
    before = [snapshot(node) for node in nodes]
    with refused(code):
        yield
    assert [snapshot(node) for node in nodes] == before


def assert_in_words(refusal: Refused) -> None:
    """One clear message in each language: what was refused, what was kept, what to do."""
    said = {language: wording(refusal.code, refusal.params, language) for language in LANGUAGES}
    for words in said.values():
        assert not words.refused.startswith(refusal.code), f"no words for {refusal.code}"
        assert words.refused
        assert words.kept
        assert words.next
    assert len({words.line() for words in said.values()}) == len(LANGUAGES)


class Source(Protocol):
    """Whatever intake can read from."""

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, at most `limit` of them."""
        ...


class Twisted:
    """A source whose answers are changed on the way."""

    def __init__(self, inner: Source, twist: Callable[[str, bytes], bytes]) -> None:
        self._inner = inner
        self._twist = twist
        self.asked: list[str] = []

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """What the inner source answers, twisted."""
        self.asked.append(path)
        return self._twist(path, self._inner.item(origin_hash, path, limit))


def head_of(node: Node, circle: Circle) -> bytes:
    """The newest head of a node's own ledger, as peers get it."""
    with node.database.read() as connection:
        ledger = ledgers.ledger_by(connection, origin=circle.origin(node.config.party))
        return shelf.head(connection, ledger)


def take(
    target: Node,
    sender: Node,
    circle: Circle,
    *,
    note: bytes | None = None,
    source: Source | None = None,
    now_ms: int | None = None,
) -> Taken:
    """Take in the sender's head through intake, by default as the sender's node offers it."""
    ledger = ledger_of(target, circle, sender.config.party)
    with target.database.read() as connection:
        joined = circle_of(connection, ledger)
    return take_head(
        target.database,
        joined,
        ledger,
        head_of(sender, circle) if note is None else note,
        LocalSource(sender.database, target.config.party) if source is None else source,
        target.office.keyring,
        target.office.clock() if now_ms is None else now_ms,
    )


@dataclass(frozen=True)
class Raw:
    """An entry as a party without our program could write it: any bytes, any disclosures, for any subject.

    `subject` counts from the first entry of the same forgery.
    """

    body: bytes
    told: bytes = b""
    subject: int | None = None


def forge(node: Node, circle: Circle, *raws: Raw) -> None:
    """Append any bytes to the node's own ledger under an honestly signed head."""
    with node.database.write() as connection:
        held = circle_named(connection, circle.id)
        own = ledgers.ledger_of(connection, held.num, node.config.party)
        rows = [(os.urandom(16), leaf_hash(raw.body), raw.body) for raw in raws]
        ledgers.add_entries(connection, own.num, own.size, rows, node.office.clock())
        told = [
            (own.size + step, own.size + (step if raw.subject is None else raw.subject), raw.told)
            for step, raw in enumerate(raws)
            if raw.told or raw.subject is not None
        ]
        ledgers.add_told(connection, own.num, told)
        outbox.sign_head(connection, own, own.size, own.size + len(raws), node.keys.log[0], node.office.clock())
        signed = ledgers.ledger_by(connection, num=own.num)
        assert signed.head_note is not None
        ledgers.set_shown(connection, own.num, signed.head_size, signed.head_note)


def python() -> list[str]:
    """This interpreter."""
    return [sys.executable]


def environment() -> dict[str, str]:
    """Of subprocesses: English messages, no foreign settings."""
    return {**os.environ, "TANSIQ_LANG": "en", "PYTHONUNBUFFERED": "1"}


class Served:
    """`tansiq serve` as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://{Folder(folder).config().desk}"
        self._words = folder.with_name(f"{folder.name}.log")
        self.process = forked.serve(folder, self._words, environment())

    @property
    def pid(self) -> int:
        """The process, for the kernel."""
        assert self.process.pid is not None
        return self.process.pid

    def wait(self) -> None:
        """Return when the desk answers."""
        try:
            answers(self.url, self.process)
        except AssertionError as failed:
            words = self._words.read_text(encoding="utf-8", errors="replace")[-4000:]
            raise AssertionError(f"{failed}; {words}") from failed

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.join()

    def stop(self) -> None:
        """An orderly end."""
        self.process.terminate()
        self.process.join(15)
        if self.process.is_alive():
            self.kill()


def answers(url: str, process: BaseProcess) -> None:
    """Wait until a desk answers at `url`."""

    host, _, port = url.removeprefix("http://").rpartition(":")

    def there() -> bool:
        assert process.is_alive(), f"the node ended: {process.exitcode}"
        desk = HTTPConnection(host, int(port), timeout=5)  # an httpx client is made in 30 ms, mostly of certificates
        try:
            desk.request("GET", "/api/v1/session")
            return desk.getresponse().status == HTTPStatus.UNAUTHORIZED
        except (OSError, HTTPException):
            return False
        finally:
            desk.close()

    until(there)


def until(true: Callable[[], bool], pause_s: float = 0.05) -> None:
    """Wait until something is so; a minute is taken for never."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(pause_s)


@contextmanager
def serving(*folders: Path) -> Iterator[list[Served]]:
    """Served nodes, ended with the block."""
    with ExitStack() as stack:
        served = []
        for folder in folders:
            one = Served(folder)
            stack.callback(one.stop)
            served.append(one)
        for one in served:
            one.wait()
        yield served


def signed_in(url: str, user: str = USER, language: str = "en") -> httpx.Client:
    """A desk with an open session."""
    wish = {"user": user, "password": PASSWORD}
    answer = httpx.post(f"{url}/api/v1/session", json=wish, timeout=30, verify=PLAIN)
    assert answer.status_code == httpx.codes.OK, answer.text
    headers = {"Accept-Language": language}
    return httpx.Client(base_url=f"{url}/api/v1", timeout=30, headers=headers, cookies=answer.cookies, verify=PLAIN)
