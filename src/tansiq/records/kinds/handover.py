"""Hand-over of a position: who leaves and when, who is to follow, and what holds in between."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Cell, Language, LongText, Millis, Names, Origin, Place, ShortText


class Handover(Body, frozen=True):
    """`leaves` is the body that gives the position up, a member of the circle or a third force; `successor` a party, or
    `joint` for several together. `consents` are the parties without whose consent nobody enters. Bodies, never persons.
    """

    names: Names | None = None
    post: AnyRef | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    leaves: ShortText | None = None
    leaves_at: Millis | None = None
    successor: PartyName | None = None
    interim: Literal["nobody", "joint", "facilitator"] | None = None
    consents: Annotated[list[PartyName], Meta(min_length=1, max_length=16)] | None = None
    status: Literal["announced", "proposed", "done", "cancelled"] | None = None
    done_at: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("handover", Handover, {"place": "place_coarse"}, {})
