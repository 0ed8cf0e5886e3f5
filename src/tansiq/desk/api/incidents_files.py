"""Reports of incidents beside each other: candidate pairs, files of events, their sheet, times; saying what follows."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter

from tansiq.desk.api.access import releaser
from tansiq.desk.api.accord_reports import PAGE
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request
from tansiq.records.values import Language
from tansiq.reports.voice import Digits

Circle = Annotated[str, Parameter(min_length=6, max_length=32)]
At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


@get("/incidents/pairs", sync_to_thread=True)
def candidate_pairs(
    office: Office, person: Person, circle: Circle, since: At = None, until: At = None
) -> Response[bytes]:  # fmt: skip
    """Reports that may be of one event, each pair explained part by part."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - the engine is loaded with the first question

    return _json(board.candidates(office, circle, since, until))


@get("/incidents/files", sync_to_thread=True)
def listing(office: Office, person: Person, circle: Circle) -> Response[bytes]:
    """Events that were joined or found upon, with their state."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - as above

    return _json(board.events(office, circle))


@get("/incidents/files/{party:str}/{record:str}", sync_to_thread=True)
def one(office: Office, person: Person, party: str, record: str, circle: Circle) -> Response[bytes]:
    """The file of the event that a report is of."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - as above

    return _json(board.file_of(office, circle, f"{party}/{record}"))


@get("/incidents/files/{party:str}/{record:str}/sheet.html", sync_to_thread=True)
def as_html(
    office: Office,
    person: Person,
    party: str,
    record: str,
    circle: Circle,
    lang: Language = "ar",
    digits: Digits = "western",
) -> Response[str]:
    """The sheet of an event as one HTML file."""
    from tansiq.desk.incidents_sheet import paper  # noqa: PLC0415 - as above
    from tansiq.reports.paper_html import html  # noqa: PLC0415 - as above

    page = paper(office, circle, f"{party}/{record}", lang, digits)
    return Response(html(page, "/"), media_type="text/html", headers=PAGE)


@get("/incidents/files/{party:str}/{record:str}/sheet.pdf", sync_to_thread=True)
def as_pdf(
    office: Office,
    person: Person,
    party: str,
    record: str,
    circle: Circle,
    lang: Language = "ar",
    digits: Digits = "western",
) -> Response[bytes]:
    """The sheet of an event as PDF."""
    from tansiq.desk.incidents_sheet import paper  # noqa: PLC0415 - as above
    from tansiq.reports.paper_pdf import pdf  # noqa: PLC0415 - as above

    page = paper(office, circle, f"{party}/{record}", lang, digits)
    headers = {**PAGE, "Content-Disposition": f'attachment; filename="incident-{lang}.pdf"'}
    return Response(pdf(page), media_type="application/pdf", headers=headers)


@get("/incidents/times", sync_to_thread=True)
def report_times(
    office: Office, person: Person, circle: Circle, since: At = None, until: At = None
) -> Response[bytes]:  # fmt: skip
    """How soon each side told, by the terms of reference."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - as above

    return _json(board.times(office, circle, since, until))


@post("/incidents/same", sync_to_thread=True)
def say_same(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Say that two reports are of one event, or are not."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.say_same(office, read_request(door.SameRequest, data), person.author()))


@post("/incidents/grades", sync_to_thread=True)
def grade(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Grade another's report."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.grade(office, read_request(door.GradeRequest, data), person.author()))


@post("/incidents/assents", sync_to_thread=True)
def assent(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Assent to another's finding, or decline it."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.assent(office, read_request(door.AssentRequest, data), person.author()))


@post("/incidents/findings/{party:str}/{record:str}/close", sync_to_thread=True)
def close(office: Office, person: Person, party: str, record: str, circle: Circle) -> dict[str, Any]:
    """Close an own finding; refused where it does not name an action, a place, a number and a date."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return _ref(door.close(office, circle, f"{party}/{record}", person.author()))


def _ref(said: Any) -> dict[str, Any]:
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
