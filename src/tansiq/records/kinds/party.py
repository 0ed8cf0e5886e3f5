"""Party: the roster entry by which a party makes itself known in a circle."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Names, Place, ShortText


class PartyBody(Body, frozen=True):
    """Names, role and seat; `keys` maps a role (log, witness, mirror, tls) to its key or certificate digest."""

    names: Names | None = None
    role: Literal["party", "facilitator", "observer"] | None = None
    seat: Place | None = None
    keys: Annotated[dict[str, ShortText], Meta(max_length=8)] | None = None
    peer: ShortText | None = None


KIND = Kind("party", PartyBody, {}, {}, spoken=False)
