"""A country of 487 million cells at 30 m: the sight of 10 000 posts by day and night and the reach of 500 bases.

The ground is made once and kept as a node keeps a layer (GeoTIFF of int16 in degrees), so what is measured reads,
projects and interpolates as an analysis of a real country does. It runs in a process of its own whose peak of resident
memory is told. GDAL's viewshed of some of the posts stands beside it: nobody ships the whole.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench import _gdal
from bench._harness import Row, median, spread
from bench.sight import CURVATURE, EYE_M, TARGET_M, ground
from tansiq.desk.ground import in_parts
from tansiq.gaps import analysis, bits, country, frame, openings, timetable
from tansiq.gaps.country import Way
from tansiq.gaps.inputs import DEFAULT_DAYLIGHT, Base, BasedOn, Inputs, Post, Rule
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.gaps.tiles import SIDE_M, Threads, cut
from tansiq.geo import grid as grids
from tansiq.geo import terrain
from tansiq.geo.grid import Grid
from tansiq.geo.layers import Wanted, find
from tansiq.geo.rasters import Lattice
from tansiq.geo.shapes import Lines
from tansiq.records.kinds.arrangement import Way as Rules

CELL: Final = 30.0
SIDE_DEGREES: Final = (6.94, 5.86)
MIDDLE: Final = (45.0, 33.0)
QUICK: Final = 12
"""The quick run is as many times narrower each way; posts and bases are as thick on the ground."""

POSTS: Final = 10_000
BASES: Final = 500
DAY_M: Final = 10_000
NIGHT_M: Final = 3_000
MINUTES: Final = 30
BUDGET_S: Final = 120.0
CELLS: Final = 487_000_000

SECONDS_OF_ARC: Final = 3_600
SHEETS: Final = ((4096, 1, 420.0), (3000, 2, 160.0))
"""Rough sheets that repeat after so many pixels: side, seed, relief (m)."""

SPACING_M: Final = (20_000.0, 5_000.0)
"""Between main roads, and between lesser ones."""

WAY_M: Final = 10_000.0
PRIMARY, TERTIARY = 3, 5
SAMPLE: Final = 12
START_S: Final = 3000.0


class Size(NamedTuple):
    """How large a run is."""

    degrees: tuple[float, float]
    posts: int
    bases: int


class Told(NamedTuple):
    """What the measured process says: seconds of wall and processor, of the processor before tiles were covered, of
    finding gaps after; peak of resident memory and what was said that it is at most (bytes); cells of the frame, tiles,
    covered cells by day, gaps.
    """

    wall: float
    cpu: float
    reach_cpu: float
    gaps_cpu: float
    memory: int
    said: int
    cells: int
    tiles: int
    covered: int
    gaps: int


def size(*, quick: bool) -> Size:
    """The whole, or its hundredth part and less."""
    part = QUICK if quick else 1
    return Size((SIDE_DEGREES[0] / part, SIDE_DEGREES[1] / part), POSTS // part**2, max(4, BASES // part**2))


def inputs(of: Size) -> Inputs:
    """One party's posts and bases, evenly scattered; the ground must be seen, or reached within half an hour."""
    chance = np.random.default_rng(5)
    west, south = (round((m - d / 2) * 1e7) for m, d in zip(MIDDLE, of.degrees, strict=True))
    east, north = (round((m + d / 2) * 1e7) for m, d in zip(MIDDLE, of.degrees, strict=True))

    def places(count: int) -> list[tuple[int, int]]:
        lon, lat = chance.integers(west, east, count), chance.integers(south, north, count)
        return list(zip(lon.tolist(), lat.tolist(), strict=True))

    posts = tuple(
        Post("a", f"a/p{number:05}", place, round(EYE_M), DAY_M, NIGHT_M, timetable.ALWAYS)
        for number, place in enumerate(places(of.posts))
    )
    bases = tuple(
        Base("a", f"a/b{number:05}", place, ("car",), (300,) * timetable.HOURS)
        for number, place in enumerate(places(of.bases))
    )
    return Inputs(
        area="country",
        ring=((west, south), (east, south), (east, north), (west, north)),
        at=0,
        parties=("a",),
        rule=Rule("rule", (Rules(seen=True), Rules(reached_minutes=MINUTES)), DEFAULT_DAYLIGHT),
        posts=posts,
        patrols=(),
        bases=bases,
        released=(),
        events=(),
        based_on={"a": BasedOn(posts=len(posts), bases=len(bases))},
    )


def options() -> Options:
    """Times are followed as far as the rule asks."""
    return Options(cell=CELL, target_m=TARGET_M, refraction=1.0 - CURVATURE, reach_minutes=MINUTES)


def relief(root: Path, grid: Grid) -> None:
    """Keep the elevation of the frame as a layer of pixels of a second of arc, without voids."""
    west, south, east, north = frame.bounds(grid)
    left, top = int(np.floor(west * SECONDS_OF_ARC)) - 8, int(np.ceil(north * SECONDS_OF_ARC)) + 8
    cols = int(np.ceil(east * SECONDS_OF_ARC)) + 8 - left
    rows = top - int(np.floor(south * SECONDS_OF_ARC)) + 8
    pixel = 1 / SECONDS_OF_ARC
    lattice = Lattice("EPSG:4326", left / SECONDS_OF_ARC, top / SECONDS_OF_ARC, pixel, pixel, rows, cols)
    sheets = [ground(side, seed) * np.float32(high / 600.0) for side, seed, high in SHEETS]

    def heights(row: int, col: int, height: int, width: int) -> NDArray[np.float64]:
        down, across = np.arange(row, row + height), np.arange(col, col + width)
        return np.asarray(sum(one[np.ix_(down % len(one), across % len(one))] for one in sheets), np.float64)

    terrain.add_heights(root, lattice, heights, Wanted("elevation", name="country"), (), "made up")


def roads(grid: Grid) -> Lines:
    """Main and lesser roads that wind across the frame both ways, cut into ways of ten kilometres."""
    width, height = grid.cols * grid.cell, grid.rows * grid.cell
    paths: list[NDArray[np.float64]] = []
    kinds: list[int] = []
    for spacing, kind in zip(SPACING_M, (PRIMARY, TERTIARY), strict=True):
        for upright, (length, breadth) in enumerate(((width, height), (height, width))):
            along = np.arange(0.0, length, 500.0)
            for off in np.arange(spacing / 2, breadth, spacing):
                aside = off + 400.0 * np.sin(along / 3000.0 + off)
                x, y = (along, aside) if not upright else (aside, along)
                whole = np.round(np.stack([grid.x0 + x, grid.y0 - y], axis=1), 2)
                step = int(WAY_M // 500)
                paths += [whole[start : start + step + 1] for start in range(0, len(whole) - 1, step)]
        kinds += [kind] * (len(paths) - len(kinds))
    counts = np.array([len(path) for path in paths])
    none = np.zeros(len(paths), np.uint8)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    ids = tuple(f"w{number}" for number in range(len(paths)))
    return Lines(np.concatenate(paths), starts, np.array(kinds, np.uint8), none, none.astype(bool), ids)


def run(of: Size, root: Path, scratch: Path, threads: int) -> Told:
    """Sight and reach of the whole frame, and then its gaps."""
    asked, how = inputs(of), options()
    grid = frame.frame_of(asked, how.cell)
    layers = Layers(roads=roads(grid), digests={"terrain": "made up"})
    source = in_parts([find(root, "country")], grid)
    way = Way(Threads(threads), scratch, SIDE_M, threads)
    before: list[float] = []

    def progress(stage: str, part: float) -> None:
        if stage == "cover" and not before:
            before.append(time.process_time())

    wall, cpu = time.perf_counter(), time.process_time()
    found = country.covered(asked, layers, source, how, cut(grid, SIDE_M), way, progress)
    taken, spent = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    noon = bits.count(found.cover.covered[0, int(found.number[12])])
    cpu_gaps = time.process_time()
    area = analysis.area_of(grid, asked.ring)
    gaps = openings.find(found.cover, area, grid, found.weights, how.smallest_m2, threads=threads)
    after = time.process_time() - cpu_gaps
    said = country.memory_of(grid, SIDE_M, threads, 1, len(found.first))
    return Told(
        taken, spent, before[0] - cpu, after, memory, said, grid.rows * grid.cols, len(cut(grid, SIDE_M)), noon,
        len(gaps.openings),
    )  # fmt: skip


def serve(line: Connection, of: Size, root: Path, threads: int) -> None:
    """In a process of its own: a small run that loads or compiles everything, then the run that counts."""
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-", dir=root) as name:
        run(Size((0.1, 0.1), 4, 2), root, Path(name) / "warm", threads)
        line.send(run(of, root, Path(name) / "run", threads))


def gdal_ms(of: Size, root: Path, count: int) -> list[float]:
    """Milliseconds of processor of GDAL's viewshed of some posts, each with the ground in its range already read."""
    grid = frame.frame_of(inputs(of), CELL)
    rows, cols = frame.cells_of(grid, [post.place for post in inputs(of).posts])
    radius = int(DAY_M // CELL)
    source, times = in_parts([find(root, "country")], grid), []
    for row, col in list(zip(rows.tolist(), cols.tolist(), strict=True))[:count]:
        here = grids.window(grid, row - radius, col - radius, 2 * radius + 1, 2 * radius + 1)
        heights, _ = source.read(here)
        if heights is None or np.isnan(heights).any():
            continue
        loaded = _gdal.Ground(heights, CELL)
        one = np.array([radius])
        ask = _gdal.Ask(one, one, np.zeros(1, np.int64), EYE_M, TARGET_M, DAY_M, CURVATURE, 1)
        began = time.process_time()
        loaded.viewshed(radius, radius, ask)
        times.append(1000 * (time.process_time() - began))
    return times


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench."""
    of = size(quick=quick)
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name:
        root = Path(name)
        began = time.perf_counter()
        relief(root, frame.frame_of(inputs(of), CELL))
        print(f"  the ground was made in {time.perf_counter() - began:.0f} s", flush=True)
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, of, root, cores), daemon=True)
        process.start()
        there.close()
        try:
            if not here.poll(START_S):
                raise RuntimeError("the measured process did not answer in time")
            told: Told = here.recv()
        finally:
            process.kill()
            process.join()
        peers = gdal_ms(of, root, SAMPLE)
    share = told.cells / CELLS if quick else 1.0
    budget = BUDGET_S * share
    print(f"  {told.covered:,} of {told.cells:,} cells are covered by day; {told.gaps} gaps are listed", flush=True)
    note = (
        f"{told.cells / 1e6:.4g} million cells in {told.tiles} tiles, {of.posts} posts by day and night, {of.bases} "
        f"bases within {MINUTES} min; {cores} threads; processor {told.cpu:.4g} s, of it reach {told.reach_cpu:.4g} s; "
        f"peak memory {told.memory / (1 << 30):.2f} GiB, said to be at most {told.said / (1 << 30):.2f}; 1 run"
    )
    if quick:
        note += f"; budget scaled by {share:.3g}"
    sight_ms = 1000 * (told.cpu - told.reach_cpu) / of.posts
    each = (
        f"processor of a post; ours with reading, projecting and laying together, GDAL's kernel alone; {spread(peers)}"
    )
    return [
        Row("10k posts sight and reach, budget 120 s", "s", told.wall, budget, "budget", budget / told.wall, note),
        Row("sight, processor of a post", "ms", sight_ms, median(peers), f"GDAL {_gdal.version()}",
            median(peers) / sight_ms, each),
        Row("gaps found in it, processor", "s", told.gaps_cpu, budget, "budget", budget / told.gaps_cpu,
            f"{told.gaps} gaps, runs, depths and outlines"),
    ]  # fmt: skip
