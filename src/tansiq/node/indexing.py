"""What comes in is taken into the index of words behind whoever writes, slice by slice."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Final

from tansiq.desk.search_filling import fill
from tansiq.node.node import Node

LOOK_S: Final = 0.1
BREATH_S: Final = 0.002
"""Between two slices, so that others who wait for the store get it."""
YIELDS: Final = 10
"""Niceness."""


def keep_index(node: Node, stop: threading.Event) -> None:
    """Until stopped: whenever something was committed, take in what is new."""
    with contextlib.suppress(OSError):  # on Linux niceness is a thread's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), YIELDS)
    seen = -1
    while not stop.wait(LOOK_S):
        count = node.changes.count
        if count == seen:
            continue
        while not stop.wait(BREATH_S) and fill(node.office):
            pass
        seen = count
