"""Words of a text as they are written and as they are compared, for Arabic script and Latin alike.

What is compared is folded: vowel signs, tatweel and joiners are left out, and letters that are written in several ways
(Arabic and Persian yeh and kaf, alef with its hamzas, the two digits) count as one. What is shown is never folded.
Sources: Unicode Standard 17.0 chapter 9.2 (Arabic), Unicode Standard Annex 29 (word boundaries).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

ZWNJ: Final = "\u200c"
HEH_AS_VOWEL: Final = "ه" + ZWNJ
"""How older Kurdish keyboards write ە."""

_JOINERS: Final = "\u200c\u200d"
_TATWEEL: Final = "ـ"
_LETTERS: Final = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ك": "ک", "ھ": "ه", "ة": "ه",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
        "،": ",", "؛": ";", "؟": "?", "٪": "%", "٫": ".", "٬": ",",
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-",
    }
    | {digit: str(value) for value, digit in enumerate("٠١٢٣٤٥٦٧٨٩")}
    | {digit: str(value) for value, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")}
)  # fmt: skip
_COMPOSED: Final = (("ی\u065a", "ێ"), ("ي\u065a", "ێ"), ("ل\u065a", "ڵ"), ("ر\u0655", "ڕ"), ("و\u065a", "ۆ"))
"""Sorani letters that some write as a letter with a mark; Unicode has no canonical composition for them."""

_SPACE: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(r"\d+(?:[.,٫٬:/]\d+)*")


class Word(NamedTuple):
    """A word or a sign as it stands, with the space behind it, and what it is compared by."""

    written: str
    folded: str


def fold(word: str) -> str:
    """What a word is compared by: equal for two spellings of the same letters."""
    word = unicodedata.normalize("NFC", word)
    for marked, letter in _COMPOSED:
        word = word.replace(marked, letter)
    word = word.replace(HEH_AS_VOWEL, "ە").translate(_LETTERS).casefold()
    return "".join(one for one in word if one != _TATWEEL and one not in _JOINERS and unicodedata.category(one) != "Mn")


def split(text: str) -> list[Word]:
    """The words and signs of a text; joined as written they are the text again, character for character."""
    words: list[Word] = []
    at = 0
    while at < len(text):
        end = _end_of(text, at)
        space = _SPACE.match(text, end)
        until = space.end() if space else end
        words.append(Word(text[at:until], fold(text[at:end])))
        at = until
    return words


def _end_of(text: str, at: int) -> int:
    """Where the word that begins here ends: letters, digits, marks and joiners hold together, a sign stands alone."""
    number = _NUMBER.match(text, at)
    if number:
        at = number.end()
    elif not _within(text[at]):
        at += 1
        while at < len(text) and unicodedata.category(text[at]) in ("Mn", "Me"):
            at += 1
        return at
    while at < len(text) and _within(text[at]):
        at += 1
    return at


def _within(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN" or sign in _JOINERS or sign == _TATWEEL
