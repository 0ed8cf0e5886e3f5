"""Checkpoints (C2SP tlog-checkpoint): the signed size and root of one ledger.

The body has three lines and no more: extension lines are allowed by the specification, not recommended by
it, and refused here. The name of the log's key is the origin.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec

from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger import note as notes
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from tansiq.ledger.note import ED25519, Note, NoteSigner, NoteVerifier, decode_base64

_MAX_DIGITS: Final = len(str(MAX_SIZE))


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a ledger: whose it is, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed (tlog-checkpoint, "Note text")."""
        text = f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"
        parse_body(text)
        return text


class SignedCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint that its log signed, with the bytes as they came: these are the evidence."""

    checkpoint: Checkpoint
    raw: bytes
    note: Note


def parse_decimal(text: str) -> int | None:
    """A size or index as C2SP writes it: ASCII digits, no leading zero, below 2**63; else nothing."""
    # isdigit() alone takes Arabic-Indic digits too: two texts for one number.
    if not 0 < len(text) <= _MAX_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    if text[0] == "0" and text != "0":
        return None
    number = int(text)
    return number if number <= MAX_SIZE else None


def parse_body(text: str) -> Checkpoint:
    """The checkpoint from the text of its note (tlog-checkpoint, "Note text")."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise MalformedInput("checkpoint.lines")
    if len(lines) > 4:
        raise MalformedInput("checkpoint.extension")
    origin, decimal, encoded, _ = lines
    if (
        not origin
        or len(origin.encode(errors="replace")) > notes.MAX_NAME
        or any(sign < " " or "\ud800" <= sign <= "\udfff" for sign in origin)
    ):
        raise MalformedInput("checkpoint.origin")
    size = parse_decimal(decimal)
    if size is None:
        raise MalformedInput("checkpoint.size")
    root = decode_base64(encoded)
    if root is None or len(root) != HASH_SIZE:
        raise MalformedInput("checkpoint.root")
    if size == 0 and root != EMPTY_ROOT:
        raise MalformedInput("checkpoint.empty_root")
    return Checkpoint(origin, size, root)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """The note over a checkpoint by its log (tlog-checkpoint, "Signatures")."""
    return notes.sign(checkpoint.body(), [NoteSigner(checkpoint.origin, key)])


def open_checkpoint(data: bytes, origin: str, public: bytes) -> SignedCheckpoint:
    """The checkpoint in `data`, refused unless it is of `origin` and signed by that log's key."""
    note = notes.parse(data)
    checkpoint = parse_body(note.text)
    if checkpoint.origin != origin:
        raise ProofRefused("checkpoint.other_origin", found=checkpoint.origin, expected=origin)
    notes.verify(note, [NoteVerifier(origin, ED25519, public)])
    return SignedCheckpoint(checkpoint, data, note)
