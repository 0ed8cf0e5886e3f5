"""Trigger: an event that starts clocks; it counts once every party in `parties` has stated the same day for it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Language, LongText, Names, Origin, Texts


class Trigger(Body, frozen=True):
    """What is to happen, of which agreement, and whose word on it is needed; `centre` where it is an opening."""

    names: Names | None = None
    text: Texts | None = None
    agreement: AnyRef | None = None
    centre: AnyRef | None = None
    parties: Annotated[list[PartyName], Meta(min_length=1, max_length=16)] | None = None
    status: Literal["proposed", "withdrawn"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("trigger", Trigger, {}, {})
