"""A world of real nodes in one process: one seed drives clock, network, disks, crashes and a liar.

The nodes run the program as it is: their stores are SQLite files, their ledgers are said, shown, pulled, witnessed,
frozen and recovered by the functions that a served node calls. Only the wire, the clock, the random numbers and the
moments of crashes are made here, all from one seed, so that a seed repeats a run exactly.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import event

from nodes import OFFICER, enter, make_nodes, snapshot
from simulation.wire import Crash, Faults, Line, Network, Wire, repeatable, scratch
from tansiq.circles.card import read_card
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk.office import HeldCircle, circles, epochs_of
from tansiq.errors import Refused
from tansiq.exchange import bundle, bundle_reading, notices, outbox, push, shelf
from tansiq.exchange.acknowledgement import witnesses
from tansiq.exchange.age import Identity, encrypt
from tansiq.exchange.container import zip_stream
from tansiq.exchange.erasure import reader
from tansiq.exchange.intake import log_verifier, take_head, take_receipt
from tansiq.exchange.local import LocalSource
from tansiq.exchange.mirror import Spool
from tansiq.exchange.outbox import Saying, program_label
from tansiq.exchange.standing import State, go_on, own_root, standing_of, stop
from tansiq.ledger import fork
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.merkle import consistency_proof
from tansiq.ledger.note import parse
from tansiq.node import epochs
from tansiq.node.beat import settle
from tansiq.node.folder import Folder, read_seed
from tansiq.node.node import Node
from tansiq.store import ledgers, roster
from tansiq.store import notices as notices_held
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import CircleRow

PARTIES: Final = ("joc", "mop", "coalition")
START_MS: Final = 1_800_000_000_000
STEP_MS: Final = 1_500
SKEW_MS: Final = 240_000
"""How far a clock is set wrong by hand, either way: what others say is refused if it seems to be of the future."""

EPOCHS: Final = 3
ROUNDS: Final = 40
IN_THE_AIR: Final = 64


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
    """One running node of a party: the party's own, or a clone of it. `skew_ms` is how wrong its clock is."""

    name: str
    party: str
    folder: Folder
    world: World
    node: Node = field(init=False)
    honest: bool = True
    asked: bool = True
    backups: list[Path] = field(default_factory=list)
    restored: bool = False
    skew_ms: int = 0
    writes: int = 0
    spool: Spool = field(default_factory=Spool)
    _shown: dict[str, tuple[int, tuple[list[bytes], list[bytes]]]] = field(default_factory=dict)
    _state: tuple[int, list[Any]] = (-1, [])

    def clock(self) -> int:
        """Unix milliseconds by this node's clock."""
        return self.world.now + self.skew_ms

    def open(self) -> None:
        """Start the program."""
        self.node = Node(self.folder, self.clock)
        self.node.with_asked(lambda: self.asked)
        self.spool = Spool()
        event.listen(self.node.database.engine, "before_cursor_execute", self._before_statement)

    def _before_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Every statement that writes: right before it the power may go."""
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            self.writes += 1
            self.world.faults.tick(self.name)

    def shown_to(self, party: str) -> tuple[list[bytes], list[bytes]]:
        """Heads and notices for a party, worked out anew where the store was written to since."""
        found = self._shown.get(party)
        if found is None or found[0] != self.writes:
            found = (self.writes, LocalSource(self.node.database, party).shown())
            self._shown[party] = found
        return list(found[1][0]), list(found[1][1])

    def state(self) -> list[Any]:
        """What has to stand still before the world is at rest."""
        if self._state[0] != self.writes:
            with self.node.database.read() as connection:
                rows = ledgers.ledgers(connection)
                state = [
                    [(row.origin, row.size, row.shown_size, row.frozen, row.sealed, row.bound) for row in rows],
                    [row.digest for row in notices_held.every(connection)],
                ]
            self._state = (self.writes, state)
        return [self._state[1], self.asked]


@dataclass
class Left:
    """A head that left a seat, and what it said of whom."""

    seat: str
    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Spoken:
    """A record that a seat said in a circle, and the text that everybody in it may read."""

    seat: str
    circle: Circle
    record: str
    text: str


@dataclass(frozen=True)
class Stick:
    """A bundle on its way, and the party that it is for."""

    path: Path
    to: str


class World:
    """Nodes, links and what was observed. Everything random comes from `chance`."""

    def __init__(self, template: Template, seed: int, home: Path) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a simulation repeats itself on purpose
        self.seed = seed
        self.home = home
        self.circles = {(circle.id, circle.epoch): circle for circle in (template.all_three, template.two)}
        self.all_three, self.two = template.all_three, template.two
        self.now = START_MS
        self.faults = Faults()
        self.seats: dict[str, Seat] = {}
        self.cut: set[frozenset[str]] = set()
        self.left: list[Left] = []
        self.sent: dict[str, list[bytes]] = {party: [] for party in PARTIES}
        self.mail: list[Stick] = []
        self.air: list[bytes] = []
        self.broken: list[str] = []
        self.silenced: dict[tuple[str, str], int] = {}
        self.unmarked: set[str] = set()
        self.proposed: set[tuple[str, int]] = set()
        self.trace: list[dict[str, Any]] = []
        self.cloned: set[str] = set()
        self.secrets: dict[str, set[str]] = {party: set() for party in PARTIES}
        self.erased: list[tuple[str, str]] = []
        self.said: list[Spoken] = []
        self.counter = 0
        self.tags: dict[tuple[str, str], str] = {}
        self.known: dict[tuple[str, str], set[bytes]] = {}
        for party in PARTIES:
            shutil.copytree(template.home / party, home / party)
            shutil.copytree(template.home / "marks" / party, home / "marks" / party)
            self._seat(party, party, home / party, home / "marks" / party)

    def _seat(self, name: str, party: str, path: Path, marks: Path) -> Seat:
        folder = Folder(path)
        folder.write_config(msgspec.structs.replace(folder.config(), marks=str(marks)))
        seat = Seat(name, party, folder, self)
        self.seats[name] = seat
        seat.open()
        return seat

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
        except Crash as crash:
            fallen = self.seats.get(crash.seat, seat)
            self.note("crash", fallen)
            self.restart(fallen)
        except Refused:
            pass
        finally:
            self.faults.disarm()

    def restart(self, seat: Seat) -> None:
        """Start the node's program again; until a peer was asked it shows nothing."""
        self.faults.disarm()
        seat.node.close()
        seat.open()
        self.begin_again(seat)

    def begin_again(self, seat: Seat) -> None:
        """A program that was just started has asked nobody yet and remembers no tags."""
        seat.asked = False
        self.tags = {key: tag for key, tag in self.tags.items() if key[0] != seat.name}
        self.known = {key: heads for key, heads in self.known.items() if key[0] != seat.name}

    # What people and nodes do

    def epoch_of(self, seat: Seat, circle: Circle, *, older: bool = False) -> HeldCircle | None:
        """The newest epoch of a circle that a seat is in, or an older one by chance; None where it is in none."""
        with seat.node.database.read() as connection:
            found = epochs_of(connection, circle.id)
        return self.chance.choice(found) if found and older else found[0] if found else None

    def say(self, seat: Seat, circle: Circle, *, withhold: bool = False, older: bool = False) -> None:
        """An officer says something; what is withheld is remembered as a secret of the party."""
        held = self.epoch_of(seat, circle, older=older)
        if held is None:
            return
        circle = held.circle
        self.counter += 1
        public, private = f"P{self.seed}-{self.counter}-{circle.id[:6]}", f"S{self.seed}-{self.counter}-secret"
        if withhold:
            self.secrets[seat.party].add(private)
        fields = {"text": public, "said_by": private} if withhold else {"text": public}
        saying = Saying(
            Statement("log", fields), program_label(circle), Redaction(frozenset({"said_by"} if withhold else ()))
        )
        with self.at_risk(seat):
            with seat.node.database.write() as connection:
                (said,) = outbox.say(
                    connection,
                    held.num,
                    circle,
                    seat.node.config.party,
                    [saying],
                    OFFICER,
                    seat.node.office.signer,
                    seat.clock(),
                )
            self.said.append(Spoken(seat.name, circle, said.ref.split("/")[1], public))
            self.note("append", seat, self.ledger(seat, circle, seat.party))

    def erase(self, seat: Seat) -> None:
        """The party erases one of its records."""
        own = [one for one in self.said if one.seat == seat.name]
        if not own:
            return
        said = self.chance.choice(own)
        with self.at_risk(seat):
            with seat.node.database.write() as connection:
                ledger = ledgers.ledger_by(connection, origin=said.circle.origin(seat.node.config.party))
                outbox.erase(
                    connection,
                    ledger.circle,
                    said.circle,
                    seat.node.config.party,
                    said.record,
                    "agreed",
                    OFFICER,
                    seat.node.office.signer,
                    seat.clock(),
                )
            self.erased.append((seat.party, said.text))

    def settle(self, seat: Seat) -> None:
        """What a node does by itself: enter epochs that all have signed, answer erasures."""
        if not seat.asked:
            return
        with self.at_risk(seat):
            settle(seat.node)
        with seat.node.database.read() as connection:
            self.circles |= {
                (held.circle.id, held.circle.epoch): held.circle
                for held in circles(connection)
                if not held.circle.private
            }

    def propose(self, seat: Seat, leaver: Seat) -> None:
        """A party proposes the next epoch, with one member less or with all; officers agree on one proposal."""
        held = self.epoch_of(seat, self.all_three)
        if held is None or held.circle.epoch >= EPOCHS or (held.circle.id, held.circle.epoch) in self.proposed:
            return
        gone = {leaver.party} & set(held.circle.parties) - {seat.party} if len(held.circle.members) > 2 else set()
        with self.at_risk(seat):
            epochs.propose_next(seat.node, held.circle.id, remove=gone)
            self.proposed.add((held.circle.id, held.circle.epoch))

    def sign(self, seat: Seat) -> None:
        """An officer signs every proposal that waits for this party."""
        with self.at_risk(seat):
            for epoch, lacking in epochs.proposals(seat.node):
                if seat.party in lacking:
                    epochs.sign_next(seat.node, epoch.id)

    def bound(self, seat: Seat) -> None:
        """The party says that its key was lost: of its ledger counts what others had given receipts for, or less."""
        held = self.epoch_of(seat, self.all_three)
        if held is None:
            return
        with self.at_risk(seat):
            own = self.ledger(seat, held.circle, seat.party)
            with seat.node.database.read() as connection:
                sizes = [receipt.size for receipt in ledgers.receipts(connection, own.num)]
            if own.bound is None and sizes:
                recovery = read_seed(seat.folder.recovery)
                size = self.chance.choice(sizes)
                epochs.bound(seat.node, held.circle.id, size, recovery, held.circle.epoch)

    def publish(self, seat: Seat) -> None:
        """The beat: what was said is shown from now on."""
        if not seat.asked:
            return
        with self.at_risk(seat):
            if not seat.honest:
                show_everything(seat)
            elif seat.node.publish():
                self.note("mark", seat)

    def pull(
        self,
        target: Seat,
        source: Seat,
        twist: Network | None = None,
        limit: int | None = None,
        beside: Seat | None = None,
    ) -> None:
        """`target` asks `source` for everything that it shows, and `beside` in the midst of it."""
        if target is source:
            return
        meanwhile = None if beside is None else lambda: self._pull(target, beside, Wire(self, beside, target))
        with self.at_risk(target):
            self._pull(target, source, Wire(self, source, target, twist, limit, meanwhile))

    def _pull(self, target: Seat, source: Seat, wire: Wire) -> None:
        if frozenset((target.party, source.party)) in self.cut or target is source:
            return
        heads, files = wire.shown()
        tag = hashlib.sha256(b"\0".join([*sorted(heads), *files])).hexdigest()
        if self.tags.get((target.name, source.name)) == tag:
            return  # as the tag of a real answer says: nothing is new
        for data in files:
            with contextlib.suppress(Refused), target.node.database.write() as connection:
                notices.take_notice(connection, data, source.party, target.clock())
        known = self.known.setdefault((target.name, source.name), set())
        taken = []
        for note in heads:
            through = note in known or self.take(target, source, note, wire)
            taken.append(through)
            if through and not note.startswith(f"{target.party}/".encode()):
                known.add(note)
        if all(taken):
            self.tags[target.name, source.name] = tag
        self.ask(target)

    def replay(self, target: Seat, source: Seat) -> None:
        """A head that left long ago arrives, late or once more."""
        if self.air and target is not source:
            with self.at_risk(target):
                self.take(target, source, self.chance.choice(self.air), Wire(self, source, target))

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
            target.clock(),
            recover=recover,
        )
        if taken.beyond:
            self.silenced.setdefault((target.name, origin), ledger.shown_size)
            with target.node.database.write() as connection:
                stop(connection, origin, parse_body(parse(note).text).size)
        if recover and taken.entries and target.node.marks.read(origin) is not None:
            target.node.marks.raise_to(origin, note)
        if taken.own_receipt and ledger.party == source.party:
            with source.node.database.read() as connection:
                theirs = ledgers.ledger_by(connection, origin=origin)
            take_receipt(source.node.database, circle, theirs, with_cosignatures(note, taken.own_receipt.splitlines()))
        self.note("accept", target, self.ledger(target, circle, ledger.party), source)

    def submit(self, seat: Seat, peer: Seat, *, bad: bool = False) -> None:
        """`seat` submits what it shows to the witness of `peer`."""
        self._dial(seat, peer, bad, self._submit)

    def upload(self, seat: Seat, peer: Seat, *, bad: bool = False) -> None:
        """`seat` pushes its entries to the mirror of `peer`, after the head."""

        def both(line: Line, circle: Circle, ledger: LedgerRow) -> None:
            self._submit(line, circle, ledger)
            push.upload(line, seat.node.database, circle, ledger)

        self._dial(seat, peer, bad, both)

    def _submit(self, line: Line, circle: Circle, ledger: LedgerRow) -> None:
        seat, key = line.caller, next(one for one in witnesses(circle) if one.name == f"{line.peer}/witness")
        self.leaves(seat, ledger.shown_note or b"", line.answering)
        push.submit(line, seat.node.database, circle, ledger, [key], seat.clock())

    def _dial(self, seat: Seat, peer: Seat, bad: bool, work: Callable[[Line, Circle, LedgerRow], None]) -> None:
        held = self.epoch_of(seat, self.all_three, older=True)
        cut = frozenset((seat.party, peer.party)) in self.cut
        if held is None or cut or seat.party == peer.party or peer.party not in held.circle.parties:
            return
        with self.at_risk(peer):
            ledger = self.ledger(seat, held.circle, seat.party)
            if ledger.shown_note is not None and seat.asked:
                work(Line(self, seat, peer, bad=bad), held.circle, ledger)

    # What is carried

    def pack(self, seat: Seat, other: Seat) -> None:
        """A bundle of one epoch of a circle for another party: all of it, or what that party gave no receipts for."""
        rows = [row for row in self._rows(seat) if {seat.party, other.party} <= set(bundle.parties_of(row))]
        if not rows or seat.party == other.party or not seat.asked:
            return
        row = self.chance.choice(rows)
        path = self.home / f"stick-{len(self.mail)}.tqb"
        with self.at_risk(seat):
            with seat.node.database.read() as connection:
                cards = [read_card(one.card) for one in roster.parties(connection) if one.id == other.party]
                since = bundle.known_sizes(connection, row, [other.party]) if self.chance.random() < 0.5 else {}
            bundle.make(seat.node.database, seat.node.config.party, [row], cards, path, seat.clock(), since)
            self.mail.append(Stick(path, other.party))
            with seat.node.database.read() as connection:
                for ledger in ledgers.ledgers(connection, row.num):
                    if ledger.out_note is not None:
                        self.leaves(seat, shelf.head(connection, ledger), other)

    def _rows(self, seat: Seat) -> list[CircleRow]:
        with seat.node.database.read() as connection:
            return [row for row in roster.circles(connection) if len(bundle.parties_of(row)) > 1]

    def carry(self, seat: Seat, *, bad: bool = False) -> None:
        """A stick arrives, maybe an old one, maybe for the second time; a bad courier changes what is inside."""
        sticks = [one for one in self.mail if one.to == seat.party]
        if not sticks:
            return
        path = self.chance.choice(sticks).path
        identity = Identity.load(seat.folder.bundle_key)
        if bad:
            path = self._tamper(path, identity)
        with self.at_risk(seat):
            with bundle.opened(path, identity, seat.folder.path) as source:
                self.sent[seat.party] += [source.read(name) for name in source.names()]
                self._read(seat, source)
                before = snapshot(seat.node)
                self._read(seat, source)
            if snapshot(seat.node) != before:
                self.broken.append(f"{seat.name} read a bundle twice, and the second time something changed")

    def _read(self, seat: Seat, source: bundle.BundleSource) -> None:
        with seat.node.database.read() as connection:
            shown = {row.origin: row.shown_size for row in ledgers.ledgers(connection) if row.own}
        report = bundle_reading.read(seat.node.database, source, seat.node.office.signer, seat.clock())
        for one in report.ledgers:
            if one.refused == "node.stopped":
                self.silenced.setdefault((seat.name, one.origin), shown[one.origin])

    def _tamper(self, path: Path, identity: Identity) -> Path:
        """The same bundle with one byte of one item changed, packed and encrypted anew as any sender could."""
        with bundle.opened(path, identity, self.home) as source:
            items = {name: source.read(name) for name in source.names()}
        name = self.chance.choice([name for name in items if items[name]])
        at = self.chance.randrange(len(items[name]))
        items[name] = items[name][:at] + bytes([items[name][at] ^ 1]) + items[name][at + 1 :]
        worse = self.home / "tampered.tqb"
        with worse.open("wb") as file:
            encrypt(zip_stream(items.items()), file, [identity.recipient])
        return worse

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
        seat.open()
        self.begin_again(seat)
        self.silenced = {key: size for key, size in self.silenced.items() if key[0] != seat.name}
        seat.restored = True
        self.note("restore", seat)

    def lose_marks(self, seat: Seat) -> None:
        """The folder with the marks is gone."""
        seat.node.close()
        shutil.rmtree(seat.folder.marks, ignore_errors=True)
        seat.open()
        self.begin_again(seat)
        self.unmarked.add(seat.party)

    def clone(self, seat: Seat) -> None:
        """A copy of the whole machine is started as well, marks and all."""
        if seat.party in self.cloned or not seat.honest:
            return
        name = f"{seat.name}-twin"
        seat.node.close()
        shutil.copytree(seat.folder.path, self.home / name)
        if seat.folder.marks.exists():
            shutil.copytree(seat.folder.marks, self.home / "marks" / name)
        seat.open()
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
        with liar.node.database.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=f"{victim.party}/{self.all_three.id}/1")
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
                    notices.take_notice(connection, forged, liar.party, seat.clock())

    def heal(self) -> None:
        """Links come back, crashes stop, clones that were found out are ended by their administrators."""
        self.cut.clear()
        self.faults.disarm()
        before: list[Any] = []
        for _ in range(ROUNDS):
            for seat in list(self.seats.values()):
                self.settle(seat)
                self.publish(seat)
                for other in list(self.seats.values()):
                    if other.party != seat.party:
                        self.pull(seat, other)
            self.now += STEP_MS
            state = [seat.state() for seat in self.seats.values()]
            if state == before:
                return
            before = state
        self.broken.append(f"after {ROUNDS} rounds the nodes still have news for each other")

    # Observation

    def leaves(self, seat: Seat, note: bytes, to: Seat) -> None:
        """A head goes over the wire."""
        body = parse_body(parse(note).text)
        if body.origin.split("/")[0] == seat.party:
            self.left.append(Left(seat.name, body.origin, body.size, body.root))
        self.sent[to.party].append(note)
        if note not in self.air[-IN_THE_AIR:]:
            self.air = [*self.air[-IN_THE_AIR:], note]

    def ledger(self, seat: Seat, circle: Circle, party: str) -> LedgerRow:
        """A ledger as a seat holds it."""
        with seat.node.database.read() as connection:
            return ledgers.ledger_by(connection, origin=f"{party}/{circle.id}/{circle.epoch}")

    def root(self, seat: Seat, origin: str, size: int) -> bytes:
        """The root of the first `size` entries as a seat holds them."""
        with seat.node.database.read() as connection:
            return own_root(connection, ledgers.ledger_by(connection, origin=origin), size)


def show_everything(seat: Seat) -> None:
    """A liar's program shows whatever it has, seals and next epochs or not."""
    with seat.node.database.write() as connection:
        for row in ledgers.ledgers(connection):
            if row.own and row.head_note is not None and row.head_size > row.shown_size:
                ledgers.set_shown(connection, row.num, row.head_size, row.head_note)


def disarm_checks(seat: Seat) -> None:
    """A liar's program signs whatever it is told to."""
    signer = seat.node.office.signer
    object.__setattr__(signer, "check", lambda connection, ledger: None)
    with seat.node.database.write() as connection:
        go_on(connection)


__all__ = ["PARTIES", "Line", "Seat", "Template", "Wire", "World", "make_template", "repeatable", "scratch"]
