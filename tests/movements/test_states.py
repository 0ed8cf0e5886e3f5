"""How plans stand: two parties and a facilitator, records in every order, and what is never said."""

from __future__ import annotations

from typing import Any

import pytest

from movements.telling import HOUR, NOON, Squares, Telling, plan, volume
from tansiq.movements.collisions import collision_id
from tansiq.movements.standing import Plan
from tansiq.movements.states import Movements, states
from tansiq.picture.told import Told

LOOK = Squares()
MINUTE = 60_000

TERMS: dict[str, Any] = {
    "version": 1,
    "parties": ["joc", "mop"],
    "lead": [{"minutes": 1440}, {"minutes": 2880, "activity": "exercise"}],
    "answer": [{"minutes": 60}, {"minutes": 120, "ask": "joint"}],
    "ladder": [
        {"after_minutes": 60, "level": "desk"},
        {"after_minutes": 120, "level": "centre"},
        {"after_minutes": 240, "level": "command"},
    ],
    "silence": [{"ask": "no_objection", "after_minutes": 300, "means": "no_objection"}],
    "status": "proposed",
}


def stand(told: Told, at: int = NOON - 12 * HOUR) -> Movements:
    """How everything stands."""
    return states(told, LOOK, at)


def of(told: Told, ref: str, at: int = NOON - 12 * HOUR) -> Plan:
    """How one plan stands."""
    return next(one for one in stand(told, at).plans if one.ref == ref)


def two() -> Telling:
    return Telling("joc", "mop")


def in_the_way(circle: Telling) -> tuple[str, str]:
    """A plan of joc that meets one that mop told before; joc had it and lists it."""
    theirs = circle.say("mop", "activity", plan(volume(5)))
    circle.meet()
    mine = circle.say("joc", "activity", plan(volume(4, size=3), knows=[theirs]))
    circle.meet()
    return mine, theirs


def answer(circle: Telling, party: str, about: str, verdict: str, *, revision: str = "", **more: Any) -> str:
    key = (revision or about).partition("/")[2]
    return circle.say(party, "answer", {"revision": key, "verdict": verdict, **more}, about=about)


def accepted_terms(circle: Telling, **more: Any) -> str:
    ref = circle.say("joc", "terms", {**TERMS, **more})
    circle.meet()
    circle.say("mop", "consent", {"revision": ref.partition("/")[2], "verdict": "accepted"}, about=ref)
    circle.meet()
    return ref


def test_whoever_told_a_plan_before_that_one_is_asked_and_its_answer_agrees() -> None:
    circle = two()
    mine, theirs = in_the_way(circle)
    waiting = of(circle.told(), mine)
    assert waiting.state == "waiting"
    assert [(one.party, one.why, one.given.word) for one in waiting.parties] == [("mop", (theirs,), "silent")]
    answer(circle, "mop", mine, "clear")
    circle.meet()
    for party in ("joc", "mop"):
        assert of(circle.at(party), mine).state == "agreed"


def test_who_told_first_is_not_asked_to_ask_again() -> None:
    circle = two()
    _, theirs = in_the_way(circle)
    circle.say("joc", "log", {})
    assert of(circle.told(), theirs).parties == ()
    assert of(circle.told(), theirs).state == "free"


def test_two_that_told_at_once_are_both_asked_and_see_one_collision() -> None:
    circle = two()
    mine = circle.say("joc", "activity", plan(volume(4, size=3)))
    theirs = circle.say("mop", "activity", plan(volume(5)))
    assert stand(circle.at("joc")).collisions == ()
    circle.meet()
    found = stand(circle.told())
    assert [one.state for one in found.plans] == ["waiting", "waiting"]
    assert [one.crossed for one in sorted(found.plans, key=lambda one: one.party)] == [(theirs,), (mine,)]
    (collision,) = found.collisions
    assert collision.id == collision_id(theirs, mine) == stand(circle.at("mop")).collisions[0].id
    assert {(one.party, one.about) for one in collision.waits_for} == {("mop", mine), ("joc", theirs)}
    assert collision.unlisted == tuple(sorted((mine, theirs)))
    answer(circle, "joc", theirs, "clear")
    answer(circle, "mop", mine, "clear")
    circle.meet()
    assert stand(circle.told()).collisions[0].settled


def test_before_a_party_is_heard_of_nothing_is_agreed() -> None:
    circle = two()
    mine = circle.say("joc", "activity", plan(volume(4)))
    assert of(circle.at("joc"), mine).state == "not_heard"
    assert of(circle.at("joc"), mine).not_heard == ("mop",)
    circle.meet()
    assert of(circle.at("joc"), mine).state == "not_heard"
    circle.say("mop", "log", {})
    circle.meet()
    assert of(circle.at("joc"), mine).state == "free"


def test_what_the_author_had_seen_and_is_not_here_holds_agreement_back() -> None:
    circle = Telling("joc", "mop", "coalition", takes_part=("joc", "mop"))
    circle.say("coalition", "log", {})
    circle.hear("joc", "coalition")
    mine = circle.say("joc", "activity", plan(volume(4), asks=["mop"]))
    circle.hear("mop", "joc")
    answer(circle, "mop", mine, "clear")
    circle.hear("joc", "mop")
    assert of(circle.at("mop"), mine).missing
    assert of(circle.at("mop"), mine).state == "not_heard"
    assert of(circle.at("joc"), mine).state == "agreed"


@pytest.mark.parametrize(
    ("ask", "verdict", "state"),
    [
        ("inform", None, "informed"),
        ("inform", "acknowledged", "informed"),
        ("acknowledge", None, "waiting"),
        ("acknowledge", "acknowledged", "acknowledged"),
        ("acknowledge", "clear", "acknowledged"),
        ("no_objection", "acknowledged", "waiting"),
        ("no_objection", "clear", "agreed"),
        ("no_objection", "conditional", "conditional"),
        ("no_objection", "objection", "objected"),
        ("no_objection", "stale", "stale"),
        ("joint", "clear", "agreed"),
        ("joint", "acknowledged", "waiting"),
        ("acknowledge", "objection", "objected"),
    ],
)
def test_informing_is_not_asking_and_a_receipt_is_no_consent(ask: str, verdict: str | None, state: str) -> None:
    circle = two()
    theirs = circle.say("mop", "activity", plan(volume(5)))
    circle.meet()
    mine = circle.say("joc", "activity", plan(volume(5), ask=ask, knows=[theirs]))
    circle.meet()
    if verdict:
        unknown: dict[str, Any] = {"unknown": ["mop/elsewhere"]} if verdict == "stale" else {}
        answer(circle, "mop", mine, verdict, **unknown)
        circle.meet()
    assert of(circle.told(), mine).state == state


def test_conditions_agree_only_when_the_author_accepts_them() -> None:
    circle = two()
    mine, _ = in_the_way(circle)
    word = answer(circle, "mop", mine, "conditional", conditions=["Not before noon."])
    circle.meet()
    assert of(circle.told(), mine).parties[0].given.conditions == ("Not before noon.",)
    circle.say("mop", "consent", {"revision": word.partition("/")[2], "verdict": "accepted"}, about=word)
    circle.meet()
    assert of(circle.told(), mine).state == "conditional", "nobody accepts conditions for another"
    circle.say("joc", "consent", {"revision": word.partition("/")[2], "verdict": "accepted"}, about=word)
    circle.meet()
    assert of(circle.told(), mine).state == "agreed"


def test_a_change_re_opens_the_answers_of_those_whom_it_affects_and_no_others() -> None:
    circle = Telling("joc", "mop", "third")
    near, far = circle.say("mop", "activity", plan(volume(5))), circle.say("third", "activity", plan(volume(20)))
    circle.meet()
    mine = circle.say("joc", "activity", plan(volume(5), volume(20), knows=[near, far]))
    circle.meet()
    answer(circle, "mop", mine, "clear")
    answer(circle, "third", mine, "clear")
    circle.meet()
    assert of(circle.told(), mine).state == "agreed"
    circle.say("joc", "activity", {"volumes": [volume(5), volume(20, hours=2)]}, revises=mine)
    circle.meet()
    found = of(circle.told(), mine)
    assert [(one.party, one.given.word, one.given.carried) for one in found.parties] == [
        ("mop", "clear", True),
        ("third", "silent", False),
    ]
    assert found.state == "waiting"


def test_an_answer_that_crossed_with_a_change_answers_the_plan_as_it_was() -> None:
    circle = two()
    mine, _ = in_the_way(circle)
    changed = circle.say("joc", "activity", {"volumes": [volume(5, hours=3)]}, revises=mine)
    answer(circle, "mop", mine, "clear")
    circle.meet()
    assert of(circle.told(), mine).state == "waiting"
    answer(circle, "mop", mine, "clear", revision=changed)
    circle.meet()
    assert of(circle.told(), mine).state == "agreed"


def test_a_stale_answer_holds_until_the_author_lists_what_it_had_not() -> None:
    circle = two()
    theirs = circle.say("mop", "activity", plan(volume(5)))
    mine = circle.say("joc", "activity", plan(volume(5)))
    circle.meet()
    answer(circle, "mop", mine, "stale", unknown=[theirs])
    circle.meet()
    assert of(circle.told(), mine).state == "stale"
    circle.say("joc", "activity", {"note": "again"}, revises=mine)
    circle.meet()
    assert of(circle.told(), mine).state == "stale"
    circle.say("joc", "activity", {"knows": [theirs]}, revises=mine)
    circle.meet()
    assert of(circle.told(), mine).state == "waiting"


def test_who_had_a_plan_and_did_not_list_it_is_seen() -> None:
    circle = two()
    theirs = circle.say("mop", "activity", plan(volume(5)))
    circle.meet()
    mine = circle.say("joc", "activity", plan(volume(5)))
    circle.meet()
    assert of(circle.told(), mine).unlisted == (theirs,)
    assert of(circle.told(), mine).crossed == ()


def test_cancelled_and_ended_plans_are_in_nobody_s_way() -> None:
    circle = two()
    mine, theirs = in_the_way(circle)
    circle.say("mop", "activity", {"status": "cancelled", "reason": "rain"}, revises=theirs)
    circle.meet()
    found = stand(circle.told())
    assert found.collisions == ()
    assert [one.state for one in found.plans if one.ref == theirs] == ["cancelled"]
    assert of(circle.told(), mine).parties == ()


def test_a_later_plan_does_not_undo_what_was_agreed_and_asks_itself() -> None:
    circle = two()
    mine, _ = in_the_way(circle)
    answer(circle, "mop", mine, "clear")
    circle.meet()
    later = circle.say("mop", "activity", plan(volume(4), knows=[mine]))
    circle.meet()
    assert of(circle.told(), mine).state == "agreed"
    assert [(one.party, one.why) for one in of(circle.told(), later).parties] == [("joc", (mine,))]
    assert len(stand(circle.told()).collisions) == 2


def test_holders_of_posts_areas_and_arrangements_are_asked() -> None:
    circle = two()
    post = circle.say(
        "mop", "post", {"place": {"lat": 350_050_000, "lon": 430_050_000, "accuracy": 10}, "status": "manned"}
    )
    ring = volume(3)["ring"]
    area = circle.say("joc", "area", {"ring": ring, "purpose": "other"})
    circle.meet()
    rule = circle.say("joc", "arrangement", {"area": area, "parties": ["joc", "mop"], "status": "agreed"})
    mine = circle.say("joc", "activity", plan(volume(0)))
    second = circle.say("joc", "activity", plan(volume(3)))
    circle.meet()
    assert [one.why for one in of(circle.told(), mine).parties] == [(post,)]
    assert [one.why for one in of(circle.told(), second).parties] == [(rule,)]
    circle.say("mop", "post", {"status": "vacated"}, revises=post)
    circle.meet()
    assert of(circle.told(), mine).parties == ()


def test_a_plan_whose_place_is_withheld_asks_everybody() -> None:
    circle = two()
    mine = circle.say("joc", "activity", {"activity": "patrol", "ask": "no_objection", "status": "announced"})
    circle.meet()
    found = of(circle.told(), mine)
    assert not found.placed
    assert [(one.party, one.why) for one in found.parties] == [("mop", ("place",))]


def test_a_late_notice_is_taken_and_marked_with_its_minutes_and_the_rule() -> None:
    circle = two()
    terms = accepted_terms(circle)
    mine = circle.say("joc", "activity", plan(volume(5)), at=NOON - 10 * HOUR)
    circle.meet()
    found = of(circle.told(), mine)
    assert (found.late_minutes, found.after_start) == (14 * 60, False)
    assert [(one.name, one.terms, one.version, one.number) for one in found.rules] == [("lead", terms, 1, 1)]


def test_told_when_already_in_contact() -> None:
    circle = two()
    mine = circle.say("joc", "activity", plan(volume(5)), at=NOON + 90 * MINUTE)
    circle.meet()
    found = of(circle.told(), mine, NOON + 91 * MINUTE)
    assert (found.late_minutes, found.after_start, found.phase) == (90, True, "over")


def test_the_ladder_rises_in_step_and_names_its_rule() -> None:
    circle = two()
    terms = accepted_terms(circle, silence=[])
    mine, _ = in_the_way(circle)
    asked = of(circle.told(), mine).parties[0].asked_at
    rungs = []
    for minutes in (0, 59, 60, 119, 120, 240, 10_000):
        here, there = (of(circle.at(party), mine, asked + minutes * MINUTE).parties[0] for party in ("joc", "mop"))
        assert here == there
        rungs.append((here.rung, here.level))
    assert rungs == [(0, None), (0, None), (1, "desk"), (1, "desk"), (2, "centre"), (3, "command"), (3, "command")]
    rules = of(circle.told(), mine, asked + 130 * MINUTE).parties[0].rules
    assert [(one.name, one.terms, one.number) for one in rules] == [("answer", terms, 1), ("ladder", terms, 2)]


def test_a_change_that_concerns_somebody_else_does_not_stop_the_clock() -> None:
    circle = two()
    mine, _ = in_the_way(circle)
    before = of(circle.told(), mine).parties[0].asked_at
    circle.say("joc", "activity", {"volumes": [volume(4, size=3), volume(50)]}, revises=mine)
    circle.meet()
    assert of(circle.told(), mine).parties[0].asked_at == before


def test_silence_is_never_agreed_and_means_something_only_by_a_rule_that_all_accepted() -> None:
    circle = two()
    mine, _ = in_the_way(circle)
    late = NOON + 1000 * HOUR
    assert of(circle.told(), mine, late).state == "waiting"
    proposed = circle.say("joc", "terms", TERMS)
    circle.meet()
    second = circle.say("joc", "activity", plan(volume(5), knows=["mop/x"]))
    circle.meet()
    assert of(circle.told(), second, late).state == "waiting", "proposed terms are nobody's terms"
    circle.say("mop", "consent", {"revision": proposed.partition("/")[2], "verdict": "accepted"}, about=proposed)
    circle.meet()
    assert of(circle.told(), second, late).state == "waiting", "nor do they hold for what was told before"
    third = circle.say("joc", "activity", plan(volume(5)))
    circle.meet()
    found = of(circle.told(), third, late)
    assert found.state == "by_rule"
    assert found.parties[0].given.word == "silent"
    assert [(one.name, one.terms) for one in found.parties[0].rules][-1] == ("silence", proposed)


def test_whoever_suspended_taking_part_is_not_taken_at_its_silence() -> None:
    circle = two()
    accepted_terms(circle)
    mine, _ = in_the_way(circle)
    circle.say("mop", "suspension", {"scope": "movements", "status": "suspended", "reason": "Two posts were lost."})
    circle.meet()
    found = of(circle.told(), mine, NOON + 1000 * HOUR)
    assert found.parties[0].suspended
    assert found.state == "waiting"


def test_a_new_version_of_terms_holds_only_once_it_is_accepted_itself() -> None:
    circle = two()
    terms = accepted_terms(circle)
    newer = circle.say("joc", "terms", {"version": 2, "lead": [{"minutes": 10}]}, revises=terms)
    circle.meet()
    mine = circle.say("joc", "activity", plan(volume(5)))
    circle.meet()
    assert of(circle.told(), mine).terms == terms, "a proposal alone changes nothing"
    circle.say("mop", "consent", {"revision": newer.partition("/")[2], "verdict": "accepted"}, about=terms)
    circle.meet()
    mine = circle.say("joc", "activity", plan(volume(5)))
    circle.meet()
    assert of(circle.told(), mine).terms == newer
    circle.say("joc", "terms", {"status": "withdrawn"}, revises=terms)
    mine = circle.say("joc", "activity", plan(volume(5)))
    assert of(circle.told(), mine).terms is None


def test_whoever_was_not_asked_is_heard_when_it_objects() -> None:
    circle = two()
    mine = circle.say("joc", "activity", plan(volume(5)))
    circle.meet()
    answer(circle, "mop", mine, "acknowledged")
    circle.meet()
    assert of(circle.told(), mine).state == "free", "a receipt that nobody asked for holds nothing up"
    answer(circle, "mop", mine, "objection", reason="A feast.")
    circle.meet()
    found = of(circle.told(), mine)
    assert (found.state, found.parties[0].why, found.parties[0].given.reason) == ("objected", ("unasked",), "A feast.")
