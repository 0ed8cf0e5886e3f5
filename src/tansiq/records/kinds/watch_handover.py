"""Hand-over of a watch at the centre that it is `about`: what is open, what comes next; signed by who goes and who
comes, and by the other side that shares the room.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Interval, Language, LongText, Millis, Origin


class WatchHandover(Body, frozen=True):
    """`put` by the desk that goes, `taken` in a later version by the desk that comes; the other side consents to it."""

    watch: Interval | None = None
    text: LongText | None = None
    open: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    systems: LongText | None = None
    next: LongText | None = None
    status: Literal["put", "taken", "refused"] | None = None
    taken_at: Millis | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("watch_handover", WatchHandover, {}, {})
