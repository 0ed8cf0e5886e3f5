"""Files of incidents over HTTP: looked at, kept, and given out. The file is the body; its mapping stands beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from tansiq.desk.api.access import language_of, releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.errors import MalformedInput

MOST_BYTES = 64 << 20
Name = Annotated[str, Parameter(max_length=200)]
Mapping = Annotated[str, Parameter(max_length=30_000)]
"""JSON of how the file is read; left out, its columns say it."""
Millis = Annotated[int, Parameter(ge=0, le=253_402_300_799_999)]


@post("/incidents/import/look", status_code=200, request_max_body_size=None)
async def look(
    request: Request[Any, Any, State], office: Office, person: Person, name: Name = "file", mapping: Mapping = ""
) -> Response[bytes]:
    """What a file of incidents holds, how it is read, its first rows, and each bad one. Nothing is said."""
    from tansiq.desk import incidents_import  # noqa: PLC0415 - a node that takes no file in never needs it

    releaser(person)
    reading = incidents_import.reading_of(mapping)
    data = await _body(request.stream(), name)
    found = await asyncio.to_thread(incidents_import.look, office, data, name, reading, language_of(request))
    return Response(msgspec.json.encode(found), media_type="application/json")


@post("/incidents/import", request_max_body_size=None)
async def keep(
    request: Request[Any, Any, State],
    office: Office,
    person: Person,
    mapping: Mapping,
    digest: Annotated[str, Parameter(max_length=64)],
    name: Name = "file",
    keep_good: bool = False,
) -> Response[bytes]:
    """Say every row of a file that was looked at in the own circle, or none; with `keep_good` without the bad ones."""
    from tansiq.desk import incidents_import  # noqa: PLC0415 - a node that takes no file in never needs it

    releaser(person)
    reading = incidents_import.reading_of(mapping)
    if reading is None:
        raise MalformedInput("incident_import.mapping", reason="-")
    data = await _body(request.stream(), name)
    kept = await asyncio.to_thread(
        incidents_import.keep, office, data, name, reading, person.author(), digest=digest, keep_good=keep_good
    )
    return Response(msgspec.json.encode(kept), media_type="application/json", status_code=201)


async def _body(pieces: AsyncIterator[bytes], name: str) -> bytes:
    """The whole body; what is too large is heard out, or a browser would show no answer at all."""
    parts: list[bytes] = []
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size <= MOST_BYTES:
            parts.append(piece)
        elif size > MOST_BYTES * 4:
            break
    if size > MOST_BYTES:
        raise MalformedInput("incident_file.large", file=name[:80], limit=MOST_BYTES >> 20)
    return b"".join(parts)


@get("/incidents/export", sync_to_thread=True)
def export(
    office: Office,
    person: Person,
    circle: Annotated[str, Parameter(max_length=32)],
    form: Annotated[str, Parameter(max_length=20)] = "csv",
    since: Millis | None = None,
    until: Millis | None = None,
) -> Response[bytes]:
    """The incidents of a circle as CSV, XLSX, GeoJSON or KML."""
    from tansiq.desk import incidents_export  # noqa: PLC0415 - loaded with the first file that is asked for

    releaser(person)
    file = incidents_export.export(office, circle, form, since, until)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.data, media_type=file.media, headers=headers)
