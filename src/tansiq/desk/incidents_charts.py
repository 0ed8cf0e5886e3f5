"""Figures of a circle's incidents for a stretch of time, with what nobody could see where the gaps were worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tansiq.desk.incidents_atlas import Remembered, Shown, atlas_of
from tansiq.desk.incidents_map import areas_of
from tansiq.desk.office import Office, circle_named, exercise_clock, taking_part
from tansiq.errors import MalformedInput
from tansiq.incidents.atlas import WEEK_MS
from tansiq.incidents.charts import Charts, charts, whole_weeks
from tansiq.records.values import Names

if TYPE_CHECKING:
    from tansiq.desk.gaps import Runs

USUAL_WEEKS: Final = 26
MOST_WEEKS: Final = 1100
PER_MILLE: Final = 1000


class Unseen(Struct, frozen=True):
    """Of an area, by hour of the week from Monday midnight: per mille of its ground that nobody covers, and of which it
    is not known whether anybody does; as worked out for the week of `at` (ms), by the run named.
    """

    run: str
    at: int
    open: list[int]
    unknown: list[int]


class AreaView(Struct, frozen=True):
    """What an area is called, and what of it nobody could see; None where that is not known."""

    ref: str
    names: Names | None
    unseen: Unseen | None


class ChartsView(Struct, frozen=True):
    """The figures of the whole weeks from `since` up to `until` (ms); `scenario` is what an exercise plays (ms)."""

    circle: str
    at: int
    since: int
    until: int
    scenario: tuple[int, int] | None
    areas: list[AreaView]
    areas_left_out: int
    charts: Charts


def view(
    office: Office, circle: str, since: int | None = None, until: int | None = None, runs: Runs | None = None
) -> ChartsView:
    """The figures from `since` up to `until` (ms): half a year up to the newest report that tells its time unless it is
    said. Refused as `incident_map.weeks` where that is upside down or over twenty-one years.
    """
    shown = atlas_of(office, circle)
    start, end = _window(office, shown, since, until)
    with office.database.read() as connection:
        held = circle_named(connection, shown.circle).circle
        sides = sorted(taking_part(connection, held.parties))
        scenario = exercise_clock(connection) if held.exercise else None
    inside = areas_of(office, shown)
    reported = {party: spans for party, spans in shown.reported.items() if party in sides}
    found = office.memory.of(Remembered).of(
        f"{shown.circle} charts {start} {end} {sides}",
        shown.turn,
        lambda: charts(shown.atlas, start, end, sides, reported, inside),
    )
    areas = [AreaView(one.ref, one.names, _unseen(runs, one.ref)) for one in shown.areas if one.ref in inside]
    left_out = len(shown.areas) - len(areas)
    return ChartsView(shown.circle, office.clock(), start, end, scenario, areas, left_out, found)


def _window(office: Office, shown: Shown, since: int | None, until: int | None) -> tuple[int, int]:
    columns = shown.atlas.columns
    newest = int(columns.start[shown.atlas.alive].max(initial=-1))
    end = until if until is not None else (newest if newest >= 0 else office.clock()) + 1
    start = since if since is not None else max(0, end - USUAL_WEEKS * WEEK_MS)
    if start >= end or end - start > MOST_WEEKS * WEEK_MS:
        raise MalformedInput("incident_map.weeks", weeks=MOST_WEEKS)
    return whole_weeks(start, end)


def _unseen(runs: Runs | None, area: str) -> Unseen | None:
    """What the newest analysis of this area that the desk holds says; never one of what-if."""
    run = None if runs is None else runs.latest_of(area)
    if run is None or run.answer is None:
        return None
    from tansiq.gaps import bits  # noqa: PLC0415 - the engine is loaded already where an answer is held

    answer = run.answer
    ground = max(1, int(bits.count(answer.area)))
    classes = range(answer.cover.classes)
    bare = [int(bits.count(answer.cover.open(one, answer.area))) * PER_MILLE // ground for one in classes]
    unsure = [int(bits.count(answer.cover.unsure(one) & answer.area)) * PER_MILLE // ground for one in classes]
    hours = answer.number.tolist()
    return Unseen(run.id, answer.inputs.at, [bare[one] for one in hours], [unsure[one] for one in hours])
