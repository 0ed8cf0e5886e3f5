"""Records of few words in the three languages, and a search that looks at every one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from tansiq.desk.search import Question
from tansiq.desk.search_meaning import category_meant
from tansiq.desk.viewing import Object
from tansiq.search.marks import marks_in
from tansiq.search.question import Sought, read_question
from tansiq.search.texts import texts_of
from tansiq.search.words import Word, words_of

WORDS = ("هجوم", "والهجوم", "عبوة", "العبوات", "مخمور", "لمخمور", "مەخموور", "گوند", "گوندەکان", "Makhmour", "attacks")
ASKED = ("هجوم", "عبوه", "گوندەکە", "مەخموور", "makhmur", "attack", "هجو", "عب", "قصف")


def answering(every: Sequence[Object], question: Question) -> set[str]:
    """The records that answer a question; by names that are nearly so only where none does otherwise."""
    better = {one.ref for one in every if _answers(one, question, near=False)}
    return better or {one.ref for one in every if _answers(one, question, near=True)}


def _answers(one: Object, question: Question, *, near: bool) -> bool:
    """Whether a record answers a question, by looking at each of its words."""
    if question.kinds and one.kind not in question.kinds:
        return False
    if question.parties and one.party not in question.parties:
        return False
    if question.circle is not None and one.circle != question.circle:
        return False
    if not (question.since or 0) <= one.at < (question.until or 1 << 60):
        return False
    fields = {**one.fields, **(one.own or {})}
    words = read_question(question.text, typing=question.typing, category_of=category_meant)
    return not one.erased and all(
        _has(one.kind, fields, sought if near else replace(sought, near=())) for sought in words
    )


def _has(kind: str, fields: Mapping[str, Any], sought: Sought) -> bool:
    if sought.category is not None and fields.get("category") == sought.category:
        return True
    place = fields.get("place") or {}
    if place.get("gazetteer") in (*sought.places, *sought.near):
        return True
    named = (*sought.places, *sought.near)
    texts = [one.text for one in texts_of(kind, fields)]
    only_place = Sought((("\x00", "\x00"),), (), sought.places, sought.near, None)
    if named and any(marks_in(text, [only_place]) for text in texts):
        return True
    held = [word for text in texts for word in words_of(text)]
    return all(_word(sought, at, held) for at in range(len(sought.words)))


def _word(sought: Sought, at: int, held: Sequence[Word]) -> bool:
    folded, root = sought.words[at]
    starts = sought.starts if at == len(sought.words) - 1 else ()
    return any(
        word.root == root
        or word.folded in (folded, root)
        or (starts and (word.folded.startswith(starts) or word.root.startswith(starts)))
        for word in held
    )
