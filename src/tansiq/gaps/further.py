"""Where further joint posts would close most of the ground that an answer leaves open.

Candidates stand on a lattice over the area, each at the highest cell of its square, and see as far as the posts that
are there do in the middle. A candidate closes what it would see by day and by night of the ground that lacks nothing
but to be seen by its side (`gaps.lacking`): where the arrangement also asks for reach or patrols, only what is reached
or passed already. Demand is that ground in blocks, in every class of hours apart, weighted by its hours a week; a
budget is in post-hours a week, and with one a site may be manned by day or by night only.

Inside a block what posts close together is taken for the sum, which is never too little: so bounds hold. What is said
of a choice is not that sum but the union of what its posts see, cell by cell (`Truth`).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps import bits, demand, exact, lacking, observers, sight, siting, timetable
from tansiq.gaps.analysis import Cancelled, Stopped
from tansiq.gaps.answer import Answer
from tansiq.gaps.bits import Bits, Mask
from tansiq.gaps.cache import Cache
from tansiq.gaps.lacking import Lacking
from tansiq.gaps.layers import Layers
from tansiq.gaps.sight import Footprint, Heights, Posts
from tansiq.gaps.sites import Asked, Kind, Site
from tansiq.gaps.siting import Choice, Cover, Problem, Rules
from tansiq.geo import grid as grids

MOST_CANDIDATES: Final = 600
LEAST_SPACING_M: Final = 500.0
BLOCK_M: Final = 500.0
MOST_POSTS: Final = 50
EYE_M, DAY_M, NIGHT_M = 4, 3000, 1000
"""Of a post where no post is told from whose middle they could be taken."""

WEEK: Final = 168
Ints = NDArray[np.int64]


class Sites(Struct, frozen=True):
    """Candidates: row and column of each, whose side it stands on, the hours of the week in which it is manned.

    Sites of one place follow each other by `places`: site n stands where site n - `places` does, at other hours.
    """

    rows: NDArray[np.int32]
    cols: NDArray[np.int32]
    party: Ints
    manned: NDArray[np.bool_]
    places: int


class Truth(Struct, frozen=True):
    """What each site closes, cell by cell: the ground that lacks sight, and the footprints by day and by night."""

    lacking: Lacking
    light: NDArray[np.bool_]
    prints: dict[bool, list[Footprint]]


class Task(Struct, frozen=True):
    """The problem, the candidates by its sites, and the open ground of a week (km² × hours)."""

    problem: Problem
    sites: Sites
    kind: Kind
    open_km2h: float
    cell_km2: float
    parties: tuple[str, ...]
    truth: Truth


def task(
    answer: Answer,
    layers: Layers,
    asked: Asked,
    *,
    cancelled: Cancelled = lambda: False,
    memory: Cache | None = None,
) -> Task:
    """The covering problem of an answer. `layers` are on its grid, as they were for the analysis.

    Raises MalformedInput `further.asked` for a number of posts, a budget or a fairness that cannot be, NotFound
    `further.no_sight` and `further.nothing_open` (see `lacking.sight`), Stopped soon after `cancelled` says so.
    """
    if not (1 <= asked.count <= MOST_POSTS and 0.0 <= asked.fairness <= 1.0 and (asked.budget or 1) > 0):
        raise MalformedInput("further.asked", count=asked.count, limit=MOST_POSTS)
    kind = kind_of(answer)
    light = _light(answer)
    short = lacking.sight(answer, layers, [light], cancelled=cancelled, memory=memory)
    sites = _candidates(answer, layers.terrain, asked)
    prints = _prints(answer, layers.terrain, sites, kind, cancelled)
    truth = Truth(short, light, prints)
    cover, room, weights = _demand(answer, sites, truth, cancelled)
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
    return Task(problem, sites, kind, short.open_km2h, short.cell_km2, answer.inputs.parties, truth)


def closed(made: Task, picked: Sequence[int]) -> tuple[list[int], list[int]]:
    """The sites of a choice, that which closes most first, and what each closes after those before it.

    In cell-hours of a week, by the union of what they see: their sum is what the whole analysis finds closed.
    """
    done = np.zeros_like(made.truth.lacking.open)
    heap = [(-_closes(made, site, done), site) for site in picked]
    heapq.heapify(heap)
    order: list[int] = []
    gains: list[int] = []
    while heap:
        _, site = heapq.heappop(heap)
        now = _closes(made, site, done)
        if heap and (-now, site) > heap[0]:  # others closed some of it since: it may no longer be the first
            heapq.heappush(heap, (-now, site))
            continue
        order.append(site)
        gains.append(now)
        _close(made, site, done)
    return order, gains


def _parts(made: Task, site: int) -> list[tuple[int, Footprint, Bits]]:
    """The classes of hours in which a site is manned, with what it sees and what of that would be closed."""
    short = made.truth.lacking
    ground = short.closes[lacking.SIGHT][made.parties[made.sites.party[site]]]
    place = site % made.sites.places
    return [
        (number, made.truth.prints[bool(made.truth.light[hour])][place], ground[number])
        for number, hour in enumerate(short.first.tolist())
        if made.sites.manned[site, hour]
    ]


def _window(one: Footprint) -> tuple[slice, slice]:
    height, width = one.seen.shape
    return slice(one.row0, one.row0 + height), slice(one.word0, one.word0 + width)


def _closes(made: Task, site: int, done: Bits) -> int:
    total = 0
    for number, one, ground in _parts(made, site):
        part = _window(one)
        total += bits.count(one.seen & ground[part] & ~done[number][part]) * int(made.truth.lacking.hours[number])
    return total


def _close(made: Task, site: int, done: Bits) -> None:
    for number, one, ground in _parts(made, site):
        part = _window(one)
        done[number][part] |= one.seen & ground[part]


def chosen(answer: Answer, made: Task, picked: Sequence[int]) -> list[Site]:
    """The sites of a choice, that which closes most first, each with what it closes after those before it."""
    order, gains = closed(made, picked)
    east, north = grids.middles(answer.grid)
    lons, lats = grids.to_degrees(answer.grid, east[made.sites.cols[order]], north[made.sites.rows[order]])
    return [
        Site(
            int(lon) / grids.E7,
            int(lat) / grids.E7,
            round(gain * made.cell_km2, 1),
            made.parties[made.sites.party[site]],
            "".join("1" if manned else "0" for manned in made.sites.manned[site]),
        )
        for site, gain, lon, lat in zip(order, gains, lons, lats, strict=True)
    ]


def choose(made: Task) -> Choice:
    """The choice found at once, with its bound."""
    return siting.choose(made.problem)


def kind_of(answer: Answer) -> Kind:
    """A post as those that are there are in the middle, in whole metres as a record tells them."""
    posts = answer.inputs.posts
    if not posts:
        return Kind(EYE_M, DAY_M, NIGHT_M)
    return Kind(
        round(float(np.median([post.height_m for post in posts]))),
        round(float(np.median([post.day_m for post in posts]))),
        round(float(np.median([post.night_m for post in posts]))),
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
        count,
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
    """On whose side each candidate stands: whose post, else whose base, is nearest; the first party's where none is."""
    held = answer.inputs.posts or answer.inputs.bases
    if not held:
        return np.zeros(len(rows), np.int64)
    x, y = grids.to_metres(
        answer.grid, np.array([one.place[0] for one in held]), np.array([one.place[1] for one in held])
    )
    east, north = grids.middles(answer.grid)
    own_x, own_y = east[cols], north[rows]
    nearest = np.argmin((own_x[:, None] - x[None, :]) ** 2 + (own_y[:, None] - y[None, :]) ** 2, axis=1)
    number: Ints = np.array([answer.inputs.parties.index(one.party) for one in held], np.int64)
    found: Ints = number[nearest]
    return found


def _light(answer: Answer) -> NDArray[np.bool_]:
    daylight = answer.inputs.rule.daylight
    return np.asarray(timetable.daylight(daylight.from_, daylight.to), bool)


def _prints(
    answer: Answer, terrain: Heights | None, sites: Sites, kind: Kind, cancelled: Cancelled
) -> dict[bool, list[Footprint]]:
    """What would be seen from each place, by day (True) and by night: by the kernel that the answer was made with."""
    reach = max(kind.day_m, kind.night_m)
    whole: list[Footprint] = []
    ready = None if terrain is None else sight.ready(terrain)
    for start in range(0, sites.places, BATCH):
        if cancelled():
            raise Stopped("gaps.stopped")
        part = slice(start, min(sites.places, start + BATCH))
        count = part.stop - part.start
        heights, ranges = np.full(count, kind.height_m, np.float32), np.full(count, reach, np.float32)
        made = Posts(sites.rows[part], sites.cols[part], heights, ranges)
        options = answer.options
        if terrain is None or ready is None:
            whole += observers.rings(answer.grid, made)
        elif options.exact:
            whole += exact.footprints(
                terrain, answer.grid.cell, made, target_m=options.target_m, refraction=options.refraction
            )
        else:
            whole += sight.footprints(
                ready, answer.grid.cell, made, target_m=options.target_m, refraction=options.refraction
            )
    found: dict[bool, list[Footprint]] = {}
    for light, metres in ((True, kind.day_m), (False, kind.night_m)):
        found[light] = whole if metres == reach else _clipped(whole, sites, int(metres // answer.grid.cell))
    return found


BATCH: Final = 64
"""Places that are looked from between two looks at whether to stop."""


def _clipped(whole: Sequence[Footprint], sites: Sites, radius: int) -> list[Footprint]:
    return [
        sight.night(one, int(row), int(col), radius)
        for one, row, col in zip(whole, sites.rows, sites.cols, strict=False)
    ]


def _demand(answer: Answer, sites: Sites, truth: Truth, cancelled: Cancelled) -> tuple[Cover, Ints, Ints]:
    """Ground that lacks sight in blocks by class of hours, what each site fills of it, the hours that it counts for."""
    side = int(min(bits.WORD, max(1, round(BLOCK_M / answer.grid.cell))))
    short = truth.lacking
    by_party = short.closes[lacking.SIGHT]
    owners: list[Ints] = []
    cells: list[Ints] = []
    parts: list[Ints] = []
    room: list[Ints] = []
    weights: list[Ints] = []
    offset = 0
    for number, hour in enumerate(short.first.tolist()):
        if cancelled():
            raise Stopped("gaps.stopped")
        whole = np.bitwise_or.reduce([by_party[party][number] for party in answer.inputs.parties])
        blocks = demand.gather(whole, answer.grid.cols, side)
        prints = truth.prints[bool(truth.light[hour])]
        for place, party in enumerate(answer.inputs.parties):
            here = np.flatnonzero(sites.party[: sites.places] == place)
            filled = demand.cover(blocks, by_party[party][number], [prints[one] for one in here.tolist()])
            owner = np.repeat(here, np.diff(filled.starts))
            for shift in range(0, len(sites.rows), sites.places):
                if len(here) and sites.manned[shift, hour]:
                    owners.append(owner + shift)
                    cells.append(filled.cells.astype(np.int64) + offset)
                    parts.append(filled.parts.astype(np.int64))
        room.append(blocks.room)
        weights.append(np.full(len(blocks.room), short.hours[number], np.int64))
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
