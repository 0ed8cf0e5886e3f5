"""Movements on the command line of two nodes: announce, meet, answer, change, agree; terms, positions, the hotline."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from nodes import enter, snapshot
from tansiq.cli.movements import COLLIDES

from .conftest import Sides
from .test_cli import MALFORMED, MISSING, OK, REFUSED

DAY = datetime.timedelta(days=1)
SQUARE = "38SLE4560 6720; 38SLE4660 6720; 38SLE4660 6820; 38SLE4560 6820"
AWAY = "38SLE7560 3720; 38SLE7660 3720; 38SLE7660 3820"


def clock(days: float, hours: float = 0) -> str:
    """A time from now on, with its zone."""
    return (datetime.datetime.now(datetime.UTC) + DAY * days + datetime.timedelta(hours=hours)).isoformat()


WINDOW = ("--from", clock(3), "--to", clock(3, 4))


def test_two_plans_meet_are_answered_and_are_agreed_on_both_nodes(sides: Sides) -> None:
    theirs = sides.done(sides.mop, "activity", "announce", "--mgrs", SQUARE, *WINDOW, "--type", "convoy")
    sides.meet()
    draft = sides.run(sides.joc, "check", "--mgrs", SQUARE, *WINDOW)
    assert (draft.code, draft.value["collisions"]) == (COLLIDES, 1)
    assert [one["ref"] for one in draft.value["hits"]] == [theirs]
    mine = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *WINDOW, "--field", "names.en=Patrol")
    sides.meet()
    seen: dict[str, Any] = {}
    for node in (sides.joc, sides.mop):
        found = sides.run(node, "movements").value
        (collision,) = found["collisions"]
        seen[node.config.party] = collision
        assert {one["ref"]: one["state"] for one in found["plans"]}[mine] == "waiting"
        (plan,) = (one for one in found["plans"] if one["ref"] == mine)
        assert plan["unlisted"] == plan["crossed"] == [], "what its node held stands in the announcement"
    assert seen["joc"] == seen["mop"]
    assert seen["joc"]["waits_for"] == [{"party": "mop", "about": mine}]
    said = sides.done(sides.mop, "activity", "answer", mine, "conditional", "--condition", "Not before dawn.")
    sides.done(sides.mop, "hotline", seen["mop"]["id"], "Call us at six.")
    sides.meet()
    page = sides.run(sides.joc, "movements", seen["joc"]["id"])
    assert [one["kind"] for one in page.value["said"]] == ["activity", "activity", "answer", "hotline"]
    assert page.value["plans"][0]["state"] in ("conditional", "free", "not_heard")
    sides.done(sides.joc, "activity", "accept", said)
    sides.meet()
    for node in (sides.joc, sides.mop):
        found = sides.run(node, "movements").value
        assert {one["ref"]: one["state"] for one in found["plans"]}[mine] == "agreed"
        assert found["collisions"][0]["settled"]
    words = sides.run(sides.joc, "movements", json_=False, lang="ckb").out
    assert "ڕێککەوتوون" in words
    assert sides.run(sides.joc, "movements", json_=False).out.count("settled") == 1


def test_two_that_announce_at_once_are_told_so_and_answer_stale(sides: Sides) -> None:
    theirs = sides.done(sides.mop, "activity", "announce", "--mgrs", SQUARE, *WINDOW)
    mine = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *WINDOW)
    sides.meet()
    found = sides.run(sides.joc, "activity", "answer", theirs, "clear")
    assert (found.code, found.value["code"]) == (REFUSED, "activities.not_listed")
    sides.done(sides.joc, "activity", "answer", theirs, "stale")
    sides.meet()
    states = {one["ref"]: one["state"] for one in sides.run(sides.mop, "movements").value["plans"]}
    assert states == {theirs: "stale", mine: "waiting"}
    sides.done(sides.mop, "activity", "change", theirs)
    sides.meet()
    sides.done(sides.joc, "activity", "answer", theirs, "clear")
    sides.done(sides.mop, "activity", "answer", mine, "clear", "--anyway")
    sides.meet()
    states = {one["ref"]: one["state"] for one in sides.run(sides.mop, "movements").value["plans"]}
    assert states == {theirs: "agreed", mine: "agreed"}
    sides.done(sides.mop, "activity", "cancel", theirs, "--reason", "Rain.")
    sides.done(sides.joc, "activity", "end", mine)
    sides.meet()
    over = sides.run(sides.joc, "movements").value
    assert {one["ref"]: one["state"] for one in over["plans"]} == {theirs: "cancelled", mine: "ended"}
    assert over["collisions"] == []


def test_a_check_leaves_nothing_behind_and_its_code_is_for_scripts(sides: Sides, tmp_path: Path) -> None:
    sides.done(sides.mop, "activity", "announce", "--mgrs", SQUARE, *WINDOW)
    sides.meet()
    before = snapshot(sides.joc)
    assert sides.run(sides.joc, "check", "--mgrs", AWAY, *WINDOW).code == OK
    assert sides.run(sides.joc, "check", "--mgrs", SQUARE, "--from", clock(9), "--to", clock(9, 1)).code == OK
    assert sides.run(sides.joc, "check", "--mgrs", SQUARE, *WINDOW).code == COLLIDES
    assert sides.run(sides.joc, "check", tmp_path / "absent.gpx", *WINDOW).code == MALFORMED
    assert snapshot(sides.joc) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--mgrs", "38SLE4560 6720; 38SLE4660 6720", *WINDOW), "movements.ring_short"),
        (("--mgrs", "38SLE4560 6720; 38SLE4560 6720", "--width", "200", *WINDOW), "movements.no_length"),
        (("--mgrs", SQUARE), "activities.no_window"),
        (("--mgrs", SQUARE, "--from", clock(3, 4), "--to", clock(3)), "movements.window_reversed"),
        (("--mgrs", SQUARE, "--from", clock(3), "--to", clock(900)), "activities.too_long"),
        (
            ("--mgrs", "38SLE4560 6720; 38SLE4660 6820; 38SLE4660 6720; 38SLE4560 6820", *WINDOW),
            "movements.self_crossing",
        ),
        (("--mgrs", "38SLE4; 38SLE5", *WINDOW), "place.mgrs_digits"),
        (("--mgrs", SQUARE, *WINDOW, "--low", "100"), "activities.half_band"),
        (("--mgrs", SQUARE, *WINDOW, "--low", "100", "--high", "50"), "movements.band_reversed"),
        (("--mgrs", SQUARE, *WINDOW, "--every", "60"), "activities.half_repeat"),
        ((), "movements.no_volumes"),
    ],
)
def test_what_is_no_plan_is_refused_and_nothing_is_said(sides: Sides, words: tuple[str, ...], code: str) -> None:
    before = snapshot(sides.joc)
    for command in (("check",), ("activity", "announce")):
        found = sides.run(sides.joc, *command, *words)
        assert (found.code, found.value["code"]) == (MALFORMED, code)
    assert snapshot(sides.joc) == before


def test_terms_hold_once_both_accepted_and_their_rules_are_named(sides: Sides, tmp_path: Path) -> None:
    path = tmp_path / "terms.json"
    rules = {
        "version": 1,
        "parties": ["joc", "mop"],
        "lead": [{"minutes": 7200}],
        "answer": [{"minutes": 60}],
        "ladder": [{"after_minutes": 60, "level": "desk"}, {"after_minutes": 120, "level": "command"}],
    }
    path.write_text(json.dumps(rules))
    ref = sides.done(sides.joc, "terms", "propose", path)
    sides.meet()
    (shown,) = sides.run(sides.mop, "terms", "show").value["terms"]
    words = {one["party"]: one["verdict"] for one in shown["versions"][0]["words"]}
    assert words == {"joc": "accepted", "mop": None}
    sides.done(sides.mop, "terms", "accept", ref)
    sides.meet()
    assert sides.run(sides.joc, "terms", "show").value["in_force"] == ref
    window = ("--from", clock(3), "--to", clock(3, 4))
    mine = sides.done(
        sides.joc, "activity", "announce", "--mgrs", SQUARE, *window, "--asks", "mop", "--ask", "no_objection"
    )
    sides.meet()
    at = clock(0, 3)
    plans = [sides.run(node, "movements", mine, "--at", at).value["plans"][0] for node in (sides.joc, sides.mop)]
    assert plans[0] == plans[1]
    assert 2870 <= plans[0]["late_minutes"] <= 3060  # the window stands since this file was read, hours before maybe
    assert plans[0]["rules"] == [{"name": "lead", "terms": ref, "version": 1, "number": 1}]
    (party,) = plans[0]["parties"]
    assert (party["rung"], party["level"]) == (2, "command")
    assert [rule["name"] for rule in party["rules"]] == ["answer", "ladder"]
    assert "late by" in sides.run(sides.joc, "movements", mine, json_=False).out


def test_a_position_is_handed_over_or_raises_the_alarm(sides: Sides) -> None:
    words = ("leaves=third", "place=Qarachogh", f"leaves_at={clock(1)}", "names.en=Three")
    left = sides.done(sides.mop, "handover", "announce", *words, "--successor", "joint")
    sides.meet()
    assert sides.run(sides.joc, "movements").value["positions"][0]["state"] == "waiting"
    sides.done(sides.joc, "handover", "entered", left, "--by", "joc")
    sides.meet()
    for node in (sides.joc, sides.mop):
        found = sides.run(node, "movements").value["positions"][0]
        assert found["alarms"] == ["third_force_leaves", "entered_without_consent"]
    assert "ALARM" in sides.run(sides.mop, "movements", json_=False).out
    sides.done(sides.joc, "handover", "accept", left)
    sides.meet()
    assert sides.run(sides.mop, "movements").value["positions"][0]["state"] == "agreed"
    sides.done(sides.mop, "handover", "done", left)
    assert sides.run(sides.mop, "movements").value["positions"][0]["state"] == "done"


def test_what_a_plan_meets_in_another_circle_is_seen_here_and_not_by_its_author(sides: Sides) -> None:
    other = enter(sides.joc, sides.mop)
    here, there = ("--circle", sides.circle.id), ("--circle", other.id)
    mine = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *WINDOW, *there)
    theirs = sides.done(sides.mop, "activity", "announce", "--mgrs", SQUARE, *WINDOW, *here)
    assert sides.run(sides.mop, "activity", "elsewhere", theirs, *here).code == OK, "it has not come yet"
    sides.meet()
    found = sides.run(sides.joc, "activity", "elsewhere", theirs, *here)
    assert (found.code, [hit["ref"] for hit in found.value]) == (COLLIDES, [mine])
    assert mine in sides.run(sides.joc, "activity", "elsewhere", theirs, *here, json_=False).out
    refused = sides.run(sides.joc, "activity", "answer", theirs, "clear", *here)
    assert (refused.code, refused.value["code"]) == (REFUSED, "activities.meets_elsewhere")
    sides.done(sides.joc, "activity", "answer", theirs, "clear", "--anyway", *here)


def test_suspension_is_said_and_ended(sides: Sides) -> None:
    ref = sides.done(sides.mop, "suspend", "Two posts were lost.")
    sides.meet()
    assert sides.run(sides.joc, "movements").value["suspensions"][0]["fields"]["reason"] == "Two posts were lost."
    sides.done(sides.mop, "resume", ref)
    assert sides.run(sides.mop, "movements").value["suspensions"][0]["fields"]["status"] == "resumed"


def test_what_is_not_there_and_what_may_not_be_answered_is_refused(sides: Sides) -> None:
    mine = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *WINDOW)
    assert sides.run(sides.mop, "activity", "answer", mine, "clear").code == MISSING, "it has not come yet"
    assert sides.run(sides.joc, "activity", "answer", mine, "clear").value["code"] == "activities.own_plan"
    sides.meet()
    assert sides.run(sides.mop, "activity", "answer", mine, "objection").value["code"] == "activities.no_reason"
    assert sides.run(sides.mop, "activity", "answer", mine, "conditional").value["code"] == "activities.no_conditions"
    assert sides.run(sides.mop, "activity", "answer", mine, "stale").value["code"] == "activities.nothing_unlisted"
    assert sides.run(sides.mop, "activity", "answer", mine, "maybe").value["code"] == "record.bad_fields"
    assert sides.run(sides.mop, "activity", "cancel", mine).value["code"] == "record.not_own"
    assert sides.run(sides.mop, "hotline", "0" * 32, "Who?").value["code"] == "activities.no_collision"
