"""Where things are, as states read it: volumes of a plan that can be compared, places of what somebody holds."""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.movements.look import Look, Place
from tansiq.picture.told import Ledger, Thing, Told, Version
from tansiq.records.kinds.activity import Activity, Volume
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.arrangement import Arrangement
from tansiq.records.kinds.post import Post


class Ground:
    """Of one circle; a version is looked at once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._volumes: dict[tuple[Ledger, int], Sequence[Volume] | None] = {}

    def volumes(self, version: Version) -> Sequence[Volume] | None:
        """The volumes of an activity; None where they are not told or cannot be compared."""
        key = version.said.ledger, version.said.index
        if key not in self._volumes:
            body = version.body
            told = body.volumes if isinstance(body, Activity) else None
            self._volumes[key] = told if told and self._look.fit(told) else None
        return self._volumes[key]

    def forget(self, thing: Thing) -> None:
        """Look anew at a thing that has changed: what was told may have been erased."""
        for version in thing.versions:
            self._volumes.pop((version.said.ledger, version.said.index), None)


def post_place(post: Post | None) -> Place | None:
    """The place of a post, with how far it may be from there; None where it is not told."""
    if post is not None and post.place is not None:
        return Place([(post.place.lon, post.place.lat)], post.place.accuracy)
    if post is not None and post.place_coarse is not None:
        cell = post.place_coarse
        # the corner of a square lies 0.71 of its side from the middle
        return Place([(cell.lon, cell.lat)], cell.size * 71 // 100)
    return None


def places_of(told: Told, thing: Thing) -> list[Place]:
    """Everywhere that a post, an area or an arrangement is, in any of its versions."""
    found: list[Place] = []
    for version in thing.versions:
        body = version.body
        if isinstance(body, Post) and (place := post_place(body)) is not None:
            found.append(place)
        elif isinstance(body, Area) and body.ring:
            found.append(Place(body.ring))
        elif isinstance(body, Arrangement) and (area := area_of(told, body)) is not None:
            found += places_of(told, area)
    return list({(tuple(place.points), place.metres): place for place in found}.values())


def area_of(told: Told, arrangement: Arrangement) -> Thing | None:
    """The area that an arrangement is about."""
    area = told.get(arrangement.area or "")
    return area if area is not None and area.kind == "area" else None
