"""Words that ask about a person: a name after a rank, or what identifies one. Places and events are asked about, never
people.

Only what is sure is found, since a request is refused for it: words that are a rank here and something else there
(*general*, *major*, الفريق, اللواء) count with a capital letter or not at all, and so do offices (*العقيد آمر الفوج*).
"""

from __future__ import annotations

import re
from typing import Final

from tansiq.incidents.reading.flat import Flat, lay_flat, pattern, phrases

_OFFICES: Final = (
    "قائد|آمر|مدير|رئيس|ضابط|نائب|معاون|مسؤول|ممثل|المناوب|فەرماندەی|فەرماندە|بەڕێوەبەری|بەرپرسی|ئەفسەری|نوێنەری"
)
_PARTICLES: Final = "في|من|ان|على|عن|الى|مع|لدى|عند|قرب|لە|کە|بە|بۆ|لەگەڵ"
_NAME: Final = rf"(?!ال|(?:{_OFFICES}|{_PARTICLES})(?![^\W_]))[^\W\d_]{{3,}}"
_AFTER_RANK: Final = pattern(
    r"(?<![^\W_])[وبل]?(?:العميد|العقيد|الرائد|النقيب|الملازم(?:\s+(?:اول|أول))?|عەمید|عەقید|نەقیب|مولازم)"
    rf"(?:\s+الركن)?\s+(?P<name>{_NAME}\s+{_NAME})(?![^\W_])"
)
_LATIN: Final = re.compile(
    r"\b(?:General|Brigadier|Colonel|Col\.|Major|Maj\.|Captain|Capt\.|Lieutenant|Lt\.|Sheikh|Mr\.?|Mrs\.?|Dr\.?)\s+"
    r"(?P<name>[A-Z][\w'-]+\s+(?:al-)?[A-Z][\w'-]+)"
)
_IDENTIFYING: Final = phrases(
    [
        *("date of birth", "mother's name", "national id number", "passport number"),
        *("تاريخ الميلاد", "تاريخ الولادة", "تاريخ ولادته", "اسم الأم", "اسم والدته", "رقم الهوية", "رقم الجواز"),
        *("بەرواری لەدایکبوون", "ڕێکەوتی لەدایکبوون", "ناوی دایک", "ژمارەی ناسنامە", "ژمارەی پاسپۆرت"),
    ]
)


def words_on_a_person(text: str) -> str | None:
    """The first words, as written, that ask about a person; None where nothing surely does."""
    flat = lay_flat(text)
    found = _spans(flat) + [match.span() for match in _LATIN.finditer(text)]
    if not found:
        return None
    start, end = min(found)
    return text[start:end]


def _spans(flat: Flat) -> list[tuple[int, int]]:
    """In the text as written."""
    ranked = [match.span() for match in _AFTER_RANK.finditer(flat.flat)]
    named = [match.span() for match in _IDENTIFYING.finditer(flat.flat)]
    return [flat.span(*one) for one in (*ranked, *named)]
