"""A watch is handed over once it is put, taken, and accepted by the other side as taken."""

from __future__ import annotations

from tansiq.accord.handing_over import HandingOver, handovers

from .centre_telling import HOUR, MIDNIGHT, SIDES, Speaking

WATCH = {"from": MIDNIGHT, "to": MIDNIGHT + 12 * HOUR}


def newest(circle: Speaking, centre: str, later: int = 0) -> HandingOver:
    """The newest hand-over, so long after the last word."""
    told, found = circle.look(centre)
    return handovers(told, SIDES, found, circle.now + later)[0]


def accept(circle: Speaking, one: HandingOver, verdict: str = "accepted") -> None:
    """The other side's word on what stands now."""
    circle.say("mop", "consent", {"revision": one.revision, "verdict": verdict}, about=one.ref)


def test_a_hand_over_that_nobody_takes_is_shown_with_its_age() -> None:
    circle = Speaking()
    centre = circle.centre()
    put = circle.say("joc", "watch_handover", {"watch": WATCH, "text": "t", "status": "put"}, about=centre)
    one = newest(circle, centre, 5 * HOUR)
    assert (one.standing, one.waits_for, one.waited_ms) == ("put", ("joc",), 5 * HOUR)
    accept(circle, one)
    assert newest(circle, centre).standing == "put", "the other side's word takes no watch"
    circle.say("joc", "watch_handover", {"watch": WATCH, "text": "t", "status": "taken"}, revises=put)
    one = newest(circle, centre)
    assert (one.standing, one.waits_for) == ("taken", ("mop",))
    assert not one.words[0].current, "what it accepted was not taken then"
    accept(circle, one)
    one = newest(circle, centre)
    assert (one.standing, one.waits_for, one.waited_ms) == ("signed", (), 0)


def test_a_word_against_it_stands_and_what_is_refused_passes_nothing_on() -> None:
    circle = Speaking()
    centre = circle.centre()
    put = circle.say("joc", "watch_handover", {"status": "taken", "open": ["mop/a"]}, about=centre)
    accept(circle, newest(circle, centre), "declined")
    assert newest(circle, centre).standing == "declined"
    circle.say("joc", "watch_handover", {"status": "refused", "reason": "no keys"}, revises=put)
    assert newest(circle, centre).standing == "refused"
    circle.say("joc", "watch_handover", {"status": "put", "open": ["mop/a"]}, about=centre)
    assert newest(circle, centre).open[0].times == 1


def test_what_is_open_is_carried_on_until_it_is_closed() -> None:
    circle = Speaking()
    centre = circle.centre()
    for number, left in enumerate((["mop/a", "joc/b"], ["mop/a"], ["mop/a", "joc/c"])):
        circle.say("joc", "watch_handover", {"status": "put", "open": left}, about=centre)
        circle.say("mop", "watch_handover", {"status": "put", "open": ["joc/x"]}, about=centre)
        told, found = circle.look(centre)
        one = next(one for one in handovers(told, SIDES, found, circle.now) if one.party == "joc")
        assert (one.open[0].ref, one.open[0].times) == ("mop/a", number + 1)
        assert one.closed == (("joc/b",) if number == 1 else ())
    first = min(handover.put for handover in handovers(told, SIDES, found, circle.now) if handover.party == "joc")
    assert one.open[0].since == first
