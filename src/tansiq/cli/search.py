"""`tansiq search`: everything that this node holds, by words of the three languages and by filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, local_time, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import CIRCLE_HELP
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.search import Hit, Near

_METRES = 1000
_PLACE = "A place: a name, MGRS, or degrees."


@refusals_in_words
def search(
    words: Annotated[list[str] | None, typer.Argument(help="Words, in any of the three languages.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only records of this kind; may be repeated.")] = None,
    party: Annotated[list[str] | None, typer.Option(help="Only what this party said; may be repeated.")] = None,
    circle: Annotated[str | None, typer.Option(help=CIRCLE_HELP)] = None,
    since: Annotated[str, typer.Option(help="Happened at or after this time, as in 2020-09-16T08:00.")] = "",
    until: Annotated[str, typer.Option(help="Happened before this time.")] = "",
    near: Annotated[str | None, typer.Option(help=_PLACE)] = None,
    within: Annotated[float | None, typer.Option(help="Kilometres around --near; 10 if left out.")] = None,
    after: Annotated[str | None, typer.Option(help="The page behind this one, as the page before named it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Records on a page.")] = 20,
) -> None:
    """Find records by words and filters: the best answers first, and the newer first among equals."""
    from tansiq.desk import search as door  # noqa: PLC0415 - only this command loads the word lists
    from tansiq.desk.search_filling import fill_all  # noqa: PLC0415 - as above

    node = open_node()
    now = node.office.clock()
    asked = door.Question(
        " ".join(words or ()),
        circle,
        tuple(kind or ()),
        tuple(party or ()),
        parse_time(since, now) if since else None,
        parse_time(until, now) if until else None,
        near,
        None if within is None else round(within * _METRES),
        False,
        after,
        limit,
    )
    fill_all(node.office)
    found = door.find(node.office, asked)
    lines = [line for hit in found.hits for line in _lines(hit)]
    if found.near is not None:
        lines.insert(0, _around(found.near))
    if found.next is not None:
        lines.append(_word("more", page=found.next))
    answer(msgspec.to_builtins(found), *lines, *([] if found.hits else [_word("none")]))


def _word(key: str, **params: str) -> str:
    return wording(f"search.{key}", params, settings.language).refused


def _around(near: Near) -> str:
    from tansiq.geo.mgrs import to_mgrs  # noqa: PLC0415 - as the question itself

    names = near.names
    name = names and (getattr(names, settings.language) or names.en or names.ar or names.ckb)
    return _word("around", km=f"{near.within / _METRES:g}", place=name or to_mgrs(near.lat, near.lon))


def _lines(hit: Hit) -> list[str]:
    names = hit.names or {}
    name = names.get(settings.language) or next(iter(names.values()), "")
    head = f"{local_time(hit.at)}  {hit.kind}  {hit.ref}  {name}".rstrip()
    return [head, *(f"  {piece.field}: {'…' if piece.start else ''}{_one_line(piece.text)}" for piece in hit.pieces)]


def _one_line(text: str) -> str:
    return " ".join(text.split())
