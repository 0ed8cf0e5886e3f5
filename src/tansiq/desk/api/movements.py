"""Movements: how things stand, one collision with all that was said of it, the draft check, saying."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from tansiq.desk import saying
from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request
from tansiq.desk.saying import ReleaseRequest

At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


class CheckRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft: its volumes, or a file or pasted text to be read for them with what is given beside it.

    `revises` is the own plan that it changes.
    """

    volumes: Annotated[list[dict[str, Any]], Meta(max_length=64)] | None = None
    text: Annotated[str, Meta(max_length=1 << 20)] | None = None
    name: Annotated[str, Meta(max_length=200)] = "list"
    beside: dict[str, Any] = {}
    circle: Annotated[str, Meta(max_length=32)] = ""
    activity: Annotated[str, Meta(max_length=32)] | None = None
    revises: Annotated[str, Meta(max_length=128)] | None = None


class PlanRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A plan to be announced, or with `revises` what changes of an own one; `status` ends or cancels it."""

    release: ReleaseRequest
    fields: dict[str, Any]
    revises: Annotated[str, Meta(max_length=128)] | None = None
    urgent: bool = False


@get("/movements", sync_to_thread=True)
def overview(office: Office, person: Person, circle: str, at: At = None) -> Response[bytes]:
    """Plans, collisions, positions, terms, suspensions and denials of a circle, now or at a time."""
    from tansiq.desk import movements  # noqa: PLC0415 - the engine is loaded with the first question

    return _json(movements.overview(office, circle, at))


@get("/movements/collisions/{collision:str}", sync_to_thread=True)
def collision(office: Office, person: Person, collision: str, circle: str, at: At = None) -> Response[bytes]:
    """One collision, both plans, and everything that was said about it."""
    from tansiq.desk import movements  # noqa: PLC0415 - as above

    return _json(movements.collision_view(office, circle, collision, at))


@get("/movements/elsewhere", sync_to_thread=True)
def elsewhere(office: Office, person: Person, circle: str, plan: str) -> Response[bytes]:
    """What a plan meets in this node's other circles, which its author cannot see; nothing leaves."""
    from tansiq.desk import movements_elsewhere  # noqa: PLC0415 - as above

    return _json(movements_elsewhere.elsewhere(office, circle, plan))


@post("/movements/check", status_code=200, sync_to_thread=True)
def check(office: Office, person: Person, data: CheckRequest) -> Response[bytes]:
    """What a draft would meet of what others have released; nothing is kept and nothing leaves."""
    from tansiq.desk import movements  # noqa: PLC0415 - as above

    volumes = _volumes(data)
    read = movements.read_fields({"volumes": volumes})
    found = movements.check(office, read, data.circle, data.activity, data.revises)
    return _json({"volumes": volumes, **msgspec.to_builtins(found)})


@post("/movements/preview", status_code=200, sync_to_thread=True)
def preview(office: Office, person: Person, data: PlanRequest) -> dict[str, Any]:
    """What each party would see of a plan, with the plans near it that it would list."""
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - as above

    releaser(person)
    request = door.plan_request(office, _asked(data))
    columns = saying.preview(office, request, person.author())
    return {"columns": msgspec.to_builtins(columns), "fields": request.fields}


@post("/movements/plans", sync_to_thread=True)
def announce(office: Office, person: Person, data: PlanRequest) -> dict[str, Any]:
    """Announce, change, end or cancel a plan."""
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.announce(office, _asked(data), person.author()))


@post("/movements/answers", sync_to_thread=True)
def respond(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Answer another party's plan."""
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.respond(office, read_request(door.AnswerRequest, data), person.author()))


@post("/movements/consents", sync_to_thread=True)
def consent(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """A word on terms, a hand-over, or an answer with conditions."""
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.consent(office, read_request(door.ConsentRequest, data), person.author()))


def _volumes(data: CheckRequest) -> list[dict[str, Any]]:
    from tansiq.movements.reading import Beside, read_volumes  # noqa: PLC0415 - as above

    if data.text is None:
        return data.volumes or []
    beside = read_request(Beside, {("from_" if key == "from" else key): one for key, one in data.beside.items()})
    return read_volumes(data.text.encode(), data.name, beside)


def _asked(data: PlanRequest) -> Any:
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - as above

    return door.AnnounceRequest(data.release, data.fields, data.revises, data.urgent)


def _ref(said: Any) -> dict[str, Any]:
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
