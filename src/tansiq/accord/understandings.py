"""Understandings: what was agreed in principle, numbered in its body, with the word of every party that it needs.

Nobody hands out the numbers, so two sides may give the same one: that is shown on both and hidden on neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from tansiq.accord.confirmations import Word, waiting, words_on
from tansiq.accord.statements import root_of
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.meeting import Meeting
from tansiq.records.kinds.understanding import Understanding
from tansiq.records.values import Names, Texts

Confirmed = Literal["draft", "waiting", "confirmed", "declined", "withdrawn"]
"""How minutes or an understanding stand: not put yet, a word missing, all said yes, one declined, taken back."""


class UnderstandingView(Struct, frozen=True):
    """An understanding and the word of every party that it needs. `clash` are others with its number in its body.

    `clauses` are wordings that were drawn from it.
    """

    ref: str
    party: str
    revision: str
    said: int
    meeting: str | None
    body: str | None
    number: int | None
    names: Names | None
    text: Texts | None
    files: tuple[str, ...]
    state: Confirmed
    words: tuple[Word, ...]
    waits_for: tuple[str, ...]
    clauses: tuple[str, ...]
    clash: tuple[str, ...] = ()


def understandings(told: Told) -> tuple[UnderstandingView, ...]:
    """Every understanding of a circle by body and number; erased ones are left out."""
    drawn = _drawn(told)
    found = [one for thing in told.of_kind("understanding") if (one := _view(told, thing, drawn)) is not None]
    same = same_number((one.ref, one.body, one.number) for one in found if one.state != "withdrawn")
    found = [msgspec.structs.replace(one, clash=same.get(one.ref, ())) for one in found]
    return tuple(sorted(found, key=lambda one: (one.body or "", one.number or 0, one.ref)))


def confirmed(words: Sequence[Word], *, put: bool, withdrawn: bool) -> Confirmed:
    """How a thing stands on which these words were asked."""
    if withdrawn:
        return "withdrawn"
    if not put:
        return "draft"
    if any(one.verdict == "declined" for one in words):
        return "declined"
    return "waiting" if waiting(words) or not words else "confirmed"


def same_number(numbered: Iterable[tuple[str, str | None, int | None]]) -> Mapping[str, tuple[str, ...]]:
    """For each (reference, body, number) the others that bear its number in its body, where there are any."""
    groups: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for ref, body, number in numbered:
        if number is not None:
            groups[body or "", number].append(ref)
    return {
        ref: tuple(one for one in sorted(refs) if one != ref) for refs in groups.values() if refs[1:] for ref in refs
    }


def next_numbers(numbered: Iterable[tuple[str | None, int | None]]) -> dict[str, int]:
    """One more than the highest number in each body; the key is "" for what belongs to none."""
    found: dict[str, int] = {}
    for body, number in numbered:
        found[body or ""] = max(found.get(body or "", 1), (number or 0) + 1)
    return found


def body_ref(told: Told, meeting: Thing | None) -> str | None:
    """The body that a meeting is one of: as its author says it, by the body's first record where that is held."""
    body = None if meeting is None else body_of(meeting.now, Meeting)
    if body is None or body.body is None:
        return None
    found = told.get(body.body) or told.thing_of(body.body)
    return body.body if found is None else root_of(told, found).ref


def meeting_of(told: Told, thing: Thing) -> Thing | None:
    """The meeting that minutes or an understanding are about; None where none is named or it is not held."""
    found = None if thing.about is None else told.get(thing.about) or told.thing_of(thing.about)
    return None if found is None or found.kind != "meeting" else root_of(told, found)


def _view(told: Told, thing: Thing, drawn: Mapping[str, Sequence[str]]) -> UnderstandingView | None:
    body = body_of(thing.now, Understanding)
    if body is None:
        return None
    meeting = meeting_of(told, thing)
    words = words_on(told, thing, body.parties or told.parties)
    clauses = {ref for version in thing.versions for ref in drawn.get(version.ref, ())}
    return UnderstandingView(
        thing.ref,
        thing.party,
        thing.now.ref,
        thing.now.said.at,
        thing.about if meeting is None else meeting.ref,
        body_ref(told, meeting),
        body.number,
        body.names,
        body.text,
        tuple(body.files or ()),
        confirmed(words, put=True, withdrawn=body.status == "withdrawn"),
        words,
        waiting(words),
        tuple(sorted(clauses)),
    )


def _drawn(told: Told) -> dict[str, list[str]]:
    """The clauses that were drawn from each record."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for thing in told.of_kind("clause"):
        body = body_of(thing.now, Clause)
        if body is not None and body.status != "withdrawn":
            for ref in body.drawn_from or ():
                found[ref].append(thing.ref)
    return found
