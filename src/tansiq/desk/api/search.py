"""Search over everything that one may see."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from tansiq.desk import search as door
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.search import LARGEST_PAGE, Answer, Question

Time = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]


@get("/search", sync_to_thread=True)
def find(
    office: Office,
    person: Person,
    q: str = "",
    circle: str | None = None,
    kind: list[str] | None = None,
    party: list[str] | None = None,
    since: Time = None,
    until: Time = None,
    near: str | None = None,
    within: Annotated[int | None, Parameter(ge=1, le=10_000_000)] = None,
    typing: bool = False,
    after: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=LARGEST_PAGE)] = 20,
) -> Answer:
    """A page of the records that answer words and filters, the best first and the newer first among equals."""
    asked = Question(q, circle, tuple(kind or ()), tuple(party or ()), since, until, near, within, typing, after, limit)
    return door.find(office, asked)
