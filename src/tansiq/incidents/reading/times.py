"""Times of day in a text: `الساعة 14:30`, `کاتژمێر ٨ی بەیانی`, `at 0630`, `الساعة الثالثة`, `10 ونص`. In Baghdad.

An hour up to twelve without its half of the day has both meanings, unless the same clause names a part of the day
(`البارحة بالليل الساعة 10`): then it is *likely*. A time of four digits is a 24-hour one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tansiq.incidents.reading.finds import Certainty
from tansiq.incidents.reading.flat import Flat, pattern
from tansiq.incidents.reading.vocabulary import any_of, numbered

_HOURS: Final = numbered("calendar", "hours")
_CUE: Final = (
    r"(?:[وفبل]?الساعة|(?:في\s+)?تمام\s+الساعة|ساعة|الوقت|کاتژمێر|سەعات|کات|"
    r"at\s+(?:about|abt|approx|approximately)|at|around|circa|from|until|till|since|between|by|time)"
)
_ABOUT: Final = r"(?:\s+(?:about|abt|approx|approximately|circa|حوالي|تقريبا|نحو|نزیکەی))?[\s:(]+"
_MORNING: Final = r"صباحا|صباح|فجرا|فجر|a\.?m\.?|ص|(?:پێش\s+نیوەڕۆ)|بەرەبەیان|بەیانی|سەر\s+لە\s+بەیانی"
_AFTERNOON: Final = r"ظهرا|عصرا|مساء|مساءا|ليلا|بعد\s+الظهر|p\.?m\.?|م|پاش\s+نیوەڕۆ|دوای\s+نیوەڕۆ|ئێوارە|شەو|نیوەڕۆ"
_HALF: Final = rf"(?:\s*(?:ی|من)?\s*(?P<half>(?P<am>{_MORNING})|(?P<pm>{_AFTERNOON}))(?:ی|ە)?(?![^\W_]))?"
_NIGHT: Final = pattern(r"ليلا|شەو")
_QUARTER: Final = pattern(r"ربع|چارەک")
_PARTS_OF_DAY: Final = (
    (
        "night",
        pattern(r"(?<![^\W_])(?:[وفبل]?(?:ال)?(?:ليل|ليلا|ليلة)|(?:ئەم|دوێ)?شەوی?|night|nite|tonight)(?![^\W_])"),
    ),
    (
        "pm",
        pattern(
            r"(?<![^\W_])(?:[وفبل]?(?:ال)?مساء|[وفبل]?(?:العصر|الظهر)|عصرا|ظهرا|ئێوارەی?|عەسری?|نیوەڕۆی?|evening|afternoon)(?![^\W_])"
        ),
    ),
    (
        "am",
        pattern(
            r"(?<![^\W_])(?:[وفبل]?(?:ال)?(?:صباح|صبح|فجر)|صباحا|فجرا|(?:سەر\s*لە\s*)?بەیانیی?|بەرەبەیانی?|morning|dawn)(?![^\W_])"
        ),
    ),
)
_NEAR_BEFORE, _NEAR_AFTER = 40, 24
_HALF_DAY, _SMALL_HOURS = 720, 360
"""Minutes; before six in the night it is past midnight."""
_SENTENCE: Final = pattern(r"[!?;\n]|\.(?!\d)")
_COLON: Final = pattern(
    rf"(?<![\d.:/])(?P<all>(?:{_CUE}[\s:(]+)?(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::[0-5]\d)?(?:\s*(?:hrs|h|z))?{_HALF})(?![\d:]|\.\d)"
)
_DOTTED: Final = pattern(rf"(?P<all>(?:{_CUE})[\s:(]+(?P<h>[01]?\d|2[0-3])\.(?P<m>[0-5]\d){_HALF})(?![\d.])")
_FOUR: Final = pattern(
    rf"(?<![\d./:\-])(?P<all>(?:(?:[وفبل]?الساعة|کاتژمێر|سەعات|at|from|until|till|since|between|by|around){_ABOUT}(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?:\s*(?:hrs|hours|h|l|c)(?![a-z]))?)|(?P<h2>[01]\d|2[0-3])(?P<m2>[0-5]\d)\s*(?:hrs|hours|h|l))(?![\w/:\-]|\.\d)"
)
_CHAINED: Final = pattern(
    r"\s*(?:and|to|-|until|till|و|تا|إلى|حتى)\s*(?P<all>(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?:\s*(?:hrs|h))?)(?![\w/:\-]|\.\d)"
)
_PART: Final = r"(?:\s+و?\s*(?P<more>النصف|نصف|نص|نیو|الربع|ربع|چارەک)|\s+(?P<less>إلا\s+(?:ال)?ربعا?|چارەکی\s+کەم))?"
_WHOLE: Final = pattern(rf"(?P<all>(?:[وفبل]?الساعة|کاتژمێر|سەعات)[\s:(]+(?P<h>\d{{1,2}}){_PART}{_HALF})(?![\d:.])")
_BARE: Final = pattern(
    rf"(?<![\w.:/])(?P<all>(?P<h>1[0-2]|[1-9])\s*و\s*(?P<more>نصف|نص|نیو|ربع){_HALF})(?![^\W_])"
    r"(?!\s+(?:كم|كيلو|متر|ساع|دقيق|يوم|شهر|سنة|طن|مليون|ألف|دينار|کیلۆ|مەتر|کاتژمێر|سەعات|ڕۆژ|مانگ|ساڵ|ملیۆن|هەزار))"
)
"""An hour and its half without a word for clock: a time only where the clause names a part of the day."""
_ENGLISH: Final = pattern(
    r"(?<![\d.:])(?P<all>(?:at\s+)?(?P<h>1[0-2]|0?[1-9])\s*(?:(?P<am>a\.?m)|(?P<pm>p\.?m))\.?)(?![^\W_])"
)
_WORDS: Final = pattern(rf"(?P<all>(?:[وفبل]?الساعة|کاتژمێر|سەعات)\s+(?P<w>{any_of(_HOURS)}){_PART}{_HALF})(?![^\W_])")


@dataclass(frozen=True)
class Timed:
    """A time at [start, end) of the flat text: minutes since midnight, one or two that it may mean."""

    start: int
    end: int
    certainty: Certainty
    minutes: tuple[int, ...]


def read_times(text: Flat) -> list[Timed]:
    """All times of day, in order."""
    found: list[Timed] = []
    for expression in (_COLON, _DOTTED, _FOUR, _WORDS, _WHOLE, _BARE, _ENGLISH):
        for match in expression.finditer(text.flat):
            one = _timed(match)
            if one is None or any(one.start < other.end and other.start < one.end for other in found):
                continue
            if one.certainty == "ambiguous":
                one = _in_its_part_of_the_day(text.flat, one)
            if expression is _BARE and one.certainty == "ambiguous":
                continue
            found.append(one)
            if expression is _FOUR:
                found += _chain(text.flat, one.end)
    return sorted(found, key=lambda each: each.start)


def _in_its_part_of_the_day(flat: str, one: Timed) -> Timed:
    """An hour that may be one of two is that of the nearest part of the day which its sentence names."""
    first = max(
        (each.end() for each in _SENTENCE.finditer(flat, max(0, one.start - _NEAR_BEFORE), one.start)), default=0
    )
    first = max(first, one.start - _NEAR_BEFORE)
    stop = _SENTENCE.search(flat, one.end, min(len(flat), one.end + _NEAR_AFTER))
    last = stop.start() if stop else min(len(flat), one.end + _NEAR_AFTER)
    parts = [
        (max(one.start - each.end(), each.start() - one.end), part)
        for part, words in _PARTS_OF_DAY
        for each in words.finditer(flat, max(0, first), last)
    ]
    if not parts:
        return one
    part, minute = min(parts)[1], one.minutes[0]
    late = part == "pm" or (part == "night" and minute >= _SMALL_HOURS)
    return Timed(one.start, one.end, "likely", (minute + _HALF_DAY if late else minute,))


def _chain(flat: str, end: int) -> list[Timed]:
    """`0600 and 0900`: the second of a span carries no word of its own."""
    following = _CHAINED.match(flat, end)
    if following is None:
        return []
    minute = int(following["h"]) * 60 + int(following["m"])
    return [Timed(following.start("all"), following.end("all"), "certain", (minute,))]


def _timed(match: re.Match[str]) -> Timed | None:
    parts = match.groupdict()
    words = parts.get("w")
    hour = _HOURS[" ".join(words.split())] if words else int(parts.get("h") or parts.get("h2") or 0)
    minute = int(parts.get("m") or parts.get("m2") or 0)
    if parts.get("more"):
        minute = 15 if _QUARTER.search(parts["more"]) else 30
    if hour > 23:
        return None
    at = hour * 60 + minute - (15 if parts.get("less") else 0)
    start, end = match.span("all")
    if parts.get("pm"):
        night = bool(_NIGHT.search(parts.get("half") or ""))
        early = night and hour < 6
        at = at % 720 if night and hour == 12 else at if hour >= 12 or early else at + 720
        return Timed(start, end, "certain", (at,))
    if parts.get("am"):
        return Timed(start, end, "certain", (at % 720 if hour == 12 else at,))
    if words or (1 <= hour <= 12 and not (parts.get("m") or parts.get("m2"))):
        return Timed(start, end, "ambiguous", (at % 720, at % 720 + 720))
    return Timed(start, end, "certain", (at,))
