"""Footprints kept by what they follow from, so that one moved post costs one call of the kernel.

The key is the hash of all that a footprint depends on: the ground, the post, target and refraction, and the engine that
computes it. What was used longest ago goes first once the bound on memory is reached.
"""

from __future__ import annotations

import hashlib
import struct
from collections import OrderedDict
from threading import Lock
from typing import Final

import numpy as np

from tansiq.gaps import ENGINE, sight
from tansiq.gaps.sight import Footprint, Heights, Posts, Terrain

BYTES: Final = 512 << 20
"""The bound where none is given: footprints of some eight thousand posts of 10 km at 30 m."""


def digest(terrain: Heights) -> bytes:
    """The hash of a ground: float32[rows, cols] of metres, NaN where unknown (every NaN alike)."""
    plain = np.where(np.isnan(terrain), np.float32(np.nan), terrain).astype("<f4")
    return hashlib.sha256(struct.pack("<qq", *terrain.shape) + plain.tobytes()).digest()


class Cache:
    """Footprints in memory, at most `limit` bytes of them; for several threads."""

    def __init__(self, limit: int = BYTES) -> None:
        self._limit = limit
        self._held: OrderedDict[bytes, Footprint] = OrderedDict()
        self._lock = Lock()
        self.size = 0
        self.made = 0

    def footprints(
        self,
        ground: bytes,
        terrain: Terrain,
        cell: float,
        posts: Posts,
        *,
        target_m: float,
        refraction: float = sight.REFRACTION,
        threads: int | None = None,
    ) -> list[Footprint]:
        """What `sight.footprints` gives, from memory where it is held; `ground` is the `digest` of the terrain.

        `made` counts the footprints that had to be computed. Refused like `sight.footprints`, with nothing changed.
        """
        sight.radii_of((terrain.rows, terrain.cols), cell, posts)
        frame = ground + ENGINE.encode() + struct.pack("<ddd", cell, target_m, refraction)
        columns = (posts.rows, posts.cols, posts.height_m, posts.range_m)
        keys = [
            hashlib.sha256(frame + struct.pack("<iiff", *post)).digest()
            for post in zip(*(column.tolist() for column in columns), strict=True)
        ]
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
            for key in found:
                self._held.move_to_end(key)
        missing = {key: number for number, key in enumerate(keys) if key not in found}
        if missing:
            chosen = np.array(list(missing.values()))
            some = Posts(*(column[chosen] for column in columns))
            fresh = sight.footprints(terrain, cell, some, target_m=target_m, refraction=refraction, threads=threads)
            made = {key: _own(one) for key, one in zip(missing, fresh, strict=True)}
            self._keep(made)
            found |= made
        return [found[key] for key in keys]

    def _keep(self, made: dict[bytes, Footprint]) -> None:
        with self._lock:
            for key, one in made.items():
                if key not in self._held:
                    self._held[key] = one
                    self.size += _bytes(one)
            self.made += len(made)
            while self.size > self._limit:
                self.size -= _bytes(self._held.popitem(last=False)[1])


def _own(one: Footprint) -> Footprint:
    """The footprint in memory of its own: a window of a larger array would keep all of that."""
    return Footprint(one.row0, one.word0, one.seen.copy(), None if one.unknown is None else one.unknown.copy())


def _bytes(one: Footprint) -> int:
    return one.seen.nbytes + (0 if one.unknown is None else one.unknown.nbytes)
