"""Which plans collide: our index against PostGIS and shapely's STRtree, and live positions against a thousand fences.

A check takes a new polygon and finds what is held within 1 km and 30 minutes, by exact distance; then the polygon is
inserted. PostGIS does both inside its server, from geometries it has parsed; so the row against it takes ours in
batches, from columns. One by one, from a struct to its answer, is a row of its own, and so is its 99th percentile.
"""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from tools.go import Stop

from bench._harness import Row, figure, interleave, median, spread
from bench._plans import HOUR, LENGTH_M, SOUTH, START, WEST, WIDTH_M, plans, projected, structs
from bench._postgis import SETTINGS, Table, install
from bench._postgresql import Cluster, cluster
from bench._processes import free_ports, within
from tansiq.movements.approach import Buffer
from tansiq.movements.fences import ENTERS, Fence, Watch
from tansiq.movements.index import Hits, Index
from tansiq.movements.pieces import Flat, Pieces, cut, pack
from tansiq.movements.volumes import Area, Corridor, Window

METRES: Final = 1000
SECONDS: Final = 1800
Whole = NDArray[np.int64]

BUFFER: Final = Buffer(METRES, SECONDS)
ROUNDS: Final = 5
ASKED: Final = 400
"""Queries of PostGIS in a round."""
BATCH: Final = 10_000
SINGLES: Final = 4000
FENCES: Final = 1000
POSITIONS: Final = 100_000
QUICK_S, FULL_S = 300.0, 1500.0
"""Hard limits, for machines that have other work."""
BUDGET_US: Final = 200.0
BUDGET_MIB: Final = 1024.0
TOLERANCE: Final = 0.002
"""Share of the buffer by which a zone's scale and the bend of its edges may change a distance."""


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench; the full one takes some minutes, nearly all of it PostGIS's loading and indexing."""
    with within(QUICK_S if quick else FULL_S):
        return measured(quick=quick)


def measured(*, quick: bool) -> list[Row]:
    """The rows, however long they take."""
    warm()
    loads = [(20_000, False)] if quick else [(1_000_000, False), (100_000, False), (100_000, True)]
    rows: list[Row] = []
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        home.chmod(0o755)
        server = started(home, stack)
        for count, skewed in loads:
            rows += against(server, count, skewed=skewed)
    if not quick:
        rows += alone(1_000_000, skewed=True)
    return [*rows, *memory(loads[0][0]), *positions(quick=quick)]


def warm() -> None:
    """Compile everything before anything is timed."""
    index = Index.of(pieces(plans(500, 9, skewed=False), "a", "w"))
    index.check_and_insert_pieces(pieces(plans(200, 8, skewed=False), "b", "v"), BUFFER)
    index.check_and_insert(structs(plans(1, 7, skewed=False), "c", "x")[0], BUFFER)
    index.remove("x/0")


def started(home: Path, stack: contextlib.ExitStack) -> Cluster | None:
    """A server with PostGIS, or none where it cannot be had; says so."""
    try:
        install()
        return stack.enter_context(cluster(home / "postgis", free_ports(1)[0], SETTINGS))
    except (Stop, SystemExit, RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(f"  PostGIS cannot be had here: no row against it ({error})", flush=True)
        return None


def pieces(flat: Flat, owner: str, mark: str) -> Pieces:
    """Plans of one party, cut."""
    count = len(flat.kinds)
    return cut(flat, [f"{mark}/{number}" for number in range(count)], [owner] * count)


def name_of(count: int, *, skewed: bool) -> str:
    """How a row calls a load."""
    return f"1e{round(np.log10(count))}" + (", skewed" if skewed else "") if count >= 100_000 else f"{count}"


def against(server: Cluster | None, count: int, *, skewed: bool) -> list[Row]:
    """Rows of one load: PostGIS and us in turns on the same data, answers compared first; then shapely."""
    held, asked = plans(count, 1, skewed=skewed), plans(ASKED * (ROUNDS + 1), 2, skewed=skewed)
    name = name_of(count, skewed=skewed)
    print(f"  {name}: {len(asked.kinds)} queries", flush=True)
    began = time.perf_counter()
    index = Index.of(pieces(held, "a", "a"))
    built = time.perf_counter() - began
    same = index.check_pieces(pieces(asked, "b", "q"), BUFFER)
    rows = by_tree(index, held, asked, name)
    table = Table(server, "skewed" if skewed else f"plans{count}", held, asked) if server else None
    theirs: list[float] = []
    worst: list[float] = []
    step = 0

    def postgis() -> float:
        nonlocal step
        if table is None:
            return 0.0
        took = table.check_and_insert(step * ASKED, (step + 1) * ASKED, METRES, SECONDS)
        step += 1
        theirs.extend(took.tolist())
        return 1e6 * len(took) / float(took.sum())

    postgis()  # its caches are warm then, too
    theirs.clear()
    more = iter(range(100))

    def ours() -> float:
        batch = pieces(plans(BATCH, 100 + next(more), skewed=skewed), "b", f"b{next(more)}")
        began = time.perf_counter()
        index.check_and_insert_pieces(batch, BUFFER)
        return BATCH / (time.perf_counter() - began)

    ours()  # room for growth is made then
    rates, peers = interleave(ROUNDS, ours, postgis)
    if table is not None:
        compare(pairs_of(same), table.answers(), held, asked)
        worst = [float(np.percentile(theirs, share)) for share in (50, 99)]
    singles, processor = one_by_one(index, skewed=skewed)
    rate, peer = median(rates), median(peers)
    note = (
        f"ours in batches, {spread(rates)}; its {spread(peers)}, p50 {figure(worst[0])} us" if worst else spread(rates)
    )
    found = []
    if table is not None:
        found.append(
            Row(f"check and insert at {name} vs postgis", "checks/s", rate, peer, "PostGIS GiST", rate / peer, note)
        )
    alone = 1e6 / float(np.mean(singles))
    p99, quiet = (float(np.percentile(one, 99)) for one in (singles, processor))
    if worst:
        found.append(
            Row(
                f"one by one at {name} vs postgis",
                "checks/s",
                alone,
                peer,
                "PostGIS GiST",
                alone / peer,
                "from struct to answer",
            )
        )
    title = "p99, budget 200 us" if not skewed and count != 100_000 else f"p99 at {name}, budget 200 us"
    note = f"p50 {figure(float(np.median(singles)))} us" + (f"; PostGIS {figure(worst[1])} us" if worst else "")
    found.append(Row(title, "us", p99, BUDGET_US, "budget", BUDGET_US / p99, note))
    found.append(Row(f"p99 of processor time at {name}", "us", quiet, BUDGET_US, "budget", BUDGET_US / quiet))
    found.append(
        Row(
            f"rebuild of {name}",
            "plans/s",
            count / built,
            1e6 / 10,
            "1e6 in 10 s",
            count / built / 1e5,
            f"{built:.2f} s",
        )
    )
    return [*found, *rows]


def alone(count: int, *, skewed: bool) -> list[Row]:
    """A load for which PostGIS would take too long to load: ours only."""
    index = Index.of(pieces(plans(count, 1, skewed=skewed), "a", "a"))
    index.check_and_insert_pieces(pieces(plans(100, 3, skewed=skewed), "b", "g"), BUFFER)
    rates, met = [], 0
    for turn in range(3):
        batch = pieces(plans(1000, 200 + turn, skewed=skewed), "b", f"b{turn}")
        began = time.perf_counter()
        met = len(index.check_and_insert_pieces(batch, BUFFER))
        rates.append(1000 / (time.perf_counter() - began))
    rate, note = median(rates), f"{met / 1000:.0f} met each, {spread(rates)}"
    return [
        Row(
            f"check and insert at {name_of(count, skewed=skewed)}", "checks/s", rate, 1e5, "1e5 per s", rate / 1e5, note
        )
    ]


def one_by_one(index: Index, *, skewed: bool) -> tuple[list[float], list[float]]:
    """Microseconds, and those of the processor alone, from a struct to the answer and back into the index."""
    walls, processor = [], []
    gc.collect()
    gc.freeze()
    for activity in structs(plans(SINGLES, 5, skewed=skewed), "b", "s"):
        began, worked = time.perf_counter(), time.thread_time()
        index.check_and_insert_pieces(pack([activity]), BUFFER)
        processor.append((time.thread_time() - worked) * 1e6)
        walls.append((time.perf_counter() - began) * 1e6)
    gc.unfreeze()
    return walls, processor


def pairs_of(hits: Hits) -> set[tuple[int, int]]:
    """Pairs of query and activity."""
    return set(zip(hits.numbers[:, 0].tolist(), hits.numbers[:, 2].tolist(), strict=True))


def compare(ours: set[tuple[int, int]], theirs: set[tuple[int, int]], held: Flat, asked: Flat) -> None:
    """Say in how many pairs the answers differ; raises where a plane and the ellipsoid cannot explain it."""
    differ = sorted(ours ^ theirs)
    far = 0.0
    if differ:
        rows, columns = np.array(differ).T
        metres = shapely.distance(projected(_some(asked, rows)), projected(_some(held, columns)))
        far = float(np.abs(metres - METRES).max())
    print(f"  answers: {len(ours)} pairs, {len(differ)} differ, by at most {far:.2f} m in {METRES}", flush=True)
    if far > TOLERANCE * METRES:
        raise RuntimeError("the answers differ by more than the projections do")


def _some(flat: Flat, rows: Whole) -> Flat:
    points = flat.points.reshape(len(flat.kinds), -1, 2)[rows].reshape(-1, 2)
    return Flat(
        points,
        flat.times,
        flat.offsets,
        flat.kinds,
        flat.halves,
        flat.windows,
        flat.bands,
        flat.volumes,
        flat.activities,
    )


def by_tree(index: Index, held: Flat, asked: Flat, name: str) -> list[Row]:
    """shapely's STRtree over the ground, then time, then distance: it takes no insertions, so checks alone."""
    shapes, queries = projected(held), projected(asked)[:ASKED]
    tree = shapely.STRtree(shapes)
    wanted: set[tuple[int, int]] = set()
    began = time.perf_counter()
    for number, shape in enumerate(queries):
        near = tree.query(shapely.box(*(shape.bounds + METRES * np.array([-1, -1, 1, 1]))))
        begin, end = asked.windows[number]
        near = near[(held.windows[near, 0] < end + SECONDS * 1000) & (held.windows[near, 1] > begin - SECONDS * 1000)]
        wanted.update((number, int(one)) for one in near[shapely.dwithin(shape, shapes[near], METRES)])
    peer = ASKED / (time.perf_counter() - began)
    batch = pieces(asked, "b", "q")
    began = time.perf_counter()
    hits = index.check_pieces(batch, BUFFER)
    rate = len(asked.kinds) / (time.perf_counter() - began)
    compare({pair for pair in pairs_of(hits) if pair[0] < ASKED}, wanted, held, asked)
    return [Row(f"check at {name} vs STRtree", "checks/s", rate, peer, f"shapely {shapely.__version__}", rate / peer)]


def memory(count: int) -> list[Row]:
    """What a process that holds nothing else takes."""
    command = [sys.executable, "-c", f"from bench.movements import resident; resident({count})"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    mebibytes = float(done.stdout.split()[-1])
    what = f"resident with {name_of(count, skewed=False)}, budget 1 GiB"
    return [
        Row(what, "MiB", mebibytes, BUDGET_MIB, "budget", BUDGET_MIB / mebibytes, "interpreter and libraries in it")
    ]


def resident(count: int) -> None:
    """Print the MiB of this process once it holds an index of so many plans, and has taken some in."""
    index = Index.of(pieces(plans(count, 1, skewed=False), "a", "a"))
    index.check_and_insert_pieces(pieces(plans(100, 3, skewed=False), "b", "g"), BUFFER)
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kibibytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    print(kibibytes / 1024)


def positions(*, quick: bool) -> list[Row]:
    """Live positions of 5000 units in batches of 1000, against fences that are areas and corridors in turn."""
    chance = np.random.default_rng(6)
    always = Window(START, START + 1000 * HOUR)
    flat = plans(FENCES // 2, 7, skewed=False)
    rings = [[(x, y) for x, y in ring] for ring in flat.points.reshape(FENCES // 2, -1, 2).tolist()]
    fences = [Fence(f"area {number}", Area(ring, always)) for number, ring in enumerate(rings)]
    for number in range(FENCES // 2):
        path = np.cumsum(chance.integers(-30_000, 30_000, (8, 2)), axis=0) + flat.points[number]
        fences.append(Fence(f"corridor {number}", Corridor([(x, y) for x, y in path.tolist()], 200, always)))
    count = POSITIONS // (5 if quick else 1)
    unit = chance.integers(0, 5000, count)
    begin = np.stack(
        [WEST + chance.uniform(0, LENGTH_M, 5000) * 109.6, SOUTH + chance.uniform(0, WIDTH_M, 5000) * 90.1]
    )
    lon, lat = (begin[:, unit] + chance.normal(0, 5000, (2, count))).round().astype(np.int64)
    when = START + np.arange(count) * 10
    same_as_shapely(fences[: FENCES // 2], lon, lat, when)
    rates, told = [], 0
    Watch(fences).take(unit[:100], lon[:100], lat[:100], when[:100])
    for _ in range(3):
        watch, told = Watch(fences), 0
        began = time.perf_counter()
        for first in range(0, count, 1000):
            some = slice(first, first + 1000)
            told += len(watch.take(unit[some], lon[some], lat[some], when[some]).what)
        rates.append(count / (time.perf_counter() - began))
    rate = median(rates)
    return [
        Row(
            "positions vs 1000 fences, 1e5 per s",
            "positions/s",
            rate,
            1e5,
            "target",
            rate / 1e5,
            f"{told} events, {spread(rates)}",
        )
    ]


def same_as_shapely(fences: list[Fence], lon: Whole, lat: Whole, when: Whole) -> None:
    """Refuse to go on where another set of areas is entered than shapely has around each position."""
    shapes = [shapely.Polygon(fence.shape.ring) for fence in fences if isinstance(fence.shape, Area)]
    points = shapely.points(lon, lat)
    rows, columns = shapely.STRtree(shapes).query(points, predicate="intersects")
    events = Watch(fences, 0, 0).take(np.arange(len(lon)), lon, lat, when)
    entered = events.what == ENTERS
    ours = set(zip(events.position[entered].tolist(), events.fence[entered].tolist(), strict=True))
    if ours != set(zip(rows.tolist(), columns.tolist(), strict=True)):
        raise RuntimeError("fences and shapely disagree about who is inside")
    print(f"  fences: the same {len(ours)} entries as shapely finds", flush=True)
