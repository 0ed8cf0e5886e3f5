"""Who asks: the session cookie or a bearer token, and in which language refusals are answered."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.exceptions.responses import create_exception_response
from sqlalchemy.exc import OperationalError

from tansiq.circles.gate import check_author
from tansiq.desk import people
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound, ProofRefused, Refused, Unavailable
from tansiq.geo.layers import DISK
from tansiq.wording import LANGUAGES, wording

COOKIE: Final = "tansiq"
STATUS: Final[tuple[tuple[type[Refused], int], ...]] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (ProofRefused, 422),
    (MalformedInput, 400),
    (Unavailable, 503),
)


class SignInNeeded(NotAllowed):
    """No open session."""


def token_of(connection: ASGIConnection[Any, Any, Any, State]) -> str:
    """The session token that came with the request, empty where none did."""
    bearer = connection.headers.get("authorization", "")
    if bearer.startswith("Bearer "):
        return bearer.removeprefix("Bearer ")
    return connection.cookies.get(COOKIE, "")


def provide_person(request: Request[Any, Any, State], office: Office) -> Person:
    """Who is signed in; refused where nobody is."""
    token = token_of(request)
    person = people.who(office, token) if token else None
    if person is None:
        raise SignInNeeded("account.sign_in")
    return person


def administrator(person: Person) -> None:
    """Refuse (`account.not_administrator`) where the person does not see to the node."""
    if "administrator" not in person.roles:
        raise NotAllowed("account.not_administrator", user=person.user)


def releaser(person: Person) -> None:
    """Refuse (`gate.may_not_release`) where the person may let nothing out of the node."""
    check_author(person.author())


def language_of(request: Request[Any, Any, State]) -> str:
    """The first language of Accept-Language that we speak; Arabic otherwise."""
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip().lower().split("-")[0]
        if language in LANGUAGES:
            return language
    return "ar"


def answer_refusal(request: Request[Any, Any, State], refused: Refused) -> Response[dict[str, Any]]:
    """A refusal in the reader's language: what was refused, what was kept, what to do next."""
    status = next((code for kind, code in STATUS if isinstance(refused, kind)), 400)
    if isinstance(refused, SignInNeeded):
        status = 401
    return _in_words(request, refused, status)


def answer_http(request: Request[Any, Any, State], problem: HTTPException) -> Response[dict[str, Any]]:
    """What the framework refuses: a body, a parameter or a path that is not what it should be."""
    refused = MalformedInput("request.refused", reason=problem.detail[:200])
    return _in_words(request, refused, problem.status_code)


def answer_malformed(request: Request[Any, Any, State], problem: Exception) -> Response[dict[str, Any]]:
    """A body that no reader of JSON can read."""
    return _in_words(request, MalformedInput("request.refused", reason=type(problem).__name__), 400)


def answer_disk(request: Request[Any, Any, State], problem: Exception) -> Response[Any]:
    """What the operating system or the store refuses: a full disk is said in words, the rest is a fault of ours."""
    reason = _of_disk(problem)
    if reason is None:
        return create_exception_response(request, problem)
    return _in_words(request, Unavailable("store.disk_full", reason=reason), 507)


def _of_disk(problem: Exception) -> str | None:
    if isinstance(problem, OperationalError):
        # SQLite says so in words alone: SQLITE_FULL, SQLITE_IOERR
        text = str(problem.orig)
        return text[:120] if text in ("database or disk is full", "disk I/O error") else None
    return problem.strerror if isinstance(problem, OSError) and problem.errno in DISK else None


def _in_words(request: Request[Any, Any, State], refused: Refused, status: int) -> Response[dict[str, Any]]:
    words = wording(refused.code, refused.params, language_of(request))
    body = {
        "code": refused.code,
        "message": words.line(),
        "refused": words.refused,
        "kept": words.kept,
        "next": words.next,
        "params": refused.params,
    }
    return Response(body, status_code=status)
