"""The bytes that are signed: one spelling for one text, and another digest for every change that a reader can see."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.accord import agreed
from tansiq.accord.agreed import AgreedClause, AgreedText, canonical, digest, in_order
from tansiq.accord.key_file import make, open_key, public_of
from tansiq.accord.statement import Statement, statement_bytes
from tansiq.errors import MalformedInput, NotAllowed
from tansiq.records.kinds.agreement import Force
from tansiq.records.kinds.signature import Reservation
from tansiq.records.values import Language, Texts

LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")
WORDS = st.text("abcé أإآءئیێەۆڕڵ\u200c.", min_size=1, max_size=12)
BY_LANGUAGE = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, WORDS))


def _clause(number: int, words: dict[Language, str]) -> AgreedClause:
    return AgreedClause(f"c{number}", (number,), "clause", {}, {}, words, f"joc/{number}")


TEXTS = st.builds(
    lambda names, clauses, force: AgreedText(
        "path",
        names,
        ("joc", "mop"),
        LANGUAGES,
        "ar",
        None,
        tuple(_clause(at, words) for at, words in enumerate(clauses)),
        force,
    ),
    BY_LANGUAGE,
    st.lists(BY_LANGUAGE, min_size=1, max_size=4),
    st.none() | st.builds(Force, on=st.just("date"), date=st.integers(0, 10**12)),
)


@given(TEXTS, st.randoms(use_true_random=False))
def test_neither_order_nor_normal_form_nor_who_wrote_it_changes_the_digest(text: AgreedText, chance: Any) -> None:
    clauses = [
        msgspec.structs.replace(
            one,
            ref="mop/other",
            text={each: unicodedata.normalize("NFD", words) for each, words in reversed(one.text.items())},
        )
        for one in text.clauses
    ]
    chance.shuffle(clauses)
    other = msgspec.structs.replace(text, clauses=tuple(clauses), parties=("mop", "joc"))
    assert digest(other) == digest(text)


@given(TEXTS, st.sampled_from(LANGUAGES), st.data())
def test_another_letter_in_any_authentic_language_is_another_digest(
    text: AgreedText, language: Language, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(text.clauses) - 1))
    words = data.draw(WORDS)
    one = text.clauses[number]
    changed = msgspec.structs.replace(one, text={**one.text, language: words})
    other = msgspec.structs.replace(text, clauses=(*text.clauses[:number], changed, *text.clauses[number + 1 :]))
    same = unicodedata.normalize("NFC", words) == unicodedata.normalize("NFC", one.text[language])
    assert (digest(other) == digest(text)) is same


@given(TEXTS)
def test_the_bytes_read_back_as_the_text_and_no_other_spelling_is_taken(text: AgreedText) -> None:
    data = canonical(text)
    assert canonical(agreed.read(data)) == data
    for other in (data + b" ", data.replace(b'"path":"path"', b'"path": "path"')):
        with pytest.raises(MalformedInput):
            agreed.read(other)


def test_dates_and_triggers_are_signed_with_the_words() -> None:
    text = AgreedText("p", {"en": "n"}, ("a",), ("en",), None, None, (_clause(1, {"en": "w"}),))
    for change in ({"force": Force("signature")}, {"expires_at": 1}, {"review_at": 1}, {"amends": "0" * 64}):
        assert digest(msgspec.structs.replace(text, **change)) != digest(text)


def test_the_documented_vector() -> None:
    """docs/integrators/formats.md shows these bytes."""
    text = AgreedText(
        "jcc", {"en": "Centre"}, ("mop", "joc"), ("en",), "en", None, (_clause(1, {"en": "Open."}),), Force("signature")
    )
    assert canonical(text) == (
        b'{"format":"tansiq-agreement/1","path":"jcc","names":{"en":"Centre"},"parties":["joc","mop"],'
        b'"authentic":["en"],"prevailing":"en","amends":null,'
        b'"force":{"on":"signature","date":null,"trigger":null,"days":null},"expires_at":null,"review_at":null,'
        b'"clauses":[{"key":"c1","order":[1],"part":"clause","heading":{},"term":{},"text":{"en":"Open."}}]}'
    )
    statement = Statement(
        "sign", digest(text), "c" * 32, "joc", "joc/1", 5, (Reservation("c1", "excludes", Texts(en="x")),)
    )
    assert statement_bytes(statement) == (
        b'{"format":"tansiq-signature/1","act":"sign","digest":"' + digest(text).encode() + b'",'
        b'"circle":"cccccccccccccccccccccccccccccccc","party":"joc","signatory":"joc/1","at":5,'
        b'"reservations":[{"clause":"c1","effect":"excludes","text":{"en":"x"}}]}'
    )


def test_clauses_stand_in_the_order_of_the_tree() -> None:
    many = tuple(
        AgreedClause(key, order, "clause", {}, {}, {"en": key})
        for key, order in (("b", (2,)), ("c", (1, 10)), ("d", (1, 2)))
    )
    assert [one.key for one in in_order(many)] == ["d", "c", "b"]


def test_a_key_file_opens_with_its_passphrase_and_no_other() -> None:
    data, public = make("رستەیەکی درێژی نهێنی")
    assert public_of(open_key(data, "رستەیەکی درێژی نهێنی")) == public
    with pytest.raises(NotAllowed):
        open_key(data, "another passphrase")
    with pytest.raises(MalformedInput):
        make("short")
    with pytest.raises(MalformedInput):
        open_key(data.replace(b"1000000", b"1000"), "another passphrase")
    with pytest.raises(MalformedInput):
        open_key(b"{}", "x")
