"""Reports: which are due, issued and missing; one as PDF, HTML or facts; issuing one."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter

from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request
from tansiq.desk.saying import Column
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.values import Language
from tansiq.reports.copy import Part
from tansiq.reports.paper_html import POLICY, html
from tansiq.reports.paper_pdf import pdf
from tansiq.reports.voice import Digits

At = Annotated[int, Parameter(ge=0, le=253_402_300_799_999)]
PAGE: Final = {
    "Content-Security-Policy": f"{POLICY}; sandbox allow-popups allow-top-navigation-by-user-activation",
    "X-Content-Type-Options": "nosniff",
}
"""Of a page that holds other parties' words: it runs nothing and asks for nothing."""


@get("/accord/reports", sync_to_thread=True)
def listing(
    office: Office,
    person: Person,
    circle: str,
    start: At | None = None,
    end: At | None = None,
) -> Response[bytes]:
    """What was due in a span of time with what became of it, what was issued, when the next are due."""
    from tansiq.desk import accord_reports  # noqa: PLC0415 - the engines are loaded with the first report

    found = accord_reports.overview(office, circle, start, end)
    return Response(msgspec.json.encode(found), media_type="application/json")


@get("/accord/reports/{kind:str}/facts", sync_to_thread=True)
def facts(
    office: Office, person: Person, kind: ReportName, circle: str, day: At, agreement: str | None = None
) -> Response[bytes]:
    """The facts of the common part and their digest, the same on every node that holds the same records."""
    from tansiq.desk import accord_reports  # noqa: PLC0415 - as above

    made = accord_reports.make(office, accord_reports.Asked(circle, kind, day, agreement))
    return Response(msgspec.json.encode(made), media_type="application/json")


@get("/accord/reports/{kind:str}/page.html", sync_to_thread=True)
def as_html(
    office: Office,
    person: Person,
    kind: ReportName,
    circle: str,
    day: At,
    lang: Language = "ar",
    part: Part = "common",
    agreement: str | None = None,
    digits: Digits = "western",
) -> Response[str]:
    """A copy as one HTML file."""
    from tansiq.desk import accord_reports  # noqa: PLC0415 - as above

    page, _ = accord_reports.paper(office, accord_reports.Asked(circle, kind, day, agreement), lang, part, digits)
    return Response(html(page, "/"), media_type="text/html", headers=PAGE)


@get("/accord/reports/{kind:str}/page.pdf", sync_to_thread=True)
def as_pdf(
    office: Office,
    person: Person,
    kind: ReportName,
    circle: str,
    day: At,
    lang: Language = "ar",
    part: Part = "common",
    agreement: str | None = None,
    digits: Digits = "western",
) -> Response[bytes]:
    """A copy as PDF."""
    from tansiq.desk import accord_reports  # noqa: PLC0415 - as above

    page, made = accord_reports.paper(office, accord_reports.Asked(circle, kind, day, agreement), lang, part, digits)
    name = f"{kind}-{made.digest[:12]}-{part}-{lang}.pdf"
    headers = {**PAGE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pdf(page), media_type="application/pdf", headers=headers)


@post("/accord/reports/preview", sync_to_thread=True)
def preview(office: Office, person: Person, data: dict[str, Any]) -> list[Column]:
    """What each party will see of a report that is issued."""
    from tansiq.desk import accord_reports_door as door  # noqa: PLC0415 - as above

    releaser(person)
    return door.preview(office, read_request(door.IssueRequest, data), person.author())


@post("/accord/reports", sync_to_thread=True)
def issue(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Issue a report, or say why there is none."""
    from tansiq.desk import accord_reports_door as door  # noqa: PLC0415 - as above

    releaser(person)
    said = door.issue(office, read_request(door.IssueRequest, data), person.author())
    return {"ref": said.ref, "circle": said.circle, "index": said.index}
