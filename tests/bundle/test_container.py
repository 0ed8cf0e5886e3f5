"""The ZIP file inside a bundle: what we write any program reads; what is not ours is refused before it unpacks."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes import assert_in_words, enter, refused_unchanged, say
from tansiq.errors import MalformedInput
from tansiq.exchange import container
from tansiq.exchange.bundle import limit_of
from tansiq.exchange.container import Container, zip_stream
from tansiq.ledger import tiles
from tansiq.node.node import Node

from .carrying import encrypted, items_of, make, opened, read, refusals, repacked

SAMPLE = {"tansiq.json": b"{}", "cards/joc.txt": b"a card\n" * 200, "cards/mop.txt": b""}


def _written(items: dict[str, bytes]) -> bytes:
    return b"".join(zip_stream(items.items()))


def _by_python(names: list[str], data: bytes = b"x", method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name in names:
            made.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def _content(data: bytes) -> dict[str, bytes]:
    found = Container(io.BytesIO(data), limit_of)
    return {name: found.read(name) for name in found.items}


def _refused(data: bytes) -> None:
    with pytest.raises(MalformedInput) as caught:
        _content(data)
    assert caught.value.code == "bundle.bad_container"
    assert_in_words(caught.value)


def test_what_is_written_is_read_by_us_and_by_others() -> None:
    data = _written(SAMPLE)
    found = Container(io.BytesIO(data), limit_of)
    assert {name: found.read(name) for name in found.items} == SAMPLE
    with zipfile.ZipFile(io.BytesIO(data)) as theirs:
        assert theirs.testzip() is None
        assert {name: theirs.read(name) for name in theirs.namelist()} == SAMPLE


def test_a_file_goes_in_without_being_held_in_memory(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(bytes(range(256)) * 5000)
    pieces = list(zip_stream([("viewer.html", big)]))
    assert max(map(len, pieces)) <= container.CHUNK
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).read("viewer.html") == big.read_bytes()


TRAVERSAL = ["../evil", "cards/../../evil", "/etc/passwd", "cards\\joc.txt", "c:evil", "cards//joc.txt"]
FOREIGN = ["CARDS/JOC.TXT", "cards/joc.txt/", "unknown.bin", "cards/ا.txt", "cards/jo c.txt", "", "a" * 300]


@pytest.mark.parametrize("name", [*TRAVERSAL, *FOREIGN])
def test_a_name_outside_the_grammar_is_refused(name: str) -> None:
    _refused(_by_python([name]))


def test_a_zero_byte_in_a_name_is_refused() -> None:
    _refused(_by_python(["cards/jocX.txt"]).replace(b"jocX", b"joc\0"))


def test_the_same_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _by_python(["cards/joc.txt", "cards/joc.txt"])
    _refused(data)


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    _refused(_by_python(["cards/joc.txt"], b"\0" * 16_000, zipfile.ZIP_DEFLATED))
    _refused(_by_python(["tansiq.json"], b" " * (2 << 20), zipfile.ZIP_DEFLATED))


def test_a_size_that_lies_is_refused() -> None:
    data = bytearray(_by_python(["tansiq.json"], b"\0" * 50_000, zipfile.ZIP_DEFLATED))
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = struct.pack("<I", 60)
    _refused(bytes(data))


def test_more_items_than_there_may_be_are_refused() -> None:
    with pytest.raises(MalformedInput) as caught:
        for _ in zip_stream((f"cards/a{number}.txt", b"") for number in range(container.MAX_ITEMS + 1)):
            pass
    assert caught.value.code == "bundle.too_large"
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65_535, 65_535, 0, 0, 0)
    _refused(end)


def test_overlapping_items_are_refused() -> None:
    data = bytearray(_written({"cards/joc.txt": b"one", "cards/mop.txt": b"one"}))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    _refused(bytes(data))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data + b"x",
        lambda data: b"x" + data,
        lambda data: data[:40] + b"inserted" + data[40:],
        lambda data: data.replace(b"PK\5\6", b"PK\6\6"),
    ],
)
def test_a_cut_or_stretched_file_is_refused(change: Callable[[bytes], bytes]) -> None:
    _refused(change(_written(SAMPLE)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method: int) -> None:
    _refused(_by_python(["tansiq.json"], b"{}" * 50, method))


@given(st.data())
def test_no_change_of_a_byte_gives_another_content(data: st.DataObject) -> None:
    whole = bytearray(_written(SAMPLE))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        content = _content(bytes(whole))
    except MalformedInput as refused:
        content = {"refused": refused.code.encode()}
    # a name is not under the CRC: it may turn into another allowed one, never one content into another
    allowed = {b"bundle.bad_container", *SAMPLE.values()}
    assert allowed.issuperset(content.values())


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_without_another_error(data: bytes) -> None:
    _refused(data)


def test_a_hostile_file_inside_a_well_encrypted_bundle_changes_nothing(
    three: tuple[Node, Node, Node], tmp_path: Path
) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    say(joc, circle, "message", {"text": "x", "lang": "en"})
    make(joc, circle, tmp_path / "a.tqb")
    with opened(mop, tmp_path / "a.tqb") as source:
        items = items_of(source)
    bomb = zlib.compress(b"\0" * 1000)
    for plain in (
        b"",
        b"no zip",
        _by_python(["../../keys/log.seed"]),
        _written({name: data for name, data in items.items() if name != "tansiq.json"}),
        _written(items)[:-30],
        _written({**items, "tansiq.json": b'{"v":1}'}),
        _written({**items, "tansiq.json": b"[" * 100_000}),
        bomb,
    ):
        bad = encrypted(mop, plain, tmp_path / "bad.tqb")
        with refused_unchanged("bundle.bad_container", mop):
            read(mop, bad)


def test_a_bundle_that_asks_for_endless_work_or_is_newer_is_refused(
    three: tuple[Node, Node, Node], tmp_path: Path
) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    make(joc, circle, tmp_path / "a.tqb")
    with opened(mop, tmp_path / "a.tqb") as source:
        items = items_of(source)
        [ledger] = source.hashes()
    head = items[f"{ledger}/checkpoint"]
    newer = {**items, "tansiq.json": items["tansiq.json"].replace(b'"v":1', b'"v":2,"more":[]')}
    with refused_unchanged("bundle.newer", mop):
        read(mop, repacked(mop, newer, tmp_path / "newer.tqb"))
    with refused_unchanged("bundle.bad_container", mop):
        read(mop, repacked(mop, {**items, f"{'0' * 64}/checkpoint": head}, tmp_path / "unnamed.tqb"))
    many = {**items, f"{ledger}/checkpoints/000": tiles.encode_bundle([head] * 256)}
    assert refusals(read(mop, repacked(mop, many, tmp_path / "many.tqb"))) == {"joc": "bundle.bad_container"}
