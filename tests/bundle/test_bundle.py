"""Bundles between real nodes: the same picture, the same receipts, whatever way they came."""

from __future__ import annotations

import base64
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from nodes import (
    Raw,
    assert_heads_hold,
    assert_in_words,
    assert_rebuilds,
    enter,
    environment,
    forge,
    ledger_of,
    make_nodes,
    meet,
    refused,
    refused_unchanged,
    say,
    shared_digests,
    shown,
    snapshot,
    tell,
)
from tansiq.circles.circle import read_circle
from tansiq.errors import Refused
from tansiq.exchange import bundle
from tansiq.exchange.age import Identity
from tansiq.exchange.bundle_reading import unpack_papers
from tansiq.ledger import tiles
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.records.values import Names
from tansiq.store import roster

from .carrying import holders, items_of, make, opened, plain_of, read, refusals, repacked, rows_of, say_many

Three = tuple[Node, Node, Node]
FIELDS = {"category": "shooting", "text": "Shots near the village", "lang": "en"}


def test_a_bundle_brings_every_ledger_of_the_circle_and_the_same_picture(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    place = {"lat": 357760000, "lon": 435800000, "accuracy": 50}
    ref = say(joc, circle, "incident", {**FIELDS, "place": place}, withhold=["place"])
    say(coalition, circle, "log", {"category": "meeting", "text": "A meeting", "lang": "en"})
    meet(joc, coalition)
    tell(joc, circle, ref, "place")
    meet(joc, coalition)

    make(coalition, circle, tmp_path / "a.tqb", "mop")
    report = read(mop, tmp_path / "a.tqb")

    assert refusals(report) == {}
    assert report.entries > 0
    mine = shared_digests(mop, circle)
    theirs = shared_digests(joc, circle)
    assert {origin: one for origin, one in mine.items() if not origin.startswith("mop/")} == {
        origin: one for origin, one in theirs.items() if not origin.startswith("mop/")
    }
    assert shown(mop, circle)[ref].fields["place"]["lat"] == 357760000
    assert_rebuilds(mop)
    assert_heads_hold(mop)


def test_a_node_that_only_ever_sees_sticks_takes_full_part(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "incident", FIELDS)
    meet(joc, coalition)
    stick = tmp_path / "stick.tqb"

    make(coalition, circle, stick, "mop")
    read(mop, stick)
    answer = say(mop, circle, "message", {"text": "Understood", "lang": "en"})
    make(mop, circle, stick)
    read(coalition, stick)

    assert answer in shown(coalition, circle)
    assert holders(coalition, circle, "joc")["mop"] == ledger_of(joc, circle, "joc").size
    # joc never met mop: its receipt comes through the coalition, by link or by stick
    make(coalition, circle, stick, "joc")
    read(joc, stick)
    assert holders(joc, circle, "joc")["mop"] == ledger_of(joc, circle, "joc").size
    assert answer in shown(joc, circle)
    make(joc, circle, stick, "mop")
    read(mop, stick)
    assert set(holders(mop, circle, "mop")) >= {"joc", "coalition"}


def test_a_receipt_for_an_older_head_travels_too(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "incident", FIELDS)
    make(joc, circle, tmp_path / "1.tqb")
    read(mop, tmp_path / "1.tqb")
    first = ledger_of(mop, circle, "joc").size
    say(joc, circle, "incident", FIELDS)
    make(joc, circle, tmp_path / "2.tqb")
    read(coalition, tmp_path / "2.tqb")
    make(mop, circle, tmp_path / "3.tqb", "coalition")
    read(coalition, tmp_path / "3.tqb")
    assert holders(coalition, circle, "joc") == {"mop": first, "coalition": first + 1}

    make(coalition, circle, tmp_path / "4.tqb", "joc")
    read(joc, tmp_path / "4.tqb")

    assert holders(joc, circle, "joc") == {"mop": first, "coalition": first + 1}


def test_reading_a_bundle_again_takes_nothing_twice(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "incident", FIELDS)
    make(joc, circle, tmp_path / "a.tqb")
    read(mop, tmp_path / "a.tqb")
    before = snapshot(mop)

    report = read(mop, tmp_path / "a.tqb")

    assert (report.entries, report.receipts, refusals(report)) == (0, 0, {})
    assert snapshot(mop) == before


def test_what_the_receivers_gave_receipts_for_can_be_left_out(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say_many(joc, circle, 300)
    meet(joc, mop)
    say(joc, circle, "incident", FIELDS)

    made = make(joc, circle, tmp_path / "new.tqb", "mop", new=True)
    own = next(one for one in made.ledgers if one.origin.startswith("joc/"))
    assert (own.start, own.size) == (256, 303)
    assert refusals(read(mop, tmp_path / "new.tqb")) == {}
    assert shared_digests(mop, circle)[own.origin] == shared_digests(joc, circle)[own.origin]

    # for a node that holds nothing yet such a bundle begins too late, and it says so
    make(joc, circle, tmp_path / "late.tqb", "coalition")
    with joc.database.read() as connection:
        cards = bundle.receivers(connection, [circle], joc.config.party, ["coalition"])
    rows, known = rows_of(joc, circle), {own.origin: 300}
    bundle.make(joc.database, joc.config.party, rows, cards, tmp_path / "gap.tqb", joc.office.clock(), known)
    assert refusals(read(coalition, tmp_path / "gap.tqb")) == {"joc": "bundle.gap"}
    assert ledger_of(coalition, circle, "joc").size == 0
    assert refusals(read(coalition, tmp_path / "late.tqb")) == {}


def test_only_members_can_be_receivers_and_nobody_else_can_open_it(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop)
    say(joc, circle, "incident", FIELDS)
    with refused("bundle.not_a_member"):
        make(joc, circle, tmp_path / "a.tqb", "coalition")
    make(joc, circle, tmp_path / "a.tqb")
    with refused_unchanged("bundle.not_for_us", coalition):
        read(coalition, tmp_path / "a.tqb")
    with joc.database.read() as connection:
        private = next(row for row in roster.circles(connection) if read_circle(row.descriptor).private)
        own = read_circle(private.descriptor)
    with refused("bundle.nobody"):
        make(joc, own, tmp_path / "b.tqb")


def test_nothing_withheld_and_nothing_of_another_circle_is_in_a_bundle(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle, other = enter(joc, mop), enter(joc, coalition, name="Other")
    say(joc, circle, "incident", {**FIELDS, "ask": "withheld-from-mop"}, withhold=["ask"])
    say(joc, other, "incident", {**FIELDS, "text": "not for mop"})
    make(joc, circle, tmp_path / "a.tqb")
    with opened(mop, tmp_path / "a.tqb") as source:
        names = source.names()
        told = b"".join(source.read(name) for name in names if "/disclosures/" in name)
        assert not any(other.id in name for name in names)
        assert {name for name in names if name.startswith("cards/")} == {"cards/joc.txt", "cards/mop.txt"}

    def spoken(text: str) -> bool:
        return any(text.encode() in base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in _texts(told))

    assert spoken("Shots near the village")
    assert not spoken("withheld-from-mop")
    assert not spoken("not for mop")


def _texts(frames: bytes) -> list[bytes]:
    at, texts = 0, []
    while at < len(frames):
        length = int.from_bytes(frames[at + 4 : at + 8], "big")
        texts += frames[at + 8 : at + 8 + length].split(b"~") if length else []
        at += 8 + length
    return texts


def test_one_bad_ledger_does_not_stop_the_others(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "incident", FIELDS)
    forge(coalition, circle, Raw(b'{"not": "an entry"}'))
    make(joc, circle, tmp_path / "a.tqb", "mop")
    make(coalition, circle, tmp_path / "b.tqb", "mop")
    with opened(mop, tmp_path / "a.tqb") as one, opened(mop, tmp_path / "b.tqb") as other:
        manifest = one.manifest
        both = bundle.Manifest(1, "joc", manifest.made, [*manifest.ledgers, *other.manifest.ledgers])
        items = items_of(other) | items_of(one)
    items[bundle.MANIFEST] = msgspec.json.encode(both)
    report = read(mop, repacked(mop, items, tmp_path / "c.tqb"))

    assert refusals(report) == {"coalition": "entry.malformed"}
    assert ledger_of(mop, circle, "coalition").size == 0
    origin = circle.origin(joc.config.party)
    assert shared_digests(mop, circle)[origin] == shared_digests(joc, circle)[origin]


def test_a_garbled_entry_is_refused_and_nothing_of_that_ledger_is_kept(three: Three, tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    say(joc, circle, "incident", FIELDS)
    make(joc, circle, tmp_path / "a.tqb")
    with opened(mop, tmp_path / "a.tqb") as source:
        items = items_of(source)
    entries = next(name for name in items if "/tile/entries/" in name)
    bodies = tiles.decode_bundle(items[entries], int(entries.rpartition("/")[2]))
    items[entries] = tiles.encode_bundle([*bodies[:-1], bodies[-1].replace(b'"watch"', b'"match"')])
    bad = repacked(mop, items, tmp_path / "b.tqb")
    before = snapshot(mop)
    assert refusals(read(mop, bad)) == {"joc": "ledger.wrong_tree"}
    assert snapshot(mop) == before


def test_a_damaged_or_cut_file_is_refused_in_words(three: Three, tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    make(joc, circle, tmp_path / "a.tqb")
    whole = (tmp_path / "a.tqb").read_bytes()
    for damaged in (whole[:-7], whole[:120], whole[:-7] + b"1234567", b"", b"PK\x03\x04" + whole):
        (tmp_path / "b.tqb").write_bytes(damaged)
        before = snapshot(mop)
        with pytest.raises(Refused) as caught:
            read(mop, tmp_path / "b.tqb")
        assert caught.value.code in ("bundle.damaged", "bundle.not_a_bundle")
        assert_in_words(caught.value)
        assert snapshot(mop) == before
    assert not list(mop.folder.path.glob("tmp*")), "the decrypted file has no name and leaves nothing"


def test_a_member_that_has_not_entered_gets_the_papers_to_do_so(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = joc.make_circle(Names(en="Not entered by all"), ["mop"], exercise=False)
    make(joc, circle, tmp_path / "a.tqb")

    report = read(mop, tmp_path / "a.tqb")
    assert refusals(report) == {"joc": "bundle.circle_not_entered"}
    assert report.circles == [f"circles/{circle.id}.1.json"]
    assert {one.state for one in report.cards} == {"pinned"}
    with opened(mop, tmp_path / "a.tqb") as source:
        papers = unpack_papers(source, tmp_path / "papers")
    mop.join(next(path for path in papers if path.name.startswith("circles-")).read_bytes())
    assert refusals(read(mop, tmp_path / "a.tqb")) == {}
    for node in nodes.values():
        node.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from tansiq.exchange import bundle, bundle_reading
from tansiq.exchange.age import Identity
from tansiq.node.folder import Folder
from tansiq.node.node import Node

class Cut:
    def __init__(self, inner):
        self.inner, self.spans = inner, 0
    def __getattr__(self, name):
        return getattr(self.inner, name)
    def item(self, origin_hash, path, limit):
        self.spans += path.startswith("span/")
        if self.spans == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.inner.item(origin_hash, path, limit)

node = Node(Folder(Path(sys.argv[1])))
with bundle.opened(Path(sys.argv[2]), Identity.load(node.folder.bundle_key), node.folder.path) as source:
    bundle_reading.read(node.database, Cut(source), node.office.signer, node.office.clock())
"""


def test_a_reader_killed_in_the_middle_goes_on_where_it_was(three: Three, tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    say_many(joc, circle, 4500)
    make(joc, circle, tmp_path / "a.tqb")
    home = mop.folder.path
    command = [sys.executable, "-c", KILLED, str(home), str(tmp_path / "a.tqb")]
    killed = subprocess.run(command, env=environment(), check=False)
    assert killed.returncode == -9
    half = ledger_of(mop, circle, "joc")
    assert 0 < half.size < ledger_of(joc, circle, "joc").size
    assert half.head_note is None

    report = read(mop, tmp_path / "a.tqb")

    assert refusals(report) == {}
    assert report.entries == ledger_of(joc, circle, "joc").size - half.size
    assert shared_digests(mop, circle)[half.origin] == shared_digests(joc, circle)[half.origin]
    assert_rebuilds(mop)


def test_inside_is_a_zip_that_any_program_reads(three: Three, tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    say(joc, circle, "incident", FIELDS)
    make(joc, circle, tmp_path / "a.tqb")
    plain_of(mop, tmp_path / "a.tqb")
    with zipfile.ZipFile(tmp_path / "a.plain") as found:
        assert found.testzip() is None
        assert "tansiq.json" in found.namelist()


def test_the_bundle_key_is_the_one_in_the_card(three: Three) -> None:
    node = three[0]
    assert bundle.recipient_of(node.own_card()) == Identity.load(Folder(node.folder.path).bundle_key).recipient
