"""What a question means: its words with everything that may stand for them, and the ranks of what answers them.

Four ranks, each holding the one before: all words in the heading as they are written; all words; forms of them, names
of the same place in another language, and, while one types, words that begin like the last; places that are spelt
nearly so, which are only asked for where nothing else was found. What answers by a better rank comes first, and within
a rank what is newer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, Literal, get_args

from msgspec import Struct

from tansiq.geo.gazetteer import search as places_named
from tansiq.geo.spelling import beginnings
from tansiq.search.words import forms, stops, words_of

Rank = Literal["heading", "words", "forms", "near"]
RANKS: Final[tuple[Rank, ...]] = get_args(Rank)
MOST_WORDS: Final = 12
SURE: Final = 88
"""The score of the gazetteer from which a name is taken for a place."""
BEGINS: Final = 85
"""The score of the beginning of a name, which counts while one types."""
NEAR: Final = 74
_MOST_PLACES: Final = 4
_SHORTEST_START: Final = 2
_SHORTEST_NAME: Final = 3
_LONGEST_NAME: Final = 3


class Sought(Struct, frozen=True):
    """One or several words that are looked for together: several where they are one name or one word for what happened.

    `starts` are beginnings of words where the last of them is being typed. `places` are ids of the gazetteer, `near`
    those that are spelt nearly so; `category` is what happened where the word says it.
    """

    words: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    places: tuple[str, ...]
    near: tuple[str, ...]
    category: str | None


def read_question(text: str, *, typing: bool, category_of: Callable[[str], str | None]) -> list[Sought]:
    """What a question looks for, its first twelve words; nothing where it has none."""
    written = [text[one.start : one.end] for one in words_of(text)][:MOST_WORDS]
    typing = typing and bool(written) and text[-1:].isalnum()
    barred = stops()
    kept = [word for word in written[:-1] if forms(word)[0] not in barred]
    if written and (typing or forms(written[-1])[0] not in barred or not kept):
        kept.append(written[-1])
    else:
        typing = False
    found: list[Sought] = []
    at = 0
    while at < len(kept):
        tried = (kept[at : at + count] for count in range(_LONGEST_NAME, 1, -1) if at + count <= len(kept))
        some = next((one for one in tried if _is_name(one) or category_of(" ".join(one))), kept[at : at + 1])
        last = at + len(some) == len(kept)
        found.append(_sought(some, typing=typing and last, category=category_of(" ".join(some))))
        at += len(some)
    return found


def _is_name(words: Sequence[str]) -> bool:
    return any(score >= SURE for _, score in _places(" ".join(words)))


def _sought(words: Sequence[str], *, typing: bool, category: str | None) -> Sought:
    name = " ".join(words)
    places = _places(name) if len(name) >= _SHORTEST_NAME else ()
    sure = BEGINS if typing else SURE
    return Sought(
        tuple(forms(word) for word in words),
        _starts(words[-1]) if typing else (),
        tuple(place for place, score in places if score >= sure),
        tuple(place for place, score in places if NEAR <= score < sure),
        category,
    )


def _starts(word: str) -> tuple[str, ...]:
    """Beginnings of words, of at least two letters."""
    return tuple(one for one in beginnings(word) if len(one) >= _SHORTEST_START)


@lru_cache(maxsize=4096)
def _places(name: str) -> tuple[tuple[str, int], ...]:
    return tuple((hit.id, hit.score) for hit in places_named(name, _MOST_PLACES) if hit.id)


class Expressions(Struct, frozen=True):
    """A question in the query language of FTS5.

    `every` asks for all that answers it but by names that are nearly so; `ranks` for what answers by a rank and by no
    better one, with the rank's number; `near` for names that are nearly so, None where there is none.
    """

    every: str
    ranks: list[tuple[int, str]]
    near: str | None


def expressions(sought: Sequence[Sought], filters: Sequence[Sequence[str]]) -> Expressions | None:
    """What to ask for; None where there is nothing. `filters` are alternatives of which one must hold, each."""
    asked = [_any([_term(term) for term in terms]) for terms in filters]
    if not sought:
        return Expressions(_all(asked), [(0, _all(asked))], None) if asked else None
    ranks = [
        _all([_all([_term(f"!{folded}") for folded, _ in one.words]) for one in sought]),
        _all([_all([_term(folded) for folded, _ in one.words]) for one in sought]),
        _all([_loosely(one, one.places) for one in sought]),
    ]
    near = _all([_loosely(one, one.places + one.near) for one in sought])
    apart = [
        (rank, _all([*asked, expression]) + (f" NOT {ranks[rank - 1]}" if rank else ""))
        for rank, expression in enumerate(ranks)
    ]
    only_near = f"{_all([*asked, near])} NOT {ranks[-1]}" if near != ranks[-1] else None
    return Expressions(_all([*asked, ranks[-1]]), apart, only_near)


def rank_of(sought: Sequence[Sought], terms: frozenset[str]) -> int:
    """The number of the best rank by which a record of these terms answers, which answers by one of the first three."""
    folded = [word for one in sought for word, _ in one.words]
    if all(f"!{word}" in terms for word in folded):
        return 0
    return 1 if all(word in terms for word in folded) else 2


def _loosely(one: Sought, places: Sequence[str]) -> str:
    words = []
    for at, (folded, root) in enumerate(one.words):
        ways = [_term(folded), _term(f"~{root}")]
        if root != folded:
            ways.append(_term(root))
        if at == len(one.words) - 1:
            ways += [f"{_term(sign + start)} *" for start in one.starts for sign in ("", "~")]
        words.append(_any(ways))
    ways = [_all(words), *(_term(f"@{place}") for place in places)]
    if one.category is not None:
        ways.append(_term(f"={one.category}"))
    return _any(ways)


def _term(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _all(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def _any(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"
