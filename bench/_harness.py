"""The form of every measurement: rows of ours against a peer, medians of repetitions, a table and JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
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
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def spread(values: Sequence[float]) -> str:
    """Minimum and maximum of the repetitions, and how many there were."""
    return f"{len(values)} runs, {min(values):,.0f} to {max(values):,.0f}"


def median(values: Sequence[float]) -> float:
    """The figure that is quoted."""
    return statistics.median(values)


def report(name: str, rows: Sequence[Row], json_file: Path | None) -> None:
    """Print the table and, where asked, write the JSON."""
    width = max(len(row.what) for row in rows)
    print(f"\n{name}: {machine()['processor']}, {machine()['cores']} cores")
    for row in rows:
        print(
            f"  {row.what:<{width}}  ours {row.ours:>12,.1f} {row.unit}  {row.peer_name} {row.peer:>12,.1f}"
            f"  ratio {row.ratio:.2f}  {row.note}"
        )
    if json_file is not None:
        body = {"name": name, "machine": machine(), "rows": [asdict(row) for row in rows]}
        json_file.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
