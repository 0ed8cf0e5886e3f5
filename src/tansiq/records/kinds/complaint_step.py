"""Step: what follows the complaint that it is `about`: reply, verification, finding, recommendation, execution."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import (
    Language,
    LongText,
    Millis,
    Names,
    Origin,
    Place,
    ShortText,
    Texts,
    Url,
)


class ComplaintStep(Body, frozen=True):
    """A recommendation that can be checked says what (`action`), where, how many, by whom and by when; an execution
    names the recommendation that it carries out in `of`.
    """

    step: Literal["reply", "verification", "finding", "recommendation", "execution"] | None = None
    finding: Literal["upheld", "partly", "not_upheld", "unclear"] | None = None
    text: Texts | None = None
    action: Names | None = None
    place: Place | None = None
    number: ShortText | None = None
    by: PartyName | None = None
    due: Millis | None = None
    of: AnyRef | None = None
    done: Literal["yes", "partly", "no"] | None = None
    records: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    reason: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("complaint_step", ComplaintStep, {}, {})
