"""Whose word counts for a step of a complaint: a step by another stands, and says why it does not count.

The reply is for the party complained against. Verification, finding and recommendation are for a facilitator, or for
the body of both sides: a side's own record counts once the other accepted that very record. An execution is for the
party that the recommendation names, and counts once the other side confirmed it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, get_args

from msgspec import Struct

from tansiq.accord.terms import Step
from tansiq.picture.consents import latest_consent
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.complaint import Complaint
from tansiq.records.kinds.complaint_step import ComplaintStep

STEPS: Final[tuple[Step, ...]] = get_args(Step)

Why = Literal[
    "not_the_party_complained_against",
    "not_by_facilitator_nor_jointly",
    "waits_for_the_other_side",
    "declined",
    "no_such_recommendation",
    "not_the_party_named",
    "not_confirmed",
    "not_done",
]
"""Why a step that was said does not count (yet)."""

Name = Literal["action", "place", "number", "by", "date"]
"""What a finding or a recommendation must name to be checked."""


class Word(Struct, frozen=True):
    """One step as said (ms), and since when it counts, None where it does not: `why` says it then, and `waits_for`
    whose word would make it count. `missing` is what it does not name.
    """

    ref: str
    party: str
    step: Step
    said: int
    counted: int | None
    why: Why | None
    waits_for: tuple[str, ...]
    declined_by: tuple[str, ...]
    missing: tuple[Name, ...]


class _Ruling(Struct, frozen=True):
    """Since when a word counts, or why not."""

    counted: int | None = None
    why: Why | None = None
    waits_for: tuple[str, ...] = ()


class Case:
    """A complaint with what was said to it."""

    def __init__(self, told: Told, thing: Thing, body: Complaint, facilitators: Collection[str]) -> None:
        self._told, self.thing, self.body = told, thing, body
        self.concerned = tuple(dict.fromkeys(one for one in (thing.party, body.against) if one))
        # nobody verifies alone in a matter of its own
        self.facilitators = tuple(one for one in sorted(facilitators) if one not in self.concerned)
        self._steps: dict[str, tuple[Thing, ComplaintStep]] = {
            one.ref: (one, said)
            for one in told.about("complaint_step", thing.ref)
            if (said := body_of(one.now, ComplaintStep)) is not None and said.step is not None
        }

    def step(self, ref: str) -> ComplaintStep:
        """The body of a step."""
        return self._steps[ref][1]

    def words(self, step: Step) -> tuple[Word, ...]:
        """What was said as this step, oldest first."""
        said = [self._word(one, body) for one, body in self._steps.values() if body.step == step]
        return tuple(sorted(said, key=lambda word: (word.said, word.ref)))

    def _word(self, thing: Thing, body: ComplaintStep) -> Word:
        step = body.step or "reply"
        if step == "reply":
            ruling = self._reply(thing)
        elif step == "execution":
            ruling = self._execution(thing, body)
        else:
            ruling = self._verified(thing)
        declined = tuple(one for one in self.concerned if self._consent(one, thing)[0] == "declined")
        said = thing.versions[0].said.at
        missing = missing_in(body)
        return Word(
            thing.ref, thing.party, step, said, ruling.counted, ruling.why, ruling.waits_for, declined, missing
        )  # fmt: skip

    def _reply(self, thing: Thing) -> _Ruling:
        if thing.party == self.body.against:
            return _Ruling(thing.versions[0].said.at)
        return _Ruling(why="not_the_party_complained_against")

    def _verified(self, thing: Thing) -> _Ruling:
        if thing.party in self.facilitators:
            return _Ruling(thing.versions[0].said.at)
        others = [one for one in self.concerned if one != thing.party]
        if thing.party not in self.concerned or not others:
            return _Ruling(why="not_by_facilitator_nor_jointly")
        given = {one: self._consent(one, thing) for one in others}
        if any(word == "declined" for word, _ in given.values()):
            return _Ruling(why="declined")
        waits = tuple(one for one, (word, _) in given.items() if word != "accepted")
        if waits:
            return _Ruling(why="waits_for_the_other_side", waits_for=waits)
        return _Ruling(max(when for _, when in given.values()))

    def _execution(self, thing: Thing, body: ComplaintStep) -> _Ruling:
        task = self._steps.get(body.of or "")
        if task is None or task[1].step != "recommendation" or self._verified(task[0]).counted is None:
            return _Ruling(why="no_such_recommendation")
        named = task[1].by
        if named is not None and thing.party != named:
            return _Ruling(why="not_the_party_named")
        if body.done != "yes":
            return _Ruling(why="not_done")
        # the other side: who complained, or, where the task is its own, whom it complained against
        other = self.body.against if thing.party == self.thing.party else self.thing.party
        word = self._consent(other, thing)[0] if other else None
        if word == "declined":
            return _Ruling(why="declined")
        if word != "accepted":
            return _Ruling(why="not_confirmed", waits_for=(other,) if other else ())
        return _Ruling(thing.versions[0].said.at)

    def _consent(self, party: str, thing: Thing) -> tuple[str | None, int]:
        """A party's word on this very record, and when it was said (ms)."""
        latest = None if party == thing.party else latest_consent(self._told, party, thing.ref, thing.now)
        return (None, 0) if latest is None else (latest[1].verdict, latest[0].said.at)


def missing_in(body: ComplaintStep) -> tuple[Name, ...]:
    """What it does not name and must be named to be checked; a finding that nothing was broken names nothing."""
    if body.step not in ("finding", "recommendation") or (body.step == "finding" and body.finding == "not_upheld"):
        return ()
    action = body.action
    named: dict[Name, bool] = {
        "action": action is not None and any((action.en, action.ar, action.ckb)),
        "place": body.place is not None,
        "number": bool(body.number and body.number.strip()),
        "by": body.step == "finding" or body.by is not None,
        "date": body.due is not None,
    }
    return tuple(name for name, there in named.items() if not there)
