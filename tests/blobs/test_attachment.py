"""The blob: what is in it, what its size and digest say to whom."""

from __future__ import annotations

import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobs.pictures import done_or
from nodes import refused
from tansiq.circles.attachment import (
    MAX_BLOB,
    MAX_CONTENT,
    digest_of,
    media_of,
    padded_size,
    read_head,
    seal,
    sealed_size,
    shown_media,
    unseal,
)


@given(st.sampled_from(["image/png", "text/plain", "application/pdf"]), st.binary(min_size=1, max_size=9000))
def test_what_is_sealed_is_what_is_opened(media: str, content: bytes) -> None:
    blob = seal(media, content)
    assert (unseal(blob).media, unseal(blob).content) == (media, content)
    assert read_head(blob[:280])[:2] == (media, len(content))
    assert sealed_size(media, len(content)) == len(blob)


def test_one_photograph_in_two_circles_has_two_digests() -> None:
    assert digest_of(seal("image/png", b"the same")) != digest_of(seal("image/png", b"the same"))


def test_a_guess_of_an_erased_content_cannot_be_tested() -> None:
    left = digest_of(seal("text/plain", b"yes"))
    guesses = {hashlib.sha256(guess).hexdigest() for guess in (b"yes", b"no")}
    guesses |= {digest_of(seal("text/plain", guess, bytes(16))) for guess in (b"yes", b"no")}
    assert left not in guesses


@given(st.integers(1, MAX_BLOB - 1024))
def test_sizes_go_in_steps_and_waste_little(size: int) -> None:
    padded = padded_size(size)
    assert padded >= max(size, 4096)
    assert padded <= max(4096, math.ceil(size * 1.12))
    assert padded_size(padded) == padded
    assert padded <= MAX_BLOB


def test_small_files_all_look_the_same() -> None:
    assert {len(seal("text/plain", bytes([65]) * size)) for size in (1, 10, 1000, 4000)} == {4096}


def test_too_large_and_empty_are_refused() -> None:
    with refused("blob.too_large"):
        seal("text/plain", bytes(MAX_CONTENT + 1))
    with refused("blob.empty"):
        seal("text/plain", b"")
    assert len(seal("application/pdf", bytes(MAX_CONTENT))) <= MAX_BLOB


@given(st.binary(max_size=200))
def test_any_bytes_are_opened_or_refused(data: bytes) -> None:
    for blob in (data, b"TQB1" + data, b"TQB1" + data + bytes(4096)):
        opened = done_or("blob.malformed", unseal, blob)
        assert opened is None or opened.content


@pytest.mark.parametrize(
    "change", [lambda b: b + b"\0", lambda b: b[:-1] + b"x", lambda b: b[:-1], lambda b: b"TQB2" + b[4:]]
)
def test_a_second_spelling_is_refused(change: object) -> None:
    assert callable(change)
    with refused("blob.malformed"):
        unseal(change(seal("text/plain", b"word")))


def test_a_page_that_calls_itself_a_picture_is_not_shown() -> None:
    page = unseal(seal("image/png", b"<script>alert(1)</script>"))
    assert shown_media(page) == "application/octet-stream"
    assert media_of(b"<svg onload=alert(1)>", "svg") == "application/octet-stream"
    assert media_of(b"<html>", "png") == "application/octet-stream"
    assert shown_media(unseal(seal("text/html", b"<html>"))) == "application/octet-stream"
