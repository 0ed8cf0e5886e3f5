"""Positions as people type them: MGRS, decimal degrees, degrees with minutes and seconds.

In any of the three sets of digits, with a comma (, ،), a semicolon (; ؛), a slash or a space between the two.
Latitude comes first unless the letters N, S, E, W or their words in Arabic or Sorani say otherwise, which may also name
degrees, minutes and seconds; nothing else is guessed. WGS 84,
degrees × 10⁷ (E7); the accuracy (metres) follows from how many digits were given.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from tansiq.errors import MalformedInput
from tansiq.geo.mgrs import from_mgrs, radius
from tansiq.geo.spelling import western_digits

Notation = Literal["mgrs", "degrees"]

_MGRS_LIKE: Final = re.compile(r"[0-9]{1,2}\s*[A-Z]\s*[A-Z]\s*[A-Z][0-9\s]*", re.IGNORECASE)
_SIZE: Final = (
    r"(?P<deg{0}>[+-]?[0-9]{{1,3}}(?:\.[0-9]{{1,12}})?)\s*°?"
    r"(?:\s*(?P<min{0}>[0-9]{{1,2}}(?:\.[0-9]{{1,9}})?)\s*'(?:\s*(?P<sec{0}>[0-9]{{1,2}}(?:\.[0-9]{{1,6}})?)\s*\")?)?"
)
_FRONT: Final = r"(?P<front{0}>[NSEW])\s*" + _SIZE
_BACK: Final = _SIZE + r"\s*(?P<back{0}>[NSEW])?"
_PAIRS: Final = tuple(
    re.compile(one.format(1) + r"\s*(?:[,;/]\s*|\s+|(?<=[NSEW])|(?=[NSEW]))" + one.format(2), re.IGNORECASE)
    for one in (_FRONT, _BACK)
)
"""The letters of both angles before them, or behind: between two angles a letter could belong to either."""
_MARKS: Final = str.maketrans(
    {"،": ",", "؛": ";", "′": "'", "’": "'", "ʹ": "'", "″": '"', "”": '"', "º": "°", "−": "-"}
)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u061c]")
_SPOKEN: Final = {
    "N": "شمال(?:اً|ًا|ا)?|با[کك]وور",
    "S": "جنوب(?:اً|ًا|ا)?|باشوور",
    "E": "شرق(?:اً|ًا|ا)?|[ڕر]ۆژهە[ڵل]ات",
    "W": "غرب(?:اً|ًا|ا)?|[ڕر]ۆژئاوا",
    "°": "درجة|درجات|پلە",
    "'": "دق[يی]قة|دقائق|خولە[کك]",
    '"': "ثان[يی]ة|ثوان[يی]?|چر[کك]ە",
}
_WORD: Final = re.compile(r"(?<!\w)(?:" + "|".join(f"({words})" for words in _SPOKEN.values()) + r")(?!\w)")
_AND: Final = re.compile(r"(?<=[°'])\s*و\s*(?=[0-9])")
_E7: Final = 10_000_000
_METRES_PER_DEGREE: Final = 111_320


@dataclass(frozen=True)
class Position:
    """A point (E7), its accuracy (metres) and how it was written."""

    lat: int
    lon: int
    accuracy: int
    notation: Notation


def looks_like_coordinates(text: str) -> bool:
    """Whether the text is meant as a position rather than a name, rightly written or not."""
    plain = _plain(text)
    if _MGRS_LIKE.fullmatch(plain):
        return True
    letters = re.sub(r"[NSEW]", "", plain, flags=re.IGNORECASE)
    return bool(re.match(r"[\s+-]*[0-9]", letters)) and not any(sign.isalpha() for sign in letters)


def read_coordinates(text: str) -> Position:
    """The position that the text states.

    Refuses a broken MGRS reference (`place.mgrs_…`), degrees that cannot be read (`place.degrees_shape`) and
    degrees that are not on the globe (`place.degrees_range`).
    """
    plain = _plain(text)
    if _MGRS_LIKE.fullmatch(plain):
        cell = from_mgrs(plain)
        return Position(cell.lat, cell.lon, radius(cell), "mgrs")
    pointed = _decimal_points(plain)
    pair = next((found for shape in _PAIRS if (found := shape.fullmatch(pointed))), None)
    if pair is None:
        raise MalformedInput("place.degrees_shape", text=text[:40])
    first, second = (_angle(pair, which) for which in ("1", "2"))
    if first[2] in {"E", "W"} or second[2] in {"N", "S"}:
        first, second = second, first
    if first[2] in {"E", "W"} or second[2] in {"N", "S"}:
        raise MalformedInput("place.degrees_shape", text=text[:40])
    lat, lon = first[0], second[0]
    if not (-90 * _E7 <= lat <= 90 * _E7 and -180 * _E7 <= lon <= 180 * _E7):
        raise MalformedInput("place.degrees_range")
    return Position(lat, lon, max(first[1], second[1]), "degrees")


def _plain(text: str) -> str:
    # One space for many: the patterns let spaces stand in many places, and long runs would be tried in all of them.
    plain = _INVISIBLE.sub("", western_digits(text)).translate(_MARKS)
    signs = _WORD.sub(lambda word: tuple(_SPOKEN)[(word.lastindex or 1) - 1], plain)
    return " ".join(_AND.sub(" ", signs).split())


def _decimal_points(text: str) -> str:
    """`35,77; 43,58` with points: where something else parts the two numbers, a comma is a decimal one."""
    if re.search(r"[;/]", text) or re.fullmatch(r"[+-]?[0-9]+,[0-9]+\s+[+-]?[0-9]+,[0-9]+", text):
        return re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
    return text


def _angle(pair: re.Match[str], which: str) -> tuple[int, int, str]:
    """One angle: E7, accuracy in metres, and its letter (`N`, `S`, `E`, `W` or none)."""
    degrees, minutes, seconds = (pair[f"{part}{which}"] for part in ("deg", "min", "sec"))
    groups = pair.groupdict()
    letter = (groups.get(f"front{which}") or groups.get(f"back{which}") or "").upper()
    if any(Decimal(part) >= 60 for part in (minutes, seconds) if part):
        raise MalformedInput("place.degrees_shape", text=pair.string[:40])
    size = abs(Decimal(degrees)) + Decimal(minutes or 0) / 60 + Decimal(seconds or 0) / 3600
    back = degrees.startswith("-") != (letter in {"S", "W"})
    value = int((size * _E7).to_integral_value(ROUND_HALF_EVEN))
    last, unit = (seconds, 3600) if seconds else (minutes, 60) if minutes else (degrees, 1)
    step = Decimal(1) / unit / Decimal(10) ** len(last.partition(".")[2])
    # Half of the last digit to each side, in both directions: the corner of that square.
    accuracy = max(1, math.ceil(step / 2 * _METRES_PER_DEGREE * Decimal("1.4143")))
    return (-value if back else value), accuracy, letter
