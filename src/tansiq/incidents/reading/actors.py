"""Bodies in a text, and words that look like a person's name, which are marked so that nobody keeps them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tansiq.geo.gazetteer import PlaceNames
from tansiq.incidents.reading.finds import ActorRead, Side
from tansiq.incidents.reading.flat import Flat, lay_flat, pattern, phrases
from tansiq.incidents.reading.vocabulary import words_of

_BOTH_MINISTRIES: Final = pattern(
    r"وزارتي الدفاع(?:\s+العراقية)?\s*[,،]?\s*[\"']?و[\"'\s]*(?P<all>[\"']?ال(?:بيشمركة|بشمركة))"
)
_TITLES: Final = (
    r"اللواء|العميد|العقيد|المقدم|الرائد|النقيب|الفريق|الملازم|الشيخ|السيد|لیوا|عەمید|عەقید|ڕائید|نەقیب|فەریق|کاک|"
    r"general|brigadier|colonel|major|captain|lieutenant|sheikh|mr|"
    r"وزير\s+[\"']?(?:الدفاع|البيشمركة|البشمركة|الداخلية)[\"']?|وەزیری\s+(?:پێشمەرگە|بەرگری|ناوخۆ)"
)
_NAME: Final = (
    r"(?!ال(?:ركن|متقاعد|حقوقي|طيار|عام|عراقي|كردي)|في|من|ان|على|عن|الى|لە|کە|بە|of|in|said|on|and)[^\W\d_]{3,}"
)
_PERSON: Final = pattern(rf"(?<![^\W_])(?:{_TITLES})\.?\s+(?P<all>{_NAME}\s+{_NAME})(?![^\W_])")


@cache
def _bodies() -> tuple[tuple[re.Pattern[str], ActorRead], ...]:
    return tuple(
        (phrases(body["words"]), ActorRead(identity, PlaceNames(**body["names"]), body["side"]))
        for identity, body in words_of("actors").items()
    )


def read_actors(text: Flat) -> list[tuple[int, int, ActorRead]]:
    """Every body that is named, the longest name of those that share words, in order."""
    found = [(match.start(), match.end(), actor) for words, actor in _bodies() for match in words.finditer(text.flat)]
    for both in _BOTH_MINISTRIES.finditer(text.flat):
        ministry = next(actor for _, actor in _bodies() if actor.id == "ministry_of_peshmerga")
        found.append((both.start("all"), both.end("all"), ministry))
    kept: list[tuple[int, int, ActorRead]] = []
    # of two at the same words the ministry, which the list of bodies has later
    for one in sorted(found, key=lambda each: (each[0] - each[1], each[2].id == "peshmerga")):
        if all(one[1] <= start or end <= one[0] for start, end, _ in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each[0])


def read_persons(text: Flat) -> list[tuple[int, int]]:
    """Two words after a rank or title."""
    return [match.span("all") for match in _PERSON.finditer(text.flat)]


def side_of_name(name: str) -> Side | None:
    """The side of the body that a party's name is, where the name says one."""
    found = read_actors(lay_flat(name))
    return found[0][2].side if found else None
