"""Disclosures: one field told, and all the ways in which one may not be told."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import Refused
from tansiq.ledger import disclosure

from ._refused import refused

SALT = bytes(range(16))
SALT_TEXT = base64.urlsafe_b64encode(SALT).rstrip(b"=").decode()

text = st.text(st.characters(codec="utf-8"), max_size=20)
keys = st.text(st.characters(codec="utf-8", exclude_characters="_."), max_size=20)
plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | text
values: st.SearchStrategy[Any] = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)


def spelt(raw: str | bytes) -> str:
    """A disclosure over any JSON text."""
    return base64.urlsafe_b64encode(raw.encode() if isinstance(raw, str) else raw).rstrip(b"=").decode()


def of(value: str) -> str:
    """A disclosure of a value in JSON."""
    return spelt(f'["{SALT_TEXT}","field",{value}]')


@given(names, values, st.binary(min_size=16, max_size=16))
def test_a_field_comes_back_as_it_was_told(name: str, value: Any, salt: bytes) -> None:
    told = disclosure.make(name, value, salt)
    assert disclosure.read(told) == (name, value)
    assert disclosure.read_all(told, {disclosure.digest(told)}) == {name: value}
    assert len(disclosure.digest(told)) == disclosure.DIGEST_SIZE


@given(st.dictionaries(names, values, max_size=8))
def test_all_fields_of_a_record_come_back_at_once(fields: dict[str, Any]) -> None:
    told = [disclosure.make(name, value, SALT) for name, value in fields.items()]
    digests = {disclosure.digest(one) for one in told} | {disclosure.decoy(bytes(32))}
    assert disclosure.read_all("~".join(told), digests) == fields
    assert disclosure.read_all("~".join(told[:1]), digests) == dict(list(fields.items())[:1])


def test_no_text_is_no_disclosure() -> None:
    assert disclosure.read_all("", set()) == {}


def test_the_value_keeps_its_kind() -> None:
    kinds: list[Any] = [True, 1, "1", None, [], {}]
    for value in kinds:
        _, back = disclosure.read(disclosure.make("field", value, SALT))
        assert (type(back), back) == (type(value), value)
    assert disclosure.open_disclosure(of("7")) == disclosure.Disclosed(SALT_TEXT, "field", 7)


@given(st.data())
def test_a_disclosure_with_any_sign_changed_is_not_of_the_entry(data: st.DataObject) -> None:
    told = disclosure.make("field", "value of the field", SALT)
    at = data.draw(st.integers(0, len(told) - 1))
    sign = data.draw(st.sampled_from("ABCxyz019-_~=!"))
    changed = told[:at] + sign + told[at + 1 :]
    if changed != told:
        with pytest.raises(Refused):
            disclosure.read_all(changed, {disclosure.digest(told)})


def test_what_the_entry_does_not_name_is_refused() -> None:
    first, second = disclosure.make("one", 1, SALT), disclosure.make("two", 2, SALT)
    with refused("disclosure.not_in_entry"):
        disclosure.read_all(first, {disclosure.digest(second)})
    with refused("disclosure.too_many"):
        disclosure.read_all(f"{first}~{second}", {disclosure.digest(first)})
    for joined in (f"{first}~", f"~{first}", "~", f"{first}~~{second}"):
        with pytest.raises(Refused):
            disclosure.read_all(joined, {disclosure.digest(first), disclosure.digest(second)})


def test_a_name_or_a_disclosure_that_comes_twice_is_refused() -> None:
    first, second = disclosure.make("one", 1, SALT), disclosure.make("one", 2, SALT)
    digests = {disclosure.digest(first), disclosure.digest(second)}
    with refused("disclosure.repeated"):
        disclosure.read_all(f"{first}~{second}", digests)
    with refused("disclosure.repeated"):
        disclosure.read_all(f"{first}~{first}", digests)


DEEP = disclosure.MAX_DEPTH


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("", "disclosure.json"),
        ("é", "disclosure.base64"),
        ("A", "disclosure.base64"),
        ("AAA=", "disclosure.base64"),
        ("AA+A", "disclosure.base64"),
        ("AA/A", "disclosure.base64"),
        ("AA A", "disclosure.base64"),
        ("AAAA\n", "disclosure.base64"),
        ("A" * (disclosure.MAX_DISCLOSURE + 1), "disclosure.too_large"),
        (spelt("no JSON"), "disclosure.json"),
        (spelt(b'["\xff","field",1]'), "disclosure.json"),
        (spelt('{"a":1}'), "disclosure.json"),
        (spelt(f'["{SALT_TEXT}","field"]'), "disclosure.json"),
        (spelt(f'["{SALT_TEXT}","field",1,2]'), "disclosure.json"),
        (spelt(f'["{SALT_TEXT}","field",1] '), ""),
        (spelt(f'["{SALT_TEXT}","field",1]]'), "disclosure.json"),
        (spelt('[1,"field",1]'), "disclosure.json"),
        (spelt(f'["{SALT_TEXT}",1,1]'), "disclosure.json"),
        (spelt(f'["{SALT_TEXT[:-1]}","field",1]'), "disclosure.salt"),
        (spelt(f'["{SALT_TEXT[:-1]}=","field",1]'), "disclosure.salt"),
        (spelt(f'["{"A" * 129}","field",1]'), "disclosure.salt"),
        (of('"\\ud800"'), "disclosure.json"),
        (of("1.5"), "disclosure.number"),
        (of("1.0"), "disclosure.number"),
        (of("1e3"), "disclosure.number"),
        (of("-0.0"), "disclosure.number"),
        (of("[[1.5]]"), "disclosure.number"),
        (of('{"a":{"b":1e0}}'), "disclosure.number"),
        (of(str(2**63)), "disclosure.number"),
        (of(str(-(2**63) - 1)), "disclosure.number"),
        (of("NaN"), "disclosure.json"),
        (of("[" * DEEP + "]" * DEEP), ""),
        (of("[" * (DEEP + 1) + "]" * (DEEP + 1)), "disclosure.too_deep"),
        (of('{"a":' * (DEEP + 1) + "1" + "}" * (DEEP + 1)), "disclosure.too_deep"),
        (of("[" * 20_000), "disclosure.too_deep"),
        (of('{"a":1,"a":2}'), "disclosure.repeated_key"),
        (of('{"a":1,"\\u0061":2}'), "disclosure.repeated_key"),
        (of('[1,{"b":[{"a":1,"a":1}]}]'), "disclosure.repeated_key"),
        (of('[{"a":1},{"a":1}]'), ""),
        (of('{"_sd":["x"]}'), "disclosure.nested"),
        (of('[{"...":"x"}]'), "disclosure.nested"),
    ],
)
def test_what_is_no_disclosure_is_refused(told: str, code: str) -> None:
    if code:
        with refused(code):
            disclosure.read(told)
    else:
        disclosure.read(told)


@pytest.mark.parametrize("name", ["", "_sd", "...", "Field", "1field", "fi eld", "field\n", "a" * 41, "fïeld"])
def test_a_name_that_no_field_has_is_refused(name: str) -> None:
    with refused("disclosure.name"):
        disclosure.read(spelt(json.dumps([SALT_TEXT, name, 1])))
    with refused("disclosure.name"):
        disclosure.make(name, 1, SALT)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "disclosure.number"),
        ([{"a": 0.5}], "disclosure.number"),
        (2**63, "disclosure.number"),
        (b"bytes", "disclosure.value"),
        ({1: "a"}, "disclosure.value"),
        ({"_sd": []}, "disclosure.nested"),
        ("\ud800", "disclosure.json"),
        ("a" * disclosure.MAX_DISCLOSURE, "disclosure.too_large"),
    ],
)
def test_what_no_one_could_read_back_is_not_told(value: Any, code: str) -> None:
    with refused(code):
        disclosure.make("field", value, SALT)


def test_salts_and_decoys_have_their_length() -> None:
    with refused("disclosure.salt"):
        disclosure.make("field", 1, bytes(15))
    with refused("disclosure.decoy"):
        disclosure.decoy(bytes(31))
    assert len(disclosure.decoy(bytes(32))) == disclosure.DIGEST_SIZE
    with refused("disclosure.base64"):
        disclosure.digest("é")
    with refused("disclosure.base64"):
        disclosure.read_all("é", {"x"})


@given(st.binary(max_size=80))
def test_no_bytes_end_in_anything_but_a_field_or_a_refusal(raw: bytes) -> None:
    for told in (
        spelt(raw),
        of(raw.decode("latin-1")),
        spelt(b'["' + SALT_TEXT.encode() + b'","a",' + raw + b"]"),
    ):
        try:
            disclosure.read(told)
        except Refused:
            continue


def taken_in(*raw: str) -> dict[str, Any]:
    """What intake takes, of which nothing may be missing when it is read for evidence."""
    told = [spelt(one) for one in raw]
    return disclosure.open_all("~".join(told).encode(), frozenset(map(disclosure.digest, told)))


def test_what_no_single_disclosure_says_is_not_taken_in() -> None:
    halves = f'["{SALT_TEXT}","one",[[0]', f'[1]]],["{SALT_TEXT}","two",2]'
    with refused("disclosure.json"):
        disclosure.read(spelt(halves[0]))
    with refused("disclosure.json"):
        taken_in(*halves)


def test_a_salt_of_other_signs_is_not_taken_in() -> None:
    for salt in ("=" * 22, "é" * 22, "a" * 21, "a" * 129, "a b" * 10):
        with refused("disclosure.salt"):
            taken_in(f'["{salt}","one",1]')
