#!/usr/bin/env python3
"""Check an evidence file or a fork proof of Tansiq, offline and without Tansiq.

    python3 -I verify_evidence.py FILE [--card PARTY-CARD.txt]...

Exit code 0: it holds; 2: it is no such file, or cannot be read; 4: it does not hold. With --card the keys of those
parties must be the ones on their cards, which you had from the parties themselves; without it compare the printed key.
Python 3.11 or later, nothing else; Ed25519 comes from `cryptography` where that is installed, else (or with -S) from
below. Cited: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof (commit 5ba5ee8); RFC 8032, 9162, 9901;
of this project docs/integrators/formats.md and docs/decisions/ed25519-verifier.md.
"""

import argparse
import base64
import datetime
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None  # type: ignore[assignment, misc] # then the lines below do it

MALFORMED, REFUSED = 2, 4
MAX_FILE, MAX_NOTE, MAX_TEXT, MAX_PROOF, LAST_MS = 1 << 20, 65_535, 65_536, 63, 253_402_300_799_999
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, Y8 = -121665 * pow(121666, -1, P) % P, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
B = 0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A, 4 * pow(5, -1, P) % P
Key = tuple[str, int, bytes]  # name, type (1, or 4 for cosignatures) and Ed25519 public key (signed-note, "Signatures")
Line = tuple[str, bytes, bytes]  # the name in a signature line, its key id, what comes after that
Head = tuple[int, bytes, str, list[Line]]  # of a checkpoint: size, root, the text that is signed, signature lines


class BadFile(Exception):  # noqa: N818 - not an error of this program but what it found
    """The exit code and why the file is no proof."""


def demand(true: object, why: str, code: int = MALFORMED) -> None:
    """Go on only if it is so."""
    if not true:
        raise BadFile(code, why)


def ordinary(encoded: bytes) -> bool:
    """A canonical y that is not of small order (ed25519-verifier.md); whether it is on the curve shows later."""
    y = int.from_bytes(encoded, "little") & ~(1 << 255)
    return len(encoded) == 32 and y < P and y not in {0, 1, P - 1, Y8, P - Y8}


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032, section 5.1.7; S >= L, odd keys and an odd R are refused before the equation (ed25519-verifier.md)."""
    start, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= L or not ordinary(public) or not ordinary(start):
        return False
    if Ed25519PublicKey is None:
        return equation(public, start, scalar, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except Exception:  # whatever the library says other than yes
        return False
    return True


def equation(public: bytes, start: bytes, scalar: int, message: bytes) -> bool:
    """SB = R + kA without cofactor, R compared byte for byte (RFC 8032, sections 5.1.3, 5.1.4 and 5.1.7)."""

    def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        t = D * a[0] * b[0] * a[1] * b[1]
        x, y = (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, -1, P), (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, P)
        return x % P, y % P

    y, sign = int.from_bytes(public, "little") & ~(1 << 255), public[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    x = root if root * root % P == square else root * pow(2, (P - 1) // 4, P) % P
    k = int.from_bytes(hashlib.sha512(start + public + message).digest(), "little") % L
    total = (0, 1)
    for times, point in ((scalar, B), (k, (P - x if x & 1 == sign else x, y))):  # SB - kA: the key's x negated
        for bit in range(times.bit_length()):
            total = add(total, point) if times >> bit & 1 else total
            point = add(point, point)  # noqa: PLW2901 - doubled from bit to bit
    return x * x % P == square and (total[1] | (total[0] & 1) << 255).to_bytes(32, "little") == start


def text(least: int, most: int) -> str:
    """The pattern of a JSON string of so many signs, written as short as can be."""
    return r'"(?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))' + f'{{{least},{most}}}"'


def many(one: str, most: int, least: int = 0) -> str:
    """The pattern of a JSON list."""
    return rf"\[(?:{one}(?:,{one}){{0,{most - 1}}}){'?' * (not least)}\]"


# The one spelling of entry and circle (formats.md, "Entry" and "Files")
NUMBER, YES_NO, ID, DIGEST = "(?:0|[1-9][0-9]{0,14})", "(?:true|false)", text(36, 36), text(43, 43)
LABEL = (
    r'\{"policy":"[A-Z0-9][A-Z0-9 _-]{0,31}","classification":"[A-Z][A-Z ]{0,31}",'
    rf'"tlp":"(?:RED|AMBER\+STRICT|AMBER|GREEN|CLEAR)","to":{many(text(0, 64), 64)},"exercise":{YES_NO}\}}'
)
SEEN = many(rf"\[{text(1, 64)},{NUMBER},{text(44, 44)}\]", 64)
ENTRY = (
    rf'\{{"v":1,"type":{text(1, 64)},"id":{ID},"revises":(?:null|{ID}),"about":(?:null|{text(0, 128)}),'
    rf'"desk":{text(1, 64)},"role":{text(1, 64)},"at":{NUMBER},"label":{LABEL},"seen":{SEEN},'
    rf'"_sd":{many(DIGEST, 256)},"told":(?:null|{DIGEST}),"blobs":{many(text(64, 64), 16)},"pad":"\.*"\}}'
)
LANGUAGES = "".join(f'(?:,?"{one}":{text(0, 200)})?' for one in ("en", "ar", "ckb"))
KEYS = "".join(f',"{one}":{text(0, MAX_TEXT)}' for one in ("log", "witness", "mirror", "tls"))
MEMBER = rf'\{{"party":"[a-z][a-z0-9-]{{0,31}}"{KEYS}(?:,"recovery":{text(1, MAX_TEXT)})?\}}'
CIRCLE = (
    rf'\{{"v":1,"id":"[0-9a-f]{{32}}","epoch":{NUMBER},"names":\{{(?!,){LANGUAGES}\}},"exercise":{YES_NO},'
    rf'"members":{many(MEMBER, 64, 1)}(?:,"previous":"[0-9a-f]{{64}}")?\}}'
)


def spelt(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_json(data: bytes, spelling: str = "(?s:.*)") -> Any:
    """A JSON value with no fraction, no key twice, no half of a surrogate, and in this spelling."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        demand(len(dict(pairs)) == len(pairs), "a key stands twice in an object")
        return dict(pairs)

    value = json.loads(data.decode(), object_pairs_hook=once, parse_float=decimal, parse_constant=decimal)
    demand(spelt(value).encode() and re.fullmatch(spelling, data.decode()), "an entry or circle is in another spelling")
    return value


def read_entry(data: bytes) -> Any:
    """An entry (formats.md, "Entry")."""
    entry = read_json(data, ENTRY)
    size = min(65_535, max(512, 1 << (len(data) - len(entry["pad"]) - 1).bit_length()))
    demand(len(data) == size, "an entry is not padded as it must be, or too large")
    demand(entry["at"] <= LAST_MS and all(size <= 1 << 40 for _, size, _ in entry["seen"]), "a number is too large")
    return entry


def read_circle(data: bytes) -> Any:
    """A circle's descriptor: no party and no key twice, ordinary keys only (formats.md, "Files")."""
    demand(len(data) <= MAX_TEXT, "the circle's descriptor is too large")
    circle = read_json(data.strip(), CIRCLE)
    keys = [one[role] for one in circle["members"] for role in ("log", "witness", "mirror", "recovery") if role in one]
    parties = {one["party"] for one in circle["members"]}
    demand(len(parties) == len(circle["members"]) and len({*keys}) == len(keys), "a party or a key stands twice")
    demand(all(ordinary(unbase64(key)) for key in keys), "a key in the circle is no ordinary Ed25519 key")
    demand(0 < circle["epoch"] <= 1_000_000, "the circle has no such epoch")
    return circle


def unbase64(value: str) -> bytes:
    """Standard base64 in its one canonical form (RFC 4648, section 4), not empty."""
    raw = base64.b64decode(value, validate=True)
    demand(raw and base64.b64encode(raw).decode() == value, "a value is not canonical base64")
    return raw


def decimal(value: str) -> int:
    """ASCII digits, no leading zero, below 2**63 (tlog-checkpoint, "Note text")."""
    demand(re.fullmatch(r"0|[1-9][0-9]{0,18}", value) and int(value) < 1 << 63, "a number is not written as it must be")
    return int(value)


def key_id(key: Key) -> tuple[str, bytes]:
    """By what signature lines name a key (signed-note, "Signatures")."""
    return key[0], hashlib.sha256(b"%s\n%c%s" % (key[0].encode(), key[1], key[2])).digest()[:4]


def read_note(data: bytes) -> tuple[str, list[Line]]:
    """Text and signature lines of a note (signed-note, "Format")."""
    demand(len(data) <= MAX_NOTE and not re.search(rb"[\x00-\x09\x0b-\x1f]", data), "a note is too large or not text")
    body, gap, tail = data.decode().rpartition("\n\n")
    demand(gap and tail.endswith("\n") and tail.count("\n") <= 32, "a note has no signatures or too many")
    lines = []
    for line in tail[:-1].split("\n"):
        name, _, blob = line.removeprefix("— ").partition(" ")
        good = 0 < len(name.encode()) <= 255 and "+" not in name and not any(one.isspace() for one in name)
        demand(line.startswith("— ") and good and len(unbase64(blob)) > 4, "a signature line is none")
        lines.append((name, unbase64(blob)[:4], unbase64(blob)[4:]))
    return body + "\n", lines


def holding(body: str, lines: Sequence[Line], keys: Sequence[Key]) -> dict[Key, int]:
    """The keys that signed, with the earliest time (s) that a cosignature states; one that fails refuses all.

    signed-note, "Signatures"; tlog-cosignature, "Ed25519 signed message".
    """
    known, found = {key_id(key): key for key in keys}, dict[Key, int]()
    for name, number, payload in lines:
        if key := known.get((name, number)):
            time, signature, message = 0, payload, body.encode()
            if key[1] == 4:
                time, signature = int.from_bytes(payload[:8], "big"), payload[8:]
                message = f"cosignature/v1\ntime {time}\n{body}".encode()
            good = time < 1 << 63 and signed_by(key[2], signature, message)
            demand(good, f"the signature of {name} does not hold", REFUSED)
            found[key] = min(time, found.get(key, time))
    return found


def read_head(data: bytes, log: Key) -> Head:
    """A checkpoint of this log under its key (tlog-checkpoint, "Note text" and "Signatures")."""
    body, lines = read_note(data)
    parts = body.split("\n")
    demand(len(parts) == 4 and 0 < len(parts[0].encode()) <= 255, "a checkpoint does not have its three lines")
    size, root = decimal(parts[1]), unbase64(parts[2])
    demand(len(root) == 32 and (size or root == hashlib.sha256().digest()), "a checkpoint has a wrong root")
    demand(parts[0] == log[0], "a checkpoint is of another ledger", REFUSED)
    demand(log in holding(body, lines, [log]), f"{log[0]} has not signed its checkpoint", REFUSED)
    return size, root, body, lines


def climb(index: int, last: int, path: Sequence[bytes], old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """The roots of the smaller and the larger tree that follow (RFC 9162, sections 2.1.3.2 and 2.1.4.2)."""
    inner = (index ^ last).bit_length()
    demand(len(path) == inner + (index >> inner).bit_count(), "a proof has the wrong length", REFUSED)
    for part in path:
        if index & 1 or index == last:
            old, new = (hashlib.sha256(b"\1" + part + one).digest() for one in (old, new))
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            new = hashlib.sha256(b"\1" + new + part).digest()
        index, last = index >> 1, last >> 1
    return old, new


def placed(raw: bytes, body: bytes, circle: Any, cards: Any) -> tuple[str, int, Head]:
    """In whose ledger, at which index and under which head an entry stands (tlog-proof, all of it)."""
    top, gap, note = raw.partition(b"\n\n")
    demand(len(raw) <= 2 * MAX_TEXT + MAX_NOTE and gap and note, "a proof is none")
    form = rf"c2sp\.org/tlog-proof@v1\n(?:extra (.*)\n)?index (.*)((?:\n.*){{0,{MAX_PROOF}}})"
    found = re.fullmatch(form, top.decode("ascii"))
    demand(found, "a proof is none")
    extra, number, rest = found.groups() if found else ("", "", "")
    path = [unbase64(line) for line in rest.split("\n")[1:]]
    demand(all(len(one) == 32 for one in path), "a hash has the wrong length")
    demand(extra is None or len(unbase64(extra)) <= MAX_TEXT, "the extra, which proves nothing, is too large")
    index, origin = decimal(number), note.split(b"\n", 1)[0].decode("utf-8", "replace")
    party, logs = origin.split("/")[0], {one["party"]: one["log"] for one in circle["members"]}
    mine = party in logs and origin == f"{party}/{circle['id']}/{circle['epoch']}"
    demand(mine, "a checkpoint is not of the circle in the file", REFUSED)
    demand(party not in cards or cards[party]["log"] == logs[party], f"{party} has another key on its card", REFUSED)
    head, leaf = read_head(note, (origin, 1, unbase64(logs[party]))), hashlib.sha256(b"\0" + body).digest()
    good = index < head[0] and climb(index, head[0] - 1, path, leaf, leaf)[1] == head[1]
    demand(good, "an entry is not in the tree of its checkpoint", REFUSED)
    return party, index, head


def read_fields(texts: Sequence[str], digests: Sequence[str]) -> dict[str, Any]:
    """The fields that are told, each among the entry's digests (RFC 9901, sections 4.2 and 7.1)."""

    def modest(value: Any, depth: int = 0) -> bool:
        if isinstance(value, list | dict):
            bare = isinstance(value, list) or not {"_sd", "_sd_alg", "..."} & set(value)
            parts = value if isinstance(value, list) else value.values()
            return depth < 16 and bare and all(modest(one, depth + 1) for one in parts)
        return not isinstance(value, int) or -(2**63) <= value < 2**63

    demand(len(texts) <= len({*digests}), "more fields than digests", REFUSED)
    found: dict[str, Any] = {}
    for one in texts:
        digest = base64.urlsafe_b64encode(hashlib.sha256(one.encode()).digest()).decode()[:43]
        demand(digest in digests, "a field is not one that the entry committed to", REFUSED)
        demand(len(one) <= MAX_TEXT and re.fullmatch(r"[A-Za-z0-9_-]+", one), "a field is not base64url")
        read = read_json(unbase64(one.translate({45: "+", 95: "/"}) + "=" * (-len(one) % 4)))
        good = isinstance(read, list) and len(read) == 3 and re.fullmatch(r"[A-Za-z0-9_-]{22,128}", read[0])
        demand(good and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", read[1]), "a field has no salt or no name")
        demand(read[1] not in found and modest(read[2]), f"{read[1]} comes twice or holds what no field may")
        found[read[1]] = read[2]
    return found


def bounds(circle: Any, party: str, heads: Sequence[Head], cards: Any) -> tuple[list[Any], list[str]]:
    """Other members' cosignatures: (no mirror, no time, time, name, on a card), and doubts (tlog-cosignature)."""
    members = circle["members"]
    keys = [(f"{one['party']}/{role}", 4, unbase64(one[role])) for one in members for role in ("mirror", "witness")]
    logs = [(heads[0][2].split("\n")[0], 1, unbase64(one["log"])) for one in members if one["party"] == party]
    known, first, doubts, rows = {key_id(key) for key in keys + logs}, dict[Key, int](), set(), []
    for _, _, body, lines in heads:
        for key, time in holding(body, lines, keys).items():
            first[key] = min(filter(None, (time, first.get(key, 0))), default=0)
        for name, number, payload in lines:
            kind = "an ML-DSA-44 line" if len(payload) == 8 + 2420 else "a line"
            if (name, number) not in known:
                doubts.add(f"{kind} in the name of {name}, whose key is not at hand")
    for key, time in first.items():
        who, role = key[0].split("/")
        if who != party and who in cards and unbase64(cards[who][role]) != key[2]:
            doubts.add(f"a line of {key[0]}, whose key in the file is not that of its card")
        elif who != party:
            rows.append((role != "mirror", not time, time, key[0], who in cards))
    return sorted(rows), sorted(doubts)


def check_evidence(data: bytes, cards: Any) -> tuple[str, list[str]]:
    """Whose record an evidence file proves and what it shows, a fact a line (formats.md, "Files")."""
    top, gap, proof = data.partition(b"\n\n")
    lines = top.decode("ascii").split("\n")
    pairs = [line.partition(" ")[::2] for line in lines[1:]]
    order = r"exercise (for )?circle entry (disclosure )*(also ){0,64}(after ){0,64}"
    good: object = re.fullmatch(order, "".join(f"{name} " for name, _ in pairs)) and gap
    values = {name: [value for one, value in pairs if one == name] for name, _ in pairs}
    told, reader = values.get("disclosure", []), values.get("for", [])
    good = good and all(re.fullmatch(r"[a-z][a-z0-9-]{0,31}", one) for one in reader) and "~" not in "".join(told)
    good = good and all(value for _, value in pairs) and lines[0] == "tansiq-evidence@v1"
    demand(good, "the file has other lines than it must have")
    also, after = values.get("also", []), [one.split(" ") for one in values.get("after", [])]
    circle, body = read_circle(unbase64(values["circle"][0])), unbase64(values["entry"][0])
    entry = read_entry(body)
    label, mark = entry["label"], values["exercise"][0]
    agree = mark == ("yes" if circle["exercise"] else "no") and label["exercise"] == circle["exercise"]
    demand(agree, "the exercise marks do not agree", REFUSED)
    places = [placed(raw, body, circle, cards) for raw in [proof, *map(unbase64, also)]]
    (party, index, head), heads = places[0], [one[2] for one in places]
    demand(all((party, index) == one[:2] for one in places), "the proofs are for different places", REFUSED)
    demand(len({one[0] for one in heads}) == len(heads), "two heads have one size")
    fields = read_fields(told, entry["_sd"])
    cosigned, doubts = bounds(circle, party, heads, cards)
    before = []
    for earlier, raw in after:
        body = unbase64(earlier)
        at, (who, place, over) = read_entry(body)["at"], placed(unbase64(raw), body, circle, cards)
        seen = who != party and [who, over[0], base64.b64encode(over[1]).decode()] in entry["seen"]
        demand(seen, "the author does not name the head over an earlier entry", REFUSED)
        before.append((at, who, place, who in cards))
    return party, [
        f"{'EXERCISE · ' * label['exercise']}{party} said {entry['type']} {entry['id']}",
        f"ledger {head[2].split(chr(10))[0]}, entry {index} of {head[0]}",
        f"desk {entry['desk']}, role {entry['role']}",
        f"label {label['policy']} {label['classification']} TLP:{label['tlp']} to {', '.join(label['to'])}",
        *(f"{name} {entry[name]}" for name in ("revises", "about") if entry[name]),
        *(f"{name}: {value if isinstance(value, str) else spelt(value)}" for name, value in fields.items()),
        f"{len(fields)} fields opened of {len(entry['_sd'])} digests; the others are withheld fields or decoys",
        *in_time(entry, cosigned, before),
        *(f"not checked: {why}" for why in doubts),
        *(f"made for {one}, says the file; nothing proves that" for one in reader),
        f"circle descriptor {hashlib.sha256(spelt(circle).encode()).hexdigest()}",
        *(f"log key of {party}: {one['log']}" for one in circle["members"] if one["party"] == party),
    ]


def in_time(entry: Any, cosigned: Sequence[Any], before: Sequence[Any]) -> list[str]:
    """The claimed time, and what others bound: those on a card where there are any (auditors.md, "Time")."""
    doubt = ["(under a key that only this file names)", ""]
    said = []
    for seen, _, time, name, known in cosigned:
        when = f"{'at' if seen else 'since'} {utc(time * 1000)}" if time else "at a time that it does not state"
        said.append(f"{'seen' if seen else 'held'} by {name.split('/')[0]} {when} {doubt[known]}".rstrip())
    said += [f"had seen {who} up to entry {size - 1}" for who, size, _ in entry["seen"] if size]
    said.append(f"claimed time {utc(entry['at'])}, the author's word")
    low = max([one for one in before if one[3]] or before, key=lambda one: one[0], default=None)
    timed = [one for one in cosigned if one[2]]
    high = min([one for one in timed if one[4]] or timed, key=lambda one: one[2], default=None)
    if low:
        word = f"the word of {low[1]} in its entry {low[2]}, which the author had seen"
        said.append(f"not before {utc(low[0])}, {word} {doubt[low[3]]}".rstrip())
    if high:
        said.append(f"not after {utc(high[2] * 1000)}, by the cosignature of {high[3]} {doubt[high[4]]}".rstrip())
    if not low or not high:
        said.append(f"no bound {' and '.join(['before'] * (not low) + ['after'] * (not high))} in this file")
    if (low and entry["at"] < low[0]) or (high and entry["at"] > high[2] * 1000 + 999):
        said.append("THE CLAIMED TIME LIES OUTSIDE of what the others bound")
    return said


def utc(millis: int) -> str:
    """A time for a person."""
    when = datetime.datetime.fromtimestamp(min(millis, LAST_MS) // 1000, datetime.UTC)
    return when.strftime("%Y-%m-%d %H:%M:%SZ") if millis <= LAST_MS else f"second {millis // 1000}"


def check_fork(data: bytes, cards: Any) -> tuple[str, list[str]]:
    """Whose two histories a fork proof proves, and what it shows (formats.md, "Files"; RFC 9162, section 2.1.4.2)."""
    form = (
        rb"tansiq\.fork-proof@v1\nlog ([^\n+]*)\+([^\n+]*)\+([^\n]*)\nkind (?:same-size|extension\nprefix ([^\n]+)"
        rb"((?:\nproof [^\n]*){0,%d}))\n\nfirst ([0-9]*)\n((?s:.*))" % MAX_PROOF
    )
    found = re.fullmatch(form, data)
    demand(found and len(data) <= 2 * MAX_NOTE + 8192, "the file has other lines than it must have")
    parts = [(one or b"").decode("ascii") for one in found.groups()[:6]] if found else []
    log, size, rest = (parts[0], 1, unbase64(parts[2])[1:]), decimal(parts[5]), found[7] if found else b""
    right = unbase64(parts[2])[0] == 1 and ordinary(log[2]) and key_id(log)[1].hex() == parts[1]
    _, word, second = rest[size:].partition(b"second ")
    length, gap, note = second.partition(b"\n")
    whole = rest[size:].startswith(b"second ") and gap and decimal(length.decode("ascii")) == len(note) > 0 < size
    demand(right and word and whole, "the log's key is none, or a head is cut short or too long")
    (low, root, *_), (high, larger, *_) = heads = [read_head(rest[:size], log), read_head(note, log)]
    party = log[0].split("/")[0]
    said = [f"{party} signed two histories of {log[0]}"]
    said += [f"it signed: size {one[0]}, root {base64.b64encode(one[1]).decode()}" for one in heads]
    if parts[3]:
        prefix, path = unbase64(parts[3]), [unbase64(line[6:]) for line in parts[4].split("\n")[1:]]
        demand(all(len(one) == 32 for one in [prefix, *path]), "a hash has the wrong length")
        demand(0 < low < high and prefix != root, "the two heads belong to one history", REFUSED)
        shift = (low & -low).bit_length() - 1
        start = path.pop(0) if (low - 1) >> shift and path else prefix
        both = climb((low - 1) >> shift, (high - 1) >> shift, path, start, start)
        demand(both == (prefix, larger), "the larger head does not begin with that root", REFUSED)
        said.append(f"yet the larger one begins with other entries: size {low}, root {parts[3]}")
    else:
        demand(low == high and root != larger, "the two heads belong to one history", REFUSED)
    demand(party not in cards or unbase64(cards[party]["log"]) == log[2], f"{party} has another card", REFUSED)
    return party, [*said, f"log key of {party}: {base64.b64encode(log[2]).decode()}"]


def read_card(data: bytes) -> Any:
    """A party card, signed by the log key that stands in it (formats.md, "Files")."""
    body, lines = read_note(data)
    card = read_json(body.encode())
    keys = [unbase64(card[role]) for role in ("log", "witness", "mirror")]
    good = len(data) <= 16_384 and len({*keys}) == 3 and all(map(ordinary, keys))
    demand(good and re.fullmatch(r"[a-z][a-z0-9-]{0,31}", card["party"]), "a card is none")
    log: Key = (card["party"], 1, keys[0])
    demand(log in holding(body, lines, [log]), "a card is not signed by its own key", REFUSED)
    return card


def shown(line: str) -> str:
    """One line that stays one line: what a party wrote must not look like what this program says."""
    kept = "\u200c\u200d\u200e\u200f"  # joiners and marks of Arabic and Kurdish
    return "".join(one if one.isprintable() or one in kept else one.encode("unicode_escape").decode() for one in line)


def verdict(data: bytes, cards: Sequence[bytes]) -> list[str]:
    """What a file of either kind proves, for a person; BadFile where it proves nothing."""
    demand(len(data) <= MAX_FILE, "the file is too large")
    check = check_fork if data.startswith(b"tansiq.fork-proof@v1") else check_evidence
    try:
        pinned = {card["party"]: card for card in map(read_card, cards)}
        party, said = check(data, pinned)
    except (ValueError, TypeError, LookupError, RecursionError) as error:  # not text, not JSON, not base64
        raise BadFile(MALFORMED, f"the file is of another kind or cut short ({error})") from error
    how = "" if party in pinned else " under the key in the file; compare that key with the party itself"
    return [*map(shown, said), f"The proof holds{how}."]


def main() -> int:
    """Print what holds; answer the exit code."""
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("file", type=Path)
    reading.add_argument("--card", type=Path, action="append", default=[])
    asked = reading.parse_args()
    try:
        lines = verdict(asked.file.read_bytes(), [path.read_bytes() for path in asked.card])
    except (BadFile, OSError) as bad:
        code, why = (MALFORMED, str(bad)) if isinstance(bad, OSError) else bad.args
        print(f"Refused: {shown(why)}.", file=sys.stderr)
        return int(code)
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
