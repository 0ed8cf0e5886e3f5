"""A node that comes back from a backup, or beside a clone of itself, never signs a second history."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodes import (
    Served,
    add_officer,
    assert_heads_hold,
    assert_rebuilds,
    copy_folder,
    enter,
    ledger_of,
    make_nodes,
    meet,
    refused,
    say,
    serving,
    shared_digests,
    shown,
    until,
)
from tansiq.errors import Refused
from tansiq.exchange.intake import take_head
from tansiq.exchange.local import LocalSource
from tansiq.exchange.standing import State, go_on, standings, take_up
from tansiq.node.backup import backup, members, restore
from tansiq.node.folder import Folder
from tansiq.node.node import Node

TEXT = {"text": "at the bridge"}


def lost(node: Node, saved: Path) -> Node:
    """The node's folder is gone and comes back from a backup; the marks are where they were."""
    node.close()
    folder = node.folder
    shutil.rmtree(folder.path)
    restore(saved, folder)
    return Node(folder)


def states(node: Node) -> set[State]:
    with node.database.read() as connection:
        return {one.state for one in standings(connection, node.marks)}


def test_a_restored_backup_signs_nothing_until_its_own_ledger_is_back(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    before = say(joc, circle, "log", TEXT)
    meet(joc, mop)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    after = say(joc, circle, "log", {"text": "after the backup"})
    meet(joc, mop)
    joc = lost(joc, saved)
    assert states(joc) == {State.BEHIND}
    assert set(shown(joc, circle)) == {before}
    with refused("node.recovering"):
        say(joc, circle, "log", {"text": "too early"})
    own = ledger_of(joc, circle, "joc")
    held = ledger_of(mop, circle, "joc")
    assert held.head_note is not None
    source = LocalSource(mop.database, "joc")
    take_head(joc.database, circle, own, held.head_note, source, joc.keys, joc.office.clock(), recover=True)
    assert states(joc) == set()
    assert set(shown(joc, circle)) == {before, after}
    third = say(joc, circle, "log", {"text": "and on"})
    meet(joc, mop)
    assert set(shown(mop, circle)) == {before, after, third}
    assert shared_digests(joc, circle) == shared_digests(mop, circle)
    for node in (joc, mop):
        assert_heads_hold(node)
        assert_rebuilds(node)


def test_a_served_node_comes_back_by_itself(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    for node in nodes.values():
        add_officer(node)
    say(joc, circle, "log", TEXT)
    meet(joc, mop)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    after = say(joc, circle, "log", {"text": "after the backup"})
    meet(joc, mop)
    joc = lost(joc, saved)
    with serving(joc.folder.path, mop.folder.path):
        until(lambda: after in shown(joc, circle))
        until(lambda: not states(joc))
        last = say(joc, circle, "log", {"text": "and on"})
        until(lambda: last in shown(mop, circle))


def test_without_its_marks_a_ledger_is_never_continued(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    say(joc, circle, "log", TEXT)
    meet(joc, mop)
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    shutil.rmtree(joc.folder.marks)
    joc = lost(joc, saved)
    assert states(joc) == {State.UNMARKED}
    with refused("node.unmarked"):
        say(joc, circle, "log", TEXT)
    meet(joc, mop)
    with refused("node.unmarked"):
        say(joc, circle, "log", TEXT)


def test_a_clone_is_found_by_the_first_peer_that_has_seen_the_other(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    for node in nodes.values():
        add_officer(node)
    say(joc, circle, "log", TEXT)
    meet(joc, mop)
    for node in nodes.values():
        node.close()
    twin = Node(copy_folder(joc.folder, tmp_path / "twin", tmp_path / "twin-marks"))
    joc, mop = Node(joc.folder), Node(mop.folder)
    served = Served(mop.folder.path)
    try:
        served.wait()
        with serving(joc.folder.path):
            until(lambda: ledger_of(mop, circle, "joc").size >= 3)
            # the twin speaks to the same peer, as a copy of the machine would
            say(twin, circle, "log", {"text": "by the twin"})
            meet(twin, mop)
            until(lambda: State.STOPPED in states(joc))
            with refused("node.stopped"):
                say(joc, circle, "log", TEXT)
            # the twin is ended: what it said comes back while the node runs, and the node goes on after it
            with joc.database.write() as connection:
                take_up(connection, joc.marks)
                go_on(connection)
            until(lambda: not states(joc))
            after = say(joc, circle, "log", {"text": "alone again"})
            until(lambda: after in shown(mop, circle))
            assert not ledger_of(mop, circle, "joc").frozen
    finally:
        served.stop()


def test_a_mark_never_shrinks_and_a_broken_one_stands_for_a_lost_one(tmp_path: Path) -> None:
    (joc,) = make_nodes(tmp_path, "joc").values()
    circle = enter(joc)
    say(joc, circle, "log", TEXT)
    origin = circle.origin(joc.config.party)
    small = ledger_of(joc, circle, "joc").shown_note
    say(joc, circle, "log", TEXT)
    large = ledger_of(joc, circle, "joc")
    assert small is not None
    joc.marks.raise_to(origin, small)
    mark = joc.marks.read(origin)
    assert mark is not None
    assert (mark.size, mark.root) == (large.shown_size, large.head_root)


@pytest.mark.parametrize("damage", ["nothing in it", "cut short", "another file", "climbs out"])
def test_what_is_no_backup_leaves_nothing_behind(tmp_path: Path, damage: str) -> None:
    (joc,) = make_nodes(tmp_path, "joc").values()
    saved = tmp_path / "saved.tar"
    backup(joc.folder, saved)
    whole = saved.read_bytes()
    broken = {
        "nothing in it": b"",
        "cut short": whole[: len(whole) // 2],
        "another file": b"not a tar at all" * 100,
        "climbs out": whole.replace(b"keys/log.seed", b"../log.seed\0\0"),
    }[damage]
    saved.write_bytes(broken)
    target = tmp_path / "fresh"
    with pytest.raises(Refused):
        restore(saved, Folder(target))
    assert not target.exists()
    assert not list(tmp_path.glob(".restore-*"))
    assert not (tmp_path / "log.seed").exists()


def packed(*files: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, headers: Mapping[str, str] | None = None) -> bytes:
    """A tar of these files, the last one of this type and with these extended headers."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            if (name, data) == files[-1]:
                member.type, member.pax_headers = kind, dict(headers or {})
            tar.addfile(member, io.BytesIO(data))
    return whole.getvalue()


SEED = ("keys/log.seed", b"00" * 32)


@pytest.mark.parametrize(
    "tar",
    [
        packed(SEED, SEED),
        packed(("keys/old", b""), ("keys/old/log-000001.seed", b"")),
        packed(("keys/a/b", b"")),
        packed(("keys/..", b"")),
        packed(("keys/\udcff", b"")),
        packed(("store.sqlite", b"small"), headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 40)}),
        packed(("store.sqlite", b"small"), headers={"GNU.sparse.map": "0,x"}),
        packed(("store.sqlite", b"small"), headers={"size": "-1"}),
        packed(("store.sqlite", b"small"), kind=tarfile.GNUTYPE_SPARSE),
    ],
)
def test_a_backup_that_no_node_wrote_is_refused_before_anything_is_laid_out(tmp_path: Path, tar: bytes) -> None:
    with refused("backup.malformed"):
        for _ in members(io.BytesIO(tar), "backup.tar"):
            pass
    (tmp_path / "saved.tar").write_bytes(tar)
    with refused("backup.malformed"):
        restore(tmp_path / "saved.tar", Folder(tmp_path / "fresh"))
    assert not (tmp_path / "fresh").exists()


def test_a_file_that_is_no_identity_opens_no_backup(tmp_path: Path) -> None:
    (joc,) = make_nodes(tmp_path, "joc").values()
    backup(joc.folder, tmp_path / "saved.age", [str(joc.folder.bundle_identity().to_public())])
    (tmp_path / "identity").write_bytes(b"\xff\xfe")
    with refused("backup.other_key"):
        restore(tmp_path / "saved.age", Folder(tmp_path / "fresh"), tmp_path / "identity")
