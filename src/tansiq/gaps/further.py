"""Where further joint posts would close most of the ground that an answer leaves open.

Candidates stand on a lattice over the area, each at the highest cell of its square, and see as far as the posts that
are there do in the middle. What a candidate would cover is what it would see by day and by night: a rule that also asks
for reach or patrols asks for more than a post, which the desk says beside the list. Demand is open ground in blocks, in
every class of hours apart, weighted by its hours a week; a budget is in post-hours a week, and with one a site may be
manned by day or by night only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps import bits, demand, observers, sight, siting, timetable
from tansiq.gaps.answer import Answer
from tansiq.gaps.bits import Mask
from tansiq.gaps.sight import Footprint, Heights, Posts
from tansiq.gaps.sites import Asked, Kind, Site
from tansiq.gaps.siting import Choice, Cover, Problem, Rules
from tansiq.geo import grid as grids

MOST_CANDIDATES: Final = 600
LEAST_SPACING_M: Final = 500.0
BLOCK_M: Final = 500.0
MOST_POSTS: Final = 50
EYE_M, DAY_M, NIGHT_M = 4.0, 3000.0, 1000.0
"""Of a post where no post is told from whose middle they could be taken."""

WEEK: Final = 168
KM2: Final = 1e6
Ints = NDArray[np.int64]


class Sites(Struct, frozen=True):
    """Candidates: row and column of each, whose side it stands on, the hours of the week in which it is manned."""

    rows: NDArray[np.int32]
    cols: NDArray[np.int32]
    party: Ints
    manned: NDArray[np.bool_]


class Task(Struct, frozen=True):
    """The problem, the candidates by its sites, and the open ground of a week (km² × hours)."""

    problem: Problem
    sites: Sites
    kind: Kind
    open_km2h: float
    cell_km2: float


def task(answer: Answer, terrain: Heights | None, asked: Asked) -> Task:
    """The covering problem of an answer. `terrain` is float32[rows, cols] (m) on its grid, None where unknown.

    Raises MalformedInput `further.asked` for a number of posts, a budget or a fairness that cannot be.
    """
    if not (1 <= asked.count <= MOST_POSTS and 0.0 <= asked.fairness <= 1.0 and (asked.budget or 1) > 0):
        raise MalformedInput("further.asked", count=asked.count, limit=MOST_POSTS)
    kind = _kind_of(answer)
    sites = _candidates(answer, terrain, asked)
    prints = _prints(answer, terrain, sites, kind)
    cover, room, weights = _demand(answer, sites, prints)
    parties = len(answer.inputs.parties)
    have = np.bincount(sites.party, minlength=parties)
    share = math.floor(asked.fairness * asked.count / max(1, parties))
    least = tuple(min(share, int(count)) for count in have)
    rules = Rules(asked.count, asked.budget, least if any(least) else ())
    problem = Problem(
        cover,
        room,
        weights,
        sites.manned.sum(axis=1).astype(np.int64),
        sites.party.astype(np.int32),
        rules,
    )
    cell_km2 = answer.grid.cell_area / KM2
    return Task(problem, sites, kind, float((room * weights).sum()) * cell_km2, cell_km2)


def chosen(answer: Answer, made: Task, picked: Sequence[int]) -> list[Site]:
    """The sites of a choice, that which closes most first, each with what it closes after those before it."""
    left = list(picked)
    order: list[int] = []
    gains: list[int] = []
    value = 0
    while left:
        best = max(left, key=lambda site: (siting.value_of(made.problem, [*order, site]), -site))
        now = siting.value_of(made.problem, [*order, best])
        order.append(best)
        gains.append(now - value)
        value = now
        left.remove(best)
    east, north = grids.middles(answer.grid)
    lons, lats = grids.to_degrees(answer.grid, east[made.sites.cols[order]], north[made.sites.rows[order]])
    return [
        Site(
            int(lon) / grids.E7,
            int(lat) / grids.E7,
            round(gain * made.cell_km2, 1),
            answer.inputs.parties[made.sites.party[site]],
            "".join("1" if manned else "0" for manned in made.sites.manned[site]),
        )
        for site, gain, lon, lat in zip(order, gains, lons, lats, strict=True)
    ]


def choose(made: Task) -> Choice:
    """The choice found at once, with its bound."""
    return siting.choose(made.problem)


def _kind_of(answer: Answer) -> Kind:
    posts = answer.inputs.posts
    if not posts:
        return Kind(EYE_M, DAY_M, NIGHT_M)
    return Kind(
        float(np.median([post.height_m for post in posts])),
        float(np.median([post.day_m for post in posts])),
        float(np.median([post.night_m for post in posts])),
    )


def _candidates(answer: Answer, terrain: Heights | None, asked: Asked) -> Sites:
    grid = answer.grid
    inside = bits.unpack(answer.area, grid.cols)
    spacing = max(LEAST_SPACING_M, math.sqrt(inside.sum() * grid.cell_area / MOST_CANDIDATES))
    step = max(1, math.ceil(spacing / grid.cell))
    rows, cols = [], []
    for top in range(0, grid.rows, step):
        for left in range(0, grid.cols, step):
            place = _highest(inside, terrain, top, left, step)
            if place is not None:
                rows.append(place[0])
                cols.append(place[1])
    light = _light(answer)
    shifts = [np.ones(WEEK, bool)] if asked.budget is None else [np.ones(WEEK, bool), ~light, light]
    count = len(rows)
    sides = _sides(answer, np.array(rows, np.int64), np.array(cols, np.int64))
    return Sites(
        np.tile(np.array(rows, np.int32), len(shifts)),
        np.tile(np.array(cols, np.int32), len(shifts)),
        np.tile(sides, len(shifts)),
        np.repeat(np.array(shifts), count, axis=0),
    )


def _highest(inside: Mask, terrain: Heights | None, top: int, left: int, step: int) -> tuple[int, int] | None:
    """The highest cell of a square that lies in the area; the one nearest to its middle where no height is known."""
    part = inside[top : top + step, left : left + step]
    if not part.any():
        return None
    y, x = np.mgrid[: part.shape[0], : part.shape[1]]
    away = (2 * y - step + 1) ** 2 + (2 * x - step + 1) ** 2
    worth = -away.astype(np.float64)
    if terrain is not None:
        heights = terrain[top : top + step, left : left + step]
        if not np.isnan(heights[part]).all():
            worth = np.where(np.isnan(heights), -np.inf, heights).astype(np.float64)
    row, col = np.unravel_index(np.argmax(np.where(part, worth, -np.inf)), part.shape)
    return top + int(row), left + int(col)


def _sides(answer: Answer, rows: Ints, cols: Ints) -> Ints:
    """Whose post is nearest to each candidate; the first party's where none is told."""
    posts = answer.inputs.posts
    if not posts:
        return np.zeros(len(rows), np.int64)
    x, y = grids.to_metres(
        answer.grid, np.array([post.place[0] for post in posts]), np.array([post.place[1] for post in posts])
    )
    east, north = grids.middles(answer.grid)
    own_x, own_y = east[cols], north[rows]
    nearest = np.argmin((own_x[:, None] - x[None, :]) ** 2 + (own_y[:, None] - y[None, :]) ** 2, axis=1)
    number: Ints = np.array([answer.inputs.parties.index(post.party) for post in posts], np.int64)
    found: Ints = number[nearest]
    return found


def _light(answer: Answer) -> NDArray[np.bool_]:
    daylight = answer.inputs.rule.daylight
    return np.asarray(timetable.daylight(daylight.from_, daylight.to), bool)


def _prints(answer: Answer, terrain: Heights | None, sites: Sites, kind: Kind) -> dict[bool, list[Footprint]]:
    """What each site would see, by day (True) and by night."""
    count = len(sites.rows)
    reach = max(kind.day_m, kind.night_m)
    made = Posts(sites.rows, sites.cols, np.full(count, kind.height_m, np.float32), np.full(count, reach, np.float32))
    if terrain is None:
        whole = list(observers.rings(answer.grid, made))
    else:
        options = answer.options
        whole = sight.footprints(
            sight.ready(terrain),
            answer.grid.cell,
            made,
            target_m=options.target_m,
            refraction=options.refraction,
        )
    found: dict[bool, list[Footprint]] = {}
    for light, metres in ((True, kind.day_m), (False, kind.night_m)):
        found[light] = whole if metres == reach else _clipped(whole, sites, int(metres // answer.grid.cell))
    return found


def _clipped(whole: Sequence[Footprint], sites: Sites, radius: int) -> list[Footprint]:
    return [
        sight.night(one, int(row), int(col), radius)
        for one, row, col in zip(whole, sites.rows, sites.cols, strict=True)
    ]


def _demand(answer: Answer, sites: Sites, prints: dict[bool, list[Footprint]]) -> tuple[Cover, Ints, Ints]:
    """Open ground of every class of hours in blocks, what each site fills of it, and the hours that it counts for."""
    side = int(min(64, max(1, round(BLOCK_M / answer.grid.cell))))
    hours = np.bincount(answer.number, minlength=answer.cover.classes)
    light = _light(answer)
    owners: list[Ints] = []
    cells: list[Ints] = []
    parts: list[Ints] = []
    room: list[Ints] = []
    weights: list[Ints] = []
    offset = 0
    for number, first in enumerate(answer.first.tolist()):
        ground = answer.cover.open(number, answer.area)
        blocks = demand.gather(ground, answer.grid.cols, side)
        filled = demand.cover(blocks, ground, prints[bool(light[first])])
        owner = np.repeat(np.arange(filled.sites), np.diff(filled.starts))
        manned = sites.manned[owner, first]
        owners.append(owner[manned])
        cells.append(filled.cells[manned].astype(np.int64) + offset)
        parts.append(filled.parts[manned].astype(np.int64))
        room.append(blocks.room)
        weights.append(np.full(len(blocks.room), hours[number], np.int64))
        offset += len(blocks.room)
    owner = np.concatenate([np.zeros(0, np.int64), *owners])
    order = np.argsort(owner, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(sites.rows)))]).astype(np.int64)
    none = np.zeros(0, np.int64)
    cover = Cover(
        starts,
        np.concatenate([none, *cells])[order].astype(np.int32),
        np.concatenate([none, *parts])[order].astype(np.int32),
    )
    return cover, np.concatenate([none, *room]), np.concatenate([none, *weights])
