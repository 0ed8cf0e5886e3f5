"""Requests: two clocks, the ladder, steps that count; no edit moves a clock and every node comes to the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.incidents.request_words import read_asked, read_request, read_step
from tansiq.incidents.requests import LEVELS, Standing, sides, waiting_for

from .asking import BEGAN, MINUTE, SIDES, Asking

QUIET = settings(deadline=None, derandomize=True, max_examples=120)


def due(minute: int) -> int:
    return BEGAN + minute * MINUTE


@pytest.fixture
def circle() -> Asking:
    return Asking()


def test_clocks_and_their_rules_come_from_the_terms_that_the_asker_had(circle: Asking) -> None:
    before = circle.ask()
    terms = circle.agree(minute=5)
    after = circle.ask(minute=10)
    assert (circle.stands(before, 20).terms, circle.with_(before, 20).answered.due) == (None, None)
    stand = circle.with_(after, 20)
    assert (stand.taken.due, stand.answered.due) == (due(25), due(130))
    assert stand.answered.rule is not None
    assert (stand.answered.rule.name, stand.answered.rule.terms, stand.answered.rule.number) == ("answer", terms, 2)
    verified = circle.ask(minute=10, request_type="verification")
    assert circle.with_(verified, 20).answered.due == due(310)
    circle.agree(minute=30, answer=[{"minutes": 1}])
    assert circle.with_(after, 31).answered.due == due(130), "no later rule moves a clock that runs"


def test_the_askers_own_date_stands_over_the_terms_and_a_shorter_one_also_over_taking_in_hand(circle: Asking) -> None:
    circle.agree()
    long, short = circle.ask(due=due(600)), circle.ask(due=due(5))
    assert (circle.with_(long, 1).taken.due, circle.with_(long, 1).answered.due) == (due(15), due(600))
    assert (circle.with_(short, 1).taken.due, circle.with_(short, 1).answered.due) == (due(5), due(5))
    assert circle.with_(short, 1).answered.rule is None
    assert circle.with_(short, 6).answered.late_by == 1


def test_a_request_is_taken_answered_in_time_and_late_by_whole_minutes(circle: Asking) -> None:
    circle.agree()
    ref = circle.ask()
    assert circle.stands(ref, 1).state == "open"
    circle.step("mop", 20, ref, "taken", owner="medical office")
    stand = circle.with_(ref, 21)
    assert (stand.state, stand.owner, stand.taken.late_by, stand.taken.done) == ("taken", "medical office", 5, due(20))
    assert circle.stands(ref, 21).state == "taken"
    assert (circle.stands(ref, 121).late_by, circle.stands(ref, 121).waits_for) == (1, ("mop",))
    answer = circle.step("mop", 150, ref, "answered", text="it is on its way")
    found = circle.stands(ref, 10_000)
    assert (found.state, found.waits_for, found.due) == ("answered", (), None)
    assert circle.with_(ref, 10_000).answered.late_by == 30
    circle.tell("mop", "request_step", 900, {"text": "it arrived"}, revises=answer)
    assert circle.with_(ref, 10_000).answered.done == due(150), "correcting an answer does not make it later"


def test_an_answer_is_a_step_taken_in_hand_and_a_refusal_ends_it_too(circle: Asking) -> None:
    circle.agree()
    ref = circle.ask()
    circle.step("mop", 10, ref, "refused", reason="no car is free")
    found = circle.stands(ref, 500)
    assert (found.state, found.late_by) == ("refused", 0)
    assert circle.with_(ref, 500).taken.done == due(10)
    circle.step("mop", 60, ref, "answered", text="one is free now")
    assert circle.stands(ref, 500).state == "answered"
    assert circle.with_(ref, 500).answered.done == due(10), "the clock stopped with the first word"


def test_what_is_no_step_does_not_count_and_says_why(circle: Asking) -> None:
    ref = circle.ask()
    circle.step("mop", 1, ref, "answered")
    circle.step("mop", 2, ref, "refused")
    circle.step("mop", 3, ref, "escalated", reason="it is urgent")
    circle.step("coalition", 4, ref, "answered", text="we could")
    circle.step("joc", 5, ref, "answered", text="done by ourselves")
    found = circle.stands(ref, 10)
    assert [one.why for one in found.steps] == ["no_text", "no_reason", "no_level", "not_asked", "not_asked"]
    assert found.state == "open"


def test_the_ladder_rises_for_both_alike_until_there_is_an_answer(circle: Asking) -> None:
    circle.agree()
    for asker, other in (("joc", "mop"), ("mop", "joc")):
        ref = circle.ask(party=asker, to=(other,))
        levels = [circle.with_(ref, minute, other).level for minute in (59, 60, 239, 240)]
        assert levels == [None, "centre", "centre", "command"]
        rule = circle.with_(ref, 60, other).rules[0]
        assert (rule.name, rule.number) == ("ladder", 1)
        circle.step(other, 250, ref, "taken")
        assert circle.stands(ref, 251).level == "command", "to have it in hand is no answer"
        circle.step(other, 260, ref, "answered", text="yes")
        assert (circle.stands(ref, 261).level, circle.with_(ref, 261, other).rung) == (None, 0)


def test_who_gives_more_time_than_the_terms_gives_it_to_the_ladder_too(circle: Asking) -> None:
    circle.agree()
    ref = circle.ask(due=due(1120))
    assert [circle.with_(ref, minute).level for minute in (1059, 1060)] == [None, "centre"]
    sooner = circle.ask(due=due(10))
    assert [circle.with_(sooner, minute).level for minute in (59, 60)] == [None, "centre"]


def test_the_asker_and_whoever_was_asked_may_escalate_and_nobody_lowers(circle: Asking) -> None:
    circle.agree()
    ref = circle.ask()
    step = circle.step("joc", 10, ref, "escalated", level="ministry", reason="lives are at stake")
    assert (circle.stands(ref, 11).level, circle.with_(ref, 11).escalated) == ("ministry", step)
    circle.step("mop", 12, ref, "escalated", level="centre", reason="let the centre see to it")
    assert circle.stands(ref, 13).level == "ministry"
    assert LEVELS.index("ministry") > LEVELS.index("command")


def test_each_party_that_is_asked_has_clocks_of_its_own(circle: Asking) -> None:
    circle.agree()
    ref = circle.ask(to=("mop", "coalition"))
    circle.step("mop", 30, ref, "answered", text="ours is there")
    found = circle.stands(ref, 200)
    assert (found.state, found.waits_for, found.late_by) == ("open", ("coalition",), 80)
    circle.step("coalition", 210, ref, "refused", reason="not ours")
    assert circle.stands(ref, 211).state == "answered"


def test_a_withdrawn_request_is_nobodys_delay_and_what_was_answered_stays_answered(circle: Asking) -> None:
    circle.agree()
    one, two = circle.ask(), circle.ask()
    circle.step("mop", 30, two, "answered", text="yes")
    for ref in (one, two):
        circle.tell("joc", "request", 500, {"withdrawn": True, "reason": "no longer needed"}, revises=ref)
    assert (circle.stands(one, 600).state, circle.stands(one, 600).late_by) == ("withdrawn", 0)
    assert circle.with_(two, 600).state == "answered"


def test_an_answer_to_words_that_changed_since_is_marked(circle: Asking) -> None:
    ref = circle.ask()
    circle.step("mop", 5, ref, "answered", text="yes")
    assert circle.with_(ref, 6).changed_since is False
    circle.tell("joc", "request", 10, {"text": "two ambulances"}, revises=ref)
    assert (circle.with_(ref, 11).changed_since, circle.stands(ref, 11).state) == (True, "answered")


def test_both_sides_are_measured_by_the_same_figures(circle: Asking) -> None:
    circle.agree()
    for asker, other in (("joc", "mop"), ("mop", "joc")):
        first = circle.ask(0, asker, to=(other,))
        circle.step(other, 20, first, "answered", text="yes")
        second = circle.ask(0, asker, to=(other,))
        circle.step(other, 200, second, "refused", reason="no")
        circle.ask(0, asker, to=(other,))
        circle.ask(390, asker, to=(other,))
    joc, mop = sides(circle.all_at(400), SIDES)
    assert (joc.put, joc.asked, joc.waiting, joc.answered, joc.refused) == (4, 4, 2, 1, 1)
    assert (joc.in_time, joc.late, joc.no_clock, joc.median_minutes) == (1, 2, 0, 20)
    assert [getattr(joc, name) for name in joc.__struct_fields__[1:]] == [
        getattr(mop, name) for name in mop.__struct_fields__[1:]
    ]


def test_the_board_shows_what_waits_first_and_of_that_the_latest(circle: Asking) -> None:
    circle.agree()
    late, soon, later = circle.ask(0), circle.ask(100), circle.ask(100, due=due(900))
    over = circle.ask(50)
    circle.step("mop", 60, over, "answered", text="yes")
    assert [one.ref for one in circle.all_at(150)] == [late, soon, later, over]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("requests.of_nobody", {"request_type": "support", "text": "x"}),
        ("requests.no_type", {"to": ["mop"], "text": "x"}),
        ("requests.no_text", {"to": ["mop"], "request_type": "support", "text": "  "}),
        ("requests.due_before", {"to": ["mop"], "request_type": "support", "text": "x", "due": BEGAN}),
    ],
)
def test_a_request_that_nobody_could_answer_is_refused(code: str, fields: dict[str, Any]) -> None:
    with refused(code):
        read_asked(fields, BEGAN)


def test_a_request_of_oneself_and_a_new_date_are_refused() -> None:
    with refused("requests.of_itself"):
        read_request({"to": ["joc"]}, "joc", corrects=False)
    with refused("requests.clock_runs"):
        read_request({"due": BEGAN}, "joc", corrects=True)
    read_request({"to": ["mop"], "due": BEGAN}, "joc", corrects=False)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("requests.no_answer", {"step": "answered"}),
        ("requests.no_reason", {"step": "refused"}),
        ("requests.no_level", {"step": "escalated", "reason": "r"}),
    ],
)
def test_a_step_that_would_not_count_is_refused(code: str, fields: dict[str, Any]) -> None:
    with refused(code):
        read_step(fields)


EDITS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["other words", "and more"]),
        "due": st.integers(-500, 5000).map(due),
        "to": st.sampled_from([["mop"], ["coalition"], ["mop", "coalition"]]),
        "request_type": st.sampled_from(["information", "support", "verification", "passage"]),
        "withdrawn": st.booleans(),
    },
)
STEPS = st.fixed_dictionaries(
    {"step": st.sampled_from(["taken", "answered", "refused", "escalated"])},
    optional={
        "text": st.just("t"),
        "reason": st.just("r"),
        "level": st.sampled_from(LEVELS),
        "owner": st.just("an office"),
    },
)
ACTS = st.lists(
    st.tuples(st.integers(0, 400), st.one_of(EDITS, st.tuples(st.sampled_from(["joc", "mop", "coalition"]), STEPS))),
    max_size=8,
)


def lived(acts: list[Any], *, edits: bool = True) -> tuple[Asking, str]:
    """A request and what followed, in the order of time."""
    circle = Asking()
    circle.agree()
    ref = circle.ask()
    for minute, act in sorted(acts, key=lambda one: one[0]):
        if isinstance(act, tuple):
            party, fields = act
            circle.tell(party, "request_step", minute, fields, about=ref)
        elif edits and act:
            circle.tell("joc", "request", minute, act, revises=ref)
    return circle, ref


def clocks(one: Standing, party: str = "mop") -> tuple[Any, ...]:
    (found,) = [stand for stand in one.parties if stand.party == party]
    return (
        found.asked,
        found.taken.since,
        found.taken.due,
        found.answered.since,
        found.answered.due,
        found.answered.done,
    )


@QUIET
@given(acts=ACTS)
def test_no_edit_ever_moves_a_clock(acts: list[Any]) -> None:
    edited, ref = lived(acts)
    plain, same = lived(acts, edits=False)
    assert clocks(edited.stands(ref, 500)) == clocks(plain.stands(same, 500))


@QUIET
@given(acts=ACTS, at=st.integers(0, 2000), order=st.randoms(use_true_random=False))
def test_every_node_that_holds_the_same_comes_to_the_same(acts: list[Any], at: int, order: Any) -> None:
    circle, ref = lived(acts)
    entries = circle.every()
    order.shuffle(entries)
    assert circle.all_at(at, entries) == circle.all_at(at)
    assert circle.all_at(at)[0].ref == ref


@QUIET
@given(acts=ACTS, first=st.integers(0, 1000), more=st.integers(0, 1000))
def test_while_nothing_is_said_a_request_only_gets_later_and_higher(acts: list[Any], first: int, more: int) -> None:
    circle, ref = lived(acts)
    now, then = circle.stands(ref, 400 + first), circle.stands(ref, 400 + first + more)
    assert then.late_by >= now.late_by
    assert (now.state, now.waits_for, now.due) == (then.state, then.waits_for, then.due)
    for party in ("joc", "mop", "coalition"):
        stands = [one for one in now.parties if one.party == party and party in now.waits_for]
        assert waiting_for(circle.told(), party, BEGAN + (400 + first) * MINUTE) == stands
    height = [-1 if one.level is None else LEVELS.index(one.level) for one in (now, then)]
    assert height == sorted(height)
