"""Files of incidents at a node: looked at, kept whole or not at all, noticed when they come again, given out."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from cli.test_cli import tansiq
from desk.conftest import Desks
from nodes import (
    OFFICER,
    add_officer,
    assert_heads_hold,
    assert_rebuilds,
    make_nodes,
    say,
    shown,
    snapshot,
)
from tansiq.desk import erasing, incidents_export, incidents_import, saying
from tansiq.desk.incidents_import import Kept, Look
from tansiq.desk.saying import ReleaseRequest, SayRequest
from tansiq.errors import Refused
from tansiq.geo import gazetteer
from tansiq.geo.spelling import fold
from tansiq.incidents.layouts import Reading
from tansiq.incidents.own_layout import FORMS
from tansiq.node.folder import Folder
from tansiq.node.node import Node

OK, MADE, BAD, FORBIDDEN, CONFLICT = 200, 201, 400, 403, 409
DONE = 0
"""How a command ends that went well."""
DIRTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "iraq_names_m7amad_mit.csv"
REAL = DIRTY.with_name("iraq_incidents_2006_geocausal_mit.csv.gz")
HEAD = "date,latitude,longitude,type\n"
GOOD = ["2020-09-16,35.77,43.58,IED", "2020-09-17,35.50,44.10,SAF", "2020-09-17,35.50,44.10,SAF"]
WRONG = "2020-09-18,43.58,35.77,IED"


def table(*rows: str) -> bytes:
    """A table of incidents."""
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node by itself."""
    made = make_nodes(tmp_path, "joc")["joc"]
    add_officer(made)
    yield made
    made.close()


def look(node: Node, data: bytes, name: str = "x.csv", reading: Reading | None = None) -> Look:
    """A look at a file."""
    return incidents_import.look(node.office, data, name, reading, "en")


def keep(node: Node, data: bytes, name: str = "x.csv", *, good: bool = False, **change: Any) -> Kept:
    """Take a file in as it would be read, changed."""
    reading = msgspec.structs.replace(look(node, data, name).reading, **change)
    return incidents_import.keep(node.office, data, name, reading, OFFICER, keep_good=good)


def own(node: Node) -> dict[str, Any]:
    """The incidents of the own circle by reference."""
    with node.database.read() as connection:
        circle = incidents_import.own_circle(connection).circle
    return {ref: one for ref, one in shown(node, circle).items() if one.kind == "incident"}


def refusal(act: Any) -> str:
    """By which code something is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_every_row_is_a_record_that_says_from_which_row_of_which_file_it_comes(node: Node) -> None:
    before = snapshot(node)
    seen = look(node, table(*GOOD))
    assert (seen.rows, seen.good, seen.held, seen.bad_count) == (3, 3, 0, 0)
    assert next((one.name, one.role) for one in seen.columns) == ("date", "date")
    assert snapshot(node) == before, "looking changes nothing"
    kept = keep(node, table(*GOOD))
    assert (kept.rows, kept.said, kept.held, kept.left_out) == (3, 3, 0, 0)
    found = sorted((one.fields["imported"]["row"], one.fields["category"]) for one in own(node).values())
    assert found == [(2, "explosion"), (3, "shooting"), (4, "shooting")], "two equal rows are two incidents"
    assert {one.fields["imported"]["file"] for one in own(node).values()} == {kept.digest}
    assert_heads_hold(node)
    assert_rebuilds(node)


def test_one_bad_row_keeps_all_out_unless_the_officer_says_so(node: Node) -> None:
    seen = look(node, table(GOOD[0], WRONG, GOOD[1]))
    assert [(one.row, one.code) for one in seen.bad] == [(3, "incident_row.swapped")]
    assert "swapped" in seen.bad[0].reason
    before = snapshot(node)
    assert refusal(lambda: keep(node, table(GOOD[0], WRONG, GOOD[1]))) == "incident_import.bad_rows"
    assert snapshot(node) == before
    kept = keep(node, table(GOOD[0], WRONG, GOOD[1]), good=True)
    assert (kept.rows, kept.said, kept.left_out) == (3, 2, 1)


def test_a_file_that_comes_again_is_noticed_row_by_row(node: Node) -> None:
    keep(node, table(*GOOD))
    again = look(node, table(*GOOD))
    assert (again.good, again.held) == (0, 3)
    assert {one.row for one in again.repeated} == {2, 3, 4}
    assert refusal(lambda: keep(node, table(*GOOD))) == "incident_import.nothing_new"
    # the same rows in another file, in another order, with a third equal one and a new one
    more = table(GOOD[2], GOOD[1], GOOD[1], "2020-09-19,35.9,43.9,other", GOOD[0])
    seen = look(node, more)
    assert (seen.held, seen.good) == (3, 2)
    assert keep(node, more).said == 2
    assert len(own(node)) == 5


def test_a_row_that_was_corrected_since_is_not_taken_in_as_a_new_one(node: Node) -> None:
    keep(node, table(*GOOD))
    ref, first = next((ref, one) for ref, one in own(node).items() if one.fields["imported"]["row"] == 2)
    change = SayRequest("incident", {"category": "fire"}, [ReleaseRequest(first.circle)], ref)
    saying.release(node.office, change, OFFICER)
    assert own(node)[ref].fields["category"] == "fire"
    assert own(node)[ref].versions == 2
    assert look(node, table(*GOOD)).held == 3


def test_an_event_that_its_source_tells_otherwise_is_named_and_not_said_twice(node: Node) -> None:
    head = "event_id_cnty,event_date,event_type,sub_event_type,latitude,longitude,fatalities\n"
    first = f"{head}IRQ1,2020-09-16,Battles,Armed clash,35.7,43.5,1\n".encode()
    later = (
        f"{head}IRQ1,2020-09-16,Battles,Armed clash,35.7,43.5,4\nIRQ2,2020-09-16,Battles,Attack,35.7,43.5,0\n".encode()
    )
    keep(node, first)
    seen = look(node, later)
    assert (seen.good, [one.code for one in seen.bad]) == (1, ["incident_import.changed"])
    assert next(iter(own(node))) in seen.bad[0].reason


def test_what_the_file_leaves_open_is_asked_before_anything_is_kept(node: Node) -> None:
    both = table("01/02/2020,35.7,43.5,IED", "03/04/2020,35.7,43.5,IED")
    seen = look(node, both)
    assert [(one.what, one.answers) for one in seen.asked] == [("date_order", ["dmy", "mdy"])]
    assert refusal(lambda: keep(node, both, good=True)) == "incident_import.asked"
    assert keep(node, both, date_order="dmy").said == 2
    settled = look(node, table("01/02/2020,35.7,43.5,IED", "25/04/2020,35.7,43.5,IED"))
    assert (settled.asked, settled.reading.date_order) == ([], "dmy")
    contradictory = look(node, table("25/02/2020,35.7,43.5,IED", "02/25/2020,35.7,43.5,IED"))
    assert [one.what for one in contradictory.asked] == ["date_order"]
    assert [one.what for one in look(node, b"where,when it was\nthere,then\n").asked] == ["date", "place"]


def test_a_column_of_persons_is_named_and_cannot_be_mapped(node: Node) -> None:
    data = b"date,lat,lon,victim_name\n2020-09-16,35.7,43.5,Someone\n"
    seen = look(node, data)
    person = next(one for one in seen.columns if one.name == "victim_name")
    assert (person.person, person.role, person.samples) == (True, None, [])
    named = msgspec.structs.replace(seen.reading, columns={**seen.reading.columns, "victim_name": "text"})
    assert refusal(lambda: look(node, data, reading=named)) == "incident_import.person"
    keep(node, data)
    assert b"Someone" not in b"".join(msgspec.json.encode(one.fields) for one in own(node).values())


def test_words_for_kinds_that_nobody_knows_are_listed_and_can_be_given_a_kind(node: Node) -> None:
    data = table("2020-09-16,35.7,43.5,weather", "2020-09-16,35.7,43.5,weather", GOOD[0])
    seen = look(node, data)
    assert [(one.word, one.count, one.category) for one in seen.types] == [
        ("weather", 2, None),
        ("IED", 1, "explosion"),
    ]
    assert seen.reasons == {"incident_row.category": 2}
    assert keep(node, data, types={"weather": "other"}).said == 3


@pytest.mark.parametrize("form", FORMS)
def test_what_is_given_out_is_known_again_here_and_the_same_incidents_elsewhere(tmp_path: Path, form: str) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    here, there = nodes.values()
    try:
        data = "date,time,lat,lon,type,text,killed\n2020-09-16,14:30,35.7,43.5,عبوة ناسفة,=انفجار\tقرب,2\n".encode()
        keep(here, data)
        with here.database.read() as connection:
            circle = incidents_import.own_circle(connection).circle
        say(here, circle, "incident", {"category": "fire", "title": {"ckb": "ئاگر"}, "over": True})
        file = incidents_export.export(here.office, circle.id, form)
        assert file.count == 2
        assert look(here, file.data, file.name).held == 2
        assert keep(there, file.data, file.name).said == 2
        told, back = (
            sorted(
                msgspec.json.encode({k: v for k, v in one.fields.items() if k != "imported"}, order="sorted")
                for one in own(one_node).values()
            )
            for one_node in (here, there)
        )
        assert back == told
    finally:
        for one in nodes.values():
            one.close()


@pytest.mark.parametrize("after", [0, 2 << 20, 10 << 20])
def test_kill_9_in_the_middle_leaves_all_rows_or_none(tmp_path: Path, after: int) -> None:
    """`after` bytes of the write-ahead log are there when the process is killed: it stands in the one transaction."""
    node = make_nodes(tmp_path, "joc")["joc"]
    add_officer(node)
    store = node.folder.store
    node.close()
    count = 6000
    rows = [f"2020-09-{1 + n % 28:02d},{34 + n / 10_000:.4f},{43 + n / 7_000:.4f},IED" for n in range(count)]
    file = tmp_path / "many.csv"
    file.write_bytes(table(*rows))
    command = [sys.executable, "-m", "tansiq.cli", "--data", str(store.parent), "incident", "import", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wal = store.with_name(store.name + "-wal")
    started = time.monotonic()
    while process.poll() is None and (not wal.exists() or wal.stat().st_size <= after):
        assert time.monotonic() - started < 120
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    again = Node(Folder(store.parent))
    try:
        held = len(own(again))
        assert held in (0, count)
        assert_heads_hold(again)
        seen = look(again, file.read_bytes(), file.name)
        assert (seen.good, seen.held) == (count - held, held)
        if not held:
            assert keep(again, file.read_bytes(), file.name).said == count
        assert Counter(one.fields["imported"]["row"] for one in own(again).values()) == Counter(range(2, count + 2))
    finally:
        again.close()


def ask(client: httpx.Client, data: bytes, **params: Any) -> httpx.Response:
    """A look as the page does it."""
    return client.post("/incidents/import/look", params={"name": "x.csv", **params}, content=data)


def test_over_http_a_file_is_looked_at_then_kept_and_given_out(desks: Desks) -> None:
    data = table("2021-01-01,35.1,44.1,IED", WRONG)
    seen = ask(desks.duty, data)
    assert seen.status_code == OK, seen.text
    body = seen.json()
    mapping = msgspec.json.encode(body["reading"]).decode()
    params = {"name": "x.csv", "mapping": mapping, "digest": body["digest"]}
    refused = desks.duty.post("/incidents/import", params=params, content=data)
    assert (refused.status_code, refused.json()["code"]) == (BAD, "incident_import.bad_rows")
    other = desks.duty.post("/incidents/import", params=params, content=data + b"\n\n")
    assert (other.status_code, other.json()["code"]) == (CONFLICT, "incident_import.other_file")
    made = desks.duty.post("/incidents/import", params={**params, "keep_good": "true"}, content=data)
    assert (made.status_code, made.json()["said"]) == (MADE, 1), made.text
    circle = made.json()["circle"]
    out = desks.duty.get("/incidents/export", params={"circle": circle, "form": "geojson"})
    assert out.status_code == OK
    assert len(out.json()["features"]) == 1
    unknown = desks.duty.get("/incidents/export", params={"circle": circle, "form": "doc"})
    assert (unknown.status_code, unknown.json()["code"]) == (BAD, "incident_export.form")


def test_an_imported_incident_is_released_like_any_other(desks: Desks) -> None:
    """It stands in the own circle; told to another it takes its fields along, its provenance where that is wanted."""
    data = table("2021-02-01,35.2,44.2,IED")
    body = ask(desks.duty, data).json()
    params = {"name": "y.csv", "mapping": msgspec.json.encode(body["reading"]).decode(), "digest": body["digest"]}
    ref = desks.duty.post("/incidents/import", params=params, content=data).json()["first"]
    fields = own(desks.joc)[ref].fields
    told = say(desks.joc, desks.circle, "incident", fields, withhold=["imported", "place"], grid=10_000)
    shared = shown(desks.joc, desks.circle)[told].fields
    assert shared["category"] == "explosion"
    assert "imported" not in shared
    assert "place" not in shared


def test_only_who_may_release_takes_files_in_or_out(desks: Desks) -> None:
    assert ask(desks.reader, table(*GOOD)).status_code == FORBIDDEN
    assert desks.reader.get("/incidents/export", params={"circle": desks.circle.id}).status_code == FORBIDDEN
    assert ask(desks.duty, table(*GOOD), mapping="{").json()["code"] == "incident_import.mapping"


def test_the_command_line_looks_answers_and_keeps(node: Node, tmp_path: Path) -> None:
    folder = node.folder.path
    file, mapping, out = tmp_path / "x.csv", tmp_path / "mapping.json", tmp_path / "out.kml"
    file.write_bytes(table("01/02/2020,35.7,43.5,IED", "03/04/2020,35.7,43.5,weather"))
    asked = tansiq("incident", "import", file, data=folder, json_=True)
    assert asked.code != DONE
    assert [one["what"] for one in asked.value["asked"]] == ["date_order"]
    assert (
        tansiq("incident", "import", file, "--save-mapping", mapping, "--date-order", "dmy", data=folder).code != DONE
    )
    changed = msgspec.json.decode(mapping.read_bytes())
    assert changed["date_order"] == "dmy"
    mapping.write_bytes(msgspec.json.encode({**changed, "types": {"weather": "other"}}))
    kept = tansiq("incident", "import", file, "--mapping", mapping, data=folder, json_=True)
    assert kept.code == DONE, (kept.out, kept.err)
    assert (kept.value["said"], kept.value["left_out"]) == (2, 0)
    again = tansiq("incident", "import", file, "--mapping", mapping, data=folder)
    assert again.code != DONE
    assert "held already" in again.err
    given = tansiq("incident", "export", out, "--circle", kept.value["circle"], data=folder, json_=True)
    assert (given.code, given.value["count"]) == (DONE, 2), given.err


def test_an_erased_incident_leaves_nothing_in_a_file(node: Node) -> None:
    kept = keep(node, table(GOOD[0]))
    erasing.erase(node.office, kept.circle, (kept.first or "").rpartition("/")[2], "mistake", OFFICER)
    assert incidents_export.export(node.office, kept.circle, "csv").count == 0


@pytest.mark.skipif(not DIRTY.exists(), reason=f"no dirty names here ({DIRTY.name} is not shipped)")
def test_a_list_of_names_full_of_errors_is_read_without_a_crash_or_a_guess(node: Node) -> None:
    data = DIRTY.read_bytes()
    seen = look(node, data, DIRTY.name)
    assert {one.name: one.role for one in seen.columns if one.role} == {
        "name_en": "place_en",
        "name_ar": "place_ar",
        "name_ckb": "place_ckb",
    }
    assert [one.what for one in seen.asked] == ["date"]
    assert (seen.rows, seen.good, seen.bad_count) == (483, 0, 483)
    dated = look(node, data, DIRTY.name, msgspec.structs.replace(seen.reading, all_on="2020-09-16"))
    assert (dated.rows, dated.asked) == (483, [])
    assert dated.good + dated.bad_count == 483
    assert set(dated.reasons) <= {f"incident_row.place_{why}" for why in ("unknown", "near", "several")}
    assert all(one.reason and one.row > 1 for one in dated.bad)
    lines = data.decode().splitlines()
    for one in dated.first:
        written = lines[one.row - 1].split(",")[1:4]
        names = {fold(name) for name in one.fields["place"]["names"].values()}
        listed = gazetteer.place_by_id(one.fields["place"]["gazetteer"])
        assert names & {fold(name) for name in written} or any(
            hit.id == listed.id and hit.score >= 99 for name in written for hit in gazetteer.search(name)
        ), (one, written)
    kept = incidents_import.keep(node.office, data, DIRTY.name, dated.reading, OFFICER, keep_good=True)
    assert (kept.said, kept.left_out) == (dated.good, dated.bad_count)


@pytest.mark.skipif(not REAL.exists(), reason=f"no real incidents here ({REAL.name} is not shipped)")
def test_every_row_of_a_file_of_real_incidents_is_there_or_named(node: Node) -> None:
    seen = look(node, REAL.read_bytes(), REAL.name)
    assert (seen.rows, seen.good, seen.bad_count, seen.asked) == (37_701, 37_701, 0, [])
    assert {one.word: one.category for one in seen.types} == {"IED": "explosion", "SAF": "shooting", "other": "other"}
