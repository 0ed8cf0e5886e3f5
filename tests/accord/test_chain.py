"""The chain from talk to kept promise, both ways."""

from __future__ import annotations

from tansiq.accord.chain import chain, links

from .talking import Talking, names


def talk_to_promise() -> tuple[Talking, dict[str, str]]:
    """One of everything, each drawn from the one before, and a second understanding beside."""
    talk = Talking("joc", "mop", takes_part=["joc", "mop"])
    ref: dict[str, str] = {}
    ref["file"] = talk.say("joc", "negotiation_file", {"names": names("Centres"), "state": "open"})
    ref["body"] = talk.body(joc=(2, 1), mop=(2, 1))
    agenda = [{"names": names("Centres"), "file": ref["file"]}]
    ref["meeting"] = talk.meeting(body=ref["body"], agenda=agenda)
    ref["minutes"] = talk.minutes("joc", ref["meeting"], "A")
    ref["understanding"] = talk.say("joc", "understanding", {"number": 1}, about=ref["meeting"])
    ref["beside"] = talk.say("joc", "understanding", {"number": 2}, about=ref["meeting"])
    ref["agreement"] = talk.say("joc", "agreement", {"path": "centres"})
    drawn = {"key": "c-1", "drawn_from": [ref["understanding"]]}
    ref["clause"] = talk.say("joc", "clause", drawn, about=ref["agreement"])
    ref["theirs"] = talk.say("mop", "clause", {"key": "c-1"}, about=ref["agreement"])
    owed = {"agreement": ref["agreement"], "clause": "c-1", "owed_by": ["joc"]}
    ref["commitment"] = talk.say("joc", "commitment", {**owed, "names": names("Open")})
    ref["evidence"] = talk.say("mop", "evidence", {"shows": "not_kept"}, about=ref["commitment"])
    ref["assessment"] = talk.say("mop", "assessment", {"word": "disputed"}, about=ref["commitment"])
    ref["dispute"] = talk.say("mop", "negotiation_file", {"state": "open", "cause": ref["assessment"]})
    return talk, ref


def names_of(talk: Talking, ref: dict[str, str], start: str) -> dict[str, set[str]]:
    told = talk.told()
    found = chain(told, links(told), ref[start])
    assert found is not None
    called = {value: key for key, value in ref.items()}
    return {way: {called[step.ref] for step in found.steps if step.way == way} for way in ("before", "here", "after")}


def test_from_the_promise_back_to_the_meeting_and_from_the_meeting_on_to_the_evidence() -> None:
    talk, ref = talk_to_promise()
    back = names_of(talk, ref, "commitment")
    assert back["before"] == {"clause", "theirs", "agreement", "understanding", "meeting", "body", "file"}
    assert back["after"] == {"evidence", "assessment", "dispute"}
    on = names_of(talk, ref, "meeting")
    assert on["before"] == {"body", "file"}
    assert {"minutes", "understanding", "beside", "clause", "commitment", "evidence", "dispute"} <= on["after"]
    understood = names_of(talk, ref, "understanding")
    assert "beside" not in understood["before"] | understood["after"], "what only shares a meeting is left out"


def test_a_chain_is_told_in_its_order_and_the_file_of_a_dispute_comes_last() -> None:
    talk, ref = talk_to_promise()
    told = talk.told()
    found = chain(told, links(told), ref["meeting"])
    assert found is not None
    kinds = [(step.way, step.kind) for step in found.steps]
    assert kinds[:3] == [("before", "negotiation_file"), ("before", "body"), ("here", "meeting")]
    assert kinds[3] == ("after", "minutes")
    assert kinds[-1] == ("after", "negotiation_file")
    assert found.steps[-1].ref == ref["dispute"]


def test_every_link_is_seen_from_both_its_ends() -> None:
    talk, ref = talk_to_promise()
    told = talk.told()
    known = links(told)
    for start in ref.values():
        found = chain(told, known, start)
        assert found is not None
        for step in found.steps:
            other = chain(told, known, step.ref)
            assert other is not None
            ways = {one.ref: one.way for one in other.steps}
            assert ways[start] == {"before": "after", "here": "here", "after": "before"}[step.way]


def test_a_link_whose_end_is_not_here_is_said_and_a_later_record_leads_to_the_same_chain() -> None:
    talk, ref = talk_to_promise()
    gone = "mop/00000000-0000-7000-8000-00000000ffff"
    lost = talk.say("joc", "commitment", {"agreement": ref["agreement"], "clause": "c-9", "understanding": gone})
    told = talk.told()
    found = chain(told, links(told), lost)
    assert found is not None
    assert {(one.by, one.missing) for one in found.broken} == {
        ("understanding", gone),
        ("clause", f"{ref['agreement']}#c-9"),
    }
    assert ref["agreement"] in {step.ref for step in found.steps}
    later = talk.say("joc", "understanding", {"number": 3}, revises=ref["understanding"])
    told = talk.told()
    found = chain(told, links(told), later)
    assert found is not None
    assert found.of == ref["understanding"]
    assert chain(told, links(told), gone) is None


def test_a_ring_of_causes_ends() -> None:
    talk = Talking("joc", "mop")
    one = talk.say("joc", "negotiation_file", {"state": "open"})
    two = talk.say("joc", "negotiation_file", {"state": "open", "cause": one})
    talk.say("joc", "negotiation_file", {"cause": two}, revises=one)
    told = talk.told()
    found = chain(told, links(told), one)
    assert found is not None
    assert {step.ref for step in found.steps} == {one, two}
