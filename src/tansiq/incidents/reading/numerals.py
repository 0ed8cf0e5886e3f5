"""Numbers as words and digits in three languages: `خمسة وعشرين`, `بیست و پێنج`, `twenty-five`, `٢٥`."""

from __future__ import annotations

import re
from typing import Final

from tansiq.incidents.reading.flat import pattern
from tansiq.incidents.reading.vocabulary import any_of, numbered

_UNITS: Final = numbered("numerals", "units")
_TENS: Final = numbered("numerals", "tens")
_HUNDREDS: Final = numbered("numerals", "hundreds")
_U, _T, _H = any_of(_UNITS), any_of(_TENS), any_of(_HUNDREDS)
_AND: Final = r"(?:\s+و\s*|\s*-\s*|\s+and\s+)"

SMALL: Final = (
    rf"(?:\d{{1,5}}|(?:{_H}){_AND}(?:{_T}|{_U})|(?:{_H})|(?:{_U}){_AND}(?:{_T})|"
    rf"(?:{_T})(?:{_AND}|\s)(?:{_U})|(?:{_T})|(?:{_U}))"
)
"""The pattern of a number in a flat text, without its surroundings."""

_ALONE: Final = pattern(rf"(?<![^\W_])[وف]?[بل]?(?P<n>{SMALL})(?P<end>ی|یان|یش|یشی|یشیان|ەکە)?(?![^\W_])")
_PARTS: Final = re.compile(rf"\d+|{_H}|{_T}|{_U}")


def small_number(words: str) -> int | None:
    """The number that flat words say."""
    words = words.strip()
    if words.isdigit():
        return int(words)
    total = 0
    for part in _PARTS.findall(words):
        plain = " ".join(part.split())
        total += _UNITS.get(plain) or _TENS.get(plain) or _HUNDREDS.get(plain) or 0
    return total or None


def number_at(flat: str, start: int) -> tuple[int, int] | None:
    """The number that begins at this sign of a flat text, and where it ends."""
    found = _ALONE.match(flat, start)
    if found is None:
        return None
    number = small_number(found["n"])
    return None if number is None else (number, found.end())
