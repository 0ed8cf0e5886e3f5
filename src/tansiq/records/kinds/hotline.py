"""Hotline: a word from desk to desk about one collision of plans, known by the one id that it has on every desk."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Origin

CollisionId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class Hotline(Body, frozen=True):
    """Every member of the circle can read it."""

    collision: CollisionId | None = None
    text: LongText | None = None
    urgent: bool | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("hotline", Hotline, {}, {})
