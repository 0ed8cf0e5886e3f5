"""Finding: what was found by those who went to see about the incident that it is `about`; others assent by consent."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Language, LongText, Millis, Names, Origin, Place, ShortText, Texts


class Finding(Body, frozen=True):
    """`went` are the parties that went, never persons; `date` is when. A finding that is closed names an action, a
    place, a number and a date.
    """

    step: Literal["verified", "investigated"] | None = None
    text: Texts | None = None
    action: Names | None = None
    place: Place | None = None
    number: ShortText | None = None
    date: Millis | None = None
    went: Annotated[list[PartyName], Meta(max_length=16)] | None = None
    records: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    status: Literal["open", "closed", "withdrawn"] | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("finding", Finding, {}, {})
