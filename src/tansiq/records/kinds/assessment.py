"""Assessment: one party's reading of the commitment that it is `about`; those of both sides and the facilitator stand
next to each other.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Language, LongText, Millis, Origin, Url


class Assessment(Body, frozen=True):
    """`reading` is on the scale of the Peace Accords Matrix: 0 not begun, 1 minimum, 2 intermediate, 3 complete."""

    word: Literal["kept", "partly", "late", "not_kept", "disputed", "not_yet_due"] | None = None
    reading: Annotated[int, Meta(ge=0, le=3)] | None = None
    as_of: Millis | None = None
    evidence: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    reason: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("assessment", Assessment, {}, {})
