"""Cosignatures of type 0x06: a checkpoint that another implementation signed, and the bytes that are signed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import Refused
from tansiq.ledger import cosignature, mldsa
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import Checkpoint, open_checkpoint, parse_body, sign_checkpoint
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.mldsa import MlDsaKey
from tansiq.ledger.note import COSIGNATURE, MAX_NOTE, ML_DSA_COSIGNATURE, Note, NoteVerifier, Signature

from ._refused import refused

# FiloSottile/torchwood, cmd/litewitness/testdata/mldsa.txt (commit fac5716): the seed, the key id, and the checkpoint
# that its witness accepts. The log signed it itself, with type 0x06 and no time.
SEED = bytes.fromhex("2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0")
ORIGIN = "example.com/mldsa-log"
KEY_ID = "b5df45c5"
PUBLISHED = (
    "example.com/mldsa-log\n1\n+zoErtsZtGO6sfiSV/v4UJSIyowisE8hvjw0q5+bD38=\n\n"
    "— example.com/mldsa-log "
    "td9FxQAAAAAAAAAAkjFvCxC6244QGemHL0hurmk5M3Hj6noQQtBM1TiwnC1lFmT+t+cUG9W0ENlRQtV20lJFLKCzoJ08ulQEkfiVueKHeMyURh97"
    "Iup0R9d41Monv472jkyfDoX3ILyX/kEOuSV4Ed2tU4VmtDSbP0rofMWAbKJRMnzCpNIT5xMe3tRbWLVTvAtnX9OB4UMKL1dvGS/uuhqW9Ddjik2D"
    "8veitBvk3TbQcT8fanSyZqCbDZ5zzw5JS3Gu5oD1zK7z+KiyqbzKUhglESs7YXFbeU0E03FrXdAPYS6GAuZtBWTJp4DEm4rL+NqU6Xp0n2ehhqd1"
    "rFAJUAcsE5CFakQdlmKkkzVMy3VZYll5ptS0amlYfGqX6/N9bJAYdAoWWpdgCep5eXCutQcTQXc69UocKT99/vholeAP1097GfS+hNL2ndNS2ieM"
    "nj8XLD1LCHVoBjKZUIObB0lx3leGRe9VjYgTRAY2WlE+K32b6Iz1rKzzDD8YBNQdkHgdx44uPOU3I+8szYS6NzQ2Z0QlqAtz0j9vZu9yEUUxCEOR"
    "AiMAHLtV5oWZ/RvSE7qq5B0b8WrHGPGoR/qUNK4ECmlIe/SRo6M7yRrPs3das3ox1bkC3f92c98ewHLeQtLwwsqQJny6rlYaiaiPMxgdT2CVcJEc"
    "KOfaK8pdy2fucBDxHrQitpGkeLJLmWk6LLxR/Ut6s6xNyyKSuZlVslS40n9MJ837uMmJFyecKPliwAj8HzTWQywSkMpEQfJyr4i2Kfa2paOZ4izm"
    "otRTfdvbFWlWFwuGLWOQ0X/pKaExpdNDwqahAwbfGkw/iHbsV7ZIlNIuSNs2ccQvnjM8xqkT6sYYVxYiHpmk5sOwGsdeiMdwQqn7Q/Lz+uc3F6k/"
    "r0Ox7MJTX6fPhFdhe8RJg/77USR/MIGiT4YZHV+XgrtbV0jvMEgB4yEOircsScaBmLv18tTn1GiGlzFjK/s7gOzjk70jf1qCZ1MNgDAPstd/5sXd"
    "wYON0FnA5zPUp9yMkq1/wZq+DuePQDT6nj8zgFrkrvl8s7nibKKaL2bKcje5YP3CFcXLZoESZnC3BJkV85VqXlAKl+dctM3vNfMVrqk3/boBARw2"
    "7mdKLsysIREkWR4caByW0csjL3Js9tn1hB0yf6hIGo8mvPIUjPIXn1rFSSKWkQlq15wu2gwEo9FdVF5beMdF4LVwuO9PZ1Y4oXuRE2pIzMWq/jEz"
    "HAZ7GucP7yzU78X767ucrwO/AXjMlLUsLLFZaQcHHBsrQJLpy5w1Jn/L7XFyR2g0lBOdT+lSOhx7j33oIlzxmqdR47ovtkg+LJpbAJG7n/JiQ/h/"
    "xffe3VdqSsrB8S4ltKz+rq51swoZ59zmRzWaoNkyWX0eu0E7y6EfpfrKEmr0H+fYtVnJvCznWFKzbv7oDXKC0pOyKZsNctvFwhSGEEURCs1G+4Ir"
    "AEWG2Y231thQ8HdMvaMcm+ocvBGhZjmE7bXFkdiJ7S09csFjljFDGCiGRiU+flxkyiqpa1DDgeFRWOEyNAdMeY2iQMTJU9ApqNVrPpjGbg7kL0Hr"
    "fKCQM236d16DKfXIiUmZw/NONKnrliAIs6/WSzKdW/JUyTLiKfPV1ItODmw5eNz7lV36dR8g3us/bpWp4OaDIInrLxYZRfkLHLvXGGg5ogY2k/FM"
    "no/3UBbS0QfstK+ByB/pFVYCHWgDjctwpOHaqAAXAiWHAUh1KOpXBMv8qndpzhsYhvKbrL371aBST0e3iPW/K4x+kFfgdeClsftS9RnE8KDCf4Uz"
    "+9QMP9sxj4+ZACztE19eBVaSvCqv54wO6n5248UzbqPXzA1dweKQziw/FnPWC7qMrcs3jDi6PBPhpruk1xBy08MQg58l4YzuXrPm5gAyiUAyfNsz"
    "vhTotaU02oljhvg24CycDo/2PvQY7sBmisIsVVeHssiRxg23CMgWHaPMDn6OM+IhF2xaAqJOjfnsFBWlvMg8LxsrBnOQ1YABVLLtMvCSaIvgBjPt"
    "8XtLn9gZ0HL9OvGsR3efWHTR5p4nZyuHH2Nm8F3nWKVkEI4p4H6Yo5O0hkzCi1ZB7QT3uEIeR0Hq3g/bLTzmm6XzsjWSmQ8CtPapmXX476QT44wU"
    "0CWJ096SqUGUq2ZCDg3kFkV0BuKPIfLCt4sYK9bjj8UZCqkhyHbVm2x+HQwk8mNnDbUd7PK89riPjA33KX0Sw32RE0uKtB0sC8m7t028aEupsRx5"
    "6/M0jBgeYmEHuRrXpW9nuOkQPTBaHdmYBHNkzTF2arPzZK3diFuhKPvmSQh2CN6g8r0p3EN+dmps1fIUfHM6emkEuaod+ZG83vyJsyd5B2oPMTVP"
    "12z8VJtDRAYfA5bRj+HEw2aD4f23u/Zq3PHk2C9T5LTAu28WCuO/EpXGSIkq1/hRpyE0qhJSnPN9/iE74PoU1OgjGBv6uSUsNhNZJeMe2W23s8EA"
    "yStB5+u83IBgUctrGwXzNdoC9LY1p+kNFSAZXIggNB3alVzoS+D9rcCYTUAafpkdwLaYq5/w0wRchljkG61rl+gZCiwtqZv3SHVxO7kRTAzfHsGD"
    "B1yc/9Sz++IMGyFHYvuqtclhpHPPToFByaVl687b1P4t2i/U4fWPZ4BBhN5Q7HGTxubspw1GY2MjBYU5OXvEJu9aWeibkM/fg6QrxPRYNsJBNJQR"
    "ywMjYHj6AefrZeGXGxSNgS50kCNBvV7XTli/17y3MFgR4WfNmBK3BqKb87v3DBMVnLHcqvw1ZVjFPv91q0XYaDdVFHqOnS4Fh5nfwh1qfuvKrUZl"
    "wFPcwW+pG4YDyjx90MTFugpQ6KfEusmUhB5Dqr79nYWbOhW3e0PCEZtxmVrH9EtCHEgO6wnkWjPke6XULARu0ECF1gZvQczEjKfzxCt6Rknz+27l"
    "XyzgzRyHWxr0kB/pFty+8IebrDfIW9757d+1QLonDTmkLQiirF0ygsgQALmk1KljcHD/qiAZPHh5YX+Q2VdDfIfGeMXmCg3nX5r5DINcx47fNHtg"
    "WeGn8MjF8Hnff6x+ZU/7YqcBrDOvGqn46FBvuRY0+mWkRo576207vQR/023owl7pXZ5p/75V5yDkTZWDtXsfKjpypcxrWIBsg5GC25nZdjQQGBtF"
    "UF1pfn+xvunq9AEIFidYY2Vyc3mYw8TW7PkVKis5PENhdbfJHDtIdIiQsLe+1Nr+/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4eKDU=\n"
).encode()

LOG = SigningKey(b"l" * 32)
LOG_NAME = "alpha.example/log"
MIRROR = MlDsaKey(b"m" * 32)
MIRROR_ED = SigningKey(b"m" * 32)
NAME = "bravo/mirror"
VERIFIER = NoteVerifier(NAME, ML_DSA_COSIGNATURE, MIRROR.public)
VERIFIER_ED = NoteVerifier(NAME, COSIGNATURE, MIRROR_ED.public)
CHECKPOINT = Checkpoint(LOG_NAME, 7, hashlib.sha256(b"root").digest())
BODY = CHECKPOINT.body()
TIME = 1_700_000_000
LINE = cosignature.cosign(BODY, NAME, MIRROR, TIME)

names = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=60)


def test_the_checkpoint_that_another_implementation_signed_verifies() -> None:
    verifier = NoteVerifier(ORIGIN, ML_DSA_COSIGNATURE, MlDsaKey(SEED).public)
    assert verifier.key_id.hex() == KEY_ID
    note = notes.parse(PUBLISHED)
    assert parse_body(note.text).size == 1
    (found,) = notes.verify(note, [verifier])
    assert (found.verifier, found.time_s) == (verifier, None)
    assert notes.encode(note) == PUBLISHED
    other = notes.parse(PUBLISHED.replace(b"\n1\n", b"\n2\n", 1))
    with refused("note.bad_signature"):
        notes.verify(other, [verifier])


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    # tlog-cosignature, "ML-DSA-44 signed message", put together by hand
    root = bytes(range(32))
    expected = bytes.fromhex(
        "737562747265652f76310a00"  # subtree/v1, newline, zero
        "0477302f77"  # 4, w0/w
        "000000006553f100"  # 1700000000
        "056c2e6f7267"  # 5, l.org
        "0000000000000000"
        "0000000000000102"
    )
    assert mldsa.subtree_message("w0/w", TIME, "l.org", 0, 258, root) == expected + root
    assert notes.cosigned_struct(Checkpoint("l.org", 258, root).body(), "w0/w", TIME) == expected + root


@pytest.mark.parametrize(
    ("name", "time_s", "start", "end", "root", "code"),
    [
        ("", 0, 0, 1, bytes(32), "note.key_name"),
        ("n" * 256, 0, 0, 1, bytes(32), "note.key_name"),
        ("ن" * 128, 0, 0, 1, bytes(32), "note.key_name"),
        ("n", -1, 0, 1, bytes(32), "note.time"),
        ("n", 2**63, 0, 1, bytes(32), "note.time"),
        ("n", 5, 256, 512, bytes(32), "note.time"),
        ("n", 0, 2, 1, bytes(32), "ledger_policy.subtree"),
        ("n", 0, -1, 1, bytes(32), "ledger_policy.subtree"),
        ("n", 0, 0, 2**63, bytes(32), "ledger_policy.subtree"),
        ("n", 0, 0, 1, bytes(31), "ledger_policy.subtree"),
    ],
)
def test_what_the_signed_struct_cannot_hold_is_refused(
    name: str, time_s: int, start: int, end: int, root: bytes, code: str
) -> None:
    with refused(code):
        mldsa.subtree_message(name, time_s, "origin", start, end, root)


@given(names, names, st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_cosignature_opens_with_its_time(name: str, origin: str, time_s: int, size: int, root: bytes) -> None:
    body = Checkpoint(origin, size, root).body()
    verifier = NoteVerifier(name, ML_DSA_COSIGNATURE, MIRROR.public)
    line = cosignature.cosign(body, name, MIRROR, time_s)
    assert cosignature.open_cosignature(line, verifier, body) == time_s
    assert NoteVerifier.parse(verifier.vkey) == verifier
    with refused("note.bad_signature"):
        cosignature.open_cosignature(line, verifier, Checkpoint(origin, size - 1 or 2, root).body())


@given(st.integers(0, 8 + mldsa.SIGNATURE_SIZE - 1), st.integers(1, 255))
def test_a_cosignature_with_any_byte_changed_is_refused(at: int, flip: int) -> None:
    signature = notes.parse_signature(LINE.removesuffix("\n"))
    payload = bytearray(signature.payload)
    payload[at] ^= flip
    with pytest.raises(Refused) as caught:
        cosignature.open_cosignature(Signature(NAME, signature.key_id, bytes(payload)), VERIFIER, BODY)
    assert caught.value.code == "note.bad_signature"


@pytest.mark.parametrize("size", [0, 8, 8 + 64, 8 + 2419, 8 + 2421])
def test_a_cosignature_of_another_length_is_refused(size: int) -> None:
    with refused("note.bad_signature"):
        cosignature.open_cosignature(Signature(NAME, VERIFIER.key_id, bytes(size)), VERIFIER, BODY)


def test_the_name_is_signed_so_a_cosignature_cannot_pass_to_another_role_of_the_key() -> None:
    witness = NoteVerifier("bravo/witness", ML_DSA_COSIGNATURE, MIRROR.public)
    signature = notes.parse_signature(LINE.removesuffix("\n"))
    moved = Signature(witness.name, witness.key_id, signature.payload)
    with refused("note.bad_signature"):
        cosignature.open_cosignature(moved, witness, BODY)


def test_an_ml_dsa_key_signs_nothing_but_checkpoints() -> None:
    signature = notes.parse_signature(LINE.removesuffix("\n"))
    with refused("checkpoint.lines"):
        notes.verify(Note("a letter\n", (signature,)), [VERIFIER])
    with refused("checkpoint.lines"):
        cosignature.cosign("a letter\n", NAME, MIRROR, TIME)


def test_a_party_with_a_key_of_each_type_counts_once_per_key() -> None:
    data = sign_checkpoint(CHECKPOINT, LOG)
    both = cosignature.with_cosignatures(data, [LINE, cosignature.cosign(BODY, NAME, MIRROR_ED, TIME + 1)])
    note = notes.parse(both)
    found = cosignature.cosignatures(note, [VERIFIER, VERIFIER_ED])
    assert [(one.verifier, one.time_s) for one in found] == [(VERIFIER, TIME), (VERIFIER_ED, TIME + 1)]
    assert [one.verifier for one in cosignature.cosignatures(note, [VERIFIER_ED])] == [VERIFIER_ED]
    # whoever knows the log's Ed25519 key only reads the note as before
    assert open_checkpoint(both, LOG_NAME, LOG.public).checkpoint == CHECKPOINT


def test_of_two_cosignatures_by_one_key_the_earlier_stated_time_stands() -> None:
    data = sign_checkpoint(CHECKPOINT, LOG)
    lines = [cosignature.cosign(BODY, NAME, MIRROR, time_s) for time_s in (0, TIME + 5, TIME)]
    note = notes.parse(cosignature.with_cosignatures(data, lines))
    assert [one.time_s for one in cosignature.cosignatures(note, [VERIFIER])] == [TIME]
    untimed = notes.parse(cosignature.with_cosignatures(data, lines[:1]))
    assert [one.time_s for one in cosignature.cosignatures(untimed, [VERIFIER])] == [None]


def test_one_ml_dsa_cosignature_that_fails_refuses_the_whole_note() -> None:
    good = notes.parse_signature(LINE.removesuffix("\n"))
    bad = Signature(NAME, good.key_id, good.payload[:-1] + bytes([good.payload[-1] ^ 1]))
    data = cosignature.with_cosignatures(sign_checkpoint(CHECKPOINT, LOG), [LINE, bad.line()])
    with refused("note.bad_signature"):
        cosignature.cosignatures(notes.parse(data), [VERIFIER])
    assert cosignature.cosignatures(notes.parse(data), [VERIFIER_ED]) == []


def test_a_note_holds_sixteen_ml_dsa_cosignatures_under_the_longest_names() -> None:
    origin = "o" * 255
    checkpoint = Checkpoint(origin, 2**63 - 1, CHECKPOINT.root)
    keys = [(f"{number:02}" + "n" * 253, MlDsaKey(bytes([number]) * 32)) for number in range(16)]
    lines = [cosignature.cosign(checkpoint.body(), name, key, TIME) for name, key in keys]
    data = cosignature.with_cosignatures(sign_checkpoint(checkpoint, LOG), lines)
    assert len(data) <= MAX_NOTE
    known = [NoteVerifier(name, ML_DSA_COSIGNATURE, key.public) for name, key in keys]
    assert [NoteVerifier.parse(verifier.vkey) for verifier in known] == known
    assert len(cosignature.cosignatures(notes.parse(data), known)) == 16


def test_keys_of_another_length_and_the_key_of_zeros_are_refused() -> None:
    for size in (0, 32, 1311, 1313):
        with refused("ledger_policy.ml_dsa_size"):
            NoteVerifier(NAME, ML_DSA_COSIGNATURE, b"\x01" * size)
    with refused("ledger_policy.ml_dsa_weak"):
        NoteVerifier(NAME, ML_DSA_COSIGNATURE, MIRROR.public[:32] + bytes(1280))
    with refused("key.seed_size"):
        MlDsaKey(bytes(31))
    with refused("key.text"):
        NoteVerifier.parse("n" * 255 + VERIFIER.vkey)


def test_a_key_shows_no_secret() -> None:
    key = MlDsaKey(b"s" * 32)
    assert b"s" * 32 not in repr(key).encode()
    assert (b"s" * 32).hex() not in repr(key)
    assert mldsa.verify_signature(key.public, key.sign(b"message"), b"message")
    assert not mldsa.verify_signature(key.public, key.sign(b"message"), b"massage")
