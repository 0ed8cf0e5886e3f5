"""Grid references as the radio gives them: the letters of the square and its digits, without the zone (`LE 716 609`).

The letters come again every three zones of longitude and every 2000 km of latitude (NGA.STND.0037, section 3), so that
within some hundred kilometres of a known place they mean one square only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Final

from tansiq.errors import Refused
from tansiq.geo.mgrs import Cell, from_mgrs, to_mgrs
from tansiq.geo.spelling import western_digits

_SHORT: Final = re.compile(r"([A-HJ-NP-Z])\s*([A-HJ-NP-V])\s*([0-9]{4,10}|[0-9]{2,5}\s+[0-9]{2,5})", re.IGNORECASE)
_E7: Final = 10_000_000
_BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
_LONGEST: Final = 40
_ZONES_AROUND: Final = 1
_DEGREES_A_ZONE: Final = 6
_DEGREES_A_BAND: Final = 8
_METRES_A_DEGREE: Final = 111_320
_FARTHEST: Final = 4 * _E7
"""So far from a known place, in degrees of latitude and of longitude."""


def looks_short(text: str) -> bool:
    """Whether a text is meant as a reference without its zone."""
    return len(text) <= _LONGEST and _SHORT.fullmatch(_plain(text)) is not None


def full_reference(text: str, known: Iterable[tuple[int, int]]) -> str | None:
    """The reference with its zone that a short one means near known places (E7); None where it means none, or two."""
    places = list(known)
    cells = [cell for zone, band in _zones(places) if (cell := _cell(f"{zone:02d}{band}{_plain(text)}")) is not None]
    near = [
        cell
        for cell in cells
        if any(abs(cell.lat - lat) < _FARTHEST and abs(cell.lon - lon) < _FARTHEST for lat, lon in places)
    ]
    # the middle of a square that the edge of its zone cuts may lie beyond it, where the square has another name
    whole = [cell for cell in near if to_mgrs(cell.lat, cell.lon, (len(cell.mgrs) - 5) // 2) == cell.mgrs]
    found = whole or [cell for cell in near if _at_edge(cell)]
    return found[0].mgrs if len(found) == 1 else None


def _at_edge(cell: Cell) -> bool:
    """Whether the middle of a square lies beyond its zone by less than the square is wide, and within its band."""
    south = _DEGREES_A_BAND * _BANDS.index(cell.mgrs[2]) - 80
    east = cell.lon / _E7 + 180 - (int(cell.mgrs[:2]) - 1) * _DEGREES_A_ZONE
    wide = cell.size / (_METRES_A_DEGREE * math.cos(math.radians(cell.lat / _E7)))
    return -wide < east < _DEGREES_A_ZONE + wide and south <= cell.lat / _E7 < south + _DEGREES_A_BAND


def _plain(text: str) -> str:
    return " ".join(western_digits(text).upper().replace("-", " ").split())


def _zones(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Zones and bands in which known places lie, and those beside them."""
    found = set()
    for lat, lon in places:
        zone, band = int((lon / _E7 + 180) // 6) + 1, int((lat / _E7 + 80) // 8)
        found |= {
            (zone + east, _BANDS[band + north])
            for east in (-_ZONES_AROUND, 0, _ZONES_AROUND)
            for north in (-1, 0, 1)
            if 0 < zone + east <= 60 and 0 <= band + north < len(_BANDS)
        }
    yield from sorted(found)


def _cell(reference: str) -> Cell | None:
    """The square of a reference; None where the grid has none of these letters."""
    try:
        return from_mgrs(reference)
    except Refused:
        return None
