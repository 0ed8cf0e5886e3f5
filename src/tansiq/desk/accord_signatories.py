"""Offices that sign: naming one with the key of a file, with a passkey, and taking it back."""

from __future__ import annotations

import base64
import secrets
import threading
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.accord.statement import ALGORITHMS, KEY_SIZE, of_host
from tansiq.circles.gate import SIGNATORY, Author
from tansiq.desk import saying
from tansiq.desk.accord_board import table_of
from tansiq.desk.accord_signing import CircleId
from tansiq.desk.office import Office
from tansiq.desk.request import learn
from tansiq.desk.saying import Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import LongText, Millis, Names

MOST_ASKED: Final = 64
"""So many registrations may be open at a time; the oldest goes."""
Acts = Annotated[list[Literal["initial", "sign"]], Meta(min_length=1, max_length=2)]


def both() -> list[Literal["initial", "sign"]]:
    """What an office may do where nothing else is said."""
    return ["initial", "sign"]


class NameRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An office with the public key of its key file (base64 of 32 bytes)."""

    circle: CircleId
    names: Names
    key: Annotated[str, Meta(max_length=64)]
    may: Acts = msgspec.field(default_factory=both)
    since: Millis | None = None
    until: Millis | None = None


class PasskeyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser answered when it was asked to make a passkey for an office at this host."""

    circle: CircleId
    names: Names
    credential: dict[str, Any]
    rp_id: Annotated[str, Meta(min_length=1, max_length=253)]
    origin: Annotated[str, Meta(max_length=300)]
    challenge: Annotated[str, Meta(max_length=100)]
    may: Acts = msgspec.field(default_factory=both)
    since: Millis | None = None
    until: Millis | None = None


class RevokeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Take an office's key back; what it signed before stays."""

    circle: CircleId
    ref: AnyRef
    reason: LongText


class Asked:
    """Challenges of registrations that are under way on this node."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, str] = {}

    def ask(self, user: str) -> str:
        """A fresh challenge (base64url) for an account."""
        made = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._open) >= MOST_ASKED:
                self._open.pop(next(iter(self._open)))
            self._open[made] = user
        return made

    def spend(self, challenge: str, user: str) -> None:
        """A challenge serves once, and only whom it was made for (`signing.no_challenge`)."""
        with self._lock:
            if self._open.pop(challenge, None) != user:
                raise Conflict("signing.no_challenge")


def check_signatory(author: Author) -> None:
    """Refuse (`signing.may_not`) whoever does not sign for the party."""
    if SIGNATORY not in author.roles:
        raise NotAllowed("signing.may_not", user=author.user, act="sign")


def begin(office: Office, author: Author) -> dict[str, Any]:
    """What a browser needs to make a passkey: a challenge, and the algorithms that count."""
    check_signatory(author)
    return {
        "challenge": office.memory.of(Asked).ask(author.user),
        "algorithms": list(ALGORITHMS),
    }


def name_with_file(office: Office, asked: NameRequest, author: Author) -> Reference:
    """Name an office that signs with a key file."""
    check_signatory(author)
    try:
        key = base64.b64decode(asked.key, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_SIZE:
        raise MalformedInput("signing.bad_public_key")
    return _say(office, asked, {"method": "key_file", "key": asked.key}, author)


def name_with_passkey(office: Office, asked: PasskeyRequest, author: Author) -> Reference:
    """Name an office that signs with a passkey (`signing.bad_passkey`: another origin, no user verification, …)."""
    from webauthn import base64url_to_bytes, verify_registration_response  # noqa: PLC0415 - with the first passkey
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415 - as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - as above

    check_signatory(author)
    if not of_host(asked.origin, asked.rp_id):
        raise MalformedInput("signing.bad_passkey", reason=asked.origin[:80])
    office.memory.of(Asked).spend(asked.challenge, author.user)
    try:
        made = verify_registration_response(
            credential=asked.credential,
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.rp_id,
            expected_origin=asked.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(one) for one in ALGORITHMS],
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise MalformedInput("signing.bad_passkey", reason=str(error)[:120]) from error
    key = base64.b64encode(made.credential_public_key).decode()
    return _say(office, asked, {"method": "passkey", "key": key, "rp_id": asked.rp_id}, author)


def _say(office: Office, asked: NameRequest | PasskeyRequest, key: dict[str, Any], author: Author) -> Reference:
    names = {language: name for language, name in msgspec.to_builtins(asked.names).items() if name}
    if not names:
        raise MalformedInput("signing.no_name")
    fields = {"names": names, **key, "may": sorted(set(asked.may)), "status": "valid"}
    fields |= {name: at for name, at in (("since", asked.since), ("until", asked.until)) if at is not None}
    return saying.release(office, SayRequest("signatory", fields, [ReleaseRequest(asked.circle)]), author)[0]


def revoke(office: Office, asked: RevokeRequest, author: Author) -> Reference:
    """Take an own office's key back (`signing.no_office`, `accord.no_reason`)."""
    check_signatory(author)
    with table_of(office, asked.circle) as table:
        thing = table.told.get(asked.ref)
    if thing is None or thing.kind != "signatory" or thing.party != office.party:
        raise NotFound("signing.no_office", act="sign")
    if not asked.reason.strip():
        raise MalformedInput("accord.no_reason")
    fields = {"status": "revoked", "note": asked.reason}
    request = SayRequest("signatory", fields, [ReleaseRequest(asked.circle)], thing.ref, urgent=True)
    return saying.release(office, request, author)[0]


learn(NameRequest, PasskeyRequest, RevokeRequest)
