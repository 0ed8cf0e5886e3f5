"""What happened, as one asks for it: by a word for a category in the three languages, in whichever form it stands."""

from __future__ import annotations

from functools import cache

from tansiq.incidents.categories import category_of, usual_words
from tansiq.search.words import forms


def category_meant(words: str) -> str | None:
    """The category that words of a question stand for: as they are usually written, or a form of one such word."""
    found = category_of(words)
    if found is not None or " " in words:
        return found
    folded, root = forms(words)
    usual = _by_root().get(root, {})
    if len(set(usual.values())) == 1:
        return next(iter(usual.values()))
    # gunfire and explosion share a root in Sorani (teqe, teqînewe): the longer word is the one meant
    return max(((len(word), one) for word, one in usual.items() if word in folded), default=(0, None))[1]


@cache
def _by_root() -> dict[str, dict[str, str]]:
    """By their roots the words for a category, folded."""
    found: dict[str, dict[str, str]] = {}
    for word, category in usual_words().items():
        if " " not in word:
            folded, root = forms(word)
            found.setdefault(root, {})[folded] = category
    return found
