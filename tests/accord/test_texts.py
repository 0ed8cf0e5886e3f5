"""Where a text stands follows from what was told: nobody's words are lost, nobody's word is taken for granted."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.negotiating import SIDES, Negotiating
from tansiq.accord.agreed import digest
from tansiq.accord.bracketed import bracketed, in_order
from tansiq.accord.clauses import LANGUAGES
from tansiq.accord.concordance import discords
from tansiq.accord.texts import Memo, agreed_text, open_points, text_of
from tansiq.errors import NotFound
from tansiq.picture.told import Told
from tansiq.records.values import Language

AUTHENTIC: tuple[Language, ...] = ("ar", "ckb")


def _points(talk: Negotiating) -> list[tuple[str, str]]:
    return [(one.clause, one.why) for one in open_points(talk.state())]


def test_what_is_offered_and_accepted_is_agreed() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.meet()
    assert talk.clause().state == "open"
    talk.take("mop", first, first)
    talk.meet()
    assert talk.clause().state == "agreed"
    text, points = agreed_text(talk.told(), SIDES, talk.text)
    assert points == []
    assert text is not None
    assert text.clauses[0].text == {"ar": "alpha", "ckb": "alpha"}
    assert text.clauses[0].ref == first


def test_a_wording_changed_since_leaves_the_position_stale() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.meet()
    talk.take("mop", first, first)
    talk.meet()
    talk.reword("joc", first, "beta")
    clause = talk.clause()
    assert clause.state == "open"
    assert [one.party for one in clause.stale] == ["mop"]
    assert clause.taken == ({},)


def test_a_note_or_a_mark_leaves_the_words_and_so_the_position() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.meet()
    talk.take("mop", first, first)
    talk.say("joc", "clause", {"note": "compared", "concordant": ["ar", "ckb"]}, revises=first, about=talk.text)
    assert talk.clause().state == "agreed"


def test_words_that_come_back_do_not_bring_the_position_back() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.meet()
    talk.take("mop", first, first)
    talk.reword("joc", first, "beta")
    talk.reword("joc", first, "alpha")
    assert talk.clause().state == "open"


@pytest.mark.parametrize("verdict", ["accept_if", "object", "reserve"])
def test_only_acceptance_is_acceptance(verdict: str) -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.meet()
    talk.take("mop", first, first, verdict, condition={"en": "if"})
    assert talk.clause().state == "open"
    assert agreed_text(talk.told(), SIDES, talk.text)[0] is None


def test_an_acceptance_can_be_taken_back() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.meet()
    talk.take("mop", first, first)
    talk.take("mop", first, first, "object")
    assert talk.clause().state == "open"
    assert talk.clause().stands_at["mop"] is None


def test_a_counter_offer_stands_beside_the_offer_and_one_is_accepted() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "opens on day one")
    talk.meet()
    second = talk.offer("mop", "opens on day two", counters=first)
    talk.meet()
    clause = talk.clause()
    assert clause.state == "open"
    assert [one.parties for one in clause.wordings] == [("joc",), ("mop",)]
    assert clause.clashes == ()
    talk.take("joc", second, second)
    clause = talk.clause()
    assert clause.state == "agreed"
    assert clause.agreed is not None
    assert clause.wordings[clause.agreed].ref == second


def test_the_same_words_offered_by_both_are_one_wording() -> None:
    talk = Negotiating()
    talk.offer("joc", "same words")
    talk.offer("mop", "same words")
    clause = talk.clause()
    assert clause.state == "agreed"
    assert clause.wordings[0].parties == SIDES


def test_the_facilitators_proposal_needs_both_sides_and_not_its_own_word() -> None:
    talk = Negotiating()
    proposal = talk.offer("coalition", "between")
    talk.meet()
    talk.take("joc", proposal, proposal)
    assert talk.clause().state == "open"
    talk.take("mop", proposal, proposal)
    assert talk.clause().state == "agreed"


def test_acceptances_that_cross_choose_nothing() -> None:
    talk = Negotiating()
    mine = talk.offer("joc", "alpha")
    yours = talk.offer("mop", "beta")
    assert [one.kind for one in talk.clause().clashes] == ["crossing"]
    talk.meet()
    talk.take("joc", yours, yours)
    talk.take("mop", mine, mine)
    clause = talk.clause()
    assert clause.state == "open"
    assert "crossed" in [one.kind for one in clause.clashes]
    assert ("one", "crossed") in _points(talk)


def test_two_desks_of_one_party_leave_both_wordings_until_it_says_which() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    one = talk.reword("joc", first, "alpha by desk one", counters=first)
    other = talk.reword("joc", first, "alpha by desk two", counters=first)
    clause = talk.clause()
    assert {wording.ref for wording in clause.wordings} == {one, other}
    assert [(conflict.kind, set(conflict.refs)) for conflict in clause.clashes] == [("own", {one, other})]
    assert clause.stands_at["joc"] is None
    assert ("one", "own") in _points(talk)
    talk.reword("joc", first, "alpha by both", counters=other)
    assert talk.clause().clashes == ()
    assert [wording.content.words("text", "en") for wording in talk.clause().wordings] == ["alpha by both"]


def test_two_desks_that_word_it_first_at_once_leave_both() -> None:
    talk = Negotiating()
    talk.offer("joc", "by desk one")
    talk.offer("joc", "by desk two")
    assert [one.kind for one in talk.clause().clashes] == ["own"]
    assert len(talk.clause().wordings) == 2


def test_a_clause_that_all_would_leave_out_is_left_out() -> None:
    talk = Negotiating()
    kept = talk.offer("joc", "kept", key="two", order=[2])
    first = talk.offer("joc", "alpha")
    talk.meet()
    talk.take("mop", kept, kept)
    struck = talk.offer("mop", "alpha", status="struck", counters=first)
    talk.meet()
    assert talk.clause().state == "open"
    talk.take("joc", struck, struck)
    assert talk.clause().state == "left_out"
    text, points = agreed_text(talk.told(), SIDES, talk.text)
    assert points == []
    assert text is not None
    assert [one.key for one in text.clauses] == ["two"]


def test_what_all_withdrew_is_gone_and_its_history_is_not() -> None:
    talk = Negotiating()
    first = talk.offer("joc", "alpha")
    talk.say("joc", "clause", {"status": "withdrawn"}, revises=first, about=talk.text)
    assert talk.state().clauses == ()
    assert [len(one.offers) for one in talk.state().gone] == [2]


def test_a_change_in_one_language_leaves_the_others_behind() -> None:
    talk = Negotiating()
    words = {"ar": "نص", "ckb": "دەق", "en": "text"}
    first = talk.offer("joc", words)
    assert discords(talk.clause(), 0, AUTHENTIC) == []
    second = talk.reword("joc", first, {**words, "ar": "نص جديد"})
    assert [(one.language, one.kind) for one in discords(talk.clause(), 0, AUTHENTIC)] == [("ckb", "behind")]
    talk.meet()
    talk.take("mop", first, second)
    assert _points(talk) == [("one", "behind")]
    talk.take("mop", first, second, "accept", concordant=["ar", "ckb"])
    assert _points(talk) == []
    talk.take("mop", first, second, "accept", discordant=["ckb"])
    assert [(one.why, one.parties) for one in open_points(talk.state())] == [("differs", ("mop",))]


def test_a_counter_offer_in_one_language_leaves_the_others_behind_too() -> None:
    talk = Negotiating()
    words = {"ar": "نص", "ckb": "دەق", "en": "text"}
    first = talk.offer("joc", words)
    talk.meet()
    second = talk.offer("mop", {**words, "ckb": "دەقی نوێ"}, counters=first)
    number = [one.ref for one in talk.clause().wordings].index(second)
    assert [(one.language, one.kind) for one in discords(talk.clause(), number, AUTHENTIC)] == [("ar", "behind")]
    talk.reword("mop", second, {"ar": "نص آخر", "ckb": "دەقی نوێ", "en": "text"}, counters=second)
    assert discords(talk.clause(), number, AUTHENTIC) == []


def test_an_authentic_language_without_words_is_open_and_another_is_not() -> None:
    talk = Negotiating()
    talk.offer("joc", {"ar": "نص", "en": "text"})
    talk.offer("mop", {"ar": "نص", "en": "text"})
    assert _points(talk) == [("one", "missing")]
    other = Negotiating(authentic=["ar"])
    other.offer("joc", {"ar": "نص"})
    other.offer("mop", {"ar": "نص"})
    assert _points(other) == []


def test_an_amendment_names_the_digest_of_the_text_before() -> None:
    talk = Negotiating()
    talk.offer("joc", "alpha")
    talk.offer("mop", "alpha")
    before, _ = agreed_text(talk.told(), SIDES, talk.text)
    assert before is not None
    first = talk.text
    talk.text = talk.say("joc", "agreement", {"names": {"en": "Second"}, "path": "coordination", "amends": first})
    talk.offer("joc", "beta", key="b")
    talk.offer("mop", "beta", key="b")
    text, points = agreed_text(talk.told(), SIDES, talk.text)
    assert points == []
    assert text is not None
    assert text.amends == digest(before)
    talk.say("coalition", "agreement", {"amends": talk.text}, revises=first)
    assert [one.why for one in agreed_text(talk.told(), SIDES, talk.text)[1]] == ["amended"]


def test_a_text_that_is_not_here_is_refused() -> None:
    talk = Negotiating()
    with pytest.raises(NotFound) as refused:
        agreed_text(talk.told(), SIDES, "joc/00000000-0000-7000-8000-00000000ffff")
    assert refused.value.code == "texts.not_here"


STEPS = st.tuples(
    st.sampled_from(["offer", "reword", "position", "strike", "withdraw", "hear"]),
    st.sampled_from(["joc", "mop", "coalition"]),
    st.integers(0, 2**16),
)
SAYINGS = ("alpha beta", "alpha gamma", "alpha beta delta", "نص")
VERDICTS = ("accept", "accept", "accept_if", "object", "reserve")


def _live(steps: list[tuple[str, str, int]]) -> Negotiating:
    """A negotiation in which each knows only what its node has heard."""
    talk = Negotiating()
    for act, party, choice in steps:
        told = talk.at(party)
        clauses = told.about("clause", talk.text)
        own = [one for one in clauses if one.party == party]
        pick = random.Random(choice)  # noqa: S311 - a test's choices
        text = pick.choice(SAYINGS)
        if act == "hear":
            talk.hear(party, pick.choice(talk.members), None)
        elif act == "position" and clauses:
            thing = pick.choice(clauses)
            talk.take(party, thing.ref, pick.choice(thing.versions).ref, pick.choice(VERDICTS))
        elif own and act in ("reword", "strike", "withdraw"):
            thing = pick.choice(own)
            status = {"strike": "struck", "withdraw": "withdrawn"}.get(act, "offered")
            base = pick.choice([version for one in clauses for version in one.versions])
            talk.reword(party, thing.ref, text, status=status, counters=base.ref)
        elif act == "offer":
            talk.offer(party, text, key=pick.choice(["one", "two"]))
    return talk


@given(st.lists(STEPS, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_any_order_of_arrival_gives_the_same_state(steps: list[tuple[str, str, int]], chance: random.Random) -> None:
    talk = _live(steps)
    entries = talk.entries({ledger: len(chain) for ledger, chain in talk.ledgers.items()})
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert talk.state(talk.told(entries=shuffled)) == talk.state()


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=150, deadline=None)
def test_agreed_only_if_every_side_accepted_that_very_wording(steps: list[tuple[str, str, int]]) -> None:
    talk = _live(steps)
    for clause in talk.state().clauses:
        if clause.agreed is None:
            continue
        wording = clause.wordings[clause.agreed]
        for side in SIDES:
            own = [one for one in clause.offers if one.party == side and one.ref in wording.refs]
            position = clause.taken[clause.agreed].get(side)
            assert own or (position is not None and position.verdict == "accept")


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=150, deadline=None)
def test_no_text_is_ever_lost(steps: list[tuple[str, str, int]]) -> None:
    talk = _live(steps)
    said = {
        f"{ledger.party}/{one.id}" for ledger, chain in talk.ledgers.items() for one in chain if one.kind == "clause"
    }
    state = talk.state()
    assert {one.ref for clause in (*state.clauses, *state.gone) for one in clause.offers} == said
    for clause in state.clauses:
        for party in {one.party for one in clause.offers}:
            latest = [one for one in clause.offers if one.party == party][-1]
            # the latest word of a party is at stake unless it took it back
            assert latest.withdrawn or any(latest.ref in one.refs for one in clause.wordings)


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=100, deadline=None)
def test_brackets_read_along_one_wording_are_its_words(steps: list[tuple[str, str, int]]) -> None:
    for clause in _live(steps).state().clauses:
        found = bracketed(clause)
        for number in found.shown:
            content = clause.wordings[number].content
            for language in LANGUAGES:
                runs = found.words.get("text", {}).get(language, [])
                left_out = content.struck and len(found.shown) > 1
                words = "" if left_out else content.words("text", language)
                assert "".join(one.in_wording(number) for one in runs) == words


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=60, deadline=None)
def test_what_is_worked_out_as_things_come_is_what_is_worked_out_anew(steps: list[tuple[str, str, int]]) -> None:
    talk, memo = _live(steps), Memo()
    whole = talk.told()
    told = Told(parties=whole.parties)
    for thing in whole.things:
        for count in range(1, len(thing.versions) + 1):
            told.put(replace(thing, versions=thing.versions[:count]))
            if told.get(talk.text) is not None:
                text_of(told, SIDES, talk.text, memo)
    assert text_of(told, SIDES, talk.text, memo) == talk.state(whole)


def test_history_stands_in_the_order_in_which_it_was_known() -> None:
    talk = Negotiating()
    first = talk.offer("mop", "alpha")
    talk.meet()
    second = talk.offer("joc", "beta", counters=first)
    talk.meet()
    third = talk.reword("mop", first, "gamma")
    assert [one.ref for one in in_order(talk.clause().offers)] == [first, second, third]
