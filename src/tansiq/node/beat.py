"""What a node does by itself: show what was said, enter epochs that all have signed, answer erasures."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Final

from tansiq.errors import Refused
from tansiq.exchange import outbox
from tansiq.exchange.publish import publish
from tansiq.node.epochs import enter_signed
from tansiq.node.node import Node
from tansiq.store import erasures

LOOK_S: Final = 0.05


def settle(node: Node) -> None:
    """Do what follows from what came in: enter epochs that all have signed, answer erasures."""
    enter_signed(node)
    with node.database.read() as connection:
        waiting = bool(erasures.unanswered(connection))
    if waiting:
        with node.database.write() as connection:
            spoken = outbox.answer_erasures(connection, node.config.party, node.office.signer, node.office.clock())
        for num in spoken:
            node.office.spoken(num)


def keep_beat(node: Node, stop: threading.Event) -> None:
    """Until stopped: urgent heads at once, all heads on the beat of the cadence, and what follows from what came.

    The beats fall on whole multiples of the cadence by the wall clock, so that they say nothing of when a node started.
    """
    seen = -1
    due = 0.0
    while not stop.wait(LOOK_S):
        if not node.office.asked():
            continue
        count = node.changes.count
        now = time.time()
        with contextlib.suppress(Refused):  # it is tried again, and the doctor says what stands against it
            if count != seen:
                settle(node)
            if now >= due:
                due = (now // node.office.cadence + 1) * node.office.cadence if node.office.cadence else now
                shown = publish(node.database, node.marks)
            else:
                shown = publish(node.database, node.marks, urgent_only=True) if count != seen else 0
            if shown:
                node.changes.notify()
        seen = count
