"""The reference systems that files state, and boxes around areas in degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from pyproj import CRS
from pyproj.exceptions import ProjError

from tansiq.errors import MalformedInput
from tansiq.geo.layers import Extent

DEGREE_M: Final = 111_320.0
E7: Final = 10_000_000
LONGEST_CRS: Final = 4_000
HOME: Final[Extent] = (36.0, 28.0, 50.0, 40.0)
"""The ground of the base map. Without an area, what lies outside of it and inside when swapped has its axes swapped."""


def read_crs(text: str, name: str) -> tuple[str, str]:
    """A CRS as `EPSG:n` or WKT, horizontal only, and the name of its vertical datum (`unknown` where it has none)."""
    try:
        crs = CRS.from_user_input(text)
    except (ProjError, UnicodeDecodeError) as error:
        raise MalformedInput("layer.no_crs", file=name) from error
    datum = "unknown"
    if crs.is_compound:
        flat, *others = crs.sub_crs_list
        crs, datum = flat, others[0].name[:60] if others else "unknown"
    elif len(crs.axis_info) > 2:
        crs, datum = crs.to_2d(), "ellipsoid"
    if not (crs.is_geographic or crs.is_projected):
        raise MalformedInput("layer.no_crs", file=name)
    code = crs.to_epsg()
    written = f"EPSG:{code}" if code else crs.to_wkt()
    if len(written) > LONGEST_CRS:
        raise MalformedInput("layer.no_crs", file=name)
    return written, datum


def box_of(ring: Sequence[tuple[int, int]], margin_m: float) -> Extent:
    """The extent of a ring (E7), `margin_m` metres wider on every side."""
    lons, lats = [lon / E7 for lon, _ in ring], [lat / E7 for _, lat in ring]
    high = margin_m / DEGREE_M
    wide = high / math.cos(math.radians(min(85.0, max(map(abs, lats)))))
    return min(lons) - wide, min(lats) - high, max(lons) + wide, max(lats) + high
