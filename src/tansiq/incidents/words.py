"""What each side says of two reports, that they are of one event or not, and which reports are joined by that.

Two reports are of one event once every side whose account one of them is has said so, by its latest word on the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from tansiq.incidents.account import incident_of, owner
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.same_event import SameEvent
from tansiq.records.values import Ref

PairState = Literal["same", "waits", "disputed", "not_same"]


class Word(Struct, frozen=True):
    """A side's latest word on two reports; `unseen` are versions of the other side's report that came after it."""

    party: str
    ref: str
    word: Literal["same", "not_same"]
    said: int
    reason: str | None = None
    unseen: tuple[str, ...] = ()


class Spoken(Struct, frozen=True):
    """Two reports of which somebody spoke, and how that stands; `waits_for` are sides that have not spoken."""

    one: str
    other: str
    state: PairState
    words: tuple[Word, ...]
    waits_for: tuple[str, ...]


def spoken(told: Told) -> dict[tuple[str, str], Spoken]:
    """All pairs of reports of which somebody spoke, by their two references in order."""
    latest: dict[tuple[str, str], dict[str, tuple[Version, SameEvent]]] = {}
    for about, version, body in _said(told):
        if body.other is None or body.other == about:
            continue
        mine = latest.setdefault((min(about, body.other), max(about, body.other)), {})
        party = version.said.ledger.party
        if party not in mine or _order(mine[party][0]) < _order(version):
            mine[party] = version, body
    found = {}
    for key, words in latest.items():
        one, other = told.get(key[0]), told.get(key[1])
        if one is not None and other is not None:
            standing = _standing(key, one, other, words)
            if standing is not None:
                found[key] = standing
    return found


def _said(told: Told) -> Iterator[tuple[str, Version, SameEvent]]:
    """Every word, and every report that its side gave as its own of another's: that says the same."""
    for thing in told.of_kind("same_event"):
        body = body_of(thing.now, SameEvent)
        if body is not None and body.word is not None and thing.about is not None:
            yield thing.about, thing.now, body
    for thing in told.of_kind("incident"):
        if thing.about is not None:
            yield thing.ref, thing.versions[0], SameEvent(other=Ref(thing.about), word="same")


def _order(version: Version) -> tuple[int, int]:
    return version.said.ledger.epoch, version.said.index


def _standing(
    key: tuple[str, str], one: Thing, other: Thing, words: dict[str, tuple[Version, SameEvent]]
) -> Spoken | None:
    bodies = incident_of(one), incident_of(other)
    if bodies[0] is None or bodies[1] is None:
        return None
    sides = {owner(one, bodies[0]), owner(other, bodies[1])}
    said = {party: body.word for party, (_, body) in words.items() if party in sides}
    waits = tuple(sorted(sides - set(said)))
    state: PairState = "waits"
    if set(said.values()) == {"same", "not_same"}:
        state = "disputed"
    elif "not_same" in said.values():
        state = "not_same"
    elif not waits:
        state = "same"
    made = [_word(party, version, body, one, other) for party, (version, body) in sorted(words.items())]
    return Spoken(*key, state, tuple(made), waits)


def _word(party: str, version: Version, body: SameEvent, *things: Thing) -> Word:
    unseen = tuple(thing.now.ref for thing in things if thing.party != party and not version.knows(thing.now))
    # a reason for an earlier word is none for this one
    reason = body.reason if "reason" in version.said.fields else None
    return Word(party, f"{party}/{version.said.first}", body.word or "same", version.said.at, reason, unseen)


def joined(spoken_of: Iterable[Spoken]) -> dict[str, tuple[str, ...]]:
    """For each report that is joined with others all that are of its event, itself with them."""
    beside: dict[str, set[str]] = {}
    for one in spoken_of:
        if one.state == "same":
            beside.setdefault(one.one, set()).add(one.other)
            beside.setdefault(one.other, set()).add(one.one)
    found: dict[str, tuple[str, ...]] = {}
    for ref in sorted(beside):
        if ref in found:
            continue
        together, waiting = {ref}, [ref]
        while waiting:
            for other in beside[waiting.pop()] - together:
                together.add(other)
                waiting.append(other)
        group = tuple(sorted(together))
        found.update((each, group) for each in group)
    return found
