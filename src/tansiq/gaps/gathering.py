"""What an analysis goes by, read out of the picture: a pure function of what the parties have told.

What a party withheld, told coarsely or left out is counted, not guessed: a post without a place or a range covers
nothing here. A party that released coverage of the area is taken at that in place of its posts, patrols and bases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from msgspec import Struct

from tansiq.errors import MalformedInput, NotFound, Refused
from tansiq.gaps import timetable
from tansiq.gaps.inputs import (
    DEFAULT_DAYLIGHT,
    DEFAULT_WAYS,
    Base,
    BasedOn,
    Event,
    Inputs,
    Patrol,
    Point,
    Post,
    Released,
    Rule,
)
from tansiq.gaps.presence import mask_of
from tansiq.picture.projection import Thing
from tansiq.records.kind import kind_named
from tansiq.records.kinds import area as areas
from tansiq.records.kinds import arrangement as arrangements
from tansiq.records.kinds import base as bases
from tansiq.records.kinds import coverage as coverages
from tansiq.records.kinds import incident as incidents
from tansiq.records.kinds import line as lines
from tansiq.records.kinds import patrol as patrols
from tansiq.records.kinds import post as posts

KINDS: Final = ("area", "line", "post", "patrol", "base", "arrangement", "coverage", "incident")
"""The kinds of records that an analysis reads."""

EYE_M: Final = 2
"""The height of the eye where none is told: somebody standing on the ground."""

FAR: Final = ("seen", "sensor")
"""How an incident was found by whoever watches the ground, rather than reported to them."""


class Told(Struct, frozen=True):
    """A record that can be read: who says it under which reference, and what."""

    ref: str
    party: str
    kind: str
    about: str | None
    said: int
    body: Any


def read_things(things: Iterable[Thing]) -> list[Told]:
    """The things that an analysis reads, sorted by reference; what is erased or cannot be read is left out."""
    found = []
    for thing in things:
        if thing.kind not in KINDS or thing.erased is not None or thing.unreadable is not None:
            continue
        try:
            body = kind_named(thing.kind).decode(bytes(thing.fields))
        except Refused:
            continue
        found.append(Told(f"{thing.party}/{thing.id}", thing.party, thing.kind, thing.about, thing.said, body))
    return sorted(found, key=lambda one: one.ref)


def area_ring(told: Sequence[Told], area: str) -> tuple[Point, ...]:
    """The ring of the area with this reference; refused (`gaps.no_area`) where none is told."""
    for one in told:
        if one.kind == "area" and one.ref == area:
            ring = cast(areas.Area, one.body).ring
            if ring:
                return tuple((lon, lat) for lon, lat in ring)
    raise NotFound("gaps.no_area", area=area[:120])


def line_path(told: Sequence[Told], line: str) -> tuple[Point, ...]:
    """The path of the line with this reference; refused (`gaps.no_line`) where none is told."""
    for one in told:
        if one.kind == "line" and one.ref == line:
            path = cast(lines.Line, one.body).path
            if path:
                return tuple((lon, lat) for lon, lat in path)
    raise NotFound("gaps.no_line", line=line[:120])


def gather(
    told: Sequence[Told], area: str, parties: Sequence[str], ring: Sequence[Point] | None = None, at: int | None = None
) -> Inputs:
    """The inputs of an analysis of `area`, a reference or, where `ring` is given, any name of it.

    `parties` are those whose cover is computed where no arrangement names them. `at` (ms) is when it stands, the time
    of the newest record if left out. What is said to hold only from a later time does not count.
    """
    corners = area_ring(told, area) if ring is None else tuple(ring)
    newest = max((one.said for one in told), default=0)
    when = newest if at is None else at
    told = [one for one in told if (getattr(one.body, "since", None) or 0) <= when]
    agreed = _arrangement(told, area)
    names = tuple(sorted(set((agreed and agreed[1].parties) or parties)))
    if not names:
        raise MalformedInput("gaps.no_party", area=area[:120])
    book = _Book(area, names)
    for one in told:
        book.take(one)
    # first, because what a party told beside its released coverage goes with it
    counted = book.counted()
    events, unplaced = _events(told, when)
    return Inputs(
        area,
        corners,
        when,
        names,
        _rule(agreed),
        tuple(sorted(book.posts, key=_order)),
        tuple(sorted(book.patrols, key=_order)),
        tuple(sorted(book.bases, key=_order)),
        tuple(book.released[party] for party in sorted(book.released)),
        events,
        counted,
        unplaced,
    )


def _order(one: Post | Patrol | Base) -> tuple[str, str]:
    return one.party, one.ref


def _arrangement(told: Sequence[Told], area: str) -> tuple[str, arrangements.Arrangement] | None:
    """The newest agreed arrangement of an area."""
    found: list[tuple[int, str, arrangements.Arrangement]] = []
    for one in told:
        if one.kind == "arrangement":
            body = cast(arrangements.Arrangement, one.body)
            if body.area == area and body.ways and body.status == "agreed":
                found.append((body.since or 0, one.ref, body))
    if not found:
        return None
    _, ref, body = max(found, key=lambda item: item[:2])
    return ref, body


def _rule(agreed: tuple[str, arrangements.Arrangement] | None) -> Rule:
    if agreed is None:
        return Rule(None, DEFAULT_WAYS, DEFAULT_DAYLIGHT)
    ref, body = agreed
    return Rule(ref, tuple(body.ways or ()), body.daylight or DEFAULT_DAYLIGHT)


class _Book:
    """What counts of each party, and how much does not."""

    def __init__(self, area: str, parties: Sequence[str]) -> None:
        self.area = area
        self.parties = parties
        self.posts: list[Post] = []
        self.patrols: list[Patrol] = []
        self.bases: list[Base] = []
        self.released: dict[str, Released] = {}
        self.since: dict[str, tuple[int, str]] = {}
        self.coarse = dict.fromkeys(parties, 0)
        self.withheld = dict.fromkeys(parties, 0)
        self.idle = dict.fromkeys(parties, 0)

    def take(self, one: Told) -> None:
        """Take in one record."""
        if one.party not in self.parties:
            return
        reader = {"post": self._post, "patrol": self._patrol, "base": self._base, "coverage": self._coverage}
        if one.kind in reader:
            reader[one.kind](one)

    def _post(self, one: Told) -> None:
        body = cast(posts.Post, one.body)
        if body.status in ("vacated", "planned"):
            self.idle[one.party] += body.status == "vacated"
            return
        if body.place is None and body.place_coarse is not None:
            self.coarse[one.party] += 1
        elif body.place is None or body.status is None or body.range_day_m is None:
            self.withheld[one.party] += 1
        else:
            self.posts.append(
                Post(
                    one.party,
                    one.ref,
                    (body.place.lon, body.place.lat),
                    EYE_M if body.height_m is None else body.height_m,
                    body.range_day_m,
                    body.range_night_m or 0,
                    timetable.ALWAYS if body.hours is None else timetable.whole(body.hours),
                )
            )

    def _patrol(self, one: Told) -> None:
        body = cast(patrols.Patrol, one.body)
        if body.status in ("suspended", "planned"):
            self.idle[one.party] += body.status == "suspended"
            return
        if body.path is None or body.width_m is None or body.hours is None or body.status is None:
            self.withheld[one.party] += 1
            return
        path = tuple((lon, lat) for lon, lat in body.path)
        self.patrols.append(Patrol(one.party, one.ref, path, body.width_m // 2, timetable.touched(body.hours)))

    def _base(self, one: Told) -> None:
        body = cast(bases.Base, one.body)
        if body.status in ("closed", "planned"):
            self.idle[one.party] += body.status == "closed"
            return
        if body.place is None and body.place_coarse is not None:
            self.coarse[one.party] += 1
        elif body.place is None or not body.mobility or body.ready is None or body.status is None:
            self.withheld[one.party] += 1
        else:
            place = (body.place.lon, body.place.lat)
            mobility = tuple(sorted(set(body.mobility)))
            self.bases.append(Base(one.party, one.ref, place, mobility, _ready(body.ready)))

    def _coverage(self, one: Told) -> None:
        body = cast(coverages.Coverage, one.body)
        if body.area != self.area:
            return
        frame = body.frame
        if frame is None or body.layers is None:
            self.withheld[one.party] += 1
            return
        if any(mask_of(layer.runs, frame.rows, frame.cols) is None for layer in body.layers):
            self.withheld[one.party] += 1
            return
        age = (body.since or one.said, one.ref)
        if age > self.since.get(one.party, (-1, "")):
            self.since[one.party] = age
            layers = tuple((timetable.whole(layer.hours), tuple(layer.runs)) for layer in body.layers)
            self.released[one.party] = Released(one.party, one.ref, frame, layers, tuple(sorted(body.based_on or ())))

    def counted(self) -> dict[str, BasedOn]:
        """What the cover of each party is based on; posts and the like of one that released coverage do not count."""
        for party in self.released:
            self.posts = [one for one in self.posts if one.party != party]
            self.patrols = [one for one in self.patrols if one.party != party]
            self.bases = [one for one in self.bases if one.party != party]
        return {
            party: BasedOn(
                sum(one.party == party for one in self.posts),
                sum(one.party == party for one in self.patrols),
                sum(one.party == party for one in self.bases),
                int(party in self.released),
                self.coarse[party],
                self.withheld[party],
                self.idle[party],
            )
            for party in self.parties
        }


def _ready(said: Sequence[bases.Readiness]) -> tuple[int, ...]:
    """Seconds by hour, the soonest that holds for the whole hour, -1 where none does."""
    found = [-1] * timetable.HOURS
    for one in said:
        for hour, sign in enumerate(timetable.whole(one.hours)):
            if sign == "1":
                seconds = one.minutes * 60
                found[hour] = seconds if found[hour] < 0 else min(found[hour], seconds)
    return tuple(found)


def _events(told: Sequence[Told], at: int) -> tuple[tuple[Event, ...], int]:
    """Incidents up to a time, each once whoever tells it, and how many have no place.

    What answers another record by `about` speaks of the same event. The best known place and the earliest time stand.
    """
    bodies = {one.ref: one for one in told if one.kind == "incident"}
    groups: dict[str, list[Told]] = {}
    for one in bodies.values():
        groups.setdefault(_root(bodies, one), []).append(one)
    events, unplaced = [], 0
    for root, members in sorted(groups.items()):
        event = _event(root, members)
        if event is None:
            unplaced += 1
        elif event.at <= at:
            events.append(event)
    return tuple(events), unplaced


def _root(bodies: Mapping[str, Told], one: Told) -> str:
    seen = {one.ref}
    while one.about is not None and one.about in bodies and one.about not in seen:
        seen.add(one.about)
        one = bodies[one.about]
    return min(seen) if one.about in seen else one.ref


def _event(root: str, members: Sequence[Told]) -> Event | None:
    places: list[tuple[int, Point]] = []
    times = []
    for one in members:
        body = cast(incidents.Incident, one.body)
        if body.place is not None:
            places.append((body.place.accuracy, (body.place.lon, body.place.lat)))
        elif body.place_coarse is not None:
            places.append((body.place_coarse.size, (body.place_coarse.lon, body.place_coarse.lat)))
        when = body.when or body.when_coarse
        times.append(one.said if when is None else when.from_)
    if not places:
        return None
    accuracy, place = min(places)
    found = all(cast(incidents.Incident, one.body).how_known in FAR for one in members)
    return Event(root, tuple(sorted({one.party for one in members})), place, accuracy, min(times), found)
