"""Centres: all of a circle, and one with readiness, rosters, twin log and hand-overs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.params import Parameter

from tansiq.desk import accord_centres
from tansiq.desk.office import Office
from tansiq.desk.people import Person

At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


@get("/accord/centres", sync_to_thread=True)
def listing(office: Office, person: Person, circle: str, at: At = None) -> Response[bytes]:
    """Every centre of a circle with what each side states, now or at a time."""
    found = accord_centres.overview(office, circle, at)
    return Response(msgspec.json.encode(found), media_type="application/json")


@get("/accord/centres/{party:str}/{record:str}", sync_to_thread=True)
def one(
    office: Office,
    person: Person,
    party: str,
    record: str,
    circle: str,
    at: At = None,
    start: At = None,
    days: Annotated[int, Parameter(ge=1, le=92)] = 7,
) -> Response[bytes]:
    """One centre, with its rosters of some days from that of `start` on."""
    found = accord_centres.centre_view(office, circle, f"{party}/{record}", at, start, days)
    return Response(msgspec.json.encode(found), media_type="application/json")
