"""Every parser that a peer, a file, a desk or the command line can reach: functions of bytes that only ever refuse.

A target raises `Refused` for what it does not take. Anything else that it raises is a find, and so is whatever takes
long or much. Where what was taken can be written again, it must come out as it went in; where two readers read the
same thing, they must read the same. What stands behind a hash or a signature is fed in front of it: an attacker signs
whatever he likes with his own key, a fuzzer does not.
"""

from __future__ import annotations

import base64
import contextlib
import io
import ssl
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from tansiq.accord import calendar
from tansiq.circles import gate
from tansiq.circles.card import fingerprint, read_card, vouched_by
from tansiq.circles.circle import Circle, Member, descriptor_digest, read_circle, write_circle
from tansiq.circles.compromise import open_compromise, read_origin
from tansiq.circles.epoch import missing, read_epoch
from tansiq.circles.gate import Author, Statement
from tansiq.cli.fields import parse_fields, read_records
from tansiq.desk import evidence, saying
from tansiq.desk.saying import SayRequest, TellRequest
from tansiq.errors import MalformedInput, Refused
from tansiq.exchange import archive, bundle_parts, erasure, frames, mirror, push, shelf, verify, witness
from tansiq.exchange.bundle import BundleSource
from tansiq.exchange.container import Container
from tansiq.exchange.erasure import Erasing
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.peer_client import PeerClient, PinnedContext, read_shown
from tansiq.exchange.tls import trust
from tansiq.exchange.verify import Course
from tansiq.geo.gazetteer import parse_place, search
from tansiq.ledger import checkpoint, cosignature, disclosure, fork, merkle, note, policy, proof, subtree, tiles
from tansiq.ledger.growth import Growth
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.mldsa import MlDsaKey
from tansiq.ledger.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.node.backup import members
from tansiq.node.folder import parse_address, read_config
from tansiq.records.entry import Entry, decode_entry, encode_entry
from tansiq.records.kind import all_kinds, kind_named
from tansiq.records.values import CircleId, Label, Names, PartyId

FUZZED: Final = 1 << 16
"""The largest input that is tried (bytes); what is larger meets the limits that each format states."""

NOW: Final = 1_800_000_000_000
"""The clock of what asks for one (ms)."""

KEY: Final = SigningKey(bytes(32))
POST_QUANTUM: Final = MlDsaKey(bytes(32))
KNOWN: Final = [
    NoteVerifier("joc/1/1", ED25519, KEY.public),
    NoteVerifier("mop/mirror", COSIGNATURE, KEY.public),
    NoteVerifier("mop/mirror", ML_DSA_COSIGNATURE, POST_QUANTUM.public),
]
"""Keys that everybody has: with them the corpus holds signatures that verify."""

HEAD: Final = checkpoint.sign_checkpoint(checkpoint.Checkpoint("joc/1/1", 1, bytes(32)), KEY)
OFFICER: Final = Author("duty", "watch", ("duty_officer",))
LABEL: Final = Label("JOINT", "RESTRICTED", "AMBER", ["joc"], False)
RECORD: Final = "01900000-0000-7000-8000-000000000000"
ALONE: Final = Circle(1, CircleId("0" * 32), 1, Names(), False, [Member(PartyId("joc"), "", "", "", "")])
"""A circle to say something in."""

DESCRIPTOR: Final = "0" * 64


def _opening() -> tuple[bytes, bytes]:
    """Entry and disclosures that begin a ledger: they name the circle's descriptor."""
    sealed = gate.seal("circle", {"descriptor": DESCRIPTOR}, {}, LABEL, desk="node", role="node", seen=[], now_ms=0)
    return sealed.body, sealed.told.encode()


OPENING: Final = _opening()

T = TypeVar("T")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _json(data: bytes, kind: type[T]) -> T:
    """A body as the desk's framework reads it: what no reader of JSON can read is answered as malformed."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("request.refused", reason=type(error).__name__) from error


def _numbered(data: bytes) -> tuple[int, bytes]:
    """The first byte says how many are expected, which elsewhere the size of a tree says."""
    return (data[0], data[1:]) if data else (0, b"")


def _hashes(data: bytes) -> list[bytes]:
    return [data[at : at + 32] for at in range(0, len(data), 32)]


# What is signed, and the proofs of it


def _note(data: bytes) -> None:
    read = note.parse(data)
    assert note.encode(read) == data
    note.verify_any(read, KNOWN)


def _checkpoint(data: bytes) -> None:
    text = _text(data)
    assert checkpoint.parse_body(text).body() == text


def _cosignatures(data: bytes) -> None:
    for one in cosignature.cosignatures(note.parse(data), KNOWN):
        line = cosignature.with_cosignatures(data, [one.signature.line()])
        assert line == data


def _answer(data: bytes) -> None:
    """What a witness or a mirror answers to a submission, whatever its status."""
    for reader in (push.read_size, push.read_next_entry):
        with contextlib.suppress(Refused):
            reader(data, "mop")
    cosignature.cosignatures(note.parse(cosignature.with_cosignatures(HEAD, push.read_lines(data))), KNOWN)


def _vkey(data: bytes) -> None:
    text = _text(data)
    assert NoteVerifier.parse(text).vkey == text


def _policy(data: bytes) -> None:
    read = policy.parse(data)
    assert policy.parse(policy.encode(read)) == read
    policy.missing(read, [key.vkey for key in read.cosigners[:1]])


def _proof(data: bytes) -> None:
    assert proof.encode(proof.parse(data)) == data


def _fork(data: bytes) -> None:
    assert fork.encode(fork.decode(data)) == data


def _consistency(data: bytes) -> None:
    sizes, (old_root, new_root, *hashes) = data[:16], [*_hashes(data[16:]), b"", b""]
    sizes = sizes.ljust(16, b"\0")
    old, new = int.from_bytes(sizes[:8], "big"), int.from_bytes(sizes[8:], "big")
    merkle.verify_consistency(old, new, old_root, new_root, [one for one in hashes if one])


def _inclusion(data: bytes) -> None:
    sizes, (leaf, root, *hashes) = data[:16], [*_hashes(data[16:]), b"", b""]
    sizes = sizes.ljust(16, b"\0")
    index, size = int.from_bytes(sizes[:8], "big"), int.from_bytes(sizes[8:], "big")
    proof_ = [one for one in hashes if one]
    with contextlib.suppress(Refused):
        subtree.verify_subtree(leaf, index, size, size, proof_, root)
    merkle.verify_inclusion(leaf, index, size, proof_, root)


# What a ledger is served as


def _tile(data: bytes) -> None:
    assert tiles.encode_tile(tiles.decode_tile(data, len(data) // 32)) == data


def _path(data: bytes) -> None:
    """A path below a ledger, as a peer asks for it."""
    path = _text(data)
    if path.startswith("span/"):
        assert 0 < len(shelf.parse_span_path(path)) <= frames.SPAN_BUNDLES
    else:
        assert str(tiles.parse_tile_path(path)) == path


def _entries(data: bytes) -> None:
    expected, rest = _numbered(data)
    assert tiles.encode_bundle(tiles.decode_bundle(rest, expected)) == rest


def _frames(data: bytes) -> None:
    expected, rest = _numbered(data)
    assert frames.encode_frames(frames.decode_frames(rest, expected)) == rest


def _pairs(data: bytes) -> None:
    expected, rest = _numbered(data)
    assert frames.encode_pairs(frames.decode_pairs(rest, expected)) == rest


class _Span:
    """A source that answers everything with the same bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes."""
        return self.data


def _check(span: bytes, descriptor: str, exercise: bool) -> None:
    """A whole ledger through the checks of intake, under the root that a hostile party would sign for it."""
    ((entries, _),) = frames.decode_pairs(span, 1)
    size = next((count for count in range(1, 257) if _counts(entries, count)), 1)
    leaves = [merkle.leaf_hash(body) for body in tiles.decode_bundle(entries, size)]
    origin = "joc/1/1"
    root = merkle.root_of(leaves)
    course = Course(origin, origin_hash(origin), "joc", exercise, descriptor, NOW, size, root, 0, [])
    for _ in verify.checked(course, Growth(0, []), _Span(span)):
        pass


def _counts(entries: bytes, count: int) -> bool:
    try:
        return len(tiles.decode_bundle(entries, count)) == count
    except Refused:
        return False


def _step(data: bytes) -> None:
    """Descriptor's digest (64 bytes), exercise or not (one byte), then a span of one bundle."""
    _check(data[65:], _text(data[:64]), data[64:65] == b"\1")


def _told(data: bytes) -> None:
    """A kind, then JSON texts parted by NUL: what a hostile party may commit to and tell."""
    kind, _, rest = data.partition(b"\n")
    joined = b"~".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in rest.split(b"\0"))
    digests = _digests(joined)
    committed = disclosure.text_digest(joined)
    entry = Entry(
        1, _text(kind) or "log", RECORD, None, None, "watch", "duty_officer", 0, LABEL, [], digests, committed, [], ""
    )
    body, (first, opening) = encode_entry(entry), OPENING
    told = frames.encode_frames([(0, opening), (1, joined)])
    with contextlib.suppress(Refused):
        _check(frames.encode_pairs([(tiles.encode_bundle([first, body]), told)]), DESCRIPTOR, False)
    _read_twice(joined, digests)


def _disclosures(data: bytes) -> None:
    """Disclosures as they travel, joined by `~`."""
    for part in _text(data).split("~"):
        with contextlib.suppress(Refused):
            disclosure.read(part)
    _read_twice(data, _digests(data))


def _digests(joined: bytes) -> list[str]:
    return sorted(disclosure.text_digest(part) for part in joined.split(b"~"))[:256]


def _read_twice(joined: bytes, digests: list[str]) -> None:
    """At intake and for evidence: what the one takes the other takes too, and reads the same."""
    if not joined:
        return  # told nothing: intake does not come so far
    at_intake = None
    with contextlib.suppress(Refused):
        taken = disclosure.open_all(joined, frozenset(digests))
        for value in taken.values():
            disclosure.check_plain(value)
        at_intake = taken
    try:
        found = disclosure.read_all(_text(joined), frozenset(digests))
    except Refused:
        assert at_intake is None, "taken in, and in no evidence"
        raise
    assert at_intake is not None, "in evidence, and not taken in"
    assert {name: msgspec.json.decode(value) for name, value in at_intake.items()} == found


def _entry(data: bytes) -> None:
    assert encode_entry(decode_entry(data)) == data


def _erasures(data: bytes) -> None:
    """Size (8 bytes) and root (32) of a tree, then the answer; also as if its one entry were the whole tree."""
    size, root, answer = int.from_bytes(data[:8], "big"), data[8:40], data[40:]
    for found in _json(answer, list[Erasing])[:1]:
        alone = merkle.leaf_hash(note.decode_base64(found.entry) or b"")
        with contextlib.suppress(Refused):
            erasure.erased_ids(answer, 1, alone)
    erasure.erased_ids(answer, size, root)


# What peers ask and answer


def _heads(data: bytes) -> None:
    for one in read_shown(data, "joc").heads:
        one.encode()


def _submission(data: bytes) -> None:
    read = witness.read_submission(data)
    checkpoint.open_checkpoint(read.note, "joc/1/1", KEY.public)


def _upload(data: bytes) -> None:
    for package in mirror.read_packages(mirror.read_upload(data)):
        assert len(package.entries) <= 256


def _spooled(data: bytes) -> None:
    start, told = mirror.read_disclosures(data)
    assert mirror.encode_disclosures(start, told) == data


# Who is who


def _calendar(data: bytes) -> None:
    """What is read of a calendar makes records of meetings, and names nobody."""
    for one in calendar.read(data, "en"):
        kind_named("meeting").read(one.fields)
        assert one.people >= 0


def _card(data: bytes) -> None:
    card = read_card(data)
    assert len(fingerprint(card)) == 39
    assert vouched_by(data, card)
    member = Member.of(card)
    assert member.party == card.party
    # what a node does with a pinned card as soon as it is served
    trust(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), [card.tls_der])
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.certificate = context.key = None  # type: ignore[assignment]  # no connection is made
    context.pinned = card.tls_der
    PeerClient(card.peer, context, card.party).close()


def _circle(data: bytes) -> None:
    circle = read_circle(data)
    assert read_circle(write_circle(circle)) == circle
    for party in circle.parties:
        assert len(checkpoint.Checkpoint(circle.origin(party), 1, bytes(32)).body().split("\n")) == 4
    descriptor_digest(circle)


def _epoch(data: bytes) -> None:
    """The descriptor before it on the first line, then the proposal."""
    previous, _, proposal = data.partition(b"\n")
    epoch = read_epoch(proposal)
    missing(epoch, read_circle(previous))


def _compromise(data: bytes) -> None:
    """The circle's descriptor on the first line, then the statement."""
    descriptor, _, statement = data.partition(b"\n")
    origin = read_origin(statement)
    open_compromise(statement, read_circle(descriptor).member(PartyId(origin.split("/")[0])))


# Files


def _bundle(data: bytes) -> None:
    source = BundleSource(Container(io.BytesIO(data), archive.limit_of))
    for found in source.hashes():
        with contextlib.suppress(Refused):
            source.older_heads(found, 64)
    for name in source.names():
        source.read(name)
    for one in source.manifest.ledgers:
        for path in ("checkpoint", "erasures", "tile/0/000.p/3", f"span/0/{one.size}"):
            with contextlib.suppress(Refused):
                source.item(one.hash, path, 1 << 26)


def _part(data: bytes) -> None:
    assert bundle_parts.encode_part(bundle_parts.decode_part(data, "part")) == data


def _evidence(data: bytes) -> None:
    for line in evidence.verify(data).lines():
        assert "\n" not in line, "one fact a line"


def _backup(data: bytes) -> None:
    names = []
    size = 0
    for name, pieces in members(io.BytesIO(data), "backup.tar"):
        names.append(name)
        for piece in pieces:
            size += len(piece)
            assert size <= len(data)
    assert len(set(names)) == len(names)


def _config(data: bytes) -> None:
    assert 0 <= read_config(data, "node.toml").cadence <= 3600


def _address(data: bytes) -> None:
    host, port = parse_address(_text(data))
    assert host
    assert 0 <= port < 1 << 16


# Desk and command line


def _say(data: bytes) -> None:
    """A statement from a form, up to the bytes that would be appended."""
    request = _json(data, SayRequest)
    for asked in request.releases:
        label = saying.read_label(asked.label, ALONE.parties, ALONE.exercise)
        statement = Statement(request.kind, request.fields, request.revises, request.about)
        redaction = saying.read_redaction(asked)
        sealed = gate.release(statement, ALONE, label, redaction, OFFICER, seen=[], now_ms=NOW)
        assert encode_entry(decode_entry(sealed.body)) == sealed.body
        told = disclosure.read_all(sealed.told, frozenset(sealed.entry.sd))
        assert msgspec.json.encode(told) == msgspec.json.encode(sealed.told_fields)


def _tell(data: bytes) -> None:
    _json(data, TellRequest)


def _fields(data: bytes) -> None:
    """A kind, then `name=value` words, a line each, as the shell hands them over."""
    kind, *words = data.decode("utf-8", "surrogateescape").split("\n")
    read = kind_named(kind)
    fields = parse_fields(read, words, NOW)
    msgspec.json.encode(msgspec.to_builtins(read.read(fields)))


def _records(data: bytes) -> None:
    for fields in read_records(data, "records.jsonl"):
        with contextlib.suppress(Refused):
            kind_named("log").read(fields)


def _body(data: bytes) -> None:
    """The fields of a record as every kind reads them."""
    for kind in all_kinds().values():
        with contextlib.suppress(Refused):
            kind.read(msgspec.json.decode(msgspec.json.encode(kind.decode(data))))


def _place(data: bytes) -> None:
    text = _text(data)
    for hit in search(text):
        assert hit.accuracy > 0
    hit = parse_place(text)
    assert hit.lat is None or -900_000_000 <= hit.lat <= 900_000_000
    assert hit.lon is None or -1_800_000_000 <= hit.lon <= 1_800_000_000


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "address": _address,
    "answer": _answer,
    "backup": _backup,
    "body": _body,
    "bundle": _bundle,
    "calendar": _calendar,
    "card": _card,
    "checkpoint": _checkpoint,
    "circle": _circle,
    "compromise": _compromise,
    "config": _config,
    "consistency": _consistency,
    "cosignatures": _cosignatures,
    "disclosures": _disclosures,
    "entries": _entries,
    "entry": _entry,
    "epoch": _epoch,
    "erasures": _erasures,
    "evidence": _evidence,
    "fields": _fields,
    "fork": _fork,
    "frames": _frames,
    "heads": _heads,
    "inclusion": _inclusion,
    "note": _note,
    "pairs": _pairs,
    "part": _part,
    "path": _path,
    "place": _place,
    "policy": _policy,
    "proof": _proof,
    "records": _records,
    "say": _say,
    "spooled": _spooled,
    "step": _step,
    "submission": _submission,
    "tell": _tell,
    "tile": _tile,
    "told": _told,
    "upload": _upload,
    "vkey": _vkey,
}
"""What each is fed: docs/fuzzing.md says where the bytes come from."""
