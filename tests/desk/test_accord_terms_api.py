"""Terms of reference executed by real nodes, what changed in them, and a complaint from claim to execution."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from nodes import add_officer, signed_in, until

from .conftest import Desks

OK, CREATED, FORBIDDEN, MISSING, CONFLICT = 200, 201, 403, 404, 409
HOUR = 3_600_000
PLACE = {"lat": 355_000_000, "lon": 435_000_000, "accuracy": 100}
NAMED = {"action": {"en": "Take the barrier away"}, "place": PLACE, "number": "1"}
LOG = {"text": "x", "category": "entry"}


@pytest.fixture(scope="module")
def negotiator(desks: Desks) -> Iterator[httpx.Client]:
    """Somebody at the same node with one role more."""
    add_officer(desks.joc, "speaker", ["duty_officer", "negotiator"])
    with signed_in(desks.served.url, "speaker") as client:
        yield client


def release(desk: httpx.Client, desks: Desks, kind: str, fields: dict[str, Any], **more: Any) -> httpx.Response:
    releases = [{"circle": desks.circle.id, "label": more.pop("label", {})}]
    return desk.post("/records", json={"kind": kind, "fields": fields, "releases": releases, **more})


def said(desk: httpx.Client, desks: Desks, kind: str, fields: dict[str, Any], **more: Any) -> str:
    answer = release(desk, desks, kind, fields, **more)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def word(desk: httpx.Client, desks: Desks, ref: str, verdict: str = "accepted") -> httpx.Response:
    body = {"circle": desks.circle.id, "about": ref, "verdict": verdict, "reason": "as agreed"}
    return desk.post("/accord/words", json=body)


def accept_when_here(desk: httpx.Client, desks: Desks, ref: str, verdict: str = "accepted") -> None:
    until(lambda: word(desk, desks, ref, verdict).status_code == CREATED)


def ask(desk: httpx.Client, desks: Desks, path: str) -> Any:
    answer = desk.get(path, params={"circle": desks.circle.id})
    assert answer.status_code == OK, answer.text
    return answer.json()


def standing(desk: httpx.Client, desks: Desks, ref: str) -> Any:
    return ask(desk, desks, f"/accord/complaints/{ref}")["standing"]


def test_a_complaint_runs_against_its_clocks_and_closes_only_with_names(desks: Desks) -> None:
    due = int(time.time() * 1000) - HOUR
    ref = said(desks.duty, desks, "complaint", {"against": "mop", "status": "open", "reply_due": due})
    until(lambda: [one["ref"] for one in ask(desks.other, desks, "/accord/complaints")["complaints"]] == [ref])
    found = standing(desks.other, desks, ref)
    assert (found["state"], found["late"]) == ("waits_for_reply", True)
    assert found["steps"][0]["late_by"] >= 60
    said(desks.other, desks, "complaint_step", {"step": "reply"}, about=ref)
    finding = said(desks.other, desks, "complaint_step", {"step": "finding", "finding": "upheld", **NAMED}, about=ref)
    until(lambda: len(ask(desks.duty, desks, f"/accord/complaints/{ref}")["said"]) == 2)
    close = f"/accord/complaints/{ref}/close?circle={desks.circle.id}"
    refused = desks.duty.post(close)
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "accord.no_finding"), "it is of one side only"
    accept_when_here(desks.duty, desks, finding)
    before = ask(desks.duty, desks, f"/accord/complaints/{ref}")
    assert (before["standing"]["state"], before["standing"]["missing"]) == ("cannot_be_closed", ["date"])
    refused = desks.duty.post(close, headers={"accept-language": "ar"})
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "accord.cannot_close")
    assert "التاريخ" in refused.json()["refused"]
    assert ask(desks.duty, desks, f"/accord/complaints/{ref}")["said"] == before["said"]
    said(desks.other, desks, "complaint_step", {"due": due + 9 * HOUR}, revises=finding)
    until(lambda: standing(desks.duty, desks, ref)["finding"] is None)
    accept_when_here(desks.duty, desks, finding)
    closed = desks.duty.post(close)
    assert closed.status_code == CREATED, closed.text
    assert standing(desks.duty, desks, ref)["state"] == "closed"
    until(lambda: standing(desks.other, desks, ref)["state"] == "closed")
    assert desks.other.post(close).status_code == FORBIDDEN


def test_a_dispute_opens_one_file(desks: Desks) -> None:
    ref = said(desks.duty, desks, "complaint", {"against": "mop", "status": "open"})
    finding = said(desks.duty, desks, "complaint_step", {"step": "finding", "finding": "upheld"}, about=ref)
    accept_when_here(desks.other, desks, finding, "declined")
    body = {"circle": desks.circle.id, "cause": finding, "names": {"en": "Dispute: the barrier"}}
    opened = desks.other.post("/accord/disputes", json=body)
    assert opened.status_code == CREATED, opened.text
    again = desks.other.post("/accord/disputes", json=body)
    assert (again.status_code, again.json()["code"]) == (CONFLICT, "accord.file_open")
    nothing = desks.other.post("/accord/disputes", json={**body, "cause": ref})
    assert (nothing.status_code, nothing.json()["code"]) == (MISSING, "accord.no_dispute")
    (dispute,) = ask(desks.other, desks, f"/accord/complaints/{ref}")["disputes"]
    assert dispute["files"] == [opened.json()["ref"]]


def test_the_terms_decide_who_may_do_what_and_a_refusal_names_the_rule(desks: Desks, negotiator: httpx.Client) -> None:
    def in_force() -> str | None:
        return ask(desks.duty, desks, "/accord/terms")["in_force"]  # type: ignore[no-any-return]  # JSON

    first = {"version": 1, "parties": ["joc", "mop"], "complaints": [{"step": "reply", "minutes": 60}]}
    terms = said(desks.duty, desks, "terms", {"status": "proposed", **first})
    accept_when_here(desks.other, desks, terms)
    until(lambda: in_force() == terms)
    roles = [
        {"role": "liaison", "acts": ["send", "confirm"]},
        {"role": "duty_officer", "acts": ["send", "confirm"]},
        {"role": "negotiator", "acts": ["decide", "release"]},
    ]
    second = {"version": 2, "complaints": [{"step": "reply", "minutes": 30}], "roles": roles}
    newer = said(desks.duty, desks, "terms", second, revises=terms)
    assert in_force() == terms, "a proposal changes nothing"
    found = ask(desks.duty, desks, "/accord/terms/diff")
    assert (found["before"], found["after"]) == (terms, newer)
    assert [(one["part"], one["how"], one["after"]) for one in found["changes"]] == [
        ("roles", "added", 1),
        ("roles", "added", 2),
        ("roles", "added", 3),
        ("complaints", "changed", 1),
    ]
    assert found["affected"]["roles"] == ["liaison", "duty_officer", "negotiator"]
    until(lambda: ask(desks.other, desks, "/accord/terms")["terms"][0]["versions"][0]["ref"] == newer)
    accept_when_here(desks.other, desks, terms)
    until(lambda: in_force() == newer)

    page = ask(desks.duty, desks, "/accord/terms")
    assert page["may"] == {
        "send": True,
        "confirm": True,
        "release": False,
        "decide": False,
        "sign": True,
        "verify": False,
        "investigate": False,
    }, "who verifies and investigates is left to those who decide where no rule says it"
    refused = release(desks.duty, desks, "terms", {"version": 3, "parties": ["joc", "mop"], "status": "proposed"})
    assert (refused.status_code, refused.json()["code"]) == (FORBIDDEN, "terms.may_not_decide")
    narrow = release(desks.duty, desks, "log", LOG, label={"tlp": "RED"})
    assert (narrow.status_code, narrow.json()["code"]) == (FORBIDDEN, "terms.may_not_release")
    inquiry = release(desks.duty, desks, "finding", {"step": "investigated"})
    assert (inquiry.status_code, inquiry.json()["code"]) == (FORBIDDEN, "terms.may_not_investigate")
    finding = said(negotiator, desks, "finding", {"step": "verified"})
    verdict = {"revision": finding.split("/")[1], "verdict": "accepted"}
    assent = release(desks.duty, desks, "consent", verdict, about=finding)
    assert (assent.status_code, assent.json()["code"]) == (FORBIDDEN, "terms.may_not_verify"), "no confirming it"
    words = desks.duty.post(
        "/records/preview",
        json={"kind": "terms", "fields": {"version": 3}, "releases": [{"circle": desks.circle.id}]},
        headers={"accept-language": "ckb"},
    ).json()
    assert words["code"] == "terms.may_not_decide"
    assert all(part in words["refused"] for part in ("دانوستانکار", "2", "3")), "version, number and role are named"
    assert ask(desks.duty, desks, "/accord/terms")["terms"] == page["terms"], "nothing was said"
    said(desks.duty, desks, "log", LOG)

    third = said(negotiator, desks, "terms", {"version": 3, "parties": ["joc", "mop"], "status": "proposed"})
    record = negotiator.get(f"/records/{desks.circle.id}/{third}").json()
    assert '"negotiator"' in str(record).replace("'", '"'), "it stands under the role that the terms name"


def test_what_is_withheld_is_told_later_only_by_whom_the_terms_leave_it_to(
    desks: Desks, negotiator: httpx.Client
) -> None:
    body = {
        "kind": "evidence",
        "fields": {"names": {"en": "A photograph"}, "place": PLACE},
        "releases": [{"circle": desks.circle.id, "withhold": ["place"], "grid": 10_000}],
    }
    answer = desks.duty.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    path = f"/records/{desks.circle.id}/{answer.json()['refs'][0]['ref']}/tell"
    refused = desks.duty.post(path, json={"fields": ["place"]})
    assert (refused.status_code, refused.json()["code"]) == (FORBIDDEN, "terms.may_not_release")
    assert negotiator.post(path, json={"fields": ["place"]}).status_code == CREATED


def test_what_is_not_there_is_said(desks: Desks) -> None:
    answer = desks.duty.get("/accord/terms/diff", params={"circle": desks.circle.id, "after": "joc/none"})
    assert (answer.status_code, answer.json()["code"]) == (MISSING, "terms.not_here")
    answer = desks.duty.get("/accord/complaints/joc/none", params={"circle": desks.circle.id})
    assert (answer.status_code, answer.json()["code"]) == (MISSING, "accord.no_complaint")
