"""How one plan stands: what follows from records alone, and what of it the clock changes.

Nothing counts but records: who was asked follows from what was told (`affected`), what was answered from answers to
this very revision, what applies from terms that all accepted. `agreed` is only said where no record that is still on
its way can show another party that is affected and did not answer: every party that takes part was heard of since, and
everything is here that the author had seen. Silence is silence; where accepted terms give it a meaning that is said
under the name of the rule, and is never `agreed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tansiq.movements.affected import ENDED, Stake
from tansiq.movements.answers import SILENT, Given, asked_since, given, newest
from tansiq.movements.collisions import lists
from tansiq.movements.ground import Ground
from tansiq.picture.terms import MINUTE_MS, InForce, Rule
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.activity import Activity, AskLevel
from tansiq.records.kinds.answer import Answer
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

FOR_EVER: Final = 1 << 62

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


class Asked(Struct, frozen=True):
    """A party that is asked, or has spoken: why, its word, and since when it is asked."""

    party: str
    why: tuple[str, ...]
    given: Given
    since: int


class Basis(Struct, frozen=True):
    """A plan as far as the clock does not matter. Of `plan` state, phase and parties are filled in by `stand`.

    `named` are references that an answer hangs on: whose records they are, as far as that is known.
    """

    plan: Plan
    body: Activity
    terms: InForce
    asked: tuple[Asked, ...]
    named: frozenset[str]
    erased: bool


def basis(
    told: Told,
    ground: Ground,
    thing: Thing,
    terms: InForce,
    stakes: Iterable[Stake],
    areas: Iterable[str],
    near: Sequence[Thing],
) -> Basis:
    """What follows from records. `stakes`, `areas` and `near` are what the plan touches and the plans that it meets."""
    version = thing.now
    body = body_of(version, Activity) or Activity()
    volumes = ground.volumes(version)
    found = _asked(told, thing, body, stakes, placed=volumes is not None)
    asked_ones = tuple(_word(told, thing, party, why, parts) for party, (why, parts) in found.items())
    start = min((volume.start for volume in volumes), default=None) if volumes else None
    end = max((volume.end for volume in volumes), default=None) if volumes else None
    late, after_start, rules = _notice(terms, areas, thing, body, start)
    answered = {one.party for one in asked_ones if one.given.revision == version.said.id}
    unlisted = [other for other in near if not lists(thing, other)]
    plan = Plan(
        thing.ref,
        thing.party,
        version.said.id,
        len(thing.versions),
        body.activity,
        body.ask,
        "erased",
        "unknown",
        start,
        end,
        thing.versions[0].said.at,
        version.said.at,
        late,
        after_start,
        volumes is not None,
        (),
        tuple(
            party
            for party in told.parties
            if party != thing.party and party not in answered and not told.has_heard(party, version)
        ),
        not told.complete(version),
        tuple(other.now.ref for other in unlisted if version.knows(other.now)),
        tuple(other.now.ref for other in unlisted if not version.knows(other.now)),
        terms.ref,
        rules,
    )
    return Basis(plan, body, terms, asked_ones, _named(told, thing), version.body is None)


def stand(one: Basis, suspended: AbstractSet[str], at: int) -> Plan:
    """The plan at a time (ms); `suspended` parties do not take part now."""
    parties = tuple(_party(one, word, at, suspended=word.party in suspended) for word in one.asked)
    phase = _phase(one.plan.from_, one.plan.to, at)
    return replace(one.plan, state=_state(one, parties), phase=phase, parties=parties)


def stands_until(one: Basis, at: int) -> int:
    """Before which time (ms) nothing of that changes by the clock alone."""
    turns = [time for time in (one.plan.from_, one.plan.to) if time is not None]
    ask = one.body.ask or "joint"
    wanted = None if ask == "inform" else one.terms.answer(ask)
    for word in one.asked:
        if word.given.word != "silent" or ask == "inform":
            continue
        if wanted is not None:
            due = word.since + wanted[0] * MINUTE_MS
            turns.append(due + (max(0, (at - due) // MINUTE_MS) + 1) * MINUTE_MS)
        turns += [word.since + minutes * MINUTE_MS for minutes in one.terms.turns]
    return min((time for time in turns if time > at), default=FOR_EVER)


Why = dict[str, tuple[tuple[str, ...], frozenset[int] | None]]


def _asked(told: Told, thing: Thing, body: Activity, stakes: Iterable[Stake], *, placed: bool) -> Why:
    """Who is asked, why, and by which volumes it is touched (None: by the plan as a whole)."""
    found: Why = {}
    for stake in sorted(stakes, key=lambda one: (one.party, one.ref)):
        why, parts = found.get(stake.party, ((), frozenset()))
        found[stake.party] = ((*why, stake.ref), (parts or frozenset()) | stake.parts)
    whole = [(party, "asks") for party in body.asks or ()] + [(party, "together") for party in body.together or ()]
    if not placed:
        whole += [(party, "place") for party in told.parties]
    for party, why_too in whole:
        if party != thing.party:
            found[party] = ((*found.get(party, ((), None))[0], why_too), None)
    for answer in told.about("answer", thing.ref):
        # whoever was not asked and speaks all the same is heard, as long as its word stands
        party = answer.party
        if party not in (thing.party, *found) and given(told, party, thing, None) != SILENT:
            found[party] = ((UNASKED,), None)
    return dict(sorted(found.items()))


def _word(told: Told, thing: Thing, party: str, why: tuple[str, ...], parts: frozenset[int] | None) -> Asked:
    word = given(told, party, thing, parts)
    latest = newest(told, party, thing)
    since = asked_since(thing, parts, latest[1] if latest and word.word == "silent" else None)
    return Asked(party, why, word, since)


def _named(told: Told, thing: Thing) -> frozenset[str]:
    """What a plan lists and what answers say that it does not: an answer is stale until both name the same things."""
    answers = (body_of(answer.now, Answer) for answer in told.about("answer", thing.ref))
    stale = [ref for one in answers if one is not None and one.verdict == "stale" for ref in one.unknown or ()]
    body = body_of(thing.now, Activity)
    return frozenset((*stale, *((body.knows if body else None) or ()))) if stale else frozenset()


def _party(one: Basis, word: Asked, at: int, *, suspended: bool) -> Party:
    ask, terms = one.body.ask or "joint", one.terms
    party = Party(word.party, word.why, word.given, word.since, suspended=suspended)
    if ask == "inform":
        return party
    rules: list[Rule] = []
    wanted = terms.answer(ask)
    if wanted is not None:
        minutes, rule = wanted
        due = word.since + minutes * MINUTE_MS
        late = max(0, ((at if word.given.at is None else word.given.at) - due) // MINUTE_MS)
        party = replace(party, due=due, late_minutes=late)
        rules += [rule] if late else []
    if word.given.word == "silent":
        elapsed = max(0, at - word.since) // MINUTE_MS
        rung = terms.rung(elapsed)
        silence = None if suspended else terms.silence(ask, elapsed)
        if rung is not None:
            party = replace(party, rung=rung[0], level=rung[1])
            rules.append(rung[2])
        if silence is not None:
            party = replace(party, silence=silence[0].means)
            rules.append(silence[1])
    return replace(party, rules=tuple(rules)) if rules else party


def _notice(
    terms: InForce, areas: Iterable[str], thing: Thing, body: Activity, start: int | None
) -> tuple[int, bool, tuple[Rule, ...]]:
    """By how many minutes the notice fell short, whether it came after the beginning, and the rule that says so."""
    if start is None or body.status in ENDED:
        return 0, False, ()
    told_at = asked_since(thing, None)
    lead = terms.lead(body.activity, areas)
    after_start = told_at > start
    if lead is None:
        return (-(-(told_at - start) // MINUTE_MS) if after_start else 0), after_start, ()
    late = max(0, -(-(told_at + lead[0] * MINUTE_MS - start) // MINUTE_MS))
    return late, after_start, (lead[1],) if late else ()


def _state(one: Basis, parties: tuple[Party, ...]) -> State:
    body = one.body
    if one.erased:
        return "erased"
    if body.status == "ended" or body.status == "cancelled":  # noqa: PLR1714 - the type checker follows only this
        return body.status
    if body.ask == "inform":
        return "informed"
    return _missing(body, parties) or _complete(body, parties, heard=not one.plan.not_heard and not one.plan.missing)


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
