"""The party card: how a party makes itself known to the others before they share a circle.

One line of JSON signed by the party's log key as a C2SP signed note, so that it travels as a small text file. Who
receives one compares its fingerprint by voice or on paper; from then on the keys in it are pinned.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from msgspec import Meta, Struct

from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger import note
from tansiq.ledger.keys import SigningKey, check_public
from tansiq.records.values import Names, PartyId

Role = Literal["party", "facilitator", "observer"]
PARTY_ID: Final = r"^[a-z][a-z0-9-]{0,31}$(?!\n)"
MAX_CARD: Final = 16_384


class PartyCard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A party's names, role, address for peers and public keys (base64; `tls` is the certificate in DER).

    `recovery` is the key that speaks when the log key is lost, `bundle` the age recipient of bundles for this party.
    """

    v: Literal[1]
    party: Annotated[PartyId, Meta(pattern=PARTY_ID)]
    names: Names
    role: Role
    peer: Annotated[str, Meta(max_length=200, pattern=r"^https://[^/\s]+$(?!\n)")]
    log: str
    witness: str
    mirror: str
    tls: str
    recovery: str = ""
    bundle: Annotated[str, Meta(max_length=128)] = ""

    @property
    def log_key(self) -> bytes:
        """The 32 bytes of the Ed25519 key that signs this party's checkpoints."""
        return base64.b64decode(self.log)

    @property
    def mirror_key(self) -> bytes:
        """The 32 bytes of the Ed25519 key that signs this party's receipts."""
        return base64.b64decode(self.mirror)

    @property
    def mirror_name(self) -> str:
        """The name in this party's receipts (tlog-mirror wants it distinct from every other role's)."""
        return f"{self.party}/mirror"

    @property
    def tls_der(self) -> bytes:
        """The pinned TLS certificate, DER."""
        return base64.b64decode(self.tls)

    @property
    def tls_pin(self) -> str:
        """SHA-256 of the pinned TLS certificate, hex."""
        return hashlib.sha256(self.tls_der).hexdigest()


def fingerprint(card: PartyCard) -> str:
    """What two administrators read to each other: SHA-256 of the card in eight groups of four hex digits."""
    digest = hashlib.sha256(msgspec.json.encode(card)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def write_card(card: PartyCard, key: SigningKey, *before: SigningKey, recovery: SigningKey | None = None) -> bytes:
    """The card as a signed note under the party's own log key, and after a change under the one before it.

    Where that one is lost, the recovery key vouches for the new one.
    """
    text = msgspec.json.encode(card).decode() + "\n"
    signers = [note.NoteSigner(card.party, one) for one in (key, *before)]
    if recovery is not None:
        signers.append(note.NoteSigner(f"{card.party}/recovery", recovery))
    return note.sign(text, signers)


def read_card(data: bytes) -> PartyCard:
    """The card in `data`, whose signature must hold under the log key that stands in it.

    Raises MalformedInput (`card.malformed`) or ProofRefused (`card.bad_signature`).
    """
    if len(data) > MAX_CARD:
        raise MalformedInput("card.malformed", reason=f"{len(data)} > {MAX_CARD} bytes")
    parsed = note.parse(data)
    try:
        card = msgspec.json.decode(parsed.text, type=PartyCard)
        named = (card.log, card.witness, card.mirror, *([card.recovery] if card.recovery else []))
        keys = [base64.b64decode(text, validate=True) for text in named]
        _check_reachable(card.peer, card.tls)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise MalformedInput("card.malformed", reason=str(error)[:200]) from error
    if any(len(key) != 32 for key in keys) or len(set(keys)) != len(keys):
        raise MalformedInput("card.malformed", reason="every role wants a key of its own of 32 bytes")
    for key in keys:
        check_public(key)
    verifier = note.NoteVerifier(card.party, note.ED25519, card.log_key)
    if not note.verify(parsed, [verifier]):
        raise ProofRefused("card.bad_signature", party=card.party)
    return card


@lru_cache(maxsize=256)  # the cards of the roster are read again and again
def _check_reachable(peer: str, tls: str) -> None:
    """Refuse (ValueError) an address or a certificate with which a node could not even try to reach another."""
    address = urlsplit(peer)
    if not address.hostname or address.port == 0:
        raise ValueError("the address has no host or no port")
    der = note.decode_base64(tls)
    if not der:
        raise ValueError("the certificate is not base64")
    try:
        x509.load_der_x509_certificate(der)
    except x509.InvalidVersion as error:
        raise ValueError(str(error)) from error


def vouched_by(data: bytes, held: PartyCard) -> bool:
    """Whether a new card is signed by the log key or the recovery key of the card that is pinned."""
    verifiers = [note.NoteVerifier(held.party, note.ED25519, held.log_key)]
    if held.recovery:
        key = base64.b64decode(held.recovery)
        verifiers.append(note.NoteVerifier(f"{held.party}/recovery", note.ED25519, key))
    return bool(note.verify_any(note.parse(data), verifiers))
