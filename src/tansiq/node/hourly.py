"""Every full hour a node works out how the commitments of its circles stand, so that what turned is there to be read.

A circle without commitments costs a look; one that was worked out for the same records and hour is not worked out
again. It yields to whatever else the node does.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Final

from tansiq.desk.office import circles
from tansiq.errors import Refused
from tansiq.node.node import Node
from tansiq.store import pictures

QUIET_S: Final = 20.0
"""After the start, before the first."""
STEP_S: Final = 5.0
HOUR_MS: Final = 3_600_000
YIELDS: Final = 10
"""Niceness."""


def keep_hours(node: Node, stop: threading.Event) -> None:
    """Until stopped: with the start, and at every full hour by the node's clock."""
    if stop.wait(QUIET_S):
        return
    with contextlib.suppress(OSError):  # on Linux niceness is a thread's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), YIELDS)
    done = -1
    while not stop.is_set():
        hour = node.office.clock() // HOUR_MS
        if hour != done:
            work_out(node)
            done = hour
        stop.wait(STEP_S)


def work_out(node: Node) -> int:
    """Work out the full hour that has begun, in every circle that has commitments; how many turned."""
    with node.database.read() as connection:
        held = [one for one in circles(connection) if not one.circle.private]
        promising = {
            one.circle.id
            for one in held
            if pictures.changes(connection, [one.num], after=0, kind="commitment", limit=1)
        }
    if not promising:
        return 0
    from tansiq.desk.accord_promises import at_full_hour  # noqa: PLC0415 - loads the engines

    turned = 0
    for name in sorted(promising):
        with contextlib.suppress(Refused):
            turned += len(at_full_hour(node.office, name))
    return turned
