"""What a statement must hold before it is said: outlines that cross nothing, areas that are told there, and in whose
name a report by telephone is entered.

Others' records are taken as they come, and an analysis says what is wrong with them. One's own are better put right
before they stand in the ledger for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection

from tansiq.errors import MalformedInput, NotFound
from tansiq.picture.projection import read_thing
from tansiq.records.kind import kind_named
from tansiq.records.kinds.area import Area
from tansiq.store import pictures

OF_AN_AREA = ("arrangement", "coverage", "proposal")
PAGE = 5000


def check_teller(kind: str, fields: Mapping[str, Any], members: Sequence[str]) -> None:
    """Refuse (`incidents.no_teller`) a report by telephone in the name of a party that is no member of the circle: it
    counts as that party's account, and whoever is not there can neither confirm nor deny it.
    """
    teller = fields.get("on_behalf_of")
    if kind == "incident" and teller is not None and len(members) > 1 and teller not in members:
        raise MalformedInput("incidents.no_teller", party=str(teller)[:40])


def check_ground(connection: Connection, kind: str, fields: Mapping[str, Any], epochs: Sequence[int]) -> None:
    """Refuse an area whose outline crosses itself (`record.crossing_outline`), and what is said of an area that nobody
    told in these epochs of a circle (`record.no_such_area`)."""
    if kind == "area" and fields.get("ring") is not None:
        body = kind_named(kind).read({"ring": fields["ring"]})
        _check_outline(cast(Area, body).ring or [])
    area = fields.get("area")
    if kind in OF_AN_AREA and isinstance(area, str) and not _told(connection, area, epochs):
        raise NotFound("record.no_such_area", area=area[:80])


def _check_outline(ring: Sequence[Sequence[int]]) -> None:
    import shapely  # noqa: PLC0415 - loaded with the first area that is said

    outline = shapely.Polygon(ring)
    if not outline.is_valid or outline.area == 0:
        raise MalformedInput("record.crossing_outline")


def _told(connection: Connection, area: str, epochs: Sequence[int]) -> bool:
    after = 0
    while rows := pictures.changes(connection, epochs, after=after, kind="area", limit=PAGE):
        after = rows[-1].seq
        things = (read_thing(row.data) for row in rows)
        if any(f"{thing.party}/{thing.id}" == area for thing in things):
            return True
    return False
