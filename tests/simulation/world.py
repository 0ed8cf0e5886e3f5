"""What goes wrong in a world of real nodes: lost disks and marks, clones, liars; and how it is mended at the end."""

from __future__ import annotations

import contextlib
import shutil
from typing import Any, Final

from simulation.seats import PARTIES, Seat, Template, disarm_checks, make_template
from simulation.wire import repeatable, scratch
from simulation.work import STEP_MS, Work
from tansiq.errors import Refused
from tansiq.exchange import notices
from tansiq.exchange.erasure import reader
from tansiq.exchange.intake import log_verifier
from tansiq.ledger import fork
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.merkle import consistency_proof
from tansiq.ledger.note import parse
from tansiq.store import ledgers

ROUNDS: Final = 40


class World(Work):
    """The world that a schedule plays with: nodes at work, and what befalls them."""

    def backup(self, seat: Seat) -> None:
        """The administrator copies the store."""
        target = self.home / f"backup-{seat.name}-{len(seat.backups)}"
        seat.node.database.copy_to(target)
        seat.backups.append(target)

    def restore(self, seat: Seat) -> None:
        """The disk is lost, an older store comes back; the marks were elsewhere."""
        if not seat.backups:
            return
        seat.close()
        for path in seat.folder.path.glob("store.sqlite*"):
            path.unlink()
        shutil.copyfile(self.chance.choice(seat.backups), seat.folder.store)
        seat.open()
        self.begin_again(seat)
        self.silenced = {key: size for key, size in self.silenced.items() if key[0] != seat.name}
        seat.restored = True
        self.restored.add(seat.party)
        self.note("restore", seat)

    def lose_marks(self, seat: Seat) -> None:
        """The folder with the marks is gone."""
        seat.close()
        shutil.rmtree(seat.folder.marks, ignore_errors=True)
        seat.open()
        self.begin_again(seat)
        self.unmarked.add(seat.party)

    def clone(self, seat: Seat) -> None:
        """A copy of the whole machine is started as well, marks and all."""
        if seat.party in self.cloned or not seat.honest:
            return
        name = f"{seat.name}-twin"
        seat.close()
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


__all__ = ["PARTIES", "Seat", "Template", "World", "make_template", "repeatable", "scratch"]
