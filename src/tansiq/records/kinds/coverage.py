"""Coverage: ground and hours that a party says it covers, without saying by what."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import LongText, Millis, Names, Origin, Ref, Schedule

MAX_CELLS = 1 << 22


class Frame(Struct, frozen=True, forbid_unknown_fields=True):
    """Square cells in a UTM zone (EPSG code): western and northern edge (m), side (m), rows from the north, columns."""

    epsg: Annotated[int, Meta(ge=32_601, le=32_760)]
    x0: Annotated[int, Meta(ge=0, le=1_000_000)]
    y0: Annotated[int, Meta(ge=0, le=10_000_000)]
    cell: Annotated[int, Meta(ge=10, le=100_000)]
    rows: Annotated[int, Meta(ge=1, le=4096)]
    cols: Annotated[int, Meta(ge=1, le=4096)]


class Layer(Struct, frozen=True, forbid_unknown_fields=True):
    """In these hours these cells: `runs` are the lengths, row by row from the north-west, of not covered and covered
    cells in turn, the first of them not covered.
    """

    hours: Schedule
    runs: Annotated[list[Annotated[int, Meta(ge=0, le=MAX_CELLS)]], Meta(min_length=1, max_length=16_384)]


class Coverage(Body, frozen=True):
    """Takes the place of posts, patrols and bases in `area`; `based_on` says which of them it was computed from."""

    names: Names | None = None
    area: Annotated[Ref, Meta(max_length=128)] | None = None
    frame: Frame | None = None
    layers: Annotated[list[Layer], Meta(max_length=168)] | None = None
    based_on: Annotated[list[Literal["posts", "patrols", "bases"]], Meta(max_length=3)] | None = None
    engine: Annotated[str, Meta(max_length=64)] | None = None
    since: Millis | None = None
    note: LongText | None = None
    origin: Origin | None = None


KIND = Kind("coverage", Coverage, {}, {})
