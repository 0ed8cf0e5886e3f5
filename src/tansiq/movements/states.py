"""How every plan of a circle stands: a pure function of the records that are held and of a given time.

Nothing counts but records: who was asked follows from what was told (`affected`), what was answered from answers to
this very revision, what applies from terms that all accepted. `agreed` is only said where no record that is still on
its way can show another party that is affected and did not answer: every party that takes part was heard of since, and
everything is here that the author had seen. Silence is silence; where accepted terms give it a meaning that is said
under the name of the rule, and is never `agreed`.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tansiq.movements.affected import ENDED, Affected, Stake
from tansiq.movements.answers import CONSENTS, SILENT, Given, asked_since, given, newest
from tansiq.movements.collisions import Collision, Waiting, collisions, lists
from tansiq.movements.ground import Ground
from tansiq.movements.look import Look
from tansiq.movements.terms import MINUTE_MS, InForce, Rule, in_force
from tansiq.movements.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity, AskLevel
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.kinds.terms import Level

State = Literal[
    "informed",
    "free",
    "waiting",
    "objected",
    "stale",
    "conditional",
    "by_rule",
    "objected_by_rule",
    "not_heard",
    "acknowledged",
    "agreed",
    "ended",
    "cancelled",
    "erased",
]
"""What is said of a plan. `informed`: nobody was asked. `free`: it touches nothing of anybody's. `not_heard`: no word
is missing, but a party was not heard of since, or not all is here that the author had seen.
"""

UNASKED: Final = "unasked"
"""Why a party stands beside a plan that was not asked: it has spoken."""

Phase = Literal["before", "running", "over", "unknown"]


class Party(Struct, frozen=True):
    """One party that is asked: why, since when, its word, and while that is missing the clock and the rung.

    `due` is when an answer was or is due (ms), `late_minutes` by how much it is or came late. `rung` and `level` rise
    on both sides at once. `silence` is what its silence means by now where the terms say so. `rules` are what bit.
    """

    party: str
    why: tuple[str, ...]
    given: Given
    asked_at: int
    due: int | None = None
    late_minutes: int = 0
    rung: int = 0
    level: Level | None = None
    silence: Literal["no_objection", "objection"] | None = None
    suspended: bool = False
    rules: tuple[Rule, ...] = ()


class Plan(Struct, frozen=True, rename={"from_": "from"}):
    """One activity as it stands.

    `late_minutes` is by how much its notice fell short of the lead time, `after_start` whether it was told when it had
    begun. `not_heard` are parties not heard of since; `missing` whether records are not here that its author had seen.
    `unlisted` are plans near it that its author had and did not list, `crossed` those that it could not have known.
    """

    ref: str
    party: str
    revision: str
    revisions: int
    activity: str | None
    ask: AskLevel | None
    state: State
    phase: Phase
    from_: int | None
    to: int | None
    announced_at: int
    said_at: int
    late_minutes: int
    after_start: bool
    placed: bool
    parties: tuple[Party, ...]
    not_heard: tuple[str, ...]
    missing: bool
    unlisted: tuple[str, ...]
    crossed: tuple[str, ...]
    terms: str | None
    rules: tuple[Rule, ...]


class Movements(Struct, frozen=True):
    """All plans of a circle, by beginning, and all collisions between them."""

    plans: tuple[Plan, ...]
    collisions: tuple[Collision, ...]


def states(told: Told, look: Look, at: int) -> Movements:
    """How everything stands at a time (ms)."""
    ground = Ground(look)
    affected = Affected(told, look, ground)
    suspended = _suspended(told)
    things = told.of_kind("activity")
    met = collisions(told, look, ground, at)
    near: dict[str, list[str]] = {}
    for one in met:
        near.setdefault(one.plans[0], []).append(one.plans[1])
        near.setdefault(one.plans[1], []).append(one.plans[0])
    by_ref = {thing.ref: thing for thing in things}
    plans = [
        _plan(told, affected, ground, suspended, thing, [by_ref[ref] for ref in near.get(thing.ref, ())], at)
        for thing in things
    ]
    stand = {plan.ref: plan for plan in plans}
    return Movements(
        tuple(sorted(plans, key=lambda plan: (plan.from_ or 0, plan.ref))),
        tuple(_settled(one, stand) for one in met),
    )


def _plan(
    told: Told, affected: Affected, ground: Ground, suspended: set[str], thing: Thing, near: list[Thing], at: int
) -> Plan:
    version = thing.now
    body = body_of(version, Activity) or Activity()
    terms = in_force(told, version)
    volumes = ground.volumes(version)
    stakes = affected.stakes(thing, version, terms) if body.status not in ENDED else []
    asked = _asked(told, thing, body, stakes, placed=volumes is not None)
    parties = tuple(
        _party(told, terms, suspended, thing, body, party, why, parts, at) for party, (why, parts) in asked.items()
    )
    start = min((volume.start for volume in volumes), default=None) if volumes else None
    end = max((volume.end for volume in volumes), default=None) if volumes else None
    late, after_start, rules = _notice(affected, terms, thing, body, start)
    answered = {one.party for one in parties if one.given.revision == version.said.id}
    not_heard = tuple(
        party
        for party in told.parties
        if party != thing.party and party not in answered and not told.has_heard(party, version)
    )
    missing = not told.complete(version)
    unlisted = [other for other in near if not lists(thing, other)]
    return Plan(
        thing.ref,
        thing.party,
        version.said.id,
        len(thing.versions),
        body.activity,
        body.ask,
        _state(body, version, parties, heard=not not_heard and not missing),
        _phase(start, end, at),
        start,
        end,
        thing.versions[0].said.at,
        version.said.at,
        late,
        after_start,
        volumes is not None,
        parties,
        not_heard,
        missing,
        tuple(other.now.ref for other in unlisted if version.knows(other.now)),
        tuple(other.now.ref for other in unlisted if not version.knows(other.now)),
        terms.ref,
        rules,
    )


Asked = dict[str, tuple[tuple[str, ...], frozenset[int] | None]]


def _asked(told: Told, thing: Thing, body: Activity, stakes: list[Stake], *, placed: bool) -> Asked:
    """Who is asked, why, and by which volumes it is touched (None: by the plan as a whole)."""
    found: Asked = {}
    for stake in stakes:
        why, parts = found.get(stake.party, ((), frozenset()))
        found[stake.party] = ((*why, stake.ref), (parts or frozenset()) | stake.parts)
    whole = [(party, "asks") for party in body.asks or ()] + [(party, "together") for party in body.together or ()]
    if not placed:
        whole += [(party, "place") for party in told.parties]
    for party, why_too in whole:
        if party != thing.party:
            found[party] = ((*found.get(party, ((), None))[0], why_too), None)
    for answer in told.of_kind("answer"):
        # whoever was not asked and speaks all the same is heard, as long as its word stands
        party = answer.party
        if (
            answer.about == thing.ref
            and party not in (thing.party, *found)
            and given(told, party, thing, None) != SILENT
        ):
            found[party] = ((UNASKED,), None)
    return dict(sorted(found.items()))


def _party(
    told: Told,
    terms: InForce,
    suspended: set[str],
    thing: Thing,
    body: Activity,
    party: str,
    why: tuple[str, ...],
    parts: frozenset[int] | None,
    at: int,
) -> Party:
    word = given(told, party, thing, parts)
    latest = newest(told, party, thing)
    since = asked_since(thing, parts, latest[1] if latest and word.word == "silent" else None)
    ask = body.ask or "joint"
    one = Party(party, why, word, since, suspended=party in suspended)
    if ask == "inform":
        return one
    rules: list[Rule] = []
    wanted = terms.answer(ask)
    if wanted is not None:
        minutes, rule = wanted
        due = since + minutes * MINUTE_MS
        late = max(0, ((at if word.at is None else word.at) - due) // MINUTE_MS)
        one = replace(one, due=due, late_minutes=late)
        rules += [rule] if late else []
    if word.word == "silent":
        elapsed = max(0, at - since) // MINUTE_MS
        rung = terms.rung(elapsed)
        silence = None if one.suspended else terms.silence(ask, elapsed)
        if rung is not None:
            one = replace(one, rung=rung[0], level=rung[1])
            rules.append(rung[2])
        if silence is not None:
            one = replace(one, silence=silence[0].means)
            rules.append(silence[1])
    return replace(one, rules=tuple(rules))


def _notice(
    affected: Affected, terms: InForce, thing: Thing, body: Activity, start: int | None
) -> tuple[int, bool, tuple[Rule, ...]]:
    """By how many minutes the notice fell short, whether it came after the beginning, and the rule that says so."""
    if start is None or body.status in ENDED:
        return 0, False, ()
    told_at = asked_since(thing, None)
    lead = terms.lead(body.activity, affected.areas(thing.now, terms))
    after_start = told_at > start
    if lead is None:
        return (-(-(told_at - start) // MINUTE_MS) if after_start else 0), after_start, ()
    late = max(0, -(-(told_at + lead[0] * MINUTE_MS - start) // MINUTE_MS))
    return late, after_start, (lead[1],) if late else ()


def _state(body: Activity, version: Version, parties: tuple[Party, ...], *, heard: bool) -> State:
    if version.body is None:
        return "erased"
    if body.status == "ended" or body.status == "cancelled":  # noqa: PLR1714 - the type checker follows only this
        return body.status
    if body.ask == "inform":
        return "informed"
    return _missing(body, parties) or _complete(body, parties, heard=heard)


def _complete(body: Activity, parties: tuple[Party, ...], *, heard: bool) -> State:
    """What a plan is of which no word is missing."""
    if not heard:
        return "not_heard"
    if not asked(parties):
        return "free"
    return "acknowledged" if body.ask == "acknowledge" else "agreed"


def asked(parties: tuple[Party, ...]) -> list[Party]:
    """Those whose word is asked."""
    return [one for one in parties if one.why != (UNASKED,)]


def _missing(body: Activity, parties: tuple[Party, ...]) -> State | None:
    """What stands against a plan that asks, the gravest first; None where every word is given that is asked."""
    words = {one.given.word for one in parties}
    means = {one.silence for one in asked(parties) if one.given.word == "silent"}
    receipts = body.ask == "acknowledge"
    order: list[tuple[bool, State]] = [
        ("objection" in words, "objected"),
        ("stale" in words, "stale"),
        ("conditional" in words and not receipts, "conditional"),
        # a receipt is no consent
        (any(one.given.word == "acknowledged" for one in asked(parties)) and not receipts, "waiting"),
        (None in means, "waiting"),
        ("objection" in means, "objected_by_rule"),
        ("no_objection" in means, "by_rule"),
    ]
    return next((state for there, state in order if there), None)


def _phase(start: int | None, end: int | None, at: int) -> Phase:
    if start is None or end is None:
        return "unknown"
    return "before" if at < start else "running" if at < end else "over"


def _settled(one: Collision, stand: dict[str, Plan]) -> Collision:
    waiting = []
    asked = 0
    for plan_ref, other_ref in (one.plans, one.plans[::-1]):
        plan, other = stand[plan_ref], stand[other_ref]
        for party in plan.parties:
            if party.party == other.party and other_ref in party.why:
                asked += 1
                # a receipt settles nothing, and to have told somebody settles nothing either
                if party.given.word not in CONSENTS:
                    waiting.append(Waiting(party.party, plan_ref))
    return replace(one, waits_for=tuple(waiting), settled=asked > 0 and not waiting)


def _suspended(told: Told) -> set[str]:
    """Parties that do not take part in movements now, by their own latest record."""
    latest: dict[str, tuple[tuple[int, int], Suspension]] = {}
    for thing in told.of_kind("suspension"):
        body = body_of(thing.now, Suspension)
        order = (thing.now.said.ledger.epoch, thing.now.said.index)
        if body is not None and body.scope != "joint" and order > latest.get(thing.party, ((-1, -1), body))[0]:
            latest[thing.party] = (order, body)
    return {party for party, (_, body) in latest.items() if body.status == "suspended"}
