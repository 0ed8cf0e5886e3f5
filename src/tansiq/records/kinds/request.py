"""Request: one side asks another for information, support, verification or passage. `about` may name an incident."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Cell, Interval, Language, LongText, Millis, Origin, Place

RequestType = Literal["information", "support", "verification", "passage"]


class Request(Body, frozen=True):
    """Asked of the parties in `to`, each by itself; `due` is by when the asker needs an answer, `when` and `place` are
    of what is asked for. A later record of the same request corrects or withdraws it; its clock runs on.
    """

    request_type: RequestType | None = None
    to: Annotated[list[PartyName], Meta(min_length=1, max_length=16)] | None = None
    due: Millis | None = None
    text: LongText | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    when: Interval | None = None
    when_coarse: Interval | None = None
    records: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    withdrawn: bool | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("request", Request, {"place": "place_coarse"}, {"when": "when_coarse"})
