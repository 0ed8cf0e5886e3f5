"""Where sentences, clauses and paragraphs of a flat text begin and end."""

from __future__ import annotations

import re
from typing import Final

from tansiq.incidents.reading.flat import Flat

_SENTENCE_END: Final = re.compile(r"(?:[!?;]|\.(?!\d)|\n)+")
_LONGEST_CLAUSE: Final = 600
_CLAUSE_END: Final = re.compile(r"[!?;:,\n()]|\.(?!\d)")


def sentences(text: Flat) -> list[tuple[int, int]]:
    """The sentences as [start, end), without the mark that ends them."""
    return _parted(text.flat, _SENTENCE_END)


def paragraphs(text: Flat) -> list[tuple[int, int]]:
    """The lines that are not empty."""
    return _parted(text.flat, re.compile(r"\n+"))


def clause_around(text: Flat, start: int, end: int) -> tuple[int, int]:
    """The clause, between commas, that holds these signs."""
    furthest = max(0, start - _LONGEST_CLAUSE)
    first = max((one.end() for one in _CLAUSE_END.finditer(text.flat, furthest, start)), default=furthest)
    following = _CLAUSE_END.search(text.flat, end)
    return first, following.start() if following else len(text.flat)


def _parted(flat: str, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    begin = 0
    for found in mark.finditer(flat):
        parts.append((begin, found.start()))
        begin = found.end()
    parts.append((begin, len(flat)))
    return [(first, last) for first, last in parts if flat[first:last].strip()]
