"""Incidents however many, over HTTP: the picture without them, pages, tiles, figures; a kept place stays coarse."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from incidents.tile_reader import Read, read_tile
from nodes import OFFICER, enter, make_nodes, meet, say, until
from tansiq.desk import incidents_import, incidents_map, viewing
from tansiq.desk.incidents_map import Asked

from .conftest import Desks

OK, BAD, MISSING = 200, 400, 404
DAY = 86_400_000
PLACE = {"lat": 357_700_000, "lon": 435_800_000, "accuracy": 50}
ZOOM = 12
TILE = (1 << 12) * (43.58 + 180) / 360


def said(desks: Desks, desk: httpx.Client, fields: dict[str, Any], **release: Any) -> str:
    body = {"kind": "incident", "fields": fields, "releases": [{"circle": desks.circle.id, **release}]}
    answer = desk.post("/records", json=body)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def rows(desk: httpx.Client, desks: Desks, **asked: Any) -> Any:
    answer = desk.get("/incidents/rows", params={"circle": desks.circle.id, **asked})
    assert answer.status_code == OK, answer.text
    return answer.json()


def tiles(desk: httpx.Client, desks: Desks, **asked: Any) -> dict[str, list[Read]]:
    """All features of the tiles round the place."""
    found: dict[str, list[Read]] = {}
    for x in range(int(TILE) - 1, int(TILE) + 2):
        for y in range(1609, 1614):
            answer = desk.get(f"/incidents/tiles/{ZOOM}/{x}/{y}", params={"circle": desks.circle.id, **asked})
            assert answer.status_code == OK, answer.text
            for name, features in read_tile(answer.content).items():
                found.setdefault(name, []).extend(features)
    return found


@pytest.fixture(scope="module")
def told(desks: Desks) -> tuple[str, str]:
    """A report whose place joc keeps to itself but for its square, and one that mop tells whole."""
    at = int(time.time() * 1000) - DAY
    what = {"category": "explosion", "how_known": "seen", "when": {"from": at, "to": None}, "when_precision": "minute"}
    ours = said(desks, desks.duty, {**what, "place": PLACE}, withhold=["place"], grid=10_000)
    theirs = said(desks, desks.other, {"category": "fire", "when": {"from": at + 60_000, "to": None}})
    until(lambda: all(rows(desk, desks)["total"] == 2 for desk in (desks.duty, desks.other)))
    return ours, theirs


def test_a_place_that_was_kept_is_a_point_at_its_own_node_and_a_square_at_the_other(
    desks: Desks, told: tuple[str, str]
) -> None:
    ours, _ = told
    own, others = tiles(desks.duty, desks), tiles(desks.other, desks)
    assert [one.tags["ref"] for one in own["single"]] == [ours]
    assert "squares" not in own
    assert "single" not in others
    assert {one.tags["ref"] for one in others["squares"]} == {ours}
    assert len(others["tallies"]) == 1


def test_rows_come_page_by_page_the_newest_first(desks: Desks, told: tuple[str, str]) -> None:
    ours, theirs = told
    first = rows(desks.duty, desks, limit=1)
    assert [one["ref"] for one in first["rows"]] == [theirs]
    second = rows(desks.duty, desks, limit=1, before=first["next"])
    assert [one["ref"] for one in second["rows"]] == [ours]
    assert second["next"] is None
    assert second["rows"][0]["own"]["place"] == PLACE
    assert rows(desks.duty, desks, category="fire")["total"] == 1
    assert rows(desks.duty, desks, where="placeless")["total"] == 1
    assert rows(desks.duty, desks, how_known="")["total"] == 1


def test_what_is_asked_wrongly_is_refused_in_words(desks: Desks) -> None:
    for path, code, status in (
        ("rows?box=1,2,3", "incident_map.box", BAD),
        ("rows?before=x", "incident_map.page", BAD),
        ("rows?area=joc/none", "incident_map.area", MISSING),
        ("tiles/4/16/0?", "incident_map.no_tile", MISSING),
        ("tiles/40/0/0?", "incident_map.no_tile", MISSING),
        ("charts?since=9&until=5", "incident_map.weeks", BAD),
    ):
        answer = desks.duty.get(f"/incidents/{path}&circle={desks.circle.id}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


def test_figures_count_each_side_and_name_what_is_not_known(desks: Desks, told: tuple[str, str]) -> None:
    answer = desks.duty.get("/incidents/charts", params={"circle": desks.circle.id})
    assert answer.status_code == OK, answer.text
    view = answer.json()
    found = view["charts"]
    assert found["sides"][:2] == ["joc", "mop"]
    assert found["total"] == 2
    assert [sum(one or 0 for one in side["counts"]) for side in found["by_week"]] == [1, 1]
    assert None in found["by_week"][0]["counts"], "weeks of which nothing was told are no zeros"
    by_kind = {one["word"]: one["counts"] for one in found["by_category"]}
    assert (by_kind["explosion"], by_kind["fire"]) == ([1, 0], [0, 1])
    assert found["placeless"] == [0, 1]


def test_a_small_circle_is_sent_whole_and_live(desks: Desks, told: tuple[str, str]) -> None:
    page = desks.duty.get("/picture", params={"circle": desks.circle.id, "crowd": "apart"}).json()
    assert page["apart"] is False
    assert {one["ref"] for one in page["objects"]} >= set(told)


def test_a_crowd_is_left_out_of_the_picture_and_comes_by_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    node = make_nodes(tmp_path_factory.mktemp("crowd"), "joc")["joc"]
    count = viewing.CROWD + 1
    lines = [f"2020-09-{1 + one % 28:02d},{35 + one % 100 / 100},{44 + one // 100 / 100},raid" for one in range(count)]
    data = "\n".join(["date,latitude,longitude,type", *lines]).encode()
    reading = incidents_import.look(node.office, data, "many.csv", None, "en").reading
    incidents_import.keep(node.office, data, "many.csv", reading, OFFICER)
    with node.database.read() as connection:
        circle = incidents_import.own_circle(connection).circle
    whole = viewing.page(node.office, circle.id, limit=5000, most=count)
    assert not whole.apart
    assert len(whole.objects) > count
    apart = viewing.page(node.office, circle.id, limit=5000, most=viewing.CROWD)
    assert apart.apart
    assert {one.kind for one in apart.objects} == {one.kind for one in whole.objects} - {"incident"}
    assert apart.seq == whole.seq, "what was left out does not come by the stream afterwards"
    seen: set[str] = set()
    before = None
    while True:
        page = incidents_map.rows(node.office, circle.id, Asked(), before, 200)
        assert page.total == count
        assert not seen & {one.ref for one in page.rows}
        seen |= {one.ref for one in page.rows}
        before = page.next
        if before is None:
            break
    assert seen == {one.ref for one in whole.objects if one.kind == "incident"}
    node.close()


def test_what_is_corrected_or_erased_changes_its_place_among_the_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    nodes = make_nodes(tmp_path_factory.mktemp("corrected"), "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    at = 1_600_000_000_000
    one = say(joc, circle, "incident", {"category": "raid", "when": {"from": at, "to": None}})
    other = say(joc, circle, "incident", {"category": "fire", "when": {"from": at + DAY, "to": None}})
    meet(joc, mop)

    def listed() -> list[tuple[str, Any]]:
        page = incidents_map.rows(mop.office, circle.id, Asked())
        return [(found.ref, found.fields.get("category")) for found in page.rows]

    assert listed() == [(other, "fire"), (one, "raid")]
    later = {"category": "clash", "when": {"from": at + 2 * DAY, "to": None}}
    say(joc, circle, "incident", later, revises=one)
    meet(joc, mop)
    assert listed() == [(one, "clash"), (other, "fire")]
    for node in nodes.values():
        node.close()
