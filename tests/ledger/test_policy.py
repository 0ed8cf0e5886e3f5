"""Policies: what is read, on which line what is refused, and when a checkpoint counts as acknowledged."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import MalformedInput, Refused
from tansiq.ledger import cosignature, policy
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.mldsa import MlDsaKey
from tansiq.ledger.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.ledger.policy import Group, Log, Policy, Witness

from ._refused import refused


def _ed25519(number: int, key_type: int = COSIGNATURE) -> NoteVerifier:
    seed = hashlib.sha256(b"ed25519" + number.to_bytes(2, "big")).digest()
    return NoteVerifier(f"party{number}/mirror", key_type, SigningKey(seed).public)


def _ml_dsa(number: int) -> NoteVerifier:
    seed = hashlib.sha256(b"ml-dsa" + number.to_bytes(2, "big")).digest()
    return NoteVerifier(f"party{number}/mirror", ML_DSA_COSIGNATURE, MlDsaKey(seed).public)


KEYS = [_ed25519(number) if number % 3 else _ml_dsa(number) for number in range(8)]
LOGS = [_ed25519(number, ED25519) for number in range(100, 103)]
X1, X2, X3, Y1, Y2, Y3 = (_ed25519(number).vkey for number in range(10, 16))
LOG = LOGS[0].vkey

# tlog-policy, "Example policy", with keys
EXAMPLE = f"""
log {LOG}

witness X1 {X1}
witness X2 {X2}
witness X3 {X3}
group X-witnesses 2 X1 X2 X3

witness Y1 {Y1}
witness Y2 {Y2}
witness Y3 {Y3}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""

# Names are opaque bytes but for white space and control characters; some of these are no UTF-8.
words = (
    st.binary(min_size=1, max_size=12)
    .map(lambda raw: bytes(byte for byte in raw if byte > 0x20 and byte != 0x7F))
    .filter(lambda raw: raw not in {b"", b"none"})
    .map(lambda raw: raw.decode(errors="surrogateescape"))
)
urls = st.none() | words


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(st.lists(words, min_size=len(KEYS), max_size=14, unique=True))
    count = draw(st.integers(0, len(KEYS)))
    witnesses = [Witness(name, key, draw(urls)) for name, key in zip(names[:count], KEYS, strict=False)]
    free = [witness.name for witness in witnesses]
    groups = []
    for name in names[count:]:
        if not free:
            break
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        groups.append(Group(name, draw(st.integers(1, len(members))), tuple(members)))
        free = [one for one in free if one not in members] + [name]
    named = [None, *[witness.name for witness in witnesses], *[group.name for group in groups]]
    logs = tuple(Log(key, draw(urls)) for key in draw(st.lists(st.sampled_from(LOGS), unique=True)))
    return Policy(logs, tuple(witnesses), tuple(groups), draw(st.sampled_from(named)))


def _witnessed(told: Policy, name: str, vkeys: set[str]) -> bool:
    """What the specification says of a name, from the top down."""
    for witness in told.witnesses:
        if witness.name == name:
            return witness.key.vkey in vkeys
    (group,) = [group for group in told.groups if group.name == name]
    return sum(_witnessed(told, member, vkeys) for member in group.members) >= group.threshold


subsets = st.sets(st.sampled_from([key.vkey for key in KEYS]))


@given(policies())
def test_a_policy_comes_back_as_it_was_written(told: Policy) -> None:
    data = policy.encode(told)
    assert policy.parse(data) == told
    assert policy.encode(policy.parse(data)) == data


@given(policies(), subsets)
def test_a_policy_is_satisfied_exactly_as_the_specification_says(told: Policy, vkeys: set[str]) -> None:
    expected = told.quorum is None or _witnessed(told, told.quorum, vkeys)
    assert policy.satisfied(told, vkeys) == expected


@given(policies(), subsets, subsets)
def test_more_cosignatures_never_satisfy_less(told: Policy, some: set[str], more: set[str]) -> None:
    assert policy.satisfied(told, some | more) >= policy.satisfied(told, some)


@given(policies(), subsets)
def test_what_is_missing_satisfies_and_each_of_it_is_still_wanted(told: Policy, vkeys: set[str]) -> None:
    missing = policy.missing(told, vkeys)
    assert (missing == ()) == policy.satisfied(told, vkeys)
    assert policy.satisfied(told, vkeys | {witness.key.vkey for witness in missing})
    assert not {witness.key.vkey for witness in missing} & vkeys
    assert [witness for witness in told.witnesses if witness in missing] == list(missing)
    # nobody outside the list can bring it nearer: all the others together are not enough
    if missing:
        others = {witness.key.vkey for witness in told.witnesses if witness not in missing}
        assert not policy.satisfied(told, vkeys | others)


parts = st.sampled_from(
    [b"log", b"witness", b"group", b"quorum", b"none", b"all", b"any", b"1", b"2", b"W", b"V", b"#", b"\xff", b""]
    + [vkey.encode() for vkey in (LOG, X1, X2)]
)
lines = st.lists(parts, max_size=5).map(b" ".join) | st.binary(max_size=8)


def _read(data: bytes) -> Policy | str:
    try:
        return policy.parse(data)
    except MalformedInput as refusal:
        return refusal.code


@given(st.lists(lines, max_size=5), st.sampled_from([b"\n", b"\nquorum none\n", b""]))
def test_any_lines_are_read_or_refused(some: list[bytes], end: bytes) -> None:
    told = _read(b"\n".join(some) + end)
    if isinstance(told, str):
        assert told.startswith("ledger_policy.")
    else:
        assert policy.parse(policy.encode(told)) == told


def test_the_example_of_the_specification() -> None:
    told = policy.parse(EXAMPLE.encode())
    assert [log.key.vkey for log in told.logs] == [LOG]
    assert told.groups[0] == Group("X-witnesses", 2, ("X1", "X2", "X3"))
    assert not policy.satisfied(told, [])
    assert not policy.satisfied(told, [X1, X2, X3])
    assert not policy.satisfied(told, [X1, Y1, Y2, Y3])
    assert not policy.satisfied(told, [X1, X1, Y1])
    assert policy.satisfied(told, [X3, X1, Y2])
    assert [witness.name for witness in policy.missing(told, [X1])] == ["X2", "X3", "Y1", "Y2", "Y3"]
    assert [witness.name for witness in policy.missing(told, [X1, Y2])] == ["X2", "X3"]
    assert [witness.name for witness in policy.missing(told, [X1, X2])] == ["Y1", "Y2", "Y3"]
    assert policy.missing(told, [X3, X1, Y2]) == ()


def test_white_space_comments_and_other_orders_mean_nothing() -> None:
    text = (
        f" # a comment \xe9\n\t\nwitness\tW  {X1}\thttps://w.example/ \n\tquorum W\nlog {LOG} https://log.example/\n#"
    )
    told = policy.parse(text.encode("latin-1") + b" none\n")
    assert told == Policy(
        logs=(Log(LOGS[0], "https://log.example/"),),
        witnesses=(Witness("W", NoteVerifier.parse(X1), "https://w.example/"),),
        quorum="W",
    )


def test_names_are_bytes_so_two_spellings_of_one_letter_are_two_names() -> None:
    told = policy.parse(f"witness K {X1}\nwitness \u212a {X2}\nquorum K\n".encode())
    assert policy.satisfied(told, [X1])
    assert not policy.satisfied(told, [X2])
    odd = policy.parse(b"witness \xff " + X1.encode() + b"\nquorum \xff\n")
    assert policy.encode(odd) == b"witness \xff " + X1.encode() + b"\nquorum \xff\n"


def test_quorum_none_needs_nothing() -> None:
    told = policy.parse(f"witness W {X1}\nquorum none\n".encode())
    assert policy.satisfied(told, [])
    assert policy.missing(told, []) == ()


def test_a_key_under_another_name_is_another_key() -> None:
    told = policy.parse(f"witness W {X1}\nquorum W\n".encode())
    same = NoteVerifier("elsewhere/mirror", COSIGNATURE, NoteVerifier.parse(X1).public)
    assert not policy.satisfied(told, [same.vkey])


W = f"witness W {X1}\n"
V = f"witness V {X2}\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "cut_short", 1),
        (W + "quorum W", "cut_short", 2),
        (W, "no_quorum", 1),
        ("quorum none\nquorum none\n", "second_quorum", 2),
        ("quorum W\n" + W, "unknown_name", 1),
        (W + "quorum w\n", "unknown_name", 2),
        ("\r\nquorum none\n", "character", 1),
        ("\nquorum \x00none\n", "character", 2),
        ("quorum none\n#\x7f\n", "character", 2),
        ("quorum\x0bnone\n", "character", 1),
        ("quorum\xa0none\n", "unknown_line", 1),
        ("Quorum none\n", "unknown_line", 1),
        ("\n\nwitnesses W\n", "unknown_line", 3),
        ("quorum\n", "words", 1),
        (W + "quorum W W\n", "words", 2),
        ("log\n", "words", 1),
        (f"log {LOG} url more\n", "words", 1),
        ("witness W\n", "words", 1),
        (f"witness W {X1} url more\n", "words", 1),
        (W + "group G\n", "words", 2),
        (W + "group G all\n", "words", 2),
        (W + "group G 0 W\n", "threshold", 2),
        (W + "group G 2 W\n", "threshold", 2),
        (W + "group G 01 W\n", "threshold", 2),
        (W + "group G +1 W\n", "threshold", 2),
        (W + "group G ١ W\n", "threshold", 2),
        (W + "group G All W\n", "threshold", 2),
        (W + "group G all W W\n", "member_twice", 2),
        (W + V + "group G all W\ngroup H any V W\n", "member_twice", 4),
        (W + "group G all G\n", "unknown_name", 2),
        (W + "group G all none\n", "unknown_name", 2),
        (W + "group G all V\n" + V, "unknown_name", 2),
        (W + V + "group W all V\n", "repeated_name", 3),
        (W + f"witness W {X2}\n", "repeated_name", 2),
        (W + f"witness V {X1}\n", "repeated_key", 2),
        (f"log {LOG}\nlog {LOG} url\n", "repeated_key", 2),
        (f"witness none {X1}\n", "name", 1),
        (W + "group none all W\n", "name", 2),
        (f"witness {'n' * 256} {X1}\n", "name", 1),
        (f"witness {'ن' * 128} {X1}\n", "name", 1),
        (f"log {LOG} {'u' * 2049}\n", "url", 1),
        (f"witness W {X1} {'u' * 2049}\n", "url", 1),
        ("log nonsense\n", "key", 1),
        (f"witness W {X1[:-1]}\n", "key", 1),
        (f"log {X1}\n", "key_type", 1),
        (f"witness W {LOG}\n", "key_type", 1),
    ],
)
def test_a_line_that_is_wrong_is_refused_by_its_number(text: str, code: str, line: int) -> None:
    with pytest.raises(MalformedInput) as caught:
        policy.parse(text.encode())
    assert (caught.value.code, caught.value.params["line"]) == (f"ledger_policy.{code}", line)
    assert str(line) in str(caught.value)


def test_one_public_key_under_two_names_is_a_duplicate() -> None:
    same = NoteVerifier("elsewhere/mirror", COSIGNATURE, NoteVerifier.parse(X1).public)
    with refused("ledger_policy.repeated_key"):
        policy.parse(f"{W}witness V {same.vkey}\nquorum none\n".encode())


def test_as_many_lines_as_the_specification_asks_for_and_no_more() -> None:
    keys = [_ml_dsa(number) for number in range(200, 233)]
    origins = [NoteVerifier(f"log{number}", ML_DSA_COSIGNATURE, key.public) for number, key in enumerate(keys)]
    witnesses = [Witness(f"w{number}", key, "u" * 100) for number, key in enumerate(keys)]
    chain = ["w0", *[f"g{number}" for number in range(33)]]
    groups = [Group(name, 1, (member,)) for member, name in pairwise(chain)]
    full = Policy(tuple(map(Log, origins[:32])), tuple(witnesses[:32]), tuple(groups[:32]), "g31")
    assert policy.parse(policy.encode(full)) == full
    assert policy.satisfied(full, [keys[0].vkey])
    assert not policy.satisfied(full, [key.vkey for key in keys[1:]])
    assert [witness.name for witness in policy.missing(full, [])] == ["w0"]
    for code, more in (
        ("too_many_logs", Policy(tuple(map(Log, origins)))),
        ("too_many_witnesses", Policy(witnesses=tuple(witnesses))),
        ("too_many_groups", Policy(witnesses=tuple(witnesses[:1]), groups=tuple(groups))),
    ):
        with refused(f"ledger_policy.{code}"):
            policy.encode(more)
    with refused("ledger_policy.too_large"):
        policy.parse(b"#" * policy.MAX_POLICY + b"\n")
    with refused("ledger_policy.too_many_lines"):
        policy.parse(b"\n" * policy.MAX_LINES + b"quorum none\n")


@pytest.mark.parametrize(
    "told",
    [
        Policy(quorum="none"),
        Policy(witnesses=(Witness("two words", KEYS[1]),), quorum=None),
        Policy(witnesses=(Witness("W", KEYS[1], ""),), quorum=None),
        Policy(witnesses=(Witness("\ud800", KEYS[1]),), quorum=None),
        Policy(witnesses=(Witness("W", KEYS[1], "u\nquorum none"),), quorum=None),
    ],
)
def test_what_would_read_otherwise_is_not_written(told: Policy) -> None:
    with pytest.raises(Refused) as caught:
        policy.encode(told)
    assert caught.value.code.startswith("ledger_policy.")


def test_by_default_all_the_other_mirrors_are_needed() -> None:
    vkeys = [X1, X2, X3]
    told = policy.default(vkeys, [LOG])
    assert policy.parse(policy.encode(told)) == told
    assert policy.satisfied(told, vkeys)
    assert [witness.key.vkey for witness in policy.missing(told, [X2])] == [X1, X3]
    assert policy.satisfied(policy.default([]), [])
    with refused("ledger_policy.repeated_name"):
        policy.default([X1, X1])
    with refused("ledger_policy.key_type"):
        policy.default([LOG])


def test_an_ml_dsa_cosignature_is_needed_only_where_the_policy_names_its_key() -> None:
    log, ed25519, ml_dsa = SigningKey(b"l" * 32), SigningKey(b"m" * 32), MlDsaKey(b"m" * 32)
    name = "bravo/mirror"
    plain = NoteVerifier(name, COSIGNATURE, ed25519.public).vkey
    strong = NoteVerifier(name, ML_DSA_COSIGNATURE, ml_dsa.public).vkey
    checkpoint = Checkpoint("alpha", 3, bytes(range(32)))
    signed = sign_checkpoint(checkpoint, log)
    one = cosignature.with_cosignatures(signed, [cosignature.cosign(checkpoint.body(), name, ed25519, 5)])
    both = cosignature.with_cosignatures(one, [cosignature.cosign(checkpoint.body(), name, ml_dsa, 6)])

    def acknowledged(note: bytes, told: Policy) -> bool:
        found = cosignature.cosignatures(notes.parse(note), told.cosigners)
        return policy.satisfied(told, [cosigned.verifier.vkey for cosigned in found])

    without, behind = policy.default([plain]), policy.default([plain, strong])
    assert [acknowledged(note, without) for note in (signed, one, both)] == [False, True, True]
    assert [acknowledged(note, behind) for note in (signed, one, both)] == [False, False, True]
    assert [witness.name for witness in policy.missing(behind, [plain])] == ["bravo/mirror#ml-dsa-44"]
