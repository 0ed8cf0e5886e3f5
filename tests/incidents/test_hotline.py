"""The hotline: received without an act, read by a mark on the very record, answered; urgent ones ring until then."""

from __future__ import annotations

from typing import Any

import pytest

from tansiq.incidents.hotline import Receipts, Word, words
from tansiq.picture.told import Ledger

from .asking import Asking

MEMBERS = ("coalition", "joc", "mop")


class Line(Asking):
    """A hotline between the members."""

    def send(self, minute: int = 0, party: str = "joc", **fields: Any) -> str:
        """A message; nobody has heard it yet."""
        self.now = 1_700_000_000_000 + minute * 60_000
        return self.say(party, "message", {"text": "are you there?", "urgent": True, **fields}, at=self.now)

    def words(self, receipts: Receipts | None = None, holder: str = "joc") -> list[Word]:
        """Every message as the holder's node shows it."""
        return words(self.told(), MEMBERS, receipts or {}, holder)

    def reach(self, ref: str, party: str = "mop", receipts: Receipts | None = None) -> str:
        """How far it has come with a party."""
        (word,) = [one for one in self.words(receipts) if one.ref == ref]
        (found,) = [one for one in word.receivers if one.party == party]
        return found.step

    def mark(self, ref: str, party: str = "mop", revision: str | None = None) -> None:
        """Mark it read."""
        self.meet()
        self.tell(party, "read_mark", 1, {"revision": revision or ref.split("/")[1]}, about=ref)


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_message_is_received_by_a_receipt_or_by_what_a_party_shows_that_it_held(line: Line) -> None:
    ref = line.send(to=["mop"])
    assert line.reach(ref) == "sent"
    assert line.reach(ref, receipts={Ledger("joc", 1): {"mop": 1}}) == "received"
    assert line.reach(ref, receipts={Ledger("joc", 1): {"mop": 0, "coalition": 1}}) == "sent"
    line.hear("mop", "joc")
    line.say("mop", "message", {"text": "something else", "to": ["coalition"]})
    assert line.reach(ref) == "received"


def test_it_rings_until_it_was_read_at_that_very_desk(line: Line) -> None:
    ref = line.send(to=["mop", "coalition"])
    (word,) = line.words()
    assert [word.rings(one) for one in MEMBERS] == [True, False, True]
    line.mark(ref)
    (word,) = line.words()
    assert [word.rings(one) for one in MEMBERS] == [True, False, False]
    assert (line.reach(ref), line.reach(ref, "coalition")) == ("read", "sent")


def test_a_message_that_is_corrected_rings_again(line: Line) -> None:
    ref = line.send(to=["mop"])
    line.mark(ref)
    newer = line.say("joc", "message", {"text": "at the SECOND bridge"}, revises=ref)
    (word,) = line.words()
    assert word.rings("mop")
    line.mark(ref, revision=newer.split("/")[1])
    (word,) = line.words()
    assert (word.rings("mop"), line.reach(ref)) == (False, "read")


def test_an_answer_is_read_and_rings_in_its_turn(line: Line) -> None:
    ref = line.send(to=["mop"])
    line.meet()
    answer = line.tell("mop", "message", 2, {"text": "yes", "to": ["joc"], "answers": ref, "urgent": True})
    found = {one.ref: one for one in line.words()}
    assert line.reach(ref) == "answered"
    assert not found[ref].rings("mop")
    assert (found[answer].answers, found[answer].rings("joc")) == (ref, True)
    (receiver,) = found[ref].receivers
    assert (receiver.answer, receiver.read) == (answer, None)


def test_only_those_that_it_is_for_read_or_answer_it(line: Line) -> None:
    ref = line.send(to=["mop"])
    line.mark(ref, "coalition")
    line.tell("coalition", "message", 2, {"text": "we are", "answers": ref, "to": ["joc"]})
    assert line.reach(ref) in ("sent", "received")
    assert [one.party for one in line.words()[-1].receivers] == ["mop"]


def test_without_names_it_is_for_all_others_and_what_is_not_urgent_never_rings(line: Line) -> None:
    line.send(urgent=False)
    (word,) = line.words()
    assert word.to == ("coalition", "mop")
    assert not any(word.rings(one) for one in MEMBERS)
    assert word.unread_by("mop")
    assert not word.unread_by("joc")
