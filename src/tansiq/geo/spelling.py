"""Spelling of place names: what makes two spellings equal or near, in Arabic, Sorani and Latin letters.

For finding only: what is shown and what is signed keeps the letters that were written. Pure functions.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DIGITS: Final = {ord(digit): str(value) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(row)}
_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ھەةۀہۃ", "ه"),
        **dict.fromkeys("كڪ", "ک"),
        **dict.fromkeys("يىێېے", "ی"),
        **dict.fromkeys("ۆؤۊۇ", "و"),
        "ڕ": "ر",
        "ڵ": "ل",
        "ڤ": "ف",
        "ـ": "",
    }
)
_LATIN_PAIRS: Final = (
    ("kh", "x"),
    ("gh", "g"),
    ("sh", "s"),
    ("ch", "c"),
    ("th", "t"),
    ("dh", "d"),
    ("oo", "u"),
    ("ou", "u"),
    ("ee", "i"),
    ("ı", "i"),
    ("q", "k"),
    ("y", "i"),
    ("w", "u"),
    ("o", "u"),
)
_ARTICLE: Final = re.compile(r"\b(?:al|el)[\s-]+|\bال(?=\w{3})")
_VOWELS: Final = re.compile("(?<=.)[aeiuهاوی]")
_TWICE: Final = re.compile(r"(\D)\1+")


def western_digits(text: str) -> str:
    """Arabic-Indic (٠-٩) and Persian-Kurdish (۰-۹) digits and their decimal point, as Western ones."""
    return text.translate(_DIGITS).replace("٫", ".")


def fold(text: str) -> str:
    """The text with all that spellers differ in taken away; two spellings of a name mostly fold to the same.

    Letter forms of Arabic, Persian and Sorani keyboards, vowel signs, zero-width marks, sets of digits, the
    article, doubled letters, and the common ways to write an Arabic or Kurdish sound in Latin letters.
    """
    # The letter hamza-on-ya opens a Sorani word before its vowel, where Arabic writes the vowel alone.
    opened = re.sub(r"\bئ(?=[ەاۆوێی])", "", unicodedata.normalize("NFC", text)).translate(_LETTERS).replace("ئ", "ی")
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", opened) if unicodedata.category(sign) not in {"Mn", "Cf"}
    )
    plain = _ARTICLE.sub("", western_digits(bare.translate(_LETTERS)).lower())
    for written, sound in _LATIN_PAIRS:
        plain = plain.replace(written, sound)
    return _TWICE.sub(r"\1", "".join(sign for sign in plain if sign.isalnum()))


def beginnings(text: str) -> tuple[str, ...]:
    """How the folded forms of names begin that begin with `text`, which may end within a pair of letters (`Mak`)."""
    whole = (pair for pair, _ in _LATIN_PAIRS if len(pair) > 1 and text[-1:].lower() == pair[0])
    ways = (fold(text), *(fold(text + pair[1:]) for pair in whole))
    # an article is folded away once enough of the word follows
    return tuple(dict.fromkeys((*ways, *(way.removeprefix("ال") for way in ways))))


def skeleton(folded: str) -> str:
    """The consonants of a folded name and its first letter: short vowels are what spellers differ in most."""
    return _TWICE.sub(r"\1", _VOWELS.sub("", folded))
