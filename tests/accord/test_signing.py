"""Which signatures count: forged, carried elsewhere, late, revoked, out of time, and those that hold."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tansiq.accord.agreed import digest
from tansiq.accord.statement import of_host

from .signing import WHEN, KeyFile, Passkey, Table, reserve

DAY = 86_400_000


@pytest.fixture
def table() -> Table:
    return Table()


def test_both_sign_one_by_key_file_and_one_by_passkey(table: Table) -> None:
    table.sign("joc")
    half = table.standing()
    assert half.signed is None
    assert [one.not_signed for one in half.under] == [("mop",)]
    table.sign("mop", at=WHEN + DAY)
    whole = table.standing()
    assert [one.problem for one in whole.signatures] == [None, None]
    assert whole.signed is not None
    assert whole.signed.signed == ("joc", "mop")
    assert whole.signed.complete_at == WHEN + DAY
    assert whole.text == table.agreed()


def test_an_ed25519_passkey_counts_as_one_by_es256_does(table: Table) -> None:
    key = Passkey(Ed25519PrivateKey.generate())
    office = table.name("mop", key)
    assert table.looked(table.sign("mop", key=key, office=office)).problem is None


def test_initials_are_no_signature(table: Table) -> None:
    table.sign("joc", act="initial")
    table.sign("mop", act="initial")
    (under,) = table.standing().under
    assert (under.initialled, under.signed) == (("joc", "mop"), ())


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"key": KeyFile()}, "other_bytes"),
        ({"circle": "d" * 32}, "other_bytes"),
        ({"at": WHEN, "instead_at": WHEN + 1}, "other_bytes"),
        ({"said": [reserve("one")]}, "other_bytes"),
        ({"digest": "0" * 64}, "other_text"),
        ({"clauses": ["joc/not-there"]}, "text_missing"),
        ({"signatory": "joc/not-there"}, "unknown_signatory"),
        ({"signature": "AAAA"}, "other_bytes"),
        ({"signature": None}, "unreadable"),
    ],
)
def test_a_forged_or_carried_signature_counts_for_nothing(table: Table, how: dict[str, Any], why: str) -> None:
    instead_at = how.pop("instead_at", None)
    more = {"at": instead_at} if instead_at else {}
    fields = {**table.fields("joc", **how), **more}
    ref = table.say("joc", "signature", {k: v for k, v in fields.items() if v is not None}, about=table.text)
    assert table.looked(ref).problem == why


def test_the_key_of_another_party_does_not_sign_for_this_one(table: Table) -> None:
    ref = table.sign("joc", office=table.offices["mop"], key=table.keys["mop"])
    assert table.looked(ref).problem == "other_party"


@pytest.mark.parametrize(
    ("passkey", "why"),
    [
        (Passkey(origin="https://elsewhere.example"), "other_origin"),
        (Passkey(origin="http://example.org"), "other_origin"),
        (Passkey(host="elsewhere.example"), "other_origin"),
        (Passkey(more={"crossOrigin": True}), "other_origin"),
        (Passkey(flags=0b001), "not_verified"),
        (Passkey(flags=0b100), "not_verified"),
        (Passkey(type="webauthn.create"), "other_bytes"),
        (Passkey(more={"challenge": "AAAA"}), "other_bytes"),
    ],
)
def test_a_passkey_that_answered_something_else_counts_for_nothing(table: Table, passkey: Passkey, why: str) -> None:
    office = table.name("mop", passkey)
    assert table.looked(table.sign("mop", key=passkey, office=office)).problem == why


def test_a_letter_more_in_one_language_after_signing_does_not_change_what_was_signed(table: Table) -> None:
    before = table.agreed()
    table.sign("joc")
    table.reword("joc", table.clause_ref, {"ar": "wordsه", "ckb": "wordsۆ", "en": "words"})
    table.meet()
    latest = table.told().get(table.clause_ref)
    assert latest is not None
    table.take("mop", table.clause_ref, latest.now.ref)
    assert digest(table.agreed()) != digest(before)
    table.sign("mop", text=before)
    standing = table.standing()
    assert standing.text == before
    late = table.sign("mop")
    assert table.looked(late).problem is None
    assert {one.not_signed for one in table.standing().under} == {(), ("joc",)}


def test_a_reservation_comes_with_the_signature_or_not_at_all(table: Table) -> None:
    first = table.sign("joc")
    assert table.looked(table.sign("joc", reservations=[reserve("one")])).problem == "late_reservation"
    changed = table.sign("joc", revises=first, said=[reserve("one")])
    assert table.looked(changed).problem == "other_bytes"
    table.sign("mop")
    assert table.standing().reserved == ()


def test_a_reservation_may_be_taken_back(table: Table) -> None:
    table.sign("joc", reservations=[reserve("one")])
    table.sign("mop")
    assert [one.party for one in table.standing().reserved] == ["joc"]
    assert table.looked(table.sign("joc", at=WHEN + DAY)).problem is None
    assert table.standing().reserved == ()


def test_what_was_signed_before_a_key_was_revoked_stays_and_what_comes_after_counts_for_nothing(table: Table) -> None:
    ref = table.sign("joc")
    late = table.fields("joc", at=WHEN - DAY)
    table.say("joc", "signatory", {"status": "revoked"}, revises=table.offices["joc"])
    assert table.looked(ref).problem is None
    backdated = table.say("joc", "signature", late, about=table.text)
    assert table.looked(backdated).problem == "revoked", "whatever time it names"


def test_an_office_signs_within_its_term_and_only_what_it_may(table: Table) -> None:
    key = KeyFile()
    office = table.name("joc", key, since=WHEN, until=WHEN + DAY, may=["sign"])
    found = [
        table.looked(table.sign("joc", key=key, office=office, at=at, act=act)).problem
        for at, act in ((WHEN - 1, "sign"), (WHEN, "sign"), (WHEN + DAY + 1, "sign"), (WHEN, "initial"))
    ]
    assert found == ["outside_term", None, "outside_term", "not_entitled"]


def test_a_facilitator_that_signs_is_a_witness(table: Table) -> None:
    table.keys["coalition"] = KeyFile()
    table.offices["coalition"] = table.name("coalition", table.keys["coalition"])
    found = table.looked(table.sign("coalition"))
    assert (found.problem, found.witness) == (None, True)


def test_an_amendment_names_the_digest_of_the_text_that_was_signed_before(table: Table) -> None:
    table.sign("joc")
    table.sign("mop")
    signed = table.standing().signed
    assert signed is not None
    first, table.text = (
        table.text,
        table.say(
            "joc",
            "agreement",
            {"names": {"en": "Amended"}, "path": "coordination", "parties": ["joc", "mop"], "amends": table.text},
        ),
    )
    ref = table.offer("joc", "other words", key="one")
    table.meet()
    table.take("mop", ref, ref)
    text = msgspec.structs.replace(table.agreed(), amends=signed.digest)
    assert table.looked(table.sign("joc", text=text)).problem is None
    assert table.looked(table.sign("mop", text=msgspec.structs.replace(text, amends=None))).problem == "other_text"
    assert first != table.text


def test_texts_that_amend_each_other_in_a_ring_are_looked_at_once(table: Table) -> None:
    first, text = table.text, table.agreed()
    frame = {"names": {"en": "n"}, "path": "coordination", "parties": ["joc", "mop"]}
    second = table.say("joc", "agreement", {**frame, "amends": first})
    table.say("coalition", "agreement", {"amends": second}, revises=first)
    table.meet()
    assert table.looked(table.sign("joc", text=text)).problem == "other_text", "what it amends was never signed"


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_records_arrive_makes_no_difference(chance: Any) -> None:
    table = Table()
    table.sign("joc", reservations=[reserve("one")])
    table.sign("mop")
    table.say("joc", "signatory", {"status": "revoked"}, revises=table.offices["joc"])
    table.sign("joc")
    told = table.told()
    things = list(told.things)
    chance.shuffle(things)
    again = type(told)(things, told.parties, told.held, told.heard)
    assert table.standing(again) == table.standing(told)


@pytest.mark.parametrize(
    ("origin", "host", "fits"),
    [
        ("https://desk.example", "desk.example", True),
        ("https://a.desk.example", "desk.example", True),
        ("https://notdesk.example", "desk.example", False),
        ("http://desk.example", "desk.example", False),
        ("http://localhost:8010", "localhost", True),
        ("https://desk.example", "", False),
    ],
)
def test_a_passkey_is_for_its_host_and_what_is_below_it(origin: str, host: str, fits: bool) -> None:
    assert of_host(origin, host) is fits
