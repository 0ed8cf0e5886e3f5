"""Signatory: an office of a party that may initial or sign, with the public key that it signs with, not the node's."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Millis, Names, Origin


class Signatory(Body, frozen=True):
    """`names` are those of the office, never of a person; `key` is base64: 32 bytes of Ed25519 (RFC 8032) for a key
    file, a COSE key (RFC 9053) for a passkey, whose `rp_id` is the host that it was made for.
    """

    names: Names | None = None
    method: Literal["key_file", "passkey"] | None = None
    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{40,1400}={0,2}$(?!\n)")] | None = None
    rp_id: Annotated[str, Meta(max_length=253)] | None = None
    may: Annotated[list[Literal["initial", "sign"]], Meta(min_length=1, max_length=2)] | None = None
    status: Literal["valid", "revoked"] | None = None
    since: Millis | None = None
    until: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("signatory", Signatory, {}, {})
