"""The accord of the scenario, from the first meeting to the kept promise: as data, and played on three real nodes."""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tansiq.demo import scenario as story
from tansiq.demo.nodes import make_nodes
from tansiq.demo.scenario import keys_named, load, resolved
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.accord_promises import evaluation, kept
from tansiq.desk.office import circles, exercise_clock
from tansiq.node.node import Node
from tansiq.picture.consents import latest_consent
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.centre import Centre
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.meeting import Meeting
from tansiq.records.kinds.minutes import Minutes
from tansiq.records.kinds.occurrence import Occurrence

SCENARIO = Path(__file__).parents[2] / "scenario"
LOCAL = datetime.timezone(datetime.timedelta(hours=3))


def day(at: int) -> datetime.date:
    """The local day of a time (ms)."""
    return datetime.datetime.fromtimestamp(at / 1000, LOCAL).date()


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """The lines of the accord."""
    return [json.loads(text) for text in (SCENARIO / "accord.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Node]]:
    """Three nodes with the whole year."""
    found = make_nodes(tmp_path_factory.mktemp("year"), SCENARIO)
    load(found, SCENARIO)
    yield found
    for node in found.values():
        node.close()


@pytest.fixture(scope="module")
def tables(nodes: Mapping[str, Node]) -> dict[str, Table]:
    """What every node was told in the circle of all three."""
    found = {}
    for party, node in nodes.items():
        with node.database.read() as connection:
            widest = max((held.circle for held in circles(connection)), key=lambda circle: len(circle.parties))
        with table_of(node.office, widest.id) as table:
            found[party] = table
    return found


@pytest.fixture(scope="module")
def told(tables: Mapping[str, Table]) -> Told:
    """What the facilitator's node was told."""
    return tables["coalition"].told


def test_the_thirteen_promises_are_those_of_the_compilation(lines: list[dict[str, Any]]) -> None:
    with (SCENARIO / "commitments.csv").open(encoding="utf-8") as rows:
        wanted = {row["id"]: row for row in csv.DictReader(rows)}
    said = {line["fields"]["number"]: line["fields"] for line in lines if line["kind"] == "commitment"}
    assert [number for number in said if number.startswith("C")] == sorted(wanted)
    for number, row in wanted.items():
        fields = said[number]
        assert fields["origin"] == "press", number
        assert fields["names"]["en"] == row["text_en"], number
        assert sorted(fields["owed_by"]) == sorted(row["responsible"].split(";")), number
        assert day(fields["announced"]).isoformat() == row["announced"], number
        assert ("every" in fields.get("due", {})) == (row["due"] == "continuous"), number
        assert "by" not in fields.get("due", {}), number


def test_what_is_said_of_the_accord_is_marked_as_what_it_is(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        fields = line["fields"]
        assert fields["origin"] == ("press" if "sources" in fields else "invented")
    real = {line["kind"] for line in lines if line["fields"]["origin"] == "press"}
    assert real == {"meeting", "understanding", "occurrence", "commitment"}


def test_nobody_is_named(lines: list[dict[str, Any]]) -> None:
    person = re.compile(
        r"\b(Mr|Major|Colonel|General|Minister) [A-Z]|اللواء |العميد |العقيد |الفريق |لیوا [ئ-ی]+ [ئ-ی]+ی "
    )
    assert not [line for line in lines if person.search(json.dumps(line["fields"], ensure_ascii=False))]


def test_a_line_names_the_records_that_it_speaks_of() -> None:
    line = {"about": "one", "fields": {"refs": ["@two", {"deep": "@three#"}], "text": "at @ four"}}
    assert keys_named(line) == {"one", "two", "three"}
    refs = {"two": "joc/2", "three": "mop/3"}
    assert resolved(line["fields"], refs) == {"refs": ["joc/2", {"deep": "3"}], "text": "at @ four"}


def test_every_node_holds_the_same_accord(tables: Mapping[str, Table]) -> None:
    held = {
        party: sorted(
            (thing.ref, thing.now.ref)
            for kind in ("clause", "commitment", "consent")
            for thing in table.told.of_kind(kind)
        )
        for party, table in tables.items()
    }
    assert held["joc"] == held["mop"] == held["coalition"]
    assert tables["joc"].sides == ("joc", "mop")


def test_the_meetings_were_held_on_their_real_days_and_confirmed(told: Told) -> None:
    held = [meeting for thing in told.of_kind("meeting") if (meeting := body_of(thing.now, Meeting)) and meeting.number]
    days = sorted(day(meeting.when.from_).isoformat() for meeting in held if meeting.when and meeting.status == "held")
    assert days == ["2020-07-02", "2020-07-20", "2020-10-13"]
    reserved = []
    for thing in told.of_kind("minutes"):
        assert body_of(thing.now, Minutes) is not None
        for party in {"joc", "mop"} - {thing.party}:
            word = latest_consent(told, party, thing.ref, thing.now)
            assert word is not None
            assert word[1].verdict == "accepted"
            reserved += [party] if word[1].reservation else []
    assert reserved == ["joc"]


def test_nobody_spoke_of_what_had_not_reached_it(told: Told) -> None:
    """A word on another's record knows that record: engines that go by order see it as it was."""
    for kind in ("consent", "clause_position", "assessment", "evidence", "complaint_step"):
        for thing in told.of_kind(kind):
            about = None if thing.about is None else told.get(thing.about) or told.thing_of(thing.about)
            assert about is not None, thing.ref
            assert thing.versions[0].knows(about.versions[0]), (kind, thing.ref)


def stated(told: Told, trigger: str) -> dict[str, datetime.date]:
    """On which local day each party says that a trigger happened."""
    named = [thing for thing in told.of_kind("trigger") if english(thing) == trigger]
    assert len(named) == 1
    said = [(thing.party, body_of(thing.now, Occurrence)) for thing in told.about("occurrence", named[0].ref)]
    return {party: day(body.at) for party, body in said if body is not None and body.at is not None}


def english(thing: Thing) -> str:
    """What a thing is called in English."""
    return str(thing.now.said.fields["names"]["en"])


def test_219_days_lie_between_the_promise_and_the_opening(told: Told) -> None:
    promises = {
        body.number: body
        for thing in told.of_kind("commitment")
        if (body := body_of(thing.now, Commitment)) is not None
    }
    announced = promises["C05"].announced
    assert announced is not None
    opened = stated(told, "Khanaqin centre opened")
    assert set(opened) == {"joc", "mop"}
    assert {(when - day(announced)).days for when in opened.values()} == {219}


def test_a_year_that_is_over_is_read_as_of_its_end_and_the_promise_was_kept_after_219_days(
    nodes: Mapping[str, Node],
) -> None:
    node = nodes["joc"]
    with node.database.read() as connection:
        widest = max((held.circle for held in circles(connection)), key=lambda circle: len(circle.parties))
        clock = exercise_clock(connection)
    found = evaluation(node.office, widest.id)
    assert clock is not None
    assert found.at == clock[1]
    c05 = next(one for one in found.promises if one.number == "C05")
    announced = day(1602601200000)
    assert c05.fulfilled_at is not None
    assert (c05.state, (day(c05.fulfilled_at) - announced).days) == ("kept", 219)
    record, _ = kept(node.office, widest.id)
    reports = {side.party: next(one for one in side.figures if one.name == "reports") for side in record.sides}
    assert all(one.value and len(one.due_by) == 3 for one in reports.values()), "by X02 and by both versions of terms"


def test_the_two_days_of_the_main_centre_in_baghdad_both_stand(told: Told) -> None:
    days = stated(told, "Main centre Baghdad opened")
    assert {party: (when.year, when.month) for party, when in days.items()} == {"mop": (2020, 11), "joc": (2021, 1)}


def test_where_nineveh_sits_is_still_open(told: Told) -> None:
    states = {
        thing.party: body.state
        for thing in told.of_kind("centre")
        if (body := body_of(thing.now, Centre)) is not None and body.names and "Nineveh" in (body.names.en or "")
    }
    assert states == {"joc": "active", "mop": "preparing"}


def test_every_clause_stands_in_three_languages(told: Told) -> None:
    clauses = [body for thing in told.of_kind("clause") if (body := body_of(thing.now, Clause)) is not None]
    assert len({body.key for body in clauses}) == 21
    for body in clauses:
        assert body.text is not None
        assert body.text.en
        assert body.text.ar
        assert body.text.ckb


def test_an_interrupted_year_goes_on_where_it_stopped(tmp_path: Path) -> None:
    found = make_nodes(tmp_path, SCENARIO)
    until = story.clock_time({"date": "2020-07-05"}, "test")
    try:
        first = load(found, SCENARIO, until)
        assert load(found, SCENARIO, until) == 0
        later = story.clock_time({"date": "2020-07-26"}, "test")
        second = load(found, SCENARIO, later)
        wanted = [step for step in story.steps(SCENARIO) if step.at <= later]
        assert first + second == len(wanted)
    finally:
        for node in found.values():
            node.close()
