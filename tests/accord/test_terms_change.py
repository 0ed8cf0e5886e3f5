"""What changed between two versions of terms, applied to the old, gives the new; and names whom it concerns."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from movements.telling import HOUR, NOON, Telling, plan, volume
from tansiq.accord.terms_change import SUBJECT, affected, applied, changes
from tansiq.picture.told import gather
from tansiq.records.kinds.terms import Terms

KINDS = {"activity", "commitment", "complaint", "centre", "terms", "consent"}
minutes = st.integers(1, 500)
parties = st.sampled_from(["joc", "mop"])
areas = st.sampled_from(["joc/a", "mop/b"])


def some(*rules: st.SearchStrategy[Any], most: int = 5) -> st.SearchStrategy[Any]:
    """A part: no rules, or some of them, the same one perhaps twice."""
    return st.one_of(st.none(), st.lists(st.one_of(*rules), min_size=1, max_size=most))


def ladder(steps: list[int]) -> list[dict[str, Any]]:
    """A ladder that rises."""
    levels = ("desk", "centre", "operations", "command")
    return [{"after_minutes": sum(steps[: at + 1]), "level": levels[at]} for at in range(len(steps))]


versions = st.fixed_dictionaries(
    {
        "parties": st.lists(parties, min_size=1, max_size=2, unique=True),
        "lead": some(
            st.fixed_dictionaries({"minutes": minutes}, optional={"activity": st.sampled_from(["patrol", "convoy"])}),
            st.fixed_dictionaries({"minutes": minutes, "area": areas}),
        ),
        "answer": some(
            st.fixed_dictionaries({"minutes": minutes}, optional={"ask": st.sampled_from(["joint", "acknowledge"])})
        ),
        "ladder": st.one_of(st.none(), st.lists(minutes, min_size=1, max_size=4).map(ladder)),
        "buffers": st.one_of(
            st.none(), st.fixed_dictionaries({"distance_m": minutes, "minutes": minutes, "height_m": minutes})
        ),
        "roles": some(
            st.fixed_dictionaries(
                {
                    "role": st.sampled_from(["liaison", "negotiator", "planner"]),
                    "acts": st.lists(st.sampled_from(["send", "confirm", "decide"]), min_size=1, max_size=3),
                }
            )
        ),
        "quorums": some(
            st.fixed_dictionaries(
                {"body": st.sampled_from(["committee", "centre"]), "party": parties, "count": minutes},
                optional={"emergency": minutes},
            )
        ),
        "cutoffs": some(
            st.fixed_dictionaries(
                {"report": st.sampled_from(["situation", "weekly"]), "minute": minutes},
                optional={"weekday": st.integers(1, 7)},
            )
        ),
        "manning": some(
            st.fixed_dictionaries({"strength": minutes}, optional={"party": parties, "centre": areas}),
        ),
        "complaints": some(
            st.fixed_dictionaries({"step": st.sampled_from(["reply", "finding"]), "minutes": minutes}), most=4
        ),
        "reporting": some(
            st.fixed_dictionaries({"stage": st.sampled_from(["first", "amplifying"]), "minutes": st.integers(1, 600)}),
            most=2,
        ),
    }
)


def terms(fields: dict[str, Any]) -> Terms:
    """The terms with these rules."""
    return msgspec.convert({name: value for name, value in fields.items() if value is not None}, Terms)


@settings(deadline=None, max_examples=200)
@given(versions, versions)
def test_the_changes_applied_to_the_old_give_the_new(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = terms(before), terms(after)
    found = changes(old, new)
    assert applied(old, found) == new
    assert (found == ()) == (old == new)
    for one in found:
        assert (one.old is None) == (one.before is None)
        assert (one.new is None) == (one.after is None)
        assert one.how != "changed" or one.old != one.new
        assert one.how != "moved" or one.old == one.new


@settings(deadline=None, max_examples=60)
@given(versions, st.sampled_from(["lead", "answer", "roles", "quorums", "cutoffs", "manning", "reporting"]), st.data())
def test_one_rule_taken_out_is_one_change(before: dict[str, Any], part: str, data: st.DataObject) -> None:
    rules = before[part]
    if not rules or len({msgspec.json.encode(one) for one in rules}) != len(rules):
        return
    subjects = [tuple(one.get(name) for name in SUBJECT[part]) for one in rules]  # type: ignore[index]  # a name of it
    if len(set(subjects)) != len(subjects):
        return
    at = data.draw(st.integers(0, len(rules) - 1))
    left = [rule for number, rule in enumerate(rules) if number != at]
    (found,) = changes(terms(before), terms({**before, part: left or None}))
    assert (found.part, found.how, found.before, found.after) == (part, "removed", at + 1, None)


def test_it_names_parties_roles_centres_plans_commitments_and_complaints() -> None:
    circle = Telling("joc", "mop")
    patrol = circle.say("joc", "activity", plan(volume(1, 48)))
    circle.say("mop", "activity", plan(volume(1, 48), status="cancelled"))
    convoy = circle.say("mop", "activity", {**plan(volume(1, 48)), "activity": "convoy"})
    centre = circle.say("joc", "centre", {"names": {"en": "Makhmour"}})
    staffed = {"rule": "centre_staffed", "centre": centre, "strength": 6}
    owed = circle.say("joc", "commitment", {"owed_by": ["mop"], "check": "picture", "rule": staffed})
    other = circle.say("joc", "complaint", {"against": "mop", "status": "open"})
    circle.say("joc", "complaint", {"against": "mop", "status": "withdrawn"})
    sizes = {ledger: len(chain) for ledger, chain in circle.ledgers.items()}
    told = gather(circle.entries(sizes), ("joc", "mop"), sizes, {}, KINDS)
    old = terms({"parties": ["joc", "mop"], "complaints": [{"step": "reply", "minutes": 60}]})

    def concerned(**rules: Any) -> Any:
        new = terms({**msgspec.to_builtins(old), **rules})
        return affected(changes(old, new), old, new, told, NOON)

    assert concerned(lead=[{"minutes": 60, "activity": "patrol"}]).plans == (patrol,)
    assert concerned(lead=[{"minutes": 60}]).plans == tuple(sorted((patrol, convoy)))
    assert (
        affected(
            changes(old, terms({"lead": [{"minutes": 9}]})),
            old,
            terms({"lead": [{"minutes": 9}]}),
            told,
            NOON + 99 * HOUR,
        ).plans
        == ()
    ), "what is over is concerned by nothing"
    found = concerned(manning=[{"strength": 6, "party": "mop"}])
    assert (found.parties, found.centres, found.commitments, found.plans) == (("mop",), (centre,), (owed,), ())
    assert concerned(manning=[{"strength": 6, "party": "joc"}]).commitments == (), "mop owes it, not joc"
    found = concerned(complaints=[{"step": "reply", "minutes": 30}])
    assert (found.complaints, found.parties) == ((other,), ("joc", "mop"))
    assert concerned(roles=[{"role": "liaison", "acts": ["send"]}]).roles == ("liaison",)
