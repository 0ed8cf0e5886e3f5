"""Scans for clusters of incidents: asked, watched, stopped."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from tansiq.desk.api.access import language_of
from tansiq.desk.api.gaps import CELLS
from tansiq.desk.gaps_request import ScanRequest
from tansiq.desk.gaps_scan import Scans, ScanView
from tansiq.desk.office import Office
from tansiq.desk.people import Person

Bandwidth = Annotated[float | None, Parameter(gt=0, le=100_000)]


@post("/gaps/scans", status_code=202, sync_to_thread=True)
def start(office: Office, person: Person, scans: Scans, data: ScanRequest) -> dict[str, str]:
    """Seek clusters. The same question again is the same scan."""
    from tansiq.desk import gaps_question  # noqa: PLC0415 - the engine is loaded with the first question

    return {"id": scans.start(gaps_question.ask_scan(office, data))}


@get("/gaps/scans/{scan:str}", sync_to_thread=True)
def state(request: Request[Any, Any, State], office: Office, person: Person, scans: Scans, scan: str) -> ScanView:
    """How far it is, with what it found once it is done."""
    return scans.get(scan).view(language_of(request))


@get("/gaps/scans/{scan:str}/density", sync_to_thread=True)
def density(office: Office, person: Person, scans: Scans, scan: str, bandwidth: Bandwidth = None) -> Response[bytes]:
    """The incidents that a scan counts as a smooth picture, which ranks nothing: how dense in per cent of its highest,
    under each pixel in runs (`desk.gaps_draft`), with the bandwidth (m) that it was drawn with beside it.
    """
    return Response(scans.get(scan).density(bandwidth), media_type=CELLS)


@delete("/gaps/scans/{scan:str}", sync_to_thread=True)
def cancel(office: Office, person: Person, scans: Scans, scan: str) -> None:
    """Stop it."""
    scans.cancel(scan)
