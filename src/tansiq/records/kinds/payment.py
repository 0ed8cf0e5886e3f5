"""Payment: a party's word on one tranche of the commitment that it is `about`: paid, received, or disputed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Millis, Origin, Url


class Payment(Body, frozen=True):
    """`tranche` is counted from 1; `amount` in whole units of the commitment's currency."""

    tranche: Annotated[int, Meta(ge=1, le=64)] | None = None
    amount: Annotated[int, Meta(ge=0, le=10**15)] | None = None
    state: Literal["paid", "received", "disputed"] | None = None
    at: Millis | None = None
    reason: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("payment", Payment, {}, {})
