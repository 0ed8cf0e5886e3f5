"""Whether a passkey signed a statement (Web Authentication Level 2, 7.2)."""

from __future__ import annotations

import base64
import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature
from msgspec import Struct
from webauthn.helpers import decode_credential_public_key, parse_authenticator_data
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decoded_public_key_to_cryptography import decoded_public_key_to_cryptography
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.verify_signature import verify_signature

from tansiq.accord.statement import ALGORITHMS, Problem, challenge, of_host


class _Client(Struct, frozen=True):
    """What of a client's data counts (Web Authentication Level 2, 5.8.1)."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool = msgspec.field(name="crossOrigin", default=False)


def check_passkey(  # noqa: PLR0911 - a row of refusals, in the order of the specification
    key: bytes, rp_id: str, statement: bytes, signed: bytes, authenticator: bytes | None, client: bytes | None
) -> Problem | None:
    """The steps of Web Authentication Level 2, 7.2, that can be taken without having asked."""
    if authenticator is None or client is None:
        return "unreadable"
    try:
        data = msgspec.json.decode(client, type=_Client)
        parsed = parse_authenticator_data(authenticator)
        public = decode_credential_public_key(key)
    except (msgspec.DecodeError, UnicodeDecodeError, WebAuthnException, ValueError, KeyError, IndexError, TypeError):
        return "unreadable"
    wanted = base64.urlsafe_b64encode(challenge(statement)).rstrip(b"=").decode()
    if data.type != "webauthn.get" or data.challenge != wanted:
        return "other_bytes"
    if data.cross_origin or not of_host(data.origin, rp_id):
        return "other_origin"
    if parsed.rp_id_hash != hashlib.sha256(rp_id.encode()).digest():
        return "other_origin"
    if not parsed.flags.up or not parsed.flags.uv:
        return "not_verified"
    if public.alg not in ALGORITHMS:
        return "bad_key"
    try:
        verify_signature(
            public_key=decoded_public_key_to_cryptography(public),
            signature_alg=COSEAlgorithmIdentifier(public.alg),
            signature=signed,
            data=authenticator + hashlib.sha256(client).digest(),
        )
    except InvalidSignature:
        return "other_bytes"
    except (WebAuthnException, ValueError, TypeError):
        return "bad_key"
    return None
