"""Understanding: what was agreed in principle in a meeting, numbered; each party confirms it for itself."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Language, LongText, Millis, Names, Origin, Texts, Url


class Understanding(Body, frozen=True):
    """`about` names the meeting; `parties` are those whose word it needs."""

    number: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    names: Names | None = None
    text: Texts | None = None
    parties: Annotated[list[PartyName], Meta(min_length=1, max_length=16)] | None = None
    files: Annotated[list[AnyRef], Meta(max_length=16)] | None = None
    status: Literal["proposed", "withdrawn"] | None = None
    at: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("understanding", Understanding, {}, {})
