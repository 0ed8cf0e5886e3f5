"""Request step: what follows the request that it is `about`: taken in hand, answered, refused with why, escalated."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.kinds.terms import Level
from tansiq.records.values import Language, LongText, Origin, ShortText


class RequestStep(Body, frozen=True):
    """`owner` is the office that has it in hand, never a person; `level` is where it stands once it is escalated."""

    step: Literal["taken", "answered", "refused", "escalated"] | None = None
    owner: ShortText | None = None
    text: LongText | None = None
    reason: LongText | None = None
    level: Level | None = None
    records: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("request_step", RequestStep, {}, {})
