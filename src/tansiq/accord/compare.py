"""Comparison of texts word by word: what two have in common, and what several have, with brackets where they differ.

The common words are a longest common subsequence, exact, by Hyyrö's bit-parallel method (Hyyrö 2004, as rapidfuzz has
it): a text of the longest that a clause may have is compared in milliseconds. Nothing of any text is left out: joined
again, each side is what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from tansiq.accord.words import Word, split

LONGEST: Final = 8000
"""Words beyond which a text is not compared but set against the other as a whole."""


class Piece(Struct, frozen=True, omit_defaults=True):
    """A run of words: in both (`same`), in both but spelled otherwise (`spelled`), only before, or only after."""

    op: Literal["same", "spelled", "gone", "new"]
    before: str = ""
    after: str = ""


class Bracket(Struct, frozen=True, omit_defaults=True):
    """A run of a text of several wordings: what each of them has there, `of` by the number of the wording.

    Where all have the same words `common` is that text and `of` is left out.
    """

    common: str | None = None
    of: tuple[tuple[tuple[int, ...], str], ...] = ()

    def in_wording(self, number: int) -> str:
        """What stands here in a wording."""
        if self.common is not None:
            return self.common
        return next((text for numbers, text in self.of if number in numbers), "")


def difference(before: str, after: str) -> list[Piece]:
    """How one text becomes the other."""
    old, new = split(before), split(after)
    pieces: list[Piece] = []
    i = j = 0
    for a, b in [*_common(old, new), (len(old), len(new))]:
        if i < a:
            pieces.append(Piece("gone", before=_joined(old[i:a])))
        if j < b:
            pieces.append(Piece("new", after=_joined(new[j:b])))
        if a < len(old) and b < len(new):
            _add_common(pieces, old[a].written, new[b].written)
        i, j = a + 1, b + 1
    return pieces


def _add_common(pieces: list[Piece], old: str, new: str) -> None:
    op: Literal["same", "spelled"] = "same" if old == new else "spelled"
    last = pieces[-1] if pieces else None
    if last is not None and last.op == op:
        pieces[-1] = Piece(op, last.before + old, last.after + new)
    else:
        pieces.append(Piece(op, old, new))


def brackets(texts: Sequence[str]) -> list[Bracket]:
    """The texts as one, with the words that all have and brackets around those that not all have."""
    if not texts:
        return []
    if len(set(texts)) == 1:
        return [Bracket(common=texts[0])] if texts[0] else []
    words = [split(text) for text in texts]
    anchors = _single_words_let_go(_anchors(words), [len(one) for one in words])
    found: list[Bracket] = []
    at = [0] * len(words)
    for anchor in [*anchors, tuple(len(one) for one in words)]:
        _add(found, [_joined(one[begin:end]) for one, begin, end in zip(words, at, anchor, strict=True)])
        if all(end < len(one) for one, end in zip(words, anchor, strict=True)):
            _add(found, [one[end].written for one, end in zip(words, anchor, strict=True)])
        at = [end + 1 for end in anchor]
    return found


def _add(found: list[Bracket], runs: Sequence[str]) -> None:
    if not any(runs):
        return
    if len(set(runs)) == 1:
        if found and found[-1].common is not None:
            found[-1] = Bracket(common=found[-1].common + runs[0])
        else:
            found.append(Bracket(common=runs[0]))
        return
    if found and found[-1].common is None:
        runs = [found[-1].in_wording(number) + run for number, run in enumerate(runs)]
        found.pop()
    by_text: dict[str, list[int]] = {}
    for number, run in enumerate(runs):
        by_text.setdefault(run, []).append(number)
    found.append(Bracket(of=tuple((tuple(numbers), run) for run, numbers in by_text.items())))


def _anchors(words: Sequence[Sequence[Word]]) -> list[tuple[int, ...]]:
    """Where the words stand that the first text has in common with every other."""
    places: list[list[int]] = [[at] for at in range(len(words[0]))]
    for other in words[1:]:
        match = dict(_common(words[0], other))
        for at, place in enumerate(places):
            if len(place) and at in match:
                place.append(match[at])
            else:
                place.clear()
    return [tuple(place) for place in places if place]


def _single_words_let_go(anchors: Sequence[tuple[int, ...]], ends: Sequence[int]) -> list[tuple[int, ...]]:
    """A common word alone between two brackets is taken into them: a text of crumbs cannot be read."""
    kept: list[tuple[int, ...]] = []
    run: list[tuple[int, ...]] = []
    for anchor in [*anchors, tuple(ends)]:
        if run and anchor == tuple(one + 1 for one in run[-1]):
            run.append(anchor)
            continue
        if len(run) > 1 or (run and (_at_begin(run[0]) or _at_end(run[-1], ends))):
            kept += run
        run = [anchor]
    kept += [one for one in run if one != tuple(ends)]
    return [one for one in kept if one != tuple(ends)]


def _at_begin(anchor: tuple[int, ...]) -> bool:
    return not any(anchor)


def _at_end(anchor: tuple[int, ...], ends: Sequence[int]) -> bool:
    return all(one + 1 == end for one, end in zip(anchor, ends, strict=True))


def _common(old: Sequence[Word], new: Sequence[Word]) -> list[tuple[int, int]]:
    """Places of the words that two texts have in common, in order: as many as can be."""
    if max(len(old), len(new)) > LONGEST:
        return []
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415 - half a hundred modules, which starting needs none of

    numbers: dict[str, int] = {}
    # numbered: a hash of the words themselves would differ from one run to the next
    left = [numbers.setdefault(one.folded, len(numbers)) for one in old]
    right = [numbers.setdefault(one.folded, len(numbers)) for one in new]
    found: list[tuple[int, int]] = []
    for op in LCSseq.opcodes(left, right):
        if op.tag == "equal":
            found += zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True)
    return found


def _joined(words: Sequence[Word]) -> str:
    return "".join(one.written for one in words)
