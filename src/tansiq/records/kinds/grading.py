"""Grading: how a receiver grades the source and the information of the incident that it is `about`, each by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Origin


class Grading(Body, frozen=True):
    """A to F and 1 to 6 of STANAG 2511; two steps, so that a good source does not make good information."""

    source_grade: Literal["A", "B", "C", "D", "E", "F"] | None = None
    info_grade: Annotated[int, Meta(ge=1, le=6)] | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("grading", Grading, {}, {})
