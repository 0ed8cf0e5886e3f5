"""Same event: a party's word that the incident it is `about` and another are of one event, or are not."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Language, LongText, Origin


class SameEvent(Body, frozen=True):
    """`other` is the other incident; what is said later of the same two counts."""

    other: AnyRef | None = None
    word: Literal["same", "not_same"] | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("same_event", SameEvent, {}, {})
