"""Files by which a text is signed away from any node: the text goes out, the signature comes back."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct

from tansiq.accord import agreed
from tansiq.accord.agreed import AgreedText
from tansiq.accord.key_file import public_of
from tansiq.accord.statement import Statement, statement_bytes
from tansiq.errors import MalformedInput, NotFound
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.kinds.signature import Base64, Reservation, TextDigest
from tansiq.records.values import Millis, Names

TEXT_FORMAT: Final = "tansiq-text/1"
SIGNATURE_FORMAT: Final = "tansiq-signature-file/1"
MAX_FILE: Final = 2 * agreed.MAX_TEXT
_File = TypeVar("_File", bound=Struct)
Refs = Annotated[list[AnyRef], Meta(max_length=1000)]


class Office(Struct, frozen=True, forbid_unknown_fields=True):
    """An office that may sign, as its party named it."""

    ref: AnyRef
    names: Names
    key: str
    may: list[Literal["initial", "sign"]]


class TextFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A text to be signed by one party away from its node; `text` are the canonical bytes."""

    format: Literal["tansiq-text/1"]
    exercise: bool
    circle: Annotated[str, Meta(max_length=32)]
    party: PartyName
    agreement: AnyRef
    frame: AnyRef
    clauses: Refs
    offices: Annotated[list[Office], Meta(max_length=200)]
    digest: TextDigest
    text: str


class SignatureFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A signature to be carried to its party's node."""

    format: Literal["tansiq-signature-file/1"]
    circle: Annotated[str, Meta(max_length=32)]
    agreement: AnyRef
    frame: AnyRef
    clauses: Refs
    act: Literal["initial", "sign"]
    digest: TextDigest
    signatory: AnyRef
    at: Millis
    signature: Base64
    reservations: Annotated[list[Reservation], Meta(max_length=64)] = []


def read_text(data: bytes) -> tuple[TextFile, AgreedText]:
    """A text file and its text, of which the digest is reckoned anew (`signing.bad_text_file`)."""
    found = _read(data, TextFile, "signing.bad_text_file")
    raw = found.text.encode()
    text = agreed.read(raw)
    if hashlib.sha256(raw).hexdigest() != found.digest:
        raise MalformedInput("signing.bad_text_file", reason="digest")
    return found, text


def read_signature(data: bytes) -> SignatureFile:
    """A signature file (`signing.bad_signature_file`)."""
    return _read(data, SignatureFile, "signing.bad_signature_file")


def sign_file(
    file: TextFile,
    key: Ed25519PrivateKey,
    act: Literal["initial", "sign"],
    at: int,
    reservations: tuple[Reservation, ...] = (),
) -> SignatureFile:
    """Sign a text file; the office is the one that the key belongs to (`signing.no_office`)."""
    public = public_of(key)
    office = next((one for one in file.offices if one.key == public and act in one.may), None)
    if office is None:
        raise NotFound("signing.no_office", act=act)
    statement = Statement(act, file.digest, file.circle, file.party, office.ref, at, reservations)
    signature = base64.b64encode(key.sign(statement_bytes(statement))).decode()
    return SignatureFile(
        "tansiq-signature-file/1",
        file.circle,
        file.agreement,
        file.frame,
        file.clauses,
        act,
        file.digest,
        office.ref,
        at,
        signature,
        list(reservations),
    )


def check_reservations(act: Literal["initial", "sign"], reservations: Sequence[Reservation], text: AgreedText) -> None:
    """Refuse reservations with initials (`signing.reservation_with_initials`), to a clause that is none of the text's
    (`signing.no_such_clause`), or without words (`signing.empty_reservation`).
    """
    if act == "initial" and reservations:
        raise MalformedInput("signing.reservation_with_initials")
    keys = {one.key for one in text.clauses}
    for one in reservations:
        if one.clause not in keys:
            raise MalformedInput("signing.no_such_clause", clause=one.clause)
        if not any(msgspec.to_builtins(one.text).values()):
            raise MalformedInput("signing.empty_reservation", clause=one.clause)


def _read(data: bytes, kind: type[_File], code: str) -> _File:
    if len(data) > MAX_FILE:
        raise MalformedInput(code, reason=f"{len(data)} > {MAX_FILE}")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput(code, reason=str(error)[:200]) from error
