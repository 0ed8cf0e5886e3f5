"""What a text says happened, and what it says did not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, get_args

from tansiq.incidents.reading.finds import Category, KindRead
from tansiq.incidents.reading.flat import Flat, pattern, phrases
from tansiq.incidents.reading.sentences import clause_around, sentences
from tansiq.incidents.reading.vocabulary import words_of

_SHOT_APART: Final = pattern(r"(?<![^\W_])[وف]?[أا]طلق\w*\s+(?:\w+\s+){0,3}النار(?![^\W_])")
_NOT_AN_EVENT: Final = pattern(
    r"(?:attack dogs?|fire team|cease-?fire|وقف إطلاق النار|ئاگربەست|fire station|fire brigade|counter attack plan)"
)
_CALIBRE: Final = pattern(r"(?<![\w.])(?:60|81|82|105|107|120|122|130|152|155)\s?(?:mm|ملم|مم|ملیم)(?![^\W_])")
"""Of mortars, guns and rockets (mm)."""
_REACH: Final = 28


@cache
def _words() -> tuple[tuple[re.Pattern[str], Category], ...]:
    lists = words_of("kinds")
    return tuple((phrases(lists[category]), category) for category in get_args(Category))


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = words_of("kinds")["denials"]
    return phrases(lists["before"]), phrases(lists["after"])


@cache
def _things() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = words_of("kinds")["things"]
    return phrases(lists["words"]), phrases(lists["harmless"])


def read_kinds(text: Flat, harm: Sequence[int] = ()) -> list[tuple[int, int, KindRead]]:
    """Every word for an event, the longest of those that share signs, in order. At `harm` somebody was hurt."""
    found = [(one.start(), one.end(), category) for words, category in _words() for one in words.finditer(text.flat)]
    found += [(one.start(), one.end(), "shooting") for one in _SHOT_APART.finditer(text.flat)]
    found += [(one.start(), one.end(), "shelling") for one in _CALIBRE.finditer(text.flat)]
    barred = [one.span() for one in _NOT_AN_EVENT.finditer(text.flat)]
    kept: list[tuple[int, int, Category]] = []
    for one in sorted(found, key=lambda each: each[0] - each[1]):
        taken = [*((start, end) for start, end, _ in kept), *barred]
        if all(one[1] <= start or end <= one[0] for start, end in taken):
            kept.append(one)
    read = [(start, end, KindRead(category, _denied(text, start, end))) for start, end, category in sorted(kept)]
    return _without_harmless(text, read, harm)


def _without_harmless(
    text: Flat, read: list[tuple[int, int, KindRead]], harm: Sequence[int]
) -> list[tuple[int, int, KindRead]]:
    """A thing that was found or defused is denied, unless in its sentence something went off or hurt somebody."""
    things, harmless = _things()
    is_thing = [things.fullmatch(text.flat, start, end) is not None for start, end, _ in read]
    found: list[tuple[int, int, KindRead]] = []
    for first, last in sentences(text):
        inside = [at for at, (start, _, _) in enumerate(read) if first <= start < last]
        named = any(is_thing[at] for at in inside)
        hurt = any(first <= one < last for one in harm)
        went_off = any(not is_thing[at] and not read[at][2].denied for at in inside)
        safe = named and not hurt and not went_off and harmless.search(text.flat, first, last) is not None
        for at in inside:
            start, end, kind = read[at]
            found.append((start, end, KindRead(kind.category, denied=kind.denied or (safe and is_thing[at]))))
    return found


def _denied(text: Flat, start: int, end: int) -> bool:
    """Whether a word of denial stands shortly before, or after it in the same clause."""
    first, last = clause_around(text, start, end)
    before, after = _denials()
    near = text.flat[max(first, start - _REACH) : start]
    said_before = any(len(near[one.end() :].split()) <= 2 for one in before.finditer(near))
    return said_before or after.search(text.flat[end:last]) is not None
