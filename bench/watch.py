"""The watch: files of incidents taken in, and whatever else of the watch is measured in a module `_watch_…` beside."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bench._harness import Row


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench: those of every part, by name."""
    parts = sorted(path.stem for path in Path(__file__).parent.glob("_watch_*.py"))
    return [row for part in parts for row in import_module(f"bench.{part}").rows(quick=quick)]
