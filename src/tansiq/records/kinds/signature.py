"""Signature: a signatory's own signature, or initials, under the exact text of the agreement that it is `about`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.kinds.clause import ClauseKey
from tansiq.records.values import Language, LongText, Millis, Origin, Texts

TextDigest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Base64 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{1,8000}={0,2}$(?!\n)")]


class Reservation(Struct, frozen=True, forbid_unknown_fields=True):
    """What a party signs without, or reads in its own way."""

    clause: ClauseKey
    effect: Literal["excludes", "modifies", "interprets"]
    text: Texts


class Signature(Body, frozen=True):
    """`digest` is SHA-256 over the canonical bytes of the text in all authentic languages; `signature` is over a
    statement of it with act, circle, party, office, time and reservations; `authenticator` and `client` are a
    passkey's (WebAuthn level 2). `frame` and `clauses` are the very records (`party/id`) that the text was made of, so
    that it can be read again whatever is said of them later.
    """

    act: Literal["initial", "sign"] | None = None
    digest: TextDigest | None = None
    frame: AnyRef | None = None
    clauses: Annotated[list[AnyRef], Meta(max_length=1000)] | None = None
    signatory: AnyRef | None = None
    at: Millis | None = None
    signature: Base64 | None = None
    authenticator: Base64 | None = None
    client: Base64 | None = None
    reservations: Annotated[list[Reservation], Meta(max_length=64)] | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("signature", Signature, {}, {})
