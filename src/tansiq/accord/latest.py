"""A party's latest word among several things: by the order of its own ledger, never by a clock."""

from __future__ import annotations

from collections.abc import Iterable

from tansiq.picture.told import Thing, Version


def order(version: Version) -> tuple[int, int]:
    """The place of a version in its party's ledgers, epoch by epoch."""
    return version.said.ledger.epoch, version.said.index


def newest(things: Iterable[Thing], party: str) -> Version | None:
    """The latest version of all things of a party."""
    return max((one.now for one in things if one.party == party), key=order, default=None)
