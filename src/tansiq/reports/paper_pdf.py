"""A page as PDF, set by Typst from `paper.typ`: the page goes in as data, never as its markup.

Typst is a compiled wheel; its fonts are those of this package, so that a PDF is the same wherever it is made.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from tansiq.errors import Unavailable
from tansiq.reports.paper import Paper, clean, direction, missing_notes

FONTS: Final = Path(str(files(__package__) / "fonts"))
FACES: Final = 8
AS_IT_IS: Final = frozenset({"svg", "digest", "ref"})
"""What this program made itself: drawings, and a hash and references that must copy as one word."""


def pdf(paper: Paper) -> bytes:
    """The bytes of a tagged PDF; the same page gives the same bytes. Refused: no fonts (`report.no_fonts`)."""
    if missing := missing_notes(paper):
        raise ValueError(f"figures without records: {missing}")
    fonts = _fonts()
    data = {**msgspec.to_builtins(paper), "dir": direction(paper.lang)}
    source = (files(__package__) / "paper.typ").read_bytes()
    made = typst.compile(
        source,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"paper": msgspec.json.encode(_written(data)).decode()},
        timestamp=paper.written_at // 1000,
    )
    if not isinstance(made, bytes):
        raise TypeError("one PDF was asked for")
    return made


@cache
def _fonts() -> typst.Fonts:
    """The faces of the package; they are written when the web app is built, like it."""
    if len(list(FONTS.glob("*.ttf"))) < FACES:
        raise Unavailable("report.no_fonts")
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def _written(value: Any, key: str = "") -> Any:
    """Everything as a page may hold it."""
    if isinstance(value, str):
        return value if key in AS_IT_IS else clean(value)
    if isinstance(value, dict):
        return {name: _written(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    return value
