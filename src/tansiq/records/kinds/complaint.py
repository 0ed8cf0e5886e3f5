"""Complaint: a claim that a clause or commitment was broken, with a clock for the reply."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.kinds.clause import ClauseKey
from tansiq.records.values import (
    Cell,
    Interval,
    Language,
    LongText,
    Millis,
    Names,
    Origin,
    Place,
    Texts,
    Url,
)


class Complaint(Body, frozen=True):
    """`against` is a party; `reply_due` stands over what terms of reference say where it is given."""

    names: Names | None = None
    text: Texts | None = None
    agreement: AnyRef | None = None
    clause: ClauseKey | None = None
    commitment: AnyRef | None = None
    against: PartyName | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    when: Interval | None = None
    when_coarse: Interval | None = None
    records: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    reply_due: Millis | None = None
    status: Literal["open", "withdrawn", "closed"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("complaint", Complaint, {"place": "place_coarse"}, {"when": "when_coarse"})
