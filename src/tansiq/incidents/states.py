"""Reported, corroborated, verified, investigated: four states of an event with four permissions.

Reported: any one side, by its own word. Corroborated: both sides say that their reports are of one event, and the
reports do not come from one source. Verified: a finding by a facilitator, or by a side with the assent of all others.
Investigated: after that, a finding to which all sides and, where one takes part, a facilitator assent. A finding counts
once it names an action, a place, a number and a date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from tansiq.errors import Conflict
from tansiq.incidents.circular import Origins
from tansiq.picture.consents import latest_consent
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kind import kind_named
from tansiq.records.kinds.finding import Finding

State = Literal["reported", "corroborated", "verified", "investigated"]
Step = Literal["verified", "investigated"]
Name = Literal["action", "place", "number", "date"]
By = Literal["one_side", "both_sides", "facilitator_or_all_sides", "all_sides_and_facilitator"]
Why = Literal[
    "not_named",
    "waits_for_others",
    "declined",
    "not_entitled",
    "not_verified_yet",
    "withdrawn",
]
"""Why a finding does not count (yet)."""


class Permission(Struct, frozen=True):
    """Who moves an event into a state, and by what act an officer does (terms of reference say which roles may)."""

    by: By
    act: Literal["send", "confirm", "verify", "investigate"]


PERMISSIONS: Final[Mapping[State, Permission]] = {
    "reported": Permission("one_side", "send"),
    "corroborated": Permission("both_sides", "confirm"),
    "verified": Permission("facilitator_or_all_sides", "verify"),
    "investigated": Permission("all_sides_and_facilitator", "investigate"),
}


class Assent(Struct, frozen=True):
    """A party's latest word on the very record of a finding."""

    party: str
    verdict: str
    said: int
    reason: str | None = None


class FindingView(Struct, frozen=True):
    """A finding and since when (ms) it counts; `why` it does not, `waits_for` whom, `missing` what it does not name.

    `closed_unnamed`: its author said that it is closed and it does not name all four, so it stands open.
    """

    ref: str
    party: str
    revision: str
    about: str
    step: Step
    said: int
    status: Literal["open", "closed", "withdrawn"]
    body: Finding
    missing: tuple[Name, ...]
    counted: int | None
    why: Why | None
    waits_for: tuple[str, ...]
    assents: tuple[Assent, ...]
    closed_unnamed: bool = False


class Standing(Struct, frozen=True):
    """The state of an event; `held_by` says why it is not corroborated though both sides joined it: one source."""

    state: State
    circular: bool
    findings: tuple[FindingView, ...]


def standing(
    told: Told, refs: Collection[str], owners: Collection[str], sources: Origins, facilitators: Sequence[str]
) -> Standing:
    """How an event stands of which these are the reports, joined by the word of their `owners`."""
    joined = len(set(owners)) > 1
    circular = joined and len(sources.groups) < 2
    things = [one for ref in refs for one in told.about("finding", ref)]
    verified = _views(told, things, "verified", facilitators, verified=False)
    is_verified = any(one.counted is not None for one in verified)
    investigated = _views(told, things, "investigated", facilitators, verified=is_verified)
    state: State = "reported"
    if is_verified:
        state = "investigated" if any(one.counted is not None for one in investigated) else "verified"
    elif joined and not circular:
        state = "corroborated"
    return Standing(state, circular, tuple(sorted((*verified, *investigated), key=lambda one: (one.said, one.ref))))


def _views(
    told: Told, things: Iterable[Thing], step: Step, facilitators: Sequence[str], *, verified: bool
) -> list[FindingView]:
    found = []
    for thing in things:
        body = body_of(thing.now, Finding)
        if body is not None and body.step == step:
            found.append(_view(told, thing, body, facilitators, verified=verified))
    return found


def _view(told: Told, thing: Thing, body: Finding, facilitators: Sequence[str], *, verified: bool) -> FindingView:
    step: Step = body.step or "verified"
    given = {one.party: one for one in _assents(told, thing, facilitators)}
    missing = missing_in(body)
    why: Why | None = None
    sides = [one for one in told.parties if one not in facilitators]
    entitled = thing.party in sides or thing.party in facilitators
    waits = _needed(thing.party, step, sides, facilitators, given)
    if body.status == "withdrawn":
        why = "withdrawn"
    elif not entitled:
        why = "not_entitled"
    elif any(given[one].verdict == "declined" for one in waits if one in given):
        why = "declined"
    elif missing:
        why = "not_named"
    elif waits:
        why = "waits_for_others"
    elif step == "investigated" and not verified:
        why = "not_verified_yet"
    unnamed = body.status == "closed" and bool(missing)
    counted = None if why else max([thing.now.said.at, *(one.said for one in given.values())])
    return FindingView(
        thing.ref,
        thing.party,
        thing.now.said.id,
        thing.about or "",
        step,
        thing.versions[0].said.at,
        "open" if unnamed else body.status or "open",
        body,
        missing,
        counted,
        why,
        tuple(waits) if why not in ("withdrawn", "not_entitled") else (),
        tuple(given.values()),
        unnamed,
    )


def _needed(
    author: str, step: Step, sides: Sequence[str], facilitators: Sequence[str], given: Mapping[str, Assent]
) -> list[str]:
    """Whose assent is still missing."""
    accepted = {party for party, one in given.items() if one.verdict == "accepted"} | {author}
    if step == "verified" and (author in facilitators or accepted & set(facilitators)):
        return []
    waits = [one for one in sides if one not in accepted]
    if step == "investigated" and facilitators and not accepted & set(facilitators):
        waits.append(facilitators[0])
    return waits


def _assents(told: Told, thing: Thing, facilitators: Sequence[str]) -> list[Assent]:
    found = []
    for party in dict.fromkeys((*told.parties, *facilitators)):
        latest = None if party == thing.party else latest_consent(told, party, thing.ref, thing.now)
        if latest is not None and latest[1].verdict is not None:
            found.append(Assent(party, latest[1].verdict, latest[0].said.at, latest[1].reason))
    return found


def missing_in(body: Finding) -> tuple[Name, ...]:
    """What a finding does not name and must name to be closed."""
    action = body.action
    named: dict[Name, bool] = {
        "action": action is not None and any(map(_says, (action.en, action.ar, action.ckb))),
        "place": body.place is not None,
        "number": _says(body.number),
        "date": body.date is not None,
    }
    return tuple(name for name, there in named.items() if not there)


def _says(text: str | None) -> bool:
    """Whether there is a letter or a figure in it: dots and blanks name nothing."""
    return text is not None and any(map(str.isalnum, text))


def check_closed(fields: Mapping[str, Any], ref: str) -> None:
    """Refuse (`incidents.cannot_close`) the fields of a finding that would stand closed and does not name all four."""
    body = kind_named("finding").read({name: value for name, value in fields.items() if value is not None})
    if isinstance(body, Finding) and body.status == "closed" and (missing := missing_in(body)):
        raise Conflict("incidents.cannot_close", ref=ref[:80], unnamed=", ".join(missing))
