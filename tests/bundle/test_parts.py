"""A bundle in parts: any order, repeated, over days; what is missing or damaged is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from nodes import assert_in_words, enter, refused, say, shared_digests
from tansiq.errors import MalformedInput
from tansiq.exchange import bundle_parts
from tansiq.exchange.bundle_parts import Part, encode_part, gather, ranges, split
from tansiq.node.node import Node

from .carrying import make, read, refusals

QR = 1800


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A file of some kilobytes."""
    path = tmp_path / "a.tqb"
    path.write_bytes(hashlib.shake_128(b"bundle").digest(20_000))
    return path


def test_parts_for_qr_codes_come_together_in_any_order(whole: Path, tmp_path: Path) -> None:
    parts = split(whole, QR)
    assert [part.name for part in parts][:2] == ["a.tqb.001.tqp", "a.tqb.002.tqp"]
    assert max(part.stat().st_size for part in parts) <= QR
    parts = parts[::2] + parts[1::2][::-1]

    found = gather([*parts, *parts[:3]], tmp_path / "incoming")

    assert found.damaged == []
    [one] = found.wholes
    assert one.missing == []
    assert one.file is not None
    assert one.file.read_bytes() == whole.read_bytes()


def test_missing_parts_are_named_and_those_that_came_are_kept(whole: Path, tmp_path: Path) -> None:
    parts = split(whole, QR)
    store = tmp_path / "incoming"
    [first] = gather([parts[0], parts[4]], store).wholes
    assert first.missing == [2, 3, 4, *range(6, len(parts) + 1)]
    assert first.file is None
    [rest] = gather([parts[1], parts[2], parts[3], *parts[5:]], store).wholes
    assert rest.missing == []
    assert rest.file is not None
    assert rest.file.read_bytes() == whole.read_bytes()
    bundle_parts.forget(store, rest.whole)
    assert list(store.iterdir()) == []


def test_a_damaged_part_is_named_and_the_good_one_replaces_it(whole: Path, tmp_path: Path) -> None:
    parts = split(whole, QR)
    good = parts[2].read_bytes()
    for at in (0, 5, 40, 60, 90, len(good) - 1):
        bad = bytearray(good)
        bad[at] ^= 1
        parts[2].write_bytes(bytes(bad))
        found = gather([parts[2]], tmp_path / "incoming")
        assert found.damaged == [parts[2].name]
        assert found.wholes == []
    parts[2].write_bytes(good[:-1])
    found = gather(parts, tmp_path / "incoming")
    assert found.damaged == [parts[2].name]
    assert [one.missing for one in found.wholes] == [[3]]
    parts[2].write_bytes(good)
    [one] = gather([parts[2]], tmp_path / "incoming").wholes
    assert one.file is not None


def test_false_parts_that_hold_by_themselves_do_not_pass(whole: Path, tmp_path: Path) -> None:
    digest = bundle_parts.file_digest(whole)
    false = tmp_path / "false.001.tqp"
    false.write_bytes(encode_part(Part(digest, 1, 1, b"not that file")))
    with refused("bundle.parts_disagree"):
        gather([false], tmp_path / "incoming")
    [one] = gather(split(whole, QR), tmp_path / "incoming").wholes
    assert one.file is not None


def test_parts_of_two_bundles_and_of_two_cuts_do_not_mix(whole: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.tqb"
    other.write_bytes(b"another file" * 400)
    coarse = [path.rename(path.with_suffix(".coarse")) for path in split(whole, 10_000)]
    found = gather([*split(whole, QR), *coarse[:1], *split(other, QR)], tmp_path / "incoming")
    contents = [one.file.read_bytes() for one in found.wholes if one.file is not None]
    assert contents == [whole.read_bytes(), other.read_bytes()]


@pytest.mark.parametrize("size", [0, 255, (64 << 20) + 1, -5])
def test_a_part_size_out_of_bounds_is_refused(whole: Path, size: int) -> None:
    with pytest.raises(MalformedInput) as caught:
        split(whole, size)
    assert caught.value.code == "bundle.part_size"
    assert_in_words(caught.value)


def test_numbers_are_shown_as_ranges() -> None:
    assert ranges([2, 5, 6, 7, 9]) == "2, 5–7, 9"


def test_a_bundle_in_parts_is_the_same_bundle(three: tuple[Node, Node, Node], tmp_path: Path) -> None:
    joc, mop, _ = three
    circle = enter(joc, mop)
    say(joc, circle, "message", {"text": "In parts", "lang": "en"})
    make(joc, circle, tmp_path / "a.tqb")
    [one] = gather(split(tmp_path / "a.tqb", 600), mop.folder.path / "incoming").wholes
    assert one.file is not None
    assert refusals(read(mop, one.file)) == {}
    origin = circle.origin(joc.config.party)
    assert shared_digests(mop, circle)[origin] == shared_digests(joc, circle)[origin]
