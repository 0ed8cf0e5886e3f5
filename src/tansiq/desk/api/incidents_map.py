"""Incidents however many: vector tiles for a map, pages for a list, figures for charts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.params import Parameter

from tansiq.desk.gaps import Runs
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.errors import MalformedInput

TILE = "application/vnd.mapbox-vector-tile"
Circle = Annotated[str, Parameter(min_length=6, max_length=32)]
At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]
Words = Annotated[list[str] | None, Parameter(max_items=40)]
Timed = Literal["told", "week", "rough", "untold"]
Where = Literal["inside", "edge", "outside", "placeless"]


@get("/incidents/tiles/{zoom:int}/{x:int}/{y:int}", sync_to_thread=True)
def tile(
    office: Office,
    person: Person,
    zoom: int,
    x: int,
    y: int,
    circle: Circle,
    since: At = None,
    until: At = None,
    category: Words = None,
    how_known: Words = None,
    side: Words = None,
) -> Response[bytes]:
    """A vector tile of what is asked for: marks of many, single reports, told squares with how many are in them."""
    from tansiq.desk import incidents_map as board  # noqa: PLC0415 - the engine is loaded with the first question

    asked = _asked(since=since, until=until, category=category, how_known=how_known, side=side)
    return Response(board.tile(office, circle, zoom, x, y, asked), media_type=TILE)


@get("/incidents/rows", sync_to_thread=True)
def rows(
    office: Office,
    person: Person,
    circle: Circle,
    since: At = None,
    until: At = None,
    timed: Timed | None = None,
    category: Words = None,
    how_known: Words = None,
    side: Words = None,
    box: Annotated[str | None, Parameter(max_length=80)] = None,
    area: Annotated[str | None, Parameter(max_length=128)] = None,
    where: Where | None = None,
    standing: bool = False,
    before: Annotated[str | None, Parameter(max_length=40)] = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 60,
) -> Response[bytes]:
    """A page of reports, the newest first, and how many are asked for."""
    from tansiq.desk import incidents_map as board  # noqa: PLC0415 - as above

    asked = _asked(
        since=since,
        until=until,
        timed=timed,
        category=category,
        how_known=how_known,
        side=side,
        box=box,
        area=area,
        where=where,
        standing=standing,
    )
    return _json(board.rows(office, circle, asked, before, limit))


@get("/incidents/charts", sync_to_thread=True)
def charts(
    office: Office, person: Person, runs: Runs, circle: Circle, since: At = None, until: At = None
) -> Response[bytes]:
    """Figures by week, kind, how known and area, for every side, with what was not observed."""
    from tansiq.desk import incidents_charts as board  # noqa: PLC0415 - as above

    return _json(board.view(office, circle, since, until, runs))


def _asked(**given: Any) -> Any:
    from tansiq.desk.incidents_map import Asked  # noqa: PLC0415 - as above

    try:
        return msgspec.convert({name: value for name, value in given.items() if value is not None}, Asked)
    except msgspec.ValidationError as error:
        raise MalformedInput("request.refused", reason=str(error)[:200]) from error


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
