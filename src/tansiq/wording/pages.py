"""The words of printed pages in the three languages: `<language>/pages/<page>.toml`, tables of texts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from tansiq.wording import LANGUAGES

PACKAGE: Final = "tansiq.wording"


@cache
def page_words(language: str, page: str) -> Mapping[str, Mapping[str, str]]:
    """All words of a page in a language (`ar`, `ckb`, `en`; another reads English)."""
    spoken = language if language in LANGUAGES else "en"
    return tomllib.loads((files(PACKAGE) / spoken / "pages" / f"{page}.toml").read_text(encoding="utf-8"))
