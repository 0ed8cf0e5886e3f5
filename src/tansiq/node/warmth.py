"""The engines made ready after a node's start, so that its first plan and its commitments do not wait for a compiler.

They are compiled in a process of their own, once for every change of the program. A node that holds plans loads the
engine of movements then; one that does not is left small, and loads it with its first plan. The engine of gaps is
compiled where commitments are held, whose rules may ask it. The texts of agreements are read, where there are any: a
long one takes seconds; so are incidents where they are very many. All of it waits until the node has started and
yields to whatever else it does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Final

from tansiq.desk import viewing
from tansiq.desk.office import circles
from tansiq.errors import Refused
from tansiq.kernels import is_compiled
from tansiq.node.node import Node
from tansiq.store import pictures

ENGINE: Final = "tansiq.movements.warm"
GAPS: Final = "tansiq.gaps.warm"
QUIET_S: Final = 3.0
"""After the start, before anything of this begins."""
STEP_S: Final = 0.2
YIELDS: Final = 10
"""Niceness of all of it."""
NEWEST: Final = 20_000
"""Things of the picture among which plans are looked for."""


def warm_up(node: Node, stop: threading.Event) -> None:
    """Make the engine ready, unless the node is stopped before."""
    if stop.wait(QUIET_S):
        return
    with suppress(OSError):  # in a thread of its own: on Linux niceness is a thread's, and a process begun by it has it
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), YIELDS)
    read_texts(node, stop)
    read_crowds(node, stop)
    if stop.is_set() or (not is_compiled(ENGINE) and not _compile(ENGINE, stop)):
        return
    with node.database.read() as connection:
        planned = pictures.among_newest(connection, "activity", NEWEST)
        promised = pictures.among_newest(connection, "commitment", NEWEST)
    if planned and not stop.is_set():
        from tansiq.movements.warm import ask_everything  # noqa: PLC0415 - loads the engine

        ask_everything()
    if promised and not stop.is_set() and not is_compiled(GAPS):
        _compile(GAPS, stop)


def read_texts(node: Node, stop: threading.Event) -> int:
    """Read the texts of every circle that has some, so that the first who opens one does not wait; how many."""
    with node.database.read() as connection:
        held = [
            one.circle.id
            for one in circles(connection)
            if pictures.changes(connection, [one.num], after=0, kind="agreement", limit=1)
        ]
    count = 0
    for circle in sorted(set(held)):
        if stop.is_set():
            break
        from tansiq.desk.accord_texts import read_ahead  # noqa: PLC0415 - a node without texts stays small

        with suppress(Refused):
            count += read_ahead(node.office, circle)
    return count


def read_crowds(node: Node, stop: threading.Event) -> int:
    """Read the incidents of every circle in which they are too many to be sent whole; how many circles that were."""
    with node.database.read() as connection:
        of_circle: dict[str, list[int]] = {}
        for one in circles(connection):
            of_circle.setdefault(one.circle.id, []).append(one.num)
        held = [circle for circle, epochs in sorted(of_circle.items()) if viewing.is_crowded(connection, epochs)]
    count = 0
    for circle in held:
        if stop.is_set():
            break
        from tansiq.desk.incidents_atlas import atlas_of  # noqa: PLC0415 - a node without them stays small

        with suppress(Refused):
            atlas_of(node.office, circle)
            count += 1
    return count


def _compile(module: str, stop: threading.Event) -> bool:
    """Whether a module was compiled; not where the node is stopped before."""
    with subprocess.Popen(  # noqa: S603 - `module` is one of the two above
        [sys.executable, "-m", module], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            if stop.wait(STEP_S):
                process.terminate()
    return process.returncode == 0
