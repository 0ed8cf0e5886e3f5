"""Positions that are given up: October 2023 on Mount Qarachogh, with and without a word between the two sides."""

from __future__ import annotations

from typing import Any

from movements.telling import HOUR, NOON, Telling
from tansiq.movements.positions import Position, positions
from tansiq.picture.told import Told

THREE_POSTS: dict[str, Any] = {
    "names": {"en": "Three posts"},
    "leaves": "a third force",
    "leaves_at": NOON,
    "interim": "nobody",
    "status": "announced",
}


def one(told: Told, at: int = NOON - HOUR) -> Position:
    (found,) = positions(told, at)
    return found


def consent(circle: Telling, party: str, about: str, revision: str, verdict: str = "accepted") -> None:
    circle.say(party, "consent", {"revision": revision.partition("/")[2], "verdict": verdict}, about=about)


def test_with_the_protocol_nobody_enters_before_both_sides_said_who() -> None:
    circle = Telling("joc", "mop")
    left = circle.say("mop", "handover", THREE_POSTS)
    circle.meet()
    assert (one(circle.told()).state, one(circle.told()).alarms) == ("announced", ("third_force_leaves",))
    proposed = circle.say("mop", "handover", {"successor": "joint", "status": "proposed"}, revises=left)
    circle.meet()
    assert one(circle.told()).state == "waiting"
    consent(circle, "joc", left, proposed)
    circle.meet()
    assert one(circle.told()).state == "agreed"
    circle.say("mop", "entered", {"by": "mop", "at": NOON + HOUR}, about=left)
    circle.say("mop", "handover", {"status": "done", "done_at": NOON + HOUR}, revises=left)
    circle.meet()
    found = one(circle.at("joc"), NOON + 2 * HOUR)
    assert found == one(circle.at("mop"), NOON + 2 * HOUR)
    assert (found.state, found.alarms) == ("done", ("third_force_leaves",))


def test_without_it_every_desk_raises_the_alarm() -> None:
    circle = Telling("joc", "mop")
    left = circle.say("mop", "handover", THREE_POSTS, at=NOON + 5 * 60_000)
    circle.say("joc", "log", {})
    circle.meet()
    circle.say("mop", "entered", {"by": "joc", "at": NOON + 10 * 60_000}, about=left)
    circle.meet()
    for party in ("joc", "mop"):
        found = one(circle.at(party), NOON + HOUR)
        assert found.late_minutes == 5
        assert found.alarms == (
            "late",
            "third_force_leaves",
            "vacated_without_consent",
            "entered_without_consent",
        )


def test_a_third_force_that_enters_is_an_alarm_whatever_was_agreed() -> None:
    circle = Telling("joc", "mop")
    left = circle.say("joc", "handover", {**THREE_POSTS, "leaves": "joc", "successor": "mop", "status": "proposed"})
    circle.meet()
    consent(circle, "mop", left, left)
    circle.say("mop", "entered", {"by": "somebody else", "at": NOON}, about=left)
    circle.meet()
    assert one(circle.told(), NOON + HOUR).alarms == ("entered_by_third_force",)


def test_a_consent_counts_for_the_proposal_that_it_was_given_to() -> None:
    circle = Telling("joc", "mop")
    left = circle.say("joc", "handover", {**THREE_POSTS, "leaves": "joc", "successor": "mop", "status": "proposed"})
    circle.meet()
    consent(circle, "mop", left, left)
    circle.say("joc", "handover", {"successor": "joc"}, revises=left)
    circle.meet()
    assert one(circle.told()).state == "waiting"
    circle.say("joc", "handover", {"status": "done"}, revises=left)
    assert one(circle.told(), NOON + HOUR).alarms == ("done_without_consent",)


def test_a_post_that_was_left_with_no_word_is_an_alarm() -> None:
    circle = Telling("joc", "mop")
    post = circle.say("joc", "post", {"status": "manned"})
    assert positions(circle.told(), NOON) == []
    circle.say("joc", "post", {"status": "vacated"}, revises=post)
    assert one(circle.told()).alarms == ("vacated_without_handover",)
    left = circle.say("joc", "handover", {**THREE_POSTS, "post": post, "leaves": "joc", "leaves_at": NOON + HOUR})
    assert [found.ref for found in positions(circle.told(), NOON)] == [left]


def test_a_declined_successor_is_said() -> None:
    circle = Telling("joc", "mop")
    left = circle.say("joc", "handover", {**THREE_POSTS, "leaves": "joc", "successor": "joc", "status": "proposed"})
    circle.meet()
    consent(circle, "mop", left, left, "declined")
    circle.meet()
    assert one(circle.told()).state == "declined"
    assert one(circle.told(), NOON).alarms == ("vacated_without_consent",)
