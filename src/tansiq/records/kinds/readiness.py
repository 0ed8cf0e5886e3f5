"""Readiness list of the centre that it is `about`, as one side sees it, point by point.

A point is ready once every side says so; a centre starts when every point is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import PartyName
from tansiq.records.kinds.clause import ClauseKey
from tansiq.records.values import Language, LongText, Millis, Names, Origin, ShortText


class Point(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One point: what is needed, who sees to it, and how it stands."""

    key: ClauseKey
    names: Names
    state: Literal["open", "ready", "not_needed"]
    by: PartyName | None = None
    due: Millis | None = None
    remark: ShortText | None = None


class Readiness(Body, frozen=True):
    """Keys tie a point to the same point in another side's list."""

    points: Annotated[list[Point], Meta(min_length=1, max_length=100)] | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """A key that stands twice is refused."""
        keys = [one.key for one in self.points or []]
        if len(keys) != len(set(keys)):
            raise ValueError("a point stands twice")


KIND = Kind("readiness", Readiness, {}, {})
