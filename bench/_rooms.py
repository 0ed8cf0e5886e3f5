"""Messages through rooms that two homeservers share, and what the receiving one has of them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench._flow import Flow, Healed, Look, body, flow, together
from bench._processes import until
from bench._synapse import Homeserver, shared_room


@dataclass(frozen=True)
class Patience:
    """How long things may take. Seconds."""

    stall_s: float
    """How long nothing may arrive before a flow counts as over."""

    patience_s: float
    """How long an outage may take to heal by itself, once the receiver answers again."""

    nudged_s: float
    """And how long after somebody on each side has said something more."""


class Rooms:
    """Flows through fresh rooms of two homeservers."""

    def __init__(self, one: Homeserver, other: Homeserver, patience: Patience) -> None:
        self.one, self.other, self.patience = one, other, patience
        self._first = 0

    def flow(self, count: int, senders: int) -> Flow:
        """Messages through a fresh room, one a request."""
        room, first = shared_room(self.one, self.other), self._first
        self._first += count
        found = flow(
            count,
            count,
            senders,
            lambda number: self.one.say(room, f"t{first + number}", body(first + number)),
            lambda: self.other.held(room),
            Look(0.3, self.patience.stall_s),
        )
        texts = self.other.texts(room)
        if not texts <= {body(first + number) for number in range(count)} or len(texts) != self.other.held(room):
            raise RuntimeError("the receiving homeserver holds other texts than were sent")
        print(
            f"  matrix-synapse, {senders} senders: {found.held} of {count} held, the last after {found.last_s:.1f} s"
            f" (sent in {found.sent_s:.1f} s)",
            flush=True,
        )
        return found

    def outage(self, count: int) -> Healed:
        """The receiver stops, messages are sent, it starts again."""
        room, first = shared_room(self.one, self.other), self._first
        self._first += count
        sent = {body(first + number) for number in range(count)}
        self.other.stop()
        together(count, lambda number: self.one.say(room, f"o{first + number}", body(first + number)))
        began = time.perf_counter()
        self.other.launch()
        self.other.wait()

        def healed() -> bool:
            return self.other.held(room) >= count

        whole = until(healed, self.patience.patience_s, 0.5)
        took = time.perf_counter() - began
        if not whole:
            self.other.say(room, f"n{first}", "is anybody there?")
            self.one.say(room, f"n{first}", "yes")
            until(lambda: len(self.other.texts(room) & sent) == count, self.patience.nudged_s, 1.0)
            took = time.perf_counter() - began
        share = len(self.other.texts(room) & sent) / count
        self.other.scroll_back(room, count)
        scrolled = len(self.other.texts(room) & sent) / count
        print(
            f"  matrix-synapse, receiver away: {share:.0%} of {count} held after {took:.0f} s,"
            f" {scrolled:.0%} after a client there scrolled back",
            flush=True,
        )
        return Healed(count, share, scrolled, took)
