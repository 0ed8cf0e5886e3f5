"""Reports of one event on two real nodes: candidates, each side's word, grades, findings, the sheet, the source."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from nodes import until

from .conftest import Desks

OK, CREATED, BAD, FORBIDDEN, MISSING, CONFLICT = 200, 201, 400, 403, 404, 409
MINUTE = 60_000
PLACE = {"lat": 357_700_000, "lon": 435_800_000, "accuracy": 500}
NAMED = {"action": {"en": "Clear the road"}, "place": PLACE, "number": "2"}
SOURCE = "the keeper of the third well"


def said(desk: httpx.Client, desks: Desks, kind: str, fields: dict[str, Any], **more: Any) -> str:
    body = {"kind": kind, "fields": fields, "releases": [{"circle": desks.circle.id}], **more}
    answer = desk.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def ask(desk: httpx.Client, desks: Desks, path: str) -> Any:
    answer = desk.get(path, params={"circle": desks.circle.id})
    assert answer.status_code == OK, answer.text
    return answer.json()


def post(desk: httpx.Client, desks: Desks, path: str, **fields: Any) -> httpx.Response:
    return desk.post(path, json={"circle": desks.circle.id, **fields})


@pytest.fixture(scope="module")
def event(desks: Desks) -> tuple[str, str]:
    """A report of each side of one explosion, both held by both nodes."""
    at = int(time.time() * 1000) - 30 * MINUTE
    what = {"category": "explosion", "how_known": "seen", "wounded": {"min": 2, "max": 3}}
    ours = said(
        desks.duty,
        desks,
        "incident",
        {
            **what,
            "when": {"from": at, "to": None},
            "when_precision": "minute",
            "place": PLACE,
            "text": "انفجار عبوة قرب مخمور",
            "lang": "ar",
            "source": SOURCE,
            "source_grade": "B",
            "info_grade": 2,
            "killed": {"min": 0, "max": 0},
        },
    )
    theirs = said(
        desks.other,
        desks,
        "incident",
        {
            **what,
            "when": {"from": at + 6 * MINUTE, "to": None},
            "when_precision": "minute",
            "place": {**PLACE, "lat": 357_710_000},
            "text": "تەقینەوەی بۆمب لە نزیک مەخموور",
            "lang": "ckb",
            "killed": {"min": 1, "max": 1},
        },
    )
    until(lambda: all(len(ask(desk, desks, "/incidents/pairs")["pairs"]) == 1 for desk in (desks.duty, desks.other)))
    return ours, theirs


def test_both_sides_see_the_same_candidate_with_its_reasons_and_join_it_by_both_words(
    desks: Desks, event: tuple[str, str]
) -> None:
    ours, theirs = event
    (pair,) = ask(desks.duty, desks, "/incidents/pairs")["pairs"]
    assert pair == ask(desks.other, desks, "/incidents/pairs")["pairs"][0]
    assert {pair["one"], pair["other"]} == {ours, theirs}
    parts = {part["name"]: part for part in pair["parts"]}
    assert "makhmour" in parts["words"]["values"]
    assert parts["time"]["facts"]["minutes"] == 6
    first = post(desks.duty, desks, "/incidents/same", one=ours, other=theirs, word="same")
    assert first.status_code == CREATED, first.text
    (spoken,) = ask(desks.duty, desks, "/incidents/pairs")["spoken"]
    assert (spoken["state"], spoken["waits_for"]) == ("waits", ["mop"])
    until(lambda: ask(desks.other, desks, "/incidents/pairs")["spoken"] != [])
    second = post(desks.other, desks, "/incidents/same", one=ours, other=theirs, word="same")
    assert second.status_code == CREATED, second.text
    until(lambda: ask(desks.duty, desks, f"/incidents/files/{theirs}")["file"]["state"] == "corroborated")
    file = ask(desks.duty, desks, f"/incidents/files/{ours}")["file"]
    stands = {row["field"]: row["standing"] for row in file["rows"]}
    assert stands == {
        "category": "agreed",
        "when": "agreed",
        "place": "agreed",
        "killed": "disputed",
        "wounded": "agreed",
        "over": "unknown",
    }
    assert ask(desks.duty, desks, "/incidents/pairs")["pairs"] == []
    (listed,) = ask(desks.other, desks, "/incidents/files")["events"]
    assert (listed["refs"], listed["state"]) == (sorted(event), "corroborated")


def test_the_source_stays_at_its_node_now_and_later(desks: Desks, event: tuple[str, str]) -> None:
    ours, _ = event
    assert SOURCE not in desks.other.get(f"/incidents/files/{ours}", params={"circle": desks.circle.id}).text
    told = desks.duty.post(f"/records/{desks.circle.id}/{ours}/tell", json={"fields": ["source"]})
    assert (told.status_code, told.json()["code"]) == (MISSING, "record.nothing_withheld")
    seen = desks.duty.post(
        "/records/preview",
        json={"kind": "incident", "fields": {"source": SOURCE, "text": "x"}, "releases": [{"circle": desks.circle.id}]},
    ).json()["columns"]
    for column in seen:
        assert column["self"] or "source" not in (column["fields"] or {})


def test_a_receiver_grades_the_others_report_once_and_not_its_own(desks: Desks, event: tuple[str, str]) -> None:
    ours, _ = event
    refused = post(desks.duty, desks, "/incidents/grades", about=ours, source_grade="A")
    assert (refused.status_code, refused.json()["code"]) == (FORBIDDEN, "incidents.own_grade")
    empty = post(desks.other, desks, "/incidents/grades", about=ours, reason="no grade")
    assert (empty.status_code, empty.json()["code"]) == (BAD, "incidents.no_grade")
    for grade in ("C", "D"):
        answer = post(desks.other, desks, "/incidents/grades", about=ours, source_grade=grade, info_grade=3)
        assert answer.status_code == CREATED, answer.text

    def grades() -> list[tuple[str, str | None, int | None]]:
        file = ask(desks.duty, desks, f"/incidents/files/{ours}")["file"]
        (account,) = [one for one in file["accounts"] if one["ref"] == ours]
        return [(one["party"], one["source"], one["info"]) for one in account["grades"]]

    until(lambda: grades() == [("joc", "B", 2), ("mop", "D", 3)])


def test_a_finding_is_closed_only_with_all_four_names_and_counts_with_the_others_assent(
    desks: Desks, event: tuple[str, str]
) -> None:
    ours, _ = event
    bare = {
        "kind": "finding",
        "fields": {"step": "verified", **NAMED, "status": "closed"},
        "about": ours,
        "releases": [{"circle": desks.circle.id}],
    }
    refused = desks.duty.post("/records", json=bare, headers={"accept-language": "ckb"})
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "incidents.cannot_close")
    ref = said(desks.duty, desks, "finding", {"step": "verified", "went": ["joc", "mop"], **NAMED}, about=ours)
    close = f"/incidents/findings/{ref}/close?circle={desks.circle.id}"
    refused = desks.duty.post(close, headers={"accept-language": "ar"})
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "incidents.cannot_close")
    assert "التاريخ" in refused.json()["refused"]
    said(desks.duty, desks, "finding", {"date": int(time.time() * 1000)}, revises=ref)
    assert desks.duty.post(close).status_code == CREATED
    assert post(desks.duty, desks, "/incidents/assents", finding=ref, verdict="accepted").status_code == FORBIDDEN

    def seen() -> list[str]:
        return [one["status"] for one in ask(desks.other, desks, f"/incidents/files/{ours}")["file"]["findings"]]

    until(lambda: seen() == ["closed"])
    unexplained = post(desks.other, desks, "/incidents/assents", finding=ref, verdict="declined")
    assert (unexplained.status_code, unexplained.json()["code"]) == (BAD, "incidents.no_reason")
    assert post(desks.other, desks, "/incidents/assents", finding=ref, verdict="accepted").status_code == CREATED
    until(lambda: ask(desks.duty, desks, f"/incidents/files/{ours}")["file"]["state"] == "verified")


def test_no_other_door_closes_a_finding_that_does_not_name_all_four(desks: Desks, event: tuple[str, str]) -> None:
    ours, _ = event
    ref = said(desks.duty, desks, "finding", {"step": "verified", **NAMED, "number": "…"}, about=ours)
    releases = [{"circle": desks.circle.id}]

    def revised(path: str = "/records", withhold: tuple[str, ...] = (), **fields: Any) -> tuple[int, str]:
        release = [{**releases[0], "withhold": list(withhold)}]
        body = {"kind": "finding", "fields": fields, "revises": ref, "releases": release}
        answer = desks.duty.post(path, json=body)
        return answer.status_code, answer.json().get("code", "")

    date = int(time.time() * 1000)
    refused = (CONFLICT, "incidents.cannot_close")
    assert revised(status="closed") == refused
    assert revised("/records/preview", status="closed") == refused
    assert revised(status="closed", date=date) == refused, "dots are no number"
    assert revised(status="closed", date=date, number="3", withhold=("number",)) == refused, (
        "what is kept names nothing"
    )
    assert revised(status="closed", date=date, number="3")[0] == CREATED
    assert revised(number="–") == refused, "nor does a closed one lose its names"
    findings = ask(desks.duty, desks, f"/incidents/files/{ours}")["file"]["findings"]
    (mine,) = [one for one in findings if one["ref"] == ref]
    assert (mine["status"], mine["missing"], mine["closed_unnamed"]) == ("closed", [], False)


def test_the_sheet_is_printed_in_three_languages_and_times_are_measured_for_both(
    desks: Desks, event: tuple[str, str]
) -> None:
    ours, _ = event
    for lang, word in (("ar", "ورقة الحادث"), ("ckb", "پەڕەی ڕووداو"), ("en", "Sheet of an incident")):
        page = desks.duty.get(f"/incidents/files/{ours}/sheet.html", params={"circle": desks.circle.id, "lang": lang})
        assert page.status_code == OK, page.text
        assert word in page.text
        assert SOURCE not in page.text
        assert "<script" not in page.text
    pdf = desks.duty.get(f"/incidents/files/{ours}/sheet.pdf", params={"circle": desks.circle.id, "lang": "ckb"})
    assert (pdf.status_code, pdf.content[:5]) == (OK, b"%PDF-")
    found = ask(desks.duty, desks, "/incidents/times")
    assert {(one["party"], one["stage"], one["late"]) for one in found["sides"] if one["stage"] == "first"} == {
        ("joc", "first", 1),
        ("mop", "first", 1),
    }
    assert {one["party"] for one in found["daily"]} == {"joc", "mop"}


def test_what_is_due_next_is_listed_at_both_until_it_was_told(desks: Desks) -> None:
    ref = said(
        desks.duty, desks, "incident", {"category": "fire", "stage": "first", "known_at": int(time.time() * 1000)}
    )

    def coming(desk: httpx.Client) -> list[str]:
        return [one["ref"] for one in ask(desk, desks, "/incidents/times")["coming"]]

    until(lambda: ref in coming(desks.other))
    assert ref in coming(desks.duty)
    said(desks.duty, desks, "incident", {"stage": "amplifying", "text": "Two stores burnt"}, revises=ref)
    assert ref not in coming(desks.duty)
    until(lambda: ref not in coming(desks.other))


def test_both_nodes_measure_alike_what_one_side_keeps_to_itself(desks: Desks) -> None:
    known = int(time.time() * 1000) - 40 * MINUTE
    fields = {"category": "fire", "known_at": known, "text": "Known for long"}
    release = [{"circle": desks.circle.id, "withhold": ["known_at"]}]
    ref = said(desks.duty, desks, "incident", fields, releases=release)
    until(lambda: ref in [one["ref"] for one in ask(desks.other, desks, "/incidents/times")["coming"]])
    ours, theirs = (ask(desk, desks, "/incidents/times")["sides"] for desk in (desks.duty, desks.other))
    assert ours == theirs


def test_nobody_is_entered_by_telephone_who_is_not_in_the_circle(desks: Desks) -> None:
    for teller, code in (("coalition", BAD), ("nobody", BAD), ("mop", CREATED)):
        request = {
            "kind": "incident",
            "fields": {"category": "fire", "on_behalf_of": teller},
            "releases": [{"circle": desks.circle.id}],
        }
        seen = desks.duty.post("/records/preview", json=request, headers={"accept-language": "ckb"})
        answer = desks.duty.post("/records", json=request)
        assert answer.status_code == code, answer.text
        if code == BAD:
            assert {seen.json()["code"], answer.json()["code"]} == {"incidents.no_teller"}
            assert teller in seen.json()["refused"]


def test_what_cannot_be_asked_is_refused_by_its_name(desks: Desks, event: tuple[str, str]) -> None:
    ours, theirs = event
    circle = desks.circle.id
    missing = desks.duty.get("/incidents/files/joc/nothing", params={"circle": circle})
    assert (missing.status_code, missing.json()["code"]) == (MISSING, "incidents.not_here")
    upside_down = desks.duty.get("/incidents/pairs", params={"circle": circle, "since": 9, "until": 5})
    assert (upside_down.status_code, upside_down.json()["code"]) == (BAD, "incidents.window")
    itself = post(desks.duty, desks, "/incidents/same", one=ours, other=ours, word="same")
    assert (itself.status_code, itself.json()["code"]) == (BAD, "incidents.itself")
    silent = post(desks.duty, desks, "/incidents/same", one=ours, other=theirs, word="not_same")
    assert (silent.status_code, silent.json()["code"]) == (BAD, "incidents.no_reason")
    assert post(desks.reader, desks, "/incidents/same", one=ours, other=theirs, word="same").status_code == FORBIDDEN


def test_what_one_side_keeps_apart_waits_at_the_other_with_the_reason(desks: Desks) -> None:
    at = int(time.time() * 1000) - 26 * 60 * MINUTE
    what = {
        "category": "raid",
        "when": {"from": at, "to": None},
        "when_precision": "minute",
        "place": {**PLACE, "lat": 364_000_000},
    }
    ours, theirs = said(desks.duty, desks, "incident", what), said(desks.other, desks, "incident", what)

    def listed(desk: httpx.Client) -> bool:
        pairs = ask(desk, desks, "/incidents/pairs")["pairs"]
        return {ours, theirs} in [{one["one"], one["other"]} for one in pairs]

    until(lambda: listed(desks.duty) and listed(desks.other))
    apart = post(desks.duty, desks, "/incidents/same", one=ours, other=theirs, word="not_same", reason="our own patrol")
    assert apart.status_code == CREATED, apart.text
    assert not listed(desks.duty), "it has had its word"

    def reasons() -> list[str]:
        spoken = ask(desks.other, desks, "/incidents/pairs")["spoken"]
        return [
            word["reason"] for one in spoken if {one["one"], one["other"]} == {ours, theirs} for word in one["words"]
        ]

    until(lambda: reasons() == ["our own patrol"])
    assert listed(desks.other), "nobody has asked the other side yet"
    assert post(desks.other, desks, "/incidents/same", one=ours, other=theirs, word="same").status_code == CREATED
    until(lambda: listed(desks.duty))
    assert listed(desks.other), "where they differ both see it"
