"""Search at the desk's API: what was said a moment ago is found, page by page, and refusals come in words."""

from __future__ import annotations

from typing import Any

import httpx

from desk.conftest import Desks
from nodes import until

OK, BAD, MISSING = 200, 400, 404


def _say(desk: httpx.Client, circle: str, text: str, **fields: Any) -> str:
    said = {"kind": "log", "fields": {"text": text, **fields}, "releases": [{"circle": circle}]}
    answer = desk.post("/records", json=said)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["refs"][0]["ref"])


def _refs(desk: httpx.Client, **asked: Any) -> list[str]:
    answer = desk.get("/search", params=asked)
    assert answer.status_code == OK, answer.text
    return [one["ref"] for one in answer.json()["hits"]]


def test_what_was_said_is_found_at_once_and_at_the_other_desk_when_it_has_come(desks: Desks) -> None:
    ref = _say(desks.duty, desks.circle.id, "لقاء تنسيقي في بعشيقة")
    assert _refs(desks.duty, q="بعشیقه") == [ref]
    assert _refs(desks.reader, q="تنسي", typing=True) == [ref]
    assert _refs(desks.reader, q="تنسي") == []
    until(lambda: _refs(desks.other, q="بعشيقة") == [ref])


def test_pages_follow_each_other(desks: Desks) -> None:
    said = [_say(desks.duty, desks.circle.id, f"ترقيم {count}") for count in range(5)]
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        body = desks.duty.get("/search", params={"q": "ترقيم", "limit": 2, "kind": "log", **after}).json()
        found += [one["ref"] for one in body["hits"]]
        assert body["behind"] == 0
        if body["next"] is None:
            break
        after = {"after": body["next"]}
    assert sorted(found) == sorted(said)


def test_marks_stand_in_code_points_of_the_piece(desks: Desks) -> None:
    _say(desks.duty, desks.circle.id, "🔥 گوندەکانی تاقیکاری")
    (hit,) = desks.duty.get("/search", params={"q": "گوند تاقیکاری"}).json()["hits"]
    (piece,) = hit["pieces"]
    assert [piece["text"][start:end] for start, end in piece["marks"]] == ["گوندەکانی", "تاقیکاری"]
    assert (hit["circle"], hit["tlp"], hit["rank"]) == (desks.circle.id, "AMBER", "forms")


def test_what_cannot_be_searched_for_is_refused_in_words(desks: Desks) -> None:
    wrong: tuple[tuple[dict[str, str | int], int, str], ...] = (
        ({}, BAD, "search.nothing"),
        ({"q": "x" * 201}, BAD, "search.too_long"),
        ({"q": "x", "after": "1"}, BAD, "search.bad_page"),
        ({"near": "nowhere at all"}, MISSING, "place.unknown"),
        ({"near": "Makhmour", "within": 900_000}, BAD, "search.too_far"),
        ({"q": "x", "circle": "f" * 32}, MISSING, "circle.not_here"),
        ({"q": "x", "limit": 0}, BAD, "request.refused"),
        ({"q": "x", "since": -1}, BAD, "request.refused"),
    )
    for asked, status, code in wrong:
        answer = desks.duty.get("/search", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (status, code), asked
        assert answer.json()["next"]
