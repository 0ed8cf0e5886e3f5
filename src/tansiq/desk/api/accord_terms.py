"""The accord: terms of reference, what changed in them, complaints with their clocks, and the file of a dispute."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter

from tansiq.desk import accord_complaints, accord_terms
from tansiq.desk.accord_complaints import FileRequest
from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request

At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


@get("/accord/terms", sync_to_thread=True)
def terms(office: Office, person: Person, circle: str) -> Response[bytes]:
    """Terms of reference of a circle: what holds, every version with its words, and what it leaves to who asks."""
    return _json(accord_terms.page(office, circle, person.author()))


@get("/accord/terms/diff", sync_to_thread=True)
def terms_diff(office: Office, person: Person, circle: str, after: str = "", before: str = "") -> Response[bytes]:
    """What changed from one version to another, rule by rule, and whom it concerns."""
    return _json(accord_terms.diff(office, circle, after, before))


@get("/accord/complaints", sync_to_thread=True)
def complaints(office: Office, person: Person, circle: str, at: At = None) -> Response[bytes]:
    """Every complaint of a circle with its clocks, and everything that is disputed."""
    return _json(accord_complaints.overview(office, circle, at))


@get("/accord/complaints/{party:str}/{record:str}", sync_to_thread=True)
def complaint(
    office: Office, person: Person, party: str, record: str, circle: str, at: At = None
) -> Response[bytes]:  # fmt: skip
    """One complaint with everything that was said to it."""
    return _json(accord_complaints.view(office, circle, f"{party}/{record}", at))


@post("/accord/complaints/{party:str}/{record:str}/close", sync_to_thread=True)
def close_complaint(office: Office, person: Person, party: str, record: str, circle: str) -> dict[str, Any]:
    """Close an own complaint; refused where its finding does not name what can be checked."""
    releaser(person)
    return _ref(accord_complaints.close(office, circle, f"{party}/{record}", person.author()))


@post("/accord/disputes", sync_to_thread=True)
def open_file(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Open the negotiation file of a dispute."""
    releaser(person)
    return _ref(accord_complaints.open_file(office, read_request(FileRequest, data), person.author()))


def _ref(said: Any) -> dict[str, Any]:
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
