"""What comes in is taken into the index of words behind whoever writes, slice by slice."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import Final

from sqlalchemy.exc import OperationalError

from tansiq.desk.search_filling import fill
from tansiq.node.node import Node
from tansiq.store import pictures

LOOK_S: Final = 0.1
BREATH_S: Final = 0.002
"""Between two slices, so that others who wait for the store get it."""
YIELDS: Final = 10
"""Niceness."""
YIELDS_TIMES: Final = 4
"""While much comes in, so many times as long as a slice took before the next."""


def keep_index(node: Node, stop: threading.Event) -> None:
    """Until stopped: whenever something was committed, take in what is new."""
    with contextlib.suppress(OSError):  # on Linux niceness is a thread's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), YIELDS)
    seen = -1
    while not stop.wait(LOOK_S):
        count = node.changes.count
        if count != seen:
            with contextlib.suppress(OperationalError):  # a full disk: it is tried again, and the doctor says it
                _take_in(node, stop)
                seen = count


def _take_in(node: Node, stop: threading.Event) -> None:
    pause = BREATH_S
    while not stop.wait(pause):
        began, last = time.monotonic(), _last(node)
        if not fill(node.office):
            break
        pause = BREATH_S if _last(node) == last else YIELDS_TIMES * (time.monotonic() - began)


def _last(node: Node) -> int:
    with node.database.read() as connection:
        return pictures.last_seq(connection)
