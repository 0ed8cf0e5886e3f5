"""The values that C2SP tlog-tiles gives in its text."""

from __future__ import annotations

from tansiq.ledger.tiles import LevelTiles, level_tiles, parse_tile_path, tile_path


def test_a_tree_of_seventy_thousand_leaves_has_the_tiles_of_the_text() -> None:
    assert list(level_tiles(70_000)) == [LevelTiles(0, 273, 112), LevelTiles(1, 1, 17), LevelTiles(2, 0, 1)]


def test_a_tree_of_256_leaves_has_one_full_tile_and_one_hash_above_it() -> None:
    assert list(level_tiles(256)) == [LevelTiles(0, 1, 0), LevelTiles(1, 0, 1)]


def test_the_index_of_the_text_is_spelt_as_there() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert parse_tile_path("tile/0/x001/x234/067").index == 1234067
