"""What a text says happened, and what it says did not."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, get_args

from tansiq.incidents.reading.finds import Category, KindRead
from tansiq.incidents.reading.flat import Flat, pattern, phrases
from tansiq.incidents.reading.sentences import clause_around
from tansiq.incidents.reading.vocabulary import words_of

_SHOT_APART: Final = pattern(r"(?<![^\W_])[وف]?[أا]طلق\w*\s+(?:\w+\s+){0,3}النار(?![^\W_])")
_NOT_AN_EVENT: Final = pattern(
    r"(?:attack dogs?|fire team|cease-?fire|وقف إطلاق النار|ئاگربەست|fire station|fire brigade|counter attack plan)"
)
_REACH: Final = 28


@cache
def _words() -> tuple[tuple[re.Pattern[str], Category], ...]:
    lists = words_of("kinds")
    return tuple((phrases(lists[category]), category) for category in get_args(Category))


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = words_of("kinds")["denials"]
    return phrases(lists["before"]), phrases(lists["after"])


def read_kinds(text: Flat) -> list[tuple[int, int, KindRead]]:
    """Every word for an event, the longest of those that share signs, in order."""
    found = [(one.start(), one.end(), category) for words, category in _words() for one in words.finditer(text.flat)]
    found += [(one.start(), one.end(), "shooting") for one in _SHOT_APART.finditer(text.flat)]
    barred = [one.span() for one in _NOT_AN_EVENT.finditer(text.flat)]
    kept: list[tuple[int, int, Category]] = []
    for one in sorted(found, key=lambda each: each[0] - each[1]):
        taken = [*((start, end) for start, end, _ in kept), *barred]
        if all(one[1] <= start or end <= one[0] for start, end in taken):
            kept.append(one)
    return [(start, end, KindRead(category, _denied(text, start, end))) for start, end, category in sorted(kept)]


def _denied(text: Flat, start: int, end: int) -> bool:
    """Whether a word of denial stands shortly before, or after it in the same clause."""
    first, last = clause_around(text, start, end)
    before, after = _denials()
    near = text.flat[max(first, start - _REACH) : start]
    said_before = any(len(near[one.end() :].split()) <= 2 for one in before.finditer(near))
    return said_before or after.search(text.flat[end:last]) is not None
