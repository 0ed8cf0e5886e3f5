"""Where in a text the words stand that a question looked for, and the piece of the text that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tansiq.geo.mentions import place_spans
from tansiq.search.question import Sought
from tansiq.search.texts import Text
from tansiq.search.words import Word, words_of

PIECE: Final = 180
_BEFORE: Final = 50
MOST_PIECES: Final = 3


class Piece(Struct, frozen=True):
    """A piece of a field's text: `start` is where it stands in it, `marks` from and to within the piece.

    All in code points. `more`: the text goes on behind it. `own`: the field was not told, and only this node sees it.
    """

    field: str
    text: str
    start: int
    more: bool
    marks: list[tuple[int, int]]
    own: bool = False


def marks_in(text: str, sought: Sequence[Sought]) -> list[tuple[int, int]]:
    """From and to (code points) of everything in a text that answers a question, in order, none over another."""
    words = words_of(text)
    places = {place for one in sought for place in (*one.places, *one.near)}
    found = [(word.start, word.end) for word in words if any(_answers(word, one) for one in sought)]
    if places:
        spans = place_spans([word.folded for word in words])
        found += [(words[first].start, words[last].end) for first, last, place in spans if place in places]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _answers(word: Word, one: Sought) -> bool:
    if any(word.folded in one_of or word.root == one_of[1] for one_of in one.words):
        return True
    return bool(one.starts) and (word.folded.startswith(one.starts) or word.root.startswith(one.starts))


def pieces(texts: Sequence[Text], sought: Sequence[Sought], own: frozenset[str]) -> list[Piece]:
    """The pieces that show why a record was found, at most three.

    Where it was for another reason than its words: the first text below its heading, which stands above it anyway.
    """
    found = []
    for text in texts:
        marks = marks_in(text.text, sought) if sought else []
        if marks:
            found.append(_piece(text, marks, own))
        if len(found) == MOST_PIECES:
            break
    return found or [_piece(text, [], own) for text in texts if not text.heading][:1]


def _piece(text: Text, marks: Sequence[tuple[int, int]], own: frozenset[str]) -> Piece:
    start = 0 if not marks or len(text.text) <= PIECE else max(0, marks[0][0] - _BEFORE)
    if start:
        blank = text.text.find(" ", start, start + _BEFORE)
        start = blank + 1 if 0 <= blank < marks[0][0] else start
    end = min(len(text.text), start + PIECE)
    within = [(first - start, last - start) for first, last in marks if last <= end]
    return Piece(text.field, text.text[start:end], start, end < len(text.text), within, text.field.split(".")[0] in own)
