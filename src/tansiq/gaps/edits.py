"""What-if: the inputs as they would be after changes that nobody has made."""

from __future__ import annotations

import math
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from tansiq.errors import MalformedInput, NotFound
from tansiq.gaps import timetable
from tansiq.gaps.inputs import Inputs, Patrol, Post
from tansiq.records.values import Range

MOST: Final = 256
"""Changes of one kind in a draft."""

Degrees = tuple[float, float]
Key = Annotated[str, Meta(max_length=200)]


class AddedPost(Struct, frozen=True, forbid_unknown_fields=True):
    """A post that would be new (longitude and latitude in degrees); a light mast where nothing else is said."""

    party: Annotated[str, Meta(max_length=64)]
    lon: float
    lat: float
    height_m: Annotated[int, Meta(ge=0, le=500)] = 6
    range_day_m: Range = 5000
    range_night_m: Range = 2000
    hours: Annotated[str, Meta(max_length=168)] = timetable.ALWAYS


class AddedPatrol(Struct, frozen=True, forbid_unknown_fields=True):
    """A patrol that would be new: its path (longitude and latitude in degrees), how wide, when it is under way."""

    party: Annotated[str, Meta(max_length=64)]
    path: Annotated[list[Degrees], Meta(min_length=2, max_length=2000)]
    hours: Annotated[str, Meta(max_length=168)]
    width_m: Annotated[int, Meta(ge=1, le=20_000)] = 800


class Edits(Struct, frozen=True, forbid_unknown_fields=True):
    """Posts moved (longitude, latitude in degrees), added, removed; hours changed (168 signs); how far posts see by day
    and by night (m); bridges closed; patrols added.
    """

    move: Annotated[dict[Key, Degrees], Meta(max_length=MOST)] = {}
    add: Annotated[list[AddedPost], Meta(max_length=MOST)] = []
    remove: Annotated[list[Key], Meta(max_length=MOST)] = []
    hours: Annotated[dict[Key, Annotated[str, Meta(max_length=168)]], Meta(max_length=MOST)] = {}
    ranges: Annotated[dict[Key, tuple[Range, Range]], Meta(max_length=MOST)] = {}
    close: Annotated[list[Key], Meta(max_length=MOST)] = []
    patrols: Annotated[list[AddedPatrol], Meta(max_length=64)] = []


def edited(inputs: Inputs, edits: Edits) -> Inputs:
    """The inputs with the changes; `gaps.no_such` for a reference that is not among them.

    Posts that are added are called `<party>/draft-1` and on, in the order of the draft, patrols `<party>/round-1`. What
    the cover is based on stays as it was told: a post that somebody thinks of for a side tells nothing of that side.
    """
    _check_known(inputs, edits)
    posts = [_post(one, edits) for one in inputs.posts if one.ref not in edits.remove]
    for number, new in enumerate(edits.add, start=1):
        if new.party not in inputs.parties:
            raise NotFound("gaps.no_such", ref=new.party)
        timetable.week_of(new.hours)
        place = _e7((new.lon, new.lat))
        ref = f"{new.party}/draft-{number}"
        posts.append(Post(new.party, ref, place, new.height_m, new.range_day_m, new.range_night_m, new.hours))
    patrols = [
        replace(one, hours=_hours(edits, one.ref, one.hours)) for one in inputs.patrols if one.ref not in edits.remove
    ]
    patrols += [_patrol(inputs, one, number) for number, one in enumerate(edits.patrols, start=1)]
    bases = [one for one in inputs.bases if one.ref not in edits.remove]
    return replace(
        inputs,
        posts=tuple(sorted(posts, key=lambda one: (one.party, one.ref))),
        patrols=tuple(sorted(patrols, key=lambda one: (one.party, one.ref))),
        bases=tuple(bases),
        closed=tuple(sorted({*inputs.closed, *edits.close})),
    )


def _patrol(inputs: Inputs, new: AddedPatrol, number: int) -> Patrol:
    if new.party not in inputs.parties:
        raise NotFound("gaps.no_such", ref=new.party)
    timetable.week_of(new.hours)
    path = tuple(_e7(point) for point in new.path)
    return Patrol(new.party, f"{new.party}/round-{number}", path, new.width_m // 2, new.hours)


def _check_known(inputs: Inputs, edits: Edits) -> None:
    posts = {one.ref for one in inputs.posts}
    timed = posts | {one.ref for one in inputs.patrols}
    known = timed | {one.ref for one in inputs.bases}
    for wanted, there in ((edits.move, posts), (edits.ranges, posts), (edits.hours, timed), (edits.remove, known)):
        for ref in wanted:
            if ref not in there:
                raise NotFound("gaps.no_such", ref=ref)


def _post(one: Post, edits: Edits) -> Post:
    if one.ref not in edits.move and one.ref not in edits.hours and one.ref not in edits.ranges:
        return one
    place = _e7(edits.move[one.ref]) if one.ref in edits.move else one.place
    day, night = edits.ranges.get(one.ref, (one.day_m, one.night_m))
    return replace(one, place=place, day_m=day, night_m=night, hours=_hours(edits, one.ref, one.hours))


def _hours(edits: Edits, ref: str, before: str) -> str:
    if ref not in edits.hours:
        return before
    timetable.week_of(edits.hours[ref])
    return edits.hours[ref]


def _e7(place: Degrees) -> tuple[int, int]:
    lon, lat = place
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise MalformedInput("gaps.not_degrees", lon=str(lon), lat=str(lat))
    return round(lon * 1e7), round(lat * 1e7)
