"""Line of presence: where a party says its line runs, since when, and how settled that is."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.values import LongText, Millis, Names, Origin, Path


class Line(Body, frozen=True):
    """A path of points (longitude, latitude × 10⁷)."""

    names: Names | None = None
    path: Path | None = None
    status: Literal["held", "claimed", "agreed", "disputed"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("line", Line, {}, {})
