"""Post: a fixed position of a party, or of several together."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Cell, LongText, Millis, Names, Origin, Place


class Post(Body, frozen=True):
    """Manned, vacated or planned. Strength is not a field: it would turn the picture into a target list."""

    names: Names | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    post_type: Literal["post", "checkpoint", "joint_checkpoint", "contact_point", "base"] | None = None
    status: Literal["manned", "vacated", "planned"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("post", Post, {"place": "place_coarse"}, {})
