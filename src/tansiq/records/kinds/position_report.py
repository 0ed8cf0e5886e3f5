"""Position report: where a party's own element is, about one of its own announced activities; `about` names it.

One record for each activity, revised as the element moves: the newest revision counts. It tells a square of the grid
and never a point. There is no field for words, so that nobody can be named in it.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Latitude, Longitude, Millis, Origin

GRIDS: Final = (100, 1000, 10_000)
"""Sides (m) of the squares that a sender may choose."""
DEFAULT_GRID: Final = 1000
LEAST_VALID: Final = 5
MOST_VALID: Final = 1440
DEFAULT_VALID: Final = 30
"""Minutes after its fix for which a report is taken to hold."""


class Square(Struct, frozen=True, forbid_unknown_fields=True):
    """A square of the MGRS grid: its middle, its side (m), its reference."""

    lat: Latitude
    lon: Longitude
    size: Literal[100, 1000, 10_000]
    mgrs: Annotated[str, Meta(max_length=11)]


class PositionReport(Body, frozen=True):
    """`at` is the time of the fix, `accuracy_m` its stated radius; the element was in `square`, or so near to it.

    After `valid_minutes` it is stale. `stopped` ends the showing; it takes back nothing that was told.
    """

    status: Literal["showing", "stopped"] | None = None
    at: Millis | None = None
    square: Square | None = None
    accuracy_m: Annotated[int, Meta(ge=0, le=50_000)] | None = None
    valid_minutes: Annotated[int, Meta(ge=LEAST_VALID, le=MOST_VALID)] | None = None
    origin: Origin | None = None


KIND = Kind("position_report", PositionReport, {}, {})
