"""Words of Arabic, Sorani and English as they are compared when one searches.

A word is compared in two forms: folded (`geo.spelling.fold`: letters, vowel signs, zero-width marks and digits of all
keyboards alike) and as its root, which is what is left when attached prefixes and common endings are taken away. Roots
are for finding: two words with one root are mostly forms of one word, and no more is claimed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tansiq.geo.spelling import fold

FORM: Final = 2
"""Rises with every change of what records are found by: an index of another number is made again."""

LONGEST_TEXT: Final = 8000
_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0610-\u061a\u061c\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u200b-\u200f\ufeff'\u2019\u02bc"
)
_WORD: Final = re.compile(rf"[^\W_](?:[{_MARKS}]*[^\W_])*[{_MARKS}]*")
_SHORTEST_ROOT: Final = 3
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_TO_THE: Final = re.compile(r"^([وف]?)لل(?=\w{3})")
# a preposition of one letter opens too many words of its own; before the article it is one
_PREFIX: Final = re.compile(r"^(?:[وف]?[بلک]?ال|[وف])")
_ENDINGS: Final = tuple(
    sorted(
        (
            *("ات", "ین", "ون", "ان", "یه", "ه", "ها", "هم", "نا", "ی"),
            *("هکان", "هکه", "یهک", "یک", "هوه", "وه", "دا", "یش", "یان"),
            # definite forms of what ends in -ewe itself (teqînewe, lêkolînewe)
            *("هوهکان", "هوهکه", "هوهی"),
        ),
        key=len,
        reverse=True,
    )
)
_LATIN_ENDINGS: Final = ("ing", "ed", "es", "s", "e")
_STOPS: Final = (
    *("the", "of", "in", "on", "at", "to", "and", "or", "a", "an", "by", "for", "with", "al", "el"),
    *("في", "من", "إلى", "على", "عن", "و", "أو", "مع", "هذا", "هذه", "التي", "الذي", "ال"),
    *("لە", "بە", "بۆ", "و", "یان", "کە", "ئەم", "ئەو", "لەگەڵ", "لەسەر"),
)


class Word(NamedTuple):
    """A word and where it stands (code points); `folded` and `root` are what it is compared as."""

    start: int
    end: int
    folded: str
    root: str


def words_of(text: str) -> list[Word]:
    """The words of a text (its first 8000 code points), in order."""
    found = []
    for one in _WORD.finditer(text[:LONGEST_TEXT]):
        folded, root = forms(one.group())
        if folded:
            found.append(Word(one.start(), one.end(), folded, root))
    return found


@lru_cache(maxsize=131_072)
def forms(word: str) -> tuple[str, str]:
    """A word folded, and its root."""
    folded = fold(word)
    # "lil-jaysh": article and preposition have grown together, and folding would leave one letter of them
    bare = _TO_THE.sub(r"\1", word)
    return folded, _root(folded if bare == word else fold(bare))


def _root(folded: str) -> str:
    if _ARABIC.search(folded) is None:
        return _without_endings(folded, _LATIN_ENDINGS)
    while (match := _PREFIX.match(folded)) and len(folded) - match.end() >= _SHORTEST_ROOT:
        folded = folded[match.end() :]
    return _without_endings(folded, _ENDINGS)


def _without_endings(word: str, endings: tuple[str, ...]) -> str:
    while True:
        ending = next((one for one in endings if word.endswith(one) and len(word) - len(one) >= _SHORTEST_ROOT), None)
        if ending is None:
            return word
        word = word[: -len(ending)]


@lru_cache(maxsize=1)
def stops() -> frozenset[str]:
    """Words that stand in every text, folded: they are not looked for."""
    return frozenset(fold(word) for word in _STOPS)
