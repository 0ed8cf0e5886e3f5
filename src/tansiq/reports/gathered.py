"""What several reports count alike: events with all their accounts, plans and answers, access, what was not seen.

Facts only: whole numbers, references and times, and the names that records give themselves. No language is chosen here,
so that one digest stands for the same report in every language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from tansiq.movements.look import Look
from tansiq.movements.states import Movements, states
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.denial import Denial
from tansiq.records.kinds.incident import Incident
from tansiq.records.kinds.log import LogEntry
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.values import Cell, Count, Place
from tansiq.reports.cutoff import MINUTE_MS, Window, changed_in, first_said

FORMAT: Final = "tansiq-report/1"
OTHER: Final = "other"
Facts = TypeVar("Facts", bound=Struct)


class Spot(Struct, frozen=True):
    """Where something is: degrees × 10⁷ and a radius (metres) in which it lies. Coarse: the middle of a grid square."""

    lon: int
    lat: int
    accuracy: int
    coarse: bool = False


class Range(Struct, frozen=True):
    """From the least to the most that any account gives; `unknown` accounts give no number."""

    least: int
    most: int
    unknown: int = 0


class Event(Struct, frozen=True):
    """One event with the accounts of all who told of it; `refs` are the first records of each.

    `at` (ms) is when it began by the earliest account; only the day counts of it unless `minute`.
    """

    refs: tuple[str, ...]
    parties: tuple[str, ...]
    said: int
    at: int | None
    minute: bool
    category: str
    names: dict[str, str]
    spot: Spot | None
    killed: Range
    wounded: Range


class Entry(Struct, frozen=True):
    """A line of the log, a denial, a suspension: when it was said, by whom, what it is called."""

    ref: str
    party: str
    said: int
    at: int | None
    kind: str
    names: dict[str, str]


class Tally(Struct, frozen=True):
    """So many now, so many in the time before, and the records of both."""

    name: str
    now: int
    before: int
    refs: tuple[str, ...]
    refs_before: tuple[str, ...] = ()


class Ask(Struct, frozen=True):
    """What a party was asked by one plan: its word, and after how many minutes it came; None where it is missing."""

    plan: str
    party: str
    word: str
    minutes: int | None
    late_minutes: int
    ref: str | None


class PlanFact(Struct, frozen=True):
    """A plan as it stood at the cut-off."""

    ref: str
    party: str
    names: dict[str, str]
    activity: str | None
    state: str
    from_: int | None
    announced: int
    late_minutes: int
    asks: tuple[Ask, ...]


class Met(Struct, frozen=True):
    """Two plans that meet; `open` while a word is missing."""

    plans: tuple[str, str]
    parties: tuple[str, str]
    from_: int
    to: int
    open: bool


class Heard(Struct, frozen=True):
    """How much of a party the report rests on: records that count here, and when it spoke last (ms)."""

    party: str
    records: int
    last: int | None
    ref: str | None = None
    """The record with which it spoke last."""


class Unseen(Struct, frozen=True):
    """What could not be seen: who was silent, plans and events without a place, things erased, plans not all seen."""

    silent: tuple[str, ...]
    placeless: tuple[str, ...]
    coarse: tuple[str, ...]
    erased: tuple[str, ...]
    incomplete: tuple[str, ...]


def digest(facts: Struct) -> str:
    """SHA-256 (hex) over the facts of a common part: two nodes that hold the same records come to the same."""
    return hashlib.sha256(msgspec.json.encode([FORMAT, facts], order="deterministic")).hexdigest()


def names_in(thing: Thing) -> dict[str, str]:
    """The name that a record gives itself, by language; the beginning of its text where it has none."""
    body = thing.now.body
    names = getattr(body, "names", None) or getattr(body, "title", None)
    found = {} if names is None else {key: text for key, text in msgspec.to_builtins(names).items() if text}
    text = getattr(body, "text", None) or getattr(body, "reason", None)
    if not found and isinstance(text, str):
        found[getattr(body, "lang", None) or "en"] = text[:160]
    return found


def events(told: Told) -> list[Event]:
    """Every event, oldest first: accounts that are about each other are of one event."""
    clusters: dict[str, list[Thing]] = {}
    for thing in told.of_kind("incident"):
        clusters.setdefault(_root(told, thing), []).append(thing)
    found = [_event(sorted(things, key=lambda one: (first_said(one), one.ref))) for things in clusters.values()]
    return sorted(found, key=lambda one: (one.said, one.refs))


def _root(told: Told, thing: Thing) -> str:
    seen = [thing.ref]
    while thing.about is not None:
        other = told.thing_of(thing.about)
        if other is None or other.kind != "incident":
            break
        if other.ref in seen:
            return min(seen)
        seen.append(other.ref)
        thing = other
    return thing.ref


def _event(things: Sequence[Thing]) -> Event:
    bodies = [body for thing in things if (body := body_of(thing.now, Incident)) is not None]
    spots = [spot for body in bodies if (spot := _spot(body.place, body.place_coarse)) is not None]
    times = [when.from_ for body in bodies if (when := body.when or body.when_coarse) is not None]
    return Event(
        tuple(thing.ref for thing in things),
        tuple(sorted({thing.party for thing in things})),
        min(first_said(thing) for thing in things),
        min(times, default=None),
        all(body.when_precision in (None, "minute") for body in bodies),
        next((body.category for body in bodies if body.category), OTHER),
        next((names for thing in things if (names := names_in(thing))), {}),
        min(spots, key=lambda one: (one.coarse, one.accuracy), default=None),
        _range([body.killed for body in bodies]),
        _range([body.wounded for body in bodies]),
    )


def _spot(place: Place | None, coarse: Cell | None) -> Spot | None:
    if place is not None:
        return Spot(place.lon, place.lat, place.accuracy)
    # half a diagonal: a circle that holds the whole square
    return None if coarse is None else Spot(coarse.lon, coarse.lat, coarse.size * 707 // 1000, coarse=True)


def _range(counts: Sequence[Count | None]) -> Range:
    given = [one for one in counts if one is not None]
    if not given:
        return Range(0, 0, len(counts))
    return Range(min(one.min for one in given), max(one.max for one in given), len(counts) - len(given))


def total(ranges: Iterable[Range]) -> Range:
    """Ranges of different events added up."""
    least = most = unknown = 0
    for one in ranges:
        least, most, unknown = least + one.least, most + one.most, unknown + (one.unknown > 0 and one.most == 0)
    return Range(least, most, unknown)


def in_window(found: Iterable[Event], window: Window) -> list[Event]:
    """Events that were told first in a window."""
    return [one for one in found if window.holds(one.said)]


def by_category(found: Sequence[Event], window: Window) -> tuple[Tally, ...]:
    """Events of a window by category against as long a time before."""
    now, before = in_window(found, window), in_window(found, window.before)
    names = sorted({one.category for one in (*now, *before)})
    return tuple(
        Tally(
            name,
            sum(one.category == name for one in now),
            sum(one.category == name for one in before),
            tuple(ref for one in now if one.category == name for ref in one.refs),
            tuple(ref for one in before if one.category == name for ref in one.refs),
        )
        for name in names
    )


def supplemented(told: Told, window: Window) -> tuple[str, ...]:
    """Events and log entries from before of which more was told, or which were corrected, in a window."""
    return tuple(
        one.ref for kind in ("incident", "log") for one in told.of_kind(kind) if changed_in(one, window)
    )  # fmt: skip


def entries(told: Told, kind: str, window: Window) -> tuple[Entry, ...]:
    """Things of a kind that were said first in a window, oldest first."""
    found = [_entry(thing) for thing in told.of_kind(kind) if window.holds(first_said(thing))]
    return tuple(sorted(found, key=lambda one: (one.said, one.ref)))


def _entry(thing: Thing) -> Entry:
    body = thing.now.body
    when = getattr(body, "when", None) or getattr(body, "when_coarse", None)
    kind: str
    if isinstance(body, Denial):
        kind = body.level or "unknown"
    elif isinstance(body, Suspension):
        kind = body.status or "suspended"
    elif isinstance(body, LogEntry):
        kind = body.category or "entry"
    else:
        kind = thing.kind
    return Entry(thing.ref, thing.party, first_said(thing), None if when is None else when.from_, kind, names_in(thing))


def movements(told: Told, look: Look, at: int) -> Movements:
    """How all plans stood at a time (ms)."""
    return states(told, look, at)


def plans(told: Told, stand: Movements, window: Window) -> tuple[PlanFact, ...]:
    """Plans announced in a window, as they stood at its end, in the order in which they were announced."""
    found = []
    for plan in stand.plans:
        thing = told.get(plan.ref)
        if thing is None or not window.holds(plan.announced_at):
            continue
        asks = tuple(
            Ask(
                plan.ref,
                one.party,
                one.given.word,
                None if one.given.at is None else max(0, (one.given.at - one.asked_at) // MINUTE_MS),
                one.late_minutes,
                one.given.ref,
            )
            for one in plan.parties
            if one.why != ("unasked",)
        )
        found.append(
            PlanFact(
                plan.ref,
                plan.party,
                names_in(thing),
                plan.activity,
                plan.state,
                plan.from_,
                plan.announced_at,
                plan.late_minutes,
                asks,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.announced, one.ref)))


def meetings_of_plans(stand: Movements, announced: Iterable[str]) -> tuple[Met, ...]:
    """Collisions that were not over at the cut-off, and those of plans announced in the window."""
    new = set(announced)
    return tuple(
        Met(one.plans, one.parties, one.from_, one.to, not one.settled)
        for one in sorted(stand.collisions, key=lambda one: (one.from_, one.id))
        if not one.over or new.intersection(one.plans)
    )


def heard_of(told: Told) -> tuple[Heard, ...]:
    """How much of each party there was at the cut-off."""
    found = []
    for party in told.parties:
        things = [thing for thing in told.things if thing.party == party]
        said = [(version.said.at, version.ref) for thing in things for version in thing.versions]
        last, ref = max(said, default=(None, None))
        found.append(Heard(party, len(said), last, ref))
    return tuple(found)


def unseen(told: Told, stand: Movements, found: Sequence[Event], window: Window) -> Unseen:
    """What a reader must know is missing. A standing section, also where nothing is."""
    spoke = {
        thing.party for thing in told.things for one in thing.versions if window.holds(one.said.at)
    }  # fmt: skip
    new = in_window(found, window)
    return Unseen(
        tuple(party for party in told.parties if party not in spoke),
        (
            *(ref for one in new if one.spot is None for ref in one.refs),
            *(plan.ref for plan in stand.plans if not plan.placed and window.holds(plan.announced_at)),
        ),
        tuple(ref for one in new if one.spot is not None and one.spot.coarse for ref in one.refs),
        tuple(thing.ref for thing in told.things if any(one.said.erased for one in thing.versions)),
        tuple(plan.ref for plan in stand.plans if plan.missing),
    )
