"""Search on real nodes: what is found, in which order, page by page; what is told to others, erased or rebuilt."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodes import (
    OFFICER,
    assert_rebuilds,
    enter,
    make_nodes,
    meet,
    refused,
    say,
    shown,
    tell,
)
from search.told import ASKED, WORDS, answering
from tansiq.circles.circle import Circle
from tansiq.desk import search_filling
from tansiq.desk.erasing import erase
from tansiq.desk.office import circles
from tansiq.desk.search import Answer, Question, find
from tansiq.node.node import Node
from tansiq.picture import book
from tansiq.search.words import forms
from tansiq.store import search

DAY = 86_400_000
BEGIN = 1_600_000_000_000
MAKHMOUR = {"lat": 357_761_000, "lon": 435_786_000, "accuracy": 2000}
KIRKUK = {"lat": 354_681_000, "lon": 443_922_000, "accuracy": 2000}


def refs(node: Node, text: str = "", **more: Any) -> list[str]:
    """What is found, in order."""
    return [hit.ref for hit in found(node, text, **more).hits]


def found(node: Node, text: str = "", **more: Any) -> Answer:
    """A page of what is found; everything was taken in before."""
    search_filling.fill_all(node.office)
    return find(node.office, Question(text, **more))


def incident(node: Node, circle: Circle, at: int, text: str, **fields: Any) -> str:
    """A report of something that happened at a time (ms)."""
    return say(node, circle, "incident", {"when": {"from": at, "to": None}, "text": text, **fields})


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Node, Node, Circle]:
    """Two nodes and their circle."""
    nodes = make_nodes(tmp_path, "joc", "mop")
    return nodes["joc"], nodes["mop"], enter(*nodes.values())


def test_headings_come_first_then_words_then_forms_and_the_newer_before_the_older(
    pair: tuple[Node, Node, Circle],
) -> None:
    joc, _, circle = pair
    old = incident(joc, circle, BEGIN, "هجوم على نقطة")
    new = incident(joc, circle, BEGIN + DAY, "بعد هجوم ليلي")
    form = incident(joc, circle, BEGIN + 2 * DAY, "سُمع دوي والهجوم مستمر")
    headed = incident(joc, circle, BEGIN - DAY, "لا شيء آخر", title={"ar": "هجوم"})
    incident(joc, circle, BEGIN + 3 * DAY, "هدوء تام")
    assert refs(joc, "هجوم") == [headed, new, old, form]
    assert [hit.rank for hit in found(joc, "هجوم").hits] == ["heading", "words", "words", "forms"]
    assert refs(joc, "هجوم ليلي") == [new]
    assert refs(joc, "هج", typing=True)[0] == form, "while one types the newest that begins so"
    assert refs(joc, "هج") == []


@pytest.mark.parametrize("asked", ["Makhmur", "Makhmour", "مخمور", "مەخموور", "خمور", "Makhmuor"])
def test_a_place_is_found_across_scripts_and_misspellings(pair: tuple[Node, Node, Circle], asked: str) -> None:
    joc, _, circle = pair
    said = {
        incident(joc, circle, BEGIN, "انفجار قرب مخمور"),
        incident(joc, circle, BEGIN, "تەقینەوە لە مەخموورەوە"),
        incident(joc, circle, BEGIN, "an explosion at Makhmour"),
        incident(joc, circle, BEGIN, "بلا اسم", place={**MAKHMOUR, "gazetteer": "makhmour"}),
    }
    incident(joc, circle, BEGIN, "انفجار قرب كركوك", place={**KIRKUK, "gazetteer": "kirkuk"})
    assert set(refs(joc, asked)) == said


def test_what_happened_is_found_by_its_word_in_any_language(pair: tuple[Node, Node, Circle]) -> None:
    joc, _, circle = pair
    ref = incident(joc, circle, BEGIN, "…", category="shelling")
    incident(joc, circle, BEGIN, "…", category="fire")
    for word in ("قصف", "تۆپباران", "shelling"):
        assert refs(joc, word) == [ref]


def test_filters_narrow_and_stand_alone(pair: tuple[Node, Node, Circle]) -> None:
    joc, mop, circle = pair
    other = enter(joc, mop, name="Other")
    here = incident(joc, circle, BEGIN, "هجوم", place=MAKHMOUR)
    there = incident(mop, circle, BEGIN + DAY, "هجوم", place=KIRKUK)
    elsewhere = incident(joc, other, BEGIN + 2 * DAY, "هجوم")
    log = say(joc, circle, "log", {"when": {"from": BEGIN + 3 * DAY, "to": None}, "text": "هجوم"})
    meet(joc, mop)
    assert refs(joc, "هجوم") == [log, elsewhere, there, here]
    assert refs(joc, "هجوم", kinds=("incident",)) == [elsewhere, there, here]
    assert refs(joc, "هجوم", parties=("mop",)) == [there]
    assert refs(joc, "هجوم", circle=other.id) == [elsewhere]
    assert refs(joc, "هجوم", since=BEGIN, until=BEGIN + DAY) == [here]
    assert refs(joc, near="Makhmour") == [here]
    assert refs(joc, near="38S LE 71 61", within=5000) == [here]
    assert refs(joc, near="Kirkuk", within=120_000) == [there, here]
    assert refs(joc, kinds=("log",)) == [log]
    assert found(joc, "هجوم", parties=("mop",)).hits[0].party == "mop"


def test_near_a_place_is_all_that_may_lie_there_and_what_surely_does_is_told_apart(tmp_path: Path) -> None:
    joc, mop = make_nodes(tmp_path, "joc", "mop").values()
    circle = enter(joc, mop)
    dice = random.Random(8)  # noqa: S311 - the same places every time
    for count in range(60):
        lat, lon = dice.randint(352_000_000, 363_000_000), dice.randint(430_000_000, 442_000_000)
        place = {"lat": lat, "lon": lon, "accuracy": dice.choice([1, 20, 2_000, 15_000, 50_000])}
        told = {"when": {"from": BEGIN + count * DAY, "to": None}, "place": place}
        grid = dice.choice([0, 1_000, 10_000, 100_000])
        say(joc, circle, "incident", told, withhold=["place"] if grid else [], grid=grid)
    meet(joc, mop)
    for node in (joc, mop):
        every = [(one.ref, {**one.fields, **(one.own or {})}) for one in shown(node, circle).values()]
        for _ in range(25):
            lat, lon = dice.randint(354_000_000, 361_000_000), dice.randint(432_000_000, 440_000_000)
            within = dice.choice([100, 1_000, 5_000, 20_000, 60_000, 150_000])
            hits = found(node, near=f"{lat / 1e7:.7f}, {lon / 1e7:.7f}", within=within, limit=100).hits
            away = {ref: _away(fields, lat, lon) for ref, fields in every}
            assert {hit.ref for hit in hits} == {ref for ref, (far, reach) in away.items() if far - reach <= within}
            for hit in hits:
                far, reach = away[hit.ref]
                assert hit.roughly == (far + reach > within), hit.ref


def _away(fields: dict[str, Any], lat: int, lon: int) -> tuple[float, float]:
    """How far off a place is on flat ground, and how far it may be from there (metres)."""
    place = fields.get("place") or fields["place_coarse"]
    east = (place["lon"] - lon) * math.cos(math.radians(lat / 1e7))
    reach = place["accuracy"] if "accuracy" in place else math.ceil(place["size"] * math.sqrt(0.5))
    return math.hypot(place["lat"] - lat, east) * 111_320 / 1e7, reach


@pytest.mark.parametrize(
    ("asked", "category"),
    [
        ("explosions", "explosion"),
        ("والانفجارات", "explosion"),
        ("تەقینەوەکان", "explosion"),
        ("تەقەکە", "shooting"),
        ("هجوم مسلح", "armed_attack"),
        ("armed attack", "armed_attack"),
        ("هێرشی چەکداری", "armed_attack"),
        ("إطلاق نار", "shooting"),
        ("إغارة", "raid"),
        ("هەڵکوتانەسەر", "raid"),
        ("اشتباك", "clash"),
        ("پێکدادان", "clash"),
        ("مشاهدة", "sighting"),
        ("بینین", "sighting"),
        ("ئاگرکەوتنەوە", "fire"),
        ("حريق", "fire"),
        ("هی تر", "other"),
    ],
)
def test_what_a_desk_calls_it_finds_what_has_no_words_of_its_own(
    pair: tuple[Node, Node, Circle], asked: str, category: str
) -> None:
    joc, _, circle = pair
    refs_of = {
        one: incident(joc, circle, BEGIN, "…", category=one)
        for one in ("armed_attack", "shooting", "explosion", "shelling", "raid", "clash", "sighting", "fire", "other")
    }
    assert refs(joc, asked) == [refs_of[category]]


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("Makhmour", "Mak"),
        ("Sheikhan", "Sheik"),
        ("Mukhtar", "Muk"),
        ("Keef", "Ke"),
        ("الهجوم", "الهج"),
        ("سەردانەکە", "سەردا"),
    ],
)
def test_what_is_being_typed_finds_what_it_begins_at_every_letter(
    pair: tuple[Node, Node, Circle], text: str, begun: str
) -> None:
    joc, _, circle = pair
    ref = incident(joc, circle, BEGIN, f"before {text} after")
    for length in range(len(begun), len(text) + 1):
        assert refs(joc, text[:length], typing=True) == [ref], text[:length]


def test_pieces_show_the_words_and_what_was_not_told(pair: tuple[Node, Node, Circle]) -> None:
    joc, mop, circle = pair
    text = "كلام طويل " * 40 + "ثم وقع الهجوم قرب مخمور 🔥 وانتهى " + "بلا شيء " * 40
    ref = say(joc, circle, "incident", {"text": text, "ask": "سؤال عن هجوم"}, withhold=["ask"])
    meet(joc, mop)
    (hit,) = found(joc, "هجوم makhmur").hits
    assert hit.ref == ref
    piece = next(one for one in hit.pieces if one.field == "text")
    assert [piece.text[start:end] for start, end in piece.marks] == ["الهجوم", "مخمور"]
    assert text[piece.start : piece.start + len(piece.text)] == piece.text
    assert piece.more
    assert not piece.own
    assert next(one for one in hit.pieces if one.field == "ask").own
    assert refs(mop, "سؤال") == [], "what was not told is found by nobody else"
    tell(joc, circle, ref, "ask")
    meet(joc, mop)
    assert refs(mop, "سؤال") == [ref]


def test_what_is_found_without_words_shows_its_text_and_not_its_heading_again(
    pair: tuple[Node, Node, Circle],
) -> None:
    joc, _, circle = pair
    incident(joc, circle, BEGIN, "دوي شمال القرية", title={"en": "Noise", "ar": "دوي"}, place=MAKHMOUR)
    say(joc, circle, "log", {"title": {"en": "Only a title"}, "place": MAKHMOUR})
    log, report = found(joc, near="Makhmour").hits
    assert [piece.field for piece in report.pieces] == ["text"]
    assert log.pieces == []


def test_a_correction_is_found_by_its_own_words(pair: tuple[Node, Node, Circle]) -> None:
    joc, _, circle = pair
    ref = incident(joc, circle, BEGIN, "حريق في المخزن")
    assert refs(joc, "حريق") == [ref]
    say(joc, circle, "incident", {"when": {"from": BEGIN + DAY, "to": None}, "text": "انفجار في المخزن"}, revises=ref)
    assert refs(joc, "حريق") == []
    assert refs(joc, "مخزن", since=BEGIN + DAY) == [ref]


def test_an_erased_record_is_found_no_more_and_its_words_are_gone_from_the_file(
    pair: tuple[Node, Node, Circle],
) -> None:
    joc, mop, circle = pair
    secret = "zzqxvwkkj"
    ref = say(joc, circle, "log", {"text": f"the {secret} must go"})
    stays = say(joc, circle, "log", {"text": "this must stay"})
    meet(joc, mop)
    folded = forms(secret)[0].encode()[2:]  # FTS5 leaves out what a word shares with the one before it
    for node in (joc, mop):
        assert refs(node, secret) == [ref]
        assert folded in _raw(node)
    erase(joc.office, circle.id, ref.split("/")[1], "personal", OFFICER)
    meet(joc, mop)
    for node in (joc, mop):
        assert folded not in _raw(node)
        assert refs(node, secret) == []
        assert refs(node, "must") == [stays]
        assert folded not in _raw(node)
        _assert_right(node)


def _raw(node: Node) -> bytes:
    return b"".join(path.read_bytes() for path in node.folder.path.glob("store.sqlite*"))


def _assert_right(node: Node) -> None:
    with node.database.write() as connection:
        search.check(connection)
        assert search_filling.wrong(connection, node.config.party) == 0
        assert search_filling.behind(connection) == 0


def test_a_picture_that_is_folded_again_is_found_again(pair: tuple[Node, Node, Circle]) -> None:
    joc, _, circle = pair
    ref = incident(joc, circle, BEGIN, "هجوم")
    assert refs(joc, "هجوم") == [ref]
    with joc.database.write() as connection:
        book.rebuild(connection)
        assert search.count(connection) == 0
    assert refs(joc, "هجوم") == [ref]
    assert_rebuilds(joc)
    assert refs(joc, "هجوم") == [ref], "a trial that was taken back has changed nothing"
    _assert_right(joc)


def test_an_index_of_other_forms_is_made_again(
    pair: tuple[Node, Node, Circle], monkeypatch: pytest.MonkeyPatch
) -> None:
    joc, _, circle = pair
    ref = incident(joc, circle, BEGIN, "هجوم")
    monkeypatch.setattr(search_filling, "FORM", 0x7FFF)
    with joc.database.read() as connection:
        assert search_filling.behind(connection) > 0
    assert refs(joc, "هجوم") == [ref]
    _assert_right(joc)


def test_more_than_a_second_has_numbers_for_is_held(pair: tuple[Node, Node, Circle]) -> None:
    joc, _, _ = pair
    most = 1 << search.SECOND_BITS
    with joc.database.write() as connection:
        search.put(connection, [search.Doc(at, BEGIN, None, "many") for at in range(most + 10)])
        search.put(
            connection, [search.Doc(most + 100, BEGIN - 1000, None, "many"), search.Doc(5, BEGIN, None, "other")]
        )
        assert search.count(connection) == most + 11
        rows = search.find(connection, '"many"', search.rows_between(None, None), 2 * most)
        assert len(rows) == most + 10
        search.check(connection)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("search.nothing", {}),
        ("search.nothing", {"text": " ,. "}),
        ("search.too_long", {"text": "x" * 201}),
        ("search.bad_page", {"text": "x", "after": "9.1"}),
        ("search.bad_page", {"text": "x", "after": "0.-1"}),
        ("search.too_far", {"near": "Makhmour", "within": 10_000_000}),
        ("place.unknown", {"near": "nowhere at all"}),
        ("record.unknown_kind", {"kinds": ("nothing",)}),
        ("circle.not_here", {"circle": "0" * 32}),
    ],
)
def test_what_cannot_be_searched_for_is_refused(
    pair: tuple[Node, Node, Circle], code: str, asked: dict[str, Any]
) -> None:
    with refused(code):
        find(pair[0].office, Question(**asked))


@pytest.mark.parametrize(
    "text", ['"', "' OR 1", "NOT", "AND", "a* b*", "(", "^x", "~x", "k:incident", "x:y", "\x00", "٭"]
)
def test_signs_of_the_query_language_mean_nothing(pair: tuple[Node, Node, Circle], text: str) -> None:
    joc, _, circle = pair
    incident(joc, circle, BEGIN, "هجوم")
    assert refs(joc, f"هجوم {text}", typing=True) in ([], refs(joc, "هجوم"))


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A node with records of few words, in two circles, told, withheld, corrected, erased."""
    nodes = make_nodes(tmp_path_factory.mktemp("crowd"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    both = [enter(joc, mop), enter(joc, mop)]
    dice = random.Random(5)  # noqa: S311 - the same records every time
    for count in range(90):
        circle = both[count % 2]
        text = " ".join(dice.choices(WORDS, k=dice.randint(1, 4)))
        fields: dict[str, Any] = {"text": text, "when": {"from": BEGIN + dice.randint(0, 9) * DAY, "to": None}}
        if dice.random() < 0.3:
            fields["title"] = {"ar": dice.choice(WORDS)}
        if dice.random() < 0.2:
            fields["ask"] = dice.choice(WORDS)
        author = (joc, mop)[count % 3 == 0]
        kind = "incident" if count % 4 else "log"
        if kind == "incident" and dice.random() < 0.3:
            fields["category"] = dice.choice(["shelling", "fire"])
        if kind == "log":
            fields.pop("ask", None)
        ref = say(author, circle, kind, fields, withhold=["ask"] if "ask" in fields and dice.random() < 0.5 else [])
        if dice.random() < 0.2:
            say(author, circle, kind, {**fields, "text": dice.choice(WORDS)}, revises=ref)
        if count % 20 == 7:
            search_filling.fill_all(author.office)
            erase(author.office, circle.id, ref.split("/")[1], "mistake", OFFICER)
    meet(joc, mop)
    search_filling.fill_all(joc.office)
    return joc


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.sampled_from(ASKED), max_size=3),
    typing=st.booleans(),
    kind=st.sampled_from([(), ("incident",), ("log", "incident")]),
    party=st.sampled_from([(), ("joc",), ("mop",)]),
    days=st.sampled_from([(None, None), (2, None), (None, 6), (3, 5)]),
    limit=st.sampled_from([1, 3, 100]),
)
def test_search_finds_exactly_what_looking_at_everything_finds(
    crowd: Node,
    words: list[str],
    typing: bool,
    kind: tuple[str, ...],
    party: tuple[str, ...],
    days: tuple[int | None, int | None],
    limit: int,
) -> None:
    since, until = (None if day is None else BEGIN + day * DAY for day in days)
    question = Question(" ".join(words), None, kind, party, since, until, typing=typing, limit=limit)
    if not words and not kind and not party:
        return
    hits, after = [], None
    while True:
        page = find(crowd.office, Question(*_with(question, after)))
        hits += page.hits
        assert len(page.hits) == limit or page.next is None
        after = page.next
        if after is None:
            break
    every = [one for circle in _circles(crowd) for one in shown(crowd, circle).values()]
    assert {hit.ref for hit in hits} == answering(every, question)
    assert len(hits) == len({hit.ref for hit in hits}), "no record stands on two pages"
    ranks = ["heading", "words", "forms", "near"]
    order = [(ranks.index(hit.rank), -(hit.at // 1000)) for hit in hits]
    assert order == sorted(order)


def _with(question: Question, after: str | None) -> tuple[Any, ...]:
    values = {name: getattr(question, name) for name in Question.__struct_fields__}
    return tuple({**values, "after": after}.values())


def _circles(node: Node) -> list[Circle]:
    with node.database.read() as connection:
        return [one.circle for one in circles(connection)]
