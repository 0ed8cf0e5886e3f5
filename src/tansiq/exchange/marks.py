"""High-water marks: the largest head of each own ledger that ever left this node.

They live outside the folder that is backed up. A restored backup shows against its mark that it is old, before it
signs a second history of what others already hold. A mark is durable before its head leaves, and never shrinks.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tansiq.errors import Unavailable
from tansiq.exchange.origin import origin_hash
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import Checkpoint, parse_body
from tansiq.ledger.merkle import EMPTY_ROOT

_EMPTY: Final = "tansiq.mark/v1"


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
                self._write(origin, _empty(origin))

    def raise_to(self, origin: str, note: bytes) -> None:
        """Before `note` leaves: durable when this returns. A smaller head than the mark's is passed over."""
        size = parse_body(notes.parse(note).text).size
        with self._alone():
            held = self.read(origin)
            if held is None or size > held.size:
                self._write(origin, note)

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

    def _write(self, origin: str, data: bytes) -> None:
        path = self._file(origin)
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
