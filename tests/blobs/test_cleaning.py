"""What a camera writes beside a picture does not leave the node; the picture does, unchanged."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobs.pictures import DEVICE, POSITION, chunk, done_or, exif, jpeg, png, segment, webp
from nodes import refused
from tansiq.circles.attachment import media_of
from tansiq.circles.cleaning import clean

MADE = {"image/jpeg": jpeg(), "image/png": png(), "image/webp": webp()}


@pytest.mark.parametrize("media", MADE)
def test_position_and_device_are_gone(media: str) -> None:
    told = MADE[media]
    assert media_of(told, "") == media
    cleaned = clean(media, told)
    assert POSITION in told
    assert DEVICE in told
    assert POSITION not in cleaned
    assert DEVICE not in cleaned
    assert media_of(cleaned, "") == media
    assert clean(media, cleaned) == cleaned


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photograph_stays_the_right_way_up(turned: int, order: str) -> None:
    cleaned = clean("image/jpeg", jpeg(turned, order))
    assert cleaned.count(b"Exif\0\0") == (turned != 1)
    if turned != 1:
        at = cleaned.index(b"Exif\0\0") + 6
        assert cleaned[at : at + 8] == b"MM\0*\0\0\0\x08"
        assert struct.unpack_from(">HHHIHH", cleaned, at + 8) == (1, 0x0112, 3, 1, turned, 0)


def test_what_draws_a_photograph_is_kept_byte_for_byte() -> None:
    told = jpeg()
    cleaned = clean("image/jpeg", told)
    drawing = told[told.index(b"\xff\xdb") : told.rindex(b"\xff\xd9") + 2]
    assert cleaned.endswith(drawing)


def test_a_small_copy_in_the_header_goes() -> None:
    told = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\x05\x05" + DEVICE * 2) + jpeg()[20:]
    cleaned = clean("image/jpeg", told)
    assert cleaned.startswith(b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0"))
    assert DEVICE not in cleaned


def test_a_marker_inside_the_coded_data_hides_nothing() -> None:
    scan = b"\x12\xff\x00\x34\xff\xd0\x56"
    whole = b"\xff\xd8" + segment(0xC0, bytes(9)) + segment(0xDA, bytes(6)) + scan
    told = whole + segment(0xFE, DEVICE) + segment(0xDA, bytes(6)) + scan + b"\xff\xd9"
    assert clean("image/jpeg", told) == whole + segment(0xDA, bytes(6)) + scan + b"\xff\xd9"


def test_the_pixels_of_a_png_are_kept() -> None:
    told = png(5, 3)
    cleaned = clean("image/png", told)
    at = cleaned.index(b"IDAT")
    (length,) = struct.unpack_from(">I", cleaned, at - 4)
    again = png(5, 3)
    assert cleaned[at : at + length] == again[again.index(b"IDAT") :][:length]
    assert len(zlib.decompress(cleaned[at + 4 : at + 4 + length])) == 3 * (1 + 5 * 3)


@pytest.mark.parametrize(
    "content",
    [
        jpeg()[:-200],
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + segment(0xE1, exif())[:-4],
        b"\xff\xd8\xff\xe0\0\1",
        b"\xff\xd8" + b"nothing of the kind" + b"\xff\xd9",
    ],
)
def test_a_broken_photograph_is_not_let_through(content: bytes) -> None:
    with refused("blob.unclean"):
        clean("image/jpeg", content)


@pytest.mark.parametrize(
    "content",
    [
        png()[:60],
        png().replace(b"IDAT", b"IDAX"),
        png()[:8] + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        png()[:33] + chunk(b"XyzZ", DEVICE) + chunk(b"IEND", b""),
    ],
)
def test_a_broken_png_is_not_let_through(content: bytes) -> None:
    with refused("blob.unclean"):
        clean("image/png", content)


@given(st.sampled_from(sorted(MADE)), st.data())
def test_a_damaged_picture_is_cleaned_for_good_or_refused(media: str, data: st.DataObject) -> None:
    told = bytearray(MADE[media])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(told) - 1))
        told[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    cleaned = done_or("blob.unclean", clean, media, bytes(told))
    if cleaned is not None:
        assert len(cleaned) <= len(told) + 4
        assert clean(media, cleaned) == cleaned


@given(st.lists(st.tuples(st.sampled_from([*range(0xE0, 0xF0), 0xFE, 0x02, 0xF7]), st.binary(max_size=60))))
def test_whatever_is_written_beside_a_photograph_does_not_change_what_leaves(beside: list[tuple[int, bytes]]) -> None:
    plain = b"\xff\xd8" + jpeg()[20:]
    drawing = plain[plain.index(b"\xff\xdb") : plain.rindex(b"\xff\xd9") + 2]
    kept = [(m, b) for m, b in beside if (m, b[:5]) != (0xE0, b"JFIF\0") and b[:5] != b"Adobe"]
    told = b"\xff\xd8" + b"".join(segment(marker, b"x" + body) for marker, body in kept) + drawing
    assert clean("image/jpeg", told) == b"\xff\xd8" + drawing


@given(st.binary(max_size=400))
def test_any_bytes_are_cleaned_or_refused(content: bytes) -> None:
    for media, begin in (("image/jpeg", b"\xff\xd8"), ("image/png", b"\x89PNG\r\n\x1a\n"), ("image/webp", b"RIFF")):
        cleaned = done_or("blob.unclean", clean, media, begin + content)
        assert cleaned is None or clean(media, cleaned) == cleaned
