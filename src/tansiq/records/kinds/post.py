"""Post: a fixed position of a party, or of several together."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Cell, LongText, Millis, Names, Origin, Place, Range, Schedule


class Post(Body, frozen=True):
    """Manned, vacated or planned. Strength is not a field: it would turn the picture into a target list.

    `height_m` is the height of the eye above ground, `range_day_m` and `range_night_m` how far one sees, `hours` when
    the post is manned (not told: around the clock).
    """

    names: Names | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    post_type: Literal["post", "checkpoint", "joint_checkpoint", "contact_point", "base"] | None = None
    status: Literal["manned", "vacated", "planned"] | None = None
    since: Millis | None = None
    height_m: Annotated[int, Meta(ge=0, le=500)] | None = None
    range_day_m: Range | None = None
    range_night_m: Range | None = None
    hours: Schedule | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("post", Post, {"place": "place_coarse"}, {})
