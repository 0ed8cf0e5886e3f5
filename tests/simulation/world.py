"""A world of real nodes in one process: one seed drives clock, network, disks, crashes and a liar.

The nodes run the program as it is: their stores are SQLite files, their ledgers are said, shown, pulled, witnessed,
frozen and recovered by the functions that a served node calls. Only the wire, the clock, the random numbers and the
moments of crashes are made here, all from one seed, so that a seed repeats a run exactly.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import random
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import msgspec
from sqlalchemy import event

from nodes import OFFICER, enter, make_nodes
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.errors import Refused, Unavailable
from tansiq.exchange import marks as marks_module
from tansiq.exchange import notices, outbox, witness
from tansiq.exchange.erasure import reader
from tansiq.exchange.intake import log_verifier, take_head, take_receipt
from tansiq.exchange.local import LocalSource
from tansiq.exchange.outbox import Saying, program_label
from tansiq.exchange.standing import State, go_on, own_root, standing_of, stop
from tansiq.ledger import fork
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.merkle import consistency_proof
from tansiq.ledger.note import parse
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.store import ledgers
from tansiq.store import notices as notices_held
from tansiq.store.ledgers import LedgerRow

PARTIES: Final = ("joc", "mop", "coalition")
START_MS: Final = 1_800_000_000_000
STEP_MS: Final = 1_500


class Crash(Exception):  # noqa: N818 - no error of the program: the power goes
    """The power goes, right before a write."""


@dataclass
class Template:
    """A finished set-up that every run begins with a copy of: three nodes, a circle of all, a circle of two."""

    home: Path
    all_three: Circle
    two: Circle


def make_template(home: Path) -> Template:
    """Set up once what an administrator sets up once."""
    made = make_nodes(home, *PARTIES)
    all_three = enter(*made.values())
    two = enter(made["joc"], made["mop"])
    for node in made.values():
        node.close()
    return Template(home, all_three, two)


@dataclass
class Seat:
    """One running node of a party: the party's own, or a clone of it."""

    name: str
    party: str
    folder: Folder
    node: Node
    honest: bool = True
    asked: bool = True
    backups: list[Path] = field(default_factory=list)
    restored: bool = False


@dataclass
class Left:
    """A head that left a seat, and what it said of whom."""

    seat: str
    origin: str
    size: int
    root: bytes


Network = Callable[[bytes], bytes]


class World:
    """Nodes, links and what was observed. Everything random comes from `chance`."""

    def __init__(self, template: Template, seed: int, home: Path) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a simulation repeats itself on purpose
        self.seed = seed
        self.home = home
        self.circles = {circle.id: circle for circle in (template.all_three, template.two)}
        self.all_three, self.two = template.all_three, template.two
        self.now = START_MS
        self.faults = Faults()
        self.seats: dict[str, Seat] = {}
        self.cut: set[frozenset[str]] = set()
        self.left: list[Left] = []
        self.sent: dict[str, list[bytes]] = {party: [] for party in PARTIES}
        self.mail: list[tuple[str, bytes]] = []
        self.trace: list[dict[str, Any]] = []
        self.cloned: set[str] = set()
        self.secrets: dict[str, set[str]] = {party: set() for party in PARTIES}
        self.erased: list[tuple[str, str]] = []
        self.said: list[tuple[str, Circle, str, str]] = []
        self.counter = 0
        self.tags: dict[tuple[str, str], str] = {}
        for party in PARTIES:
            shutil.copytree(template.home / party, home / party)
            shutil.copytree(template.home / "marks" / party, home / "marks" / party)
            self._seat(party, party, home / party, home / "marks" / party)

    def clock(self) -> int:
        """Unix milliseconds of this world."""
        return self.now

    def _seat(self, name: str, party: str, path: Path, marks: Path) -> Seat:
        folder = Folder(path)
        folder.write_config(msgspec.structs.replace(folder.config(), marks=str(marks)))
        seat = Seat(name, party, folder, self._open(folder))
        self.seats[name] = seat
        return seat

    def _open(self, folder: Folder) -> Node:
        node = Node(folder, self.clock)
        event.listen(node.database.engine, "before_cursor_execute", self.faults.before_statement)
        return node

    def close(self) -> None:
        """Let go of every store."""
        for seat in self.seats.values():
            seat.node.close()

    def note(self, act: str, seat: Seat, ledger: LedgerRow | None = None, to: Seat | None = None) -> None:
        """One line of the trace."""
        order = list(self.seats)
        self.trace.append(
            {
                "act": act,
                "node": order.index(seat.name),
                "log": PARTIES.index(ledger.party) if ledger else PARTIES.index(seat.party),
                "size": ledger.head_size if ledger else 0,
                "to": order.index(to.name) if to else None,
            }
        )

    @contextlib.contextmanager
    def at_risk(self, seat: Seat) -> Iterator[None]:
        """Whatever happens inside may end in a crash, after which the node starts again."""
        try:
            yield
        except Crash:
            self.note("crash", seat)
            self.restart(seat)
        except Refused:
            pass
        finally:
            self.faults.disarm()

    def restart(self, seat: Seat) -> None:
        """Start the node's program again; until a peer was asked it shows nothing."""
        self.faults.disarm()
        seat.node.close()
        seat.node = self._open(seat.folder)
        self.begin_again(seat)

    def begin_again(self, seat: Seat) -> None:
        """A program that was just started has asked nobody yet and remembers no tags."""
        seat.asked = False
        self.tags = {key: tag for key, tag in self.tags.items() if key[0] != seat.name}

    # What people and nodes do

    def say(self, seat: Seat, circle: Circle, *, withhold: bool = False) -> None:
        """An officer says something; what is withheld is remembered as a secret of the party."""
        if seat.party not in circle.parties:
            return
        self.counter += 1
        public, private = f"P{self.seed}-{self.counter}-{circle.id[:6]}", f"S{self.seed}-{self.counter}-secret"
        if withhold:
            self.secrets[seat.party].add(private)
        fields = {"text": public, "said_by": private} if withhold else {"text": public}
        redaction = Redaction(frozenset({"said_by"} if withhold else ()))
        statement = Statement("log", fields)
        with self.at_risk(seat):
            with seat.node.database.write() as connection:
                (said,) = outbox.say(
                    connection,
                    self._num(connection, circle),
                    circle,
                    seat.node.config.party,
                    [Saying(statement, program_label(circle), redaction)],
                    OFFICER,
                    seat.node.office.signer,
                    self.now,
                )
            self.said.append((seat.name, circle, said.ref.split("/")[1], public))
            self.note("append", seat, self.ledger(seat, circle, seat.party))

    def erase(self, seat: Seat) -> None:
        """The party erases one of its records."""
        own = [one for one in self.said if one[0] == seat.name]
        if not own:
            return
        _, circle, record, text = self.chance.choice(own)
        with self.at_risk(seat):
            with seat.node.database.write() as connection:
                num = self._num(connection, circle)
                outbox.erase(
                    connection,
                    num,
                    circle,
                    seat.node.config.party,
                    record,
                    "agreed",
                    OFFICER,
                    seat.node.office.signer,
                    self.now,
                )
            self.erased.append((seat.party, text))

    def publish(self, seat: Seat) -> None:
        """The beat: what was said is shown from now on."""
        if not seat.asked:
            return
        with self.at_risk(seat):
            if seat.node.publish():
                self.note("mark", seat)

    def pull(self, target: Seat, source: Seat, twist: Network | None = None, limit: int | None = None) -> None:
        """`target` asks `source` for everything that it shows, heads of its own ledgers included."""
        if frozenset((target.party, source.party)) in self.cut or target is source:
            return
        wire = Wire(self, source, target, twist, limit)
        with self.at_risk(target):
            heads, files = wire.shown()
            tag = hashlib.sha256(b"\0".join([*sorted(heads), *files])).hexdigest()
            if self.tags.get((target.name, source.name)) == tag:
                return  # as the tag of a real answer says: nothing is new
            for data in files:
                with contextlib.suppress(Refused), target.node.database.write() as connection:
                    notices.take_notice(connection, data, source.party, self.now)
            taken = [self.take(target, source, note, wire) for note in heads]
            if all(taken):
                self.tags[target.name, source.name] = tag
            self.ask(target)

    def ask(self, target: Seat) -> None:
        """The peer has said what it holds of our own ledgers: now this node may show what it says."""
        target.asked = True

    def take(self, target: Seat, source: Seat, note: bytes, wire: Wire) -> bool:
        """One head through intake, as the puller does it; answers whether it went through."""
        try:
            self._take(target, source, note, wire)
        except Refused:
            return False
        return True

    def _take(self, target: Seat, source: Seat, note: bytes, wire: Wire) -> None:
        origin = note.split(b"\n", 1)[0].decode("utf-8", "replace")
        with target.node.database.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=origin)
            circle = notices.circle_of(connection, ledger)
            standing = standing_of(connection, ledger, target.node.marks) if ledger.own else None
        recover = ledger.own and (not target.asked or (standing is not None and standing.state is not State.STOPPED))
        taken = take_head(
            target.node.database,
            circle,
            ledger,
            note,
            wire,
            target.node.keys,
            self.now,
            recover=recover,
        )
        if taken.beyond:
            with target.node.database.write() as connection:
                stop(connection, origin, parse_body(parse(note).text).size)
        if recover and taken.entries and target.node.marks.read(origin) is not None:
            target.node.marks.raise_to(origin, note)
        if taken.own_receipt and ledger.party == source.party:
            with source.node.database.read() as connection:
                theirs = ledgers.ledger_by(connection, origin=origin)
            take_receipt(source.node.database, circle, theirs, with_cosignatures(note, taken.own_receipt.splitlines()))
        self.note("accept", target, self.ledger(target, circle, ledger.party), source)

    def submit(self, seat: Seat, peer: Seat) -> None:
        """`seat` submits its newest shown head to the witness of `peer`."""
        if frozenset((seat.party, peer.party)) in self.cut or seat.party == peer.party:
            return
        with self.at_risk(peer):
            ledger = self.ledger(seat, self.all_three, seat.party)
            if ledger.shown_note is None:
                return
            self.leaves(seat, ledger.shown_note, peer)
            old = 0
            for _ in range(2):
                with seat.node.database.read() as connection:
                    proof = consistency_proof(reader(connection, ledger.num), old, ledger.shown_size)
                lines = [f"old {old}", *(base64.b64encode(part).decode() for part in proof)]
                body = ("\n".join(lines) + "\n\n").encode() + ledger.shown_note
                answer = witness.add_checkpoint(peer.node.database, peer.node.keys, body, self.now)
                if answer.status != 409:
                    return
                size = int(answer.body)
                if size > ledger.shown_size:
                    self.look_at(seat, peer, ledger)
                    return
                old = size

    def look_at(self, seat: Seat, peer: Seat, ledger: LedgerRow) -> None:
        """A witness has seen more than was signed here: stop, if our own signature says so."""
        with peer.node.database.read() as connection:
            note = witness.witnessed_head(connection, peer.node.keys, ledger.hash, seat.party)
        size = parse_body(parse(note).text).size
        with seat.node.database.write() as connection:
            held = ledgers.ledger_by(connection, num=ledger.num)
            if size > held.head_size and seat.asked:
                stop(connection, ledger.origin, size)

    # What goes wrong

    def backup(self, seat: Seat) -> None:
        """The administrator copies the store."""
        target = self.home / f"backup-{seat.name}-{len(seat.backups)}"
        seat.node.database.copy_to(target)
        seat.backups.append(target)

    def restore(self, seat: Seat) -> None:
        """The disk is lost, an older store comes back; the marks were elsewhere."""
        if not seat.backups:
            return
        seat.node.close()
        for path in seat.folder.path.glob("store.sqlite*"):
            path.unlink()
        shutil.copyfile(self.chance.choice(seat.backups), seat.folder.store)
        seat.node = self._open(seat.folder)
        self.begin_again(seat)
        seat.restored = True
        self.note("restore", seat)

    def clone(self, seat: Seat) -> None:
        """A copy of the whole machine is started as well, marks and all."""
        if seat.party in self.cloned or not seat.honest:
            return
        name = f"{seat.name}-twin"
        seat.node.close()
        shutil.copytree(seat.folder.path, self.home / name)
        shutil.copytree(seat.folder.marks, self.home / "marks" / name)
        seat.node = self._open(seat.folder)
        twin = self._seat(name, seat.party, self.home / name, self.home / "marks" / name)
        twin.asked = False
        self.cloned.add(seat.party)
        self.note("clone", seat)

    def lie(self, seat: Seat) -> None:
        """A party turns: it runs a second history on purpose, with a program that forbids it nothing."""
        if seat.party in self.cloned:
            return
        self.clone(seat)
        for one in self.seats.values():
            if one.party == seat.party:
                one.honest = False
                disarm_checks(one)

    def accuse(self, liar: Seat, victim: Seat) -> None:
        """A liar makes a fork proof of two heads of one history and hands it to everybody."""
        ledger = self.ledger(liar, self.all_three, victim.party)
        with liar.node.database.read() as connection:
            notes = ledgers.checkpoint_notes(connection, ledger.num, 1, ledger.head_size)
            log = log_verifier(self.all_three, ledger)
            if len(notes) < 2:
                return
            small, large = notes[0], notes[-1]
            read = reader(connection, ledger.num)
            low, high = (parse_body(parse(one).text).size for one in (small, large))
            hashes = consistency_proof(read, low, high) if low < high else []
        opened = [fork._open(one, log) for one in (small, large)]
        forged = fork.encode(fork.ForkProof(log, opened[0], opened[1], opened[0].checkpoint.root, tuple(hashes)))
        for seat in self.seats.values():
            if seat.party != victim.party or seat.name == victim.name:
                with contextlib.suppress(Refused), seat.node.database.write() as connection:
                    notices.take_notice(connection, forged, liar.party, self.now)

    def heal(self) -> None:
        """Links come back, crashes stop, clones that were found out are ended by their administrators."""
        self.cut.clear()
        self.faults.disarm()
        before = None
        while (state := self._state()) != before:
            before = state
            for seat in list(self.seats.values()):
                self.publish(seat)
                for other in list(self.seats.values()):
                    if other.party != seat.party:
                        self.pull(seat, other)
            self.now += STEP_MS

    def _state(self) -> list[Any]:
        """What has to stand still before the world is at rest."""
        state: list[Any] = []
        for seat in self.seats.values():
            with seat.node.database.read() as connection:
                rows = ledgers.ledgers(connection)
                state.append([(row.origin, row.size, row.shown_size, row.frozen) for row in rows])
                state.append([ledgers.latest_receipts(connection, row.num) for row in rows])
                state.append(len(notices_held.every(connection)))
            state.append(seat.asked)
        return state

    # Observation

    def leaves(self, seat: Seat, note: bytes, to: Seat) -> None:
        """A head goes over the wire."""
        body = parse_body(parse(note).text)
        if body.origin.split("/")[0] == seat.party:
            self.left.append(Left(seat.name, body.origin, body.size, body.root))
        self.sent[to.party].append(note)

    def ledger(self, seat: Seat, circle: Circle, party: str) -> LedgerRow:
        """A ledger as a seat holds it."""
        with seat.node.database.read() as connection:
            return ledgers.ledger_by(connection, origin=f"{party}/{circle.id}/{circle.epoch}")

    def root(self, seat: Seat, origin: str, size: int) -> bytes:
        """The root of the first `size` entries as a seat holds them."""
        with seat.node.database.read() as connection:
            return own_root(connection, ledgers.ledger_by(connection, origin=origin), size)

    def _num(self, connection: Any, circle: Circle) -> int:
        origin = f"{circle.parties[0]}/{circle.id}/{circle.epoch}"
        return ledgers.ledger_by(connection, origin=origin).circle


def disarm_checks(seat: Seat) -> None:
    """A liar's program signs whatever it is told to."""
    signer = seat.node.office.signer
    object.__setattr__(signer, "check", lambda connection, ledger: None)
    with seat.node.database.write() as connection:
        go_on(connection)


class Wire:
    """The network between two seats: bytes may be lost or changed, and all of them are seen. A `Source`."""

    def __init__(
        self, world: World, source: Seat, target: Seat, twist: Network | None = None, limit: int | None = None
    ) -> None:
        self.world, self.source, self.target = world, source, target
        self._inner = LocalSource(source.node.database, target.party)
        self._twist = twist
        self._limit = limit

    def shown(self) -> tuple[list[bytes], list[bytes]]:
        """Heads and notices."""
        heads, files = self._inner.shown()
        if self.source.honest or not self.source.asked:
            heads = [note for note in heads if self.source.asked or not self._own(note)]
        for note in heads:
            self.world.leaves(self.source, note, self.target)
        self.world.chance.shuffle(heads)
        return heads, files

    def _own(self, note: bytes) -> bool:
        return note.startswith(f"{self.source.party}/".encode())

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, if they get through."""
        if self._limit is not None:
            self._limit -= 1
            if self._limit < 0:
                raise Unavailable("peer.unreachable", peer=self.source.party, reason="cut")
        data = self._inner.item(origin_hash, path, limit)
        self.world.sent[self.target.party].append(data)
        return data if self._twist is None else self._twist(data)


class Faults:
    """Counts writes and ends the world's patience at one of them."""

    def __init__(self) -> None:
        self._left: int | None = None

    def arm(self, writes: int) -> None:
        """The power goes right before write number `writes` from now."""
        self._left = writes

    def disarm(self) -> None:
        """The power stays."""
        self._left = None

    def tick(self) -> None:
        """One write is about to happen."""
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            raise Crash

    def before_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Every statement that writes, and the commit that makes it last."""
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            self.tick()


@contextlib.contextmanager
def repeatable(world: World) -> Iterator[None]:
    """Random numbers from the seed, and crashes before and after a mark is written too."""
    plain_write = marks_module.Marks._write

    def write(self: marks_module.Marks, origin: str, data: bytes) -> None:
        world.faults.tick()
        plain_write(self, origin, data)
        world.faults.tick()

    with (
        patch.object(secrets, "token_bytes", lambda count=32: world.chance.randbytes(count or 32)),
        patch.object(secrets, "token_hex", lambda count=32: world.chance.randbytes(count or 32).hex()),
        patch.object(marks_module.Marks, "_write", write),
    ):
        yield


def scratch() -> Path:
    """A folder in memory where there is one: thousands of short lives of SQLite files."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="tansiq-sim-", dir=memory if memory.is_dir() else None))
