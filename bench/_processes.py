"""Processes that a measurement starts: all of them end with it, also on Ctrl-C, SIGTERM and when time is up."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

STOPPING_S: Final = 20.0
TAIL: Final = 2000


class OutOfTimeError(Exception):
    """The measurement took longer than it may."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """A hard limit on everything inside; SIGINT and SIGTERM end it in order. Main thread only."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTimeError(f"not done after {seconds:.0f} s")

    def told(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    handlers = {signal.SIGALRM: late, signal.SIGTERM: told, signal.SIGINT: told}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    folder: Path,
    log: Path,
    *,
    account: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in `folder` whose words go to `log`, under another account where one is given and we are root."""
    with log.open("ab") as words, contextlib.ExitStack() as stack:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches this program alone, which then ends the others in order
            start_new_session=True,
            user=account,
            group=pwd.getpwnam(account).pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        stack.callback(end, process, stop)
        yield process


def end(process: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to stop; whatever of its group is left after a while, or on a second Ctrl-C, is killed."""
    try:
        if process.poll() is None:
            process.send_signal(stop)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOPPING_S)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOPPING_S)


def until(done: Callable[[], bool], patience_s: float, every_s: float = 0.05) -> bool:
    """Ask again and again; whether it was done before patience ran out."""
    deadline = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True


def answering(process: subprocess.Popen[bytes], log: Path, done: Callable[[], bool], patience_s: float) -> None:
    """Wait until a process that was started is at work. Raises `RuntimeError` with its last words."""
    if not until(lambda: process.poll() is not None or done(), patience_s) or process.poll() is not None:
        words = log.read_text(encoding="utf-8", errors="replace")[-TAIL:]
        raise RuntimeError(f"{log.stem} did not start:\n{words}")


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens at, in a row."""
    for first in range(21_000, 31_000, count):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return list(range(first, first + count))
    raise RuntimeError("no free ports")
