"""Incident: what happened, where, when, how it became known, how sure. Counts, never names of persons."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import PartyName
from tansiq.records.values import Cell, Count, Interval, Language, LongText, Millis, Names, Origin, Place, Url


class Imported(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The row of a file from which it was taken in: SHA-256 of the file (hex), its name, the row, the row's own id."""

    file: Annotated[str, Meta(pattern="^[0-9a-f]{64}$(?!\\n)")]
    row: Annotated[int, Meta(ge=1, le=10_000_000)]
    name: Annotated[str, Meta(max_length=120)] | None = None
    id: Annotated[str, Meta(max_length=200)] | None = None


class Incident(Body, frozen=True):
    """One side's report of one event.

    `known_at` is when its party came to know of it; `on_behalf_of` is the party that told it by telephone to who
    enters it. `source` says from whom it is known: it stays on the node, whoever may release.
    """

    category: (
        Literal["armed_attack", "shooting", "explosion", "shelling", "raid", "clash", "sighting", "fire", "other"]
        | None
    ) = None
    title: Names | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    when: Interval | None = None
    when_coarse: Interval | None = None
    when_precision: Literal["minute", "day", "month"] | None = None
    how_known: Literal["seen", "heard", "told", "sensor", "press"] | None = None
    stage: Literal["first", "amplifying", "final"] | None = None
    known_at: Millis | None = None
    on_behalf_of: PartyName | None = None
    source: LongText | None = None
    source_grade: Literal["A", "B", "C", "D", "E", "F"] | None = None
    info_grade: Annotated[int, Meta(ge=1, le=6)] | None = None
    killed: Count | None = None
    wounded: Count | None = None
    over: bool | None = None
    ask: LongText | None = None
    text: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None
    imported: Imported | None = None


KIND = Kind("incident", Incident, {"place": "place_coarse"}, {"when": "when_coarse"}, own=frozenset({"source"}))
