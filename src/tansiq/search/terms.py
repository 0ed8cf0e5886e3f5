"""The terms under which a record is kept in an index, and those that a filter asks for.

A term is a word as it is compared, or has a sign before it: `!` a word of the heading, `~` a root, `@` a place of the
gazetteer, `=` what happened, then `k:` kind, `p:` party, `c:` number of the circle in the store, `f:` and `g:` squares
of a twentieth and of half a degree in which it may lie; `w:` in place of `f:` those of half a degree, of what is known
too roughly for the small ones. No word begins with such a sign, so no word can stand for another thing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tansiq.geo.mentions import places_in
from tansiq.search.texts import Ground, Text, ground_of
from tansiq.search.words import Word, stops, words_of

FINE: Final = 500_000
WIDE: Final = 5_000_000
"""Sides of the squares (degrees E7): some 5 and 50 km."""
ROUGH: Final = 3_000
"""Metres from which a place is not counted in small squares, of which it would touch too many."""

_MOST_SQUARES: Final = 256
METRES_PER_E7: Final = 111_320 / 10_000_000
"""Of latitude."""


def terms_of(kind: str, party: str, circle: int, fields: Mapping[str, Any], texts: Sequence[Text]) -> str:
    """Every term of a record, joined by blanks."""
    terms = {f"k:{kind}", f"p:{party}", f"c:{circle}"}
    barred = stops()
    for text in texts:
        words = words_of(text.text)
        for word in words:
            if word.folded not in barred:
                terms |= _of_word(word, heading=text.heading)
        terms |= {f"@{place}" for place in places_in([word.folded for word in words])}
    place = fields.get("place")
    if isinstance(place, dict) and place.get("gazetteer"):
        terms.add(f"@{place['gazetteer']}")
    category = fields.get("category")
    if isinstance(category, str):
        terms.add(f"={category}")
    ground = ground_of(fields)
    if ground is not None:
        terms |= _under(ground)
    return " ".join(sorted(terms))


def _of_word(word: Word, *, heading: bool) -> set[str]:
    found = {word.folded}
    if word.root != word.folded:
        found.add(f"~{word.root}")
    if heading:
        found.add(f"!{word.folded}")
    return found


def _under(ground: Ground) -> set[str]:
    found = set(_squares("g", WIDE, *ground))
    rough = ground.reach > ROUGH
    return found | set(_squares("w", WIDE, *ground) if rough else _squares("f", FINE, *ground))


def squares_around(lat: int, lon: int, radius: int) -> list[str]:
    """Squares in one of which all stands that may lie within `radius` metres of a point (E7); none if too many."""
    fine = [*_squares("f", FINE, lat, lon, radius), *_squares("w", WIDE, lat, lon, radius)]
    if len(fine) <= _MOST_SQUARES:
        return fine
    wide = _squares("g", WIDE, lat, lon, radius)
    return wide if len(wide) <= _MOST_SQUARES else []


def _squares(sign: str, side: int, lat: int, lon: int, radius: int) -> list[str]:
    """The squares of a side (E7) that the box around a circle touches."""
    up = round(radius / METRES_PER_E7)
    across = round(up / max(0.01, math.cos(math.radians(lat / 10_000_000))))
    rows = range((lat - up) // side, (lat + up) // side + 1)
    columns = range((lon - across) // side, (lon + across) // side + 1)
    return [f"{sign}:{row}:{column}" for row in rows for column in columns]
