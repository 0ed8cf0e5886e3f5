"""Area: ground with a name and a purpose."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.values import LongText, Names, Origin, Ring


class Area(Body, frozen=True):
    """A ring of points (longitude, latitude × 10⁷), closed by itself.

    A `fence` is ground of which one wants to hear who enters and leaves; it makes nobody responsible for anything.
    """

    names: Names | None = None
    ring: Ring | None = None
    purpose: Literal["joint_interest", "responsibility", "fence", "other"] | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("area", Area, {}, {})
