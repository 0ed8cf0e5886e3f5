"""Two files of real incidents taken into a node's own circle: every row a signed record, counted afterwards.

The files are the insurgent attacks of January to September 2006 and February to July 2007 in Iraq (`geocausal`, MIT),
read as they are, gzipped; they are not of the scenario's years. Where they are not at hand the same number of rows is
made up in the same columns. Time runs from the bytes of a file to the durable end of its transaction, preview and all:
each row understood and checked twice, compared with what is held twice, sealed, signed, folded. Then both are looked at
again, and every row has to be known again; in a run of its own five rows are spoilt, and have to be named.
"""

from __future__ import annotations

import gzip
import random
import tempfile
import time
from pathlib import Path
from typing import Final

from bench._harness import Row, median, spread
from nodes import OFFICER, make_nodes
from tansiq.desk import incidents_import
from tansiq.desk.incidents_import import Kept, Look
from tansiq.exchange.tuning import tune
from tansiq.node.node import Node
from tansiq.store import pictures

BUDGET_S: Final = 20.0
SHARED: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FILES: Final = {
    "iraq_incidents_2006_geocausal_mit.csv.gz": 37_701,
    "iraq_incidents_2007_geocausal_mit.csv.gz": 68_573,
}
RUNS: Final = 3
QUICK_ROWS: Final = 2000
SPOILT: Final = ((10, "2006-13-01"), (20, ""), (30, "1/2/06"), (40, "then"), (50, "2006-02-30"))
"""Lines whose date is no date."""


def rows(*, quick: bool) -> list[Row]:
    """How long both files take together, in a process that is set up as a node's is."""
    tune()
    files = {name: _cut(_rows_of(name, count), quick=quick) for name, count in FILES.items()}
    total = sum(len(lines) - 1 for lines in files.values())
    taken, worked, looked, sizes = [], [], [], []
    for _ in range(1 if quick else RUNS):
        took, work, again, size = _run({name: gzip.compress(b"\n".join(lines)) for name, lines in files.items()}, total)
        taken.append(took)
        worked.append(work)
        looked.append(again)
        sizes.append(size)
    _spoilt(next(iter(files.values())))
    real = all((SHARED / name).exists() for name in FILES)
    note = (
        f"{total:,} rows {'of real events' if real else 'made up'} in 2 files, each a record; {spread(taken)}; "
        f"{median(worked):.1f} s of one core; "
        f"{total / median(taken):,.0f} rows/s; {median(sizes):.0f} MiB of store; the same files looked at again, "
        f"every row known again: {median(looked):.1f} s"
    )
    budget = BUDGET_S * total / sum(FILES.values())
    took = median(taken)
    return [Row("import of 68 573 + 37 701 rows, budget 20 s", "s", took, budget, "budget", budget / took, note)]


def _rows_of(name: str, count: int) -> list[bytes]:
    path = SHARED / name
    if path.exists():
        return gzip.decompress(path.read_bytes()).strip().split(b"\n")
    dice = random.Random(name)  # noqa: S311 - the same rows every time
    lines = [b"date,longitude,latitude,type"]
    for _ in range(count):
        where = f"{dice.uniform(41, 46):.5f},{dice.uniform(31, 36.5):.5f}"
        lines.append(f"2006-{dice.randint(1, 9):02d}-{dice.randint(1, 28):02d},{where},IED".encode())
    return lines


def _cut(lines: list[bytes], *, quick: bool) -> list[bytes]:
    return lines[: QUICK_ROWS + 1] if quick else lines


def _run(files: dict[str, bytes], total: int) -> tuple[float, float, float, float]:
    """Seconds and seconds of processor to take the files in, seconds to look at them again, MiB of the store."""
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home:
        node = make_nodes(Path(home), "joc")["joc"]
        seconds = work = 0.0
        for name, data in files.items():
            began, worked = time.perf_counter(), time.process_time()
            reading = incidents_import.look(node.office, data, name, None, "en").reading
            kept = incidents_import.keep(node.office, data, name, reading, OFFICER)
            seconds += time.perf_counter() - began
            work += time.process_time() - worked
            if (kept.said, kept.left_out, kept.held) != (kept.rows, 0, 0):
                raise SystemExit(f"{name}: {kept}")
        if (held := _held(node)) != total:
            raise SystemExit(f"{held} incidents are held of {total} rows")
        began = time.perf_counter()
        for name, data in files.items():
            again = incidents_import.look(node.office, data, name, None, "en")
            if again.held != again.rows:
                raise SystemExit(f"{name}: {again.rows - again.held} rows were not known again")
        looked = time.perf_counter() - began
        node.database.checkpoint()
        size = node.folder.store.stat().st_size / (1 << 20)
        node.close()
    return seconds, work, looked, size


def _held(node: Node) -> int:
    with node.database.read() as connection:
        num = incidents_import.own_circle(connection).num
        return len(pictures.changes(connection, [num], kind="incident", limit=10**6))


def _spoilt(lines: list[bytes]) -> None:
    """Rows that are no incidents are named, and the good ones are kept where that is said."""
    spoilt = list(lines)
    for line, date in SPOILT:
        spoilt[line - 1] = date.encode() + b"," + spoilt[line - 1].split(b",", 1)[1]
    data = b"\n".join(spoilt)
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home:
        node = make_nodes(Path(home), "joc")["joc"]
        seen: Look = incidents_import.look(node.office, data, "spoilt.csv", None, "en")
        kept: Kept = incidents_import.keep(node.office, data, "spoilt.csv", seen.reading, OFFICER, keep_good=True)
        node.close()
    named = [one.row for one in seen.bad]
    if named != [line for line, _ in SPOILT] or kept.said != len(lines) - 1 - len(SPOILT):
        raise SystemExit(f"bad rows: {named}, {kept}")
