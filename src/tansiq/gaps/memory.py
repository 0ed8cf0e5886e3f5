"""Footprints kept from one analysis to the next, so that only posts that changed are computed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

from tansiq.gaps.sight import Footprint

MOST_BYTES: Final = 512 << 20

Key = tuple[Any, ...]


class Prints(MutableMapping[Key, Footprint]):
    """A mapping that lets go of what was not asked for longest, beyond so many bytes. For one thread at a time."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._held: OrderedDict[Key, Footprint] = OrderedDict()
        self._most = most_bytes
        self._bytes = 0

    def __getitem__(self, key: Key) -> Footprint:
        found = self._held[key]
        self._held.move_to_end(key)
        return found

    def __setitem__(self, key: Key, one: Footprint) -> None:
        if key in self._held:
            del self[key]
        self._held[key] = one
        self._bytes += _size(one)

    def __delitem__(self, key: Key) -> None:
        self._bytes -= _size(self._held.pop(key))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def trim(self) -> None:
        """Let go of the oldest beyond the bytes: between runs, because a run counts on what it put in."""
        while self._bytes > self._most:
            self._bytes -= _size(self._held.popitem(last=False)[1])


def _size(one: Footprint) -> int:
    return int(one.seen.nbytes) + (0 if one.unknown is None else int(one.unknown.nbytes))
