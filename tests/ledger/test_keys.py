"""Signing, and the points that the one verifier refuses; the vectors of others are under tests/vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.ledger.keys import SigningKey, check_public, generate_seed, verify_signature

from ._refused import refused

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
KEY = SigningKey(bytes(range(32)))

Point = tuple[int, int]


def add(first: Point, second: Point) -> Point:
    """Addition on edwards25519 (RFC 8032, section 5.1.4), in affine coordinates."""
    (x1, y1), (x2, y2) = first, second
    both = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P
    return x, y


def small_order_points() -> set[Point]:
    """The eight points of small order: any point of the curve times L, until one of order 8 comes out."""
    root = pow(2, (P - 1) // 4, P)  # of -1
    found: set[Point] = set()
    y = 1
    while len(found) < 8:
        y += 1
        square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        if pow(square, (P - 1) // 2, P) != 1:
            continue
        x = pow(square, (P + 3) // 8, P)
        point = (x if x * x % P == square else x * root % P, y)
        small, factor = (0, 1), L
        while factor:
            if factor & 1:
                small = add(small, point)
            point, factor = add(point, point), factor >> 1
        multiple = small
        for _ in range(8):
            found.add(multiple)
            multiple = add(multiple, small)
    return found


def test_the_points_of_small_order_and_their_other_encodings_are_refused() -> None:
    points = small_order_points()
    assert len(points) == 8
    for _, y in points:
        for spelt in (y, y + P):
            for sign in (0, 1):
                if spelt < 2**255:
                    encoded = (spelt | sign << 255).to_bytes(32, "little")
                    with refused("key.odd_point"):
                        check_public(encoded)
                    assert not verify_signature(encoded, encoded + bytes(32), b"")


@given(st.binary(max_size=200))
def test_a_signature_holds_for_its_message_and_key(message: bytes) -> None:
    signature = KEY.sign(message)
    assert verify_signature(KEY.public, signature, message)
    assert not verify_signature(KEY.public, signature, message + b"!")
    assert not verify_signature(SigningKey(bytes(32)).public, signature, message)


@given(st.integers(0, 511))
def test_a_signature_with_one_bit_changed_does_not_hold(bit: int) -> None:
    signature = bytearray(KEY.sign(b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify_signature(KEY.public, bytes(signature), b"message")


def test_a_second_signature_made_from_the_first_does_not_hold() -> None:
    signature = KEY.sign(b"message")
    larger = (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    assert not verify_signature(KEY.public, signature[:32] + larger, b"message")


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_keys_and_signatures_of_another_length_do_not_hold(length: int) -> None:
    assert not verify_signature(bytes(length), KEY.sign(b""), b"")
    assert not verify_signature(KEY.public, bytes(length - 1 if length == 64 else length), b"")
    with refused("key.public_size"):
        check_public(bytes(length))
    with refused("key.seed_size"):
        SigningKey(bytes(length))


def test_a_key_that_is_no_point_does_not_hold() -> None:
    not_a_point = (2).to_bytes(32, "little")
    assert not verify_signature(not_a_point, KEY.sign(b""), b"")


def test_a_seed_is_new_each_time_and_not_shown() -> None:
    seed = generate_seed()
    assert len(seed) == 32
    assert seed != generate_seed()
    assert seed.hex() not in repr(SigningKey(seed))
    assert SigningKey(seed).public.hex() in repr(SigningKey(seed))
