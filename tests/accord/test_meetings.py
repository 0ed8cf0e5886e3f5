"""Meetings, minutes and understandings with every side's word."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.bodies import bodies
from tansiq.accord.chain import links
from tansiq.accord.files import files
from tansiq.accord.meetings import MeetingView, TermsRules, meetings
from tansiq.records.kinds.terms import Quorum as Rule

from .talking import Talking, came, names


def circle() -> Talking:
    return Talking("joc", "mop", "coalition", takes_part=["joc", "mop"])


def only(talk: Talking) -> MeetingView:
    (found,) = meetings(talk.told()).meetings
    return found


def test_a_meeting_is_planned_held_and_minuted_and_a_later_version_of_its_minutes_asks_again() -> None:
    talk = circle()
    ref = talk.meeting()
    talk.meet()
    assert only(talk).state == "planned"
    talk.say("mop", "meeting", {"status": "held", "attendance": came(mop=3)}, about=ref)
    found = only(talk)
    assert (found.state, found.differ) == ("held", True), "one side says that it was held, the other not yet"
    first = talk.minutes("joc", ref, "The budget is open.", status="draft")
    assert only(talk).minutes[0].state == "draft"
    put = talk.say("joc", "minutes", {"status": "put"}, revises=first)
    talk.meet()
    assert only(talk).minutes[0].waits_for == ("mop",)
    talk.accept("mop", put, reservation="Item 1 speaks of 2020 alone.")
    (drafted,) = only(talk).minutes
    assert (drafted.state, drafted.words[1].reservation) == ("confirmed", "Item 1 speaks of 2020 alone.")
    assert only(talk).state == "minuted"
    talk.meet()
    again = talk.say("joc", "minutes", {"items": [{"text": names("The budget is closed.")}]}, revises=first)
    (drafted,) = only(talk).minutes
    assert (drafted.revision, drafted.state, drafted.waits_for) == (again, "waiting", ("mop",))
    assert drafted.words[1].earlier == put, "the word on what was there before is shown beside it"


def test_two_sides_draft_minutes_and_both_drafts_stand_side_by_side() -> None:
    talk = circle()
    ref = talk.meeting()
    talk.meet()
    one, two = talk.minutes("joc", ref, "A"), talk.minutes("mop", ref, "B")
    facilitated = talk.minutes("coalition", ref, "C")
    found = only(talk)
    assert {one.ref for one in found.minutes} == {one, two, facilitated}
    (theirs,) = (one for one in found.minutes if one.party == "coalition")
    assert theirs.waits_for == ("joc", "mop"), "the facilitator drafts, and both sides confirm"
    talk.meet()
    talk.accept("joc", two, "declined", reason="It leaves the budget out.")
    (declined,) = (one for one in only(talk).minutes if one.ref == two)
    assert (declined.state, declined.words[0].reason) == ("declined", "It leaves the budget out.")


def test_a_side_counts_its_own_people_and_who_is_missing_is_said() -> None:
    talk = circle()
    committee = talk.body(joc=(4, 3), mop=(4, 3))
    ref = talk.meeting(body=committee, attendance=came(joc=3, mop=3), status="held")
    talk.meet()
    assert only(talk).quorum is None, "the body is not in force yet"
    talk.accept("mop", committee)
    found = only(talk).quorum
    assert found is not None
    assert found.reached
    talk.say("mop", "meeting", {"status": "held", "attendance": came(mop=1)}, about=ref)
    shown = only(talk)
    assert shown.quorum is not None
    assert [(one.party, one.missing) for one in shown.quorum.parties] == [("joc", 0), ("mop", 2)]
    (theirs,) = (one for one in shown.present if one.party == "mop")
    assert (theirs.count, theirs.said_by) == (1, "mop")
    assert [(one.party, one.count) for one in theirs.others] == [("joc", 3)], "what the other side counted stays seen"
    rules = TermsRules("joc/x", (Rule("committee", "joc", 4),))
    (strict,) = meetings(talk.told(), lambda _: rules).meetings
    assert strict.quorum is not None
    assert strict.quorum.terms == "joc/x"
    first = strict.quorum.parties[0]
    assert (first.party, first.needed, first.rule) == ("joc", 4, "terms")


def test_understandings_are_confirmed_by_each_and_a_number_given_twice_is_shown_on_both() -> None:
    talk = circle()
    ref = talk.meeting()
    talk.meet()
    fields = {"number": 1, "text": names("Centres open."), "parties": ["joc", "mop"]}
    one = talk.say("joc", "understanding", fields, about=ref)
    two = talk.say("mop", "understanding", fields, about=ref)
    talk.meet()
    talk.accept("mop", one)
    found = {view.ref: view for view in meetings(talk.told()).understandings}
    assert (found[one].state, found[two].state) == ("confirmed", "waiting")
    assert (found[one].clash, found[two].clash) == ((two,), (one,))
    assert meetings(talk.told()).next_understanding == {"": 2}
    talk.say("mop", "understanding", {"number": 2}, revises=two)
    assert not any(view.clash for view in meetings(talk.told()).understandings)
    clause = talk.say("joc", "clause", {"key": "a", "drawn_from": [one], "text": names("x")}, about="joc/none")
    assert meetings(talk.told()).understandings[0].clauses == (clause,)


KINDS = ["meeting", "statement", "minutes", "change", "word", "understanding", "file", "body", "hear"]
PARTIES = ["joc", "mop", "coalition"]
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(PARTIES), st.integers(0, 7), st.integers(0, 7)), max_size=24
)


def live(happened: list[tuple[str, str, int, int]]) -> Talking:
    """Everything happens; a party speaks of what has reached it."""
    talk = circle()
    for what, party, one, other in happened:
        here = Talking.told(talk, talk.nodes[party].held)

        def pick(kind: str, here: Any = here, one: int = one) -> str | None:
            found = here.of_kind(kind)
            return found[one % len(found)].ref if found else None

        match what:
            case "hear":
                talk.hear(party, PARTIES[one % 3], other + 1)
            case "meeting":
                talk.meeting(party, number=one, body=pick("body"), attendance=came(joc=one, mop=other))
            case "statement" if ref := pick("meeting"):
                talk.say(party, "meeting", {"status": ["held", "cancelled"][other % 2]}, about=ref)
            case "minutes" if ref := pick("meeting"):
                talk.minutes(party, ref, "A", status=["draft", "put"][other % 2])
            case "understanding":
                about = pick("meeting")
                talk.say(party, "understanding", {"number": other % 3 + 1, "parties": ["joc", "mop"]}, about=about)
            case "file":
                waits = [ref] if (ref := pick("negotiation_file")) else []
                talk.say(party, "negotiation_file", {"state": "open", "waits_for": waits})
            case "body":
                components = [{"party": name, "seats": 4, "quorum": other % 4} for name in ("joc", "mop")]
                talk.say(party, "body", {"components": components, "status": "proposed"}, about=pick("body"))
            case "change":
                _change(talk, party, one, other)
            case "word":
                things = [t for kind in ("minutes", "understanding", "body") for t in here.of_kind(kind)]
                if things and (thing := things[one % len(things)]).party != party:
                    talk.accept(party, thing.now.ref, ["accepted", "declined", "withdrawn"][other % 3])
            case _:
                pass
    return talk


def _change(talk: Talking, party: str, one: int, other: int) -> None:
    own = [t for t in talk.at(party).things if t.party == party and t.kind in ("meeting", "minutes", "body")]
    if own:
        thing = own[one % len(own)]
        fields: dict[str, dict[str, Any]] = {
            "meeting": {"status": ["planned", "held", "cancelled"][other % 3]},
            "minutes": {"status": ["draft", "put", "withdrawn"][other % 3]},
            "body": {"status": ["proposed", "withdrawn", "dissolved"][other % 3]},
        }
        talk.say(party, thing.kind, fields[thing.kind], revises=thing.ref)


@given(steps, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_in_whatever_order_records_come_the_talk_stands_the_same(
    happened: list[tuple[str, str, int, int]], chance: random.Random
) -> None:
    talk = live(happened)
    sizes = {ledger: len(chain) for ledger, chain in talk.ledgers.items()}
    entries = talk.entries(sizes)
    straight = talk.told(sizes, entries)
    chance.shuffle(entries)
    mixed = talk.told(sizes, entries)
    for engine in (files, meetings, bodies, links):
        assert engine(straight) == engine(mixed)


@given(steps)
@settings(max_examples=150, deadline=None)
def test_nothing_counts_as_confirmed_without_a_word_of_each_on_that_very_record(
    happened: list[tuple[str, str, int, int]],
) -> None:
    told = live(happened).told()
    found = meetings(told)
    minuted = [one for meeting in found.meetings for one in meeting.minutes]
    given = [(one.party, one.revision, one.words) for one in minuted if one.state == "confirmed"]
    given += [(one.party, one.revision, one.words) for one in found.understandings if one.state == "confirmed"]
    for author, revision, words in given:
        for word in words:
            said = None if word.ref is None else told.thing_of(word.ref)
            assert word.party == author or said is not None
            if said is not None:
                assert getattr(said.now.body, "revision", None) == revision.partition("/")[2]
                assert said.party == word.party
    for body in bodies(told):
        if body.in_force is not None:
            assert body.in_force.waits_for == ()
