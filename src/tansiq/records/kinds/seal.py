"""Seal: the last entry of a ledger. What its party says from now on stands in the next epoch."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tansiq.records.kind import Body, Kind


class Seal(Body, frozen=True):
    """The next epoch and the SHA-256 (hex) of its descriptor."""

    epoch: Annotated[int, Meta(ge=2)] | None = None
    descriptor: Annotated[str, Meta(min_length=64, max_length=64)] | None = None


KIND = Kind("seal", Seal, {}, {}, spoken=False)
