"""The circle: an immutable set of parties that see the same ledgers, with a random 128-bit id.

A descriptor is plain JSON in one fixed field order. It needs no signature of its own: the first entry of every
member's ledger names its SHA-256, so a member that was handed another descriptor is found out by the first pull.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.circles.card import PARTY_ID, PartyCard
from tansiq.errors import MalformedInput, NotFound
from tansiq.ledger.keys import check_public
from tansiq.ledger.note import decode_base64
from tansiq.records.values import CircleId, Names, PartyId

MAX_DESCRIPTOR: Final = 65_536


class Member(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A member and the keys by which the others know it in this epoch (base64; `tls` is a SHA-256 in hex).

    `recovery` speaks where the log key was lost; it is kept offline.
    """

    party: Annotated[PartyId, Meta(pattern=PARTY_ID)]
    log: str
    witness: str
    mirror: str
    tls: str
    recovery: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every signing key that it has; only the one for recovery may be absent."""
        named = (self.log, self.witness, self.mirror)
        return (*named, self.recovery) if self.recovery else named

    @classmethod
    def of(cls, card: PartyCard) -> Member:
        """The member that `card` describes."""
        return cls(card.party, card.log, card.witness, card.mirror, card.tls_pin, card.recovery)


class Circle(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The descriptor of one epoch of a circle; `previous` is the SHA-256 (hex) of the one before it.

    `exercise` is for good: no record crosses between the two.
    """

    v: Literal[1]
    id: Annotated[CircleId, Meta(pattern=r"^[0-9a-f]{32}$", max_length=32)]
    epoch: Annotated[int, Meta(ge=1, le=1_000_000)]
    names: Names
    exercise: bool
    members: Annotated[list[Member], Meta(min_length=1, max_length=64)]
    previous: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", max_length=64)] | None = None

    @property
    def parties(self) -> tuple[PartyId, ...]:
        """The ids of the members in the order of the descriptor."""
        return tuple([member.party for member in self.members])

    @property
    def private(self) -> bool:
        """Whether this is a party's own circle, which nobody else sees."""
        return len(self.members) == 1

    def origin(self, party: PartyId) -> str:
        """The origin of `party`'s ledger: `<party>/<circle id>/<epoch>`."""
        return f"{party}/{self.id}/{self.epoch}"

    def member(self, party: PartyId) -> Member:
        """The member `party`; refused as not found where it is none."""
        for member in self.members:
            if member.party == party:
                return member
        raise NotFound("circle.not_a_member", party=party, circle=self.id)


def write_circle(circle: Circle) -> bytes:
    """The descriptor's bytes, the only spelling of it."""
    return msgspec.json.encode(circle)


def descriptor_digest(circle: Circle) -> str:
    """SHA-256 of the descriptor, hex: what the first entry of every ledger of the circle names."""
    return hashlib.sha256(write_circle(circle)).hexdigest()


@lru_cache(maxsize=256)  # a node reads the few descriptors of its circles again and again
def read_circle(data: bytes) -> Circle:
    """The circle in `data`; another spelling, a repeated party or key is refused (`circle.malformed`)."""
    if len(data) > MAX_DESCRIPTOR:
        raise MalformedInput("circle.malformed", reason=f"{len(data)} > {MAX_DESCRIPTOR} bytes")
    try:
        circle = msgspec.json.decode(data.strip(), type=Circle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("circle.malformed", reason=str(error)[:200]) from error
    if write_circle(circle) != data.strip():
        raise MalformedInput("circle.malformed", reason="not in its one spelling")
    keys = [key for member in circle.members for key in member.keys]
    if len(set(circle.parties)) != len(circle.members) or len(set(keys)) != len(keys):
        raise MalformedInput("circle.malformed", reason="a party or a key stands twice")
    for key in keys:
        raw = decode_base64(key)
        if raw is None:
            raise MalformedInput("circle.malformed", reason="a key is not base64")
        check_public(raw)
    return circle
