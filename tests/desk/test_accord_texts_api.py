"""Texts at the desk, over real sockets between two real nodes: offer, counter-offer, compare, accept, agree."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from desk.conftest import Desks
from nodes import until

OK, CREATED, BAD, FORBIDDEN, MISSING, CONFLICT = 200, 201, 400, 403, 404, 409
FRAME = {
    "names": {"en": "Coordination agreement", "ar": "اتفاق التنسيق", "ckb": "ڕێککەوتنی هەماهەنگی"},
    "path": "coordination",
    "parties": ["joc", "mop"],
    "authentic": ["ar", "ckb"],
    "prevailing": "ar",
}
FIRST = {
    "ar": "تُفتح المراكز في الأول من تموز.",
    "ckb": "سەنتەرەکان لە یەکی تەمووز دەکرێنەوە.",
    "en": "The centres open on 1 July.",
}
SECOND = {
    "ar": "تُفتح المراكز في الخامس عشر من تموز.",
    "ckb": "سەنتەرەکان لە پازدەی تەمووز دەکرێنەوە.",
    "en": "The centres open on 15 July.",
}


@pytest.fixture
def text(desks: Desks) -> str:
    """A new agreement that both desks hold."""
    body = {"kind": "agreement", "fields": FRAME, "releases": [{"circle": desks.circle.id}]}
    answer = desks.duty.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    ref = str(answer.json()["refs"][0]["ref"])
    until(lambda: desks.other.get(f"/accord/texts/{ref}", params={"circle": desks.circle.id}).status_code == OK)
    return ref


def offer(desk: httpx.Client, desks: Desks, text: str, words: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = desk.post(f"/accord/texts/{text}/clauses", json={"circle": desks.circle.id, "text": words, **more})
    assert answer.status_code == CREATED, answer.text
    return dict(answer.json())


def view(desk: httpx.Client, desks: Desks, text: str) -> dict[str, Any]:
    answer = desk.get(f"/accord/texts/{text}", params={"circle": desks.circle.id})
    assert answer.status_code == OK, answer.text
    return dict(answer.json())


def clause(desk: httpx.Client, desks: Desks, text: str, key: str) -> dict[str, Any]:
    answer = desk.get(f"/accord/texts/{text}/clauses/{key}", params={"circle": desks.circle.id})
    assert answer.status_code == OK, answer.text
    return dict(answer.json())


def _hears(desk: httpx.Client, desks: Desks, text: str, ref: str) -> None:
    def here() -> bool:
        return any(one["ref"] == ref for row in view(desk, desks, text)["clauses"] for one in row["wordings"])

    until(here)


def test_an_offer_a_counter_offer_and_its_acceptance_make_an_agreed_text(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    _hears(desks.other, desks, text, first["ref"])
    second = offer(desks.other, desks, text, SECOND, key=first["key"], revision=first["ref"])
    _hears(desks.duty, desks, text, second["ref"])
    shown = view(desks.duty, desks, text)
    row = shown["clauses"][0]
    assert (row["state"], row["order"], shown["digest"]) == ("open", [1], None)
    assert [run for run in row["text"]["en"] if not isinstance(run, str)] == [[[[0], "1 "], [[1], "15 "]]]
    assert shown["points"] == [{"clause": first["key"], "why": "not_accepted", "parties": ["mop"], "language": None}]
    history = clause(desks.duty, desks, text, first["key"])["history"]
    assert [(one["party"], one.get("base")) for one in history] == [("joc", None), ("mop", first["ref"])]
    assert {piece["op"] for piece in history[1]["differs"]["text"]["ar"]} == {"same", "gone", "new"}
    body = {"circle": desks.circle.id, "revision": second["ref"], "verdict": "accept"}
    assert desks.duty.post("/accord/positions", json=body).status_code == CREATED
    agreed = view(desks.duty, desks, text)
    assert agreed["clauses"][0]["state"] == "agreed"
    assert agreed["clauses"][0]["text"]["en"] == [SECOND["en"]]
    assert agreed["points"] == []
    until(lambda: view(desks.other, desks, text)["digest"] == agreed["digest"] is not None)
    listed = desks.duty.get("/accord/texts", params={"circle": desks.circle.id}).json()["texts"]
    assert next(one for one in listed if one["ref"] == text)["counts"] == {"agreed": 1, "left_out": 0, "open": 0}


def test_what_was_worded_anew_meanwhile_is_refused_and_said_anyway_both_stay(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    offer(desks.duty, desks, text, SECOND, key=first["key"], own=first["ref"])
    late = {"circle": desks.circle.id, "key": first["key"], "text": {"en": "Third."}, "own": first["ref"]}
    refused = desks.duty.post(f"/accord/texts/{text}/clauses", json=late)
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "texts.changed")
    assert desks.duty.post(f"/accord/texts/{text}/clauses", json={**late, "anyway": True}).status_code == CREATED
    row = view(desks.duty, desks, text)["clauses"][0]
    assert len(row["wordings"]) == 2
    assert [one["kind"] for one in row["clashes"]] == ["own"]


def test_two_desks_that_counter_at_once_both_stay(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    _hears(desks.other, desks, text, first["ref"])
    offer(desks.other, desks, text, SECOND, key=first["key"], revision=first["ref"])
    late = {"circle": desks.circle.id, "key": first["key"], "text": {"en": "Third."}, "revision": first["ref"]}
    refused = desks.other.post(f"/accord/texts/{text}/clauses", json=late)
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "texts.changed")
    assert desks.other.post(f"/accord/texts/{text}/clauses", json={**late, "anyway": True}).status_code == CREATED
    row = view(desks.other, desks, text)["clauses"][0]
    assert sorted(one["parties"] for one in row["wordings"]) == [["joc"], ["mop"], ["mop"]]


def test_a_position_names_the_very_wording(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    second = offer(desks.duty, desks, text, SECOND, key=first["key"], own=first["ref"])
    _hears(desks.other, desks, text, second["ref"])

    def take(desk: httpx.Client, **body: Any) -> tuple[int, str | None]:
        answer = desk.post("/accord/positions", json={"circle": desks.circle.id, **body})
        return answer.status_code, answer.json().get("code")

    assert take(desks.other, revision=first["ref"], verdict="accept") == (CONFLICT, "texts.changed")
    assert take(desks.other, revision=text, verdict="accept") == (BAD, "texts.not_at_stake")
    assert take(desks.other, revision=second["ref"], verdict="object") == (BAD, "texts.no_reason")
    assert take(desks.other, revision=second["ref"], verdict="accept_if") == (BAD, "texts.no_condition")
    assert take(desks.other, revision=second["ref"]) == (BAD, "texts.nothing_said")
    assert take(desks.duty, revision=second["ref"], verdict="accept") == (FORBIDDEN, "texts.own_wording")
    assert take(desks.reader, revision=second["ref"], verdict="accept") == (FORBIDDEN, "gate.may_not_release")
    condition = {"ar": "بشرط التمويل"}
    assert take(desks.other, revision=second["ref"], verdict="accept_if", condition=condition)[0] == CREATED
    wording = view(desks.other, desks, text)["clauses"][0]["wordings"][0]
    assert wording["positions"][0]["condition"] == condition
    assert view(desks.other, desks, text)["clauses"][0]["state"] == "open"


def test_terms_are_warned_about_while_one_writes_and_in_the_text(desks: Desks, text: str) -> None:
    words = {"en": "The liaison officer attends.", "ar": "يحضر منسّق.", "ckb": "ئەفسەری پەیوەندی ئامادە دەبێت."}
    body = {"circle": desks.circle.id, "before": FIRST, "after": words}
    found = desks.duty.post(f"/accord/texts/{text}/compare", json=body).json()
    assert [one["missing_in"] for one in found["warnings"]] == ["ar"]
    assert found["pieces"]["en"][0] == {"op": "same", "before": "The ", "after": "The "}
    offer(desks.duty, desks, text, words, order=[1])
    assert view(desks.duty, desks, text)["clauses"][0]["wordings"][0]["warnings"] == found["warnings"]


def test_a_definition_makes_a_term_of_this_text(desks: Desks, text: str) -> None:
    term = {"en": "Buffer", "ar": "النطاق العازل", "ckb": "ناوچەی دابڕ"}
    offer(desks.duty, desks, text, FIRST, order=[1], part="definition", term=term)
    body = {"circle": desks.circle.id, "after": {"en": "No movement in the buffer", "ar": "لا حركة هناك"}}
    found = desks.duty.post(f"/accord/texts/{text}/compare", json=body).json()["warnings"]
    assert [one["expected"] for one in found] == [["النطاق العازل"]]


def test_a_clause_without_words_or_place_is_refused(desks: Desks, text: str) -> None:
    for body, code in (({"text": {"en": " "}, "order": [1]}, "texts.no_words"), ({"text": FIRST}, "texts.no_place")):
        answer = desks.duty.post(f"/accord/texts/{text}/clauses", json={"circle": desks.circle.id, **body})
        assert (answer.status_code, answer.json()["code"]) == (BAD, code)
    gone = desks.duty.get("/accord/texts/joc/none", params={"circle": desks.circle.id})
    assert (gone.status_code, gone.json()["code"]) == (MISSING, "texts.not_here")
    none = desks.duty.get(f"/accord/texts/{text}/clauses/zz", params={"circle": desks.circle.id})
    assert (none.status_code, none.json()["code"]) == (MISSING, "texts.no_clause")


def test_comments_stand_beside_the_clause(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    body = {
        "circle": desks.circle.id,
        "about": first["ref"],
        "text": "لماذا تموز؟",
        "revision": first["ref"],
        "lang": "ar",
    }
    assert desks.duty.post("/accord/comments", json=body).status_code == CREATED
    found = clause(desks.duty, desks, text, first["key"])["comments"]
    assert [(one["text"], one["revision"]) for one in found] == [("لماذا تموز؟", first["ref"])]


def test_striking_and_withdrawing(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    _hears(desks.other, desks, text, first["ref"])
    body = {"circle": desks.circle.id, "key": first["key"], "status": "struck", "revision": first["ref"]}
    struck = desks.other.post(f"/accord/texts/{text}/clauses", json=body)
    assert struck.status_code == CREATED, struck.text
    assert {one.get("struck", False) for one in view(desks.other, desks, text)["clauses"][0]["wordings"]} == {
        True,
        False,
    }
    until(lambda: len(view(desks.duty, desks, text)["clauses"][0]["wordings"]) == 2)
    back = {"circle": desks.circle.id, "key": first["key"], "status": "withdrawn", "own": first["ref"]}
    assert desks.duty.post(f"/accord/texts/{text}/clauses", json=back).status_code == CREATED
    until(lambda: len(view(desks.duty, desks, text)["clauses"][0]["wordings"]) == 1)


def test_long_texts_stay_out_of_the_pages_of_the_picture(desks: Desks, text: str) -> None:
    first = offer(desks.duty, desks, text, FIRST, order=[1])
    params: dict[str, str | int | bool] = {"circle": desks.circle.id, "limit": 5000}
    page = desks.duty.get("/picture", params=params).json()["objects"]
    light = next(one for one in page if one["ref"] == first["ref"])
    assert light["partial"] is True
    assert light["fields"] == {"key": first["key"], "order": [1], "part": "clause", "status": "offered"}
    for name, value in (("kind", "clause"), ("whole", True)):
        page = desks.duty.get("/picture", params={**params, name: value}).json()["objects"]
        assert next(one for one in page if one["ref"] == first["ref"])["fields"]["text"] == FIRST
