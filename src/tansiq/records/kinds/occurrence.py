"""Occurrence: a party's own statement of when the trigger that it is `about` happened. Until all agree, all stand."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Language, LongText, Millis, Origin, Url


class Occurrence(Body, frozen=True):
    """`at` is any time of the local day on which it happened."""

    at: Millis | None = None
    status: Literal["stated", "withdrawn"] | None = None
    evidence: Annotated[list[AnyRef], Meta(max_length=32)] | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("occurrence", Occurrence, {}, {})
