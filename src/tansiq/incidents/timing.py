"""How soon each side told of incidents, by the same yardstick: first report, amplifying report, daily summary.

Counted from when a side says that it knew of it, else from when it says that it happened; the earliest that any version
of its report states, so that a correction moves no clock. What was told by telephone counts for the side that told it.
Minutes come from the terms of reference that were in force as far as the author of
the first report had seen; without terms, fifteen minutes and two hours hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median_low
from typing import Final, Literal

from msgspec import Struct

from tansiq.incidents.account import MINUTE_MS, incident_of, owner
from tansiq.picture.terms import NO_TERMS, InForce, Rule, in_force
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.incident import Incident

Stage = Literal["first", "amplifying"]
DEFAULT_MINUTES: Final[dict[Stage, int]] = {"first": 15, "amplifying": 120}


class Clock(Struct, frozen=True):
    """A report that was due: when (ms), when it was said, None where it was not, how late (minutes), by which rule."""

    stage: Stage
    due: int
    said: int | None
    late_by: int
    rule: Rule


class Timed(Struct, frozen=True):
    """An incident of a side: since when the clocks run, and whether that is when it knew or when it happened."""

    ref: str
    party: str
    entered_by: str
    since: int
    since_known: bool
    clocks: tuple[Clock, ...]


class Side(Struct, frozen=True):
    """A side's figures: of so many due, how many in time, late, missing; the middle of the minutes that it took."""

    party: str
    stage: Stage
    due: int
    in_time: int
    late: int
    missing: int
    median_minutes: int | None


def minutes_for(terms: InForce, stage: Stage) -> tuple[int, Rule]:
    """Within how many minutes a report is told, and the rule that says so."""
    for number, rule in enumerate(terms.body.reporting or []):
        if rule.stage == stage:
            return rule.minutes, terms.rule("reporting", number)
    return DEFAULT_MINUTES[stage], Rule("reporting")


def timed(told: Told, terms_by: TermsBy, start: int, end: int) -> list[Timed]:
    """The incidents whose clocks began in a time (ms), the oldest first, as they stand at its end."""
    found = []
    for thing in told.of_kind("incident"):
        body = incident_of(thing)
        if body is None:
            continue
        since, known = _since(thing)
        if start <= since < end:
            clocks = tuple(_clock(thing, stage, since, end, terms_by) for stage in DEFAULT_MINUTES)
            found.append(Timed(thing.ref, owner(thing, body), thing.party, since, known, clocks))
    return sorted(found, key=lambda one: (one.since, one.ref))


def sides(incidents: Iterable[Timed], parties: Sequence[str], at: int) -> list[Side]:
    """The figures of every side, of those that told of nothing too. What is not due yet (ms) is not counted."""
    told = list(incidents)
    return [_side(told, party, stage, at) for party in sorted(parties) for stage in DEFAULT_MINUTES]


class TermsBy:
    """The terms that hold for a version, each asked for once."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._alone = not told.of_kind("terms")

    def of(self, version: Version) -> InForce:
        """The terms in force as far as its author had seen."""
        return NO_TERMS if self._alone else in_force(self._told, version)


def _since(thing: Thing) -> tuple[int, bool]:
    said = thing.versions[0].said.at
    bodies = [body for version in thing.versions if (body := body_of(version, Incident)) is not None]
    known = [body.known_at for body in bodies if body.known_at is not None]
    if known:
        return min([*known, said]), True
    # a day is no clock: what is only told by the day or the hour counts from when it was said
    exact = [body.when.from_ for body in bodies if body.when is not None and body.when_precision in (None, "minute")]
    return min([*exact, said]), False


def _clock(thing: Thing, stage: Stage, since: int, at: int, terms_by: TermsBy) -> Clock:
    minutes, rule = minutes_for(terms_by.of(thing.versions[0]), stage)
    due = since + minutes * MINUTE_MS
    said = thing.versions[0].said.at if stage == "first" else _amplified(thing)
    late = max(0, (at if said is None else said) - due) // MINUTE_MS
    return Clock(stage, due, said, late, rule)


def _amplified(thing: Thing) -> int | None:
    """When more was told: the first version of a later stage, or one that states more than the first report."""
    for number, version in enumerate(thing.versions):
        body = version.body
        if isinstance(body, Incident) and (number > 0 or body.stage in ("amplifying", "final")):
            return version.said.at
    return None


def _side(told: Sequence[Timed], party: str, stage: Stage, at: int) -> Side:
    clocks = [(one, clock) for one in told if one.party == party for clock in one.clocks if clock.stage == stage]
    due = [(one, clock) for one, clock in clocks if clock.said is not None or clock.due <= at]
    said = [(clock.said - one.since) // MINUTE_MS for one, clock in due if clock.said is not None]
    in_time = sum(clock.said is not None and clock.said <= clock.due for _, clock in due)
    late = sum(clock.said is not None and clock.said > clock.due for _, clock in due)
    middle = median_low(said) if said else None
    return Side(party, stage, len(due), in_time, late, len(due) - in_time - late, middle)
