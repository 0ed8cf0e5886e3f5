"""The board of requests and the bell, as they are worked out with every question: engines alone, without a store.

A year of a busy centre: requests of both sides with their steps under terms that both accepted, half of them with a
date of their own; messages, a third of them urgent, most of them marked as read. Told is made once; what is measured is
what every question after it costs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

from bench._harness import Row, median, spread
from incidents.asking import BEGAN, MINUTE, SIDES, Asking
from tansiq.incidents.hotline import words
from tansiq.incidents.requests import sides, standings

REQUESTS: Final = 2000
MESSAGES: Final = 5000
BUDGET_S: Final = 0.1
RUNS: Final = 7


def rows(*, quick: bool) -> list[Row]:
    """The board and what rings."""
    count, messages = (100, 200) if quick else (REQUESTS, MESSAGES)
    board = _board(count)
    bell = _bell(messages)
    return [
        _row(f"board of {count} requests with {count * 2} steps", _runs(board, 1 if quick else RUNS)),
        _row(f"what rings among {messages} messages", _runs(bell, 1 if quick else RUNS)),
    ]


def _row(name: str, taken: list[float]) -> Row:
    took = median(taken)
    return Row(name, "ms", took * 1000, BUDGET_S * 1000, "budget", BUDGET_S / took, f"{spread(taken)}; engine alone")


def _runs(work: Callable[[], object], runs: int) -> list[float]:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def _board(count: int) -> Callable[[], object]:
    dice, circle = random.Random(20), Asking()  # noqa: S311 - made up for a measurement
    circle.agree()
    for number in range(count):
        asker, other = SIDES if number % 2 else SIDES[::-1]
        minute = number * 90
        due = {"due": BEGAN + (minute + 300) * MINUTE} if dice.random() < 0.5 else {}
        ref = circle.ask(minute, asker, to=(other,), **due)
        circle.step(other, minute + dice.randrange(5, 60), ref, "taken", owner="an office")
        if dice.random() < 0.9:
            circle.step(other, minute + dice.randrange(60, 400), ref, "answered", text="yes")
        else:
            circle.step(asker, minute + 200, ref, "escalated", level="command", reason="r")
    told, at = circle.told(), BEGAN + count * 90 * MINUTE

    def work() -> object:
        found = standings(told, at)
        return found, sides(found, SIDES)

    return work


def _bell(count: int) -> Callable[[], object]:
    dice, circle = random.Random(21), Asking()  # noqa: S311 - as above
    for number in range(count):
        sender, other = SIDES if number % 2 else SIDES[::-1]
        fields = {"text": "a word", "to": [other], "urgent": dice.random() < 0.33}
        ref = circle.tell(sender, "message", number, fields)
        if dice.random() < 0.95:
            circle.tell(other, "read_mark", number + 1, {"revision": ref.split("/")[1]}, about=ref)
    told = circle.told()
    return lambda: [one for one in words(told, SIDES, {}, "mop", urgent_only=True) if one.rings("mop")]
