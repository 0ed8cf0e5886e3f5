"""Meetings held and planned, steps agreed, promised, planned or asked for, and ground that is a concern.

A meeting in the plural without a number, and one of which the text does not say whether it took place, are nobody's
record and are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

from tansiq.incidents.reading.finds import ConcernRead, MeetingRead, Standing, StepRead
from tansiq.incidents.reading.flat import Flat, pattern, phrases
from tansiq.incidents.reading.sentences import sentences
from tansiq.incidents.reading.vocabulary import any_of, numbered, words_of

_ORDINAL: Final = any_of(numbered("talks", "ordinals"))
_COUNTED: Final = pattern(rf"\s+(?:و?ال)?(?P<after>{_ORDINAL})(?![^\W_])")
_COUNTED_BEFORE: Final = pattern(rf"(?<![^\W_])(?P<before>{_ORDINAL})\s+$")
_AGREED_APART: Final = pattern(
    r"(?<![^\W_])(?:و|ف)?اتفق\w*\s+(?:[^\W\d_]+\s+){1,9}?على\s|agreed\s+(?:yesterday\s+|today\s+|with\s+\w+\s+)to\s"
)
_SHORTEST_STEP: Final = 3
_STEP_END: Final = pattern(
    r"[!?;\n\"»]|\.(?!\d)|[,](?!\s*\")|(?:\s(?:إلا\s+أن|لكن|وسط\s+توقعات|غير\s+أن|although|but|however|بەڵام)\s)"
)
_LOOK: Final = 90


@dataclass(frozen=True)
class Met:
    """A meeting at [start, end) of the flat text."""

    start: int
    end: int
    read: MeetingRead


@dataclass(frozen=True)
class Stepped:
    """A step: the words that say so begin at `start`, what is to be done stands in [start, end)."""

    start: int
    end: int
    read: StepRead


@cache
def _lists(table: str, name: str) -> re.Pattern[str]:
    return phrases(words_of("talks")[table][name])


def read_meetings(text: Flat) -> list[Met]:
    """Meetings of which the text says that they were held, or are to be."""
    found: list[Met] = []
    for first, last in sentences(text):
        two = [(one.start(), one.end(), 2) for one in _lists("meetings", "two").finditer(text.flat, first, last)]
        one_ = [(one.start(), one.end(), 1) for one in _lists("meetings", "one").finditer(text.flat, first, last)]
        verbs = [(one.start(), one.end(), 1) for one in _lists("meetings", "verbs").finditer(text.flat, first, last)]
        taken: list[tuple[int, int, int]] = []
        for start, end, count in [*two, *one_, *verbs]:
            if all(end <= begin or stop <= start for begin, stop, _ in taken) and _singular(text, start, end, count):
                taken.append((start, end, count))
        for start, end, count in sorted(taken):
            status = _status(text, start, end, first, last)
            if status:
                number, stop = _ordinal(text, start, end)
                found.append(Met(start, stop, MeetingRead(status, count, number)))
    return found


def _singular(text: Flat, start: int, end: int, count: int) -> bool:
    """Whether it is not a plural: *the meetings between both sides* are no meeting."""
    word = text.flat[start:end]
    return count > 1 or not word.endswith(("ات", "ەکان", "هکان", "ings"))


def _status(text: Flat, start: int, end: int, first: int, last: int) -> Literal["planned", "held"] | None:
    """What the nearest word of the same sentence says, one that stands before it first."""
    nearest: tuple[int, Literal["planned", "held"]] | None = None
    for status in ("held", "planned"):
        for one in _lists("meetings", status).finditer(
            text.flat, max(first, start - _LOOK - 30), min(last, end + _LOOK)
        ):
            if one.end() <= start:
                away = start - one.end()
            elif one.start() >= end:
                away = one.start() - end + 12
            else:
                away = 0
            if away <= _LOOK and (nearest is None or away < nearest[0] or (away == nearest[0] and status == "planned")):
                nearest = (away, "planned" if status == "planned" else "held")
    ahead = _lists("meetings", "planned").search(text.flat, max(first, start - 40), start)
    return "planned" if ahead else nearest[1] if nearest else None


def _ordinal(text: Flat, start: int, end: int) -> tuple[int | None, int]:
    known = numbered("talks", "ordinals")
    after = _COUNTED.match(text.flat, end)
    if after:
        return known[after["after"]], after.end()
    before = _COUNTED_BEFORE.search(text.flat[max(0, start - 16) : start])
    return (known[before["before"]], end) if before else (None, end)


def read_steps(text: Flat) -> list[Stepped]:
    """Each thing to be done once, with the strongest word of its clause."""
    found: list[Stepped] = []
    said: set[str] = set()
    for standing in get_args(Standing):
        for one in _step_words(text, standing):
            following = _STEP_END.search(text.flat, one.end())
            end = following.start() if following else len(text.flat)
            what = " ".join(text.flat[one.end() : end].split())
            known = any(what == other or what.startswith(other) for other in said)
            if (
                len(what.split()) < _SHORTEST_STEP
                or known
                or any(one.start() < other.end and other.start < end for other in found)
            ):
                continue
            said.add(what)
            found.append(Stepped(one.start(), end, StepRead(standing)))
    return sorted(found, key=lambda each: each.start)


def _step_words(text: Flat, standing: Standing) -> list[re.Match[str]]:
    apart = list(_AGREED_APART.finditer(text.flat)) if standing == "agreed" else []
    return [*_lists("steps", standing).finditer(text.flat), *apart]


def read_concerns(text: Flat) -> list[tuple[int, int, ConcernRead]]:
    """Words for disputed ground and for ground that nobody secures."""
    found: list[tuple[int, int, ConcernRead]] = []
    reasons: tuple[Literal["disputed", "vacuum"], ...] = ("disputed", "vacuum")
    for why in reasons:
        for one in _lists("concerns", why).finditer(text.flat):
            if all(one.end() <= start or end <= one.start() for start, end, _ in found):
                found.append((one.start(), one.end(), ConcernRead(why)))
    return sorted(found, key=lambda each: each[0])
