"""Answer: what a party says to one exact revision of another's activity; `about` names the activity."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Language, LongText, Origin

RecordKey = Annotated[str, Meta(min_length=36, max_length=36)]
Verdict = Literal["acknowledged", "clear", "conditional", "objection", "stale"]


class Answer(Body, frozen=True):
    """`revision` is the id of the very record that is answered. `acknowledged` is a receipt and no consent; `stale`
    names in `unknown` plans near it that the author did not list.
    """

    revision: RecordKey | None = None
    verdict: Verdict | None = None
    conditions: Annotated[list[LongText], Meta(max_length=8)] | None = None
    reason: LongText | None = None
    unknown: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("answer", Answer, {}, {})
