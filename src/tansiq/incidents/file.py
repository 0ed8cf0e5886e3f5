"""The two-sided file of an event: each side's account beside the other's, field by field, and nothing merged away.

A field is agreed where what both state can be true of one thing within what each says of its own accuracy, in dispute
where it cannot, one-sided where one only states it, unknown where none does. `common` is then what both state: the
part that is in both. What a side states in a field is what the last of its reports of the event says that says anything
of it; its earlier ones and every version stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from tansiq.geo.apart import metres_apart
from tansiq.incidents.account import MINUTE_MS, incident_of, owner, place_of, time_of
from tansiq.incidents.circular import Origins, origins
from tansiq.incidents.states import FindingView, State, standing
from tansiq.incidents.words import Spoken, joined, spoken
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.grading import Grading
from tansiq.records.kinds.incident import Incident

TOLERANCE_MS: Final = 10 * MINUTE_MS
"""Clocks of two sides do not run alike."""

FieldName = Literal["category", "place", "when", "killed", "wounded", "over"]
Agreement = Literal["agreed", "disputed", "one_side", "unknown"]


class Says(Struct, frozen=True):
    """What a side states in a field; None where it does not. `coarse` says that it told a square or an hour."""

    party: str
    value: Any
    coarse: bool = False


class FieldRow(Struct, frozen=True):
    """One field: how it stands, what each side says, what both state, and how far apart they are (m or minutes)."""

    field: FieldName
    standing: Agreement
    says: tuple[Says, ...]
    common: Any = None
    apart: int | None = None


class Grade(Struct, frozen=True):
    """How a party grades a report: of its own by the report, of another's by a grading."""

    party: str
    ref: str
    source: str | None
    info: int | None
    said: int
    reason: str | None = None


class Edition(Struct, frozen=True):
    """A version of a report: which fields it changed against the one before it."""

    revision: str
    at: int
    changed: tuple[str, ...]


class AccountView(Struct, frozen=True):
    """One report as told, with its versions, oldest first; `party` is whose it is, `entered_by` who wrote it."""

    ref: str
    party: str
    entered_by: str
    said: int
    fields: dict[str, Any]
    editions: tuple[Edition, ...]
    files: int
    grades: tuple[Grade, ...]


class IncidentFile(Struct, frozen=True):
    """An event: its reports, its state, the fields side by side, what was said of its reports being one event.

    `confirmed_by` are the sides that said so and had seen every report of the others as it stands; `changed_since`
    those that said so before a report changed.
    """

    refs: tuple[str, ...]
    state: State
    circular: bool
    sides: tuple[str, ...]
    accounts: tuple[AccountView, ...]
    rows: tuple[FieldRow, ...]
    sources: Origins
    findings: tuple[FindingView, ...]
    words: tuple[Spoken, ...]
    confirmed_by: tuple[str, ...]
    changed_since: tuple[str, ...]


class Book(Struct, frozen=True):
    """What was said of reports of a circle: to be made once for as long as nothing comes."""

    spoken: dict[tuple[str, str], Spoken]
    joined: dict[str, tuple[str, ...]]


def book(told: Told) -> Book:
    """Every word on reports being of one event."""
    said = spoken(told)
    return Book(said, joined(said.values()))


def incident_file(told: Told, ref: str, made: Book, facilitators: Sequence[str]) -> IncidentFile | None:
    """The file of the event that a report is of; None where it is no report, or was erased."""
    refs = made.joined.get(ref, (ref,))
    things = [thing for one in refs if (thing := told.get(one)) is not None and incident_of(thing) is not None]
    if ref not in {one.ref for one in things}:
        return None
    latest = _latest(things)
    sources = origins(things)
    stands = standing(told, refs, latest, sources, facilitators)
    words = [one for key, one in sorted(made.spoken.items()) if key[0] in refs or key[1] in refs]
    sides = tuple(sorted({*latest, *(one for one in told.parties if one not in facilitators)}))
    inside = [one for one in words if one.one in refs and one.other in refs]
    same = {word.party for one in inside for word in one.words if word.word == "same" and word.party in latest}
    stale = {word.party for one in inside for word in one.words if word.unseen and word.party in latest}
    return IncidentFile(
        tuple(one.ref for one in things),
        stands.state,
        stands.circular,
        sides,
        tuple(_account(told, thing) for thing in sorted(things, key=lambda one: (one.versions[0].said.at, one.ref))),
        tuple(_row(name, sides, latest) for name in _COMPARED),
        sources,
        stands.findings,
        tuple(words),
        tuple(sorted(same - stale)),
        tuple(sorted(stale)),
    )


_ONE_FIELD: Final = (
    (("category",), ()),
    (("place", "place_coarse"), ()),
    (("when", "when_coarse"), ("when_precision",)),
    (("killed",), ()),
    (("wounded",), ()),
    (("over",), ()),
)
"""What is stated together, and what only says how exact it is."""


def _latest(things: Sequence[Thing]) -> dict[str, Incident]:
    """What each side states: in each field the report that was last said or changed of those that state it."""
    found: dict[str, dict[str, Any]] = {}
    for thing in sorted(things, key=lambda one: (one.now.said.at, one.ref)):
        body = incident_of(thing)
        if body is not None:
            states = found.setdefault(owner(thing, body), {})
            for names, exactness in _ONE_FIELD:
                if any(getattr(body, name) is not None for name in names):
                    states.update({name: getattr(body, name) for name in (*names, *exactness)})
    return {party: Incident(**states) for party, states in sorted(found.items())}


def _account(told: Told, thing: Thing) -> AccountView:
    body = incident_of(thing) or Incident()
    own = Grade(thing.party, thing.ref, body.source_grade, body.info_grade, thing.now.said.at)
    return AccountView(
        thing.ref,
        owner(thing, body),
        thing.party,
        thing.versions[0].said.at,
        msgspec.to_builtins(body),
        _editions(thing),
        len({digest for one in thing.versions for digest in one.said.blobs}),
        (own, *_gradings(told, thing)),
    )


def _gradings(told: Told, thing: Thing) -> list[Grade]:
    """The latest of each receiver."""
    found: dict[str, Grade] = {}
    for one in sorted(told.about("grading", thing.ref), key=lambda one: (one.now.said.at, one.ref)):
        body = body_of(one.now, Grading)
        if body is not None and one.party != thing.party:
            found[one.party] = Grade(
                one.party, one.ref, body.source_grade, body.info_grade, one.now.said.at, body.reason
            )
    return [found[party] for party in sorted(found)]


def _editions(thing: Thing) -> tuple[Edition, ...]:
    before: dict[str, Any] = {}
    found = []
    for version in thing.versions:
        fields = {} if version.body is None else msgspec.to_builtins(version.body)
        changed = sorted(name for name in {*fields, *before} if fields.get(name) != before.get(name))
        found.append(Edition(version.said.id, version.said.at, tuple(changed)))
        before = fields
    return tuple(found)


def _row(name: FieldName, sides: Sequence[str], latest: Mapping[str, Incident]) -> FieldRow:
    says = tuple(_COMPARED[name][0](party, latest.get(party)) for party in sides)
    stated = [one.value for one in says if one.value is not None]
    if not stated:
        return FieldRow(name, "unknown", says)
    if len(stated) == 1:
        return FieldRow(name, "one_side", says)
    common, apart = _COMPARED[name][1](stated)
    return FieldRow(name, "disputed" if common is None else "agreed", says, common, apart)


def _plain(name: str) -> Callable[[str, Incident | None], Says]:
    def says(party: str, body: Incident | None) -> Says:
        return Says(party, None if body is None else msgspec.to_builtins(getattr(body, name)))

    return says


def _place(party: str, body: Incident | None) -> Says:
    lat, lon, radius, coarse = (None, None, 0, False) if body is None else place_of(body)
    return Says(party, None if lat is None else {"lat": lat, "lon": lon, "accuracy": radius}, coarse)


def _when(party: str, body: Incident | None) -> Says:
    start, end = (None, None) if body is None else time_of(body)
    coarse = body is not None and body.when is None
    return Says(party, None if start is None else {"from": start, "to": end}, coarse and start is not None)


Met = tuple[Any, int | None]
"""What all state, None where they cannot all be right, and how far apart they are."""


def _alike(stated: Sequence[Any]) -> Met:
    return (stated[0] if all(one == stated[0] for one in stated) else None), None


def _places_meet(stated: Sequence[Any]) -> Met:
    apart, fits = 0.0, True
    for at, one in enumerate(stated):
        for other in stated[at + 1 :]:
            metres = metres_apart(one["lat"], one["lon"], other["lat"], other["lon"])
            apart = max(apart, metres)
            fits = fits and metres <= one["accuracy"] + other["accuracy"]
    return (min(stated, key=lambda one: int(one["accuracy"])) if fits else None), round(apart)


def _times_meet(stated: Sequence[Any]) -> Met:
    start, end = max(one["from"] for one in stated), min(one["to"] for one in stated)
    gap = max(0, start - end)
    common = {"from": min(start, end), "to": max(start, end)} if gap <= TOLERANCE_MS else None
    return common, gap // MINUTE_MS


def _counts_meet(stated: Sequence[Any]) -> Met:
    least, most = max(one["min"] for one in stated), min(one["max"] for one in stated)
    return ({"min": least, "max": most} if least <= most else None), max(0, least - most)


_COMPARED: Final[Mapping[FieldName, tuple[Callable[[str, Incident | None], Says], Callable[[Sequence[Any]], Met]]]] = {
    "category": (_plain("category"), _alike),
    "when": (_when, _times_meet),
    "place": (_place, _places_meet),
    "killed": (_plain("killed"), _counts_meet),
    "wounded": (_plain("wounded"), _counts_meet),
    "over": (_plain("over"), _alike),
}
