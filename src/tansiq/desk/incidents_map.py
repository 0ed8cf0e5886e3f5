"""Incidents of a circle however many: the map by tiles, the log by pages of the newest, the records behind a figure."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.desk.incidents_atlas import Remembered, Shown, atlas_of
from tansiq.desk.office import Office
from tansiq.desk.viewing import Object, objects_at
from tansiq.errors import MalformedInput, NotFound
from tansiq.incidents.atlas import NOT_TOLD, Bools, Chosen, chosen, newest
from tansiq.incidents.charts import EDGE, IN, OUT, within
from tansiq.incidents.tiles import DEEPEST, tile_of

MOST_ROWS: Final = 200
MOST_AREAS: Final = 40
E7: Final = 10_000_000
Where = Literal["inside", "edge", "outside", "placeless"]
Inside = NDArray[np.uint8]


class Asked(Struct, frozen=True, kw_only=True):
    """Which reports are asked for, as it comes from outside; see `incidents.atlas.Chosen`.

    `area` with `where`: those that lie in it or at its edge; `outside` of every area, `placeless` of none at all.
    """

    since: int | None = None
    until: int | None = None
    timed: Literal["told", "week", "rough", "untold"] | None = None
    category: list[str] = msgspec.field(default_factory=list)
    how_known: list[str] = msgspec.field(default_factory=list)
    side: list[str] = msgspec.field(default_factory=list)
    box: str | None = None
    area: str | None = None
    where: Where | None = None
    standing: bool = False


class Rows(Struct, frozen=True):
    """A page of reports, the newest first, of `total` that are asked for; `next` asks for the page after it."""

    circle: str
    total: int
    rows: list[Object]
    next: str | None
    turn: int


def tile(office: Office, circle: str, zoom: int, x: int, y: int, asked: Asked) -> bytes:
    """A vector tile of the map of incidents; refused as `incident_map.no_tile`."""
    if not (0 <= zoom <= DEEPEST and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise NotFound("incident_map.no_tile", zoom=zoom, x=x, y=y, deepest=DEEPEST)
    return tile_of(atlas_of(office, circle).atlas, zoom, x, y, choice(asked))


def rows(office: Office, circle: str, asked: Asked, before: str | None = None, limit: int = 60) -> Rows:
    """A page of reports, after the one whose `next` was `before`; refused as `incident_map.page`."""
    shown, wanted = atlas_of(office, circle), choice(asked)
    among = _among(office, shown, asked)
    found = newest(shown.atlas, wanted, min(limit, MOST_ROWS) + 1, _place(before), among)
    columns = shown.atlas.columns
    page, more = found[: min(limit, MOST_ROWS)], len(found) > min(limit, MOST_ROWS)
    last = f"{columns.at[page[-1]]}.{columns.seq[page[-1]]}" if more else None
    with office.database.read() as connection:
        objects = objects_at(connection, office, shown.epochs, columns.seq[page].tolist())
    return Rows(shown.circle, _total(office, shown, asked, wanted, among), objects, last, shown.turn)


def _total(office: Office, shown: Shown, asked: Asked, wanted: Chosen, among: Bools | None) -> int:
    def count() -> int:
        fits = chosen(shown.atlas, np.arange(len(shown.atlas.columns)), wanted)
        return int((fits if among is None else fits & among).sum())

    return office.memory.of(Remembered).of(f"{shown.circle} total {asked}", shown.turn, count)


def areas_of(office: Office, shown: Shown) -> dict[str, Inside]:
    """Of every area of the circle, the first `MOST_AREAS`, which reports are in it, may be, or are not."""

    def work_out() -> dict[str, Inside]:
        return {one.ref: within(shown.atlas, one.ring) for one in shown.areas[:MOST_AREAS]}

    return office.memory.of(Remembered).of(f"{shown.circle} areas", shown.turn, work_out)


def _among(office: Office, shown: Shown, asked: Asked) -> Bools | None:
    """Whether each report is where it is asked for; refused as `incident_map.area`."""
    columns = shown.atlas.columns
    if asked.where == "placeless":
        return np.asarray(columns.place == NOT_TOLD)
    if asked.where == "outside":
        inside = [one != OUT for one in areas_of(office, shown).values()]
        return np.asarray((columns.place != NOT_TOLD) & ~np.logical_or.reduce(inside, initial=False))
    if asked.area is None:
        return None
    found = areas_of(office, shown).get(asked.area)
    if found is None:
        raise NotFound("incident_map.area", ref=asked.area[:80])
    return np.asarray(found == (EDGE if asked.where == "edge" else IN))


def choice(asked: Asked) -> Chosen:
    """The question as the engine takes it; refused as `incident_map.box`."""
    return Chosen(
        since=asked.since,
        until=asked.until,
        timed=asked.timed,
        categories=asked.category,
        how_known=asked.how_known,
        sides=asked.side,
        box=None if asked.box is None else _box(asked.box),
        standing=asked.standing,
    )


def _box(text: str) -> tuple[int, int, int, int]:
    try:
        west, south, east, north = (int(one) for one in text.split(","))
    except ValueError:
        raise MalformedInput("incident_map.box", box=text[:80]) from None
    if not (-180 * E7 <= west <= east <= 180 * E7 and -90 * E7 <= south <= north <= 90 * E7):
        raise MalformedInput("incident_map.box", box=text[:80])
    return west, south, east, north


def _place(before: str | None) -> tuple[int, int] | None:
    if before is None:
        return None
    at, _, seq = before.partition(".")
    if not (at.isdecimal() and seq.isdecimal() and len(at) < 18 and len(seq) < 18):
        raise MalformedInput("incident_map.page", page=before[:40])
    return int(at), int(seq)
