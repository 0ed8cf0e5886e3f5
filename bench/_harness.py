"""The form of every measurement: rows of ours against a peer, medians of repetitions, a table and JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` says how much better we are, or a share, as the row's name says."""

    what: str
    unit: str
    ours: float
    peer: float
    peer_name: str
    ratio: float
    note: str = ""


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def processor() -> str:
    """The processor's name, or at least its family where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def interleave(repetitions: int, *measures: Callable[[], float]) -> list[list[float]]:
    """The figures of each measure, taken in turns, so that whatever else the machine does falls on all alike.

    Every second round runs in the opposite order: none is always the one that follows the other's garbage.
    """
    figures: list[list[float]] = [[] for _ in measures]
    for step in range(repetitions):
        turn = list(zip(measures, figures, strict=True))
        for measure, taken in turn if step % 2 == 0 else reversed(turn):
            taken.append(measure())
    return figures


def spread(values: Sequence[float]) -> str:
    """Minimum and maximum of the repetitions, and how many there were."""
    runs = "1 run" if len(values) == 1 else f"{len(values)} runs"
    return f"{runs}, {figure(min(values))} to {figure(max(values))}"


def median(values: Sequence[float]) -> float:
    """The figure that is quoted."""
    return statistics.median(values)


def figure(value: float) -> str:
    """A figure for a person: four digits that count, as seconds and records both need them."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def report(name: str, rows: Sequence[Row], json_file: Path | None) -> None:
    """Print the table and, where asked, write the JSON."""
    here = machine()
    print(f"\n{name}: {here['processor']}, {here['cores']} cores, {here['memory_gib']} GiB")
    cells = [("", "ours", "", "peer", "", "ratio", "")]
    cells += [
        (row.what, figure(row.ours), row.unit, figure(row.peer), row.peer_name, f"{row.ratio:.2f}", row.note)
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for cell in cells:
        pairs = zip(cell, widths, strict=True)
        padded = [text.rjust(width) if step % 2 else text.ljust(width) for step, (text, width) in enumerate(pairs)]
        print("  " + "  ".join(padded).rstrip())
    if json_file is not None:
        body = {"name": name, "machine": here, "rows": [asdict(row) for row in rows]}
        json_file.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
