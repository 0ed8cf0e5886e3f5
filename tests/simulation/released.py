"""One schedule lived with different unreleased content, and every byte that an observer could have got.

What is released is the same in both lives: same words, same order, same clock, same random numbers. What is not
released differs: withheld values, their lengths and number, who wrote it, records of the own circle and of circles that
the observer is not in, whether such a circle is there at all. A digest of a value that is never told is taken for what
it is to whoever lacks the salt: a number by chance, if its salt was drawn for it alone (`Tape.digest`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import random
import secrets
import shutil
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import msgspec

from nodes import ask, copy_folder, enter, make_nodes
from simulation.work import START_MS, STEP_MS
from tansiq.circles import gate
from tansiq.circles.card import read_card
from tansiq.circles.circle import Circle, Member, read_circle
from tansiq.circles.gate import Author
from tansiq.desk import erasing, movements, saying
from tansiq.desk import movements_door as door
from tansiq.desk.office import circle_named
from tansiq.desk.saying import ReleaseRequest
from tansiq.errors import MalformedInput, NotAllowed, NotFound
from tansiq.exchange import bundle
from tansiq.exchange.local import pull_all
from tansiq.exchange.mirror import write_upload
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.peer_port import PEER_CERTIFICATE, peer_app
from tansiq.ledger import disclosure
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.records.values import CircleId, Names
from tansiq.store import ledgers, roster

Answers = list[tuple[str, object]]

PARTIES: Final = ("joc", "mop", "coalition")
HIDDEN_CIRCLE: Final = CircleId("ab" * 16)
CADENCE_S: Final = 10.0
OPS: Final = 13
LOOKS: Final = 3
"""After so many steps the observer asks for everything."""

WITHHELD: Final = ("said_by", "actors", "means", "grade", "title", "when", "when_precision", "said_to")


@dataclass
class Tape:
    """Random numbers by what they are for: what is drawn for something secret moves nothing that is released."""

    seed: int
    purpose: str = ""
    hidden: frozenset[str] = frozenset()
    _streams: dict[tuple[str, int], random.Random] = field(default_factory=dict)
    _fresh: set[bytes] = field(default_factory=set)
    _plain: Callable[[str], str] = disclosure.digest

    def draw(self, count: int = 32) -> bytes:
        """The next bytes for the purpose at hand."""
        key = (self.purpose, count)
        if key not in self._streams:
            self._streams[key] = random.Random(f"{self.seed} {key}")  # noqa: S311 - a tape, the same in both lives
        drawn = self._streams[key].randbytes(count)
        self._fresh.add(drawn)
        return drawn

    def digest(self, text: str) -> str:
        """The digest of a disclosure; of a hidden one a number by chance, once for each salt of this tape's."""
        salt, name, _ = disclosure.open_disclosure(text)
        raw = base64.urlsafe_b64decode(salt + "==")
        if name not in self.hidden or raw not in self._fresh:
            return self._plain(text)
        self._fresh.remove(raw)
        return disclosure.decoy(self.draw(32))


@dataclass(frozen=True)
class Secret:
    """What differs between two lives: `number` of them, and how much of it there is."""

    number: int
    circle_of_two: bool
    """Whether the records of the circle of two are secret to the observer as well."""

    def chance(self, op: int) -> random.Random:
        """Chance that only this life has."""
        return random.Random(f"secret {self.number} {op}")  # noqa: S311 - repeats itself on purpose


@dataclass(frozen=True)
class SetUp:
    """Three nodes, a circle of all and a circle of two, that both lives begin with."""

    home: Path
    all_three: Circle
    two: Circle


def make_set_up(home: Path) -> SetUp:
    """Once for all pairs; what is said is shown with the beat and not at once."""
    made = make_nodes(home, *PARTIES)
    all_three, two = enter(*made.values()), enter(made["joc"], made["mop"])
    for node in made.values():
        node.folder.write_config(msgspec.structs.replace(node.config, cadence=CADENCE_S))
        node.close()
    return SetUp(home, all_three, two)


class Life:
    """One of two lives, and what the observer saw of it."""

    def __init__(self, set_up: SetUp, seed: int, secret: Secret, observer: str, home: Path) -> None:
        self.now = START_MS
        self.tape = Tape(seed)
        self.secret, self.observer = secret, observer
        self.seen: list[tuple[str, object]] = []
        self._all_three, self._two = set_up.all_three, set_up.two
        self._chance = random.Random(seed)  # noqa: S311 - a simulation repeats itself on purpose
        self._said: list[str] = []
        self._plans: list[str] = []
        self._home = home
        self.nodes: dict[str, Node] = {}
        self._apps: dict[str, Any] = {}
        for party in PARTIES:
            folder = copy_folder(Folder(set_up.home / party), home / party, home / "marks" / party)
            shutil.copytree(set_up.home / "marks" / party, home / "marks" / party, dirs_exist_ok=True)
            node = self.nodes[party] = Node(folder, lambda: self.now)
            self._apps[party] = peer_app(node.database, node.keys, node.changes, node.tls_pins, lambda: self.now)

    def run(self) -> list[tuple[str, object]]:
        """Live, look after every step."""
        try:
            for op in range(OPS):
                self.now += STEP_MS
                self._hide(op)
                self.tape.purpose, self.tape.hidden = f"released {op}", frozenset({"author"})
                self._release(op)
                if op % LOOKS == 0:
                    self._look(op)
        finally:
            for node in self.nodes.values():
                node.close()
        return self.seen

    # What is not released

    def _hide(self, op: int) -> None:
        chance = self.secret.chance(op)
        for count in range(chance.randrange(3)):
            self.tape.purpose, self.tape.hidden = f"secret {op} {count}", frozenset()
            node = self.nodes[chance.choice(["joc", "mop"])]
            text = {"text": "x" * chance.randrange(1, 4000)}
            where = [self._private(node)]
            if self.secret.circle_of_two:
                where.append(self._two)
            if chance.random() < 0.3:
                self._plan(node, chance.choice(where), chance)
                with contextlib.suppress(MalformedInput):
                    movements.check(node.office, movements.read_fields({"volumes": [_ground(chance)]}))
                continue
            self._say(node, chance.choice(where), text, urgent=chance.random() < 0.3)
        if self.secret.circle_of_two and op == 2 and self.secret.number % 2:
            joc, mop = self.nodes["joc"], self.nodes["mop"]
            members = sorted([Member.of(joc.own_card()), Member.of(mop.own_card())], key=lambda one: one.party)
            hidden = Circle(1, HIDDEN_CIRCLE, 1, Names(en="Hidden"), False, members)
            for node in (joc, mop):
                node.marks.open(hidden.origin(node.config.party))
                node.open_circle(hidden)

    def _private(self, node: Node) -> Circle:
        with node.database.read() as connection:
            rows = [read_circle(row.descriptor) for row in roster.circles(connection)]
        return next(circle for circle in rows if circle.private)

    # What is released

    def _release(self, op: int) -> None:
        chance = self._chance
        words = [
            "say",
            "say",
            "withhold",
            "withhold",
            "show",
            "show",
            "pull",
            "tell",
            "erase",
            "plan",
            "plan",
            "answer",
        ]
        name = chance.choice(words)
        node = self.nodes[chance.choice(PARTIES)]
        author = Author(f"user-{self.secret.number}", "watch", ("duty_officer",))
        if name == "say":
            self._said.append(self._say(node, self._all_three, {"text": f"released {op}"}, author=author))
        elif name == "withhold":
            hidden = self._withheld(op)
            self.tape.hidden |= hidden.keys()
            # the first field of its kind: so the salts of what is never told are drawn after its own
            told = {"text": f"released {op}", "category": "meeting", **hidden}
            ref = self._say(node, self._all_three, told, [*hidden, "category"], author=author)
            self._said.append(ref)
        elif name in ("plan", "answer"):
            self._move(name, node, author, op)
        elif name == "show":
            for one in self.nodes.values():
                one.publish()
        elif name == "pull":
            for one in self.nodes.values():
                for other in self.nodes.values():
                    if one is not other:
                        pull_all(other.database, one.database, one.office.keyring, self.now)
        elif self._said:
            ref = chance.choice(self._said)
            party, record = ref.split("/")
            with contextlib.suppress(Exception):  # told or erased before: in both lives alike
                if name == "tell":
                    saying.tell(self.nodes[party].office, self._all_three.id, record, ["category"], author)
                else:
                    erasing.erase(self.nodes[party].office, self._all_three.id, record, "agreed", author)

    def _move(self, name: str, node: Node, author: Author, op: int) -> None:
        """A plan with a note that stays here, or an answer to every plan of the others."""
        if name == "plan":
            self.tape.hidden |= {"note"}
            note = "n" * self.secret.chance(op).randrange(1, 900)
            self._plans += self._plan(node, self._all_three, self._chance, note)
            return
        for ref in self._plans:
            # not here yet, or one's own, or a program that cannot read what it wrote: in both lives alike
            with contextlib.suppress(NotFound, NotAllowed, MalformedInput):
                asked = door.AnswerRequest(self._all_three.id, ref, "clear", anyway=True)
                door.respond(node.office, asked, author)

    def _plan(self, node: Node, circle: Circle, chance: random.Random, note: str = "") -> list[str]:
        """A plan on a few squares of ground, so that it meets others; its note stays here. None where it is refused."""
        fields = {"activity": "patrol", "volumes": [_ground(chance)], **({"note": note} if note else {})}
        asked = door.AnnounceRequest(ReleaseRequest(circle.id, withhold=["note"] if note else []), fields)
        with contextlib.suppress(MalformedInput):
            return [door.announce(node.office, asked, Author("duty", "watch", ("duty_officer",))).ref]
        return []

    def _withheld(self, op: int) -> dict[str, Any]:
        chance = self.secret.chance(op)
        values = {
            "said_by": "s" * chance.randrange(1, 200),
            "actors": ["a" * chance.randrange(1, 200)] * chance.randrange(1, 20),
            "means": chance.choice(["phone", "radio", "in_person"]),
            "grade": chance.choice(["A1", "F6"]),
            "title": {"en": "t" * chance.randrange(1, 200)},
            "when": {"from": chance.randrange(START_MS)},
            "when_precision": chance.choice(["minute", "day"]),
            "said_to": "t" * chance.randrange(1, 200),
        }
        return {name: values[name] for name in chance.sample(WITHHELD, chance.randrange(1, len(WITHHELD) + 1))}

    def _say(
        self,
        node: Node,
        circle: Circle,
        fields: dict[str, Any],
        withhold: Sequence[str] = (),
        *,
        urgent: bool = False,
        author: Author | None = None,
    ) -> str:
        request = ask(circle, "log", fields, withhold=withhold)
        request = msgspec.structs.replace(request, urgent=urgent)
        return saying.release(node.office, request, author or Author("duty", "watch", ("duty_officer",)))[0].ref

    # What the observer can get

    def _look(self, op: int) -> None:
        for party in PARTIES:
            if party != self.observer:
                for what, answer in _alone(self._answers(self.nodes[party])):
                    self.seen.append((f"{op} {party} {what}", answer))
        joc = self.nodes["joc"]
        with joc.database.read() as connection:
            num = circle_named(connection, self._all_three.id).num
            rows = [row for row in roster.circles(connection) if row.num == num]
            cards = [read_card(one.card) for one in roster.parties(connection) if one.id == self.observer]
        path = self._home / "stick"
        bundle.make(joc.database, joc.config.party, rows, cards, path, self.now)
        self.seen.append((f"{op} bundle", path.read_bytes()))

    async def _answers(self, node: Node) -> Answers:
        app = self._apps[node.config.party]
        certificate = base64.b64decode(self.nodes[self.observer].own_card().tls)
        found = []
        for method, path, body in self._questions(node):
            found.append((f"{method} {path}", await _ask(app, certificate, method, path, body)))
        return found

    def _questions(self, node: Node) -> list[tuple[str, str, bytes]]:
        """Everything that there is to ask, of circles that the observer is in and of those that it only heard of."""
        party = node.config.party
        origins = [circle.origin(one) for circle in (self._all_three, self._two) for one in circle.parties]
        origins.append(f"{party}/{HIDDEN_CIRCLE}/1")
        asked: list[tuple[str, str, bytes]] = [("GET", "/heads", b"")]
        for origin in origins:
            hashed = origin_hash(origin)
            size = self._shown(node, origin)
            paths = ["checkpoint", "erasures", f"span/0/{size}", f"tile/0/000.p/{size}", f"disclosures/000.p/{size}"]
            asked += [("GET", f"/{hashed}/{path}", b"") for path in [*paths, f"tile/entries/000.p/{size}"]]
            asked.append(("GET", f"/witness/{hashed}/checkpoint", b""))
            root = base64.b64encode(bytes(32)).decode()
            signature = base64.b64encode(bytes(68)).decode()
            forged = f"old 0\n\n{origin}\n1\n{root}\n\n\u2014 {origin} {signature}\n".encode()
            asked.append(("POST", "/add-checkpoint", forged))
            asked.append(("POST", "/add-entries", write_upload(origin, 0, 0, b"")))
            asked.append(("POST", f"/{hashed}/add-disclosures", bytes(16)))
            asked.append(("POST", f"/{hashed}/receipt", forged.partition(b"\n\n")[2]))
        return [*asked, ("GET", f"/notice/{hashlib.sha256(b'').hexdigest()}", b"")]

    def _shown(self, node: Node, origin: str) -> int:
        """How much of a ledger the observer knows to be there; of others it guesses."""
        known = {circle.id: circle.parties for circle in (self._all_three, self._two)}
        if self.observer not in known.get(CircleId(origin.split("/")[1]), ()):
            return 2
        with node.database.read() as connection:
            found = [row.out_size for row in ledgers.ledgers(connection) if row.origin == origin]
        return found[0] if found and found[0] else 1


def _ground(chance: random.Random) -> dict[str, Any]:
    """One of a few squares for one of a few hours."""
    west, start = 430_000_000 + 100_000 * chance.randrange(3), START_MS + 3_600_000 * chance.randrange(24, 26)
    ring = [[west, 350_000_000], [west + 99_000, 350_000_000], [west + 99_000, 350_100_000]]
    return {"ring": ring, "window": {"from": start, "to": start + 3_600_000}}


def _alone(work: Coroutine[Any, Any, Answers]) -> Answers:
    """Run in a thread of its own: a browser's loop may run in this one when tests share a process."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _ask(app: Any, certificate: bytes, method: str, path: str, body: bytes) -> object:
    """Status, headers and body of an answer of the peer port's application."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "state": {},
        PEER_CERTIFICATE: certificate,
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    return start["status"], sorted(start["headers"]), b"".join(one.get("body", b"") for one in sent[1:])


@contextlib.contextmanager
def on(tape: Tape) -> Iterator[None]:
    """Random numbers from the tape, hidden digests by chance, bundles before they are encrypted."""

    def write(pieces: Iterator[bytes], file: Any, recipients: Sequence[str]) -> None:
        file.write("\n".join(recipients).encode())
        for piece in pieces:
            file.write(piece)

    with (
        patch.object(secrets, "token_bytes", lambda count=32: tape.draw(count or 32)),
        patch.object(gate, "fresh", lambda count, size: b"".join(tape.draw(size) for _ in range(count))),
        patch.object(disclosure, "digests", lambda texts: [tape.digest(text) for text in texts]),
        patch.object(bundle, "encrypt", write),
    ):
        yield


def difference(set_up: SetUp, seed: int, observer: str, home: Path) -> str | None:
    """The first thing that the observer sees otherwise in one of two lives, None where there is none."""
    seen = []
    for number in (1, 2):
        place = home / f"life-{number}"
        secret = Secret(1000 * seed + number, circle_of_two=observer == "coalition")
        life = Life(set_up, seed, secret, observer, place)
        with on(life.tape):
            seen.append(life.run())
        shutil.rmtree(place)
    for one, other in zip(*seen, strict=True):
        if one != other:
            return str(one[0])
    return None


__all__ = ["SetUp", "difference", "make_set_up"]
