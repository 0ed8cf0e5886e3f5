"""Attachments between nodes: said, fetched from whoever has them, relayed, resumed, refused, erased."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from blobs.attaching import attach, contents, lacking, row_of, say_with
from blobs.pictures import DEVICE, POSITION, jpeg, png
from exchange.forged import craft, field
from nodes import OFFICER, Raw, Twisted, ask, enter, forge, ledger_of, make_nodes, meet, preview, refused, say, take
from tansiq.circles.attachment import MAX_BLOB
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Author
from tansiq.desk import attaching, saying, viewing
from tansiq.desk.erasing import erase
from tansiq.errors import NotFound
from tansiq.exchange import attachments
from tansiq.exchange.attachments import Room
from tansiq.exchange.local import LocalSource
from tansiq.node.node import Node
from tansiq.records.entry import decode_entry
from tansiq.store import blobs, ledgers
from tansiq.store.blobs import BlobState

ROOM = Room(free=0)
WORDS = {"text": "Smoke over the ridge"}


def naming(circle: Circle, digests: list[str]) -> Raw:
    """An entry as a hostile party writes it, that names anything at all as attached."""
    return craft(circle, [field("text", "look")], blobs=digests)


def raw(node: Node) -> bytes:
    """Every byte of the node's store on disk."""
    return b"".join(path.read_bytes() for path in node.folder.path.glob("store.sqlite*"))


def test_a_photograph_and_a_document_arrive_and_are_what_was_attached(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ref = say_with(joc, circle, WORDS, (jpeg(), "jpg"), (b"%PDF-1.7 a plan", "pdf"))
    view = viewing.record_view(joc.office, circle.id, *ref.split("/"))
    assert sorted((one.state, one.media) for one in view.attachments) == [
        ("held", "application/pdf"),
        ("held", "image/jpeg"),
    ]
    meet(joc, mop)
    assert sorted(contents(mop, circle, ref)) == sorted(contents(joc, circle, ref))
    found = dict(contents(mop, circle, ref))
    assert found["application/pdf"] == b"%PDF-1.7 a plan"
    assert DEVICE not in found["image/jpeg"]
    assert POSITION not in raw(joc) + raw(mop)


def test_neither_name_nor_kind_nor_content_of_a_file_stands_in_the_entry(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    one, two = enter(joc, mop, name="One"), enter(joc, mop, name="Two")
    attach_once = attach(joc, png(), "png")
    releases = [*ask(one, "log", WORDS).releases, *ask(two, "log", WORDS).releases]
    refs = saying.release(joc.office, saying.SayRequest("log", WORDS, releases, attachments=[attach_once.id]), OFFICER)
    named = []
    for circle, ref in zip((one, two), refs, strict=True):
        ledger = ledger_of(joc, circle, "joc")
        with joc.database.read() as connection:
            body = ledgers.entry_bodies(connection, ledger.num, ref.index, 1)[0]
        assert b"png" not in body
        named += decode_entry(body).blobs
    # the same photograph in two circles cannot be linked, and its plain digest is nowhere
    assert len(set(named)) == 2
    assert hashlib.sha256(png()).hexdigest() not in named


def test_the_preview_says_what_goes_to_whom(three: tuple[Node, Node, Node]) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    ready = attach(joc, jpeg(), "jpg")
    request = msgspec.structs.replace(ask(circle, "log", WORDS), attachments=[ready.id])
    columns = {one.party: one for one in saying.preview(joc.office, request, OFFICER)}
    assert [one.media for one in columns["mop"].attachments] == ["image/jpeg"]
    assert columns["mop"].attachments[0].removed > 0
    assert columns["coalition"].attachments == []
    assert preview(joc, circle, "log", WORDS)["mop"].attachments == []


def test_a_file_is_laid_ready_for_its_account_alone(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ready = attach(joc, png(), "png")
    other = Author("another", "watch", ("duty_officer",))
    request = msgspec.structs.replace(ask(circle, "log", WORDS), attachments=[ready.id])
    with refused("blob.no_upload"):
        saying.release(joc.office, request, other)
    attaching.take_away(joc.office, other, ready.id)
    twice = msgspec.structs.replace(request, attachments=[ready.id] * 2)
    with refused("blob.too_many"):
        saying.release(joc.office, twice, OFFICER)
    saying.release(joc.office, request, OFFICER)
    with refused("blob.no_upload"):  # said once, it no longer lies ready
        saying.release(joc.office, request, OFFICER)
    with refused("gate.may_not_release"):
        attaching.lay_ready(joc.office, Author("guest", "watch", ("reader",)), png(), "png")
    with refused("blob.unclean"):
        attach(joc, jpeg()[:400], "jpg")


def test_receipts_and_heads_do_not_wait_for_attachments(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ref = say_with(joc, circle, WORDS, (os.urandom(50_000), "zip"))
    taken = take(mop, joc, circle)
    assert taken.own_receipt
    view = viewing.record_view(mop.office, circle.id, *ref.split("/"))
    assert [one.state for one in view.attachments] == ["on_its_way"]
    with refused("blob.on_its_way"):
        viewing.attachment_content(mop.office, circle.id, "joc", ref.split("/")[1], view.attachments[0].digest)


def test_an_attachment_comes_from_any_member_that_has_it(three: tuple[Node, Node, Node]) -> None:
    joc, mop, coalition = three
    circle = enter(*three)
    ref = say_with(joc, circle, WORDS, (png(), "png"))
    meet(joc, mop)
    meet(mop, coalition)  # joc is away
    assert contents(coalition, circle, ref) == contents(joc, circle, ref)


def test_fetching_goes_on_where_it_was_cut_off(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ref = say_with(joc, circle, WORDS, (os.urandom(100_000), "zip"))
    take(mop, joc, circle)
    ledger, blob = lacking(mop, circle, "joc")[0]
    source = Twisted(LocalSource(joc.database, "mop"), lambda _path, data: data)
    size = row_of(joc, circle, "joc", blob.digest).size
    steps = attachments.fetch(mop.database, source, ledger, blob, size, "joc", ROOM, 8192)
    assert [next(steps), next(steps), steps.send(4096)] == [8192, 16384, 20480]
    steps.close()
    source.asked.clear()
    again = attachments.fetch(mop.database, source, ledger, blob, size, "joc", ROOM, 65536)
    first, *_ = again
    assert first == 20480 + 65536
    assert source.asked[0].endswith("/20480-86016")
    assert contents(mop, circle, ref) == contents(joc, circle, ref)


def test_the_smallest_comes_first(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    say_with(joc, circle, WORDS, (os.urandom(90_000), "zip"), (b"short", "txt"), (os.urandom(20_000), "zip"))
    take(mop, joc, circle)
    source = Twisted(LocalSource(joc.database, "mop"), lambda _path, data: data)
    attachments.fetch_all(mop.database, source, [ledger_of(mop, circle, "joc")], "joc", ROOM)
    asked = [path.rsplit("/", 1)[1] for path in source.asked if not path.endswith("/size")]
    ends = [int(one.split("-")[1]) for one in asked]
    assert ends == sorted(ends)
    assert ends[0] == 4096


@pytest.mark.parametrize(
    ("twist", "code"),
    [
        (lambda path, data: data if path.endswith("size") else b"x" * len(data), "blob.wrong_digest"),
        (lambda path, data: (1 << 40).to_bytes(8, "big") if path.endswith("size") else data, "blob.too_large"),
        (lambda path, data: bytes(8) if path.endswith("size") else data, "blob.too_large"),
        (lambda path, data: data if path.endswith("size") else data[:-1], "blob.bad_piece"),
        (lambda path, data: data if path.endswith("size") else b"", "blob.bad_piece"),
        (lambda path, data: (4096).to_bytes(8, "big") if path.endswith("size") else data, "blob.wrong_digest"),
    ],
)
def test_a_lying_peer_is_named_and_leaves_nothing_behind(
    pair: tuple[Node, Node], twist: Callable[[str, bytes], bytes], code: str
) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ref = say_with(joc, circle, WORDS, (os.urandom(60_000), "zip"))
    take(mop, joc, circle)
    liar = Twisted(LocalSource(joc.database, "mop"), twist)
    ledger = ledger_of(mop, circle, "joc")
    found = attachments.fetch_all(mop.database, liar, [ledger], "joc", ROOM)
    assert [one.code for one in found] == [code]
    if code == "blob.wrong_digest":
        assert found[0].params["peer"] == "joc"
    _, blob = lacking(mop, circle, "joc")[0]
    assert (blob.state, blob.received) == (BlobState.WANTED, 0)
    meet(joc, mop)  # and the true one is taken afterwards
    assert contents(mop, circle, ref) == contents(joc, circle, ref)


def test_when_pieces_of_two_peers_do_not_fit_one_peer_gives_the_whole(three: tuple[Node, Node, Node]) -> None:
    joc, mop, coalition = three
    circle = enter(*three)
    ref = say_with(joc, circle, WORDS, (os.urandom(60_000), "zip"))
    meet(joc, mop)
    take(coalition, joc, circle)
    ledger, blob = lacking(coalition, circle, "joc")[0]
    size = row_of(joc, circle, "joc", blob.digest).size
    attachments.take_piece(coalition.database, ledger, blob.digest, size, 0, b"x" * 4096, "mop", ROOM)
    true = LocalSource(joc.database, "coalition")
    found = attachments.fetch_all(coalition.database, true, [ledger], "joc", ROOM)
    # joc only went on with what mop had begun, so neither is called a liar
    assert [(one.code, one.params["peer"]) for one in found] == [("blob.wrong_digest", "-")]
    _, blob = lacking(coalition, circle, "joc")[0]
    assert blob.alone
    attachments.take_piece(coalition.database, ledger, blob.digest, size, 0, b"x" * 4096, "mop", ROOM)
    with refused("blob.moved_on"):
        attachments.take_piece(coalition.database, ledger, blob.digest, size, 4096, b"x" * 4096, "joc", ROOM)
    assert attachments.fetch_all(coalition.database, true, [ledger], "joc", ROOM) == []
    assert contents(coalition, circle, ref) == contents(joc, circle, ref)


def test_a_digest_of_another_circle_opens_nothing_and_destroys_nothing(three: tuple[Node, Node, Node]) -> None:
    joc, mop, coalition = three
    ours, theirs = enter(joc, mop, name="Ours"), enter(coalition, mop, name="Theirs")
    ref = say_with(joc, ours, WORDS, (png(), "png"))
    meet(joc, mop)
    digest = row_of(mop, ours, "joc", _digests(mop, ours, ref)[0]).digest
    # a hostile party names the digest in its own ledger, asks for it as a member of that circle, and erases it
    forge(coalition, theirs, naming(theirs, [digest]))
    take(mop, coalition, theirs)
    hostile = ledger_of(mop, theirs, "coalition")
    assert row_of(mop, theirs, "coalition", digest).state is BlobState.WANTED
    source = LocalSource(mop.database, "coalition")
    with mop.database.read() as connection:
        path = attachments.path_of(connection, row_of(mop, theirs, "coalition", digest))
    for tail in ("", "/size", "/0-4096"):
        with pytest.raises(NotFound):
            source.item(hostile.hash, path + tail, 1 << 26)
        with pytest.raises(NotFound):
            source.item(ledger_of(mop, ours, "joc").hash, f"blob/{ref.split('/')[1]}/{digest}{tail}", 1 << 26)
    with mop.database.write() as connection:
        blobs.destroy(connection, hostile.num, [digest])
    assert contents(mop, ours, ref) == contents(joc, ours, ref)


def _digests(node: Node, circle: Circle, ref: str) -> list[str]:
    view = viewing.record_view(node.office, circle.id, *ref.split("/"))
    return [one.digest for one in view.attachments]


@pytest.mark.parametrize("digest", ["../../../etc/passwd" + "0" * 45, "A" * 64, "%2e%2e" + "0" * 58, "0" * 63 + "\n"])
def test_an_entry_that_names_anything_but_a_digest_is_refused(pair: tuple[Node, Node], digest: str) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    forge(joc, circle, naming(circle, [digest]))
    with refused("entry.malformed"):
        take(mop, joc, circle)


@pytest.mark.parametrize(
    "tail",
    [
        "/",
        "/0-0",
        "/5-4",
        "/0-4097",
        "/-1-4",
        "/0-",
        "/a-b",
        "/٠-٩",
        "/../size",
        "/size/",
        "/0-9999999999",
        "/0-4096/x",
    ],
)
def test_pieces_that_do_not_exist_are_not_there(pair: tuple[Node, Node], tail: str) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ref = say_with(joc, circle, WORDS, (b"small", "txt"))
    meet(joc, mop)
    path = f"blob/{ref.split('/')[1]}/{_digests(joc, circle, ref)[0]}"
    source = LocalSource(joc.database, "mop")
    assert len(source.item(ledger_of(joc, circle, "joc").hash, f"{path}/0-4096", 4096)) == 4096
    with pytest.raises(NotFound):
        source.item(ledger_of(joc, circle, "joc").hash, path + tail, 1 << 26)


def test_a_ledger_that_is_full_takes_no_more_and_goes_on_with_more_room(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    first = say_with(joc, circle, WORDS, (os.urandom(20_000), "zip"))
    ref = say_with(joc, circle, WORDS, (os.urandom(40_000), "zip"))
    take(mop, joc, circle)
    source, ledger = LocalSource(joc.database, "mop"), ledger_of(mop, circle, "joc")
    found = attachments.fetch_all(mop.database, source, [ledger], "joc", Room(50_000, 0))
    assert [one.code for one in found] == ["blob.over_limit"]
    assert contents(mop, circle, first) == contents(joc, circle, first)
    assert attachments.fetch_all(mop.database, source, [ledger], "joc", Room(100_000, 0)) == []
    assert contents(mop, circle, ref) == contents(joc, circle, ref)
    with refused("blob.disk_full"):
        forge(joc, circle, naming(circle, ["0" * 64]))
        take(mop, joc, circle)
        attachments.take_piece(mop.database, ledger, "0" * 64, 4096, 0, b"x", "joc", Room(1 << 30, 1 << 60))


def test_what_no_entry_names_is_not_taken(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    say(joc, circle, "log", WORDS)
    meet(joc, mop)
    ledger = ledger_of(mop, circle, "joc")
    for digest in ("0" * 64, "../x", ""):
        with refused("blob.not_named"):
            attachments.take_piece(mop.database, ledger, digest, 4096, 0, b"x", "joc", ROOM)
        with refused("blob.not_named"):
            attachments.take_whole(mop.database, ledger, digest, b"x", "joc", ROOM)
    for size in (0, -1, MAX_BLOB + 1):
        with refused("blob.too_large"):
            attachments.take_piece(mop.database, ledger, "0" * 64, size, 0, b"x", "joc", ROOM)


def test_erasing_destroys_attachments_everywhere_and_for_good(three: tuple[Node, Node, Node]) -> None:
    joc, mop, coalition = three
    circle = enter(*three)
    secret = b"the face that must go " * 400
    ref = say_with(joc, circle, WORDS, (secret, "txt"))
    other = say_with(joc, circle, WORDS, (b"this stays", "txt"))
    meet(joc, mop)
    assert secret[:100] in raw(mop)
    # the third has only a piece of it when the erasure comes
    take(coalition, joc, circle)
    ledger, blob = lacking(coalition, circle, "joc")[0]
    size = row_of(joc, circle, "joc", blob.digest).size
    steps = attachments.fetch(
        coalition.database, LocalSource(joc.database, "coalition"), ledger, blob, size, "joc", ROOM, 4096
    )
    next(steps)
    assert secret[:100] in raw(coalition)
    piece = LocalSource(joc.database, "coalition").item(ledger.hash, _path(coalition, blob) + "/4096-8192", 4096)
    erase(joc.office, circle.id, ref.split("/")[1], "personal", OFFICER)
    meet(joc, mop)
    meet(mop, coalition)
    # a piece that comes later is not kept, and nobody asks for it again
    assert (
        attachments.take_piece(coalition.database, ledger, blob.digest, size, 4096, piece, "joc", ROOM).state
        is BlobState.GONE
    )
    for node in three:
        assert secret[:60] not in raw(node)
        view = viewing.record_view(node.office, circle.id, *ref.split("/"))
        assert [one.state for one in view.attachments] == ["erased"]
        with refused("blob.erased"):
            viewing.attachment_content(node.office, circle.id, "joc", ref.split("/")[1], blob.digest)
        assert [one for _, one in contents(node, circle, other)] == [b"this stays"]


def _path(node: Node, blob: blobs.BlobRow) -> str:
    with node.database.read() as connection:
        return attachments.path_of(connection, blob)


def test_a_late_comer_never_asks_for_what_was_erased(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "coalition")
    joc, coalition = nodes.values()
    circle = enter(joc, coalition)
    ref = say_with(joc, circle, WORDS, (b"gone before it came", "txt"))
    erase(joc.office, circle.id, ref.split("/")[1], "mistake", OFFICER)
    source = Twisted(LocalSource(joc.database, "coalition"), lambda _path, data: data)
    take(coalition, joc, circle, source=source)
    assert lacking(coalition, circle, "joc") == []
    assert attachments.fetch_all(coalition.database, source, [ledger_of(coalition, circle, "joc")], "joc", ROOM) == []
    assert not [path for path in source.asked if path.startswith("blob/")]
    for node in nodes.values():
        node.close()


def test_a_statement_that_is_refused_leaves_no_attachment_and_keeps_the_file_ready(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    ready = attach(joc, png(), "png")
    request = msgspec.structs.replace(ask(circle, "log", {"text": "x"}, withhold=["text"]), attachments=[ready.id])
    with refused("gate.nothing_told"):
        saying.release(joc.office, request, OFFICER)
    with joc.database.read() as connection:
        assert blobs.stored(connection, ledger_of(joc, circle, "joc").num) == 0
        assert attaching.ready(connection, OFFICER, [ready.id]) == [ready]


def test_what_another_program_sealed_otherwise_is_held_and_handed_out_as_bytes(pair: tuple[Node, Node]) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    odd = b"no blob of ours"
    digest = hashlib.sha256(odd).hexdigest()
    forge(joc, circle, naming(circle, [digest]))
    take(mop, joc, circle)
    ledger = ledger_of(mop, circle, "joc")
    assert attachments.take_whole(mop.database, ledger, digest, odd, "joc", ROOM)
    with mop.database.read() as connection:
        opened = attaching.content_of(connection, ledger.num, [ledger.size - 1], digest)
    assert (opened.media, opened.content) == ("application/octet-stream", odd)
