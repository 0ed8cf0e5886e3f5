"""Joint coordination centre and its life cycle: agreed → preparing → active → suspended → closed.

Each side states the state and its date by itself; where they differ, both stand.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Millis, Names, Origin, Place, Url


class Centre(Body, frozen=True):
    """One side's statement of a centre; a statement on another side's centre points to it by `about`."""

    names: Names | None = None
    place: Place | None = None
    state: Literal["agreed", "preparing", "active", "suspended", "closed"] | None = None
    since: Millis | None = None
    since_precision: Literal["day", "month"] | None = None
    reason: LongText | None = None
    text: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("centre", Centre, {}, {})
