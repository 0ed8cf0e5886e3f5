"""What terms in force say of roles, quorums, reports, manning and complaints. Every answer names the rule that bit.

Where no terms are in force, or they do not say, the answer is None: what Tansiq does without terms holds.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

from tansiq.picture.terms import InForce, Rule
from tansiq.records.kinds.body import BodyType
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.kinds.terms import CutOff, Quorum

Act = Literal["send", "confirm", "release", "decide", "sign", "verify", "investigate"]
Step = Literal["reply", "verification", "finding", "recommendation", "execution"]


class Allowed(Struct, frozen=True):
    """Who may do an act: the roles, in the order of the terms, and the first rule that speaks of the act."""

    roles: tuple[str, ...]
    rule: Rule

    def permits(self, roles: Collection[str]) -> bool:
        """Whether one of these roles may."""
        return any(role in self.roles for role in roles)


def roles_for(terms: InForce, act: Act) -> Allowed | None:
    """Which roles may do an act; None where no rule speaks of it, so that every role may that could without terms."""
    fitting = [(number, rule.role) for number, rule in enumerate(terms.body.roles or []) if act in rule.acts]
    if not fitting:
        return None
    return Allowed(tuple(dict.fromkeys(role for _, role in fitting)), terms.rule("roles", fitting[0][0]))


def quorum_for(terms: InForce, body_type: BodyType, party: str) -> tuple[Quorum, Rule] | None:
    """How many of a party must be there where a body of this type decides. Of two rules the stricter holds."""
    fitting = [
        (rule.count, -number)
        for number, rule in enumerate(terms.body.quorums or [])
        if rule.body == body_type and rule.party == party
    ]
    if not fitting:
        return None
    number = -max(fitting)[1]
    return (terms.body.quorums or [])[number], terms.rule("quorums", number)


def cutoff_for(terms: InForce, report: ReportName) -> tuple[CutOff, Rule] | None:
    """By when a report is out; the first rule that speaks of it."""
    for number, rule in enumerate(terms.body.cutoffs or []):
        if rule.report == report:
            return rule, terms.rule("cutoffs", number)
    return None


def manning_for(terms: InForce, centre: str, party: str) -> tuple[int, Rule] | None:
    """How many of a party are on duty at a centre (`party/id`) at any time.

    The most particular rule holds: for this party at this centre, else for this centre, else for this party, else for
    all; of equals the higher.
    """
    fitting = [
        (rule.centre is not None, rule.party is not None, rule.strength, -number)
        for number, rule in enumerate(terms.body.manning or [])
        if rule.centre in (None, centre) and rule.party in (None, party)
    ]
    if not fitting:
        return None
    _, _, strength, number = max(fitting)
    return strength, terms.rule("manning", -number)


def step_time(terms: InForce, step: Step) -> tuple[int, Rule] | None:
    """Within how many minutes of what comes before it a step of a complaint is taken: by the shorter of two rules."""
    fitting = [(rule.minutes, number) for number, rule in enumerate(terms.body.complaints or []) if rule.step == step]
    if not fitting:
        return None
    minutes, number = min(fitting)
    return minutes, terms.rule("complaints", number)
