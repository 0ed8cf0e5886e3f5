"""Agreed terms: a text that uses one in one language has to use its counterpart in the others, or a reader is warned.

Words are matched as they are inflected: Arabic with its conjunctions, prepositions, article and pronouns written onto
the word, Sorani with its suffixes and ezafe, English with its plural. Broken plurals stand in the list as words of
their own. It warns and never refuses: only a person can say whether a word was meant as the term.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from msgspec import Struct

from tansiq.accord.clauses import LANGUAGES
from tansiq.accord.words import fold, split
from tansiq.records.values import Language

_ARABIC: Final = "^(?:و|ف)?(?:ب|ک|ل|س)?(?:ال|ل)?{stem}(?:ه|ت|ات|ان|ین|ون|ا|تین|تان|ی|یه)?(?:ه|ها|هم|هما|هن|نا|کم|ک)?$"
_SORANI: Final = "^{stem}(?:ێک|یەک|ەکە|کە|ەکان|کان|انە|ان|یان|ات|گەل|ەوە|ەی|یە|ی|ێ|ە|مان|تان|م|ت|یش|ش|دا|ین|ن)*$"
_ENGLISH: Final = "^{stem}(?:s|es|'s|s'|ed)?$"


class Term(Struct, frozen=True):
    """One agreed term: the ways to say it in each language, the preferred first."""

    words: dict[Language, tuple[str, ...]]

    def preferred(self) -> dict[Language, str]:
        """The term as it is to be used."""
        return {language: ways[0] for language, ways in self.words.items()}


class TermWarning(Struct, frozen=True):
    """A term stands in one language (`found` as written) and its counterpart is not in another (`expected`)."""

    found_in: Language
    found: str
    missing_in: Language
    expected: tuple[str, ...]


class _Match(NamedTuple):
    """A way to say a term, found at a word, so many words long; as written there."""

    length: int
    at: int
    term: int
    written: str


class Glossary:
    """Terms to look for in texts. A word that was met once is not looked up again."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._by_first: dict[tuple[Language, str], list[tuple[int, tuple[str, ...]]]] = {}
        self._patterns: dict[Language, list[tuple[str, re.Pattern[str]]]] = {}
        self._met: dict[tuple[Language, str], frozenset[str]] = {}
        for language in LANGUAGES:
            stems: set[str] = set()
            for number, term in enumerate(self.terms):
                for way in (_stems(one, language) for one in term.words.get(language, ())):
                    if way:
                        self._by_first.setdefault((language, way[0]), []).append((number, way))
                        stems |= set(way)
            self._patterns[language] = [(stem, _pattern(stem, language)) for stem in sorted(stems)]

    def found_in(self, text: str, language: Language) -> dict[int, str]:
        """The terms in a text, by number, as written there; of terms within each other the longest."""
        return _longest(self._matches(text, language))

    def check(self, texts: Mapping[Language, str]) -> list[TermWarning]:
        """What a text in several languages uses in one and not in another that has words at all."""
        matches = {language: self._matches(texts[language], language) for language in LANGUAGES if texts.get(language)}
        # what is asked for is the longest term; for what is there a longer one around it is no hindrance
        said = {language: {one.term for one in found} for language, found in matches.items()}
        warnings: list[TermWarning] = []
        for language, found in matches.items():
            for number, words in sorted(_longest(found).items()):
                for other in matches:
                    ways = self.terms[number].words.get(other, ())
                    if other != language and ways and number not in said[other]:
                        warnings.append(TermWarning(language, words, other, ways))
        return _once(warnings)

    def _matches(self, text: str, language: Language) -> list[_Match]:
        words = split(text)
        met = [self._meaning(one.folded, language) for one in words]
        found: list[_Match] = []
        for at, stems in enumerate(met):
            for stem in stems:
                for number, way in self._by_first.get((language, stem), ()):
                    here = met[at : at + len(way)]
                    if len(here) == len(way) and all(one in there for one, there in zip(way, here, strict=True)):
                        written = "".join(one.written for one in words[at : at + len(way)]).strip()
                        found.append(_Match(len(way), at, number, written))
        return found

    def _meaning(self, word: str, language: Language) -> frozenset[str]:
        held = self._met.get((language, word))
        if held is None:
            held = frozenset(stem for stem, pattern in self._patterns[language] if pattern.match(word))
            if len(self._met) < MOST_WORDS:
                self._met[language, word] = held
        return held


MOST_WORDS: Final = 50_000


def _once(warnings: Sequence[TermWarning]) -> list[TermWarning]:
    """Two languages that have the term say of the third only once what it lacks."""
    told: set[tuple[Language, tuple[str, ...]]] = set()
    kept: list[TermWarning] = []
    for one in warnings:
        if (one.missing_in, one.expected) not in told:
            told.add((one.missing_in, one.expected))
            kept.append(one)
    return kept


def _longest(matches: Iterable[_Match]) -> dict[int, str]:
    """Terms as written, of those within each other the longest."""
    taken: set[int] = set()
    found: dict[int, str] = {}
    for one in sorted(matches, key=lambda one: (-one.length, one.at, one.term)):
        here = range(one.at, one.at + one.length)
        if taken.isdisjoint(here):
            found.setdefault(one.term, one.written)
            taken.update(here)
    return found


def _stems(way: str, language: Language) -> tuple[str, ...]:
    return tuple(_stem(one.folded, language) for one in split(way) if one.folded.strip())


def _stem(word: str, language: Language) -> str:
    if language == "ar":
        word = word[2:] if word.startswith("ال") and len(word) > 4 else word
        return word[:-1] if word.endswith("ه") and len(word) > 3 else word
    if language == "ckb" and len(word) > 4:
        return word.rstrip("ی")
    return word


def _pattern(stem: str, language: Language) -> re.Pattern[str]:
    form = {"ar": _ARABIC, "ckb": _SORANI, "en": _ENGLISH}[language]
    return re.compile(form.format(stem=re.escape(stem)))


@cache
def agreed_terms() -> tuple[Term, ...]:
    """The terms that come with the software, out of its glossary."""
    text = (files("tansiq.accord") / "terms.csv").read_text(encoding="utf-8")
    return tuple(
        Term({language: tuple(row[language].split("|")) for language in LANGUAGES if row[language]})
        for row in csv.DictReader(text.splitlines())
    )


def term_of(words: Mapping[Language, str]) -> Term | None:
    """A term out of a definition; None where it is there in one language only."""
    ways: dict[Language, tuple[str, ...]] = {
        language: (words[language],) for language in LANGUAGES if fold(words.get(language, "")).strip()
    }
    return Term(ways) if len(ways) > 1 else None
