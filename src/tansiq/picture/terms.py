"""Which terms of reference are in force, and which of their rules bites. Every answer names the rule.

What movements ask of them stands here, since it is the older part; what the accord asks is in `tansiq.accord.terms`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from tansiq.picture.consents import accepts
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import AskLevel
from tansiq.records.kinds.terms import Buffers, Level, Silence, Terms

DEFAULT_BUFFERS: Final = Buffers(1000, 30, 150)
"""How close two plans come before they meet where no terms say it."""

MINUTE_MS: Final = 60_000

RuleName = Literal[
    "lead",
    "answer",
    "ladder",
    "silence",
    "buffers",
    "roles",
    "quorums",
    "cutoffs",
    "manning",
    "complaints",
    "reporting",
]


class Rule(Struct, frozen=True):
    """The rule that bit: of which record in which version, and the number of the rule in it, from 1.

    `terms` is None where no terms are in force and what Tansiq does without them holds.
    """

    name: RuleName
    terms: str | None = None
    version: int | None = None
    number: int | None = None


class InForce(Struct, frozen=True):
    """The terms that hold for a plan, or now. `ref` is the very revision that all accepted; None: the default holds."""

    ref: str | None
    body: Terms

    def rule(self, name: RuleName, number: int | None = None) -> Rule:
        """A rule of these terms by name and place (from 0)."""
        if self.ref is None:
            return Rule(name)
        return Rule(name, self.ref, self.body.version, None if number is None else number + 1)

    @property
    def buffers(self) -> Buffers:
        """How close is meeting."""
        return self.body.buffers or DEFAULT_BUFFERS

    @property
    def turns(self) -> list[int]:
        """After how many minutes without an answer a rung or a meaning of silence begins."""
        return [rule.after_minutes for rule in (*(self.body.ladder or ()), *(self.body.silence or ()))]

    def lead(self, activity: str | None, areas: Iterable[str]) -> tuple[int, Rule] | None:
        """The longest time of notice (minutes) that is asked of a type of plan that touches these areas."""
        there = set(areas)
        fitting = [
            (rule.minutes, -number)
            for number, rule in enumerate(self.body.lead or [])
            if rule.activity in (None, activity) and (rule.area is None or rule.area in there)
        ]
        if not fitting:
            return None
        minutes, number = max(fitting)
        return minutes, self.rule("lead", -number)

    def answer(self, ask: AskLevel) -> tuple[int, Rule] | None:
        """Within how many minutes what is asked at this level is answered; the rule for this very level first."""
        rules = list(enumerate(self.body.answer or []))
        fitting = [one for one in rules if one[1].ask == ask] or [one for one in rules if one[1].ask is None]
        return (fitting[0][1].minutes, self.rule("answer", fitting[0][0])) if fitting else None

    def rung(self, elapsed_minutes: int) -> tuple[int, Level, Rule] | None:
        """The highest rung (from 1) that is reached so many minutes after asking."""
        reached = [
            number for number, rung in enumerate(self.body.ladder or []) if rung.after_minutes <= elapsed_minutes
        ]
        if not reached:
            return None
        number = reached[-1]
        return number + 1, (self.body.ladder or [])[number].level, self.rule("ladder", number)

    def silence(self, ask: AskLevel, elapsed_minutes: int) -> tuple[Silence, Rule] | None:
        """What silence means by now, where the terms say so."""
        for number, rule in enumerate(self.body.silence or []):
            if rule.ask == ask and elapsed_minutes >= rule.after_minutes:
                return rule, self.rule("silence", number)
        return None


NO_TERMS: Final = InForce(None, Terms())


def in_force(told: Told, version: Version | None = None) -> InForce:
    """The newest terms that every party had accepted as far as the author of `version` had seen; now if left out.

    By what its author had seen and by no clock: so two nodes that hold a plan and what its author had seen name the
    same terms, whatever else has reached them.
    """
    found: list[tuple[int, str, InForce]] = []
    for thing in told.of_kind("terms"):
        known = [one for one in thing.versions if version is None or version.knows(one)]
        last = body_of(known[-1], Terms) if known else None
        if last is None or last.status == "withdrawn":
            continue
        # a newer proposal does not put out of force what all had accepted before it
        for said in reversed(known):
            body = body_of(said, Terms)
            if body is not None and _accepted(told, thing, said, body, version):
                found.append((body.version or 0, said.ref, InForce(said.ref, body)))
                break
    return max(found, key=lambda one: one[:2])[2] if found else NO_TERMS


def _accepted(told: Told, thing: Thing, said: Version, body: Terms, version: Version | None) -> bool:
    """Whether all that take part are named in terms, and all that are named accepted them; their author has."""
    named = set(body.parties or ())
    return set(told.parties) <= named and all(
        party == thing.party or accepts(told, party, thing.ref, said, version) for party in sorted(named)
    )
