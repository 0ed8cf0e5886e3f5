"""An area with posts of two parties, told in a circle of real nodes."""

from __future__ import annotations

from typing import Any, Final

from nodes import meet, say
from tansiq.circles.circle import Circle
from tansiq.node.node import Node

from .worlds import at, square

NIGHTS: Final = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 1080, "to": 360}], "offset": 180}
POST: Final = {"post_type": "post", "status": "manned", "height_m": 8, "range_day_m": 1500, "range_night_m": 500}


def place(east: int, north: int) -> dict[str, int]:
    """A place so many steps from the area's corner."""
    lon, lat = at(east, north)
    return {"lat": lat, "lon": lon, "accuracy": 50}


def area_fields(name: str = "Test ground") -> dict[str, Any]:
    """The area of `worlds`, four kilometres wide."""
    return {
        "names": {"en": name, "ar": "أرض", "ckb": "زەوی"},
        "ring": [list(point) for point in square(40)],
        "purpose": "other",
    }


def _path(west: int, east: int) -> list[list[int]]:
    """A line across the area, so many steps north of its corner at either end."""
    return [list(at(0, west)), list(at(20, (west + east) // 2)), list(at(40, east))]


def told_ground(circle: Circle, joc: Node, mop: Node) -> dict[str, str]:
    """Say the area, two lines, three posts, a patrol and an incident to both nodes; answers the references."""
    refs = {
        "area": say(joc, circle, "area", area_fields()),
        "a": say(joc, circle, "post", {**POST, "place": place(10, 20)}),
        "b": say(mop, circle, "post", {**POST, "place": place(30, 20), "hours": NIGHTS}),
        "coarse": say(mop, circle, "post", {**POST, "place": place(20, 5)}, withhold=["place"], grid=10_000),
        "patrol": say(
            mop,
            circle,
            "patrol",
            {"path": [list(at(0, 38)), list(at(40, 38))], "width_m": 600, "hours": NIGHTS, "status": "running"},
        ),
        "south": say(joc, circle, "line", {"names": {"en": "South line"}, "path": _path(2, 4), "status": "held"}),
        "north": say(mop, circle, "line", {"names": {"en": "North line"}, "path": _path(30, 33), "status": "held"}),
        "incident": say(joc, circle, "incident", {"place": place(20, 30), "how_known": "told", "category": "sighting"}),
    }
    meet(joc, mop)
    return refs
