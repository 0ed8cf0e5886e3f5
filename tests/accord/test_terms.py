"""What terms in force say of roles, quorums, reports, manning and complaints, and by which rule."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tansiq.accord.terms import Act, cutoff_for, manning_for, quorum_for, roles_for, step_time
from tansiq.picture.terms import NO_TERMS, InForce
from tansiq.records.kinds.terms import Terms

parties = st.sampled_from(["joc", "mop"])
centres = st.sampled_from(["joc/a", "mop/b"])


def holding(**rules: Any) -> InForce:
    """These rules in force."""
    return InForce("joc/1", msgspec.convert({"version": 3, **rules}, Terms))


def test_without_terms_nothing_is_said() -> None:
    assert roles_for(NO_TERMS, "send") is None
    assert quorum_for(NO_TERMS, "committee", "joc") is None
    assert cutoff_for(NO_TERMS, "situation") is None
    assert manning_for(NO_TERMS, "joc/a", "joc") is None
    assert step_time(NO_TERMS, "reply") is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["liaison", "negotiator", "planner"]),
            st.lists(st.sampled_from(get_args(Act)), min_size=1, max_size=3),
        ),
        max_size=6,
    ),
    st.sampled_from(get_args(Act)),
    st.sets(st.sampled_from(["liaison", "negotiator", "planner", "reader"])),
)
def test_an_act_is_left_to_the_roles_that_the_rules_name(
    rules: list[tuple[str, list[Act]]], act: Act, roles: set[str]
) -> None:
    terms = holding(roles=[{"role": role, "acts": acts} for role, acts in rules])
    found = roles_for(terms, act)
    named = {role for role, acts in rules if act in acts}
    assert (found is None) == (not named)
    if found is not None:
        assert set(found.roles) == named
        assert found.permits(roles) == bool(named & roles)
        assert act in rules[(found.rule.number or 0) - 1][1], "the rule that is named speaks of the act"


@given(
    st.lists(
        st.fixed_dictionaries({"strength": st.integers(1, 9)}, optional={"party": parties, "centre": centres}),
        max_size=6,
    ),
    centres,
    parties,
)
def test_the_most_particular_rule_on_manning_holds(rules: list[dict[str, Any]], centre: str, party: str) -> None:
    found = manning_for(holding(manning=rules), centre, party)
    fits = [rule for rule in rules if rule.get("centre", centre) == centre and rule.get("party", party) == party]
    if not fits:
        assert found is None
        return
    for both in (("centre", "party"), ("centre",), ("party",), ()):
        exact = [rule["strength"] for rule in fits if set(rule) - {"strength"} == set(both)]
        if exact:
            assert found is not None
            assert found[0] == max(exact)
            assert rules[(found[1].number or 0) - 1]["strength"] == found[0]
            return


def test_the_stricter_quorum_the_first_cut_off_and_the_shorter_time_hold() -> None:
    terms = holding(
        quorums=[
            {"body": "committee", "party": "joc", "count": 3, "emergency": 2},
            {"body": "committee", "party": "joc", "count": 5},
            {"body": "centre", "party": "joc", "count": 9},
        ],
        cutoffs=[{"report": "situation", "minute": 360}, {"report": "situation", "minute": 300}],
        complaints=[{"step": "reply", "minutes": 90}, {"step": "reply", "minutes": 60}],
    )
    quorum, cutoff, step = (
        quorum_for(terms, "committee", "joc"),
        cutoff_for(terms, "situation"),
        step_time(terms, "reply"),
    )
    assert quorum is not None
    assert cutoff is not None
    assert step is not None
    assert (quorum[0].count, quorum[1].number, quorum[1].version) == (5, 2, 3)
    assert (cutoff[0].minute, cutoff[1].number) == (360, 1)
    assert (step[0], step[1].number) == (60, 2)
    assert quorum_for(terms, "committee", "mop") is None
