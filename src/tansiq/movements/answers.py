"""What a party answered to a plan, and whether its word stands for the plan as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from tansiq.picture.consents import accepts
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.answer import Answer

Word = Literal["silent", "acknowledged", "clear", "conditional", "accepted", "objection", "stale"]
"""A party's standing: `conditional` waits for the author, who makes it `accepted` by a consent."""

CONSENTS: Final = ("clear", "accepted")
_LEVELS: Final = ("inform", "acknowledge", "no_objection", "joint")


class Given(Struct, frozen=True):
    """A party's word: in which record, to which revision, when (claimed, ms); `carried` over a change of plan."""

    word: Word
    ref: str | None = None
    revision: str | None = None
    at: int | None = None
    carried: bool = False
    conditions: tuple[str, ...] = ()
    reason: str | None = None
    unknown: tuple[str, ...] = ()


SILENT: Final = Given("silent")


def newest(told: Told, party: str, plan: Thing) -> tuple[Thing, Version, Answer] | None:
    """A party's latest answer about a plan, to whichever revision."""
    found = [
        ((version.said.ledger.epoch, version.said.index), thing, version)
        for thing in told.about("answer", plan.ref)
        if thing.party == party
        for version in thing.versions[-1:]
    ]
    if not found:
        return None
    _, thing, version = max(found, key=lambda one: one[0])
    body = body_of(version, Answer)
    return None if body is None or body.verdict is None else (thing, version, body)


def given(told: Told, party: str, plan: Thing, parts: frozenset[int] | None) -> Given:
    """A party's word on a plan as it is now. `parts` are its volumes that touch the party, None for the whole plan."""
    latest = newest(told, party, plan)
    if latest is None:
        return SILENT
    thing, version, body = latest
    answered = next((one for one in plan.versions if one.said.id == body.revision), None)
    if answered is None or not same_for(plan.now, answered, parts):
        return SILENT
    if body.verdict == "stale" and _listed(told, plan.now, body.unknown or ()):
        return SILENT
    word: Word = body.verdict or "silent"
    if word == "conditional" and accepts(told, plan.party, thing.ref, version):
        word = "accepted"
    return Given(
        word,
        version.ref,
        body.revision,
        version.said.at,
        answered is not plan.now,
        tuple(body.conditions or ()),
        body.reason,
        tuple(body.unknown or ()),
    )


def same_for(now: Version, before: Version, parts: frozenset[int] | None) -> bool:
    """Whether a plan is now, for one whom these volumes touch, no other than it was: a change re-opens only theirs."""
    if now is before:
        return True
    new, old = body_of(now, Activity), body_of(before, Activity)
    if new is None or old is None or new.activity != old.activity or new.volumes is None or old.volumes is None:
        return False
    if _LEVELS.index(new.ask or "joint") > _LEVELS.index(old.ask or "inform"):
        return False
    if parts is None:
        return new.volumes == old.volumes
    kept = {msgspec.json.encode(volume) for volume in old.volumes}
    return all(msgspec.json.encode(new.volumes[part]) in kept for part in parts)


def asked_since(plan: Thing, parts: frozenset[int] | None, answer: Version | None = None) -> int:
    """Since when (claimed, ms) one whom these volumes touch is asked this: no other change starts its clock.

    `answer` is a word of its own that no longer stands: it is asked anew since the first change after that.
    """
    since = plan.now
    for version in reversed(plan.versions):
        if not same_for(plan.now, version, parts) or (answer is not None and answer.knows(version)):
            break
        since = version
    return since.said.at


def _listed(told: Told, version: Version, refs: Sequence[str]) -> bool:
    """Whether the author has listed since what it had not: the thing itself counts, in whichever version."""
    body = body_of(version, Activity)
    known = {_thing_of(told, ref) for ref in (body.knows or () if body else ())}
    return all(_thing_of(told, ref) in known for ref in refs)


def _thing_of(told: Told, ref: str) -> str:
    thing = told.thing_of(ref)
    return ref if thing is None else thing.ref
