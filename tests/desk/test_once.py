"""A request with a key is said once, however often it is sent: the answer that was lost comes again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from desk.conftest import Desks
from nodes import OFFICER, add_officer, ask, enter, make_nodes, shown, signed_in
from tansiq.desk import saying
from tansiq.records.entry import new_record_id

CREATED, BAD = 201, 400


def report(circle: str, text: str, once: str | None, **more: Any) -> dict[str, Any]:
    """What the page sends."""
    fields = {"category": "fire", "text": text, "lang": "en"}
    return {"kind": "incident", "fields": fields, "releases": [{"circle": circle}], "once": once, **more}


def send(desk: httpx.Client, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The references that come back."""
    answer = desk.post("/records", json=request)
    assert answer.status_code == CREATED, answer.text
    return list(answer.json()["refs"])


def test_the_same_request_is_answered_again_and_not_said_again(desks: Desks) -> None:
    request = report(desks.circle.id, "Smoke over the ridge", new_record_id())
    first = send(desks.duty, request)
    assert send(desks.duty, request) == first
    texts = [one.fields.get("text") for one in shown(desks.joc, desks.circle).values()]
    assert texts.count("Smoke over the ridge") == 1


def test_without_a_key_it_is_two_statements(desks: Desks) -> None:
    request = report(desks.circle.id, "Twice on purpose", None)
    assert send(desks.duty, request) != send(desks.duty, request)


def test_other_content_account_or_circle_under_the_same_key_is_another_statement(desks: Desks) -> None:
    key = new_record_id()
    add_officer(desks.joc, "second")
    with signed_in(desks.served.url, "second") as second:
        refs = [
            send(desks.duty, report(desks.circle.id, "One", key)),
            send(desks.duty, report(desks.circle.id, "Other", key)),
            send(desks.duty, report(desks.exercise.id, "One", key)),
            send(second, report(desks.circle.id, "One", key)),
        ]
    assert len({answer[0]["ref"] for answer in refs}) == len(refs)


def test_two_that_arrive_at_the_same_moment_are_one_statement(desks: Desks) -> None:
    request = report(desks.circle.id, "At the same moment", new_record_id())
    answers: list[list[dict[str, Any]]] = []
    threads = [threading.Thread(target=lambda: answers.append(send(desks.duty, request))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(threads)
    assert all(answer == answers[0] for answer in answers)
    texts = [one.fields.get("text") for one in shown(desks.joc, desks.circle).values()]
    assert texts.count("At the same moment") == 1


def test_a_file_that_went_out_with_it_is_not_asked_for_again(desks: Desks) -> None:
    laid = desks.duty.post("/uploads", params={"ending": "txt"}, content=b"a list of the damage").json()["id"]
    request = report(desks.circle.id, "With a list", new_record_id(), attachments=[laid])
    assert send(desks.duty, request) == send(desks.duty, request)


def test_one_circle_of_two_that_knows_it_already_is_not_told_again(tmp_path: Any) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    one, other = enter(nodes["joc"], nodes["mop"]), enter(nodes["joc"], nodes["mop"], name="Second")
    key = new_record_id()
    fields = {"category": "fire", "text": "Two circles"}
    asked = [ask(circle, "incident", fields).releases[0] for circle in (one, other)]
    only = saying.SayRequest("incident", fields, asked[:1], once=key)
    both = saying.SayRequest("incident", fields, asked, once=key)
    office = nodes["joc"].office
    (first,) = saying.release(office, only, OFFICER)
    again = saying.release(office, both, OFFICER)
    assert again[0] == first
    assert again[1].circle == other.id
    assert saying.release(office, both, OFFICER) == again
    for node in nodes.values():
        node.close()


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_key_that_is_none_is_refused_and_nothing_is_said(desks: Desks, key: str) -> None:
    before = len(shown(desks.joc, desks.circle))
    answer = desks.duty.post("/records", json=report(desks.circle.id, "Never", key))
    assert (answer.status_code, answer.json()["code"]) == (BAD, "request.bad_once")
    assert len(shown(desks.joc, desks.circle)) == before
