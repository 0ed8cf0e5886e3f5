"""Travel time from 200 bases over 4 million cells, against the libraries and the GIS that compute it.

The same cost surface, sources and machine in one run, every engine with as many cores as it uses (all use one). The
peers' libraries know no directed costs, so the rows against them are isotropic, and our directed forms are rows of
their own. How far the answers are apart is printed before any time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tools.go import Stop, apt

from bench import _raster_peers as peers
from bench._harness import Row, interleave, median, spread
from tansiq.gaps import ground, mobility
from tansiq.gaps.reach import Reach, Sources, of_parties, reach, travel_time

CELLS: Final = 2000
QUICK_CELLS: Final = 500
SOURCES: Final = 200
QUICK_SOURCES: Final = 12
REPETITIONS: Final = 5
GRASS: Final = "GRASS r.cost"
CELL: Final = peers.CELL
FOREVER: Final = 900_000.0
ROADS: Final = 12
ROAD: Final = 3.6 / 60
GRASS_S: Final = 900.0

Floats = NDArray[np.float32]


def surface(cells: int, count: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Rough terrain, Tobler's pace by its slope with roads of 60 km/h across, and sources."""
    random = np.random.default_rng(3)
    waves = np.hypot(np.fft.fftfreq(cells)[:, None], np.fft.rfftfreq(cells)[None, :])
    waves[0, 0] = 1.0
    terrain = np.fft.irfft2(np.fft.rfft2(random.standard_normal((cells, cells))) * waves**-2.0, s=(cells, cells))
    terrain = (terrain - terrain.min()) * (1500.0 / np.ptp(terrain))
    slope = np.hypot(*np.gradient(terrain, CELL))
    pace = 3.6 / (6 * np.exp(-3.5 * np.minimum(np.abs(slope + 0.05), 1.0)))
    for _ in range(ROADS):
        pace[random.integers(0, cells)] = ROAD
        pace[:, random.integers(0, cells)] = ROAD
    return pace.astype(np.float32), terrain.astype(np.float32), random.integers(0, cells, (count, 2))


def grass(folder: Path) -> float:
    """r.cost of GRASS on 8 neighbours, from Debian: the module's own process, reading and writing included."""
    if shutil.which("grass") is None:
        apt("grass-core")
    pace = np.load(folder / "cost.npy").astype(float)
    rows, cols = pace.shape
    head = f"north: {rows}\nsouth: 0\neast: {cols}\nwest: 0\nrows: {rows}\ncols: {cols}\n"
    with (folder / "cost.asc").open("w", encoding="ascii") as out:
        out.write(head)
        np.savetxt(out, pace * CELL, "%.7g")
    places = np.load(folder / "sources.npy")
    text = "\n".join(f"{col + 0.5},{rows - row - 0.5}" for row, col in places)
    (folder / "places.txt").write_text(text + "\n", encoding="ascii")
    script = folder / "run.sh"
    script.write_text(
        f"set -e\nr.in.ascii input={folder}/cost.asc output=cost\ng.region raster=cost\n"
        f"v.in.ascii input={folder}/places.txt output=places separator=comma\n"
        "s=$(date +%s.%N); r.cost input=cost output=found start_points=places memory=4000;"
        ' e=$(date +%s.%N); echo "TOOK $s $e"\n'
        f"r.out.bin -f bytes=4 input=found output={folder}/grass.bin\n",
        encoding="ascii",
    )
    command = ["grass", "--tmp-location", "XY", "--exec", "bash", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GRASS_S, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    np.save(folder / f"{GRASS}.npy", np.fromfile(folder / "grass.bin", np.float32).reshape(rows, cols))
    began, ended = next(line.split()[1:] for line in done.stdout.splitlines() if line.startswith("TOOK"))
    return float(ended) - float(began)


def timed(compute: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    compute()
    return time.perf_counter() - began


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench."""
    cells, count = (QUICK_CELLS, QUICK_SOURCES) if quick else (CELLS, SOURCES)
    pace, terrain, places = surface(cells, count)
    sources = Sources(places[:, 0].astype(np.int32), places[:, 1].astype(np.int32), np.zeros(count, np.float32))

    def isotropic() -> Floats:
        return travel_time(ground.of_pace(pace, CELL), sources, FOREVER, neighbours=8)

    level = ground.of_pace(pace, CELL)
    hilly = ground.of_pace(np.full_like(pace, 0.72), CELL, terrain, slope=mobility.lines(mobility.ON_FOOT))

    def directed() -> Floats:
        return travel_time(hilly, sources, FOREVER)

    def named() -> Reach:
        return reach(hilly, sources, FOREVER)

    def by_sixteen() -> Floats:
        return travel_time(level, sources, FOREVER)

    def two_parties() -> list[Reach]:
        return of_parties(hilly, [sources, sources], FOREVER, threads=2)

    ours = isotropic()
    forms = (isotropic, by_sixteen, directed, named, two_parties)
    for form in forms:
        form()
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name:
        folder = Path(name)
        np.save(folder / "cost.npy", pace)
        np.save(folder / "sources.npy", places)
        known = peers.install()

        def once(peer: str) -> float:
            return grass(folder) if peer == GRASS else peers.run(peer, folder)

        there = []
        for peer in (*known, GRASS):
            try:
                once(peer)
            except (RuntimeError, OSError, Stop, subprocess.SubprocessError) as error:
                print(f"  {peer} left out: {error}", file=sys.stderr, flush=True)
                continue
            print(f"  {peer}: {apart(ours, np.load(folder / f'{peer}.npy'))}", flush=True)
            there.append(peer)
        if not there:
            raise RuntimeError("no peer could be installed")
        measures = [partial(timed, form) for form in forms] + [partial(once, peer) for peer in there]
        figures = interleave(REPETITIONS, *measures)
    names = [f"{peer} {known.get(peer, '')}".strip() for peer in there]
    mine, theirs = figures[: len(forms)], dict(zip(names, figures[len(forms) :], strict=True))
    best = min(theirs, key=lambda peer: median(theirs[peer]))
    eight, least = median(mine[0]), median(theirs[best])
    size = f"{cells * cells / 1e6:.3g} Mcell, {count} sources"
    note = f"{size}, isotropic, 8 neighbours, ground made included; {spread(mine[0])}; peer {spread(theirs[best])}"
    rows = [Row("4 Mcell 200 sources vs best peer", "s", eight, least, best, least / eight, note)]
    for peer, taken in theirs.items():
        rows.append(Row(f"vs {peer}", "s", eight, median(taken), peer, median(taken) / eight, spread(taken)))
    for what, runs, taken in (
        ("isotropic, 16 neighbours", 1, mine[1]),
        ("directed, 16 neighbours", 1, mine[2]),
        ("directed with nearest base", 1, mine[3]),
        ("two parties on two threads", 2, mine[4]),
    ):
        told = f"ground made before; against {runs} x isotropic, 8 neighbours; {spread(taken)}"
        rows.append(Row(what, "s", median(taken), runs * least, best, runs * least / median(taken), told))
    return rows


def apart(ours: Floats, theirs: Floats) -> str:
    """How far two answers are apart, where both are over a minute."""
    both = np.isfinite(theirs) & np.isfinite(ours) & (theirs > 60) & (ours > 60)
    share = np.abs(ours[both] - theirs[both]) / theirs[both]
    bias = float(np.mean(ours[both] / theirs[both])) - 1.0
    return f"ours against it {bias:+.3%} in the mean, at most {share.max():.2e} apart"
