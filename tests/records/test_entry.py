"""The visible part of a record has one spelling, whole sizes and an id that sorts by time."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes import refused
from tansiq.errors import MalformedInput
from tansiq.records.entry import (
    DIGEST_LENGTH,
    MAX_DIGESTS,
    MAX_ENTRY,
    SMALLEST_SIZE,
    Entry,
    Head,
    decode_entry,
    encode_entry,
    new_record_id,
    record_id_of,
    record_key,
)
from tansiq.records.kind import all_kinds, kind_named
from tansiq.records.values import Label

LABEL = Label("JOINT", "RESTRICTED", "AMBER", ["joc", "mop"], False)
ID = "0189abcd-0000-7000-8000-000000000000"
STEPS = [SMALLEST_SIZE << step for step in range(7)] + [MAX_ENTRY]


def entry(**changes: Any) -> Entry:
    """A plain entry, changed."""
    plain = Entry(1, "log", ID, None, None, "watch", "duty_officer", 1, LABEL, [], [], None, [], "")
    return msgspec.structs.replace(plain, **changes)


tokens = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=64)
digests = st.text("abcXYZ019-_", min_size=DIGEST_LENGTH, max_size=DIGEST_LENGTH)
entries = st.builds(
    entry,
    type=tokens,
    desk=tokens,
    role=tokens,
    at=st.integers(0, 253_402_300_799_999),
    about=st.none() | st.text(st.characters(codec="utf-8"), max_size=128),
    revises=st.none() | st.just(ID),
    sd=st.lists(digests, max_size=MAX_DIGESTS),
    told=st.none() | digests,
    seen=st.lists(st.builds(Head, tokens, st.integers(0, 1 << 40), st.just("A" * 43 + "=")), max_size=64),
    blobs=st.lists(st.just("0" * 64), max_size=16),
    pad=st.integers(0, 40).map(lambda count: "." * count),
)


@given(one=entries)
def test_an_entry_comes_back_as_it_was_in_a_whole_size(one: Entry) -> None:
    data = encode_entry(one)
    assert len(data) in STEPS
    back = decode_entry(data)
    assert msgspec.structs.replace(back, pad="") == msgspec.structs.replace(one, pad="")
    assert set(back.pad) <= {"."}
    assert encode_entry(back) == data


@given(one=entries, data=st.data())
def test_no_other_bytes_than_the_one_spelling_are_an_entry(one: Entry, data: st.DataObject) -> None:
    true = encode_entry(one)
    at = data.draw(st.integers(0, len(true) - 1))
    changed = true[:at] + bytes([data.draw(st.integers(0, 255))]) + true[at + 1 :]
    try:
        found = decode_entry(changed)
    except MalformedInput:
        return
    # a changed letter can make another entry, and then these are its only bytes
    assert msgspec.json.encode(found) == changed


@given(junk=st.binary(max_size=400))
def test_junk_is_refused_as_malformed_and_as_nothing_else(junk: bytes) -> None:
    with refused("entry.malformed"):
        decode_entry(b'{"v":1,' + junk)


def test_the_largest_entry_is_one_byte_short_of_64_kib_and_one_more_is_refused() -> None:
    bare = len(encode_entry(entry())) - len(decode_entry(encode_entry(entry())).pad)
    room = MAX_ENTRY - bare
    largest = encode_entry(entry(type="x" * (room + 3)))
    assert len(largest) == MAX_ENTRY
    with refused("entry.too_large"):
        encode_entry(entry(type="x" * (room + 4)))
    with refused("entry.too_large"):
        decode_entry(b" " * (MAX_ENTRY + 1))


def test_an_entry_of_another_size_is_refused() -> None:
    right = encode_entry(entry())
    for size in (0, len(decode_entry(right).pad) - 1, len(decode_entry(right).pad) + 1, SMALLEST_SIZE * 2):
        data = msgspec.json.encode(entry(pad="." * size))
        with refused("entry.not_canonical"):
            decode_entry(data)


def test_an_entry_is_padded_to_the_next_size_and_never_to_a_larger_one() -> None:
    bare = len(encode_entry(entry())) - len(decode_entry(encode_entry(entry())).pad)
    for size in STEPS[:-1]:
        assert len(encode_entry(entry(type="x" * (size - bare + 3)))) == size
        assert len(encode_entry(entry(type="x" * (size - bare + 4)))) == STEPS[STEPS.index(size) + 1]


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"type": ""},
        {"type": "x" * 65},
        {"id": "short"},
        {"at": -1},
        {"at": 253_402_300_800_000},
        {"about": "x" * 129},
        {"sd": ["short"]},
        {"sd": ["x" * DIGEST_LENGTH] * (MAX_DIGESTS + 1)},
        {"seen": [Head("mop", -1, "A" * 44)]},
        {"seen": [Head("mop", 1 << 41, "A" * 44)]},
        {"seen": [Head("mop", 1, "A")]},
        {"seen": [Head("mop", 1, "A" * 44)] * 65},
        {"blobs": ["x"]},
        {"label": Label("joint", "RESTRICTED", "AMBER", [], False)},
        {"label": Label("JOINT", "", "AMBER", [], False)},
        {"label": Label("JOINT", "RESTRICTED", "PINK", [], False)},  # type: ignore[arg-type]  # the wrong value is the test
        {"label": Label("JOINT", "RESTRICTED", "AMBER", ["x" * 65], False)},
    ],
    ids=str,
)
def test_a_value_out_of_bounds_is_refused(change: dict[str, Any]) -> None:
    with refused("entry.malformed"):
        decode_entry(encode_entry(entry(**change)))


@given(now=st.integers(0, 2**48 - 1), noise=st.binary(min_size=10, max_size=10))
def test_a_record_id_is_a_uuid_of_version_7_with_the_time_in_front(now: int, noise: bytes) -> None:
    one = new_record_id(now, noise)
    parsed = uuid.UUID(one)
    assert str(parsed) == one
    assert parsed.variant == uuid.RFC_4122
    assert one[14] == "7"
    assert parsed.int >> 80 == now
    assert record_id_of(record_key(one)) == one


@given(times=st.lists(st.integers(0, 2**48 - 1), min_size=2, max_size=2, unique=True))
def test_record_ids_sort_by_their_time(times: list[int]) -> None:
    first, second = sorted(times)
    assert new_record_id(first) < new_record_id(second)


def test_no_two_ids_of_one_moment_are_alike() -> None:
    assert len({new_record_id(1) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        ID.upper(),
        ID.replace("-", ""),
        "{" + ID + "}",
        ID[:-1],
        ID + "0",
        ID.replace("7", "4", 1),
        f" {ID[1:]}",
    ],
)
def test_a_record_id_has_one_spelling(text: str) -> None:
    with refused("entry.bad_id"):
        record_key(text)


def test_every_field_of_every_kind_may_be_missing_because_every_field_may_be_withheld() -> None:
    for kind in all_kinds().values():
        empty = kind.read({})
        assert msgspec.to_builtins(empty) == {}
        assert kind.decode(b"{}") == empty
        for coarse in (*kind.coarse_place.items(), *kind.coarse_time.items()):
            assert set(coarse) <= set(kind.field_names())


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"x":1}', b"\xff", b'{"text":"\xff"}', b"[" * 100_000, b""])
def test_a_body_that_is_none_is_refused(text: bytes) -> None:
    with refused("record.bad_fields"):
        kind_named("log").decode(text)
