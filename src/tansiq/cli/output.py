"""How the command line answers: lines for people, JSON for scripts, refusals in the chosen language."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from tansiq.errors import MalformedInput, NotFound, ProofRefused, Refused, Unavailable
from tansiq.wording import LANGUAGES, wording

P = ParamSpec("P")
R = TypeVar("R")

EXIT_CODES: Final[tuple[tuple[type[Refused], int], ...]] = (
    (MalformedInput, 2),
    (NotFound, 3),
    (ProofRefused, 4),
    (Unavailable, 5),
)
REFUSED_EXIT: Final = 1


@dataclass
class Settings:
    """What the options before the command said."""

    data: Path = Path("tansiq-node")
    json: bool = False
    language: str = "en"


settings: Final = Settings()
"""Set once by the options of the command line, before any command runs."""

_out: Final = Console(highlight=False, soft_wrap=True)
_err: Final = Console(stderr=True, highlight=False, soft_wrap=True)


def default_language() -> str:
    """The language of the environment where we speak it, English otherwise."""
    for name in ("TANSIQ_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        language = os.environ.get(name, "").split("_")[0].split(".")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"


def answer(value: Any, *lines: str) -> None:
    """Print `value` as JSON when `--json` was given, else the lines."""
    if settings.json:
        sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
        return
    for line in lines:
        _out.print(escape(line))


def standing(key: str) -> str:
    """How something stands, in the chosen language (`standing` in the wording)."""
    return wording(f"standing.{key}", {}, settings.language).refused


def local_time(millis: int | None) -> str:
    """A time (ms) by this machine's clock."""
    if millis is None:
        return "?"
    return datetime.datetime.fromtimestamp(millis / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def complain(text: str) -> None:
    """A line on the error stream."""
    _err.print(escape(text))


def refusals_in_words(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal into its words and an exit code: 1 not allowed, 2 malformed, 3 not found, 4 bad proof, 5 away."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            words = wording(refused.code, refused.params, settings.language)
            if settings.json:
                body = {
                    "code": refused.code,
                    "refused": words.refused,
                    "kept": words.kept,
                    "next": words.next,
                }
                sys.stdout.write(msgspec.json.encode(body).decode() + "\n")
            else:
                complain(words.line())
            code = next((code for kind, code in EXIT_CODES if isinstance(refused, kind)), REFUSED_EXIT)
            raise typer.Exit(code) from refused

    return wrapped
