"""Flows of small reports from one server to another: sent one by one or together, watched where they arrive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

BODY: Final = 1024
SENDERS: Final = 8


def body(number: int) -> str:
    """One report as text: exactly 1024 bytes, each different."""
    text = f"{number:08d} " + "حركة غير اعتيادية قرب القرية، سيارتان وستة اشخاص، اتجاه الشمال. " * 8
    short = text.encode()[:BODY].decode("utf-8", "ignore")
    return short + "." * (BODY - len(short.encode()))


@dataclass(frozen=True)
class Flow:
    """What came of a flow: sent within, held at the receiver, and when the last of it arrived (seconds)."""

    goal: int
    sent_s: float
    held: int
    last_s: float

    @property
    def rate(self) -> float:
        """Records a second from the first request to the last arrival."""
        return self.held / self.last_s if self.held else 0.0


@dataclass(frozen=True)
class Look:
    """How often a flow is looked at, and how long nothing may arrive before it counts as over. Seconds."""

    every_s: float
    stall_s: float


def flow(calls: int, goal: int, senders: int, say: Callable[[int], None], held: Callable[[], int], look: Look) -> Flow:
    """Call `say` with 0, 1, ... from some senders, each after its last answer, and watch `held` rise to `goal`."""
    began = time.perf_counter()
    sent_s, last_s, seen = 0.0, 0.0, held()
    numbers = iter(range(calls))
    turn = threading.Lock()
    gone = threading.Event()

    def sender() -> float:
        while not gone.is_set():
            with turn:
                number = next(numbers, None)
            if number is None:
                break
            say(number)
        return time.perf_counter() - began

    pool = ThreadPoolExecutor(senders)
    try:
        work = [pool.submit(sender) for _ in range(senders)]
        while seen < goal:
            time.sleep(look.every_s)
            now = held()
            at = time.perf_counter() - began
            if now > seen:
                seen, last_s = now, at
            done = all(one.done() for one in work)
            if done:
                sent_s = max(one.result() for one in work)
                if at - max(last_s, sent_s) > look.stall_s:
                    break
        sent_s = max(one.result() for one in work)
    finally:
        gone.set()
        pool.shutdown(wait=False, cancel_futures=True)
    return Flow(goal, sent_s, seen, last_s)


def together(count: int, say: Callable[[int], None]) -> None:
    """Call `say` with 0, 1, ... from eight senders."""
    pool = ThreadPoolExecutor(SENDERS)
    try:
        for one in [pool.submit(say, number) for number in range(count)]:
            one.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Healed:
    """How much of what was said during an outage was there afterwards, and once a client at B had scrolled back."""

    goal: int
    share: float
    scrolled: float
    seconds: float
