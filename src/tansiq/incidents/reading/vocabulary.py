"""The lists of words that reports are read with, as they lie beside this module; loaded once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from tansiq.incidents.reading.flat import flat_words


@cache
def words_of(name: str) -> Mapping[str, Any]:
    """The lists of one file."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def numbered(name: str, table: str) -> Mapping[str, int]:
    """A table of numbered lists, the other way round: each word, laid flat, to its number."""
    lists: Mapping[str, list[str]] = words_of(name)[table]
    return {flat_words(word): int(number) for number, words in lists.items() for word in words}


def any_of(words: Mapping[str, int]) -> str:
    """A pattern for any of these words, the longest first; a space in them may be wide."""
    return "|".join(word.replace(" ", r"\s+") for word in sorted(words, key=len, reverse=True))
