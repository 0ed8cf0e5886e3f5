"""The words of every refusal in the three languages.

`<language>/<family>.toml` holds one table per reason with `refused`, and `kept` and `next` where they differ from
those of the family's `[default]` table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from tansiq.wording.reasons import said

LANGUAGES: Final = ("ar", "ckb", "en")


@dataclass(frozen=True)
class Wording:
    """A refusal in words: what was refused, what was kept, what to do next."""

    refused: str
    kept: str
    next: str

    def line(self) -> str:
        """All three on one line."""
        return " ".join(part for part in (self.refused, self.kept, self.next) if part)


@cache
def catalogue(language: str, family: str) -> Mapping[str, Mapping[str, str]]:
    """The reasons of one family in one language, with the family's defaults under `default`."""
    source = files(__package__) / language / f"{family}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def wording(code: str, params: Mapping[str, str | int], language: str) -> Wording:
    """The words for `code` in `language` (`ar`, `ckb`, `en`), with `params` filled in."""
    family, _, reason = code.partition(".")
    try:
        reasons = catalogue(language if language in LANGUAGES else "en", family)
        words = {**reasons["default"], **reasons[reason]}
        given = {**params}
        if isinstance(why := given.get("reason"), str):
            given["reason"] = said(why, catalogue(language if language in LANGUAGES else "en", "reason"))
        for param, listed in (("roles", "role"), ("unnamed", "named")):
            if isinstance(some := given.get(param), str):
                known = catalogue(language if language in LANGUAGES else "en", listed)
                given[param] = " / ".join(known.get(one, {}).get("refused", one) for one in some.split(", "))
        return Wording(*(words.get(part, "").format(**given) for part in ("refused", "kept", "next")))
    except (OSError, KeyError, IndexError):
        # a refusal must reach the person even when its words are missing; a test keeps that from shipping
        return Wording(f"{code} {dict(params)}", "", "")
