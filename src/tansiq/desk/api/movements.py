"""Movements: how plans stand, one collision with its story, a private look before announcing."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter

from tansiq.desk.looking import Looking
from tansiq.desk.movements_request import CheckRequest
from tansiq.desk.office import Office
from tansiq.desk.people import Person

DIGITS = 18
At = Annotated[int | None, Parameter(ge=0, lt=10**DIGITS)]


def _json(found: msgspec.Struct) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")


@get("/movements", sync_to_thread=True)
def standing(office: Office, person: Person, looking: Looking, circle: str, at: At = None) -> Response[bytes]:
    """How every plan of a circle stands, now or at a given time (ms)."""
    return _json(looking.view(office, circle, at))


@get("/movements/collisions/{collision:str}", sync_to_thread=True)
def one_collision(
    office: Office, person: Person, looking: Looking, collision: str, circle: str, at: At = None
) -> Response[bytes]:
    """One collision by its id, with everything that was said about it."""
    return _json(looking.one_collision(office, circle, collision, at))


@post("/movements/check", status_code=200, sync_to_thread=True)
def check(office: Office, person: Person, looking: Looking, data: CheckRequest) -> Response[bytes]:
    """What announcing a plan now would come to: nothing is said, nothing leaves this node."""
    return _json(looking.check(office, data))
