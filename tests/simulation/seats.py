"""Who is there: the nodes of a life, what they begin with, and what is remembered of what they did."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from unittest.mock import patch

from sqlalchemy import Connection

from nodes import enter, make_nodes
from simulation.engines import ENGINES
from tansiq.circles.circle import Circle
from tansiq.exchange.local import LocalSource
from tansiq.exchange.mirror import Spool
from tansiq.exchange.standing import go_on
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.store import database, ledgers
from tansiq.store import notices as notices_held
from tansiq.store.ledgers import LedgerRow

if TYPE_CHECKING:
    from simulation.work import Work

Found = TypeVar("Found")
PARTIES: Final = ("joc", "mop", "coalition")


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
    world: Work
    node: Node = field(init=False)
    honest: bool = True
    asked: bool = True
    backups: list[Path] = field(default_factory=list)
    restored: bool = False
    skew_ms: int = 0
    writes: int = 0
    spool: Spool = field(default_factory=Spool)
    _memory: dict[Hashable, Any] = field(default_factory=dict)
    _as_of: int = -1

    def clock(self) -> int:
        """Unix milliseconds by this node's clock."""
        return self.world.now + self.skew_ms

    def open(self) -> None:
        """Start the program."""
        with patch.object(database, "_open_engine", ENGINES.open):
            self.node = Node(self.folder, self.clock)
        self.node.with_asked(lambda: self.asked)
        self.spool = Spool()
        self.writes += 1  # the store may be another
        ENGINES.watch(self.node.database.engine, self._before_statement)

    def close(self) -> None:
        """End the program: nothing has the store open any more."""
        self.node.close()
        ENGINES.put_back(self.node.database.engine)

    def _before_statement(self, statement: str) -> None:
        """Every statement that writes: right before it the power may go."""
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            self.writes += 1
            self.world.faults.tick(self.name)

    def remembered(self, what: Hashable, look: Callable[[Connection], Found]) -> Found:
        """What `look` finds in the store, looked up anew where it was written to since."""
        if self._as_of != self.writes:
            self._memory.clear()
            self._as_of = self.writes
        if what not in self._memory:
            with self.node.database.read() as connection:
                self._memory[what] = look(connection)
        found: Found = self._memory[what]
        return found

    def rows(self) -> dict[str, LedgerRow]:
        """The ledgers that are held here, by origin."""
        return self.remembered("rows", lambda connection: {row.origin: row for row in ledgers.ledgers(connection)})

    def shown_to(self, party: str) -> tuple[list[bytes], list[bytes]]:
        """Heads and notices for a party."""
        heads, files = self.remembered(("shown", party), lambda _: LocalSource(self.node.database, party).shown())
        return list(heads), list(files)

    def state(self) -> list[object]:
        """What has to stand still before the world is at rest."""
        found = [
            (row.origin, row.size, row.shown_size, row.frozen, row.sealed, row.bound) for row in self.rows().values()
        ]
        files = self.remembered("notices", lambda connection: [row.digest for row in notices_held.every(connection)])
        return [found, files, self.asked]


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
