"""What happened, as one asks for it: by a word for a category in the three languages, in whichever form it stands."""

from __future__ import annotations

from functools import cache

from tansiq.incidents.categories import category_of, usual_words
from tansiq.search.words import forms


def category_meant(words: str) -> str | None:
    """The category that words of a question stand for: as they are usually written, or a form of one such word."""
    found = category_of(words)
    return found if found is not None or " " in words else _by_root().get(forms(words)[1])


@cache
def _by_root() -> dict[str, str]:
    """Categories by the roots of their words; none where two share a root."""
    found: dict[str, set[str]] = {}
    for word, category in usual_words().items():
        if " " not in word:
            found.setdefault(forms(word)[1], set()).add(category)
    return {root: next(iter(some)) for root, some in found.items() if len(some) == 1}
