"""Live positions: where elements show themselves, what happened at fences, and saying where one's own is."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter

from tansiq.desk import saying
from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request

At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


@get("/movements/positions", sync_to_thread=True)
def live(office: Office, person: Person, circle: str, at: At = None, dwell: int = 30) -> Response[bytes]:
    """Live positions and their alarms, fences and what happened at them, now or at a time."""
    from tansiq.desk import positions  # noqa: PLC0415 - the engine is loaded with the first question

    found = positions.live_view(office, circle, at, dwell)
    return Response(msgspec.json.encode(found), media_type="application/json")


@post("/movements/positions/preview", status_code=200, sync_to_thread=True)
def preview(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """What each party would see of a position, and the fields that would be said: a square and no point."""
    from tansiq.desk import positions  # noqa: PLC0415 - as above

    releaser(person)
    request = positions.position_request(office, _asked(data))
    columns = saying.preview(office, request, person.author())
    return {
        "columns": msgspec.to_builtins(columns),
        "fields": request.fields,
        "revises": request.revises,
        "about": request.about,
    }


@post("/movements/positions", sync_to_thread=True)
def report(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Tell where an own element is, or with `stop` end its showing."""
    from tansiq.desk import positions  # noqa: PLC0415 - as above

    releaser(person)
    said = positions.report(office, _asked(data), person.author())
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


def _asked(data: dict[str, Any]) -> Any:
    from tansiq.desk import positions  # noqa: PLC0415 - as above

    return read_request(positions.PositionRequest, data)
