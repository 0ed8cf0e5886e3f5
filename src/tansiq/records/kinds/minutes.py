"""Minutes of the meeting that they are `about`: drafted by one side or the facilitator, confirmed by each party."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Origin, Texts, Url


class MinuteItem(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was said to one point of the agenda (from 1), and whether something was decided."""

    text: Texts
    agenda: Annotated[int, Meta(ge=1, le=64)] | None = None
    decision: bool = False


class Minutes(Body, frozen=True):
    """A consent to this very record confirms it; what its `reservation` says stands next to the text."""

    items: Annotated[list[MinuteItem], Meta(min_length=1, max_length=64)] | None = None
    status: Literal["draft", "put", "withdrawn"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("minutes", Minutes, {}, {})
