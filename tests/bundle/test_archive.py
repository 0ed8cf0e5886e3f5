"""The archive: taken in again it gives the picture that the node had, and a changed one is found out."""

from __future__ import annotations

import zipfile
from pathlib import Path

from nodes import enter, meet, refused, say, shared_digests, tell
from tansiq.exchange import archive
from tansiq.exchange.archive import Check
from tansiq.exchange.bundle import BundleSource
from tansiq.exchange.container import zip_stream
from tansiq.ledger import tiles
from tansiq.node.node import Node

from .carrying import items_of, rows_of, say_many

Three = tuple[Node, Node, Node]


def _archive(node: Node, three: Three, path: Path, count: int = 0) -> dict[str, tuple[int, str]]:
    circle = enter(*three)
    place = {"lat": 357760000, "lon": 435800000, "accuracy": 50}
    ref = say(three[0], circle, "incident", {"category": "fire", "place": place}, withhold=["place"])
    say_many(three[1], circle, count)
    meeting = {"category": "meeting", "text": "Held at nine", "lang": "en"}
    first = say(three[1], circle, "log", meeting).partition("/")[2]
    meet(*three)
    tell(three[0], circle, ref, "place")
    say(
        three[1],
        circle,
        "log",
        {"category": "meeting", "text": "Held at ten", "lang": "en"},
        revises=first,
    )
    meet(*three)
    archive.write(node.database, node.config.party, rows_of(node, circle), path, node.office.clock())
    return shared_digests(node, circle)


def _digests(found: Check) -> dict[str, tuple[int, str | None]]:
    return {one.report.origin: (one.report.size, one.digest) for one in found.ledgers}


def test_an_archive_gives_the_picture_that_the_node_had(three: Three, tmp_path: Path) -> None:
    node = three[2]
    live = _archive(node, three, tmp_path / "a.zip", count=2300)
    found = archive.check(tmp_path / "a.zip", node.office.clock())
    assert found.whole
    assert _digests(found) == live


def test_an_archive_opens_with_any_zip_program_and_holds_its_page(three: Three, tmp_path: Path) -> None:
    _archive(three[0], three, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        assert found.testzip() is None
        page = found.read("viewer.html").decode()
    assert "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-" in page
    assert page.count("<script>") == 1
    assert "://" not in page.split("<script>")[1]


def test_what_was_kept_is_not_in_it(three: Three, tmp_path: Path) -> None:
    circle = enter(*three)
    say(three[0], circle, "incident", {"category": "fire", "ask": "kept back"}, withhold=["ask"])
    archive.write(three[0].database, three[0].config.party, rows_of(three[0], circle), tmp_path / "a.zip", 0)
    with archive.opened(tmp_path / "a.zip") as source:
        told = [name for name in source.names() if "/disclosures/" in name]
        kept = _kept_texts(three[0])
        assert kept
        assert not any(text in source.read(name) for name in told for text in kept)


def _kept_texts(node: Node) -> list[bytes]:
    with node.database.read() as connection:
        return [part for row in connection.exec_driver_sql("SELECT text FROM kept") for part in row[0].split(b"~")]


def test_a_changed_archive_is_found_out(three: Three, tmp_path: Path) -> None:
    _archive(three[0], three, tmp_path / "a.zip")
    with archive.opened(tmp_path / "a.zip") as source:
        items = items_of(source)
        victim = next(name for name in items if "/tile/entries/" in name)
    bodies = tiles.decode_bundle(items[victim], int(victim.rpartition("/")[2]))
    for changed in (
        items | {victim: tiles.encode_bundle([*bodies[:-1], bodies[-1].replace(b'"AMBER"', b'"GREEN"')])},
        items | {_beside(victim): items[_beside(victim)].replace(b"A", b"B", 1)},
    ):
        (tmp_path / "b.zip").write_bytes(b"".join(zip_stream(changed.items())))
        found = archive.check(tmp_path / "b.zip", three[0].office.clock())
        assert not found.whole
        assert [one.report.hash for one in found.ledgers if one.report.refused] == [victim.split("/")[0]]
    without = {name: data for name, data in items.items() if not name.startswith(victim.split("/")[0])}
    (tmp_path / "c.zip").write_bytes(b"".join(zip_stream(without.items())))
    with refused("bundle.bad_container"):
        archive.check(tmp_path / "c.zip", three[0].office.clock())


def _beside(entries: str) -> str:
    return entries.replace("/tile/entries/", "/disclosures/")


def test_every_receipted_head_is_in_it(three: Three, tmp_path: Path) -> None:
    _archive(three[0], three, tmp_path / "a.zip")
    with archive.opened(tmp_path / "a.zip") as source:
        heads = {one: _heads(source, one) for one in source.hashes()}
    assert all(len(found) >= 1 for found in heads.values())


def _heads(source: BundleSource, ledger: str) -> list[bytes]:
    return [*source.older_heads(ledger), source.item(ledger, "checkpoint", 1 << 14)]
