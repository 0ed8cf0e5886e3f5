"""Both sides' entries on one axis: joined by a word of a side, put forward with reasons, never joined by themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.watchlog import MOST_CANDIDATES, NEAR_MINUTES, TwinLog, circle_log, twin_log, words_of

from .centre_telling import KHANAQIN, MIDNIGHT, SIDES, Speaking

MINUTE = 60_000


def note(minute: int, text: str, category: str = "visit", **more: Any) -> dict[str, Any]:
    """The fields of an entry so many minutes after midnight."""
    at = MIDNIGHT + minute * MINUTE
    return {"category": category, "text": text, "lang": "en", "when": {"from": at, "to": None}, **more}


def log_of(circle: Speaking, centre: str) -> TwinLog:
    """The twin log."""
    told, found = circle.look(centre)
    return twin_log(told, found)


def test_two_entries_are_put_forward_with_reasons_and_joined_by_a_word() -> None:
    circle = Speaking()
    centre = circle.centre()
    mine = circle.say("joc", "log", note(60, "Delegation of the coalition arrived"), about=centre)
    theirs = circle.say("mop", "log", note(72, "The coalition delegation is here"), about=centre)
    alone = circle.say("mop", "log", note(600, "Radio check", "entry"), about=centre)
    found = log_of(circle, centre)
    (pair,) = found.candidates
    assert (pair.one, pair.other, pair.minutes, pair.same_category) == (mine, theirs, 12, True)
    assert set(pair.words) == {"the", "coalition", "delegation"}
    assert [row.state for row in found.rows] == ["alone"] * 3

    reply = circle.say("joc", "log", note(73, "Same visit"), about=theirs)
    found = log_of(circle, centre)
    assert [(row.state, row.refs) for row in found.rows] == [
        ("alone", (mine,)),
        ("matched", (theirs, reply)),
        ("alone", (alone,)),
    ]
    circle.say("mop", "consent", {"revision": mine.partition("/")[2], "verdict": "accepted"}, about=mine)
    assert log_of(circle, centre).rows[0].state == "confirmed"
    assert log_of(circle, centre).rows[0].refs == (mine,), "theirs is joined to another one already"
    circle.say("joc", "log", note(61, "Delegation arrived later"), revises=mine)
    assert log_of(circle, centre).rows[0].state == "alone", "a changed entry waits for a word of its own"


def test_who_confirms_an_entry_has_its_own_beside_it() -> None:
    circle = Speaking()
    centre = circle.centre()
    mine = circle.say("joc", "log", note(60, "Delegation arrived"), about=centre)
    far = circle.say("mop", "log", note(85, "Delegation left"), about=centre)
    near = circle.say("mop", "log", note(62, "Delegation is here"), about=centre)
    assert len(log_of(circle, centre).candidates) == 2
    circle.say("mop", "consent", {"revision": mine.partition("/")[2], "verdict": "accepted"}, about=mine)
    found = log_of(circle, centre)
    assert [(row.state, row.refs) for row in found.rows] == [("confirmed", (mine, near)), ("alone", (far,))]
    assert found.candidates == ()


def test_a_correction_is_an_entry_of_its_own_that_names_what_it_corrects() -> None:
    circle = Speaking()
    centre = circle.centre()
    mine = circle.say("joc", "log", note(60, "Two vehicles"), about=centre)
    correction = circle.say("joc", "log", note(65, "Three vehicles, not two"), about=mine)
    found = log_of(circle, centre)
    assert {one.ref: one.corrects for one in found.lines} == {mine: None, correction: mine}
    assert [row.state for row in found.rows] == ["alone", "alone"]


def test_what_was_noted_at_the_centre_is_of_it_and_what_was_noted_in_town_is_not() -> None:
    circle = Speaking()
    centre = circle.centre()
    here = circle.say("joc", "log", note(1, "a", place={**KHANAQIN, "accuracy": 50}))
    circle.say("joc", "log", note(1, "b", place=KHANAQIN))
    circle.say("joc", "log", note(1, "c", place={**KHANAQIN, "lat": KHANAQIN["lat"] + 50_000, "accuracy": 50}))
    assert [one.ref for one in log_of(circle, centre).lines] == [here]


def test_words_are_alike_however_they_are_written() -> None:
    assert words_of(["وصول الوفد إلى كركوك"]) == words_of(["وُصُول الوفد إلى کرکوک"])
    assert words_of(["٣ سيارات"]) == words_of(["3 سيارات"])
    assert words_of(["1" * 8000]) == ["1" * 8000]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(SIDES), st.integers(0, 120), st.sampled_from(("visit", "patrol")), st.sampled_from("abc")
        ),
        max_size=12,
    )
)
def test_every_entry_stands_in_one_row_and_no_more_than_a_few_are_put_forward(
    said: list[tuple[str, int, str, str]],
) -> None:
    circle = Speaking()
    centre = circle.centre()
    for party, minute, category, letter in said:
        circle.say(party, "log", note(minute, f"{letter * 4} word", category), about=centre)
    found = log_of(circle, centre)
    assert sorted(ref for row in found.rows for ref in row.refs) == sorted(one.ref for one in found.lines)
    assert len(found.lines) == len(said)
    lines = {one.ref: one for one in found.lines}
    for pair in found.candidates:
        one, other = lines[pair.one], lines[pair.other]
        assert one.party != other.party
        assert 0 <= other.from_ - one.from_ <= NEAR_MINUTES * MINUTE
        assert pair.words or pair.same_category
    for ref in lines:
        assert sum(ref in (pair.one, pair.other) for pair in found.candidates) <= MOST_CANDIDATES
    near = [
        (one, other)
        for one in found.lines
        for other in found.lines
        if one.party < other.party and abs(one.from_ - other.from_) <= NEAR_MINUTES * MINUTE
    ]
    assert bool(found.candidates) is bool(near), "all of them share a word"


def test_the_log_of_a_circle_has_every_desks_entries_and_matches_them_as_a_centres_does() -> None:
    circle = Speaking()
    centre = circle.centre()
    mine = circle.say("joc", "log", note(60, "Delegation arrived"), about=centre)
    call = circle.say("mop", "log", {"category": "call", "means": "phone", "when": note(65, "")["when"]})
    circle.say("mop", "consent", {"revision": mine.partition("/")[2], "verdict": "accepted"}, about=mine)
    found = circle_log(circle.told())
    assert [(row.state, row.refs) for row in found.rows] == [("confirmed", (mine,)), ("alone", (call,))]
    assert [(one.category, one.text) for one in found.lines] == [("visit", "Delegation arrived"), ("call", None)]
    assert [one.ref for one in log_of(circle, centre).lines] == [mine]
    assert circle_log(circle.told(), since=MIDNIGHT + 61 * MINUTE).lines[0].ref == call
