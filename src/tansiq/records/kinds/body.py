"""Body: a committee, field committee, centre or secretariat, with components per party and their quorums.

In force once every party that has a component has accepted this very record: membership changes by joint act only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body as Fields
from tansiq.records.kind import Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Language, LongText, Millis, Names, Origin, Url

Seats = Annotated[int, Meta(ge=0, le=500)]
BodyType = Literal["committee", "field_committee", "centre", "working_group", "secretariat"]


class Component(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one party has in a body: seats, how many of them must be there, and how many in an emergency."""

    party: PartyName
    seats: Seats
    quorum: Seats
    emergency: Seats | None = None

    def __post_init__(self) -> None:
        """A quorum over the seats, and an emergency quorum over the quorum, are refused."""
        if self.quorum > self.seats or (self.emergency or 0) > self.quorum:
            raise ValueError("a quorum is over what there is")


class BodyRecord(Fields, frozen=True):
    """`parent` is the body above it, `centre` and `area` what it sits for."""

    names: Names | None = None
    body_type: BodyType | None = None
    components: Annotated[list[Component], Meta(min_length=1, max_length=16)] | None = None
    parent: AnyRef | None = None
    centre: AnyRef | None = None
    area: AnyRef | None = None
    status: Literal["proposed", "withdrawn", "dissolved"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """A party with two components is refused."""
        parties = [one.party for one in self.components or []]
        if len(parties) != len(set(parties)):
            raise ValueError("a party has two components")


KIND = Kind("body", BodyRecord, {}, {})
