"""Everything that was said about two plans that meet, in the order in which it was claimed to be said."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tansiq.movements.collisions import Collision
from tansiq.movements.told import Thing, Told, Version, body_of
from tansiq.records.kinds.answer import Answer
from tansiq.records.kinds.consent import Consent
from tansiq.records.kinds.hotline import Hotline


class Line(Struct, frozen=True):
    """One thing said: by whom, when (claimed, ms), about which plan, and what.

    `revision` is the number (from 1) of the version of the plan that was said or answered; `word` is a verdict.
    """

    at: int
    party: str
    what: Literal["announced", "changed", "answer", "consent", "hotline"]
    ref: str
    about: str | None = None
    revision: int | None = None
    word: str | None = None
    texts: tuple[str, ...] = ()
    lang: str | None = None
    urgent: bool = False


def story(told: Told, collision: Collision) -> list[Line]:
    """Announcements, changes, answers, consents to conditions and messages by the hotline, oldest first."""
    plans = {thing.ref: thing for thing in told.of_kind("activity") if thing.ref in collision.plans}
    lines = [
        Line(version.said.at, plan.party, "changed" if number else "announced", version.ref, plan.ref, number + 1)
        for plan in plans.values()
        for number, version in enumerate(plan.versions)
    ]
    answers = [thing for thing in told.of_kind("answer") if thing.about in plans and thing.party in collision.parties]
    for thing in answers:
        lines += [_answered(plans[thing.about or ""], thing, version) for version in thing.versions]
    answered = {thing.ref for thing in answers}
    for thing in told.of_kind("consent"):
        if thing.about in answered:
            lines += [_consented(thing, version) for version in thing.versions]
    for thing in told.of_kind("hotline"):
        for version in thing.versions:
            body = body_of(version, Hotline)
            if body is not None and body.collision == collision.id:
                text = (body.text,) if body.text else ()
                lines.append(
                    Line(
                        version.said.at,
                        thing.party,
                        "hotline",
                        version.ref,
                        texts=text,
                        lang=body.lang,
                        urgent=body.urgent or False,
                    )
                )
    return sorted(lines, key=lambda line: (line.at, line.ref))


def _answered(plan: Thing, thing: Thing, version: Version) -> Line:
    body = body_of(version, Answer) or Answer()
    revision = next((n + 1 for n, one in enumerate(plan.versions) if one.said.id == body.revision), None)
    texts = (*(body.conditions or ()), *((body.reason,) if body.reason else ()))
    return Line(version.said.at, thing.party, "answer", version.ref, plan.ref, revision, body.verdict, texts, body.lang)


def _consented(thing: Thing, version: Version) -> Line:
    body = body_of(version, Consent) or Consent()
    texts = (body.reason,) if body.reason else ()
    return Line(version.said.at, thing.party, "consent", version.ref, thing.about, None, body.verdict, texts, body.lang)
