"""What rules of commitments ask of the picture, answered by the engines of gaps and movements.

From what was told to the circle alone: no layers of ground of this node, nothing of its private circle. So two nodes
that hold the same records give the same answer, hills or no hills in their folders: ground within the range that a
party states for its post counts as seen. A party that wants its hills counted releases coverage.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.accord.measures import AreaCover, AreaPresence, AskedPlan
from tansiq.accord.past import as_it_stood
from tansiq.accord.rule_access import inside
from tansiq.desk.accord_board import Tables
from tansiq.desk.office import Office
from tansiq.errors import Refused
from tansiq.gaps import ENGINE, analysis, bits, covering, frame, gathering, presence
from tansiq.gaps.bits import Bits
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.movements.engine import Engine
from tansiq.movements.kinds import KINDS as MOVING
from tansiq.movements.look import Look
from tansiq.movements.standing import UNASKED, Party, Plan
from tansiq.movements.states import states
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.patrol import Patrol

CELLS: Final = (100.0, 250.0, 500.0, 1000.0)
MOST_CELLS: Final = 40_000
"""Cells of an area's rectangle; the finest of `CELLS` that keeps below it is taken."""

KEPT: Final = 512
"""Covers of areas that are remembered, some 3 KiB each."""

GROUND: Final = tuple(kind for kind in gathering.KINDS if kind != "incident")
KINDS: Final = frozenset((*GROUND, *MOVING))
ENDED: Final = ("ended", "cancelled")
IDLE: Final = {"post": ("vacated",), "patrol": ("suspended",), "base": ("closed",)}
HOURS: Final = 168


class Counts(Struct, frozen=True):
    """Cells of an area by hour of the week: covered by anybody and by each party, and not known to be."""

    cells: int
    anyone: tuple[int, ...]
    unsure: tuple[int, ...]
    party: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]
    digest: str


class Covers:
    """Covers of areas by what they were worked out from: commitments over one area share one."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Counts] = OrderedDict()

    def counts(self, inputs: Inputs) -> Counts:
        """How much of the area of these inputs is covered."""
        cell = cell_of(inputs.ring)
        name = hashlib.sha256(msgspec.json.encode([ENGINE, inputs.digest(), cell])).hexdigest()
        if name not in self._kept:
            self._kept[name] = _counts(inputs, cell, name)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return self._kept[name]


class Picture:
    """What was told of ground and movements in one circle, as rules ask of it (`tansiq.accord.measures.Measures`)."""

    def __init__(self, told: Told, covers: Covers, look: Look | None = None) -> None:
        self._told = told
        self._covers = covers
        self._look = look
        self._stood: dict[int, Told] = {}
        self._inputs: dict[tuple[str, int], Inputs | None] = {}
        self._covers_at: dict[tuple[str, str | None, int], AreaCover | None] = {}
        self._presences: dict[tuple[str, str | None, int], AreaPresence | None] = {}
        self._asked: dict[tuple[tuple[str, int], ...], tuple[AskedPlan, ...]] = {}
        self._asked_at: dict[int, tuple[AskedPlan, ...]] = {}

    def cover(self, area: str, party: str | None, at: int) -> AreaCover | None:
        """The cover of an area by anybody or by one party; None where the area is not told or cannot be laid out."""
        if (area, party, at) not in self._covers_at:
            self._covers_at[area, party, at] = self._cover(area, party, at)
        return self._covers_at[area, party, at]

    def _cover(self, area: str, party: str | None, at: int) -> AreaCover | None:
        inputs = self._of(area, at)
        if inputs is None:
            return None
        found = self._covers.counts(inputs)
        covered, unknown = found.anyone, found.unsure
        if party is not None:
            nothing = (0,) * HOURS, (found.cells,) * HOURS
            covered, unknown = found.party.get(party, nothing)
        missing = ["terrain"] if any(party in (None, one.party) for one in inputs.posts) else []
        return AreaCover(
            found.cells,
            covered,
            unknown,
            self._refs(inputs, party, at),
            (*missing, *_missing(inputs, party)),
            found.digest,
        )

    def presence(self, area: str, party: str | None, at: int) -> AreaPresence | None:
        """In which hours somebody is under way or on post in an area."""
        if (area, party, at) not in self._presences:
            self._presences[area, party, at] = self._presence(area, party, at)
        return self._presences[area, party, at]

    def _presence(self, area: str, party: str | None, at: int) -> AreaPresence | None:
        inputs = self._of(area, at)
        if inputs is None:
            return None
        grid = grids.grid_for(inputs.ring, cell_of(inputs.ring))
        ground = analysis.area_of(grid, inputs.ring)
        hours = np.zeros(HOURS, bool)
        refs = []
        for ref, week in _there(inputs, party, grid, ground):
            refs.append(ref)
            hours |= week
        vague = any(
            based.told_nothing or based.withheld or based.coarse
            for one, based in inputs.based_on.items()
            if party in (None, one)
        )
        unknown = ~hours if vague or (party is not None and party not in inputs.parties) else np.zeros(HOURS, bool)
        signs = "".join("1" if one else "0" for one in hours)
        kept = self._versions([*refs, inputs.area], at)
        text = msgspec.json.encode([ENGINE, inputs.digest(), party, signs])
        return AreaPresence(
            signs,
            "".join("1" if one else "0" for one in unknown),
            kept,
            _missing(inputs, party),
            hashlib.sha256(text).hexdigest(),
        )

    def asked(self, at: int) -> tuple[AskedPlan, ...]:
        """Every party that was asked by a plan, as of an instant; an ended plan as it was before it ended."""
        if at not in self._asked_at:
            then = self._then(at)
            key = tuple((one.ref, len(one.versions)) for kind in sorted(MOVING) for one in then.of_kind(kind))
            if key not in self._asked:
                look = self._look or Engine()
                self._asked[key] = asked_plans(then, look, at)
            self._asked_at[at] = self._asked[key]
        return self._asked_at[at]

    def ring(self, area: str, at: int) -> tuple[tuple[int, int], ...] | None:
        """The ring of an area."""
        inputs = self._of(area, at)
        return None if inputs is None else inputs.ring

    @property
    def newest(self) -> int:
        """When the latest of it was said (ms); 0 where there is nothing."""
        return max((version.said.at for one in self._told.things for version in one.versions[-1:]), default=0)

    def thing_of(self, ref: str) -> Thing | None:
        """The thing of which a record is a version."""
        return self._told.thing_of(ref)

    def _then(self, at: int) -> Told:
        if at not in self._stood:
            self._stood[at] = as_it_stood(self._told, at)
        return self._stood[at]

    def _of(self, area: str, at: int) -> Inputs | None:
        """What an analysis of an area goes by; what happened there plays no part in who covers it."""
        if (area, at) not in self._inputs:
            then = self._then(at)
            thing = then.get(area) or then.thing_of(area)
            found = None
            if thing is not None and then.parties:
                try:
                    told = [one for kind in GROUND for one in _read(then.of_kind(kind))]
                    gathered = gathering.gather(sorted(told, key=lambda one: one.ref), thing.ref, then.parties, at=at)
                    cell_of(gathered.ring)
                    found = replace(gathered, at=0, events=(), unplaced=0)
                except Refused:
                    found = None
            self._inputs[area, at] = found
        return self._inputs[area, at]

    def _refs(self, inputs: Inputs, party: str | None, at: int) -> tuple[str, ...]:
        grid = frame.frame_of(inputs, cell_of(inputs.ring))
        near = frame.near(grid, inputs)
        things = [(one.party, one.ref) for kind in (near.posts, near.patrols, near.bases) for one in kind]
        things += [(one.party, one.ref) for one in near.released]
        things += [(one.party, one.ref) for kind in IDLE for one in self._then(at).of_kind(kind) if _idle(one, grid)]
        rule = [] if inputs.rule.ref is None else [inputs.rule.ref]
        return self._versions([inputs.area, *rule, *(ref for one, ref in things if party in (None, one))], at)

    def _versions(self, refs: Sequence[str], at: int) -> tuple[str, ...]:
        """The very records that stood at an instant."""
        then = self._then(at)
        things = [then.get(ref) for ref in refs]
        return tuple(sorted({one.now.ref for one in things if one is not None}))


class _Ground(Tables):
    """What was told of ground and movements in a node's circles."""

    def __init__(self) -> None:
        super().__init__(KINDS)


@contextmanager
def measures_of(office: Office, circle_id: str) -> Iterator[tuple[Picture, int]]:
    """What rules ask of a circle's picture, and the turn of it; nobody else looks meanwhile."""
    with office.memory.of(_Ground).alone() as tables:
        with office.database.read() as connection:
            found = tables.read(connection, circle_id)
        yield Picture(found.told, office.memory.of(Covers), office.memory.of(Engine)), found.turn


def cell_of(ring: Sequence[tuple[int, int]]) -> float:
    """The side of a cell (m) for an area: always the same for the same ring."""
    for cell in CELLS:
        grid = grids.grid_for(ring, cell)
        if grid.rows * grid.cols <= MOST_CELLS:
            return cell
    return CELLS[-1]


def _counts(inputs: Inputs, cell: float, name: str) -> Counts:
    options = Options(cell=cell)
    grid = frame.frame_of(inputs, cell)
    area = analysis.area_of(grid, inputs.ring)
    number, first = covering.classes_of(frame.near(grid, inputs))
    cover = analysis.cover_at(inputs, Layers(), options, grid, first)

    def by_hour(planes: Sequence[Bits]) -> tuple[int, ...]:
        counted = [int(bits.count(plane & area)) for plane in planes]
        return tuple(counted[kind] for kind in number.tolist())

    classes = range(cover.classes)
    anyone = by_hour([cover.anyone(kind) for kind in classes])
    unsure = by_hour([cover.unsure(kind) for kind in classes])
    party = {
        one: (
            by_hour([cover.covered[place, kind] for kind in classes]),
            by_hour([cover.unknown[place, kind] & ~cover.covered[place, kind] for kind in classes]),
        )
        for place, one in enumerate(inputs.parties)
    }
    text = msgspec.json.encode([name, anyone, unsure, party], order="sorted")
    return Counts(int(bits.count(area)), anyone, unsure, party, hashlib.sha256(text).hexdigest())


def _there(
    inputs: Inputs, party: str | None, grid: Grid, ground: Bits
) -> Iterator[tuple[str, NDArray[np.bool_]]]:  # fmt: skip
    """Posts and patrols in an area, and released cells of it, each with its hours."""
    for post in inputs.posts:
        if party in (None, post.party) and inside(post.place, inputs.ring):
            yield post.ref, _week(post.hours)
    for patrol in inputs.patrols:
        passes = party in (None, patrol.party) and presence.touches(grid, patrol.path, patrol.half_m)
        if passes and (presence.corridor(grid, patrol.path, patrol.half_m) & ground).any():
            yield patrol.ref, _week(patrol.hours)
    for one in inputs.released:
        if party in (None, one.party):
            there = [(covering.released_cover(grid, one, hour).holds & ground).any() for hour in range(HOURS)]
            yield one.ref, np.array(there, bool)


def _week(hours: str) -> NDArray[np.bool_]:
    return np.array([sign == "1" for sign in hours])


def _missing(inputs: Inputs, party: str | None) -> tuple[str, ...]:
    found = ["arrangement"] if inputs.rule.ref is None else []
    for one, based in sorted(inputs.based_on.items()):
        if party in (None, one):
            found += [f"nothing:{one}"] if based.told_nothing else []
            found += [f"coarse:{one}"] if based.coarse else []
            found += [f"withheld:{one}"] if based.withheld else []
    return tuple(found)


def _idle(thing: Thing, grid: Grid) -> bool:
    """Whether a thing is vacated, suspended or closed where it would cover something: that it does not is an answer."""
    body = thing.now.body
    if getattr(body, "status", None) not in IDLE[thing.kind]:
        return False
    if isinstance(body, Patrol):
        path = tuple((lon, lat) for lon, lat in body.path or ())
        return len(path) > 1 and presence.touches(grid, path, (body.width_m or 0) / 2)
    place = getattr(body, "place", None)
    return place is not None and bool(frame.inside(grid, [(place.lon, place.lat)])[0])


def _read(things: Sequence[Thing]) -> Iterator[gathering.Told]:
    for thing in things:
        if thing.now.body is not None:
            yield gathering.Told(thing.ref, thing.party, thing.kind, thing.about, thing.now.said.at, thing.now.body)


def asked_plans(told: Told, look: Look, at: int) -> tuple[AskedPlan, ...]:
    """Who was asked by which plan since when, and when it answered, from everything that was told.

    One is asked no earlier than one had something there to be asked for; what came to be after a plan was over is not
    asked.
    """
    before = Told([_while_it_stood(one) for one in told.things], told.parties, told.held, told.heard)
    found = []
    for plan in states(before, look, at).plans:
        thing = told.get(plan.ref)
        if plan.ask == "inform" or thing is None:
            continue
        over = _over(thing, plan)
        for party in plan.parties:
            if party.why == (UNASKED,):
                continue
            since = max(party.asked_at, _something_there(before, party))
            if over is None or since < over:
                answered = None if party.given.word == "silent" else party.given.at
                refs = (f"{plan.party}/{plan.revision}", *([party.given.ref] if party.given.ref else []))
                found.append(AskedPlan(plan.ref, party.party, since, answered, over, refs))
    return tuple(sorted(found, key=lambda one: (one.asked_at, one.plan, one.party)))


def _while_it_stood(thing: Thing) -> Thing:
    """An activity without its ending: whom it asked is looked up as it was before."""
    if thing.kind != "activity":
        return thing
    kept = tuple(one for one in thing.versions if not _ends(one))
    if not kept or len(kept) == len(thing.versions):
        return thing
    return Thing(thing.ref, thing.party, thing.kind, thing.about, kept)


def _ends(version: Version) -> bool:
    body = body_of(version, Activity)
    return body is not None and body.status in ENDED


def _over(thing: Thing, plan: Plan) -> int | None:
    ended = next((one.said.at for one in thing.versions if _ends(one)), None)
    times = [one for one in (ended, plan.to) if one is not None]
    return min(times, default=None)


def _something_there(told: Told, party: Party) -> int:
    """Since when (ms) there is anything of a party's that a plan touches; 0 where it was asked by name."""
    things = [told.get(ref) for ref in party.why]
    if any(one is None for one in things):
        return 0
    return min((one.versions[0].said.at for one in things if one is not None), default=0)
