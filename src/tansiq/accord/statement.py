"""What a signatory's key signs: one statement that binds the text's digest to act, party, office, circle, time and
reservations, so that a signature cannot be carried to another text, circle, office or set of reservations.

A key file signs the statement's bytes (Ed25519, RFC 8032). A passkey signs an assertion of which the challenge is the
SHA-256 of these bytes (Web Authentication Level 2, 7.2); ES256 and Ed25519 count.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from tansiq.accord.agreed import composed
from tansiq.records.kinds.signatory import Signatory
from tansiq.records.kinds.signature import Reservation

FORMAT: Final = "tansiq-signature/1"
ALGORITHMS: Final = (-7, -8)
"""Of passkeys: ES256 and EdDSA (COSE, RFC 9053)."""

KEY_SIZE: Final = 32
LOCAL: Final = "localhost"

Problem = Literal[
    "unreadable",
    "unknown_signatory",
    "other_party",
    "not_entitled",
    "revoked",
    "outside_term",
    "text_missing",
    "other_text",
    "other_bytes",
    "other_origin",
    "not_verified",
    "bad_key",
    "late_reservation",
]
"""Why a signature counts for nothing."""


class Statement(Struct, frozen=True):
    """Who does what to which text when. `circle` is the circle's id, which also says exercise or live."""

    act: Literal["initial", "sign"]
    digest: str
    circle: str
    party: str
    signatory: str
    at: int
    reservations: tuple[Reservation, ...] = ()


def statement_bytes(statement: Statement) -> bytes:
    """The bytes that are signed: JSON in one field order, reservations by clause, UTF-8 in form C."""
    reservations: list[dict[str, Any]] = [
        {
            "clause": one.clause,
            "effect": one.effect,
            "text": composed(msgspec.to_builtins(one.text)),
        }
        for one in statement.reservations
    ]
    reservations.sort(key=msgspec.json.encode)
    return msgspec.json.encode(
        {
            "format": FORMAT,
            "act": statement.act,
            "digest": statement.digest,
            "circle": statement.circle,
            "party": statement.party,
            "signatory": statement.signatory,
            "at": statement.at,
            "reservations": reservations,
        }
    )


def challenge(statement: bytes) -> bytes:
    """What a passkey is asked to sign."""
    return hashlib.sha256(statement).digest()


def fingerprint(key: str) -> str:
    """SHA-256 of a public key as it stands in its record, in hexadecimal by fours: what two people compare."""
    digest = hashlib.sha256(_raw(key) or b"").hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def check(
    signatory: Signatory, statement: bytes, signature: str, authenticator: str | None, client: str | None
) -> Problem | None:
    """Why a signature does not hold under a signatory's key; None where it does."""
    key, signed = _raw(signatory.key or ""), _raw(signature)
    if key is None or signed is None:
        return "unreadable"
    if signatory.method == "passkey":
        from tansiq.accord.passkey import check_passkey  # noqa: PLC0415 - its reader is loaded with the first passkey

        return check_passkey(key, signatory.rp_id or "", statement, signed, _raw(authenticator), _raw(client))
    if len(key) != KEY_SIZE:
        return "bad_key"
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed, statement)
    except (InvalidSignature, ValueError):
        return "other_bytes"
    return None


def of_host(origin: str, rp_id: str) -> bool:
    """Whether a page of this origin may use a passkey made for that host (Level 2, 5.1.3: the host or one below it)."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if not rp_id or (parts.scheme != "https" and host != LOCAL and not host.endswith(f".{LOCAL}")):
        return False
    return host == rp_id or host.endswith(f".{rp_id}")


def _raw(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def covers(reservations: Sequence[Reservation], earlier: Sequence[Reservation]) -> bool:
    """Whether every reservation stood among the earlier ones already: one may be taken back, never added."""
    return all(one in earlier for one in reservations)
