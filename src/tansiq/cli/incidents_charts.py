"""Figures of incidents on the command line: by week, kind, how known and area, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import Circle
from tansiq.cli.output import answer, local_time, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import only_shared_circle

if TYPE_CHECKING:
    from tansiq.desk.incidents_charts import ChartsView
    from tansiq.incidents.charts import Line


Since = Annotated[str, typer.Option(help="From the week of this time (half a year before the end unless given).")]
Until = Annotated[str, typer.Option(help="Up to the week of this time (of the newest report unless given).")]


@refusals_in_words
def charts(circle: Circle = "", since: Since = "", until: Until = "") -> None:
    """Show how many incidents each side told of by week, kind, how known and area; "-" where nothing was told."""
    from tansiq.desk import incidents_charts as board  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    now = node.office.clock()
    start, end = (parse_time(one, now) if one else None for one in (since, until))
    found = board.view(node.office, circle or only_shared_circle(node), start, end)
    answer(msgspec.to_builtins(found), *_lines(found))


def _lines(view: ChartsView) -> Iterator[str]:
    found = view.charts
    yield f"{local_time(view.since)} to {local_time(view.until)}: {found.total} reports"
    yield "  ".join(["", *found.sides])
    for number, begins in enumerate(found.weeks):
        counts = [one.counts[number] for one in found.by_week]
        if any(one is not None for one in counts):
            yield f"week of {local_time(begins)[:10]}  " + "  ".join("-" if one is None else str(one) for one in counts)
    yield from _words("kind", found.by_category)
    yield from _words("known by", found.by_how_known)
    names = {one.ref: one.names for one in view.areas}
    for area in found.by_area:
        name = names.get(area.ref)
        called = area.ref if name is None else name.en or name.ar or name.ckb or area.ref
        inside, edge = (" ".join(map(str, counts)) for counts in (area.inside, area.edge))
        yield f"area {called}: {inside}; may be in it: {edge}"
    yield f"in no area: {' '.join(map(str, found.outside))}; no place told: {' '.join(map(str, found.placeless))}"
    rough = " ".join(str(one.rough) for one in found.by_week)
    yield f"in no week, their time is told too roughly: {rough}; no time told: {found.untold}"
    if found.taken_in:
        spell = f"{local_time(found.taken_from)[:10]} to {local_time(found.taken_to)[:10]}"
        yield f"{found.taken_in} came from files and tell of {spell}: no side of this circle told them at the time"


def _words(what: str, lines: list[Line]) -> Iterator[str]:
    for line in lines:
        if any(line.counts):
            yield f"{what} {line.word or 'not told'}: {' '.join(map(str, line.counts))}"
