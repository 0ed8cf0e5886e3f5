"""The accord's talk: files, meetings, bodies, the chain, and meetings as iCalendar, out and in."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from tansiq.desk.api.access import language_of, releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request

Circle = Annotated[str, Parameter(min_length=6, max_length=32)]
RefText = Annotated[str, Parameter(max_length=128)]
At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]
Lang = Literal["ar", "ckb", "en"]


@get("/accord/files", sync_to_thread=True)
def files(office: Office, person: Person, circle: Circle, at: At = None) -> Response[bytes]:
    """Every file with each side's word on it and what it waits for, as of a time (ms)."""
    from tansiq.desk.accord_talk import files_of  # noqa: PLC0415 - loaded with the first question

    return _json(files_of(office, circle, at))


@get("/accord/meetings", sync_to_thread=True)
def meetings(office: Office, person: Person, circle: Circle) -> Response[bytes]:
    """Every meeting and understanding with each side's word, quorum, minutes; and the bodies."""
    from tansiq.desk.accord_talk import meetings_of  # noqa: PLC0415 - as above

    return _json(meetings_of(office, circle))


@get("/accord/bodies", sync_to_thread=True)
def bodies(office: Office, person: Person, circle: Circle) -> Response[bytes]:
    """Every body: the membership in force, the changes that are proposed."""
    from tansiq.desk.accord_talk import meetings_of  # noqa: PLC0415 - as above

    return _json(meetings_of(office, circle).bodies)


@get("/accord/chain", sync_to_thread=True)
def chain(office: Office, person: Person, circle: Circle, of: RefText) -> Response[bytes]:
    """The chain of a thing, from talk to kept promise, both ways."""
    from tansiq.desk.accord_talk import chain_of  # noqa: PLC0415 - as above

    return _json(chain_of(office, circle, of))


@get("/accord/calendar", sync_to_thread=True)
def calendar(
    request: Request[Any, Any, State],
    office: Office,
    person: Person,
    circle: Circle,
    meeting: Annotated[str | None, Parameter(max_length=128)] = None,
    lang: Lang | None = None,
) -> Response[bytes]:
    """An invitation to a meeting, or the feed of all, as iCalendar in a language."""
    from tansiq.desk import accord_calendar as door  # noqa: PLC0415 - as above

    name, data = door.write(office, circle, _language(request, lang), meeting)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/calendar; charset=utf-8", headers=headers)


@post("/accord/calendar/look", status_code=200)
async def look(
    request: Request[Any, Any, State], office: Office, person: Person, circle: Circle, lang: Lang | None = None
) -> Response[bytes]:
    """What a calendar, which is the body, would say: row by row, with what is left out of it. Nothing is said."""

    from tansiq.desk import accord_calendar as door  # noqa: PLC0415 - as above

    releaser(person)
    data = await request.body()
    return _json(await asyncio.to_thread(door.look, office, circle, data, _language(request, lang)))


@post("/accord/calendar", sync_to_thread=True)
def take(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Say rows of a calendar that were looked at, all or none."""
    from tansiq.desk import accord_calendar as door  # noqa: PLC0415 - as above

    releaser(person)
    said = door.take(office, read_request(door.TakeRequest, data), person.author())
    return {"refs": [{"ref": one.ref, "circle": one.circle, "index": one.index} for one in said]}


def _language(request: Request[Any, Any, State], asked: Lang | None) -> Lang:
    if asked is not None:
        return asked
    found: dict[str, Lang] = {"ar": "ar", "ckb": "ckb", "en": "en"}
    return found[language_of(request)]


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
