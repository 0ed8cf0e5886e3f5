"""The names and bytes of tiles and bundles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import Refused
from tansiq.ledger import tiles

from ._refused import refused

entries = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=tiles.TILE_WIDTH)
hashes = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20)
indexes = st.integers(0, 2**63 - 1)
widths = st.integers(1, 256)


@given(st.integers(0, 63), indexes, widths)
def test_a_path_comes_back_as_its_tile(level: int, index: int, width: int) -> None:
    path = tiles.tile_path(level, index, width)
    assert tiles.parse_tile_path(path) == tiles.TilePath(level, index, width)
    assert str(tiles.parse_tile_path(path)) == path
    bundle = tiles.entries_path(index, width)
    assert tiles.parse_tile_path(bundle) == tiles.TilePath(None, index, width)
    assert str(tiles.parse_tile_path(bundle)) == bundle


def test_full_and_partial_tiles_have_their_names() -> None:
    assert tiles.tile_path(1, 5) == "tile/1/005"
    assert tiles.tile_path(1, 1005, 17) == "tile/1/x001/005.p/17"
    assert tiles.entries_path(999, 1) == "tile/entries/999.p/1"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/001/000",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "tile/data/000",
        "tile/0/x009/x999/x999/x999/x999/x999/999",
        "tile/0/" + "x001/" * 30 + "000",
    ],
)
def test_any_other_spelling_of_a_path_is_refused(path: str) -> None:
    with refused("tile.path"):
        tiles.parse_tile_path(path)


def test_a_path_that_no_tile_has_is_not_made() -> None:
    with refused("tile.level"):
        tiles.tile_path(64, 0)
    with refused("tile.index"):
        tiles.tile_path(0, -1)
    with refused("tile.width"):
        tiles.entries_path(0, 0)


@given(st.integers(0, 2**40))
def test_the_tiles_of_a_size_hold_every_complete_subtree(size: int) -> None:
    found = list(tiles.level_tiles(size))
    for at, level in enumerate(found):
        assert level.level == at
        assert level.full * 256 + level.partial == size // 256**at > 0
        assert level.partial == tiles.partial_width(at, size)
    assert size // 256 ** len(found) == 0


@given(entries)
def test_a_bundle_comes_back_as_its_entries(given_entries: list[bytes]) -> None:
    data = tiles.encode_bundle(given_entries)
    assert tiles.decode_bundle(data, len(given_entries)) == given_entries


@given(entries, st.data())
def test_a_bundle_that_is_cut_or_goes_on_is_refused(given_entries: list[bytes], data: st.DataObject) -> None:
    raw = tiles.encode_bundle(given_entries)
    end = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(Refused):
        tiles.decode_bundle(raw[:end], len(given_entries))
    with pytest.raises(Refused):
        tiles.decode_bundle(raw + data.draw(st.binary(min_size=1, max_size=9)), len(given_entries))


def test_the_largest_entry_goes_into_a_bundle_and_one_byte_more_does_not() -> None:
    largest = bytes(65_535)
    assert tiles.decode_bundle(tiles.encode_bundle([largest]), 1) == [largest]
    with refused("tile.entry_too_large"):
        tiles.encode_bundle([largest + b"!"])


@pytest.mark.parametrize(
    ("data", "expected", "code"),
    [
        (b"", 1, "tile.count"),
        (b"\x00\x01a", 2, "tile.count"),
        (b"\x00\x01a", 0, "tile.count"),
        (b"\x00\x01a", 257, "tile.count"),
        (b"\x00\x01a\x00\x01b", 1, "tile.trailing_bytes"),
        (b"\x00\x01a\x00", 1, "tile.trailing_bytes"),
        (b"\x00", 1, "tile.cut_short"),
        (b"\x00\x02a", 1, "tile.cut_short"),
        (b"\x00\x01a\x00", 2, "tile.cut_short"),
        (b"\x00\x00", 1, "tile.entry_empty"),
        (b"\x00\x00\x00\x01a", 2, "tile.entry_empty"),
        (bytes(tiles.MAX_BUNDLE + 1), 1, "tile.too_large"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, expected: int, code: str) -> None:
    with refused(code):
        tiles.decode_bundle(data, expected)


def test_a_bundle_of_nothing_of_too_many_or_of_an_empty_entry_is_not_made() -> None:
    with refused("tile.count"):
        tiles.encode_bundle([])
    with refused("tile.count"):
        tiles.encode_bundle([b"a"] * 257)
    with refused("tile.entry_empty"):
        tiles.encode_bundle([b""])


@given(hashes)
def test_a_tile_comes_back_as_its_hashes(given_hashes: list[bytes]) -> None:
    data = tiles.encode_tile(given_hashes)
    assert tiles.decode_tile(data, len(given_hashes)) == given_hashes
    with refused("tile.hash_size"):
        tiles.decode_tile(data[:-1], len(given_hashes))
    with refused("tile.hash_size"):
        tiles.decode_tile(data, len(given_hashes) + 1)


def test_a_tile_of_nothing_of_too_many_or_of_short_hashes_is_not_made() -> None:
    for count in (0, 257):
        with refused("tile.count"):
            tiles.encode_tile([bytes(32)] * count)
        with refused("tile.count"):
            tiles.decode_tile(bytes(32 * count), count)
    with refused("tile.hash_size"):
        tiles.encode_tile([bytes(31)])
