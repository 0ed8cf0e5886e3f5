"""Files of areas, lines, posts, patrols or bases: looked at row by row, then said, all rows or none.

Nothing of a file is kept: looking answers its rows, and what is said is rows that were looked at.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.params import Parameter
from msgspec import Meta, Struct

from tansiq.desk.api.access import language_of, releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.receiving import receive
from tansiq.desk.saying import ReleaseRequest
from tansiq.errors import MalformedInput

MOST_BYTES: Final = 16 << 20
"""Of a file."""

MOST_SAID: Final = 32 << 20
"""Of rows as JSON, in which a path takes more room than in a file."""

MOST_ROWS: Final = 2000
Name = Annotated[str, Parameter(max_length=200)]


class InputsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of one kind, each the fields of a record, and how to release all of them."""

    kind: Annotated[str, Meta(max_length=40)]
    rows: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=MOST_ROWS)]
    release: ReleaseRequest


@post("/inputs/look", status_code=200, request_max_body_size=None)
async def look(
    request: Request[Any, Any, State],
    office: Office,
    person: Person,
    circle: Annotated[str, Parameter(max_length=32)],
    kind: Annotated[str, Parameter(max_length=40)],
    name: Name = "file",
    status: Annotated[str, Parameter(max_length=40)] = "",
    table: Name = "",
) -> Response[bytes]:
    """Every row of a file, which is the body: as the fields of a record or with why it is none. Nothing is said."""
    from tansiq.desk import bulk, layers  # noqa: PLC0415 - loads GDAL, which a node that takes no file in never needs

    releaser(person)
    with tempfile.TemporaryDirectory(prefix="tansiq-inputs-") as folder:
        path = Path(folder, layers.plain_name(name))
        size = 0

        def took(more: int) -> None:
            nonlocal size
            size += more
            if size > MOST_BYTES:
                raise MalformedInput("file.too_large", path=path.name[:80], limit=MOST_BYTES)

        await receive(request.stream(), path, took)
        found = await asyncio.to_thread(bulk.look, office, path, kind, circle, status, table, language_of(request))
    return Response(msgspec.json.encode(found), media_type="application/json")


@post("/inputs", sync_to_thread=True, request_max_body_size=MOST_SAID)
def say(office: Office, person: Person, data: InputsRequest) -> dict[str, Any]:
    """Say all of these rows, or none."""
    from tansiq.desk import bulk  # noqa: PLC0415 - loads GDAL, which a node that takes no file in never needs

    releaser(person)
    return {"refs": msgspec.to_builtins(bulk.say_rows(office, data.kind, data.rows, data.release, person.author()))}
