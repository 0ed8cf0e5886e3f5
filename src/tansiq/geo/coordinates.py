"""Positions as people type them: MGRS, decimal degrees, degrees with minutes and seconds.

In any of the three sets of digits, with a comma (, ،), a semicolon (; ؛), a slash or a space between the two. Minutes
and seconds stand behind their marks or the words for them, behind blanks, colons or hyphens, or closed up as on a
chart (`354634N 0433443E`).
Latitude comes first unless N, S, E, W, the words for them in the three languages, or *lat* and *lon* say otherwise;
nothing else is guessed. WGS 84, degrees × 10⁷ (E7); the accuracy (metres) follows from how many digits were given.
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
_ANGLE: Final = (
    r"(?P<front{0}>[NSEW])?\s*(?P<deg{0}>[+-]?[0-9]{{1,3}}(?:\.[0-9]{{1,12}})?)\s*°?"
    r"(?:\s*(?P<min{0}>[0-9]{{1,2}}(?:\.[0-9]{{1,9}})?)\s*'(?:\s*(?P<sec{0}>[0-9]{{1,2}}(?:\.[0-9]{{1,6}})?)\s*\")?)?"
    r"\s*(?(front{0})|(?P<back{0}>[NSEW])?)"
)
_PAIR: Final = re.compile(_ANGLE.format(1) + r"\s*(?:[,;/]\s*|\s+|(?<=[NSEW]))" + _ANGLE.format(2), re.IGNORECASE)
_BARE: Final = (
    r"(?P<front{0}>[NSEW])?\s*(?P<deg{0}>[0-9]{{1,3}})[\s:-]+(?P<min{0}>[0-9]{{1,2}}(?:\.[0-9]{{1,9}})?)"
    r"(?:[\s:-]+(?P<sec{0}>[0-9]{{1,2}}(?:\.[0-9]{{1,6}})?))?\s*(?(front{0})|(?P<back{0}>[NSEW])?)"
)
_APART: Final = r"(?:\s*[,;/]\s*|\s+|(?<=[NSEW]))"
_SPACED: Final = re.compile(_BARE.format(1) + _APART + _BARE.format(2), re.IGNORECASE)
_CLOSED: Final = (
    r"(?P<front{0}>[{2}])?\s*(?P<deg{0}>[0-9]{{{1}}})(?P<min{0}>[0-9]{{2}}(?:\.[0-9]{{1,9}})?)"
    r"(?P<sec{0}>[0-9]{{2}}(?:\.[0-9]{{1,6}})?)?\s*(?(front{0})|(?P<back{0}>[{2}]))"
)
_CHART: Final = [
    re.compile(_CLOSED.format(1, *one) + _APART + _CLOSED.format(2, *other), re.IGNORECASE)
    for one, other in (((2, "NS"), (3, "EW")), ((3, "EW"), (2, "NS")))
]
_MARKS: Final = str.maketrans(
    {"،": ",", "؛": ";", "º": "°", "˚": "°", "−": "-"} | dict.fromkeys("′’‘ʹ´`", "'") | dict.fromkeys("″”“„ʺ", '"')
)
_DIRECTIONS: Final = {
    "N": "شمال(?:اً|ًا|ا)?|با[کك]وو?ر|north",
    "S": "جنوب(?:اً|ًا|ا)?|باشوو?ر|south",
    "E": "شرق(?:اً|ًا|ا)?|[ڕر]ۆژهە[ڵل]ات|east",
    "W": "غرب(?:اً|ًا|ا)?|[ڕر]ۆژئاوا|west",
}
_AXES: Final = {
    "N": "خط العرض|خط عرض|العرض|هێڵی پانی|پانی|latitude|lat",
    "E": "خط الطول|خط طول|الطول|هێڵی درێژی|درێژی|longitude|long|lng|lon",
}
_SIGNS: Final = {
    "°": "درجة|درجات|پلە",
    "'": "دق[يی]قة|دقائق|خولە[کك]",
    '"': "ثان[يی]ة|ثوان[يی]?|چر[کك]ە",
}
_SPOKEN: Final = [(re.compile(rf"(?<!\w)(?:{words})(?!\w)"), sign) for sign, words in _SIGNS.items()]
_AND: Final = re.compile(r"(?<=[°'])\s*و\s*(?=[0-9])")
_WORDS: Final = [
    (re.compile(rf"(?<!\w)و?(?:{words})(?!\w)\s*[:=]?", re.IGNORECASE), f" {letter} ")
    for table in (_AXES, _DIRECTIONS)
    for letter, words in table.items()
]
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u061c]")
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
    pair = _PAIR.fullmatch(_decimal_points(plain)) or _parted(plain)
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


def dms(lat_e7: int, lon_e7: int) -> str:
    """A position as degrees, minutes and seconds to a tenth (3 m), as `read_coordinates` reads it."""
    return f"{_sexagesimal(lat_e7, 'NS')} {_sexagesimal(lon_e7, 'EW')}"


def _sexagesimal(value: int, letters: str) -> str:
    tenths = round(Decimal(abs(value)) * 36_000 / _E7)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60}°{minutes % 60:02d}'{rest // 10:02d}.{rest % 10}\"{letters[value < 0]}"


def _plain(text: str) -> str:
    plain = _INVISIBLE.sub("", western_digits(text)).translate(_MARKS).replace("''", '"').removeprefix("geo:")
    if any(sign.isdecimal() for sign in plain):
        for words, letter in _WORDS:
            plain = words.sub(letter, plain)
        for words, sign in _SPOKEN:
            plain = words.sub(sign, plain)
        plain = _AND.sub(" ", plain)
    # One space for many: the patterns let spaces stand in many places, and long runs would be tried in all of them.
    return " ".join(plain.split())


def _parted(plain: str) -> re.Match[str] | None:
    """Degrees, minutes and seconds without their marks; both angles as finely as each other, and whole on a chart."""
    pair = _SPACED.fullmatch(plain)
    if pair is not None and (pair["sec1"] is None) == (pair["sec2"] is None):
        return pair
    return next((pair for way in _CHART if (pair := way.fullmatch(plain)) is not None), None)


def _decimal_points(text: str) -> str:
    """`35,77; 43,58` with points: where something else parts the two numbers, a comma is a decimal one."""
    if re.search(r"[;/]", text) or re.fullmatch(r"[+-]?[0-9]+,[0-9]+\s+[+-]?[0-9]+,[0-9]+", text):
        return re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
    return text


def _angle(pair: re.Match[str], which: str) -> tuple[int, int, str]:
    """One angle: E7, accuracy in metres, and its letter (`N`, `S`, `E`, `W` or none)."""
    degrees, minutes, seconds = (pair[f"{part}{which}"] for part in ("deg", "min", "sec"))
    letters = (pair[f"front{which}"] or "") + (pair[f"back{which}"] or "")
    if any(Decimal(part) >= 60 for part in (minutes, seconds) if part):
        raise MalformedInput("place.degrees_shape", text=pair.string[:40])
    size = abs(Decimal(degrees)) + Decimal(minutes or 0) / 60 + Decimal(seconds or 0) / 3600
    back = degrees.startswith("-") != (letters.upper() in {"S", "W"})
    value = int((size * _E7).to_integral_value(ROUND_HALF_EVEN))
    last, unit = (seconds, 3600) if seconds else (minutes, 60) if minutes else (degrees, 1)
    step = Decimal(1) / unit / Decimal(10) ** len(last.partition(".")[2])
    # Half of the last digit to each side, in both directions: the corner of that square.
    accuracy = max(1, math.ceil(step / 2 * _METRES_PER_DEGREE * Decimal("1.4143")))
    return (-value if back else value), accuracy, letters.upper()
