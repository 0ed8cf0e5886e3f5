"""MGRS: to and from, and the squares of its grid in which a place is told coarsely.

Positions are WGS 84, degrees × 10⁷ as whole numbers (E7); lengths are metres. Text and squares follow
NGA.STND.0037 (Universal Grids), section 3: digits are cut off, never rounded, so a reference names the
square that holds the point. The polar caps (north of 84°, south of 80°) have another grid and are refused.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from typing import Final

from mgrs import MGRS  # type: ignore[import-untyped]  # the library has no type marker
from mgrs.core import MGRSError  # type: ignore[import-untyped]  # the same

from tansiq.errors import MalformedInput

SIZES: Final = {100_000: 0, 10_000: 1, 1_000: 2}
"""Squares that a place may be told in: side in metres, and digits each of easting and northing."""

_TEXT: Final = re.compile(r"([0-9]{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z])\s*([A-HJ-NP-V])([0-9\s]*)", re.ASCII)
_E7: Final = 10_000_000
_FULL_DIGITS: Final = 5

# The middle of a square that a band or a zone cuts may lie beyond the cut. The library still converts it
# rightly and warns; that middle is what we want (see `Cell`).
warnings.filterwarnings("ignore", message=r'Warning in "Convert_MGRS_To_Geodetic"', category=RuntimeWarning)
_CONVERTER: Final = MGRS()


@dataclass(frozen=True)
class Cell:
    """A square of the grid: its middle (E7), its side (metres), its reference.

    The edge of a zone cuts squares. Middle and side are those of the uncut square, so the square drawn from
    them always holds the point, while the middle itself may lie in the next zone.
    """

    lat: int
    lon: int
    size: int
    mgrs: str


def to_mgrs(lat_e7: int, lon_e7: int, digits: int = _FULL_DIGITS) -> str:
    """The reference of the square that holds the point, without spaces.

    `digits` each for easting and northing, 0 (100 km) to 5 (1 m). Refuses what is not a position
    (`place.degrees_range`) and the polar caps (`place.polar`).
    """
    if not (-90 * _E7 <= lat_e7 <= 90 * _E7 and -180 * _E7 <= lon_e7 <= 180 * _E7):
        raise MalformedInput("place.degrees_range")
    if not -80 * _E7 <= lat_e7 < 84 * _E7:
        raise MalformedInput("place.polar")
    full = str(_CONVERTER.toMGRS(lat_e7 / _E7, lon_e7 / _E7, MGRSPrecision=_FULL_DIGITS))
    # Asked for fewer digits, releases of the library have differed between cutting and rounding: so we cut.
    square, east, north = full[:-10], full[-10:-5], full[-5:]
    return f"{square.zfill(5)}{east[:digits]}{north[:digits]}"


def from_mgrs(text: str) -> Cell:
    """The square that a reference names; spaces between its parts do not matter.

    Refuses what has not the shape of a reference (`place.mgrs_shape`), digits that do not part evenly into
    easting and northing (`place.mgrs_digits`), and a square that the grid has not (`place.mgrs_square`).
    """
    parts = _TEXT.fullmatch(" ".join(text[:80].split()).upper())
    if parts is None:
        raise MalformedInput("place.mgrs_shape", text=text[:40])
    zone, band, column, row, tail = parts.groups()
    groups = tail.split()
    digits = "".join(groups)
    half = len(digits) // 2
    uneven = len(groups) > 2 or (len(groups) == 2 and len(groups[0]) != len(groups[1]))
    if len(digits) % 2 or half > _FULL_DIGITS or uneven:
        raise MalformedInput("place.mgrs_digits", text=text[:40])
    size = 10 ** (_FULL_DIGITS - half)
    square = f"{int(zone):02d}{band}{column}{row}"
    lat_e7, lon_e7 = _middle(square, int(digits[:half] or 0) * size, int(digits[half:] or 0) * size, size)
    return Cell(lat_e7, lon_e7, size, square + digits)


def grid_cell(lat_e7: int, lon_e7: int, size_m: int) -> Cell:
    """The square of 1, 10 or 100 km that holds the point. Refuses other sizes (`place.grid_size`)."""
    if size_m not in SIZES:
        raise MalformedInput("place.grid_size", size=size_m)
    return from_mgrs(to_mgrs(lat_e7, lon_e7, SIZES[size_m]))


def radius(cell: Cell) -> int:
    """Metres from the middle of the square to its corner, rounded up: how accurate the reference is."""
    return math.isqrt(cell.size * cell.size // 2) + 1


def _middle(square: str, east: int, north: int, size: int) -> tuple[int, int]:
    """Middle (E7) of the square with its south-west corner `east`, `north` metres inside the 100 km square.

    Always asked for with all digits: for a shorter reference some releases of the library answer the corner,
    others the middle.
    """
    middle = f"{square}{east + size // 2:05d}{north + size // 2:05d}"
    try:
        lat, lon = _CONVERTER.toLatLon(middle)
    except MGRSError:
        raise MalformedInput("place.mgrs_square", text=square) from None
    return round(lat * _E7), round(lon * _E7)
