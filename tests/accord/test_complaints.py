"""How a complaint stands: the clocks against a plain walk through the minutes, whose word counts, what is missing."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movements.telling import Telling
from tansiq.accord.complaints import Standing, disputes, standing
from tansiq.accord.terms import Step
from tansiq.picture.told import Told, gather

KINDS = {"complaint", "complaint_step", "consent", "terms", "assessment", "negotiation_file"}
MINUTE = 60_000
BEGAN = 1_700_000_000_000
SIDES, FACILITATOR = ("joc", "mop"), "coalition"
FOUR: tuple[Step, ...] = ("reply", "verification", "finding", "recommendation")
PLACE = {"lat": 355_000_000, "lon": 435_000_000, "accuracy": 100}
NAMED: dict[str, Any] = {"action": {"en": "Take the barrier away"}, "place": PLACE, "number": "1", "due": BEGAN}


class Matter:
    """A circle with a complaint of the one side against the other, at minute 0."""

    def __init__(self, times: dict[Step, int] | None = None, **fields: Any) -> None:
        self.circle = Telling(*SIDES, FACILITATOR, takes_part=SIDES)
        if times:
            rules = [{"step": step, "minutes": minutes} for step, minutes in times.items()]
            terms = self.say("joc", "terms", {"version": 1, "parties": list(SIDES), "complaints": rules})
            self.accept("mop", terms)
        self.circle.meet()
        told = {"against": "mop", "status": "open", **fields}
        self.ref = self.circle.say("joc", "complaint", told, at=BEGAN)
        self.circle.meet()

    def say(self, party: str, kind: str, fields: dict[str, Any], about: str | None = None, minute: int = 0) -> str:
        ref = self.circle.say(party, kind, fields, about=about, at=BEGAN + minute * MINUTE)
        self.circle.meet()
        return ref

    def step(self, party: str, step: Step, minute: int = 0, **fields: Any) -> str:
        return self.say(party, "complaint_step", {"step": step, **fields}, self.ref, minute)

    def accept(self, party: str, ref: str, minute: int = 0, verdict: str = "accepted") -> str:
        return self.say(party, "consent", {"revision": ref.split("/")[1], "verdict": verdict}, ref, minute)

    def told(self, chance: random.Random | None = None) -> Told:
        sizes = {ledger: len(chain) for ledger, chain in self.circle.ledgers.items()}
        entries = self.circle.entries(sizes)
        if chance is not None:
            chance.shuffle(entries)
        return gather(entries, SIDES, sizes, {}, KINDS)

    def stands(self, minute: int = 0, facilitators: tuple[str, ...] = (FACILITATOR,)) -> Standing:
        told = self.told()
        thing = told.get(self.ref)
        assert thing is not None
        return standing(told, thing, facilitators, BEGAN + minute * MINUTE)


def walk(times: dict[Step, int], taken: dict[Step, int], at: int) -> dict[Step, tuple[int | None, int]]:
    """Due and minutes late of each step, found by going through the minutes one by one."""
    begun: dict[Step, int] = {"reply": 0}
    for minute in range(at + 1):
        for step, following in pairwise(FOUR):
            is_due = step in begun and step in times and begun[step] + times[step] == minute
            if following not in begun and (taken.get(step) == minute or is_due):
                begun[following] = minute
    found: dict[Step, tuple[int | None, int]] = {}
    for step in FOUR:
        due = begun[step] + times[step] if step in begun and step in times else None
        found[step] = due, 0 if due is None else max(0, taken.get(step, at) - due)
    return found


steps = st.sampled_from(FOUR)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(steps, st.integers(1, 40)),
    st.dictionaries(steps, st.integers(1, 60)),
    st.integers(60, 120),
)
def test_the_clocks_are_those_of_a_walk_through_the_minutes(
    times: dict[Step, int], taken: dict[Step, int], at: int
) -> None:
    matter = Matter(times)
    for step, minute in taken.items():
        matter.step("mop" if step == "reply" else FACILITATOR, step, minute, finding="unclear")
    found = {one.step: one for one in matter.stands(at).steps}
    for step, (due, late) in walk(times, taken, at).items():
        one = found[step]
        assert one.due == (None if due is None else BEGAN + due * MINUTE), step
        assert one.late_by == late, step
        assert (one.done is not None) == (step in taken)
        assert (one.rule is None) == (one.due is None)


Said = tuple[str, str, int, int]
said = st.lists(
    st.tuples(
        st.sampled_from((*SIDES, FACILITATOR)),
        st.sampled_from((*FOUR, "execution", "accepted", "declined")),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(said, st.randoms(use_true_random=False))
def test_every_node_comes_to_the_same_whatever_came_first(what: list[Said], chance: random.Random) -> None:
    matter = Matter({"reply": 5, "verification": 5, "finding": 5})
    refs: list[str] = []
    for number, (party, word, one, other) in enumerate(what):
        if word in ("accepted", "declined"):
            if refs and not refs[one % len(refs)].startswith(f"{party}/"):
                matter.accept(party, refs[one % len(refs)], number, word)
            continue
        fields = {"of": refs[one % len(refs)]} if word == "execution" and refs else {}
        named = dict(list(NAMED.items())[: other + 1])
        more = {"finding": ("upheld", "partly", "not_upheld", "unclear")[other]} if word == "finding" else {}
        refs.append(
            matter.say(
                party,
                "complaint_step",
                {"step": word, "done": "yes", "by": "mop", **fields, **named, **more},
                matter.ref,
                number,
            )
        )
    first, second = matter.told(), matter.told(chance)
    for at in (0, 7, 60):
        here, there = (
            standing(told, thing, (FACILITATOR,), BEGAN + at * MINUTE)
            for told in (first, second)
            if (thing := told.get(matter.ref)) is not None
        )
        assert here == there
        counting = [word for step in here.steps for word in step.words if word.counted is not None]
        assert all(word.why is None and not word.waits_for for word in counting)
        assert all(word.party == "mop" for word in counting if word.step == "reply")
        if here.state == "executed":
            assert not here.missing
            assert all(task.state == "executed" for task in here.tasks)
    assert disputes(first, (FACILITATOR,), BEGAN) == disputes(second, (FACILITATOR,), BEGAN)


def words(found: Standing, step: Step) -> list[tuple[str, str | None]]:
    """Who said it, and why it does not count."""
    return [(word.party, word.why) for one in found.steps if one.step == step for word in one.words]


def test_a_step_by_a_wrong_party_stands_and_does_not_count() -> None:
    matter = Matter({"reply": 60})
    matter.step("joc", "reply", 1)
    matter.step("mop", "verification", 2)
    found = matter.stands(61)
    assert found.state == "waits_for_reply"
    assert words(found, "reply") == [("joc", "not_the_party_complained_against")]
    assert words(found, "verification") == [("mop", "waits_for_the_other_side")]
    assert found.late
    matter.step("mop", "reply", 90)
    found = matter.stands(95)
    reply = found.steps[0]
    assert (reply.state, reply.late_by, found.state) == ("done", 30, "waits_for_verification")


def test_a_finding_that_does_not_name_everything_cannot_be_closed() -> None:
    for left in NAMED:
        matter = Matter()
        named = {name: value for name, value in NAMED.items() if name != left}
        matter.step(FACILITATOR, "finding", 5, finding="upheld", **named)
        found = matter.stands(9)
        assert found.state == "cannot_be_closed"
        assert found.missing == ({"due": "date"}.get(left, left),)
    matter = Matter(status="closed")
    matter.step(FACILITATOR, "finding", 5, finding="upheld", **{**NAMED, "number": "  "})
    assert matter.stands(9).state == "cannot_be_closed", "whatever the complainant says"
    matter = Matter()
    matter.step(FACILITATOR, "finding", 5, finding="not_upheld")
    assert matter.stands(9).state == "not_upheld", "where nothing was broken there is nothing to name"


def test_without_a_facilitator_both_sides_find_together() -> None:
    matter = Matter()
    ref = matter.step("mop", "finding", 5, finding="upheld", **NAMED)
    found = matter.stands(9, facilitators=())
    assert found.finding is None
    assert found.steps[2].jointly
    assert found.steps[2].words[0].waits_for == ("joc",)
    matter.accept("joc", ref, 8)
    found = matter.stands(9, facilitators=())
    assert (found.finding, found.state) == (ref, "waits_for_recommendation")
    assert found.steps[2].done == BEGAN + 8 * MINUTE, "it is the body's since the other side's word"
    matter = Matter()
    ref = matter.step("mop", "finding", 5, finding="upheld", **NAMED)
    matter.accept("coalition", ref, 6)
    assert matter.stands(9, facilitators=()).finding is None, "the word of a third is not the other side's"


def test_nobody_verifies_alone_in_a_matter_of_its_own() -> None:
    matter = Matter(against=FACILITATOR)
    matter.step(FACILITATOR, "finding", 5, finding="not_upheld")
    assert matter.stands(9).finding is None


def test_an_execution_counts_once_the_other_side_confirmed_it() -> None:
    matter = Matter()
    matter.step(FACILITATOR, "finding", 5, finding="upheld", **NAMED)
    due = BEGAN + 60 * MINUTE
    task = matter.step(FACILITATOR, "recommendation", 6, by="mop", **{**NAMED, "due": due})
    matter.step("joc", "execution", 7, of=task, done="yes")
    matter.step("mop", "execution", 8, of=matter.ref, done="yes")
    found = matter.stands(9)
    assert words(found, "execution") == [("joc", "not_the_party_named"), ("mop", "no_such_recommendation")]
    assert (found.state, found.tasks[0].state) == ("waits_for_execution", "due")
    assert matter.stands(61).tasks[0].state == "late"
    done = matter.step("mop", "execution", 70, of=task, done="yes")
    assert matter.stands(71).tasks[0].state == "waits_for_confirmation"
    matter.accept("coalition", done, 72)
    assert matter.stands(73).tasks[0].state == "waits_for_confirmation", "it is for who complained to confirm"
    matter.accept("joc", done, 74)
    found = matter.stands(75)
    assert (found.state, found.tasks[0].late_by, found.late) == ("executed", 10, False)


def test_who_executed_in_time_is_not_late_while_the_other_side_is_silent() -> None:
    matter = Matter()
    matter.step(FACILITATOR, "finding", 5, finding="upheld", **NAMED)
    due = BEGAN + 60 * MINUTE
    tasks = [matter.step(FACILITATOR, "recommendation", 6, by="mop", **{**NAMED, "due": due}) for _ in range(2)]

    def execution(minute: int) -> tuple[str, int, bool]:
        found = matter.stands(minute)
        return found.steps[-1].state, found.steps[-1].late_by, found.late

    first = matter.step("mop", "execution", 50, of=tasks[0], done="yes")
    assert execution(90) == ("late", 30, True), "the other one is not done"
    second = matter.step("mop", "execution", 65, of=tasks[1], done="yes")
    assert execution(500) == ("unconfirmed", 5, False), "five minutes, as it was said"
    assert [task.late_by for task in matter.stands(500).tasks] == [0, 5]
    matter.accept("joc", first, 501)
    assert execution(502) == ("unconfirmed", 5, False)
    matter.accept("joc", second, 503)
    assert execution(504) == ("done", 5, False)
    matter.accept("joc", second, 505, "declined")
    assert execution(506) == ("late", 446, True), "a word that was declined is none"


def test_a_declined_finding_and_a_disputed_assessment_are_disputes_until_a_file_is_named() -> None:
    matter = Matter()
    finding = matter.step(FACILITATOR, "finding", 5, finding="upheld", **NAMED)
    matter.accept("mop", finding, 6, "declined")
    disputed = matter.say("joc", "assessment", {"word": "disputed"}, "mop/x", 7)
    assert matter.stands(9).state == "disputed"
    found = disputes(matter.told(), (FACILITATOR,), BEGAN)
    assert {(one.cause, one.kind, one.about, one.by, one.files) for one in found} == {
        (finding, "finding", matter.ref, ("mop",), ()),
        (disputed, "assessment", "mop/x", ("joc",), ()),
    }
    file = matter.say("joc", "negotiation_file", {"cause": finding, "state": "open"}, None, 8)
    assert [one.files for one in disputes(matter.told(), (FACILITATOR,), BEGAN)] == [(file,), ()]


def test_a_clock_that_runs_is_not_moved_by_later_terms() -> None:
    matter = Matter({"reply": 60})
    rules = [{"step": "reply", "minutes": 5}]
    terms = matter.say("joc", "terms", {"version": 2, "parties": list(SIDES), "complaints": rules}, None, 1)
    matter.accept("mop", terms, 2)
    assert matter.stands(9).steps[0].due == BEGAN + 60 * MINUTE
    assert Matter(reply_due=BEGAN + 7 * MINUTE).stands(9).steps[0].late_by == 2, "what the complaint says comes first"
