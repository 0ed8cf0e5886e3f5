"""Which membership is in force, and whether there is a quorum."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tansiq.accord.bodies import bodies, quorum
from tansiq.records.kinds.body import Component
from tansiq.records.kinds.meeting import Attendance, AttendanceRole
from tansiq.records.kinds.terms import Quorum as Rule

from .talking import Talking


def circle() -> Talking:
    return Talking("joc", "mop", "coalition", takes_part=["joc", "mop"])


def seats(talk: Talking) -> dict[str, int]:
    (found,) = bodies(talk.told())
    return {} if found.in_force is None else {one.party: one.seats for one in found.in_force.components}


def change(*components: tuple[str, int]) -> dict[str, object]:
    return {"components": [{"party": party, "seats": count, "quorum": count} for party, count in components]}


def test_a_body_is_in_force_once_every_party_in_it_accepted_that_very_record() -> None:
    talk = circle()
    ref = talk.body(joc=(4, 3), mop=(4, 3))
    (found,) = bodies(talk.told())
    assert (found.state, found.in_force) == ("proposed", None)
    assert found.proposed[0].waits_for == ("mop",)
    talk.meet()
    talk.accept("mop", ref)
    (found,) = bodies(talk.told())
    assert (found.state, found.proposed) == ("in_force", ())
    assert seats(talk) == {"joc": 4, "mop": 4}


def test_a_change_of_membership_stays_proposed_and_the_old_one_in_force_until_all_accepted_it() -> None:
    talk = circle()
    ref = talk.body(joc=(4, 3), mop=(4, 3))
    talk.meet()
    talk.accept("mop", ref)
    talk.meet()
    later = talk.say("joc", "body", change(("joc", 6), ("mop", 4)), revises=ref)
    (found,) = bodies(talk.told())
    assert seats(talk) == {"joc": 4, "mop": 4}
    assert [(one.ref, one.waits_for) for one in found.proposed] == [(later, ("mop",))]
    assert found.proposed[0].words[1].earlier == ref, "what it accepted before is shown and does not count"
    talk.meet()
    talk.accept("mop", later)
    assert seats(talk) == {"joc": 6, "mop": 4}


def test_nobody_is_put_out_of_a_body_without_its_own_word_and_the_other_side_may_propose_too() -> None:
    talk = circle()
    ref = talk.body(joc=(4, 3), mop=(4, 3))
    talk.meet()
    talk.accept("mop", ref)
    talk.meet()
    alone = talk.say("joc", "body", change(("joc", 4)), revises=ref)
    assert seats(talk) == {"joc": 4, "mop": 4}
    talk.meet()
    other = talk.say("mop", "body", change(("joc", 4), ("mop", 5)), about=ref)
    (found,) = bodies(talk.told())
    assert {one.ref: one.waits_for for one in found.proposed} == {alone: ("mop",), other: ("joc",)}
    talk.meet()
    talk.accept("joc", other)
    assert seats(talk) == {"joc": 4, "mop": 5}


def test_a_body_is_dissolved_by_all_only() -> None:
    talk = circle()
    ref = talk.body(joc=(4, 3), mop=(4, 3))
    talk.meet()
    talk.accept("mop", ref)
    talk.meet()
    end = talk.say("joc", "body", {"status": "dissolved"}, revises=ref)
    assert bodies(talk.told())[0].state == "in_force"
    talk.meet()
    talk.accept("mop", end)
    assert bodies(talk.told())[0].state == "dissolved"


def test_advisers_do_not_make_a_quorum_an_emergency_needs_fewer_and_the_terms_may_need_more() -> None:
    components = [Component("joc", 4, 3, 2), Component("mop", 4, 3)]
    there = [Attendance("joc", "head", 1), Attendance("joc", "member", 1), Attendance("joc", "adviser", 9)]
    there.append(Attendance("mop", "member", 3))
    plain = quorum(components, there)
    assert [(one.party, one.there, one.needed, one.missing) for one in plain.parties] == [
        ("joc", 2, 3, 1),
        ("mop", 3, 3, 0),
    ]
    assert not plain.reached
    assert quorum(components, there, emergency=True).reached
    rules = [Rule("committee", "mop", 4, 1), Rule("centre", "joc", 9), Rule("committee", "joc", 1)]
    strict = quorum(components, there, rules=rules, body_type="committee")
    assert [(one.needed, one.rule) for one in strict.parties] == [(3, "body"), (4, "terms")]
    assert not quorum([], there).reached, "without components nobody can be enough"


ROLES: list[AttendanceRole] = ["head", "member", "adviser", "interpreter", "secretary", "observer", "facilitator"]
PARTIES = st.sampled_from(["joc", "mop"])
attendances = st.lists(st.builds(Attendance, PARTIES, st.sampled_from(ROLES), st.integers(0, 6)), max_size=8)
rule_lists = st.lists(st.builds(Rule, st.just("committee"), PARTIES, st.integers(0, 6)), max_size=2)


@given(
    attendances, st.builds(Attendance, PARTIES, st.sampled_from(ROLES), st.integers(0, 6)), rule_lists, st.booleans()
)
def test_more_people_never_undo_a_quorum(
    there: list[Attendance], more: Attendance, rules: list[Rule], emergency: bool
) -> None:
    components = [Component("joc", 4, 3, 2), Component("mop", 4, 2, 1)]

    def of(who: list[Attendance]) -> tuple[bool, int]:
        found = quorum(components, who, emergency=emergency, rules=rules, body_type="committee")
        return found.reached, found.missing

    (before, missing), (after, left) = of(there), of([*there, more])
    assert after >= before
    assert left <= missing
    assert before == (missing == 0)
