"""Sight of a thousand posts of 10 km on 4 million cells of 30 m: against GDAL at equal cores, GRASS and xarray-spatial.

Every engine gets the same synthetic ground, posts, heights, range and curvature. How far each is from exact rays (R3)
on a sample of the posts is printed before any time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from tools.go import apt

from bench import _gdal, _peers
from bench._harness import Row, interleave, median, spread
from tansiq.gaps import bits, exact, hours, sight
from tansiq.gaps.sight import Footprint, Posts, Terrain

CELL: Final = 30.0
SIDE: Final = 2000
POSTS: Final = 1000
QUICK_POSTS: Final = 40
REACH_M: Final = 10_000.0
NIGHT_CELLS: Final = 100
RADIUS: Final = int(REACH_M // CELL)
EYE_M: Final = 10.0
TARGET_M: Final = 1.7
CURVATURE: Final = 0.85714
"""GDAL's default: what refraction leaves of curvature."""

SLOPE: Final = 2.2
RELIEF_M: Final = 600.0
ROUNDS: Final = 5
SAMPLE: Final = 12
FEW: Final = 3
PARTIES: Final = 2
HOURS_BUDGET_S: Final = 1.0
PEER_S: Final = 300.0
CLOCKS: Final = re.compile(r"\d+m[\d.]+s \d+m[\d.]+s")

Mask = NDArray[np.bool_]


class Case(NamedTuple):
    """The ground and the posts of a run."""

    terrain: NDArray[np.float32]
    ready: Terrain
    posts: Posts
    parties: NDArray[np.int64]


def ground(side: int, seed: int) -> NDArray[np.float32]:
    """Rough ground whose relief falls with its width as real ground's does: float32[side, side] of metres."""
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((side, side)))
    waves = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    waves[0, 0] = 1.0
    heights = np.fft.irfft2(noise * waves**-SLOPE, s=(side, side))
    heights -= heights.min()
    return np.asarray(heights * (RELIEF_M / heights.max()), np.float32)


def case(count: int) -> Case:
    """A thousand posts of two parties, none nearer to the edge than its range."""
    terrain = ground(SIDE, 7)
    rows, cols = np.random.default_rng(1).integers(RADIUS, SIDE - RADIUS, (2, count))
    full = np.ones(count, np.float32)
    posts = Posts(rows.astype(np.int32), cols.astype(np.int32), EYE_M * full, REACH_M * full)
    return Case(terrain, sight.ready(terrain), posts, np.arange(count) % PARTIES)


def prints_of(one: Case, threads: int | None = None) -> list[Footprint]:
    """Our footprints."""
    return sight.footprints(one.ready, CELL, one.posts, target_m=TARGET_M, refraction=1.0 - CURVATURE, threads=threads)


def counts_of(one: Case, threads: int) -> NDArray[np.uint16]:
    """Our counts of each party: uint16[parties, rows, cols]."""
    prints = prints_of(one, threads)
    parted = [[prints[number] for number in np.flatnonzero(one.parties == party)] for party in range(PARTIES)]
    return np.stack([sight.counts(of, SIDE, SIDE, threads) for of in parted])


def whole(found: Footprint) -> Mask:
    """A footprint as a mask of the ground."""
    laid = bits.empty(SIDE, SIDE)
    height, width = found.seen.shape
    laid[found.row0 : found.row0 + height, found.word0 : found.word0 + width] = found.seen
    return bits.unpack(laid, SIDE)


def some(one: Case, count: int) -> Case:
    """The first posts only."""
    posts = Posts(*(getattr(one.posts, name)[:count] for name in ("rows", "cols", "height_m", "range_m")))
    return Case(one.terrain, one.ready, posts, one.parties[:count])


def rays(one: Case) -> list[Mask]:
    """What exact rays see of each post."""
    found = exact.footprints(one.terrain, CELL, one.posts, target_m=TARGET_M, refraction=1.0 - CURVATURE)
    return [whole(each) for each in found]


def disagreement(one: Case, truth: list[Mask], found: Callable[[int], Mask]) -> float:
    """The share (%) of the cells in range on which masks differ from exact rays, over the posts."""
    y, x = np.ogrid[:SIDE, :SIDE]
    shares = []
    for number, mask in enumerate(truth):
        row, col = int(one.posts.rows[number]), int(one.posts.cols[number])
        disc = (y - row) ** 2 + (x - col) ** 2 <= RADIUS * RADIUS
        shares.append(float((found(number) != mask)[disc].mean()))
    return 100.0 * float(np.mean(shares))


def ask_of(one: Case) -> _gdal.Ask:
    """The same question to GDAL."""
    rows, cols = one.posts.rows.astype(np.int64), one.posts.cols.astype(np.int64)
    return _gdal.Ask(rows, cols, one.parties, EYE_M, TARGET_M, REACH_M, CURVATURE, PARTIES)


def gdal_mask(of: _gdal.Ground, one: Case, number: int) -> Mask:
    """What GDAL sees of a post."""
    top, left, seen = of.viewshed(int(one.posts.rows[number]), int(one.posts.cols[number]), ask_of(one))
    mask = np.zeros((SIDE, SIDE), bool)
    mask[top : top + seen.shape[0], left : left + seen.shape[1]] = seen
    return mask


def against_gdal(one: Case, rounds: int) -> list[Row]:
    """Both with all cores, in turns; wall and processor."""
    cores = len(os.sched_getaffinity(0))
    ours_cpu, peer_cpu = [], []
    counts_of(some(one, cores), cores)

    def ours() -> float:
        wall, cpu = time.perf_counter(), time.process_time()
        counts_of(one, cores)
        ours_cpu.append(time.process_time() - cpu)
        return time.perf_counter() - wall

    with _gdal.Workers(one.terrain, CELL, cores) as workers:
        theirs = workers.count(ask_of(one)).counts
        off = float((theirs != counts_of(one, cores)).mean())
        print(f"  counts of the two differ on {100 * off:.2f} % of all cells (by a post or more)", flush=True)

        def peer() -> float:
            told = workers.count(ask_of(one))
            peer_cpu.append(told.cpu)
            return told.wall

        mine, other = interleave(rounds, ours, peer)
    name, posts = f"GDAL {_gdal.version()}", len(one.posts.rows)
    note = f"{posts} posts, count raster of each of {PARTIES} parties, {cores} cores; ours {spread(mine)}"
    cpu = f"processor only, of a post; ours {spread([1000 * each / posts for each in ours_cpu])}"
    mine_ms, other_ms = (1000 * median(values) / posts for values in (ours_cpu, peer_cpu))
    wall, peer_wall = median(mine), median(other)
    return [
        Row("1000 posts vs gdal, equal cores", "s", wall, peer_wall, name, peer_wall / wall, note),
        Row("one of 1000 posts vs gdal, processor", "ms", mine_ms, other_ms, name, other_ms / mine_ms, cpu),
    ]  # fmt: skip


def week(one: Case, rounds: int) -> Row:
    """Every hour of the week, every post with a timetable of its own and a shorter range by night."""
    chance = np.random.default_rng(3)
    count = len(one.posts.rows)
    begin, length = chance.integers(0, hours.DAY, count), chance.integers(6, hours.DAY, count)
    rest = chance.integers(0, hours.WEEK // hours.DAY, count)
    dark = hours.daily(19, 5)
    schedules = np.array([hours.daily(int(a), int((a + b) % hours.DAY)) for a, b in zip(begin, length, strict=True)])
    schedules &= np.arange(hours.WEEK)[None, :] // hours.DAY != rest[:, None]
    prints = prints_of(one)
    places = list(zip(one.posts.rows.tolist(), one.posts.cols.tolist(), strict=True))

    def party(number: int) -> int:
        chosen = np.flatnonzero(one.parties == number)
        by_day = [prints[each] for each in chosen]
        by_night = [sight.night(prints[each], *places[each], NIGHT_CELLS) for each in chosen]
        parted = np.concatenate((schedules[chosen] & ~dark, schedules[chosen] & dark))
        return len(sight.by_hours([*by_day, *by_night], parted, SIDE, SIDE).seen)

    spent = []

    def measured() -> float:
        wall, cpu = time.perf_counter(), time.process_time()
        for number in range(PARTIES):
            party(number)
        spent.append(time.process_time() - cpu)
        return time.perf_counter() - wall

    classes = [party(number) for number in range(PARTIES)]
    times = [measured() for _ in range(rounds)]
    note = f"{count} posts, a timetable each, day and night, {' and '.join(map(str, classes))} classes; {spread(times)}"
    note += f"; processor {median(spent):.3g} s"
    budget = HOURS_BUDGET_S
    return Row("168 hours, budget 1 s", "s", median(times), budget, "budget", budget / median(times), note)


def against_xarray_spatial(one: Case, truth: list[Mask], ours_ms: float) -> Row:
    """A few posts, each on its own window and after a first call that compiles; a thousand are extrapolated."""
    python = _peers.python_with("xarray-spatial")
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name:
        folder = Path(name)
        np.save(folder / "ground.npy", one.terrain)
        np.save(folder / "posts.npy", np.stack((one.posts.rows, one.posts.cols)))
        script = Path(__file__).with_name("_xrspatial.py")
        arguments = [str(value) for value in (RADIUS, CELL, EYE_M, TARGET_M, CURVATURE)]
        command = [str(python), str(script), str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PEER_S, check=False)
        if done.returncode:
            raise RuntimeError(f"xarray-spatial: {done.stderr.strip()[-500:]}")
        times, seen = np.load(folder / "times.npy"), np.load(folder / "seen.npy")

    def mask(number: int) -> Mask:
        return in_frame(one, number, seen[number])

    return extrapolated(f"xarray-spatial {_peers.version('xarray-spatial')}", one, truth, mask, times.tolist(), ours_ms)


def against_grass(one: Case, truth: list[Mask], ours_ms: float) -> Row:
    """A few posts, the region cut to each post's range first, which favours it; a thousand are extrapolated."""
    if shutil.which("grass") is None:
        apt("grass-core")
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name:
        folder = Path(name)
        where = rasterio.Affine(CELL, 0.0, _gdal.WEST, 0.0, -CELL, _gdal.NORTH)
        with rasterio.open(
            folder / "ground.tif", "w", driver="GTiff", height=SIDE, width=SIDE, count=1, dtype="float32",
            crs="EPSG:32638", transform=where,
        ) as made:  # fmt: skip
            made.write(one.terrain, 1)
        lines = ["set -e", f"r.in.gdal -o --quiet input={folder}/ground.tif output=ground"]
        for number, (row, col) in enumerate(zip(one.posts.rows.tolist(), one.posts.cols.tolist(), strict=True)):
            x, y = _gdal.WEST + (col + 0.5) * CELL, _gdal.NORTH - (row + 0.5) * CELL
            reach = (RADIUS + 0.5) * CELL
            lines += [
                f"g.region n={y + reach} s={y - reach} e={x + reach} w={x - reach} res={CELL:g}",
                "times",
                f"r.viewshed -b -c -r --quiet input=ground output=seen coordinates={x},{y} observer_elevation={EYE_M}"
                f" target_elevation={TARGET_M} max_distance={REACH_M} refraction_coeff={1.0 - CURVATURE:.5f}"
                " --overwrite",
                "times",
                f"r.out.bin --quiet -i bytes=1 input=seen output={folder}/{number}.bin null=0",
            ]
        (folder / "posts.sh").write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = ["grass", "--tmp-location", "EPSG:32638", "--exec", "sh", str(folder / "posts.sh")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PEER_S, check=False)
        if done.returncode:
            raise RuntimeError(f"GRASS: {done.stderr.strip()[-500:]}")
        # every second line of `times` is of the commands that the shell ran: their user and system time so far
        spent = [sum(map(clock, line.split())) for line in done.stdout.splitlines() if CLOCKS.fullmatch(line)][1::2]
        times = [after - before for before, after in zip(spent[::2], spent[1::2], strict=True)]
        if len(times) != len(one.posts.rows):
            raise RuntimeError(f"GRASS told no times: {done.stdout[-200:]}")
        side = 2 * RADIUS + 1
        files = [folder / f"{number}.bin" for number in range(len(times))]
        seen = [np.fromfile(file, np.uint8).reshape(side, side) == 1 for file in files]

    def mask(number: int) -> Mask:
        return in_frame(one, number, seen[number])

    return extrapolated("GRASS r.viewshed", one, truth, mask, times, ours_ms)


def clock(text: str) -> float:
    """Seconds of `1m2.34s`."""
    minutes, _, seconds = text.rstrip("s").partition("m")
    return 60 * float(minutes) + float(seconds)


def in_frame(one: Case, number: int, window: NDArray[np.bool_]) -> Mask:
    """A square around a post as a mask of the ground."""
    mask = np.zeros((SIDE, SIDE), bool)
    row, col = int(one.posts.rows[number]), int(one.posts.cols[number])
    mask[row - RADIUS : row + RADIUS + 1, col - RADIUS : col + RADIUS + 1] = window
    return mask


def extrapolated(
    name: str, one: Case, truth: list[Mask], found: Callable[[int], Mask], times: list[float], ours_ms: float
) -> Row:
    """The row of a peer that ran a few posts on one core, against the processor time of one of ours."""
    print(
        f"  {name} differs from exact rays on {disagreement(one, truth, found):.2f} % of the cells in range", flush=True
    )
    ours, peer = ours_ms * POSTS / 1000, median(times) * POSTS
    note = f"extrapolated from {len(times)} posts, no count raster; processor of both; a post {spread(times)} s"
    return Row(f"1000 posts vs {name.split(maxsplit=1)[0].lower()}, one core", "s", ours, peer, name, peer / ours, note)


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench."""
    one = case(QUICK_POSTS if quick else POSTS)
    sample = some(one, FEW if quick else SAMPLE)
    few = some(one, 1 if quick else FEW)
    truth = rays(sample)
    found = prints_of(sample)
    of = _gdal.Ground(one.terrain, CELL)
    ours_off = disagreement(sample, truth, lambda number: whole(found[number]))
    gdal_off = disagreement(sample, truth, lambda number: gdal_mask(of, sample, number))
    print(
        f"  from exact rays differ: ours on {ours_off:.3f} %, GDAL on {gdal_off:.3f} % of the cells in range",
        flush=True,
    )
    rows = against_gdal(one, 2 if quick else ROUNDS)
    posts = f"{len(truth)} posts, share of the cells in range"
    rows.insert(
        1, Row("disagreement with exact", "%", ours_off, gdal_off, "GDAL", gdal_off / max(ours_off, 1e-9), posts)
    )
    rows.insert(2, week(one, 2 if quick else ROUNDS))
    ours_ms = rows[-1].ours
    for peer in (against_xarray_spatial, against_grass):
        try:
            rows.append(peer(few, truth[: len(few.posts.rows)], ours_ms))
        except (RuntimeError, SystemExit, OSError, subprocess.SubprocessError) as error:
            print(f"  no row of {peer.__name__.removeprefix('against_')}: {error}", flush=True)
    return rows
