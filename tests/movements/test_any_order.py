"""Whatever is told, in whatever order it arrives and whatever has not arrived: what no node ever shows."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from movements.telling import HOUR, NOON, Squares, Telling, plan, volume
from tansiq.movements.answers import CONSENTS
from tansiq.movements.standing import Plan, asked
from tansiq.movements.states import states
from tansiq.picture.told import Ledger, Thing, Told, body_of
from tansiq.records.kinds.activity import Activity

LOOK = Squares()
PARTIES = ("joc", "mop", "coalition")
VERDICTS = ("acknowledged", "clear", "clear", "clear", "conditional", "objection", "stale")
Step = tuple[str, str, int, int]

steps = st.lists(
    st.tuples(
        st.sampled_from(PARTIES),
        st.sampled_from(
            ("plan", "plan", "change", "hear", *(["all"] * 6), *(["clear"] * 6), "answer", "consent", "hold", "terms")
        ),
        st.integers(0, 63),
        st.integers(0, 63),
    ),
    min_size=4,
    max_size=12,
)
LIVES = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def live(told_steps: Sequence[Step]) -> tuple[Telling, list[dict[Ledger, int]]]:
    """A circle to which this happens, and everything that a node held after each step."""
    circle = Telling(*PARTIES, takes_part=("joc", "mop"))
    held: list[dict[Ledger, int]] = []
    circle.say("joc", "activity", plan(volume(2), asks=["coalition"]))
    _step(circle, "coalition", "all", 0, 0)
    _step(circle, "coalition", "clear", 0, 0)
    for party, what, one, other in told_steps:
        _step(circle, party, what, one, other)
        held.append(dict(circle.nodes[party].held))
    return circle, held


def _step(circle: Telling, party: str, what: str, one: int, other: int) -> None:
    here = circle.at(party)
    theirs = [thing for thing in here.of_kind("activity") if thing.party != party]
    own = [thing for thing in here.of_kind("activity") if thing.party == party]
    if what == "hear":
        circle.hear(party, PARTIES[one % 3], other)
    elif what == "all":
        circle.hear(party, PARTIES[one % 3])
    elif what == "clear":
        for thing in theirs:
            circle.say(party, "answer", {"revision": thing.now.said.id, "verdict": "clear"}, about=thing.ref)
    elif what == "plan":
        asks = {"asks": [PARTIES[other % 3]]} if other % 5 == 0 else {}
        ask = ("no_objection", "joint", "acknowledge", "inform")[other % 4 if other > 40 else 0]
        circle.say(party, "activity", plan(volume(one % 4, other % 2, size=1 + one % 2), ask=ask, **asks))
    elif what == "change" and own:
        _change(circle, own[one % len(own)], [thing.now.ref for thing in theirs], one, other)
    elif what == "answer" and theirs:
        thing = theirs[one % len(theirs)]
        verdict = VERDICTS[other % len(VERDICTS)]
        unknown = {"unknown": [two.now.ref for two in own]} if verdict == "stale" else {}
        circle.say(party, "answer", {"revision": thing.now.said.id, "verdict": verdict, **unknown}, about=thing.ref)
    else:
        _rule(circle, party, what, one, other)


def _change(circle: Telling, thing: Thing, known: list[str], one: int, other: int) -> None:
    fields: list[dict[str, Any]] = [
        {"volumes": [volume(other % 6, other % 3)]},
        {"status": "cancelled"},
        {"knows": known},
        {"volumes": [volume(one % 6, one % 3), volume(other % 6, other % 3)]},
        {"note": "the same"},
    ]
    circle.say(thing.party, "activity", fields[other % len(fields)], revises=thing.ref)


def _rule(circle: Telling, party: str, what: str, one: int, other: int) -> None:
    here = circle.at(party)
    words = [*here.of_kind("answer"), *here.of_kind("terms")]
    if what == "consent" and words:
        thing = words[one % len(words)]
        verdict = "declined" if other % 4 == 0 else "accepted"
        circle.say(party, "consent", {"revision": thing.now.said.id, "verdict": verdict}, about=thing.ref)
    elif what == "hold":
        ring = volume(one % 6)["ring"]
        spot = {"lat": 350_050_000, "lon": ring[0][0] + 10, "accuracy": 10}
        if other % 2:
            circle.say(party, "post", {"place": spot, "status": "manned"})
        else:
            circle.say(party, "area", {"ring": ring, "purpose": "joint_interest" if other % 4 else "responsibility"})
    elif what == "terms":
        silence = [{"ask": "no_objection", "after_minutes": 30, "means": "no_objection"}]
        ladder = [{"after_minutes": 10, "level": "desk"}, {"after_minutes": 30, "level": "command"}]
        fields = {"version": 1 + other, "parties": ["joc", "mop"], "silence": silence, "ladder": ladder}
        circle.say(party, "terms", {**fields, "status": "proposed"})


def plans(told: Told, at: int = NOON) -> dict[str, Plan]:
    """How every plan stands, by reference."""
    return {one.ref: one for one in states(told, LOOK, at).plans}


@given(steps, st.randoms(use_true_random=False))
@LIVES
def test_the_order_in_which_records_came_does_not_matter(happened: list[Step], chance: random.Random) -> None:
    circle, held = live(happened)
    for sizes in held[-3:]:
        entries = circle.entries(sizes)
        straight = states(circle.told(sizes, entries), LOOK, NOON)
        chance.shuffle(entries)
        assert states(circle.told(sizes, entries), LOOK, NOON) == straight


@given(steps)
@LIVES
def test_agreed_is_never_shown_where_somebody_else_holds_that_one_who_is_affected_did_not_answer(
    happened: list[Step],
) -> None:
    circle, _ = live(happened)
    everything = circle.told()
    seen: dict[tuple[str, str], Plan] = {}
    for sizes in _every_cut(circle):
        for shown in plans(circle.told(sizes)).values():
            if shown.state != "agreed":
                continue
            consented = {one.party for one in shown.parties if one.given.word in CONSENTS}
            assert {one.party for one in asked(shown.parties)} <= consented
            if (shown.ref, shown.revision) not in seen:
                seen[shown.ref, shown.revision] = plans(_as_of(everything, shown))[shown.ref]
            whole = seen[shown.ref, shown.revision]
            assert whole.revision == shown.revision
            if whole.state not in ("cancelled", "ended"):
                assert {one.party for one in asked(whole.parties)} <= consented


def _every_cut(circle: Telling) -> Iterator[dict[Ledger, int]]:
    """Everything that a node can hold: a beginning of each ledger, however little the others had of it."""
    ledgers = list(circle.ledgers)
    for sizes in itertools.product(*(range(len(circle.ledgers[one]) + 1) for one in ledgers)):
        yield dict(zip(ledgers, sizes, strict=True))


def _as_of(told: Told, shown: Plan) -> Told:
    """All that was ever told, but of one plan only what was told up to the version that somebody showed."""

    def cut(thing: Thing) -> Thing:
        count = next(n for n, one in enumerate(thing.versions, 1) if one.said.id == shown.revision)
        return replace(thing, versions=thing.versions[:count])

    things = [cut(one) if one.ref == shown.ref else one for one in told.things]
    return Told(things, told.parties, told.held, told.heard)


@given(steps)
@LIVES
def test_silence_is_never_taken_for_consent(happened: list[Step]) -> None:
    circle, held = live(happened)
    for sizes in held[-4:]:
        told = circle.told(sizes)
        answers = {thing.now.ref for thing in told.of_kind("answer")}
        accepted = {ref for ref, _ in _accepted_terms(told)}
        for one in plans(told, NOON + 1000 * HOUR).values():
            if one.state == "agreed":
                assert asked(one.parties)
                assert all(party.given.word in CONSENTS and party.given.ref in answers for party in asked(one.parties))
            for party in one.parties:
                assert party.silence is None or (one.terms in accepted and party.given.word == "silent")
                assert party.silence is None or party.rules[-1].name == "silence"


def _accepted_terms(told: Told) -> list[tuple[str, int]]:
    """Revisions of terms for which a record of every other party stands that says accepted."""
    found = []
    for thing in told.of_kind("terms"):
        for version in thing.versions:
            others = {"joc", "mop"} - {thing.party}
            words = {
                consent.party
                for consent in told.of_kind("consent")
                if consent.about == thing.ref
                and any(
                    getattr(one.body, "revision", None) == version.said.id
                    and getattr(one.body, "verdict", None) == "accepted"
                    for one in consent.versions
                )
            }
            if others <= words:
                found.append((version.ref, version.said.index))
    return found


@given(steps, st.lists(st.integers(-48 * 60, 96 * 60), min_size=2, max_size=6))
@LIVES
def test_a_clock_only_runs_forward(happened: list[Step], minutes: list[int]) -> None:
    circle, _ = live(happened)
    told = circle.told()
    before: dict[tuple[str, str], tuple[int, int, bool]] = {}
    for minute in sorted(minutes):
        for one in plans(told, NOON + minute * 60_000).values():
            for party in one.parties:
                if party.given.word != "silent":
                    continue
                now = (party.rung, party.late_minutes, party.silence is not None)
                assert now >= before.get((one.ref, party.party), (0, 0, False))
                assert now[2] >= before.get((one.ref, party.party), (0, 0, False))[2]
                before[one.ref, party.party] = now


@given(steps)
@LIVES
def test_collisions_have_one_id_on_every_node_and_stand_between_live_plans(happened: list[Step]) -> None:
    circle, held = live(happened)
    ids: dict[str, tuple[str, str]] = {}
    for sizes in held[-4:]:
        told = circle.told(sizes)
        for one in states(told, LOOK, NOON).collisions:
            assert ids.setdefault(one.id, one.plans) == one.plans
            for thing in told.of_kind("activity"):
                body = body_of(thing.now, Activity)
                assert thing.ref not in one.plans or (body is not None and body.status == "announced")
