"""Telling those who wait that something was committed, by this process or by another one on the same store."""

from __future__ import annotations

import asyncio
import threading


class Changes:
    """A counter that rises with every commit. Threads raise it, tasks of one event loop wait for it."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self.closed = False

    @property
    def count(self) -> int:
        """How often something changed so far."""
        return self._count

    def bind(self) -> None:
        """Wake the waiters of the event loop that is running now."""
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Something was committed. Safe from any thread."""
        with self._lock:
            self._count += 1
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """The node is stopping: whoever waits goes home, and nobody waits any more."""
        self.closed = True
        self.notify()

    def _wake(self) -> None:
        event, self._event = self._event, asyncio.Event()
        if event is not None:
            event.set()

    async def wait(self, seen: int, timeout_s: float) -> int:
        """The count as soon as it is above `seen`, or as it stands after `timeout_s`."""
        event = self._event
        if event is None:
            raise RuntimeError("bind() first")
        # read after taking the event, or a change in between would be slept through
        if self._count <= seen and not self.closed:
            try:
                async with asyncio.timeout(timeout_s):
                    await event.wait()
            except TimeoutError:
                pass
        return self._count
