"""Layers: elevation, roads, barriers, settlements and land cover of a node."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.desk import layers as desk
from tansiq.errors import MalformedInput
from tansiq.geo import layers
from tansiq.geo.layers import Manifest, Preview

AREA_HELP = "Cut to an area of the picture (party/id) and 15 km around it."
FAILED_EXIT = 1
MOST_CLASSES = 12

layer = typer.Typer(name="layer", help="Elevation, roads, barriers, settlements, land cover.", no_args_is_help=True)


@layer.command("add")
@refusals_in_words
def layer_add(
    files: Annotated[list[Path], typer.Argument(help="One or more files that make one layer.")],
    kind: Annotated[str, typer.Option(help="elevation, roads, barriers, settlements or landcover.")],
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would make; change nothing.")] = False,
    area: Annotated[str, typer.Option(help=AREA_HELP)] = "",
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    source: Annotated[str, typer.Option(help="Where it comes from, and its licence.")] = "",
    datum: Annotated[str, typer.Option(help="What heights count from, e.g. EGM2008 or ellipsoid.")] = "",
    model: Annotated[str, typer.Option(help="surface (roofs, trees) or terrain (bare ground).")] = "",
    nodata: Annotated[float | None, typer.Option(help="A number that stands for no value.")] = None,
    table: Annotated[str, typer.Option(help="Which table of a file that holds several.")] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Put outlines right that cross themselves, and say so.")
    ] = False,
) -> None:
    """Check files and take them in as one layer; what is wrong with them is refused by name."""
    facts = {
        "kind": kind,
        "area": area,
        "name": name,
        "source": source,
        "datum": datum,
        "model": model,
        "nodata": nodata,
        "table": table,
        "repair": repair,
    }
    if kind not in layers.KINDS:
        raise MalformedInput("layer.kind", kind=kind[:40])
    try:
        asked = msgspec.convert(facts, desk.LayerRequest)
    except msgspec.ValidationError as error:
        raise MalformedInput("request.refused", reason=str(error)[:200]) from error
    office = open_node().office
    with _progress() as progress:
        if preview:
            from tansiq.geo import taking  # noqa: PLC0415 - loads GDAL, which most commands never need

            seen = taking.preview(files, desk.wanted(office, asked), progress)
        else:
            made = desk.add(office, files, asked, progress).manifest
    if preview:
        answer(seen, *_lines(seen), "Nothing was kept. Leave --preview out to add it.")
    else:
        answer(made, f"Added as {made.digest[:12]}: {made.name}", *_lines(made))


@layer.command("list")
@refusals_in_words
def layer_list() -> None:
    """Every layer of this node."""
    found = [one.manifest for one in layers.listing(desk.root(open_node().office))]
    answer(found, *([_line(one) for one in found] or ["No layer is here: tansiq layer add, or layer synthetic."]))


@layer.command("show")
@refusals_in_words
def layer_show(
    ref: Annotated[str, typer.Argument(metavar="LAYER", help="The beginning of its digest, or its name.")],
    check: Annotated[bool, typer.Option("--check", help="Compare the file with what was added.")] = False,
) -> None:
    """One layer: source, extent, datum, caveats."""
    found = layers.find(desk.root(open_node().office), ref)
    sound = not check or layers.check(found)
    checked = ["The file is what was added." if sound else "The file is NOT what was added: drop it and add it again."]
    answer(found.manifest, _line(found.manifest), *_lines(found.manifest), *(checked if check else []))
    if not sound:
        raise typer.Exit(FAILED_EXIT)


@layer.command("drop")
@refusals_in_words
def layer_drop(
    ref: Annotated[str, typer.Argument(metavar="LAYER", help="The beginning of its digest, or its name.")],
) -> None:
    """Take a layer away. Its source can be added again."""
    gone = layers.drop(desk.root(open_node().office), ref)
    answer({"digest": gone.digest}, f"Dropped {gone.digest[:12]}: {gone.name}")


@layer.command("synthetic")
@refusals_in_words
def layer_synthetic(
    area: Annotated[
        str, typer.Option(help="Over an area (party/id) and 15 km around it; the scenario's ground otherwise.")
    ] = "",
    step: Annotated[int, typer.Option(help="Seconds of arc between heights.", min=1, max=60)] = 3,
) -> None:
    """Make SYNTHETIC ground for an exercise where no real one is at hand. It is marked as such everywhere."""
    made = [one.manifest for one in desk.synthetic(open_node().office, area, step)]
    answer(made, *(_line(one) for one in made), *_caveats(made[0]))


def _line(one: Manifest) -> str:
    day = datetime.datetime.fromtimestamp(one.imported / 1000, datetime.UTC).date().isoformat()
    mark = "SYNTHETIC  " if one.synthetic else ""
    return f"{one.digest[:12]}  {one.kind:<11}  {day}  {mark}{one.name}"


def _lines(one: Preview | Manifest) -> list[str]:
    west, south, east, north = one.extent
    lines = []
    if isinstance(one, Manifest):
        lines.append(f"  digest   {one.digest}")
        lines.append(f"  source   {one.source or 'not stated'}")
    lines.append(
        f"  files    {', '.join(one.files[:4])}{f' and {len(one.files) - 4} more' if len(one.files) > 4 else ''}"
    )
    lines.append(f"  CRS      {one.crs[:80]}")
    lines.append(f"  extent   {west:.4f} to {east:.4f} E, {south:.4f} to {north:.4f} N")
    if one.resolution_m is not None:
        lines.append(f"  pixels   {one.rows} x {one.cols} of {one.resolution_m:g} m, {one.voids:.2%} without a value")
    if one.kind == "elevation":
        lines.append(f"  heights  {one.lowest:g} to {one.highest:g} m, kept in steps of {one.unit_m:g} m")
        lines.append(f"  datum    {one.datum}; {one.model} model")
    if one.features:
        lines.append(f"  features {one.features}; {one.skipped} of other kinds left out, {one.repaired} put right")
    if one.classes:
        most = sorted(one.classes.items(), key=lambda item: (-item[1], item[0]))[:MOST_CLASSES]
        lines.append("  classes  " + ", ".join(f"{name} {count}" for name, count in most))
    if one.dropped:
        lines.append("  not kept " + ", ".join(one.dropped[:MOST_CLASSES]))
    return [*lines, *_caveats(one)]


def _caveats(one: Preview | Manifest) -> list[str]:
    return [f"  ! {caveat.text}" for caveat in desk.in_words(one.caveats, settings.language)]


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """A bar on the error stream where a person looks at it."""
    if settings.json or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
    from rich.progress import Progress  # noqa: PLC0415 - only where there is a terminal

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("", total=1.0)
        yield lambda done: bars.update(bar, completed=done)
