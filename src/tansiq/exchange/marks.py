"""High-water marks: the largest head of each own ledger that ever left this node.

They live outside the folder that is backed up. A restored backup shows against its mark that it is old, before it
signs a second history of what others already hold. A mark is durable before its head leaves, and never shrinks.

Beside them stands how this party answered proposals of a next epoch, so that a restored backup does not sign another.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tansiq.errors import Unavailable
from tansiq.exchange.origin import origin_hash
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import Checkpoint, parse_body
from tansiq.ledger.merkle import EMPTY_ROOT

_EMPTY: Final = "tansiq.mark/v1"


class Answer(StrEnum):
    """What a party has said to a proposal, for good."""

    SIGNED = "signed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Marks:
    """The marks of one node, a file a ledger."""

    folder: Path

    def read(self, origin: str) -> Checkpoint | None:
        """The largest head that left, size 0 for a ledger of which none did; None where no mark is kept."""
        try:
            data = self._file(origin).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable("mark.unreadable", path=str(self._file(origin)), reason=str(error.strerror)) from error
        if data == _empty(origin):
            return Checkpoint(origin, 0, EMPTY_ROOT)
        found = parse_body(notes.parse(data).text)
        return found if found.origin == origin else None

    def open(self, origin: str) -> None:
        """A ledger is opened: from now on a missing mark means that the marks were lost."""
        with self._alone():
            if self.read(origin) is None:
                self._write(self._file(origin), _empty(origin))

    def raise_to(self, origin: str, note: bytes) -> None:
        """Before `note` leaves: durable when this returns. A smaller head than the mark's is passed over."""
        size = parse_body(notes.parse(note).text).size
        with self._alone():
            held = self.read(origin)
            if held is None or size > held.size:
                self._write(self._file(origin), note)

    def answer(
        self, origin: str, proposal: str, answer: Answer, free: Collection[str] = ()
    ) -> tuple[Answer, str] | None:
        """Before a signature or a refusal of `proposal` leaves: durable when None is returned.

        `origin` is the own ledger in the epoch that is proposed. What stands against it is returned instead: another
        answer to this proposal, or, of a signature, one for another that is not among `free`, those that were refused.
        """
        with self._alone():
            given = self._answers(origin)
            for word, other in given:
                both_signed = word is answer is Answer.SIGNED
                if (other == proposal and word is not answer) or (
                    other != proposal and both_signed and other not in free
                ):
                    return word, other
            if (answer, proposal) not in given:
                lines = "".join(f"{word} {other}\n" for word, other in [*given, (answer, proposal)])
                self._write(self._file(origin).with_suffix(".answers"), lines.encode())
        return None

    def _answers(self, origin: str) -> list[tuple[Answer, str]]:
        path = self._file(origin).with_suffix(".answers")
        try:
            lines = path.read_text("ascii").splitlines()
            return [(Answer(line.partition(" ")[0]), line.partition(" ")[2]) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise Unavailable("mark.unreadable", path=str(path), reason=str(error)) from error

    def _file(self, origin: str) -> Path:
        return self.folder / f"{origin_hash(origin)}.mark"

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time: the command line and a running node share the marks."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self.folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise Unavailable("mark.unwritable", path=str(self.folder), reason=str(error.strerror)) from error

    def _write(self, path: Path, data: bytes) -> None:
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _empty(origin: str) -> bytes:
    return f"{_EMPTY}\n{origin}\n".encode()
