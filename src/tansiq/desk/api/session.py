"""Sign in, who am I, sign out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie, State
from msgspec import Struct

from tansiq.desk import people
from tansiq.desk.api.access import COOKIE, token_of
from tansiq.desk.office import Office
from tansiq.desk.people import Person


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """An account name and its password."""

    user: str
    password: str


class SignedIn(Struct, frozen=True):
    """Who it is, and the token for scripts."""

    user: str
    desk: str
    roles: list[str]
    token: str


@post("/session", status_code=200, sync_to_thread=True)
def sign_in(data: Credentials, office: Office) -> Response[SignedIn]:
    """Open a session; the cookie is for browsers, the token for scripts."""
    person, token = people.sign_in(office, data.user, data.password)
    cookie = Cookie(
        COOKIE,
        value=token,
        httponly=True,
        samesite="strict",
        path="/",
        max_age=people.SESSION_MS // 1000,
    )
    return Response(SignedIn(person.user, person.desk, person.roles, token), cookies=[cookie])


@get("/session", sync_to_thread=True)
def session(person: Person) -> Person:
    """Who is signed in."""
    return person


@delete("/session", sync_to_thread=True)
def sign_out(request: Request[Any, Any, State], office: Office) -> Response[None]:
    """End the session."""
    people.sign_out(office, token_of(request))
    return Response(None, status_code=204, cookies=[Cookie(COOKIE, value="", max_age=0, path="/")])
