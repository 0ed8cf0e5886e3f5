"""`tansiq serve` without loading the program each time: one process loads it and forks every node from itself.

What runs from there on is the command itself, in a process of its own that can be killed like any other. Loading takes
most of the processor time that a node needs to start; a run of all tests starts some hundreds.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

LOADED = ["tansiq.cli.app", "tansiq.node.server"]


def serve(folder: Path, words: Path, environment: Mapping[str, str]) -> BaseProcess:
    """A started `tansiq serve`, whose output is added to `words`; it ends with this process at the latest."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    words.touch()
    process = context.Process(target=_command, args=(folder, words, dict(environment)), daemon=True)
    with _no_main():
        process.start()
    return process


@contextmanager
def _no_main() -> Iterator[None]:
    """Nothing that the forked process would load again as its main module: it would be pytest."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _command(folder: Path, words: Path, environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with words.open("ab") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    sys.argv = ["tansiq", "--data", str(folder), "serve"]
    from tansiq.cli import main  # noqa: PLC0415 - in the forked process only

    main()
