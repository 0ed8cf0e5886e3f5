"""Proposal: what one party would change so that less ground lies open, put before the others."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import (
    Latitude,
    Longitude,
    LongText,
    Millis,
    Names,
    Origin,
    Path,
    Range,
    Ref,
    Schedule,
    ShortText,
)

AnyRef = Annotated[Ref, Meta(max_length=128)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class Moved(Struct, frozen=True, forbid_unknown_fields=True):
    """A post that would stand elsewhere."""

    ref: AnyRef
    lat: Latitude
    lon: Longitude


class Added(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A post that would be new: of which party, where, how far it would see, when it would be manned."""

    party: Annotated[str, Meta(max_length=64)]
    lat: Latitude
    lon: Longitude
    height_m: Annotated[int, Meta(ge=0, le=500)]
    range_day_m: Range
    range_night_m: Range
    hours: Schedule | None = None


class AddedPatrol(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A patrol that would be new: of which party, its path, how wide its corridor, when it is under way."""

    party: Annotated[str, Meta(max_length=64)]
    path: Path
    width_m: Annotated[int, Meta(ge=1, le=20_000)]
    hours: Schedule


class Retimed(Struct, frozen=True, forbid_unknown_fields=True):
    """A post or a patrol that would keep other hours."""

    ref: AnyRef
    hours: Schedule


class Proposal(Body, frozen=True):
    """The changes, and the digests of the answers without and with them, so that anyone can compute both again."""

    names: Names | None = None
    area: AnyRef | None = None
    moved: Annotated[list[Moved], Meta(max_length=64)] | None = None
    added: Annotated[list[Added], Meta(max_length=64)] | None = None
    patrols: Annotated[list[AddedPatrol], Meta(max_length=16)] | None = None
    removed: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    retimed: Annotated[list[Retimed], Meta(max_length=64)] | None = None
    closed: Annotated[list[ShortText], Meta(max_length=64)] | None = None
    answer_before: Digest | None = None
    answer_after: Digest | None = None
    status: Literal["put", "agreed", "withdrawn"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("proposal", Proposal, {}, {})
