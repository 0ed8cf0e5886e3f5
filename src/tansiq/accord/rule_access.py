"""Rule over denials: access is denied by the owing parties no more than so many times, in an area or anywhere.

A denial is told by whoever was stopped; one that the owing party itself tells is not counted against it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from tansiq.accord.days import DAY_MS
from tansiq.accord.finding import Finding, Outcome, Part, sealed, unmeasured
from tansiq.accord.measures import Measures
from tansiq.picture.told import Told, Version, body_of
from tansiq.records.kinds.commitment import AccessGranted
from tansiq.records.kinds.denial import Denial

Where = Literal["inside", "outside", "unknown"]


def access_granted(
    rule: AccessGranted, owed_by: Collection[str], since: int, at: int, told: Told, measures: Measures
) -> Finding:
    """The denials of the last days; one whose place is not told, or only coarsely near the edge, is not known."""
    start = max(at - rule.days * DAY_MS, since)
    ring = None if rule.area is None else measures.ring(rule.area, at)
    if rule.area is not None and ring is None:
        return unmeasured("access_granted", "denials", rule.at_most, at, "no_area", ("no_area",))
    parts = []
    for thing in told.of_kind("denial"):
        body = body_of(thing.now, Denial)
        if thing.party in owed_by or body is None or not start <= _when(thing.now, body) <= at:
            continue
        where = "inside" if ring is None else place_of(body, ring)
        if where != "outside":
            sure = int(where == "inside")
            parts.append(Part(thing.ref, sure, 1, 1 - sure, thing.party, (thing.now.ref,)))
    reached, unknown = sum(one.reached for one in parts), sum(one.unknown for one in parts)
    said: Outcome = "cannot_be_measured_yet"
    if reached > rule.at_most:
        said = "not_met"
    elif reached + unknown <= rule.at_most:
        said = "met"
    return sealed(
        Finding(
            "access_granted",
            said,
            "denials",
            reached,
            rule.at_most,
            len(parts),
            unknown,
            start,
            at,
            tuple(ref for one in parts for ref in one.refs),
            ("place",) if unknown else (),
            "unknown_place" if said == "cannot_be_measured_yet" else None,
            tuple(sorted(parts, key=lambda one: (-one.reached, one.name))),
        )
    )


def place_of(body: Denial, ring: Sequence[tuple[int, int]]) -> Where:
    """Whether a denial lies in a ring; of a coarse square all corners must agree."""
    if body.place is not None:
        return "inside" if inside((body.place.lon, body.place.lat), ring) else "outside"
    if body.place_coarse is None:
        return "unknown"
    cell = body.place_coarse
    # half a side in degrees × 10⁷, rounded up: a degree of latitude is 111 km, of longitude at most that
    north = -(-cell.size * 10_000_000 // 222_000)
    east = north * 3 // 2
    corners = [(cell.lon + x * east, cell.lat + y * north) for x in (-1, 1) for y in (-1, 1)]
    found = {inside(one, ring) for one in (*corners, (cell.lon, cell.lat))}
    return "unknown" if len(found) == 2 else "inside" if found == {True} else "outside"


def inside(point: tuple[int, int], ring: Sequence[tuple[int, int]]) -> bool:
    """Whether a point lies in a ring, by crossings, in whole numbers."""
    x, y = point
    found = False
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y0 > y) != (y1 > y):
            side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
            found ^= (side > 0) == (y1 > y0)
    return found


def _when(version: Version, body: Denial) -> int:
    when = body.when or body.when_coarse
    return version.said.at if when is None else when.from_
