"""What one may not see leaves no trace in any answer: no piece, no place, no page, no count, no refusal of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nodes import OFFICER, enter, make_nodes, meet, refused, say, tell
from tansiq.circles.circle import Circle
from tansiq.desk import search_filling
from tansiq.desk.erasing import erase
from tansiq.desk.search import Answer, Question, find
from tansiq.geo.mgrs import grid_cell
from tansiq.node.node import Node
from tansiq.records.entry import new_record_id
from tansiq.search.words import forms

BEGIN = 1_600_000_000_000
DAY = 86_400_000
HIDDEN = "zzqxvwkkj"
MAKHMOUR: dict[str, Any] = {"lat": 357_761_000, "lon": 435_786_000, "accuracy": 20, "gazetteer": "makhmour"}
KIRKUK: dict[str, Any] = {"lat": 354_681_000, "lon": 443_922_000, "accuracy": 20, "gazetteer": "kirkuk"}


@pytest.fixture
def three(tmp_path: Path) -> tuple[Node, Node, Node]:
    """Three nodes: joc is in a circle with each of the others, which are in none together."""
    nodes = make_nodes(tmp_path, "joc", "mop", "icc")
    return nodes["joc"], nodes["mop"], nodes["icc"]


def pages(node: Node, limit: int, **asked: Any) -> Iterator[Answer]:
    """Every page of an answer."""
    search_filling.fill_all(node.office)
    after = None
    while True:
        page = find(node.office, Question(**asked, limit=limit, after=after))
        yield page
        after = page.next
        if after is None:
            return


def refs(node: Node, text: str = "", **asked: Any) -> list[str]:
    return [hit.ref for page in pages(node, 100, text=text, **asked) for hit in page.hits]


def incident(node: Node, circle: Circle, day: int, text: str, *withhold: str, **fields: Any) -> str:
    told = {"when": {"from": BEGIN + day * DAY, "to": None}, "text": text, **fields}
    return say(node, circle, "incident", told, withhold=list(withhold))


def raw(node: Node) -> bytes:
    return b"".join(path.read_bytes() for path in node.folder.path.glob("store.sqlite*"))


def test_a_circle_that_one_is_not_in_changes_no_answer(three: tuple[Node, Node, Node]) -> None:
    joc, mop, icc = three
    shared, other = enter(joc, mop, name="Shared"), enter(joc, icc, name="Other")
    seen = [incident(joc, shared, day, "هجوم قرب مخمور", category="shelling", place=MAKHMOUR) for day in range(4)]
    meet(joc, mop)
    asked: list[dict[str, Any]] = [
        {"text": "هجوم"},
        {"text": "Makhmur"},
        {"text": "قصف"},
        {"text": "مخم", "typing": True},
        {"near": "Makhmour"},
        {"kinds": ("incident",)},
        {"parties": ("joc",)},
        {"parties": ("icc",)},
        {"since": BEGIN, "until": BEGIN + 9 * DAY, "kinds": ("incident",)},
        {"text": HIDDEN},
    ]
    before = [[msgspec.json.encode(page) for page in pages(mop, 2, **one)] for one in asked]
    hidden = [
        incident(node, other, day, f"هجوم {HIDDEN} قرب مخمور", category="shelling", place=MAKHMOUR)
        for node in (joc, icc)
        for day in range(3)
    ]
    meet(joc, icc)
    meet(joc, mop)
    assert [[msgspec.json.encode(page) for page in pages(mop, 2, **one)] for one in asked] == before
    assert refs(mop, kinds=("incident",)) == seen[::-1]
    for ref in (*hidden, f"joc/{new_record_id(BEGIN)}", f"icc/{new_record_id(BEGIN)}", f"joc/{uuid.uuid4()}"):
        assert refs(mop, ref) == [], "a reference that is not here and one that is nowhere are answered alike"
    for circle in (other.id, uuid.uuid4().hex):
        with refused("circle.not_here"):
            find(mop.office, Question("هجوم", circle))
    assert len(refs(joc, HIDDEN)) == len(hidden)
    assert forms(HIDDEN)[0].encode()[2:] not in raw(mop)


def test_what_the_other_party_kept_to_itself_is_found_by_no_way(three: tuple[Node, Node, Node]) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    kept = {"place": KIRKUK, "ask": HIDDEN, "category": "fire"}
    ref = incident(joc, circle, 0, "بلاغ", *kept, **kept, source=f"{HIDDEN} رجل")
    meet(joc, mop)
    ways: list[dict[str, Any]] = [
        {"text": HIDDEN},
        {"text": HIDDEN[:4], "typing": True},
        {"text": "Kirkuk"},
        {"text": "كركوك"},
        {"text": "fire"},
        {"text": f"بلاغ {HIDDEN}"},
        {"text": "رجل"},
    ]
    for way in ways:
        assert refs(joc, **way) == [ref], way
        assert refs(mop, **way) == [], way
    (page,) = pages(mop, 9, text="بلاغ")
    assert [(piece.field, piece.own) for piece in page.hits[0].pieces] == [("text", False)]
    assert (page.hits[0].names, page.hits[0].category) == (None, None)
    (page,) = pages(joc, 9, text=HIDDEN)
    assert {(piece.field, piece.own) for piece in page.hits[0].pieces} == {("ask", True), ("source", True)}
    assert forms(HIDDEN)[0].encode()[2:] not in raw(mop)
    tell(joc, circle, ref, "ask")
    meet(joc, mop)
    assert refs(mop, HIDDEN) == [ref]
    assert refs(mop, "رجل") == []


def test_of_a_place_that_was_told_as_a_square_no_answer_says_where_in_it(three: tuple[Node, Node, Node]) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    places = [{"lat": lat, "lon": MAKHMOUR["lon"], "accuracy": 20} for lat in (357_761_000, 358_121_000)]
    assert len({grid_cell(place["lat"], place["lon"], 10_000).mgrs for place in places}) == 1
    both = {
        say(joc, circle, "incident", {"text": "بلاغ", "place": place}, withhold=["place"], grid=10_000)
        for place in places
    }
    meet(joc, mop)
    apart = set()
    for step in range(40):
        near = f"{35.70 + step / 200:.4f}, 43.5786"
        found = set(refs(mop, near=near, within=1_000))
        assert found in (set(), both), near
        apart.add(frozenset(refs(joc, near=near, within=1_000)))
    assert len(apart) == 3, "this node itself finds each where it is"


def test_an_erased_record_answers_nothing_and_pages_go_on_behind_it(three: tuple[Node, Node, Node]) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    said = [incident(joc, circle, day, f"هجوم {HIDDEN}", place=MAKHMOUR, category="fire") for day in range(6)]
    meet(joc, mop)
    search_filling.fill_all(mop.office)
    first = find(mop.office, Question("هجوم", limit=2))
    assert [hit.ref for hit in first.hits] == said[:3:-1]
    for gone in (said[4], said[3]):  # the last of that page, and the first of the next
        erase(joc.office, circle.id, gone.split("/")[1], "personal", OFFICER)
    meet(joc, mop)
    for node in (joc, mop):
        second = find(node.office, Question("هجوم", limit=2, after=first.next))
        assert [hit.ref for hit in second.hits] == [said[2], said[1]]
        left = [one for one in said if one not in said[3:5]][::-1]
        for way in (
            {"text": HIDDEN},
            {"text": "Makhmur"},
            {"text": "حريق"},
            {"near": "Makhmour"},
            {"kinds": ("incident",)},
            {"parties": ("joc",)},
        ):
            assert refs(node, **way) == left, way
        assert refs(node, said[4]) == []
        assert find(node.office, Question("هجوم")).behind == 0
    assert refs(mop, said[2]) == [said[2]]


def test_a_reference_finds_its_record_in_every_circle_and_only_in_the_one_asked_for(
    three: tuple[Node, Node, Node],
) -> None:
    joc, mop, icc = three
    shared, other = enter(joc, mop, name="Shared"), enter(joc, icc, name="Other")
    ref = incident(joc, other, 0, "بلاغ")
    meet(joc, icc)
    for node in (joc, icc):
        assert refs(node, f"  {ref.upper()} ") == [ref]
        assert refs(node, ref, circle=other.id) == [ref]
    assert refs(joc, ref, circle=shared.id) == []
