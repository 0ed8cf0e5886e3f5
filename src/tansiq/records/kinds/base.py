"""Base: a place from which a party can send help, and how soon it sets out."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Cell, LongText, Millis, Mobility, Names, Origin, Place, Schedule


class Readiness(Struct, frozen=True, forbid_unknown_fields=True):
    """In these hours it sets out so many minutes after the call."""

    hours: Schedule
    minutes: Annotated[int, Meta(ge=0, le=1440)]


class Base(Body, frozen=True):
    """`mobility` is how it moves, never with what or how many. In hours that no readiness names nobody sets out;
    where several do, the soonest counts.
    """

    names: Names | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    mobility: Annotated[list[Mobility], Meta(min_length=1, max_length=5)] | None = None
    ready: Annotated[list[Readiness], Meta(max_length=16)] | None = None
    status: Literal["at_work", "closed", "planned"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("base", Base, {"place": "place_coarse"}, {})
