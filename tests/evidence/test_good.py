"""Every good file is accepted by both verifiers, which say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tansiq.circles.card import read_card
from tansiq.desk import evidence

from .both import HOLDS, REFUSED, Answer, by_file, by_program, in_here, refusal
from .conftest import Court

GOOD = (
    "full",
    "full of the other side",
    "one field",
    "no cosignature",
    "claimed outside",
    "an exercise",
    "theirs",
    "for somebody",
)
UNDER = "under a key that only this file names"


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_holds_for_both_with_the_same_words(court: Court, tmp_path: Path, name: str) -> None:
    data = court.good[name]
    for pinned, cards in (({}, {}), (court.pinned, court.cards)):
        mine = by_program(data, pinned)
        assert mine.code == HOLDS
        assert mine.lines[-1] == ("The proof holds." if pinned else mine.lines[-1])
        assert any(UNDER in line for line in mine.lines) <= (not pinned)
        assert by_file(data, cards, tmp_path) == mine
        assert in_here(data, cards) == mine


def test_without_any_library_it_says_the_same(court: Court, tmp_path: Path) -> None:
    mine = by_program(court.good["full"], court.pinned)
    assert by_file(court.good["full"], court.cards, tmp_path, "-S") == mine


@pytest.mark.parametrize("kind", ["one size", "two sizes"])
def test_a_fork_proof_holds_for_both_with_the_same_words(court: Court, tmp_path: Path, kind: str) -> None:
    data, card = court.two_faced[kind], court.two_faced["card"]
    for pinned, cards in (({}, {}), ({"joc": read_card(card)}, {"joc": card})):
        mine = by_program(data, pinned)
        assert mine.code == HOLDS
        assert mine.lines[0].startswith("joc signed two histories of joc/")
        assert by_file(data, cards, tmp_path) == mine
        assert in_here(data, cards) == mine
    assert by_file(data, {"joc": card}, tmp_path, "-S").code == HOLDS


def test_the_card_of_another_key_accuses_nobody(court: Court, tmp_path: Path) -> None:
    for data, code in (
        (court.two_faced["one size"], "fork.other_key"),
        (court.two_faced["two sizes"], "fork.other_key"),
    ):
        assert refusal(data, court.pinned) == code
        assert by_file(data, court.cards, tmp_path) == Answer(REFUSED, [])
    other = court.two_faced["card"]
    assert refusal(court.good["full"], {"joc": read_card(other)}) == "evidence.other_key"
    assert by_file(court.good["full"], {"joc": other}, tmp_path) == Answer(REFUSED, [])


def test_the_file_shows_from_when_to_when(court: Court) -> None:
    found = evidence.verify(court.good["full"], court.pinned)
    assert found.trusted
    assert {one.name for one in found.cosigned} == {"mop/mirror", "mop/witness", "coalition/mirror"}
    assert all(one.known for one in found.cosigned)
    assert found.not_before is not None
    assert found.not_before.party == "mop"
    assert found.not_after is not None
    assert found.not_before.at <= found.entry.at <= found.not_after.at * 1000 + 999
    assert not any("OUTSIDE" in line for line in found.lines())
    outside = evidence.verify(court.good["claimed outside"], court.pinned)
    assert any("OUTSIDE" in line for line in outside.lines())
    bare = evidence.verify(court.good["no cosignature"], court.pinned)
    assert bare.not_after is None
    assert "no bound after in this file" in bare.lines()


def test_each_holder_is_shown_with_the_first_head_by_which_it_held_the_record(court: Court) -> None:
    """mop held it one meeting before the coalition did: the file proves the entry under both heads."""
    data = court.good["full"]
    assert data.count(b"\nalso ") >= 1
    view = {one.party: one.at for one in evidence.verify(data).cosigned if one.held}
    assert view["mop"] <= view["coalition"]


def test_the_exercise_mark_comes_first(court: Court) -> None:
    assert by_program(court.good["an exercise"], {}).lines[0].startswith("EXERCISE · joc said log")
    assert not by_program(court.good["full"], {}).lines[0].startswith("EXERCISE")


def test_what_a_party_wrote_never_looks_like_what_the_verifier_says(court: Court) -> None:
    lines = by_program(court.good["full"], {}).lines
    assert not any(line.startswith("held by nobody") for line in lines)
    written = next(line for line in lines if line.startswith("text: "))
    assert json.dumps("\n")[1:-1] in written
    assert "\\u2028" in written
    assert "کوردی\u200c" in written


def test_for_whom_it_was_made_is_said_and_said_to_prove_nothing(court: Court) -> None:
    lines = by_program(court.good["for somebody"], {}).lines
    assert "made for mediator, says the file; nothing proves that" in lines
    without = court.good["for somebody"].replace(b"for mediator\n", b"")
    assert by_program(without, {}).code == in_here(without, {}).code == HOLDS
