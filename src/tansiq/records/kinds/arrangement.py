"""Arrangement: what counts as covered in an area."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import LongText, Millis, Minute, Names, Origin, Ref


class Way(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One way to be covered: everything that it names must hold. Minutes from the call, hours since the last pass."""

    seen: bool = False
    reached_minutes: Annotated[int, Meta(ge=1, le=720)] | None = None
    patrolled_hours: Annotated[int, Meta(ge=1, le=168)] | None = None

    def __post_init__(self) -> None:
        """A way that names nothing would cover everything, and is refused."""
        if not self.seen and self.reached_minutes is None and self.patrolled_hours is None:
            raise ValueError("a way to be covered names at least one condition")


class Daylight(Struct, frozen=True, forbid_unknown_fields=True):
    """Between which minutes of the day (local time) the ranges by day hold."""

    from_: Minute = msgspec.field(name="from")
    to: Minute

    def __post_init__(self) -> None:
        """A day that ends before it begins is refused."""
        if self.to < self.from_:
            raise ValueError("daylight ends before it begins")


class Arrangement(Body, frozen=True):
    """Ground of `area` is covered by a party when any of `ways` holds. `parties` are those whose cover is computed."""

    names: Names | None = None
    area: Annotated[Ref, Meta(max_length=128)] | None = None
    ways: Annotated[list[Way], Meta(min_length=1, max_length=8)] | None = None
    parties: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=16)] | None = None
    daylight: Daylight | None = None
    status: Literal["proposed", "agreed", "ended"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("arrangement", Arrangement, {}, {})
