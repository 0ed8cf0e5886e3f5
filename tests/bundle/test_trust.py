"""What goes wrong between parties travels by bundle too: forks, lost entries, erased values."""

from __future__ import annotations

import shutil
from pathlib import Path

from nodes import (
    OFFICER,
    assert_heads_hold,
    assert_rebuilds,
    copy_folder,
    enter,
    ledger_of,
    meet,
    refused,
    say,
    shared_digests,
    shown,
)
from tansiq.circles.circle import Circle
from tansiq.desk.office import circle_named
from tansiq.exchange import archive, outbox
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.store import notices

from .carrying import make, opened, read, refusals, rows_of

Three = tuple[Node, Node, Node]
WORD = {"text": "A word", "lang": "en"}


def test_two_histories_carried_to_one_reader_are_proven_and_the_proof_is_carried_on(
    three: Three, tmp_path: Path
) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "message", WORD)
    clone = Node(copy_folder(joc.folder, tmp_path / "clone", tmp_path / "clone-marks"))
    say(joc, circle, "message", {**WORD, "text": "One history"})
    say(clone, circle, "message", {**WORD, "text": "Another history"})
    make(joc, circle, tmp_path / "1.tqb")
    make(clone, circle, tmp_path / "2.tqb")
    assert refusals(read(mop, tmp_path / "1.tqb")) == {}
    assert refusals(read(coalition, tmp_path / "2.tqb")) == {}

    make(coalition, circle, tmp_path / "3.tqb", "mop")
    assert refusals(read(mop, tmp_path / "3.tqb"))["joc"] == "ledger.fork"
    assert ledger_of(mop, circle, "joc").frozen
    make(mop, circle, tmp_path / "4.tqb", "coalition")
    read(coalition, tmp_path / "4.tqb")

    assert ledger_of(coalition, circle, "joc").frozen
    for node in (mop, coalition):
        with node.database.read() as connection:
            assert [row.kind for row in notices.every(connection)] == ["fork"]
    archive.write(mop.database, mop.config.party, rows_of(mop, circle), tmp_path / "a.zip", mop.office.clock())
    with archive.opened(tmp_path / "a.zip") as source:
        assert len([name for name in source.names() if name.startswith("notices/")]) == 1
    found = archive.check(tmp_path / "a.zip", mop.office.clock())
    assert {one.report.origin: (one.report.size, one.digest) for one in found.ledgers} == shared_digests(mop, circle)
    clone.close()


def test_a_node_restored_from_an_old_backup_gets_its_own_entries_back_by_stick(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "message", WORD)
    joc.close()
    shutil.copytree(joc.folder.path, tmp_path / "backup")
    later = say(joc, circle, "message", {**WORD, "text": "After the backup"})
    make(joc, circle, tmp_path / "1.tqb")
    read(mop, tmp_path / "1.tqb")
    whole = shared_digests(joc, circle)[circle.origin(joc.config.party)]

    restored = Node(Folder(tmp_path / "backup"))
    with refused("node.recovering"):
        say(restored, circle, "message", {**WORD, "text": "Too early"})
    make(mop, circle, tmp_path / "2.tqb", "joc")
    assert refusals(read(restored, tmp_path / "2.tqb")) == {}

    assert later in shown(restored, circle)
    assert shared_digests(restored, circle)[circle.origin(joc.config.party)] == whole
    say(restored, circle, "message", {**WORD, "text": "And on"})
    make(restored, circle, tmp_path / "3.tqb", "mop")
    assert refusals(read(mop, tmp_path / "3.tqb")) == {}
    assert_heads_hold(mop)
    restored.close()


def test_a_node_whose_clone_went_on_signs_nothing_more(three: Three, tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    clone = Node(copy_folder(joc.folder, tmp_path / "clone", tmp_path / "clone-marks"))
    say(clone, circle, "message", WORD)
    make(clone, circle, tmp_path / "1.tqb")
    read(mop, tmp_path / "1.tqb")
    make(mop, circle, tmp_path / "2.tqb", "joc")
    assert refusals(read(joc, tmp_path / "2.tqb")) == {"joc": "node.stopped"}
    with refused("node.stopped"):
        say(joc, circle, "message", WORD)
    clone.close()


def test_a_reader_in_the_middle_of_a_link_is_not_disturbed_by_a_bundle(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    say(joc, circle, "message", WORD)
    make(joc, circle, tmp_path / "old.tqb")
    say(joc, circle, "message", WORD)
    meet(joc, mop, coalition)
    before = ledger_of(mop, circle, "joc")
    report = read(mop, tmp_path / "old.tqb")
    assert refusals(report) == {}
    after = ledger_of(mop, circle, "joc")
    assert (after.size, after.head_note) == (before.size, before.head_note)
    assert_rebuilds(mop)
    with opened(mop, tmp_path / "old.tqb") as source:
        assert source.hashes()


def test_erased_values_are_in_no_bundle_and_the_ledger_still_holds(three: Three, tmp_path: Path) -> None:
    joc, mop, coalition = three
    circle = enter(joc, mop, coalition)
    ref = say(joc, circle, "message", {**WORD, "text": "To be forgotten"})
    kept = say(joc, circle, "message", WORD)
    make(joc, circle, tmp_path / "0.tqb", "mop")
    read(mop, tmp_path / "0.tqb")
    erase(joc, circle, ref)
    make(joc, circle, tmp_path / "1.tqb")
    assert refusals(read(mop, tmp_path / "1.tqb")) == {}
    assert refusals(read(coalition, tmp_path / "1.tqb")) == {}
    origin = circle.origin(joc.config.party)
    assert shared_digests(coalition, circle)[origin] == shared_digests(mop, circle)[origin]
    assert kept in shown(coalition, circle)
    assert_rebuilds(coalition)

    archive.write(joc.database, joc.config.party, rows_of(joc, circle), tmp_path / "a.zip", joc.office.clock())
    found = archive.check(tmp_path / "a.zip", joc.office.clock())
    assert found.whole
    digests = {one.report.origin: one.digest for one in found.ledgers}
    assert digests[origin] == shared_digests(joc, circle)[origin][1]


def erase(node: Node, circle: Circle, ref: str) -> None:
    """Erase an own record as its author."""
    with node.database.write() as connection:
        num = circle_named(connection, circle.id).num
        record = ref.partition("/")[2]
        party, now = node.config.party, node.office.clock()
        outbox.erase(connection, num, circle, party, record, "agreed", OFFICER, node.office.signer, now)
    node.publish()
