"""Requests, the hotline and the watch: the board of both sides, steps, messages, what rings, calls."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import learn, read_request
from tansiq.desk.saying import Column, Reference
from tansiq.records.values import LongText

Circle = Annotated[str, Parameter(min_length=6, max_length=32)]
At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


class PutRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A request and what it is about."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    fields: dict[str, Any]
    about: Annotated[str, Meta(max_length=128)] | None = None


class WithdrawRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a request is withdrawn."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    reason: LongText | None = None


class ReadRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The message as it was read: `revision` refuses it where it was corrected meanwhile."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    revision: Annotated[str, Meta(max_length=36)] | None = None


@get("/incidents/requests", sync_to_thread=True)
def board(office: Office, person: Person, circle: Circle, at: At = None) -> Response[bytes]:
    """The requests of both sides, what waits first, and the same figures for each side."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - the engine is loaded with the first question

    return _json(incidents_requests.board(office, circle, at))


@get("/incidents/requests/{party:str}/{record:str}", sync_to_thread=True)
def one(office: Office, person: Person, party: str, record: str, circle: Circle, at: At = None) -> Response[bytes]:
    """One request with every step."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    return _json(incidents_requests.one(office, circle, f"{party}/{record}", at))


@post("/incidents/requests", sync_to_thread=True)
def put(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Put a request."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(PutRequest, data)
    return _ref(incidents_requests.put(office, asked.circle, asked.fields, person.author(), asked.about))


@post("/incidents/requests/steps", sync_to_thread=True)
def take_step(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Take a request in hand, answer it, refuse it or escalate it."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(incidents_requests.StepRequest, data)
    return _ref(incidents_requests.take_step(office, asked, person.author()))


@post("/incidents/requests/steps/preview", status_code=200, sync_to_thread=True)
def preview_step(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """What each party will see of a step; nothing is said yet."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(incidents_requests.StepRequest, data)
    return _columns(incidents_requests.preview_step(office, asked, person.author()))


@post("/incidents/requests/{party:str}/{record:str}/withdraw/preview", status_code=200, sync_to_thread=True)
def preview_withdrawal(
    office: Office, person: Person, party: str, record: str, data: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """What each party will see of a withdrawal; nothing is said yet."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(WithdrawRequest, data)
    ref = f"{party}/{record}"
    return _columns(incidents_requests.preview_withdrawal(office, asked.circle, ref, asked.reason, person.author()))


@post("/incidents/requests/{party:str}/{record:str}/withdraw", sync_to_thread=True)
def withdraw(office: Office, person: Person, party: str, record: str, data: dict[str, Any]) -> dict[str, Any]:
    """Withdraw an own request."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(WithdrawRequest, data)
    ref = f"{party}/{record}"
    return _ref(incidents_requests.withdraw(office, asked.circle, ref, asked.reason, person.author()))


@get("/incidents/waiting", sync_to_thread=True)
def waiting(office: Office, person: Person) -> Response[bytes]:
    """In each circle, how many requests wait for this side, and how many of them are late."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    return _json(incidents_requests.waiting(office))


@get("/incidents/messages", sync_to_thread=True)
def messages(office: Office, person: Person, circle: Circle) -> Response[bytes]:
    """Every message of a circle with who has received, read and answered it."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    return _json(incidents_hotline.hotline(office, circle))


@get("/incidents/ringing", sync_to_thread=True)
def ringing(office: Office, person: Person) -> Response[bytes]:
    """Urgent messages of all circles that were not read here yet."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    return _json(incidents_hotline.ringing(office))


@post("/incidents/messages", sync_to_thread=True)
def send(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Send a message, or answer one."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(
        incidents_hotline.send(office, read_request(incidents_hotline.MessageRequest, data), person.author())
    )  # fmt: skip


@post("/incidents/messages/preview", status_code=200, sync_to_thread=True)
def preview_message(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """What each party will see of a message; nothing is said yet."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(incidents_hotline.MessageRequest, data)
    return _columns(incidents_hotline.preview(office, asked, person.author()))


@post("/incidents/messages/{party:str}/{record:str}/read", sync_to_thread=True)
def mark_read(office: Office, person: Person, party: str, record: str, data: dict[str, Any]) -> dict[str, Any]:
    """Say that a message was read here."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(ReadRequest, data)
    ref = f"{party}/{record}"
    return _ref(incidents_hotline.mark_read(office, asked.circle, ref, person.author(), asked.revision))


@get("/incidents/watch", sync_to_thread=True)
def watch(office: Office, person: Person, circle: Circle, at: At = None) -> Response[bytes]:
    """The twin log of a circle, the own log, who is on duty at each centre, the newest hand-over of each."""
    from tansiq.desk import incidents_watch  # noqa: PLC0415 - as above

    return _json(incidents_watch.watch(office, circle, at))


@post("/incidents/calls", sync_to_thread=True)
def note_call(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Note that a call took place; what was said stays here unless it is shared."""
    from tansiq.desk import incidents_watch  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(incidents_watch.note_call(office, read_request(incidents_watch.CallRequest, data), person.author()))


@post("/incidents/calls/preview", status_code=200, sync_to_thread=True)
def preview_call(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """What each party will see of a call that took place; nothing is said yet."""
    from tansiq.desk import incidents_watch  # noqa: PLC0415 - as above

    releaser(person)
    asked = read_request(incidents_watch.CallRequest, data)
    return _columns(incidents_watch.preview_call(office, asked, person.author()))


def _columns(found: list[Column]) -> dict[str, Any]:
    return {"columns": msgspec.to_builtins(found)}


def _ref(said: Reference) -> dict[str, Any]:
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")


learn(PutRequest, WithdrawRequest, ReadRequest)
