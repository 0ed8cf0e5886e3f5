"""Saying that a centre is at work while points of its readiness lists are open: on purpose, or not at all.

Whoever says it by whatever door (form, API, command line) sees the points named first; that points were open when it
was said stays visible to every side, since it follows from the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tansiq.accord.centres import Centre, centre_of
from tansiq.accord.readiness import readiness
from tansiq.desk.accord_board import table_of
from tansiq.desk.office import Office
from tansiq.errors import Conflict

if TYPE_CHECKING:
    from tansiq.desk.saying import SayRequest

NAMED: Final = 5
"""Points that a refusal names by their keys, which are the same in every language; it says how many there are."""


def check_opening(office: Office, request: SayRequest) -> None:
    """Refuse (`accord.open_points`) that a centre is active while points wait, unless it is said on purpose."""
    if request.kind != "centre" or request.fields.get("state") != "active" or request.on_purpose:
        return
    ref = f"{office.party}/{request.revises}" if request.revises and "/" not in request.revises else request.revises
    subject = ref or request.about
    if subject is None:
        return
    for asked in request.releases:
        with table_of(office, asked.circle) as table:
            centre = centre_of(table.told, table.sides, subject)
            if centre is None or _is_active(centre, office.party):
                continue
            ready = readiness(table.told, table.sides, centre, office.clock())
        if ready.open:
            more = ", …" if len(ready.open) > NAMED else ""
            raise Conflict("accord.open_points", count=len(ready.open), points=", ".join(ready.open[:NAMED]) + more)


def _is_active(centre: Centre, party: str) -> bool:
    """Whether a party says so already: then nothing is opened by saying it again."""
    return any(one.party == party and one.state == "active" for one in centre.stands)
