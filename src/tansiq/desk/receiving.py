"""Files that a browser sends, written as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from tansiq.errors import Refused

HEARD_OUT: Final = 256 << 20
"""Bytes that are still taken in, and thrown away, after something was refused."""


async def receive(pieces: AsyncIterator[bytes], path: Path, took: Callable[[int], None]) -> None:
    """Write a body to a file. `took` is told the bytes of each piece before it is written, and may refuse.

    A refusal, or what the disk says that takes no more, is raised once the sender is heard out: a browser that is cut
    off while it sends shows no answer at all.
    """
    failed: Exception | None = None
    left = HEARD_OUT
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for piece in pieces:
            if failed is not None:
                left -= len(piece)
                if left < 0:
                    break
                continue
            try:
                took(len(piece))
                await asyncio.to_thread(file.write, piece)
            except (Refused, OSError) as error:
                failed = error
    finally:
        try:
            await asyncio.to_thread(file.close)
        except OSError as error:
            failed = failed or error
    if failed is not None:
        raise failed
