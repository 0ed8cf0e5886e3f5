"""How a request stands: for each party that was asked its word, two clocks and the level that it stands before.

A clock starts when the party was named first and never starts again: no correction of the request, no withdrawal that
is taken back and no new date moves it. Times are those of the terms in force as the asker had them when it asked.
Taking in hand is due as an acknowledgement, answering as an answer without objection, a verification as a joint plan;
a date that the asker gives stands over the second. The ladder rises with the time that passes without an answer, from
when the clock started, or later by as much as the asker gave more time than the terms do. Silence means nothing here:
it is never an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low
from typing import Final, Literal, get_args

from msgspec import Struct

from tansiq.incidents.request_words import StepView, is_last_word, step_view
from tansiq.picture.terms import MINUTE_MS, InForce, Rule, in_force
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import AskLevel
from tansiq.records.kinds.request import Request, RequestType
from tansiq.records.kinds.terms import Level

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
ANSWERED_AS: Final[Mapping[str, AskLevel]] = {"verification": "joint"}
"""By which answer time of the terms a request is answered; every other as `no_objection`."""

State = Literal["open", "taken", "answered", "refused", "withdrawn", "erased"]
PartyState = Literal["waiting", "taken", "answered", "refused", "withdrawn"]


class Clock(Struct, frozen=True):
    """`due` (ms) is None where nothing says it; `done` (ms) where it is not done; `late_by` in minutes, a begun one
    counted whole. Without a rule the time is the asker's own.
    """

    name: Literal["taken", "answered"]
    since: int
    due: int | None
    done: int | None
    late_by: int
    rule: Rule | None


class PartyStands(Struct, frozen=True):
    """How it stands with one party: its word, its clocks, and while that waits the rung (from 1) and the level.

    `escalated` is the step by which it stands higher than the ladder alone says; `changed_since` says that the request
    was corrected after this word.
    """

    party: str
    asked: int
    state: PartyState
    owner: str | None
    taken: Clock
    answered: Clock
    rung: int
    level: Level | None
    escalated: str | None
    rules: tuple[Rule, ...]
    changed_since: bool


class Standing(Struct, frozen=True):
    """A request. `due` and `late_by` are of the party that waits longest; `level` is the highest that it stands before.

    `about` is what it was asked about, `terms` the record of the terms that hold for it.
    """

    ref: str
    party: str
    revision: str
    revisions: int
    said: int
    request_type: RequestType | None
    about: str | None
    state: State
    waits_for: tuple[str, ...]
    due: int | None
    late_by: int
    level: Level | None
    parties: tuple[PartyStands, ...]
    steps: tuple[StepView, ...]
    text: str | None
    lang: str | None
    reason: str | None
    terms: str | None


class Side(Struct, frozen=True):
    """A side's figures by one yardstick: what it put, what it was asked and how that went; minutes to an answer.

    `in_time` and `late` are of its answers and of what waits beyond its time; `no_clock` had no time.
    """

    party: str
    put: int
    asked: int
    waiting: int
    answered: int
    refused: int
    in_time: int
    late: int
    no_clock: int
    median_minutes: int | None


def standing(told: Told, thing: Thing, at: int) -> Standing:
    """How a request stands at a time (ms), by everything that is held."""
    body = body_of(thing.now, Request)
    first = thing.versions[0]
    terms = in_force(told, first)
    asked = _asked(thing)
    steps = tuple(step_view(one, thing.party, asked) for one in _in_order(told.about("request_step", thing.ref)))
    things = {one.ref: one for one in told.about("request_step", thing.ref)}
    gone = body is None or bool(body.withdrawn)
    parties = tuple(
        _party(thing, party, version, terms, steps, things, at, gone=gone or party not in ((body and body.to) or ()))
        for party, version in asked.items()
    )
    waiting = [one for one in parties if one.state in ("waiting", "taken")]
    levels = [LEVELS.index(one.level) for one in waiting if one.level is not None]
    return Standing(
        thing.ref,
        thing.party,
        thing.now.said.id,
        len(thing.versions),
        first.said.at,
        None if body is None else body.request_type,
        thing.about,
        _state(body, parties, waiting),
        tuple(one.party for one in waiting),
        min((one.answered.due for one in waiting if one.answered.due is not None), default=None),
        max((one.answered.late_by for one in waiting), default=0),
        LEVELS[max(levels)] if levels else None,
        parties,
        tuple(sorted(steps, key=lambda one: (one.said, one.ref))),
        None if body is None else body.text,
        None if body is None else body.lang,
        None if body is None else body.reason,
        terms.ref,
    )


def waiting_for(told: Told, party: str, at: int) -> list[PartyStands]:
    """How it stands with a party of every request that waits for its word; what it has answered is not worked out."""
    return [
        stand
        for thing in told.of_kind("request")
        if _waits_for(told, thing, party)
        for stand in standing(told, thing, at).parties
        if stand.party == party
    ]


def _waits_for(told: Told, thing: Thing, party: str) -> bool:
    body = body_of(thing.now, Request)
    if body is None or body.withdrawn or party == thing.party or party not in (body.to or ()):
        return False
    return not any(one.party == party and is_last_word(one) for one in told.about("request_step", thing.ref))


def standings(told: Told, at: int) -> list[Standing]:
    """Every request: what waits first, the latest and then the soonest due of it; then what is over, newest first."""
    found = [standing(told, thing, at) for thing in told.of_kind("request")]
    return sorted(found, key=_urgency)


def sides(found: Iterable[Standing], parties: Sequence[str]) -> list[Side]:
    """The same figures for every side."""
    every = list(found)
    return [_side(party, every) for party in parties]


def _urgency(one: Standing) -> tuple[int, int, int, str]:
    over = one.state not in ("open", "taken")
    return over, 0 if over else -one.late_by, -one.said if over else one.due or one.said, one.ref


def _asked(thing: Thing) -> dict[str, Version]:
    """Whoever was ever asked, with the version that asked first."""
    found: dict[str, Version] = {}
    for version in thing.versions:
        body = body_of(version, Request)
        for party in (body.to if body is not None else None) or ():
            if party != thing.party:
                found.setdefault(party, version)
    return found


def _in_order(things: Iterable[Thing]) -> list[Thing]:
    return sorted(things, key=lambda one: (one.now.said.ledger.epoch, one.now.said.index, one.ref))


def _party(
    thing: Thing,
    party: str,
    version: Version,
    terms: InForce,
    steps: Sequence[StepView],
    things: Mapping[str, Thing],
    at: int,
    *,
    gone: bool,
) -> PartyStands:
    since = version.said.at
    mine = [one for one in steps if one.party == party and one.why is None]
    final = [one for one in mine if one.step in ("answered", "refused")]
    taken = [one for one in mine if one.step == "taken"]
    done = min((one.said for one in final), default=None)
    begun = min((one.said for one in (*taken, *final)), default=None)
    clocks = _clocks(version, terms, since, begun, done, at, gone=gone)
    state = _party_state(final, taken, gone=gone)
    rung, escalated = 0, None
    level: Level | None = None
    rules: tuple[Rule, ...] = ()
    if state in ("waiting", "taken"):
        rung, level, rules = _rung(version, terms, since, at)
        level, escalated = _raised(level, [one for one in steps if one.party in (party, thing.party)])
    word = things[final[-1].ref].now if final else None
    return PartyStands(
        party,
        since,
        state,
        taken[-1].owner if taken else None,
        *clocks,
        rung,
        level,
        escalated,
        rules,
        word is not None and not word.knows(thing.now) and not gone,
    )


def _party_state(final: Sequence[StepView], taken: Sequence[StepView], *, gone: bool) -> PartyState:
    if final:
        return "refused" if final[-1].step == "refused" else "answered"
    if gone:
        return "withdrawn"
    return "taken" if taken else "waiting"


def _own_due(version: Version, since: int) -> int | None:
    """The date that the asker gave when it asked first."""
    body = body_of(version, Request)
    return None if body is None or body.due is None else max(body.due, since)


def _answer_time(version: Version, terms: InForce) -> tuple[int, Rule] | None:
    body = body_of(version, Request)
    kind = None if body is None else body.request_type
    return terms.answer(ANSWERED_AS.get(kind or "", "no_objection"))


def _clocks(
    version: Version, terms: InForce, since: int, begun: int | None, done: int | None, at: int, *, gone: bool
) -> tuple[Clock, Clock]:
    own, wanted, taking = _own_due(version, since), _answer_time(version, terms), terms.answer("acknowledge")
    due = own if wanted is None or own is not None else since + wanted[0] * MINUTE_MS
    take = None if taking is None else since + taking[0] * MINUTE_MS
    if take is not None and due is not None and due < take:
        take, taking = due, None
    return (
        _clock("taken", since, take, begun, None if taking is None else taking[1], at, gone=gone),
        _clock("answered", since, due, done, None if own is not None or wanted is None else wanted[1], at, gone=gone),
    )


def _clock(
    name: Literal["taken", "answered"],
    since: int,
    due: int | None,
    done: int | None,
    rule: Rule | None,
    at: int,
    *,
    gone: bool,
) -> Clock:
    # nobody is late with what was taken back before it was done
    over = 0 if due is None or (gone and done is None) else (at if done is None else done) - due
    return Clock(name, since, due, done, max(0, -(-over // MINUTE_MS)), rule)


def _rung(version: Version, terms: InForce, since: int, at: int) -> tuple[int, Level | None, tuple[Rule, ...]]:
    own, wanted = _own_due(version, since), _answer_time(version, terms)
    by_terms = since + (0 if wanted is None else wanted[0] * MINUTE_MS)
    start = since if own is None else since + max(0, own - by_terms)
    # before that nothing was to be answered yet, and a rung of zero minutes would be reached
    found = None if at < start else terms.rung((at - start) // MINUTE_MS)
    return (0, None, ()) if found is None else (found[0], found[1], (found[2],))


def _raised(level: Level | None, steps: Iterable[StepView]) -> tuple[Level | None, str | None]:
    """The higher of what the ladder says and of what the asker or this party escalated to."""
    highest, by = -1 if level is None else LEVELS.index(level), None
    for one in steps:
        if one.step == "escalated" and one.why is None and one.level is not None:
            height = LEVELS.index(one.level)
            if height > highest:
                highest, by = height, one.ref
    return (None if highest < 0 else LEVELS[highest]), by


def _state(body: Request | None, parties: Sequence[PartyStands], waiting: Sequence[PartyStands]) -> State:
    if body is None:
        return "erased"
    if waiting:
        return "taken" if all(one.state == "taken" for one in waiting) else "open"
    words = {one.state for one in parties}
    if "answered" in words:
        return "answered"
    return "refused" if "refused" in words else "withdrawn"


def _side(party: str, every: Sequence[Standing]) -> Side:
    asked = [one for found in every if found.state != "erased" for one in found.parties if one.party == party]
    words = [one for one in asked if one.state in ("answered", "refused")]
    waiting = [one for one in asked if one.state in ("waiting", "taken")]
    timed = [one for one in (*words, *waiting) if one.answered.due is not None]
    minutes = [max(0, (one.answered.done or 0) - one.asked) // MINUTE_MS for one in words]
    return Side(
        party,
        sum(found.party == party for found in every),
        len(asked),
        len(waiting),
        sum(one.state == "answered" for one in words),
        sum(one.state == "refused" for one in words),
        sum(one.answered.done is not None and one.answered.late_by == 0 for one in timed),
        sum(one.answered.late_by > 0 for one in timed),
        len(words) + len(waiting) - len(timed),
        median_low(minutes) if minutes else None,
    )
