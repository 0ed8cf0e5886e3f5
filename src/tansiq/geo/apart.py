"""How far two points lie apart, where a hundred metres more or less decide nothing."""

from __future__ import annotations

import math
from typing import Final

E7: Final = 10_000_000
DEGREE_M: Final = 111_195.0
"""Metres in a degree of a great circle of the mean sphere."""


def metres_apart(lat: int, lon: int, other_lat: int, other_lon: int) -> float:
    """Metres between two points (degrees × 10⁷), on a plane that touches the sphere between them."""
    east = (lon - other_lon + 180 * E7) % (360 * E7) - 180 * E7
    across = east * math.cos(math.radians((lat + other_lat) / 2 / E7))
    return math.hypot(across, lat - other_lat) / E7 * DEGREE_M
