"""A pasted or dropped report, read into drafts; nothing of it is kept and nothing is said."""

from __future__ import annotations

from litestar import post

from tansiq.desk import incidents_reading as door
from tansiq.desk.incidents_reading import ReadAnswer, ReadRequest
from tansiq.desk.office import Office
from tansiq.desk.people import Person


@post("/incidents/read", status_code=200, sync_to_thread=True)
def read(office: Office, person: Person, data: ReadRequest) -> ReadAnswer:
    """Places, times, bodies, kinds and numbers of a text with the words they came from, and the drafts that follow."""
    return door.read_report(office, data)
