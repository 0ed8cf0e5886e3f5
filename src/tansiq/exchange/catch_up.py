"""A long catch-up in two processes: one fetches and verifies, the other stores.

Python computes on one core at a time. Fetching and checking cost about twice what storing costs, so for thousands of
records the checks run in a helper, `python -m tansiq.exchange.catch_up`: a fresh interpreter, because the node has
threads and must not fork. It gets its order on standard input, reads from the peer by itself and answers with
verified steps on standard output. What it checks is `verify.checked`, the very code that runs here until it is
ready, for every short catch-up, and in its stead when it is lost. It holds no store and no signing key.

The helper ends when its standard input closes, so none outlives its node, however that ends.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Final

import msgspec
from msgspec import Struct

from tansiq import errors
from tansiq.errors import Param, Refused
from tansiq.exchange.peer_client import ANSWER_S, CONNECT_S, READ_S, PeerClient, Recipe
from tansiq.exchange.tuning import tune
from tansiq.exchange.verify import STEP_BUNDLES, WIDTH, Batch, Course, Source, checked
from tansiq.ledger.growth import Growth

LONG: Final = 2 * STEP_BUNDLES * WIDTH
"""Records from which a helper pays: it takes as long to start as the node needs for a few thousand."""

READY_S = 0.0
"""How long to wait for the helper before each step that is taken without it: not at all."""

SILENT_S: Final = CONNECT_S + READ_S + ANSWER_S + 60.0
"""A helper that says nothing for longer than any answer of a peer can take is lost."""

PIPE_SIZE: Final = 1 << 20
F_SETPIPE_SZ: Final = 1031
_LENGTH: Final = 8

_places: Final = threading.BoundedSemaphore(1)
"""One helper at a time: more would only wait for each other where there are two cores."""


class Ready(Struct, frozen=True, tag=True):
    """The helper has read its program and waits for its order."""


class Order(Struct, frozen=True, tag=True):
    """What to fetch, from whom, and the right edge of the tree over what is held."""

    recipe: Recipe
    course: Course
    size: int
    tails: list[list[bytes]]


class Step(Struct, frozen=True, tag=True):
    """A verified step."""

    batch: Batch


class Said(Struct, frozen=True, tag=True):
    """A refusal, to be raised as if it had been found here."""

    kind: str
    code: str
    params: dict[str, Param]


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Ready | Order | Step | Said).decode


class HelperLost(Exception):  # noqa: N818 - no error of ours: the catch-up goes on without it
    """The helper is gone or talks nonsense."""


def verified(course: Course, held: int, edge: Callable[[int], Growth], source: Source) -> Iterator[Batch]:
    """Every step from `held` records to the end of the course, verified.

    `edge` gives the tree over so many records. Each step must be stored before the next one is asked for.
    """
    recipe = source.recipe if isinstance(source, PeerClient) else None
    if recipe is None or course.size - held < LONG or not _places.acquire(blocking=False):
        yield from checked(course, edge(held), source)
        return
    try:
        yield from _with_helper(course, held, edge, source, recipe)
    finally:
        _places.release()


def _with_helper(
    course: Course, held: int, edge: Callable[[int], Growth], source: Source, recipe: Recipe
) -> Iterator[Batch]:
    with _Helper() as helper:
        for batch in checked(course, edge(held), source):
            yield batch
            held = batch.end
            if held < course.size and helper.ready(READY_S):
                break
        if held < course.size:
            growth = edge(held)
            try:
                for batch in helper.steps(Order(recipe, course, held, growth.tails)):
                    yield batch
                    held = batch.end
            except HelperLost:
                yield from checked(course, edge(held), source)


class _Helper:
    """The helper's process as its node sees it. One that cannot be started is never ready."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", __name__]
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except OSError:
            return
