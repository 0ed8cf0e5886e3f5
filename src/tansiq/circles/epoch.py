"""The next epoch of a circle: other members or other keys, agreed by all who stay.

A circle is never edited. Its next epoch is a new descriptor that names the one before it, in a signed note:

    tansiq.epoch@v1
    <SHA-256 of the descriptor before it, hex>
    <the new descriptor>

Everybody who is in both signs with the log key of the old epoch, or with the recovery key where that one was lost; a
party whose log key changes signs with the new one as well. Who leaves signs nothing and is told nothing.

A party signs one proposal of an epoch and no other, or two groups could each go on with what all had signed. Who will
not sign one says so, and is bound by it: then the others are free to sign another.

    tansiq.epoch-refused@v1
    <circle id>
    <epoch>
    <the proposal's id>
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from tansiq.circles.circle import Circle, Member, descriptor_digest, read_circle, write_circle
from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import parse_decimal
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import ED25519, Note, NoteSigner, NoteVerifier

HEADER: Final = "tansiq.epoch@v1"
REFUSAL_HEADER: Final = "tansiq.epoch-refused@v1"
RECOVERY: Final = "/recovery"


class Epoch(msgspec.Struct, frozen=True):
    """A proposed next epoch with the signatures that it has so far, not yet verified."""

    previous: str
    circle: Circle
    note: Note

    @property
    def id(self) -> str:
        """What is signed, whatever signatures it has: SHA-256 of the text, hex."""
        return hashlib.sha256(self.note.text.encode()).hexdigest()


class EpochRefusal(msgspec.Struct, frozen=True):
    """A party's word that it does not sign a proposal."""

    circle: str
    epoch: int
    proposal: str
    party: str


def propose(previous: Circle, members: Sequence[Member]) -> str:
    """The text of the next epoch of `previous` with these members; to be signed."""
    circle = msgspec.structs.replace(
        previous,
        epoch=previous.epoch + 1,
        members=sorted(members, key=lambda member: member.party),
        previous=descriptor_digest(previous),
    )
    return f"{HEADER}\n{circle.previous}\n{write_circle(circle).decode()}\n"


def sign_epoch(text: str, party: str, keys: Sequence[SigningKey], recovery: SigningKey | None = None) -> bytes:
    """The text under a party's log keys, and under its recovery key where the old log key is lost."""
    signers = [NoteSigner(party, key) for key in keys]
    if recovery is not None:
        signers.append(NoteSigner(party + RECOVERY, recovery))
    return notes.sign(text, signers)


def read_epoch(data: bytes) -> Epoch:
    """A proposal as it came (`epoch.malformed`); who signed it is for `missing`."""
    note = notes.parse(data)
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[0] != HEADER or lines[3]:
        raise MalformedInput("epoch.malformed", reason="lines")
    circle = read_circle(lines[2].encode())
    if circle.previous != lines[1] or circle.epoch < 2:
        raise MalformedInput("epoch.malformed", reason="previous")
    return Epoch(lines[1], circle, note)


def refuse_epoch(epoch: Epoch, party: str, keys: Sequence[SigningKey]) -> bytes:
    """The statement of a party that it does not sign `epoch`, under its log keys."""
    text = f"{REFUSAL_HEADER}\n{epoch.circle.id}\n{epoch.circle.epoch}\n{epoch.id}\n"
    return notes.sign(text, [NoteSigner(party, key) for key in keys])


def read_refused(data: bytes) -> tuple[str, int, str]:
    """Circle, epoch and proposal of a refusal, before it can be verified (`epoch.malformed`)."""
    lines = notes.parse(data).text.split("\n")
    number = parse_decimal(lines[2]) if len(lines) == 5 else None
    if len(lines) != 5 or lines[0] != REFUSAL_HEADER or lines[4] or number is None:
        raise MalformedInput("epoch.malformed", reason="lines")
    return lines[1], number, lines[3]


def open_refusal(data: bytes, previous: Circle) -> EpochRefusal:
    """The refusal, refused itself unless a member of `previous` signed it with its log key."""
    circle, number, proposal = read_refused(data)
    if (circle, number) != (previous.id, previous.epoch + 1):
        raise ProofRefused("epoch.other_circle", circle=previous.id, epoch=number)
    held = notes.verify(notes.parse(data), [_log(member) for member in previous.members])
    return EpochRefusal(circle, number, proposal, held[0].verifier.name)


def missing(epoch: Epoch, previous: Circle) -> list[str]:
    """Who has still to sign, of all who stay; refused (`epoch.other_circle`) where it does not follow `previous`.

    A signature by a known key that does not hold refuses the whole proposal.
    """
    circle = epoch.circle
    if (circle.id, circle.epoch, circle.exercise, epoch.previous) != (
        previous.id,
        previous.epoch + 1,
        previous.exercise,
        descriptor_digest(previous),
    ):
        raise ProofRefused("epoch.other_circle", circle=previous.id, epoch=circle.epoch)
    known = set(_verifiers(previous)) | set(_verifiers(circle))
    held = {one.verifier for one in notes.verify_any(epoch.note, sorted(known, key=lambda one: one.vkey))}
    lacking = []
    for old in previous.members:
        new = next((member for member in circle.members if member.party == old.party), None)
        if new is None:
            continue
        by_old = _log(old) in held or (old.recovery and _recovery(old) in held)
        if not by_old or (new.log != old.log and _log(new) not in held):
            lacking.append(str(old.party))
    return lacking


def merge(one: Epoch, other: Epoch) -> bytes:
    """The same proposal with the signatures of both."""
    signatures = list(one.note.signatures)
    signatures += [signature for signature in other.note.signatures if signature not in signatures]
    return notes.encode(Note(one.note.text, tuple(signatures)))


def _verifiers(circle: Circle) -> list[NoteVerifier]:
    return [
        verifier
        for member in circle.members
        for verifier in ([_log(member), _recovery(member)] if member.recovery else [_log(member)])
    ]


def _log(member: Member) -> NoteVerifier:
    return NoteVerifier(member.party, ED25519, base64.b64decode(member.log))


def _recovery(member: Member) -> NoteVerifier:
    return NoteVerifier(member.party + RECOVERY, ED25519, base64.b64decode(member.recovery))
