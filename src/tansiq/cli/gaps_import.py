"""A file of areas, lines, posts, patrols or bases on the command line: looked at first, then said, all or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk.saying import LabelRequest, ReleaseRequest

if TYPE_CHECKING:
    from tansiq.desk.bulk import Looked

SHOWN = 50
MALFORMED = 2


@refusals_in_words
def take_in(
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage, FlatGeobuf, zipped Shapefile, or CSV.")],
    kind: Annotated[str, typer.Option(help="area, line, post, patrol or base.")],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Show every row as it would be said; say nothing.")
    ] = False,
    status: Annotated[str, typer.Option(help="Of rows that state none; left out: manned, running, at_work.")] = "",
    table: Annotated[str, typer.Option(help="Which table of a file that holds several.")] = "",
    withhold: Annotated[list[str] | None, typer.Option(help="A field that is not told.")] = None,
    grid: Annotated[int, typer.Option(help="Tell a grid square of this many metres for a withheld place.")] = 0,
    tlp: Annotated[str, typer.Option(help="RED, AMBER+STRICT, AMBER, GREEN, CLEAR.")] = "AMBER",
    classification: Annotated[str, typer.Option(help="Classification of the policy.")] = "RESTRICTED",
    policy: Annotated[str, typer.Option(help="Policy of the label.")] = "JOINT",
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
) -> None:
    """Take in a file of areas, lines, posts, patrols or bases: each row a record or refused by name, all or nothing."""
    from tansiq.desk import bulk  # noqa: PLC0415 - loads GDAL, which most commands never need

    node = open_node()
    author = author_of(node, as_)
    chosen = circle or only_shared_circle(node)
    looked = bulk.look(node.office, file, kind, chosen, status, table, settings.language)
    release = ReleaseRequest(chosen, LabelRequest(policy, classification, tlp), withhold or [], grid)
    if dry_run:
        answer(looked, *_lines(looked))
        if looked.refused:
            raise typer.Exit(MALFORMED)
        return
    refs = bulk.say_all(node.office, looked, release, author)
    answer(msgspec.to_builtins(refs), f"said {len(refs)} records, {refs[0].ref} to {refs[-1].ref}")


def _lines(looked: Looked) -> list[str]:
    lines = [f"{len(looked.rows)} rows, {len(looked.refused)} refused"]
    if looked.left_out:
        lines.append(f"  columns that are not read: {', '.join(looked.left_out)}")
    if looked.status:
        lines.append(f"  status of rows that state none: {looked.status}")
    shown = [*looked.refused, *(one for one in looked.rows if one.fields is not None)]
    for one in sorted(shown[:SHOWN], key=lambda one: one.row):
        said = one.reason if one.fields is None else msgspec.json.encode(one.fields).decode()
        lines.append(f"{'✗' if one.fields is None else ' '} {one.row:>5}  {said}")
    if len(shown) > SHOWN:
        lines.append(f"  and {len(shown) - SHOWN} more")
    return [*lines, "Nothing was said. Leave --dry-run out to say it."]
