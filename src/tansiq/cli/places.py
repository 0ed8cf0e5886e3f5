"""`tansiq place`: a place by name in three languages, or a position, and how it is written in every notation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.output import answer, refusals_in_words, settings

if TYPE_CHECKING:
    from tansiq.geo.gazetteer import Hit

_MGRS_DIGITS = ((5_000, 2), (500, 3), (50, 4))
"""A reference is no finer than the place is known: digits each from this accuracy (metres) on, else five."""


@refusals_in_words
def place(
    words: Annotated[list[str], typer.Argument(help="A name in any spelling, MGRS, degrees, or degrees with minutes.")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="Places at most.")] = 8,
) -> None:
    """Look a place up: names, MGRS, decimal degrees, degrees with minutes and seconds, and how well it is known."""
    from tansiq.geo.gazetteer import parse_place, search  # noqa: PLC0415 - only this command reads the list

    text = " ".join(words)
    found = search(text, limit) or [parse_place(text)]
    answer(msgspec.to_builtins(found), *(line for hit in found for line in _lines(hit)))


def _lines(hit: Hit) -> Iterator[str]:
    from tansiq.geo.coordinates import dms  # noqa: PLC0415 - as above
    from tansiq.geo.mgrs import to_mgrs  # noqa: PLC0415 - as above

    names = [name for name in (getattr(hit.names, one, None) for one in ("ar", "ckb", "en")) if name]
    mine = getattr(hit.names, settings.language, None)
    yield "  ".join([*([mine] if mine else []), *(name for name in names if name != mine), hit.kind])
    if hit.lat is None or hit.lon is None:
        return
    digits = next((digits for least, digits in _MGRS_DIGITS if hit.accuracy > least), 5)
    square = to_mgrs(hit.lat, hit.lon, digits)
    yield f"  {square[:3]} {square[3:5]} {square[5 : 5 + digits]} {square[5 + digits :]}  ±{hit.accuracy} m"
    yield f"  {hit.lat / 1e7:.5f}, {hit.lon / 1e7:.5f}  {dms(hit.lat, hit.lon)}"
