"""Places in a text: positions; names of the gazetteer in any spelling; names which only surroundings give away.

The longest run of words that folds to a listed name wins. A name that is also a common word (خمور: spirits, زمار: a
piper) counts only beside another place or after a word of place. A near spelling is *likely*; two names as near are
*ambiguous*.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from tansiq.errors import Refused
from tansiq.geo.coordinates import read_coordinates
from tansiq.geo.gazetteer import PlaceNames, listed_places
from tansiq.geo.mgrs import to_mgrs
from tansiq.geo.spelling import fold, skeleton
from tansiq.incidents.reading.finds import Certainty, PlaceRead
from tansiq.incidents.reading.flat import Flat, Word, flat_words, pattern, phrases
from tansiq.incidents.reading.vocabulary import words_of

_MOST_WORDS: Final = 4
_SHORTEST_MISSPELT: Final = 4
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_HEADS: Final = ("", "و", "ف", "ب", "ل", "ک", "ال", "وال", "بال", "فال", "لل", "وب", "ول", "وبال", "ولل", "کال")
_TAILS: Final = ("", "ی", "ش", "یش", "دا", "هوه", "یهوه", "وه", "ه", "ان", "ێ", "یدا", "هکان", "م")
_MEMBERS: Final = tuple(sorted({flat_words(one) for one in _TAILS}, key=len))


@dataclass(frozen=True)
class Placed:
    """A place at [start, end) of the flat text, and what it may be, the likeliest first."""

    start: int
    end: int
    certainty: Certainty
    meanings: tuple[PlaceRead, ...]


def read_places(text: Flat, known: Sequence[tuple[int, int]] = ()) -> list[Placed]:
    """All places, in order: positions first, then names where no position stands.

    `known` are signs that are known to be something else: no misspelt place is looked for in them.
    """
    found = list(_positions(text))
    taken = [(one.start, one.end) for one in found]
    names = _names(text, taken, known)
    found += names
    taken += [(one.start, one.end) for one in names]
    found += _unlisted(text, taken)
    return sorted(found, key=lambda one: one.start)


# Positions


_MGRS: Final = pattern(
    r"(?<![\w.])(?P<all>\d{1,2}\s?[c-hj-np-x]\s?[a-hj-np-z]{2}(?:\s?\d{1,5}\s\d{1,5}|\s?(?:\d\d){1,5}))(?![\w])"
)
_ANGLE: Final = r"(?:[nsew]\s*)?[+-]?\d{1,3}(?:\.\d{2,12})\s*°?\s*(?:[nsew](?![a-z]))?"
_SEXAGESIMAL: Final = (
    r"(?:[nsew]\s*)?\d{1,3}\s*°\s*\d{1,2}(?:\.\d{1,9})?\s*['′]"
    r"(?:\s*\d{1,2}(?:\.\d{1,6})?\s*[\"″”])?\s*(?:[nsew](?![a-z]))?"
)
_DEGREES: Final = pattern(
    rf"(?<![\w.])(?P<all>(?:{_ANGLE}\s*[,;/ ]\s*{_ANGLE}|{_SEXAGESIMAL}\s*[,;/ ]?\s*{_SEXAGESIMAL}))(?![\w.]*\d)"
)


def _positions(text: Flat) -> Iterator[Placed]:
    for expression in (_MGRS, _DEGREES):
        for match in expression.finditer(text.flat):
            written = match["all"].strip()
            try:
                position = read_coordinates(written.upper())
            except Refused:
                continue
            name = (
                to_mgrs(position.lat, position.lon)
                if position.notation == "degrees"
                else "".join(written.upper().split())
            )
            end = match.start("all") + len(match["all"].rstrip())
            yield Placed(
                match.start("all"),
                end,
                "certain",
                (PlaceRead("", PlaceNames(en=name), position.lat, position.lon, position.accuracy, 100),),
            )


# Names


@dataclass(frozen=True)
class _Lexicon:
    """Listed names by their folded spelling, those that are common words too, and the names to compare with."""

    by_name: Mapping[str, tuple[PlaceRead, ...]]
    common: frozenset[str]
    articles: Mapping[str, frozenset[bool]]
    near: Mapping[str, list[tuple[str, PlaceRead]]]
    """By first letter, which a misspelt name keeps."""


@cache
def _lexicon() -> _Lexicon:
    names: dict[str, list[PlaceRead]] = {}
    near: dict[str, list[tuple[str, PlaceRead]]] = {}
    articles: dict[str, set[bool]] = {}
    for read, spellings in _listed():
        for spelling in spellings:
            folded = fold(spelling)
            articles.setdefault(folded, set()).add(spelling.startswith("ال"))
            if len(folded) > 1 and read not in names.setdefault(folded, []):
                names[folded].append(read)
                near.setdefault(folded[0], []).append((folded, read))
    common = frozenset(fold(word) for word in words_of("places")["common"])
    return _Lexicon(
        {name: tuple(reads) for name, reads in names.items()},
        common,
        {name: frozenset(ways) for name, ways in articles.items()},
        near,
    )


def _listed() -> Iterator[tuple[PlaceRead, list[str]]]:
    for hit, spellings in listed_places():
        yield PlaceRead(hit.id, hit.names, hit.lat, hit.lon, hit.accuracy, 100), list(spellings)
    rows = csv.DictReader((files(__package__) / "regions.csv").read_text(encoding="utf-8").splitlines())
    for row in rows:
        named = PlaceNames(row["name_en"], row["name_ar"], row["name_ckb"])
        yield (
            PlaceRead(row["id"], named, None, None, 0, 100),
            [row["name_en"], row["name_ar"], row["name_ckb"], *row["aliases"].split(";")],
        )


_WORDS: Final = words_of("places")
_CUES: Final = phrases(_WORDS["cues"])
_NOT_AFTER: Final = phrases(_WORDS["not_after"])
_JOINING: Final = pattern(r"[\s,/\-]*(?:و|and|to|or|أو|إلى|الى|بۆ|تا|لە|من|from)?\s*")
_ATTACHED: Final = ("ب", "ل", "فب", "وب", "ول")


def _names(text: Flat, taken: list[tuple[int, int]], known: Sequence[tuple[int, int]]) -> list[Placed]:
    sure: list[Placed] = []
    doubtful: list[tuple[Placed, bool]] = []
    index = 0
    while index < len(text.words):
        step = 1
        for many in range(min(_MOST_WORDS, len(text.words) - index), 0, -1):
            run = text.words[index : index + many]
            if _crosses(text, run) or any(run[0].start < end and start < run[-1].end for start, end in taken):
                continue
            one = _exact(text, run)
            if one is None:
                continue
            placed, common, attached = one
            if common:
                doubtful.append((placed, attached))
            else:
                sure.append(placed)
            step = many
            break
        index += step
    sure += _backed(text, sure, doubtful)
    sure += _near(
        text, [*taken, *known, *((one.start, one.end) for one in sure), *((one.start, one.end) for one, _ in doubtful)]
    )
    return sorted(sure, key=lambda one: one.start)


def _crosses(text: Flat, run: tuple[Word, ...]) -> bool:
    """Whether something other than a space or a hyphen parts the words."""
    return any(text.flat[one.end : two.start].strip(" -'\n\t") for one, two in pairwise(run))


def _exact(text: Flat, run: tuple[Word, ...]) -> tuple[Placed, bool, bool] | None:
    """A listed name, whether it is a common word too, and whether a preposition was joined to it."""
    lexicon = _lexicon()
    first, last = run[0], run[-1]
    whole = text.flat[first.start : last.end]
    if not _ARABIC.search(whole):
        folded = fold(whole.removesuffix("'s"))
        reads = lexicon.by_name.get(folded)
        return (
            None
            if reads is None
            else (_placed(first.start, last.end, "certain", reads), folded in lexicon.common, False)
        )
    for head in sorted((one for one in _HEADS if first.flat.startswith(one)), key=len):
        for tail in (one for one in _MEMBERS if last.flat.endswith(one)):
            start, end = first.start + len(head), last.end - len(tail)
            if end - start < 3:
                continue
            folded = fold(text.written(start, end))
            reads = lexicon.by_name.get(folded)
            if reads is None:
                continue
            bare = text.flat[start:end]
            article = head.endswith("ال") or head.endswith("لل") or bare.startswith("ال")
            if folded in lexicon.common and article not in lexicon.articles[folded]:
                # a common word is the place only with the article that the name has, or has not
                continue
            plain = head.removesuffix("ال").removesuffix("لل")
            certainty: Certainty = "certain" if len(tail) < 2 or end - start > 4 else "likely"
            return (
                _placed(start, end, certainty, reads),
                folded in lexicon.common,
                plain in _ATTACHED or head.endswith("لل"),
            )
    return None


def _placed(start: int, end: int, certainty: Certainty, reads: tuple[PlaceRead, ...]) -> Placed:
    return Placed(start, end, "ambiguous" if len(reads) > 1 else certainty, reads)


def _backed(text: Flat, sure: list[Placed], doubtful: list[tuple[Placed, bool]]) -> list[Placed]:
    """The common words that stand beside a sure place, or after a word of place."""
    backed: list[Placed] = []
    for one, attached in doubtful:
        before = text.flat[max(0, one.start - 40) : one.start]
        if _ends_with(_NOT_AFTER, before):
            continue
        beside = any(
            _JOINING.fullmatch(text.flat[min(one.end, other.end) : max(one.start, other.start)]) is not None
            for other in [*sure, *backed]
            if other.end <= one.start or one.end <= other.start
        )
        if beside or attached or _ends_with(_CUES, before):
            backed.append(
                Placed(one.start, one.end, "likely" if one.certainty == "certain" else one.certainty, one.meanings)
            )
    return backed


def _ends_with(expression: re.Pattern[str], before: str) -> bool:
    bare = before.rstrip(" (\"'")
    bare = bare.removesuffix(" و").removesuffix(" ال")
    return any(found.end() == len(bare) for found in expression.finditer(bare))


def _near(text: Flat, taken: list[tuple[int, int]]) -> list[Placed]:
    """Misspelt names: one letter off, or the same consonants in Latin letters, after a word of place."""
    found: list[Placed] = []
    for index in range(len(text.words)):
        for many in (3, 2, 1):
            run = text.words[index : index + many]
            if len(run) < many or _crosses(text, run) or any(_is_ordinary(word) for word in run):
                continue
            start, end = run[0].start, run[-1].end
            if any(start < stop and begin < end for begin, stop in [*taken, *((one.start, one.end) for one in found)]):
                continue
            one = _misspelt(text, run)
            if one is not None:
                found.append(one)
                break
    return found


def _is_ordinary(word: Word) -> bool:
    return word.flat.isdigit() or _CUES.fullmatch(word.flat) is not None


def _misspelt(text: Flat, run: tuple[Word, ...]) -> Placed | None:
    start, end = run[0].start, run[-1].end
    whole = text.flat[start:end]
    if sum(len(word.flat) for word in run) < _SHORTEST_MISSPELT + len(run) - 1:
        return None
    latin = not _ARABIC.search(whole)
    before = text.flat[max(0, start - 40) : start]
    cued = _ends_with(_CUES, before)
    written = text.written(start, end)
    if latin and not (written[:1].isupper() and len(whole) > 4 and (cued or len(whole) > 6)):
        return None
    best: dict[str, tuple[int, PlaceRead]] = {}
    for head in [""] if latin else sorted((one for one in _HEADS if run[0].flat.startswith(one)), key=len):
        if end - start - len(head) < 3:
            continue
        attached = head in _ATTACHED or cued
        folded = fold(text.written(start + len(head), end))
        if len(folded) < _SHORTEST_MISSPELT or (not attached and not latin and len(folded) < 6):
            continue
        for name, read in _lexicon().near.get(folded[0], ()):
            score = _likeness(folded, name, latin=latin, cued=attached)
            if score and score > best.get(read.id, (0, read))[0]:
                best[read.id] = (score, read)
    if not best:
        return None
    ranked = sorted(best.values(), key=lambda pair: -pair[0])
    nearest = tuple(
        PlaceRead(read.id, read.names, read.lat, read.lon, read.accuracy, score)
        for score, read in ranked
        if score >= ranked[0][0] - 4
    )
    return Placed(start, end, "likely" if len(nearest) == 1 else "ambiguous", nearest)


def _likeness(folded: str, name: str, *, latin: bool, cued: bool) -> int:
    """0 for no likeness, else 70 to 95: by how small a part of the name is off."""
    if bool(_ARABIC.search(name)) == latin or len(name) < 4 or name in _lexicon().common:
        return 0
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 - half a hundred modules, which starting needs none of

    apart = DamerauLevenshtein.distance(folded, name, score_cutoff=2)
    longest = max(len(folded), len(name))
    if folded[0] == name[0] and (apart <= 1 or (apart == 2 and longest >= 9)):
        if apart == 1 and longest < 6 and not cued:
            return 0
        return 95 - 100 * apart // (2 * longest)
    bones = skeleton(folded)
    if latin and len(bones) > 3 and bones == skeleton(name):
        return 80
    return 0


# Names that are not listed


_KINDS_OF_PLACE: Final = _WORDS["kinds_of_place"]
_AFTER_KIND: Final = pattern(
    rf"(?<![^\W_])[وفبل]?(?:ال)?(?:{'|'.join(_KINDS_OF_PLACE)})\s+(?P<all>(?!ال(?:تابع|واقع|مجاور|قريب|حدود|مشترك|امن)|في|من|لە|بە|الى|قرب|{'|'.join(_KINDS_OF_PLACE)})[^\W\d_]{{3,}})(?![^\W_])"
)
_BEFORE_KIND: Final = re.compile(r"\b(?P<all>[a-z]{3,}(?:[ -][a-z]{3,})?)\s+(?:village|subdistrict|sub-district)\b")
_ORDINARY: Final = frozenset({"the", "this", "that", "every", "each", "another", "one", "post", "sector"})
_SUBJECTS: Final = frozenset(flat_words(word) for word in _WORDS["not_names"])


def _unlisted(text: Flat, taken: list[tuple[int, int]]) -> list[Placed]:
    """The word after *village of*, a name before *village*: a place, though nobody here knows where."""
    found: list[Placed] = []
    named = [match.span("all") for match in _BEFORE_KIND.finditer(text.flat)]
    spans = [(start + _small_start(text, start, end), end) for start, end in named]
    spans = [(start, end) for start, end in spans if start < end and text.flat[start:end] not in _ORDINARY]
    spans += [match.span("all") for match in _AFTER_KIND.finditer(text.flat) if match["all"] not in _SUBJECTS]
    for start, end in spans:
        if all(end <= begin or stop <= start for begin, stop in taken):
            found.append(Placed(start, end, "unlisted", ()))
    return found


def _small_start(text: Flat, start: int, end: int) -> int:
    """How many signs stand before the first word that is written with a capital; all where none is."""
    return next((one.start() for one in re.finditer(r"\b[A-Z]", text.written(start, end))), end - start)
