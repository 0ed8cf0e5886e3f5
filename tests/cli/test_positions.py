"""Live positions on the command line of two nodes: told coarsely, alarmed on both, back, fences, files, refusals."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tansiq.cli.positions import ALARMS
from tansiq.desk.office import circles
from tansiq.geo.mgrs import Cell, from_mgrs
from tansiq.node.node import Node

from .conftest import Sides
from .test_cli import MALFORMED, OK, REFUSED, tansiq
from .test_movements import SQUARE, clock

INSIDE, OUTSIDE = "38SLE4610 6770", "38SLE5610 6770"
RUNNING = ("--from", clock(0, -1), "--to", clock(0, 3), "--ask", "inform", "--type", "convoy")


def ring(corners: str) -> str:
    """References as the ring of a record."""
    cells = [from_mgrs(one) for one in corners.split("; ")]
    return json.dumps([[cell.lon, cell.lat] for cell in cells])


def shown(sides: Sides, node: Node, *options: str) -> tuple[int, dict[str, Any]]:
    """Live positions on one of the nodes, with the exit code."""
    found = sides.run(node, "positions", *options)
    return found.code, dict(found.value)


def own_circle(node: Node) -> str:
    """The circle that a node has for itself."""
    with node.office.database.read() as connection:
        return next(held.circle.id for held in circles(connection) if held.circle.private)


def test_it_is_told_as_a_square_alarms_on_both_nodes_and_is_back(sides: Sides) -> None:
    convoy = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *RUNNING)
    preview = sides.run(sides.joc, "position", convoy, "--place", INSIDE, "--preview")
    told = {one["party"]: one["fields"] for one in preview.value}
    assert told["mop"]["square"]["mgrs"] == "38SLE4667"
    assert set(told["mop"]) == {"status", "at", "square", "accuracy_m", "valid_minutes"}, "no point, and no words"
    report = sides.done(sides.joc, "position", convoy, "--place", INSIDE)
    sides.meet()
    for node in (sides.joc, sides.mop):
        code, found = shown(sides, node)
        (one,) = found["positions"]
        assert (code, one["state"], one["alarms"], one["fix"]["square"]["size"]) == (OK, "current", [], 1000)

    sides.done(sides.joc, "position", convoy, "--place", OUTSIDE)
    sides.meet()
    at = clock(0)
    views = [shown(sides, node, "--at", at) for node in (sides.joc, sides.mop)]
    assert views[0][1]["positions"] == views[1][1]["positions"], "the same on both nodes"
    code, found = views[1]
    (one,) = found["positions"]
    assert (code, one["ref"], one["alarms"]) == (ALARMS, convoy, ["outside"])
    assert 7_900 < one["departure"]["outside_m"] < 9_500
    words = sides.run(sides.mop, "positions", json_=False, lang="ar").out
    assert "خارج المكان المُشعَر به" in words
    code, found = shown(sides, sides.mop, "--at", clock(0, 2))
    assert (code, found["positions"][0]["state"]) == (ALARMS, "stale"), "silence ends no alarm"

    back = sides.done(sides.joc, "position", convoy, "--place", INSIDE)
    sides.meet()
    assert shown(sides, sides.mop)[0] == OK
    sides.done(sides.joc, "position", convoy, "--stop")
    sides.meet()
    assert shown(sides, sides.mop)[1]["positions"][0]["state"] == "stopped"
    assert len({report, back}) == 2
    log = sides.run(sides.mop, "show", "--kind", "position_report").value
    assert len(log) == 1, "one thing for each activity, however often it is told"


def test_what_says_nothing_new_or_is_not_ones_own_is_refused(sides: Sides, tmp_path: Path) -> None:
    mine = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *RUNNING)
    theirs = sides.done(sides.mop, "activity", "announce", "--mgrs", SQUARE, *RUNNING)
    sides.meet()

    def answer(*words: object) -> tuple[int, str]:
        found = sides.run(sides.joc, *words)
        return found.code, str(found.value["code"])

    assert answer("position", theirs, "--place", INSIDE) == (REFUSED, "positions.not_own")
    said = ("say", "position_report", 'square={"lat":0,"lon":0,"size":100,"mgrs":""}', "at=now")
    assert answer(*said, "--circle", sides.circle.id, "--about", theirs) == (REFUSED, "positions.not_own")
    assert answer(*said, "--circle", sides.circle.id) == (MALFORMED, "positions.no_activity")
    assert answer("position", mine) == (MALFORMED, "positions.no_place")
    assert answer("position", mine, "--place", INSIDE, "--grid", "50") == (MALFORMED, "positions.grid")
    assert answer("position", mine, "--place", INSIDE, "--valid", "1") == (MALFORMED, "positions.valid")
    assert answer("position", mine, "--place", INSIDE, "--at", clock(0, 1)) == (MALFORMED, "positions.ahead")
    assert answer("position", mine, "--place", INSIDE, "--at", "-40m") == (MALFORMED, "positions.run_out")
    assert answer("position", mine, "--stop") == (REFUSED, "positions.not_showing")
    sides.done(sides.joc, "position", mine, "--place", INSIDE, "--at", "-1m")
    assert answer("position", mine, "--place", "38SLE4690 6790") == (REFUSED, "positions.unchanged")
    assert answer("position", mine, "--place", "38SLE4690 6890") == (REFUSED, "positions.too_soon")
    assert answer("position", mine, "--place", INSIDE, "--at", "-9m") == (REFUSED, "positions.older")
    sides.done(sides.joc, "activity", "end", mine)
    assert answer("position", mine, "--place", OUTSIDE) == (REFUSED, "positions.plan_over")
    empty = tmp_path / "log.nmea"
    empty.write_text("$GPGSA,nothing\n")
    assert answer("position", mine, empty) == (MALFORMED, "positions.no_fix")


def test_of_a_file_its_newest_fix_is_told(sides: Sides, tmp_path: Path) -> None:
    convoy = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *RUNNING)
    cell = from_mgrs(INSIDE)
    now = datetime.datetime.now(datetime.UTC)
    points = [(40.0, 30.0, now - datetime.timedelta(hours=5)), (cell.lat / 1e7, cell.lon / 1e7, now)]
    track = tmp_path / "track.gpx"
    steps = "".join(f'<trkpt lat="{lat}" lon="{lon}"><time>{at.isoformat()}</time></trkpt>' for lat, lon, at in points)
    track.write_text(f"<gpx><trk><trkseg>{steps}</trkseg></trk></gpx>")
    sides.done(sides.joc, "position", convoy, track, "--grid", "100", "--accuracy", "15")
    (one,) = shown(sides, sides.joc)[1]["positions"]
    assert (one["fix"]["square"]["mgrs"], one["fix"]["accuracy_m"], one["reports"]) == ("38SLE461677", 15, 1)


def test_sentences_are_followed_as_they_come_and_what_says_nothing_new_is_passed_over(sides: Sides) -> None:
    convoy = sides.done(sides.joc, "activity", "announce", "--mgrs", SQUARE, *RUNNING)
    now = datetime.datetime.now(datetime.UTC)
    places = [from_mgrs(one) for one in (INSIDE, "38SLE4620 6780", OUTSIDE)]
    lines = "$GPGSA,nothing*00\n" + "".join(
        sentence(cell, now - datetime.timedelta(seconds=90 - 30 * step)) for step, cell in enumerate(places)
    )
    found = tansiq("position", convoy, "-", data=sides.joc.folder.path, text=lines)
    assert found.code == OK, found.err
    assert found.out.count("said: ") == 2, "the second is in the same square, the third begins an alarm"
    (one,) = shown(sides, sides.joc)[1]["positions"]
    assert (one["reports"], one["alarms"]) == (2, ["outside"])


def sentence(cell: Cell, at: datetime.datetime) -> str:
    """What a receiver writes of a place."""
    lat, lon = cell.lat / 1e7, cell.lon / 1e7
    place = f"{int(lat):02d}{lat % 1 * 60:07.4f},N,{int(lon):03d}{lon % 1 * 60:07.4f},E"
    body = f"GPRMC,{at:%H%M%S},A,{place},,,{at:%d%m%y},,"
    total = 0
    for sign in body.encode():
        total ^= sign
    return f"${body}*{total:02X}\n"


def corners(east: int) -> str:
    """A square of 2 km with its south-west corner so far east of 38SLE4000 6600 (m)."""
    marks = [(0, 0), (2000, 0), (2000, 2000), (0, 2000)]
    return "; ".join(f"38SLE{40000 + east + x:05d} {66000 + y:05d}" for x, y in marks)


def crossed(sides: Sides, node: Node) -> Sequence[tuple[str, str]]:
    """What happened at which fence, oldest first."""
    found = shown(sides, node, "--dwell", "1")[1]["crossings"]
    return [(one["what"], one["fence"]) for one in reversed(found)]


def test_fences_tell_who_enters_and_leaves_and_an_own_fence_only_at_home(sides: Sides) -> None:
    wide = "; ".join(
        f"38SLE{x:05d} {y:05d}" for x, y in ((40000, 60000), (60000, 60000), (60000, 70000), (40000, 70000))
    )
    convoy = sides.done(sides.joc, "activity", "announce", "--mgrs", wide, *RUNNING)

    def fence(node: Node, circle: str, east: int) -> str:
        said = sides.run(node, "say", "area", "purpose=fence", f"ring={ring(corners(east))}", "--circle", circle)
        assert said.code == OK, said.out
        return str(said.value[0]["ref"])

    shared = fence(sides.joc, sides.circle.id, 4000)
    private = fence(sides.mop, own_circle(sides.mop), 10_000)
    for minutes, place in (
        (18, "38SLE4150 6750"),
        (12, "38SLE4550 6750"),
        (6, "38SLE5150 6750"),
        (0, "38SLE5750 6750"),
    ):
        sides.done(sides.joc, "position", convoy, "--place", place, "--at", f"-{minutes}m")
    sides.meet()
    assert [one for one in crossed(sides, sides.joc) if one[0] != "dwells"] == [("enters", shared), ("leaves", shared)]
    assert [one for one in crossed(sides, sides.mop) if one[0] != "dwells"] == [
        ("enters", shared),
        ("leaves", shared),
        ("enters", private),
        ("leaves", private),
    ]
    assert ("dwells", shared) in crossed(sides, sides.joc)
    fences = {one["ref"]: one["own"] for one in shown(sides, sides.mop)[1]["fences"]}
    assert fences == {shared: False, private: True}
    assert "enters" in sides.run(sides.joc, "positions", json_=False).out
    assert sides.run(sides.joc, "positions", "--dwell", "0").value["code"] == "positions.dwell"
