"""Times of day in a text: `الساعة 14:30`, `کاتژمێر ٨ی بەیانی`, `at 0630`, `الساعة الثالثة`. In Baghdad.

An hour up to twelve in words and without its half of the day has both meanings; a time of four digits is a 24-hour one.
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
    r"(?:[وفبل]?الساعة|(?:في\s+)?تمام\s+الساعة|ساعة|کاتژمێر|سەعات|"
    r"at\s+about|at|around|from|until|till|since|between|by)"
)
_MORNING: Final = r"صباحا|صباح|فجرا|فجر|a\.?m\.?|ص|(?:پێش\s+نیوەڕۆ)|بەرەبەیان|بەیانی|سەر\s+لە\s+بەیانی"
_AFTERNOON: Final = r"ظهرا|عصرا|مساء|مساءا|ليلا|بعد\s+الظهر|p\.?m\.?|م|پاش\s+نیوەڕۆ|دوای\s+نیوەڕۆ|ئێوارە|شەو|نیوەڕۆ"
_HALF: Final = rf"(?:\s*(?:ی|من)?\s*(?P<half>(?P<am>{_MORNING})|(?P<pm>{_AFTERNOON}))(?:ی|ە)?(?![^\W_]))?"
_NIGHT: Final = pattern(r"ليلا|شەو")
_COLON: Final = pattern(
    rf"(?<![\d.:/])(?P<all>(?:{_CUE}\s+)?(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::[0-5]\d)?(?:\s*(?:hrs|h|z))?{_HALF})(?![\d:]|\.\d)"
)
_DOTTED: Final = pattern(rf"(?P<all>(?:{_CUE})\s+(?P<h>[01]?\d|2[0-3])\.(?P<m>[0-5]\d){_HALF})(?![\d.])")
_FOUR: Final = pattern(
    r"(?<![\d./:\-])(?P<all>(?:(?:[وفبل]?الساعة|کاتژمێر|سەعات|at|from|until|till|since|between|by|around)(?:\s+about)?\s+(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?:\s*(?:hrs|hours|h|l|c)(?![a-z]))?)|(?P<h2>[01]\d|2[0-3])(?P<m2>[0-5]\d)\s*(?:hrs|hours|h|l))(?![\w/:\-]|\.\d)"
)
_CHAINED: Final = pattern(
    r"\s*(?:and|to|-|until|till|و|تا|إلى|حتى)\s*(?P<all>(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?:\s*(?:hrs|h))?)(?![\w/:\-]|\.\d)"
)
_WHOLE: Final = pattern(rf"(?P<all>(?:[وفبل]?الساعة|کاتژمێر|سەعات)\s+(?P<h>\d{{1,2}}){_HALF})(?![\d:.])")
_ENGLISH: Final = pattern(
    r"(?<![\d.:])(?P<all>(?:at\s+)?(?P<h>1[0-2]|0?[1-9])\s*(?:(?P<am>a\.?m)|(?P<pm>p\.?m))\.?)(?![^\W_])"
)
_WORDS: Final = pattern(
    rf"(?P<all>(?:[وفبل]?الساعة|کاتژمێر|سەعات)\s+(?P<w>{any_of(_HOURS)})(?:\s+و?(?P<more>النصف|الربع|نیو)|\s+(?P<less>إلا\s+ربعا?))?{_HALF})(?![^\W_])"
)


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
    for expression in (_COLON, _DOTTED, _FOUR, _WORDS, _WHOLE, _ENGLISH):
        for match in expression.finditer(text.flat):
            one = _timed(match)
            if one and all(one.end <= other.start or other.end <= one.start for other in found):
                found.append(one)
                if expression is _FOUR:
                    found += _chain(text.flat, one.end)
    return sorted(found, key=lambda each: each.start)


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
        minute = 15 if "ربع" in parts["more"] else 30
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
    if (minute == 0 and 1 <= hour <= 12 and not (parts.get("m") or parts.get("m2"))) or words:
        return Timed(start, end, "ambiguous", (at % 720, at % 720 + 720))
    return Timed(start, end, "certain", (at,))
