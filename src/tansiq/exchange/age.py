"""age (age-encryption.org/v1) with X25519 keys: who a file is for. It names no sender and proves none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from tansiq.errors import MalformedInput, NotAllowed, Unavailable
from tansiq.exchange.container import StreamReader

MARK: Final = b"age-encryption.org/v1\n"


class Identity:
    """The secret half of a bundle key, from its text `AGE-SECRET-KEY-1…`."""

    def __init__(self, secret: str) -> None:
        try:
            self._identity = pyrage.x25519.Identity.from_str(secret)
        except pyrage.IdentityError as error:
            raise MalformedInput("bundle.bad_key", reason=str(error)[:120]) from error

    @classmethod
    def load(cls, path: Path) -> Identity:
        """From a file as age-keygen writes it: comments and one secret (`node.no_key` where it is not there)."""
        try:
            lines = path.read_text(encoding="ascii").split("\n")
            return cls(next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-1")))
        except (OSError, UnicodeDecodeError, StopIteration, MalformedInput) as error:
            raise Unavailable("node.no_key", path=str(path)) from error

    @property
    def recipient(self) -> str:
        """The public half, `age1…`, which stands in the party card."""
        return str(self._identity.to_public())

    def decrypt(self, file: BinaryIO, plain: BinaryIO) -> None:
        """Decrypt `file` into `plain`, both at their beginning.

        Raises NotAllowed (`bundle.not_for_us`), MalformedInput (`bundle.not_a_bundle`, `bundle.damaged`) or
        Unavailable (`bundle.unwritable`). What was written before a refusal is not to be trusted.
        """
        if file.read(len(MARK)) != MARK:
            raise MalformedInput("bundle.not_a_bundle")
        file.seek(0)
        try:
            pyrage.decrypt_io(file, plain, [self._identity])
        except pyrage.DecryptError as error:
            if "matching keys" in str(error):
                raise NotAllowed("bundle.not_for_us") from error
            raise MalformedInput("bundle.damaged", reason=str(error)[:120]) from error
        except OSError as error:
            if error.errno is not None:  # a full disk has a number; what does not hold under its key has none
                raise Unavailable("bundle.unwritable", path="-", reason=str(error.strerror)) from error
            raise MalformedInput("bundle.damaged", reason=str(error)[:120]) from error


def encrypt(pieces: Iterator[bytes], file: BinaryIO, recipients: Sequence[str]) -> None:
    """Encrypt a stream of bytes to `recipients` (`age1…`) into `file`; what goes wrong in the stream is raised."""
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    except pyrage.RecipientError as error:
        raise MalformedInput("bundle.bad_key", reason=str(error)[:120]) from error
    reader = StreamReader(pieces)
    try:
        pyrage.encrypt_io(reader, file, keys)
    except Exception:
        if reader.failure is not None:
            raise reader.failure from None
        raise
