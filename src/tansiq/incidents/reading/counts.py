"""How many were killed or wounded, as a text says it, *none* included; never who.

A number beside its word: before a state (`three wounded`, `سێ بریندار`), after an act (`killing two`, `مقتل ثلاثة`),
in the word itself (`قتيلان`: two). The nearest number within its clause counts; two numbers with a hyphen or an *or*
are a range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

from tansiq.incidents.reading.finds import Certainty, CountRead, Harm
from tansiq.incidents.reading.flat import Flat, flat_words, pattern, phrase, phrases
from tansiq.incidents.reading.numerals import number_at
from tansiq.incidents.reading.vocabulary import words_of

_Side = Literal["act", "state", "person"]
_REACH_BEFORE: Final = 5
_REACH_AFTER: Final = 4
_LONGEST: Final = 400
_STOP: Final = re.compile(r"[!?;\n]|\.(?!\d)")
_RANGE: Final = pattern(r"\s*(?:-|to|or|أو|او|إلى|یان|تا|ل)\s*")
_FRACTION: Final = re.compile(r"[.:/]\d")
_DUAL: Final = pattern(
    r"(?:قتيل|شهيد|جريح|مصاب|جندي|مدني|شخص|مقاتل|عنصر|منتسب|ضابط|رجل|طفل|شرطي|مواطن|مسلح|راع|إصابت)(?:ان|ين)"
)
_ONE: Final = pattern(
    r"(?:منتسب|جندي|مدني|شخص|مقاتل|عنصر|ضابط|رجل|طفل|شرطي|مواطن|مسلح|امرأة|راع|راعي|أحدهم|آخر|احد)(?!\w)"
)
_ONE_PASSIVE: Final = pattern(
    r"[وف]?أصيب(?:ت)?\s+(?:ال\w+\s+)?(?:بجروح|إصابة|برصاص)|(?:بریندار|شەهید)\s*(?:بوو|کرا)(?![^\W_])|کوژرا(?![^\W_])|[وف]?استشهد\s+ال\w+(?<!ون)(?<!ين)(?<!ات)\s"
)
_NOT_MATERIAL: Final = flat_words(r"(?!\s+(?:مادي|material))")
_NIL_CAS: Final = pattern(r"(?<![^\W_])(?:no|nil|zero|0)\s+cas(?![^\W_])|(?<![^\W_])cas\s+(?:nil|none|0)(?![^\W_])")
_NOT_PEOPLE: Final = pattern(
    r"(?:الساعة|يوم|ايام|كم|متر|متر|km|hours?|hrs|days?|ڕۆژ|کاتژمێر|کیلۆمەتر|round|rounds|قذائف|هاوەن|shots|st|nd|rd|th|:\d)"
)


@dataclass(frozen=True)
class Counted:
    """A count at [start, end) of the flat text."""

    start: int
    end: int
    certainty: Certainty
    read: CountRead


@dataclass(frozen=True)
class _Cue:
    start: int
    end: int
    of: Harm
    side: frozenset[_Side]


@cache
def _cues() -> tuple[tuple[re.Pattern[str], Harm, _Side], ...]:
    lists = words_of("counts")
    sides: tuple[tuple[str, _Side], ...] = (("acts", "act"), ("states", "state"), ("people", "person"))
    return tuple((phrases(lists[of][name]), of, side) for of in get_args(Harm) for name, side in sides)


@cache
def _none() -> tuple[tuple[re.Pattern[str], tuple[Harm, ...]], ...]:
    denied, nobody = words_of("counts")["none"], words_of("counts")["nobody"]
    before = "|".join(phrase(one) for one in sorted(denied["denials"], key=len, reverse=True))
    some = "|".join(phrase(one) for one in denied["any"])
    every: dict[str, tuple[Harm, ...]] = {"killed": ("killed",), "wounded": ("wounded",), "both": ("killed", "wounded")}
    found: list[tuple[re.Pattern[str], tuple[Harm, ...]]] = []
    for name, of in every.items():
        harms = "|".join(phrase(one) for one in sorted(denied[name], key=len, reverse=True))
        found.append((re.compile(rf"\b(?:{before})\s+(?:(?:{some})\s+)?(?:{harms})\b{_NOT_MATERIAL}"), of))
        found.append((phrases(nobody[name]), of))
    found.append((_NIL_CAS, every["both"]))
    return tuple(found)


@cache
def _least() -> re.Pattern[str]:
    return phrases(words_of("counts")["least"]["before"])


def read_counts(text: Flat) -> list[Counted]:
    """All counts, in order. A *none* beside a number of the same harm gives way."""
    plain = text.flat.replace(":", " ")
    found = _numbers(text)
    for words, harms in _none():
        for match in words.finditer(plain):
            if any(match.start() < one.end and one.start < match.end() and one.read.least == 0 for one in found):
                continue
            found = [one for one in found if not (match.start() < one.end and one.start < match.end())]
            told = {one.read.of for one in found}
            found += [Counted(*match.span(), "certain", CountRead(of, 0, 0)) for of in harms if of not in told]
    return sorted(found, key=lambda one: (one.start, one.read.of))


def _numbers(text: Flat) -> list[Counted]:
    cues = _all_cues(text.flat)
    found: list[Counted] = []
    taken: set[int] = set()
    for index, cue in enumerate(cues):
        low = max(cues[index - 1].end if index else 0, _clause_start(text.flat, cue.start))
        high = cues[index + 1].start if index + 1 < len(cues) else len(text.flat)
        one = _of_cue(text, cue, low, high, taken)
        if one is not None:
            found.append(one)
    return found


def _all_cues(flat: str) -> list[_Cue]:
    spans: dict[tuple[int, int], _Cue] = {}
    for words, of, side in _cues():
        for match in words.finditer(flat):
            key = match.span()
            before = spans.get(key)
            spans[key] = _Cue(*key, of, (before.side if before else frozenset()) | {side})
    kept: list[_Cue] = []
    for cue in sorted(spans.values(), key=lambda each: each.start - each.end):
        if all(cue.end <= other.start or other.end <= cue.start for other in kept):
            kept.append(cue)
    return sorted(kept, key=lambda each: each.start)


def _clause_start(flat: str, at: int) -> int:
    furthest = max(0, at - _LONGEST)
    return max((one.end() for one in _STOP.finditer(flat, furthest, at)), default=furthest)


def _of_cue(text: Flat, cue: _Cue, low: int, high: int, taken: set[int]) -> Counted | None:
    flat = text.flat
    word = flat[cue.start : cue.end]
    if "person" in cue.side:
        if _DUAL.search(word):
            return Counted(cue.start, cue.end, "certain", CountRead(cue.of, 2, 2))
        nearby = _before(text, cue, low, taken)
        return nearby or Counted(cue.start, cue.end, "likely", CountRead(cue.of, 1, 1))
    one = _before(text, cue, low, taken) if "state" in cue.side else None
    one = one or (_after(text, cue, high, taken) if "act" in cue.side else None)
    if one is None:
        passive = _ONE_PASSIVE.match(flat, cue.start)
        if passive:
            return Counted(cue.start, max(cue.end, passive.end()), "likely", CountRead(cue.of, 1, 1))
    return one


def _before(text: Flat, cue: _Cue, low: int, taken: set[int]) -> Counted | None:
    words = [word for word in text.words if low <= word.start and word.end <= cue.start][-_REACH_BEFORE:]
    for word in reversed(words):
        if word.flat in {"a", "an"}:
            continue
        end = _number_end(text, word.start)
        if end is None:
            continue
        # the last word of *twenty-five* is a number by itself
        whole = next((other for other in words if _number_end(text, other.start) == end), word)
        one = _number(text, whole.start, cue.start, taken)
        if one:
            return _counted(text, cue, one, one[2], cue.end)
    return None


def _number_end(text: Flat, start: int) -> int | None:
    found = number_at(text.flat, start)
    return found[1] if found else None


def _after(text: Flat, cue: _Cue, high: int, taken: set[int]) -> Counted | None:
    stop = _STOP.search(text.flat, cue.end)
    end = min(high, stop.start() if stop else len(text.flat))
    words = [word for word in text.words if cue.end <= word.start and word.end <= end][:_REACH_AFTER]
    for place, word in enumerate(words):
        one = _number(text, word.start, end, taken)
        if one:
            return _counted(text, cue, one, cue.start, one[3])
        if _DUAL.match(text.flat, word.start):
            return Counted(cue.start, word.end, "certain", CountRead(cue.of, 2, 2))
        if place == 0 and _ONE.match(text.flat, word.start):
            return Counted(cue.start, word.end, "likely", CountRead(cue.of, 1, 1))
    return None


_Number = tuple[int, int, int, int]
"""Least, most, start, end."""


def _number(text: Flat, start: int, limit: int, taken: set[int]) -> _Number | None:
    if start in taken:
        return None
    found = number_at(text.flat, start)
    if found is None or found[1] > limit or _NOT_PEOPLE.match(text.flat[found[1] :].lstrip(" ")):
        return None
    if (start and text.flat[start - 1] in ":./") or _FRACTION.match(text.flat, found[1]):
        return None
    least, end = found
    most = least
    joint = _RANGE.match(text.flat, end)
    second = number_at(text.flat, joint.end()) if joint and joint.end() > end else None
    if second and second[0] > least and second[1] <= limit:
        most, end = second
    taken.add(start)
    return least, most, start, end


def _counted(text: Flat, cue: _Cue, number: _Number, start: int, end: int) -> Counted:
    least, most, at, _ = number
    more = any(len(text.flat[one.end() : at].strip()) == 0 for one in _least().finditer(text.flat, max(0, at - 24), at))
    certainty: Certainty = "likely" if more or least != most else "certain"
    return Counted(start, end, certainty, CountRead(cue.of, least, most, more))


def is_number_word(word: str) -> bool:
    """Whether a word, as written, is a number."""
    return number_at(flat_words(word.lower()), 0) is not None
