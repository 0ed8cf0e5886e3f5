"""Every bad file is refused by both verifiers, and for the same kind of reason."""

from __future__ import annotations

import base64
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tansiq.ledger import disclosure, proof
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosign
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.mldsa import MlDsaKey
from tansiq.ledger.note import ED25519, NoteVerifier, parse

from .both import HOLDS, MALFORMED, REFUSED, Answer, by_file, by_program, in_here, inside, line, with_inside
from .conftest import Court
from .minted import CIRCLE_ID, KEYS, NOW, Minted, circle_of, entry_of, padded, spelt, told, told_raw

GOOD = Minted()
LONG = "x" * 48_000


def both(data: bytes) -> int:
    """The exit code that both give."""
    mine, other = by_program(data, {}), in_here(data, {})
    assert mine == other, (mine, other)
    return mine.code


def entry(**more: Any) -> bytes:
    """A file whose entry has these values, signed as it is."""
    digests = sorted(disclosure.digest(one) for one in GOOD.disclosures)
    return GOOD.with_(entry=spelt({**entry_of(digests), **more})).file()


def label(**more: Any) -> bytes:
    """The same for the entry's label."""
    return entry(label={**entry_of([])["label"], **more})


def circle(**more: Any) -> bytes:
    """The same for the circle."""
    return GOOD.with_(circle=spelt(circle_of(**more))).file()


def member(number: int, **more: Any) -> bytes:
    """The same for one of its members."""
    members = circle_of()["members"]
    members[number] = {**members[number], **more}
    return circle(members=members)


def field(*disclosures: str) -> bytes:
    """A file with these disclosures, all of them committed to."""
    return GOOD.with_(disclosures=disclosures).file()


def swap(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with something else in one place."""
    assert old in data
    return data.replace(old, new, 1)


def deep(levels: int) -> Any:
    """Lists in lists."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def mop_seen(name_it: bool = True, **more: Any) -> bytes:
    """A file with an entry of mop that stands under a head; joc's entry names that head or does not."""
    earlier = padded(spelt(entry_of([], at=5)))
    head = [{"party": "mop", "size": 1, "root": base64.b64encode(leaf_hash(earlier)).decode(), **more}]
    seen = [[one["party"], one["size"], one["root"]] for one in head] if name_it else []
    digests = sorted(disclosure.digest(one) for one in GOOD.disclosures)
    origin = f"mop/{CIRCLE_ID}/1"
    note = sign_checkpoint(Checkpoint(origin, 1, leaf_hash(earlier)), KEYS[3])
    pair = (earlier, proof.encode(proof.TlogProof(0, (), note)))
    return GOOD.with_(entry=spelt(entry_of(digests, seen=seen)), after=(pair,)).file()


def cosigned(*lines: str) -> bytes:
    """The file with these signature lines on its head."""
    return GOOD.with_(lines=lines).file()


def loose() -> bytes:
    """A file with bits in its base64 that no byte has."""
    data = next(
        found
        for count in range(1, 4)
        if line(found := GOOD.with_(circle=spelt(circle_of()) + b" " * count).file(), "circle").endswith(b"A==")
        or line(found, "circle").endswith(b"g==")
    )
    text = line(data, "circle")
    return data.replace(text, text[:-3] + bytes([text[-3] + 1]) + b"==")


def bent(text: str) -> str:
    """A signature line with one bit of its signature changed."""
    head, _, blob = text.rpartition(" ")
    raw = base64.b64decode(blob)
    return f"{head} {base64.b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()}\n"


def posing() -> str:
    """What the witness's key signed, under the name and key id of the mirror's."""
    mine, other = (
        base64.b64decode(cosign(BODY, f"mop/{role}", key, NOW).split(" ")[2])
        for role, key in (("mirror", KEYS[5]), ("witness", KEYS[4]))
    )
    return f"— mop/mirror {base64.b64encode(mine[:4] + other[4:]).decode()}\n"


BODY = parse(GOOD.note()).text
PQ = MlDsaKey(bytes(range(32)))
HOLD: dict[str, bytes] = {
    "as it is": GOOD.file(),
    "no field": field(),
    "for a reader": GOOD.with_(reader="mediator").file(),
    "what was seen": mop_seen(),
    "a claimed time of zero": entry(at=0),
    "the last claimed time": entry(at=253_402_300_799_999),
    "control signs": entry(desk='a\n\t\x01\x1f"\\\x7f\u2028é'),
    "a text of astral signs": entry(desk="\U0001f600" * 64),
    "padding": entry(pad="." * 1000),
    "a circle with blanks around it": GOOD.with_(circle=b" \n" + spelt(circle_of()) + b"\x0b\n").file(),
    "a recovery key": member(1, recovery=base64.b64encode(SigningKey(bytes([77]) * 32).public).decode()),
    "no names": circle(names={}),
    "two of three names": circle(names={"en": "x", "ckb": "y"}),
    "an epoch before": circle(previous="0" * 64),
    "a value of sixteen levels": field(told("text", deep(16))),
    "the largest numbers": field(told("text", [2**63 - 1, -(2**63), 0, True, None])),
    "blanks in a disclosure": field(told_raw(f' [ "{"A" * 22}" ,\n"text", -0 ]\t'.encode())),
    "escapes in a disclosure": field(told_raw(f'["{"A" * 22}","text","\\/\\ud83d\\ude00\\u0041"]'.encode())),
    "a line by a stranger": cosigned(cosign(BODY, "stranger", KEYS[5], NOW)),
    "a line of ML-DSA-44": cosigned(cosign(BODY, "mop/mirror", PQ, NOW)),
    "a time beyond all calendars": cosigned(cosign(BODY, "mop/mirror", KEYS[5], 2**63 - 1)),
    "a cosignature without time": cosigned(cosign(BODY, "mop/mirror", KEYS[5], 0)),
    "one key twice": cosigned(cosign(BODY, "mop/mirror", KEYS[5], 9), cosign(BODY, "mop/mirror", KEYS[5], 3)),
    "the speaker's own cosignature": cosigned(cosign(BODY, "joc/mirror", KEYS[2], NOW)),
    "an extra in the proof": swap(GOOD.file(), b"proof@v1\n", b"proof@v1\nextra QUJD\n"),
}

BAD: dict[str, bytes] = {
    "nothing": b"",
    "blank lines": b"\n\n\n\n",
    "no proof": GOOD.file().split(b"c2sp.org")[0],
    "another version": swap(GOOD.file(), b"@v1", b"@v2"),
    "a line before": b"x\n" + GOOD.file(),
    "carriage returns": GOOD.file().replace(b"\n", b"\r\n"),
    "no exercise line": swap(GOOD.file(), b"exercise no\n", b""),
    "two exercise lines": swap(GOOD.file(), b"exercise no\n", b"exercise no\nexercise no\n"),
    "an exercise line of its own words": swap(GOOD.file(), b"exercise no", b"exercise maybe"),
    "exercise yes in a live file": swap(GOOD.file(), b"exercise no", b"exercise yes"),
    "an exercise circle": circle(exercise=True),
    "an exercise label": label(exercise=True),
    "exercise in line and circle only": GOOD.with_(circle=spelt(circle_of(exercise=True)), exercise="yes").file(),
    "a reader with capitals": GOOD.with_(reader="Mediator").file(),
    "a reader of two words": GOOD.with_(reader="the mediator").file(),
    "two readers": swap(GOOD.file(), b"circle ", b"for a\nfor b\ncircle "),
    "a reader below": swap(GOOD.file(), b"\n\n", b"\nfor a\n\n"),
    "an empty line name": swap(GOOD.file(), b"\n\n", b"\n x\n\n"),
    "an unknown line": swap(GOOD.file(), b"\n\n", b"\nnote x\n\n"),
    "a line without value": swap(GOOD.file(), b"\n\n", b"\nalso\n\n"),
    "a line of blanks": swap(GOOD.file(), b"\n\n", b"\nalso \n\n"),
    "lines in another order": swap(
        GOOD.file(), line(GOOD.file(), "circle"), b"entry QUJD\n" + line(GOOD.file(), "circle")
    ),
    "base64 with a blank": swap(GOOD.file(), b"entry ", b"entry  "),
    "base64url for base64": with_inside(GOOD.file(), "entry", b"\xff\xff\xff").replace(b"entry ////", b"entry ____"),
    "base64 that is not canonical": loose(),
    "a field that was not committed to": swap(
        field(), b"\n\n", b"\ndisclosure " + told("text", "another").encode() + b"\n\n"
    ),
    "a field twice": swap(
        GOOD.file(), line(GOOD.file(), "disclosure"), b"\n".join([line(GOOD.file(), "disclosure")] * 2)
    ),
    "one name twice": field(told("text", "a"), told("text", "b")),
    "two fields in one line": GOOD.with_(
        disclosures=("~".join(("x", "y")),), entry=spelt(entry_of([disclosure.digest("x"), disclosure.digest("y")]))
    ).file(),
    "another entry": with_inside(GOOD.file(), "entry", inside(entry(at=7), "entry")),
    "another circle": circle(id="f" * 32),
    "another epoch": circle(epoch=2),
    "not a member": GOOD.with_(origin=f"nobody/{CIRCLE_ID}/1").file(),
    "another member's ledger": GOOD.with_(origin=f"mop/{CIRCLE_ID}/1").file(),
    "another log key": member(0, log=base64.b64encode(SigningKey(bytes([99]) * 32).public).decode()),
    "another index": swap(GOOD.file(), b"\nindex 0", b"\nindex 1"),
    "an index with a zero before": swap(GOOD.file(), b"\nindex 0", b"\nindex 00"),
    "an Arabic index": swap(GOOD.file(), b"\nindex 0", "\nindex ٠".encode()),
    "a negative index": swap(GOOD.file(), b"\nindex 0", b"\nindex -0"),
    "a hash too many": swap(GOOD.file(), b"\nindex 0", b"\nindex 0\n" + base64.b64encode(bytes(32))),
    "sixty-four hashes": swap(GOOD.file(), b"\nindex 0", b"\nindex 0" + (b"\n" + base64.b64encode(bytes(32))) * 64),
    "a short hash": swap(GOOD.file(), b"\nindex 0", b"\nindex 0\n" + base64.b64encode(bytes(31))),
    "an empty extra": swap(GOOD.file(), b"proof@v1\n", b"proof@v1\nextra \n"),
    "a large extra": swap(GOOD.file(), b"proof@v1\n", b"proof@v1\nextra " + base64.b64encode(bytes(65_538)) + b"\n"),
    "the same proof again": swap(
        GOOD.file(), b"\n\n", b"\nalso " + base64.b64encode(proof.encode(proof.TlogProof(0, (), GOOD.note()))) + b"\n\n"
    ),
    "a further proof of another ledger": swap(
        GOOD.file(),
        b"\n\n",
        b"\nalso "
        + base64.b64encode(proof.encode(proof.TlogProof(0, (), GOOD.note(origin=f"mop/{CIRCLE_ID}/1", key=KEYS[3]))))
        + b"\n\n",
    ),
    "a further proof that is none": swap(GOOD.file(), b"\n\n", b"\nalso QUJD\n\n"),
    "sixty-five further proofs": swap(GOOD.file(), b"\n\n", b"\nalso QUJD" * 65 + b"\n\n"),
    "something seen that the entry does not name": mop_seen(name_it=False),
    "something seen under another size": mop_seen(size=2),
    "something seen under another root": mop_seen(root=base64.b64encode(bytes(32)).decode()),
    "something seen of another party": mop_seen(party="joc"),
    "something seen in one part": swap(GOOD.file(), b"\n\n", b"\nafter QUJD\n\n"),
    "a cosignature of another head": cosigned(cosign(BODY.replace("\n1\n", "\n2\n"), "mop/mirror", KEYS[5], NOW)),
    "a cosignature with a bit changed": cosigned(bent(cosign(BODY, "mop/mirror", KEYS[5], NOW))),
    "a witness's cosignature as a mirror's": cosigned(posing()),
    "thirty-three signatures": cosigned(*[cosign(BODY, f"stranger-{number}", KEYS[5], NOW) for number in range(32)]),
    "a signature line without newline": GOOD.file()[:-1],
    "a name with a plus": cosigned("— a+b QUJDREVG\n"),
    "a name of 256 bytes": cosigned(f"— {'a' * 256} QUJDREVG\n"),
    "a name with a blank of another kind": cosigned("— a\u2003b QUJDREVG\n"),
    "a signature of four bytes": cosigned("— a QUJDRA==\n"),
    "a hyphen for a dash": cosigned("- a QUJDREVG\n"),
    "a note with a control sign": cosigned("— a\x01 QUJDREVG\n"),
    "a note of 70 kB": cosigned(*[f"— a {base64.b64encode(bytes(9000)).decode()}\n"] * 7),
    "an entry that is none": GOOD.with_(entry=b"nothing").file(),
    "an entry with a blank": GOOD.with_(entry=GOOD.body.replace(b",", b", ", 1)).file(),
    "an entry in another order": GOOD.with_(entry=spelt(dict(reversed(json.loads(GOOD.body).items())))).file(),
    "an entry with a key twice": GOOD.with_(entry=GOOD.body.replace(b'{"v":1', b'{"v":1,"v":1', 1)).file(),
    "an entry with an unknown key": GOOD.with_(entry=GOOD.body.replace(b'"pad"', b'"x":1,"pad"')).file(),
    "an entry with an escape that it does not need": GOOD.with_(
        entry=GOOD.body.replace(b"watch", b"w\\u0061tch")
    ).file(),
    "an entry with a slash escaped": GOOD.with_(entry=GOOD.body.replace(b"watch", b"w\\/tch")).file(),
    "an entry with a line break as a number": GOOD.with_(entry=GOOD.body.replace(b"watch", b"w\\u000a")).file(),
    "an entry with a capital escape": GOOD.with_(entry=GOOD.body.replace(b"watch", b"w\\u001F")).file(),
    "an entry with half a surrogate": GOOD.with_(entry=GOOD.body.replace(b"watch", b"w\\ud800")).file(),
    "an entry that is not UTF-8": GOOD.with_(entry=GOOD.body.replace(b"watch", b"w\xff")).file(),
    "an entry with a raw control sign": GOOD.with_(entry=GOOD.body.replace(b"watch", b"w\x01")).file(),
    "an entry with a mark before": GOOD.with_(entry=b"\xef\xbb\xbf" + GOOD.body).file(),
    "a blank after the entry": GOOD.with_(entry=GOOD.body + b" ").file(),
    "a newline after the entry": GOOD.with_(entry=GOOD.body + b"\n").file(),
    "an entry of another version": entry(v=2),
    "a version that is true": entry(v=True),
    "a version with a fraction": GOOD.with_(entry=GOOD.body.replace(b'"v":1', b'"v":1.0')).file(),
    "a time with an exponent": GOOD.with_(entry=GOOD.body.replace(b'"at":1800000000000', b'"at":18e11')).file(),
    "a time below zero": entry(at=-1),
    "a time after the last": entry(at=253_402_300_800_000),
    "a time that is a text": entry(at="1"),
    "a time that is nothing": GOOD.with_(entry=GOOD.body.replace(b'"at":1800000000000', b'"at":NaN')).file(),
    "an id that is too short": entry(id="x"),
    "no type": entry(type=""),
    "a desk of 65 signs": entry(desk="x" * 65),
    "an about of 129 signs": entry(about="x" * 129),
    "padding of another sign": entry(pad=".. ."),
    "padding with a newline": entry(pad="...\n"),
    "257 digests": entry(_sd=["x" * 43] * 257),
    "a digest of 42 signs": entry(_sd=["x" * 42]),
    "seventeen blobs": entry(blobs=["x" * 64] * 17),
    "a head with four parts": entry(seen=[["mop", 1, "x" * 44, 1]]),
    "a head with a large size": entry(seen=[["mop", (1 << 40) + 1, "x" * 44]]),
    "65 heads": entry(seen=[["mop", 1, "x" * 44]] * 65),
    "a dot too many": GOOD.with_(entry=GOOD.body.replace(b"....", b".....", 1), exact=True).file(),
    "a step of padding too many": GOOD.with_(entry=GOOD.body[:-2] + b"." * 512 + b'"}', exact=True).file(),
    "no padding": GOOD.with_(entry=spelt(entry_of([disclosure.digest(GOOD.disclosures[0])])), exact=True).file(),
    "an entry of 70 kB": entry(blobs=["\x00" * 64] * 16, desk="\x00" * 64, _sd=["\x00" * 43] * 250),
    "a label of another colour": label(tlp="WHITE"),
    "a label in small letters": label(policy="joint"),
    "a label with a newline": label(policy="JOINT\n"),
    "a label with more": label(more=1),
    "a label that is exercise one": label(exercise=1),
    "a circle that is none": GOOD.with_(circle=b"{}").file(),
    "a circle with a blank": GOOD.with_(circle=spelt(circle_of()).replace(b",", b", ", 1)).file(),
    "a circle with names in another order": circle(names={"ar": "x", "en": "y"}),
    "a circle with a name of nothing": circle(names={"en": None}),
    "a circle with an unknown name": circle(names={"fr": "x"}),
    "a circle with names and no comma": GOOD.with_(
        circle=spelt(circle_of(names={"en": "x", "ar": "y"})).replace(b'"x",', b'"x"')
    ).file(),
    "a circle with a comma before names": GOOD.with_(circle=spelt(circle_of()).replace(b'{"en"', b'{,"en"')).file(),
    "a circle without members": circle(members=[]),
    "65 members": circle(members=circle_of()["members"] * 33),
    "a circle of another version": circle(v=2),
    "epoch zero": circle(epoch=0),
    "epoch a million and one": circle(epoch=1_000_001),
    "a circle whose previous is nothing": circle(previous=None),
    "a member twice": member(1, party="joc"),
    "a key twice": member(1, mirror=circle_of()["members"][0]["log"]),
    "a key of small order": member(1, mirror=base64.b64encode(bytes([1]) + bytes(31)).decode()),
    "a key that is not canonical": member(1, mirror=base64.b64encode(b"\xee" + b"\xff" * 30 + b"\x7f").decode()),
    "a key of 31 bytes": member(1, mirror=base64.b64encode(bytes(31)).decode()),
    "a key that is no base64": member(1, mirror="?"),
    "an empty recovery key": member(1, recovery=""),
    "a party with a newline": member(1, party="mop\n"),
    "a circle of 70 kB": member(1, tls="0" * 70_000),
    "a field with a fraction": field(told_raw(f'["{"A" * 22}","text",1.5]'.encode())),
    "a field with a whole fraction": field(told_raw(f'["{"A" * 22}","text",1.0]'.encode())),
    "a field with an exponent": field(told_raw(f'["{"A" * 22}","text",1e2]'.encode())),
    "a field that is infinite": field(told_raw(f'["{"A" * 22}","text",Infinity]'.encode())),
    "a field with a fraction inside": field(told("text", {"a": [1, 2.5]})),
    "a number above 63 bits": field(told("text", 2**63)),
    "a number below 63 bits": field(told("text", -(2**63) - 1)),
    "a number of 5000 digits": field(told_raw(f'["{"A" * 22}","text",{"9" * 5000}]'.encode())),
    "a key twice in a field": field(told_raw(f'["{"A" * 22}","text",{{"a":1,"a":1}}]'.encode())),
    "a key twice deep in a field": field(told_raw(f'["{"A" * 22}","text",[{{"b":{{"a":1,"a":2}}}}]]'.encode())),
    "a disclosure inside a field": field(told("text", {"_sd": []})),
    "an algorithm inside a field": field(told("text", {"_sd_alg": "sha-256"})),
    "three dots inside a field": field(told("text", [{"...": "x"}])),
    "a reserved name": field(told("_sd", 1)),
    "a name in capitals": field(told("Text", 1)),
    "a name of 41 signs": field(told("x" * 41, 1)),
    "a name that is none": field(told(1, 1)),
    "a name with a newline": field(told("text\n", 1)),
    "a salt of 21 signs": field(told("text", 1, salt="A" * 21)),
    "a salt of 129 signs": field(told("text", 1, salt="A" * 129)),
    "a salt of other signs": field(told("text", 1, salt="?" * 22)),
    "a salt with a newline": field(told("text", 1, salt="A" * 22 + "\n")),
    "a salt that is none": field(told("text", 1, salt=None)),
    "two parts": field(told_raw(f'["{"A" * 22}","text"]'.encode())),
    "four parts": field(told_raw(f'["{"A" * 22}","text",1,1]'.encode())),
    "an object for a field": field(told_raw(b'{"a":1}')),
    "a field of seventeen levels": field(told("text", deep(17))),
    "a field of a hundred thousand levels": field(
        told_raw(f'["{"A" * 22}","text",{"[" * 20_000}1{"]" * 20_000}]'.encode())
    ),
    "half a surrogate in a field": field(told_raw(f'["{"A" * 22}","text","\\ud800"]'.encode())),
    "half a surrogate in a key": field(told_raw(f'["{"A" * 22}","text",{{"\\udc00":1}}]'.encode())),
    "a field that is not UTF-8": field(told_raw(f'["{"A" * 22}","text","'.encode() + b'\xff"]')),
    "a field with padding": GOOD.with_(disclosures=(told("text", "ab") + "=",)).file(),
    "a field in standard base64": field(told_raw(f'["{"A" * 22}","text","{"?>" * 9}"]'.encode()).replace("_", "/")),
    "a field with loose bits at the end": field(told("text", "abc")[:-1] + "x"),
    "a field of 70 kB": field(told("text", LONG + "y" * 2000)),
    "a comma too many": field(told_raw(f'["{"A" * 22}","text",[1,]]'.encode())),
    "a file of more than a mebibyte": GOOD.file() + b"x" * (1 << 20),
}


@pytest.mark.parametrize("name", HOLD)
def test_what_is_odd_and_right_holds_for_both(name: str) -> None:
    assert both(HOLD[name]) == HOLDS


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_refused_by_both(name: str) -> None:
    assert both(BAD[name]) in {MALFORMED, REFUSED}


def test_a_line_that_cannot_be_checked_is_said_not_to_be() -> None:
    found = by_program(HOLD["a line of ML-DSA-44"], {})
    assert "not checked: an ML-DSA-44 line in the name of mop/mirror, whose key is not at hand" in found.lines
    assert not any(one.startswith("held by") for one in found.lines)
    assert not any(one.startswith(("held", "seen")) for one in by_program(HOLD["a line by a stranger"], {}).lines)
    assert not any(one.startswith("held") for one in by_program(HOLD["the speaker's own cosignature"], {}).lines)


def test_a_process_of_its_own_gives_the_exit_codes(tmp_path: Path) -> None:
    for name in ("another entry", "nothing", "a field with a fraction inside", "another log key", "two readers"):
        assert by_file(BAD[name], {}, tmp_path) == Answer(by_program(BAD[name], {}).code, [])
    for name in ("a time beyond all calendars", "control signs"):
        assert by_file(HOLD[name], {}, tmp_path, "-S") == by_program(HOLD[name], {})


def _twists(data: bytes) -> dict[str, bytes]:
    """A fork proof made wrong in each of its places."""
    top = data[: data.index(b"first ")]
    first, second = _head(data, b"first "), _head(data, b"second ")
    empty = base64.b64encode(bytes(32))
    return {
        "cut short": data[:-1],
        "a byte more": data + b"\n",
        "the same head twice": top + first + b"second " + first.removeprefix(b"first "),
        "heads swapped": top + b"first " + second.removeprefix(b"second ") + b"second " + first.removeprefix(b"first "),
        "another key": data.replace(line(data, "log"), b"log " + _foreign(data)),
        "a key id in capitals": data.replace(line(data, "log"), _capital(line(data, "log"))),
        "no kind": data.replace(b"\nkind ", b"\n"),
        "the other kind": data.replace(b"same-size", b"extension")
        if b"same-size" in data
        else _without(data, b"prefix"),
        "an empty prefix": re.sub(rb"kind same-size|kind extension\nprefix [^\n]*", b"kind extension\nprefix ", data),
        "a length with a zero": data.replace(b"first ", b"first 0"),
        "a length too short": data.replace(b"second ", b"second 1\nsecond "),
        "one hash more": data.replace(b"\n\nfirst", b"\nproof " + empty + b"\n\nfirst"),
        "sixty-four hashes more": data.replace(b"\n\nfirst", (b"\nproof " + empty) * 64 + b"\n\nfirst"),
        "another prefix": re.sub(rb"kind same-size|prefix [^\n]*", b"prefix " + empty, data),
        "too large": data + b"x" * 140_000,
    }


def _without(data: bytes, name: bytes) -> bytes:
    return b"\n".join(one for one in data.split(b"\n") if not one.startswith(name + b" "))


def _capital(text: bytes) -> bytes:
    name, number, key = text.split(b"+", 2)
    return b"+".join([name, number.upper() if number != number.upper() else b"X" + number, key])


def _head(data: bytes, name: bytes) -> bytes:
    start = data.index(name)
    size = int(data[start + len(name) :].split(b"\n")[0])
    end = data.index(b"\n", start) + 1 + size
    return data[start:end]


def _foreign(data: bytes) -> bytes:
    name = line(data, "log").split(b" ")[1].split(b"+")[0].decode()
    return NoteVerifier(name, ED25519, KEYS[0].public).vkey.encode()


@pytest.mark.parametrize("kind", ["one size", "two sizes"])
def test_a_fork_proof_made_wrong_is_refused_by_both(court: Court, kind: str) -> None:
    for name, data in _twists(court.two_faced[kind]).items():
        if (kind, name) == ("one size", "heads swapped"):
            continue  # two heads of one size have no order
        assert data != court.two_faced[kind], name
        assert both(data) in {MALFORMED, REFUSED}, name


@pytest.mark.parametrize("name", ["full", "two sizes", "one size"])
def test_a_changed_byte_is_judged_alike(court: Court, name: str) -> None:
    """Every region of a file: whatever is accepted says the same to both."""
    data = court.good.get(name) or court.two_faced[name]
    dice = random.Random(name)  # noqa: S311 - which bytes are tried is no secret
    for at in sorted(dice.sample(range(len(data)), 300)):
        changed = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
        assert by_program(changed, {}) == in_here(changed, {}), at
