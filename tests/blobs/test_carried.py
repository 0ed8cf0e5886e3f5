"""Attachments on a stick and in the archive."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from blobs.attaching import contents, lacking, say_with
from blobs.pictures import jpeg, png
from bundle.carrying import items_of, make, opened, read, repacked, rows_of
from nodes import OFFICER, enter, ledger_of, say
from tansiq.desk.erasing import erase
from tansiq.exchange import archive, bundle
from tansiq.exchange.container import zip_stream
from tansiq.exchange.viewer import page
from tansiq.node.node import Node
from tansiq.store import roster

WORDS = {"text": "Smoke over the ridge"}


def test_a_stick_carries_attachments_of_all_ledgers_and_relays_them(
    three: tuple[Node, Node, Node], tmp_path: Path
) -> None:
    joc, mop, coalition = three
    circle = enter(*three)
    ref = say_with(joc, circle, WORDS, (jpeg(), "jpg"), (os.urandom(70_000), "zip"))
    make(joc, circle, tmp_path / "one.tqb")
    assert read(mop, tmp_path / "one.tqb").attachments == 2
    assert read(mop, tmp_path / "one.tqb").attachments == 0
    make(mop, circle, tmp_path / "two.tqb", "coalition")
    assert read(coalition, tmp_path / "two.tqb").attachments == 2
    assert contents(joc, circle, ref) == contents(mop, circle, ref) == contents(coalition, circle, ref)


def test_a_thin_radio_leaves_them_out_and_a_stick_brings_them_later(
    three: tuple[Node, Node, Node], tmp_path: Path
) -> None:
    joc, mop, _ = three
    circle = enter(*three)
    ref = say_with(joc, circle, WORDS, (png(), "png"))
    joc.publish()
    with joc.database.read() as connection:
        cards = bundle.receivers(connection, [circle], joc.config.party, ["mop"])
    rows = rows_of(joc, circle)
    path = tmp_path / "thin.tqb"
    bundle.make(joc.database, joc.config.party, rows, cards, path, joc.office.clock(), attachments=False)
    assert read(mop, path).attachments == 0
    assert len(lacking(mop, circle, "joc")) == 1
    make(joc, circle, tmp_path / "thick.tqb", "mop")
    assert read(mop, tmp_path / "thick.tqb").attachments == 1
    assert contents(mop, circle, ref) == contents(joc, circle, ref)


def test_a_false_or_unnamed_attachment_on_a_stick_is_refused_and_the_rest_is_taken(
    three: tuple[Node, Node, Node], tmp_path: Path
) -> None:
    joc, mop, _ = three
    circle = enter(*three)
    ref = say_with(joc, circle, WORDS, (png(), "png"))
    make(joc, circle, tmp_path / "true.tqb", "mop")
    with opened(mop, tmp_path / "true.tqb") as source:
        items = items_of(source)
    (name,) = [name for name in items if "/blobs/" in name]
    stranger = f"{name.rpartition('/')[0]}/{'0' * 64}"
    false = repacked(mop, {**items, name: items[name][:-1] + b"x", stranger: b"x"}, tmp_path / "false.tqb")
    report = read(mop, false)
    codes = [one.refused for one in report.ledgers if one.refused]
    assert codes == ["blob.wrong_digest", "blob.not_named"]
    assert report.attachments == 0
    assert ledger_of(mop, circle, "joc").size == ledger_of(joc, circle, "joc").size
    assert read(mop, tmp_path / "true.tqb").attachments == 1
    assert contents(mop, circle, ref) == contents(joc, circle, ref)


@pytest.mark.parametrize("tail", ["../store", "0" * 63, "A" * 64, "0" * 64 + "/x"])
def test_no_item_of_a_bundle_has_another_name(tail: str) -> None:
    assert bundle.limit_of(f"{'a' * 64}/blobs/{'0' * 64}") == 1 << 25
    assert bundle.limit_of(f"{'a' * 64}/blobs/{tail}") == 0


def test_what_was_erased_is_neither_carried_nor_archived(three: tuple[Node, Node, Node], tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(*three)
    ref = say_with(joc, circle, WORDS, (b"gone for good", "txt"))
    make(joc, circle, tmp_path / "before.tqb", "mop")
    erase(joc.office, circle.id, ref.split("/")[1], "personal", OFFICER)
    make(joc, circle, tmp_path / "after.tqb", "mop")
    assert read(mop, tmp_path / "after.tqb").attachments == 0
    # an older stick that still holds it changes nothing
    assert read(mop, tmp_path / "before.tqb").attachments == 0
    archive.write(joc.database, joc.config.party, rows_of(joc, circle), tmp_path / "a.zip", 0)
    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        assert not [name for name in found.namelist() if "/blobs/" in name]


def test_an_archive_holds_attachments_checks_them_and_shows_what_fits(
    three: tuple[Node, Node, Node], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    say_with(joc, circle, WORDS, (png(), "png"), (os.urandom(50_000), "zip"))
    say(joc, circle, "log", WORDS)
    joc.publish()
    with joc.database.read() as connection:
        rows = [row for row in roster.circles(connection) if row.id == circle.id]
    monkeypatch.setattr(page, "MAX_ATTACHED", 10_000)
    archive.write(joc.database, joc.config.party, rows, tmp_path / "a.zip", joc.office.clock())
    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        names = [name for name in found.namelist() if "/blobs/" in name]
        shown = [name for name in names if f'data-item="{name}"' in found.read("viewer.html").decode()]
        assert len(names) == 2
        assert [found.getinfo(name).file_size for name in shown] == [4096]
        assert archive.check(tmp_path / "a.zip", joc.office.clock()).whole
        items = {name: b"x" + found.read(name)[1:] if name in names else found.read(name) for name in found.namelist()}
    (tmp_path / "b.zip").write_bytes(b"".join(zip_stream(items.items())))
    false = archive.check(tmp_path / "b.zip", joc.office.clock())
    assert [one.report.refused for one in false.ledgers if one.report.refused] == ["blob.wrong_digest"] * 2
    archive.write(joc.database, joc.config.party, rows, tmp_path / "c.zip", joc.office.clock(), attachments=False)
    with zipfile.ZipFile(tmp_path / "c.zip") as found:
        assert not [name for name in found.namelist() if "/blobs/" in name]
