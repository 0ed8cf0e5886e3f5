"""Places of the gazetteer that a text names, in whichever of the three languages, for comparing texts with each other.

Only names that stand there as listed count, letter variants and attached prefixes and endings aside: a likeness that
helps a person who searches would find a place in any text.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from tansiq.geo.gazetteer import listed_places
from tansiq.geo.spelling import fold

LONGEST_TEXT: Final = 8000
_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 3
_SHORTEST: Final = 3
_PREFIXES: Final = ("و", "ب", "ل", "ف", "ک")
_ENDINGS: Final = ("یدا", "دا", "ی", "هوه", "وه")


def words_in(text: str) -> list[str]:
    """The words of a text, each folded (see `geo.spelling`)."""
    return [word for word in map(_folded, _WORD.findall(text[:LONGEST_TEXT])) if word]


def places_in(words: list[str]) -> frozenset[str]:
    """The ids of places that are named in words of `words_in`."""
    return frozenset(place for _, _, place in place_spans(words))


def place_spans(words: list[str]) -> list[tuple[int, int, str]]:
    """Where places are named: the first and the last word of each name (from 0) and the id of the place."""
    names = _names()
    found = []
    for at in range(len(words)):
        joined = ""
        for last, word in enumerate(words[at : at + _MOST_WORDS], start=at):
            joined += word
            found += [(at, last, names[one]) for one in _bare(joined) if one in names]
    return found


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold(word)


@lru_cache(maxsize=65_536)
def _bare(word: str) -> tuple[str, ...]:
    forms = {word}
    # "walmakhmur", "bikirkuk": conjunction and preposition are written to the word, and the article after them
    if word[:1] in _PREFIXES:
        forms |= {word[1:], word[1:].removeprefix("ال")}
    forms |= {one.removesuffix(ending) for one in tuple(forms) for ending in _ENDINGS if one.endswith(ending)}
    return tuple(one for one in forms if len(one) >= _SHORTEST)


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for place, spellings in listed_places():
        for spelling in spellings:
            folded = "".join(words_in(spelling))
            if len(folded) >= _SHORTEST:
                found.setdefault(folded, place.id)
    return found
