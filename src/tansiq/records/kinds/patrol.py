"""Patrol: a way that a party passes by a timetable."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import LongText, Millis, Mobility, Names, Origin, Path, Schedule


class Patrol(Body, frozen=True):
    """The corridor `width_m` wide along `path`, and the hours of the week in which it is passed from end to end.

    Who goes, with what and how many, is not a field.
    """

    names: Names | None = None
    path: Path | None = None
    width_m: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    hours: Schedule | None = None
    mobility: Mobility | None = None
    status: Literal["running", "suspended", "planned"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("patrol", Patrol, {}, {})
