"""Commitments at a desk: how all stand, one with its curve and causes, the kept-promise record of every side.

Worked out as of an instant from what the circle was told, and kept for the same turn: nothing of it is stored.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.accord.causes import Cause, causes
from tansiq.accord.commitments import DayState, Evaluation, Promise, evaluate, history, promise
from tansiq.accord.days import HOUR_MS, MINUTE_MS
from tansiq.accord.past import as_it_stood
from tansiq.accord.record import KeptRecord, kept_record
from tansiq.accord.triggers import Confirmed, confirmed
from tansiq.desk.accord_board import Table, exercise_end, table_of
from tansiq.desk.accord_measures import Picture, measures_of
from tansiq.desk.gaps import compile_engine
from tansiq.desk.office import Office, circle_named
from tansiq.errors import NotFound
from tansiq.kernels import is_compiled
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.commitment import AreaCovered, Commitment

KEPT: Final = 64
MOST_TURNS: Final = 200
KERNELS: Final = "tansiq.gaps.warm"


class Turned(Struct, frozen=True):
    """A commitment whose state was another at the full hour before (ms)."""

    ref: str
    before: str | None
    after: str | None
    at: int


class Cited(Struct, frozen=True):
    """A record that an answer was drawn from: the thing of which it is a version, who said it, what it is called."""

    ref: str
    thing: str
    kind: str
    party: str
    said: int
    names: dict[str, str]


class PromiseView(Struct, frozen=True):
    """A commitment as it stands, with its words as told (`fields` of the version that counts)."""

    promise: Promise
    fields: dict[str, Any]
    names: dict[str, str]


class Overview(Struct, frozen=True):
    """All commitments and triggers of a circle at an instant (ms). `turned` are changes at full hours, newest first."""

    at: int
    circle: str
    exercise: bool
    digest: str
    sides: tuple[str, ...]
    facilitators: tuple[str, ...]
    promises: list[PromiseView]
    triggers: list[Confirmed]
    turned: list[Turned]


class OnePromise(Struct, frozen=True):
    """One commitment with its days, the chain of its causes, the trigger of its clock, and the records behind it."""

    at: int
    view: PromiseView
    days: list[DayState]
    causes: tuple[Cause, ...]
    trigger: Confirmed | None
    cited: list[Cited]


class Evaluations:
    """What was worked out and still holds, and what turned at full hours, by circle."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int, int], Evaluation] = OrderedDict()
        self._hours: dict[str, tuple[int, dict[str, str | None]]] = {}
        self._turned: dict[str, list[Turned]] = {}

    def kept(self, key: tuple[str, int, int, int]) -> Evaluation | None:
        """What was worked out for a circle, the turns of its tables and an instant."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: tuple[str, int, int, int], found: Evaluation) -> None:
        """Keep it for the next question."""
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def hour(self, circle: str, found: Evaluation) -> list[Turned]:
        """Note the states of a full hour; answers what turned since the one before."""
        states: dict[str, str | None] = {one.ref: one.state for one in found.promises}
        with self._lock:
            before = self._hours.get(circle)
            if before is not None and before[0] >= found.at:
                return []
            self._hours[circle] = found.at, states
            turned = [
                Turned(ref, before[1].get(ref), state, found.at)
                for ref, state in states.items()
                if before is not None and before[1].get(ref) != state
            ]
            self._turned[circle] = [*turned, *self._turned.get(circle, [])][:MOST_TURNS]
            return turned

    def turned(self, circle: str) -> list[Turned]:
        """What turned at full hours since the node started, newest first."""
        with self._lock:
            return list(self._turned.get(circle, ()))


@contextmanager
def _looking(office: Office, circle_id: str) -> Iterator[tuple[Table, Picture, tuple[int, int]]]:
    _make_ready(office, circle_id)
    with table_of(office, circle_id) as table, measures_of(office, circle_id) as (picture, turn):
        yield table, picture, (table.turn, turn)


def _make_ready(office: Office, circle_id: str, refs: Collection[str] | None = None) -> None:
    """Have the engine of gaps compiled, where a rule (of `refs`, if given) asks it, before anything is held that others
    wait for.
    """
    if is_compiled(KERNELS):
        return
    with table_of(office, circle_id) as table:
        asked = (one for one in table.told.of_kind("commitment") if refs is None or one.ref in refs)
        bodies = [body_of(one.now, Commitment) for one in asked]
    if any(body is not None and isinstance(body.rule, AreaCovered) for body in bodies):
        compile_engine()


def _evaluated(
    office: Office, circle: str, table: Table, picture: Picture, turns: tuple[int, int], at: int
) -> Evaluation:
    kept = office.memory.of(Evaluations)
    key = circle, *turns, at
    found = kept.kept(key)
    if found is None:
        found = evaluate(table.told, table.seats(circle), at, picture)
        kept.keep(key, found)
    return found


def evaluation(office: Office, circle_id: str, at: int | None = None) -> Evaluation:
    """How every commitment of a circle stands at an instant (ms), at the minute that has begun if left out."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle.id
    with _looking(office, circle) as (table, picture, turns):
        return _evaluated(office, circle, table, picture, turns, _instant(office, circle, table, picture, at))


def overview(office: Office, circle_id: str, at: int | None = None) -> Overview:
    """The same with words, triggers and what turned."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
    with _looking(office, circle.id) as (table, picture, turns):
        found = _evaluated(office, circle.id, table, picture, turns, _instant(office, circle.id, table, picture, at))
        seats, then = table.seats(circle.id), as_it_stood(table.told, found.at)
        return Overview(
            found.at,
            circle.id,
            circle.exercise,
            found.digest,
            seats.sides,
            seats.facilitators,
            [_view(then, one) for one in found.promises],
            [confirmed(then, one.ref) for one in then.of_kind("trigger")],
            office.memory.of(Evaluations).turned(circle.id),
        )


def one_promise(office: Office, circle_id: str, ref: str, at: int | None = None, days: int = 30) -> OnePromise:
    """One commitment; refused (`accord.no_commitment`) where nobody had said it by then."""
    with _looking(office, circle_id) as (table, picture, turns):
        with office.database.read() as connection:
            circle = circle_named(connection, circle_id).circle.id
        when = _instant(office, circle, table, picture, at)
        found = _evaluated(office, circle, table, picture, turns, when)
        thing = table.told.get(ref) or table.told.thing_of(ref)
        promise = next((one for one in found.promises if thing is not None and one.ref == thing.ref), None)
        if promise is None:
            raise NotFound("accord.no_commitment", ref=ref[:80])
        seats, then = table.seats(circle), as_it_stood(table.told, when)
        states: dict[str, str | None] = {one.ref: one.state for one in found.promises}
        return OnePromise(
            found.at,
            _view(then, promise),
            history(table.told, seats, promise.ref, when, picture, days),
            causes(then, promise.ref, states),
            None if promise.due.trigger is None else confirmed(then, promise.due.trigger),
            cited(table.told, picture, _behind(promise)),
        )


def kept(office: Office, circle_id: str, at: int | None = None, days: int = 366) -> tuple[KeptRecord, list[Cited]]:
    """The kept-promise record of every side, and the records behind its figures."""
    with _looking(office, circle_id) as (table, picture, turns):
        with office.database.read() as connection:
            circle = circle_named(connection, circle_id).circle.id
        found = _evaluated(office, circle, table, picture, turns, _instant(office, circle, table, picture, at))
        record = kept_record(table.told, table.seats(circle), found, picture, days=days)
        refs = (ref for side in record.sides for figure in side.figures for ref in (*figure.refs, *figure.due_by))
        return record, cited(table.told, picture, refs)


def some_promises(office: Office, circle_id: str, refs: Collection[str], at: int | None = None) -> dict[str, Promise]:
    """How some commitments of a circle stand at an instant (ms), at the minute that has begun if left out.

    Only these are worked out: what the others ask of the picture is not waited for.
    """
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle.id
    _make_ready(office, circle, refs)
    with table_of(office, circle) as table, measures_of(office, circle) as (picture, turn):
        when = _instant(office, circle, table, picture, at)
        kept = office.memory.of(Evaluations).kept((circle, table.turn, turn, when))
        if kept is not None:
            return {one.ref: one for one in kept.promises if one.ref in refs}
        seats = table.seats(circle)
        found = [one for ref in sorted(refs) if (one := promise(table.told, seats, ref, when, picture)) is not None]
        return {one.ref: one for one in found}


def at_full_hour(office: Office, circle_id: str) -> list[Turned]:
    """Work out the full hour that has begun, where the circle has commitments; answers what turned since the last.

    In an exercise that is over no hour begins any more.
    """
    with table_of(office, circle_id) as table:
        if not table.told.of_kind("commitment"):
            return []
    with _looking(office, circle_id) as (table, picture, _):
        if exercise_end(office, circle_id, _newest(table, picture)) is not None:
            return []
    hour = office.clock() // HOUR_MS * HOUR_MS
    return office.memory.of(Evaluations).hour(circle_id, evaluation(office, circle_id, hour))


def cited(told: Told, picture: Picture, refs: Iterable[str]) -> list[Cited]:
    """Records with the things of which they are versions; what is not here is left out."""
    found = []
    for ref in sorted(set(refs)):
        thing = told.thing_of(ref) or picture.thing_of(ref)
        version = None if thing is None else next((one for one in thing.versions if one.ref == ref), None)
        if thing is not None and version is not None:
            found.append(Cited(ref, thing.ref, thing.kind, thing.party, version.said.at, _names(thing)))
    return found


def _instant(office: Office, circle_id: str, table: Table, picture: Picture, at: int | None) -> int:
    """The instant that is asked for; else the minute that has begun, or the newest of what was said if that is later:
    what was said just now counts, and an answer holds for a minute.

    An exercise that is over, and in which nobody said anything since, is read as of its end.
    """
    if at is not None:
        return at
    now, newest = office.clock(), _newest(table, picture)
    over = exercise_end(office, circle_id, newest)
    return max(now // MINUTE_MS * MINUTE_MS, min(newest, now)) if over is None else over


def _newest(table: Table, picture: Picture) -> int:
    return max(picture.newest, max((one.now.said.at for one in table.told.things), default=0))


def _behind(promise: Promise) -> Iterator[str]:
    yield promise.standing.revision
    yield from promise.by
    yield from promise.evidence
    yield from promise.complaints
    if promise.finding is not None:
        yield from promise.finding.refs
        for part in promise.finding.parts:
            yield from part.refs
    for one in (*promise.readings.self_, *promise.readings.other, *promise.readings.facilitator):
        yield one.ref
    for tranche in promise.money.tranches if promise.money is not None else ():
        for word in tranche.words:
            yield word.ref


def _view(told: Told, promise: Promise) -> PromiseView:
    thing = told.get(promise.ref)
    version = (
        None if thing is None else next((one for one in thing.versions if one.ref == promise.standing.revision), None)
    )
    body = None if version is None else body_of(version, Commitment)
    fields: dict[str, Any] = {} if body is None else msgspec.to_builtins(body)
    return PromiseView(promise, fields, {} if thing is None else _names(thing))


def _names(thing: Thing) -> dict[str, str]:
    names = getattr(thing.now.body, "names", None)
    return {} if names is None else {key: text for key, text in msgspec.to_builtins(names).items() if text}
