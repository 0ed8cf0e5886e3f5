"""What nodes that met hold: the same records, the same picture, and never what was withheld."""

from __future__ import annotations

import base64
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodes import (
    OFFICER,
    Twisted,
    ask,
    assert_heads_hold,
    assert_rebuilds,
    copied,
    enter,
    ledger_of,
    make_nodes,
    meet,
    refused,
    say,
    shared_digests,
    shown,
    take,
    tell,
)
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk import saying, viewing
from tansiq.desk.office import circle_named
from tansiq.errors import Unavailable
from tansiq.exchange import outbox
from tansiq.exchange.local import LocalSource, pull_all
from tansiq.exchange.outbox import Saying, program_label
from tansiq.node.node import Node
from tansiq.records.entry import decode_entry
from tansiq.records.values import PartyId
from tansiq.store import ledgers

Three = tuple[Node, Node, Node]


def test_nodes_that_hold_the_same_records_have_the_same_picture(three: Three) -> None:
    circle = enter(*three)
    for node in three:
        ref = say(node, circle, "incident", {"category": "shooting", "text": node.config.party}, withhold=["text"])
        say(node, circle, "log", {"text": "first"})
        say(node, circle, "incident", {"category": "clash"}, revises=ref)
        tell(node, circle, ref, "text")
    meet(*three)
    digests = [shared_digests(node, circle) for node in three]
    assert digests[0] == digests[1] == digests[2]
    assert len(digests[0]) == 3
    for node in three:
        assert_rebuilds(node)
        assert_heads_hold(node)
    assert meet(*three) == 0


def test_what_was_told_arrives_and_what_was_withheld_follows_when_it_is_told(three: Three) -> None:
    joc, mop, _ = three
    circle = enter(*three)
    place = {"lat": 357_700_000, "lon": 435_800_000, "accuracy": 100}
    ref = say(joc, circle, "incident", {"category": "shooting", "place": place}, withhold=["place"], grid=10_000)
    meet(*three)
    before = shown(mop, circle)[ref]
    assert set(before.fields) == {"category", "place_coarse"}
    tell(joc, circle, ref, "place")
    meet(*three)
    after = shown(mop, circle)[ref]
    assert after.fields["place"] == place
    assert (after.id, after.tells) == (before.id, 1)


def test_each_of_three_sees_only_the_circles_that_it_is_in(three: Three) -> None:
    joc, mop, coalition = three
    everyone, bilateral = enter(*three), enter(joc, coalition)
    ref = say(joc, bilateral, "log", {"text": "between two"})
    say(joc, everyone, "log", {"text": "to all"})
    meet(*three)
    assert ref in shown(coalition, bilateral)
    with refused("circle.not_here"):
        shown(mop, bilateral)


def test_the_same_statement_in_two_circles_shares_no_digest_and_no_salt(three: Three) -> None:
    joc, _, coalition = three
    both = [enter(*three), enter(joc, coalition)]
    asked = ask(both[0], "log", {"text": "the same", "lang": "en", "category": "entry"}, withhold=["lang"])
    two = saying.SayRequest(asked.kind, asked.fields, [asked.releases[0], ask(both[1], "log", {}).releases[0]])
    refs = saying.release(joc.office, two, OFFICER)
    assert [ref.circle for ref in refs] == [circle.id for circle in both]
    seen: list[set[str]] = []
    for circle, ref in zip(both, refs, strict=True):
        held = ledger_of(joc, circle, "joc")
        with joc.database.read() as connection:
            entry = decode_entry(ledgers.entry_bodies(connection, held.num, ref.index, 1)[0])
            told = ledgers.told_at(connection, held.num, [ref.index])
            kept = ledgers.kept_at(connection, held.num, [ref.index])
        assert kept
        texts = {one for row in told for one in row.text.split("~")} | set(kept[ref.index].split("~"))
        seen.append({*entry.sd, entry.id, *texts})
    assert not seen[0] & seen[1]


def test_receipts_reach_the_author_and_every_other_member(three: Three) -> None:
    circle = enter(*three)
    ref = say(three[0], circle, "log", {"text": "who holds this?"})
    record = ref.split("/")[1]
    view = viewing.record_view(three[0].office, circle.id, "joc", record)
    assert [(one.party, one.held_since) for one in view.receipts] == [("coalition", None), ("mop", None)]
    meet(*three)
    for node in three:
        view = viewing.record_view(node.office, circle.id, "joc", record)
        assert {one.party for one in view.receipts if one.held_since} == {"mop", "coalition"}
        assert view.times.not_after is not None
        assert not view.times.outside


def test_a_receipt_comes_only_after_the_entries_are_held(three: Three) -> None:
    joc, mop, _ = three
    circle = enter(*three)
    say(joc, circle, "log", {"text": "hold this"})
    taken = take(mop, joc, circle)
    assert taken.own_receipt is not None
    assert ledger_of(mop, circle, "joc").size == ledger_of(joc, circle, "joc").size
    assert take(mop, joc, circle).own_receipt == taken.own_receipt  # a repeated one says the same time


# Resuming

SIZES = (255, 256, 257, 2047, 2048, 2049, 5000)
BATCH = 500


@dataclass(frozen=True)
class Long:
    """A ledger whose heads of several sizes are kept, and a reader that holds none of it. Both are closed."""

    nodes: dict[str, Node]
    circle: Circle


@pytest.fixture(scope="module")
def long_ledger(tmp_path_factory: pytest.TempPathFactory) -> Long:
    """5000 entries, with a signed head at every size of interest."""
    nodes = make_nodes(tmp_path_factory.mktemp("long"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop)
    label = program_label(circle)
    size = ledger_of(joc, circle, "joc").size
    for wanted in (*SIZES[:3], *range(BATCH, 2000, BATCH), *SIZES[3:6], *range(2500, 4999, BATCH), SIZES[6]):
        sayings = [
            Saying(
                Statement("log", {"text": f"entry {step}", "said_by": "x"}), label, Redaction(frozenset({"said_by"}))
            )
            for step in range(size, wanted)
        ]
        with joc.database.write() as connection:
            num = circle_named(connection, circle.id).num
            outbox.say(connection, num, circle, PartyId("joc"), sayings, OFFICER, joc.office.signer, joc.office.clock())
        joc.publish()
        size = wanted
    for node in nodes.values():
        node.close()
    return Long(nodes, circle)


class CutOff(Twisted):
    """A source that fails after so many answers."""

    def __init__(self, sender: Node, reader: Node, after: int) -> None:
        super().__init__(LocalSource(sender.database, reader.config.party), lambda _path, data: data)
        self._after = after

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The true answer, or none."""
        if len(self.asked) >= self._after:
            raise Unavailable("peer.hangs", peer="joc")
        return super().item(origin_hash, path, limit)


def _head_at(node: Node, circle: Circle, size: int) -> bytes:
    with node.database.read() as connection:
        num = ledgers.ledger_by(connection, origin=circle.origin(PartyId("joc"))).num
        note = ledgers.checkpoint_note(connection, num, size)
    assert note is not None
    return note


@pytest.mark.parametrize("size", SIZES)
def test_a_catch_up_that_is_cut_off_anywhere_is_resumed_and_ends_the_same(
    long_ledger: Long, tmp_path: Path, size: int
) -> None:
    circle = long_ledger.circle
    with copied(long_ledger.nodes, tmp_path / "whole") as whole:
        joc, mop = whole["joc"], whole["mop"]
        note = _head_at(joc, circle, size)
        everything = CutOff(joc, mop, 1000)
        take(mop, joc, circle, note=note, source=everything)
        digest = shared_digests(mop, circle)[circle.origin(PartyId("joc"))]
        assert digest[0] == size
    for after in range(len(everything.asked)):
        with copied(long_ledger.nodes, tmp_path / f"cut{after}") as again:
            joc, mop = again["joc"], again["mop"]
            with refused("peer.hangs"):
                take(mop, joc, circle, note=note, source=CutOff(joc, mop, after))
            held = ledger_of(mop, circle, "joc")
            assert held.head_note is None
            assert held.size % 2048 == 0  # whole verified steps, or nothing
            assert_rebuilds(mop)
            resumed = CutOff(joc, mop, 1000)
            assert take(mop, joc, circle, note=note, source=resumed).entries == size - held.size
            assert shared_digests(mop, circle)[circle.origin(PartyId("joc"))] == digest
            assert_heads_hold(mop)
            # what was held was not asked for again
            assert not [path for path in resumed.asked if path.startswith("span/") and _first(path) * 256 < held.size]


def _first(path: str) -> int:
    return int(path.split("/")[1])


def test_a_ledger_pulled_head_by_head_ends_as_one_pulled_at_once(long_ledger: Long, tmp_path: Path) -> None:
    circle = long_ledger.circle
    with copied(long_ledger.nodes, tmp_path / "slow") as slow, copied(long_ledger.nodes, tmp_path / "quick") as quick:
        for size in SIZES:
            take(slow["mop"], slow["joc"], circle, note=_head_at(slow["joc"], circle, size))
            assert_heads_hold(slow["mop"])
        take(quick["mop"], quick["joc"], circle)
        joc = circle.origin(PartyId("joc"))
        assert shared_digests(slow["mop"], circle)[joc] == shared_digests(quick["mop"], circle)[joc]
        assert shared_digests(slow["joc"], circle)[joc] == shared_digests(quick["mop"], circle)[joc]
        assert_rebuilds(slow["mop"])


# Order and secrecy


@dataclass
class Word:
    """A marker that stands nowhere else, who put it where, and who may have it."""

    text: str
    readers: frozenset[str]


@dataclass
class World:
    """Three nodes, their circles, and what has been said so far."""

    nodes: dict[str, Node]
    circles: list[Circle]
    refs: list[tuple[str, Circle, str, dict[str, str]]] = field(default_factory=list)
    told: list[Word] = field(default_factory=list)
    kept: list[Word] = field(default_factory=list)
    count: int = 0

    def word(self, readers: frozenset[str], *, kept: bool) -> str:
        """A new marker."""
        self.count += 1
        text = f"qzMarker{self.count:04d}WxKvjQ"
        (self.kept if kept else self.told).append(Word(text, readers))
        return text


TEXTS = ("text", "said_by", "said_to")

steps = st.one_of(
    st.tuples(st.just("say"), st.integers(0, 2), st.integers(0, 1), st.sets(st.sampled_from(TEXTS), max_size=2)),
    st.tuples(st.just("revise"), st.integers(0, 20), st.sets(st.sampled_from(TEXTS), max_size=2)),
    st.tuples(st.just("tell"), st.integers(0, 20), st.sampled_from(TEXTS)),
    st.tuples(st.just("pull"), st.integers(0, 2), st.integers(0, 2)),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Node], list[Circle]]:
    """Three closed nodes with a circle of three and one of two."""
    nodes = make_nodes(tmp_path_factory.mktemp("template"), "joc", "mop", "coalition")
    circles = [enter(*nodes.values()), enter(nodes["joc"], nodes["coalition"])]
    for node in nodes.values():
        node.close()
    return nodes, circles


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(script=st.lists(steps, min_size=8, max_size=25), order=st.permutations(range(6)))
def test_whatever_order_ledgers_arrive_in_pictures_are_equal_and_what_was_withheld_never_left(
    template: tuple[dict[str, Node], list[Circle]], script: list[tuple[object, ...]], order: list[int]
) -> None:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = World(stack.enter_context(copied(template[0], home)), template[1])
        for step in script:
            _play(world, step)
        pairs = [(a, b) for a in world.nodes.values() for b in world.nodes.values() if a is not b]
        for source, target in [pairs[index] for index in order]:
            _pull(source, target)
        _assert_agree(world)
        _assert_nothing_slipped_out(world)


def _play(world: World, step: tuple[object, ...]) -> None:
    nodes = list(world.nodes.values())
    match step:
        case ("say", int(who), int(where), set(withheld)):
            circle = world.circles[where]
            node = nodes[who]
            if node.config.party in circle.parties:
                _say(world, node, circle, withheld, None)
        case ("revise", int(which), set(withheld)) if world.refs:
            party, circle, ref, _ = world.refs[which % len(world.refs)]
            _say(world, world.nodes[party], circle, withheld, ref)
        case ("tell", int(which), str(name)) if world.refs:
            party, circle, ref, kept = world.refs[which % len(world.refs)]
            if name in kept:
                tell(world.nodes[party], circle, ref, name)
                text = kept.pop(name)
                word = next(one for one in world.kept if one.text == text)
                world.kept.remove(word)
                world.told.append(Word(text, frozenset(map(str, circle.parties))))
        case ("pull", int(one), int(other)) if one != other:
            _pull(nodes[one], nodes[other])
        case _:
            pass


def _say(world: World, node: Node, circle: Circle, withheld: set[str], revises: str | None) -> None:
    party = node.config.party
    readers = frozenset(map(str, circle.parties))
    fields = {
        name: world.word(frozenset({str(party)}) if name in withheld else readers, kept=name in withheld)
        for name in TEXTS
    }
    ref = say(node, circle, "log", fields, withhold=withheld, revises=revises)
    kept = {name: fields[name] for name in withheld}
    if revises is None:
        world.refs.append((party, circle, ref, kept))
        return
    # only what the newest version withholds is told under the first reference; older words stay where they are
    _, _, _, held = next(one for one in world.refs if one[2] == revises)
    held.update(kept)


def _pull(source: Node, target: Node) -> None:
    source.publish()
    pull_all(source.database, target.database, target.office.keyring, target.office.clock())


def _assert_agree(world: World) -> None:
    for circle in world.circles:
        members = [node for node in world.nodes.values() if node.config.party in circle.parties]
        digests = [shared_digests(node, circle) for node in members]
        assert all(one == digests[0] for one in digests)
    for node in world.nodes.values():
        assert_rebuilds(node)


def _spellings(text: str) -> list[bytes]:
    """How a text stands in a file: plain, or inside base64 at any of its three alignments."""
    raw = text.encode()
    inside = [base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    return [raw, *inside]


def _assert_nothing_slipped_out(world: World) -> None:
    files = {
        party: b"".join(path.read_bytes() for path in sorted(node.folder.path.rglob("*")) if path.is_file())
        for party, node in world.nodes.items()
    }
    for word in [*world.told, *world.kept]:
        for party, data in files.items():
            found = any(spelling in data for spelling in _spellings(word.text))
            # the search is shown to find what did arrive, or its silence would say nothing
            assert found == (party in word.readers), (word, party)
