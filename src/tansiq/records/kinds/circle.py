"""Circle: the first entry of every ledger, by which its party says to which circle and epoch it agrees."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tansiq.records.entry import Head
from tansiq.records.kind import Body, Kind
from tansiq.records.values import Names


class CircleBody(Body, frozen=True):
    """`descriptor` is the SHA-256 (hex) of the circle's descriptor: two members that differ find out at once.

    `last` are the heads of the epoch before it as its party last knew them, its own among them.
    """

    names: Names | None = None
    members: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=64)] | None = None
    epoch: Annotated[int, Meta(ge=1)] | None = None
    exercise: bool | None = None
    descriptor: Annotated[str, Meta(min_length=64, max_length=64)] | None = None
    last: Annotated[list[Head], Meta(max_length=64)] | None = None


KIND = Kind("circle", CircleBody, {}, {}, spoken=False)
