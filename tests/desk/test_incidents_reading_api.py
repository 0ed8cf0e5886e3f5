"""A report in words at the desk's API: drafts with the circle's parties, refusals in words, and nothing kept."""

from __future__ import annotations

import httpx

from desk.conftest import Desks
from nodes import MOVES_BY_ITSELF, snapshot

OK, BAD = 200, 400
REPORT = "انفجرت عبوة ناسفة قرب خمور أمس الثلاثاء، وأصيب اثنان من البيشمركة."


def _read(desk: httpx.Client, **asked: object) -> httpx.Response:
    return desk.post("/incidents/read", json=asked)


def test_a_report_is_read_into_a_draft_whose_fields_a_form_takes(desks: Desks) -> None:
    before = snapshot(desks.joc, without={*MOVES_BY_ITSELF, "receipt", "cosigned"})
    answer = _read(desks.duty, text=REPORT, circle=desks.circle.id, reference="2020-09-16")
    assert answer.status_code == OK, answer.text
    body = answer.json()
    (draft,) = body["drafts"]
    assert draft["fields"]["place"]["gazetteer"] == "makhmour"
    assert draft["fields"]["wounded"] == {"min": 2, "max": 2}
    assert "place_doubtful" in draft["questions"]
    place = next(one for one in draft["sources"] if one["field"] == "place")
    assert REPORT[place["start"] : place["end"]] == "خمور"
    said = desks.duty.post(
        "/records/preview",
        json={"kind": "incident", "fields": draft["fields"], "releases": [{"circle": desks.circle.id}]},
    )
    assert said.status_code == OK, said.text
    assert snapshot(desks.joc, without={*MOVES_BY_ITSELF, "receipt", "cosigned"}) == before


def test_without_a_day_the_node_s_own_day_counts(desks: Desks) -> None:
    body = _read(desks.duty, text=REPORT).json()
    assert body["reference"] is not None


def test_what_is_no_report_is_refused_in_words(desks: Desks) -> None:
    for asked, code in (
        ({"text": " "}, "empty"),
        ({"text": "a" * 20_001}, "too_long"),
        ({"text": "a\u0001"}, "not_text"),
        ({"text": REPORT, "reference": "yesterday"}, "bad_day"),
    ):
        answer = _read(desks.duty, **asked)
        assert (answer.status_code, answer.json()["code"]) == (BAD, f"reading.{code}")
        assert answer.json()["next"]
    assert _read(desks.duty, text=REPORT, circle="0" * 32).status_code == 404


def test_a_reader_who_may_release_nothing_may_read_what_they_paste(desks: Desks) -> None:
    assert _read(desks.reader, text=REPORT).status_code == OK
