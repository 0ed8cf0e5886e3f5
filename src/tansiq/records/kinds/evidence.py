"""Evidence for the commitment or complaint that it is `about`: records, documents, photographs, told field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import (
    Cell,
    Interval,
    Language,
    LongText,
    Names,
    Origin,
    Place,
    Texts,
    Url,
)


class Evidence(Body, frozen=True):
    """`records` are others of the circle; files are attached to the record. `shows` is what its party says it shows."""

    names: Names | None = None
    text: Texts | None = None
    shows: Literal["kept", "partly", "not_kept"] | None = None
    records: Annotated[list[AnyRef], Meta(max_length=64)] | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    when: Interval | None = None
    when_coarse: Interval | None = None
    status: Literal["given", "withdrawn"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("evidence", Evidence, {"place": "place_coarse"}, {"when": "when_coarse"})
