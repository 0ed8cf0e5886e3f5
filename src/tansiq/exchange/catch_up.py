"""A long catch-up in two processes: one fetches and verifies, the other stores.

Python computes on one core at a time. Fetching and checking cost about twice what storing costs, so for thousands of
records the checks run in a helper, `python -m tansiq.exchange.catch_up`: a fresh interpreter, because the node has
threads and must not fork. It gets its order on standard input, reads from the peer by itself and answers with
verified steps on standard output. What it checks is `verify.checked`, the very code that runs here until it is
ready, for every short catch-up, and in its stead when it is lost. It holds no store and no signing key.

The helper ends when its standard input closes, so none outlives its node, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Final

import msgspec
from msgspec import Struct

from tansiq import errors
from tansiq.errors import Param, Refused
from tansiq.exchange.peer_client import ANSWER_S, CONNECT_S, READ_S, PeerClient, Recipe
from tansiq.exchange.tuning import tune
from tansiq.exchange.verify import STEP_BUNDLES, WIDTH, Batch, Course, Source, checked
from tansiq.ledger.growth import Growth
from tansiq.picture.projection import projections
from tansiq.records.kind import all_kinds

LONG: Final = 2 * STEP_BUNDLES * WIDTH
"""Records from which a helper pays: it takes as long to start as the node needs for a few thousand."""

READY_S: float = 0.0
"""How long to wait for the helper before each step that is taken without it: not at all."""

SILENT_S: Final = CONNECT_S + READ_S + ANSWER_S + 60.0
"""A helper that says nothing for longer than any answer of a peer can take is lost."""

PIPE_SIZE: Final = 1 << 20
MAX_MESSAGE: Final = 1 << 30
"""Twice what a step of the largest entries and disclosures comes to."""

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


Message = Ready | Order | Step | Said
encode_message: Final = msgspec.msgpack.Encoder().encode
_decoder: Final[msgspec.msgpack.Decoder[Message]] = msgspec.msgpack.Decoder(Message)


def decode_message(data: bytes | bytearray) -> Message:
    """One message from its bytes."""
    return _decoder.decode(data)


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
    with Helper() as helper:
        here = checked(course, edge(held), source)
        for batch in here:
            yield batch
            held = batch.end
            if held < course.size and helper.ready(READY_S):
                break
        here.close()
        if held < course.size:
            try:
                for batch in helper.steps(Order(recipe, course, held, edge(held).tails)):
                    yield batch
                    held = batch.end
            except HelperLost:
                yield from checked(course, edge(held), source)


class Helper:
    """The helper's process as its node sees it. One that cannot be started is never ready."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", __name__]
        try:
            self.process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except OSError:
            self.process = None

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.kill()
            with self.process:  # closes the pipes and waits
                pass

    def ready(self, wait_s: float) -> bool:
        """Whether it waits for its order, or is lost, which shows when it gets one."""
        return self.process is not None and _readable(_fd(self.process.stdout), wait_s)

    def steps(self, order: Order) -> Iterator[Batch]:
        """The steps that it verifies, each exactly where the one before it ended; its refusals as our own."""
        if self.process is None:
            raise HelperLost
        answers = _fd(self.process.stdout)
        with _losing():
            _read(answers, SILENT_S)
            _write(_fd(self.process.stdin), encode_message(order))
        held, size = order.size, order.course.size
        while held < size:
            with _losing():
                message = _read(answers, SILENT_S)
            if isinstance(message, Said):
                raise _refusal(message)
            if not isinstance(message, Step) or not message.batch.start == held < message.batch.end <= size:
                raise HelperLost
            held = message.batch.end
            yield message.batch


@contextmanager
def _losing() -> Iterator[None]:
    """Whatever goes wrong with the pipes or the words on them, the helper is lost."""
    try:
        yield
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise HelperLost from error


def _refusal(said: Said) -> Refused:
    kind = getattr(errors, said.kind, None)
    if not (isinstance(kind, type) and issubclass(kind, Refused)):
        raise HelperLost
    return kind(said.code, **said.params)


def _fd(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise HelperLost
    return pipe.fileno()


def _readable(fd: int, wait_s: float) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))


def _read(fd: int, wait_s: float | None = None) -> Message:
    """The next message; EOFError at the end, TimeoutError after so much silence."""
    count = int.from_bytes(_exactly(fd, _LENGTH, wait_s), "big")
    if count > MAX_MESSAGE:
        raise HelperLost
    return decode_message(_exactly(fd, count, wait_s))


def _exactly(fd: int, count: int, wait_s: float | None) -> bytearray:
    data = bytearray(count)
    rest = memoryview(data)
    while rest:
        if wait_s is not None and not _readable(fd, wait_s):
            raise TimeoutError
        got = os.readv(fd, [rest])
        if not got:
            raise EOFError
        rest = rest[got:]
    return data


def _write(fd: int, data: bytes) -> None:
    for part in (len(data).to_bytes(_LENGTH, "big"), data):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(fd, rest) :]


def _help() -> None:
    """The helper: one order, its steps, the end."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    _write(1, encode_message(Ready()))
    order = _read(0)
    if not isinstance(order, Order):
        return
    threading.Thread(target=_end_with_node, daemon=True).start()
    steps = checked(order.course, Growth(order.size, order.tails), order.recipe.client())
    with ThreadPoolExecutor(max_workers=1) as pool:
        # one step is on its way to the node while the next one is checked
        sent: Future[None] | None = None
        for data in _messages(steps):
            if sent is not None:
                sent.result()
            sent = pool.submit(_write, 1, data)


def _messages(steps: Iterator[Batch]) -> Iterator[bytes]:
    try:
        for batch in steps:
            yield encode_message(Step(batch))
    except Refused as refused:
        yield encode_message(Said(type(refused).__name__, refused.code, dict(refused.params)))


def _end_with_node() -> None:
    """The node writes nothing more: standard input becomes readable when it has closed it or is no more."""
    os.read(0, 1)
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the node, and with it the helper
    all_kinds()
    projections()
    tune()
    with contextlib.suppress(BrokenPipeError, EOFError):
        _help()
