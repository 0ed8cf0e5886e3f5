"""A lost key: what it signed counts only up to an index, said by the recovery key, which is kept offline.

    tansiq.compromise@v1
    <origin>
    <how many entries count>

The bound lies at or below a head that others witnessed, so a thief cannot say anything that would count; and nothing
that others held before the loss is taken back by more than the party itself says.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

import msgspec

from tansiq.circles.circle import Member
from tansiq.circles.epoch import RECOVERY
from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import parse_decimal
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import ED25519, NoteSigner, NoteVerifier

HEADER: Final = "tansiq.compromise@v1"


class Compromise(msgspec.Struct, frozen=True):
    """Of this ledger only so many entries count."""

    origin: str
    bound: int
    raw: bytes

    @property
    def id(self) -> str:
        """What is said, hex SHA-256 of header and origin: the first bound for a ledger stands."""
        return hashlib.sha256(f"{HEADER}\n{self.origin}".encode()).hexdigest()


def declare(origin: str, bound: int, party: str, recovery: SigningKey) -> bytes:
    """The statement, signed."""
    return notes.sign(f"{HEADER}\n{origin}\n{bound}\n", [NoteSigner(party + RECOVERY, recovery)])


def read_origin(data: bytes) -> str:
    """Of which ledger a statement is, before it can be verified."""
    return _lines(notes.parse(data).text)[0]


def open_compromise(data: bytes, member: Member) -> Compromise:
    """The statement, refused unless the recovery key of `member` signed it."""
    note = notes.parse(data)
    origin, decimal = _lines(note.text)
    bound = parse_decimal(decimal)
    if bound is None:
        raise MalformedInput("compromise.malformed", reason="bound")
    if not member.recovery:
        raise ProofRefused("compromise.no_key", party=member.party)
    notes.verify(note, [NoteVerifier(member.party + RECOVERY, ED25519, base64.b64decode(member.recovery))])
    return Compromise(origin, bound, data)


def _lines(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != HEADER or lines[3]:
        raise MalformedInput("compromise.malformed", reason="lines")
    return lines[1], lines[2]
