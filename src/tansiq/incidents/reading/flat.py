"""A text with its spelling laid flat for matching, each sign knowing where it stood in the text as written.

Unlike `geo.spelling.fold`, words stay apart and vowels stay: patterns of words are written once, in ordinary
spelling, and laid flat in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from tansiq.geo.spelling import western_digits

_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ھەةۀہۃ", "ه"),
        **dict.fromkeys("كڪگ", "ک"),
        **dict.fromkeys("يىێېےئ", "ی"),
        **dict.fromkeys("ۆؤۊۇ", "و"),
        "ڕ": "ر",
        "ڵ": "ل",
        "ڤ": "ف",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "’": "'",
        "‘": "'",
        "−": "-",
        "–": "-",
        "—": "-",
    }
)
_UNSEEN: Final = frozenset({"Mn", "Cf"})
_DROPPED: Final = frozenset("ـء")
"""The stretched line, and the hamza by itself, which quick hands leave out: شي, مسا."""
_WORD: Final = re.compile(r"[0-9]+|[^\W\d_]+")
_BEFORE: Final = r"(?:[وف]?(?:[بلک]?ال|لل|[بلک])?)"
_AFTER: Final = (
    r"(?:ها|هم|هما|ش|یش|ی|یان|ان|ین|ات|تین|دا|یدا|هوه|یهوه|هکه|هکان|یهک|یک|هکانی|هکهی|یکی|انی|م|مان|s|'s|es)?"
)


@dataclass(frozen=True)
class Word:
    """A word or a run of digits; `start` and `end` count signs of the flat text."""

    flat: str
    start: int
    end: int


@dataclass(frozen=True)
class Flat:
    """`flat` for matching, `text` as written, `at[i]` where sign `i` of the one stands in the other."""

    text: str
    flat: str
    at: tuple[int, ...]
    words: tuple[Word, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a run of flat signs stands in the text as written, with the signs that were left out of it."""
        last = self.at[end] if end < len(self.at) else len(self.text)
        stop = self.at[end - 1] + 1
        while stop < last and not _flat_sign(self.text[stop]):
            stop += 1
        return self.at[start], stop

    def within(self, first: int, last: int) -> tuple[int, int]:
        """The flat signs of a run of the text as written; the other way round."""
        return bisect_left(self.at, first), bisect_left(self.at, last)

    def written(self, start: int, end: int) -> str:
        """The words as they were written."""
        first, last = self.span(start, end)
        return self.text[first:last]


def lay_flat(text: str) -> Flat:
    """The text for matching."""
    signs: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(text):
        plain = _flat_sign(sign)
        if plain:
            signs.append(plain)
            at.append(place)
    flat = "".join(signs)
    words = tuple(Word(found.group(), found.start(), found.end()) for found in _WORD.finditer(flat))
    return Flat(text, flat, tuple(at), words)


def flat_words(text: str) -> str:
    """A word of a list, or a whole pattern, laid flat as texts are; its letters keep their case."""
    return "".join(_flat_sign(sign, keep_case=True) for sign in text)


def pattern(written: str) -> re.Pattern[str]:
    """A regular expression in ordinary spelling, for flat texts; English in lower case."""
    return re.compile(flat_words(written))


def phrase(written: str) -> str:
    """The pattern of a phrase, with the article, joined prepositions and endings that its words may carry."""
    return r"\s+".join(_inflected(word) for word in flat_words(written).split())


def phrases(written: list[str]) -> re.Pattern[str]:
    """One pattern for any of the phrases, the longest first."""
    ordered = sorted(written, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(phrase(one) for one in ordered) + r")\b")


def _inflected(word: str) -> str:
    bare = word[2:] if word.startswith("ال") and len(word) > 4 else word
    if word.isascii():
        return re.escape(bare) + r"(?:'s|es|s|ed|ing)?"
    return _BEFORE + re.escape(bare) + _AFTER


def _flat_sign(sign: str, *, keep_case: bool = False) -> str:
    if sign in _DROPPED or unicodedata.category(sign) in _UNSEEN:
        return ""
    plain = western_digits(sign).translate(_LETTERS)
    return plain if keep_case else plain.lower()[:1]
