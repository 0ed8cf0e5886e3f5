"""The terms under which a record is kept in an index, and those that a filter asks for.

A term is a word as it is compared, or has a sign before it: `!` a word of the heading, `~` a root, `@` a place of the
gazetteer, `=` what happened, then `k:` kind, `p:` party, `c:` number of the circle in the store, `f:` and `g:` squares
of a twentieth and of half a degree. No word begins with such a sign, so no word can stand for another thing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tansiq.geo.mentions import places_in
from tansiq.search.texts import Text, position_of
from tansiq.search.words import Word, stops, words_of

FINE: Final = 500_000
WIDE: Final = 5_000_000
"""Sides of the squares (degrees E7): some 5 and 50 km."""
_MOST_SQUARES: Final = 256
_METRES_PER_E7: Final = 111_320 / 10_000_000


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
    position = position_of(fields)
    if position is not None:
        terms |= {_square(*position, FINE), _square(*position, WIDE)}
    return " ".join(sorted(terms))


def _of_word(word: Word, *, heading: bool) -> set[str]:
    found = {word.folded}
    if word.root != word.folded:
        found.add(f"~{word.root}")
    if heading:
        found.add(f"!{word.folded}")
    return found


def _square(lat: int, lon: int, side: int) -> str:
    return f"{'f' if side == FINE else 'g'}:{lat // side}:{lon // side}"


def squares_around(lat: int, lon: int, radius: int) -> list[str]:
    """Squares that hold all within `radius` metres of a point (E7); none where they would be too many."""
    up = round(radius / _METRES_PER_E7)
    across = round(up / max(0.01, math.cos(math.radians(lat / 10_000_000))))
    for side in (FINE, WIDE):
        rows = range((lat - up) // side, (lat + up) // side + 1)
        columns = range((lon - across) // side, (lon + across) // side + 1)
        if len(rows) * len(columns) <= _MOST_SQUARES:
            return [f"{'f' if side == FINE else 'g'}:{row}:{column}" for row in rows for column in columns]
    return []
