"""What real nodes write, as the fuzzer's first inputs: `./go fuzz --seeds` makes `corpus/*/seed-*` anew.

Three nodes live through whatever a format can hold: reports told in part and later in full, an erasure, receipts, a
fork, a next epoch, a lost key. Where a signature must hold under a key that every run knows, `targets.KEY` signs.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

import msgspec

from bundle.carrying import make, plain_of
from fuzz.targets import KEY, POST_QUANTUM, TARGETS
from nodes import OFFICER, ask, copy_folder, enter, head_of, ledger_of, make_nodes, meet, refused, say, take, tell
from tansiq.circles.circle import Circle, descriptor_digest, write_circle
from tansiq.desk import accord_calendar, evidence
from tansiq.desk.erasing import erase
from tansiq.exchange import bundle_parts, mirror, notices, shelf
from tansiq.exchange.bundle_parts import Part
from tansiq.exchange.erasure import reader
from tansiq.exchange.frames import decode_frames, encode_pairs
from tansiq.exchange.peer_client import Shown
from tansiq.ledger import disclosure, policy, proof, tiles
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.merkle import consistency_proof, inclusion_proof, leaf_hash, root_of
from tansiq.ledger.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.ledger.subtree import subtree_proof
from tansiq.node import epochs
from tansiq.node.backup import STORE, backup
from tansiq.node.beat import settle
from tansiq.node.folder import read_seed
from tansiq.node.node import Node
from tansiq.records.entry import decode_entry
from tansiq.store import erasures, ledgers, roster
from tansiq.store import notices as kept_notices

CORPUS: Final = Path(__file__).parent / "corpus"
INCIDENT: Final = {
    "category": "shooting",
    "title": {"en": "Shots near the village", "ar": "إطلاق نار", "ckb": "تەقەکردن"},
    "place": {"lat": 357_724_312, "lon": 435_838_921, "accuracy": 50, "names": {"en": "Makhmour"}},
    "when": {"from": 1_602_590_000_000, "to": None},
    "how_known": "seen",
    "source_grade": "B",
    "info_grade": 2,
    "killed": {"min": 0, "max": 1},
    "over": False,
    "text": "Shots from the east.\nTwo minutes.",
    "lang": "en",
    "sources": ["https://example.org/a"],
    "origin": "invented",
}
LINE: Final = {"path": [[435_000_000, 357_000_000], [436_000_000, 358_000_000]], "status": "agreed"}


def write() -> None:
    """Replace every seed; what was found before stays."""
    with tempfile.TemporaryDirectory() as home:
        found = made(Path(home))
    assert set(found) == set(TARGETS), set(found) ^ set(TARGETS)
    for name, inputs in found.items():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("seed-*"):
            old.unlink()
        for data in inputs:
            (folder / f"seed-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)


def made(home: Path) -> dict[str, list[bytes]]:
    """The inputs for every target."""
    found: dict[str, list[bytes]] = defaultdict(list)
    nodes = make_nodes(home, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    ref = say(joc, circle, "incident", INCIDENT, withhold=["place", "when"], grid=10_000, hour=6)
    say(joc, circle, "incident", {"text": "More is known."}, revises=ref)
    gone = say(joc, circle, "log", {"text": "to be erased", "grade": "B2"}, withhold=["grade"])
    say(joc, circle, "line", LINE)
    tell(joc, circle, ref, "place")
    meet(*nodes.values())
    small = _bundle(joc, coalition, circle, home)
    erase(joc.office, circle.id, gone.rpartition("/")[2], "mistake", OFFICER)
    meet(*nodes.values())
    for node in nodes.values():
        settle(node)
    meet(*nodes.values())
    _signed(found)
    _ledger(found, joc, circle)
    _identities(found, joc, circle)
    _desk(found, circle)
    _calendars(found, joc, circle)
    found["bundle"] += [small, _bundle(mop, coalition, circle, home)]
    found["part"] += [bundle_parts.encode_part(Part(bytes(32), 2, 3, small[:200]))]
    found["evidence"].append(evidence.prove(mop.office, circle.id, "joc", ref.rpartition("/")[2]))
    found["backup"].append(_small_backup(joc, home))
    found["config"].append(joc.folder.config_file.read_bytes())
    _next_epoch(found, joc, mop, circle)
    _fork(found, home / "fork")
    return found


def _signed(found: dict[str, list[bytes]]) -> None:
    """Notes under keys that every run knows."""
    body = Checkpoint("joc/1/1", 300, hashlib.sha256(b"root").digest())
    head = sign_checkpoint(body, KEY)
    lines = [cosign(body.body(), "mop/mirror", KEY, 1_700_000_000)]
    both = [*lines, cosign(body.body(), "mop/mirror", POST_QUANTUM, 1_700_000_000)]
    stranger = cosign(body.body(), "observer/witness", KEY, 1)
    found["note"] += [head, with_cosignatures(head, [*lines, stranger])]
    found["cosignatures"] += [with_cosignatures(head, [*both, stranger]), with_cosignatures(head, lines)]
    found["checkpoint"].append(body.body().encode())
    one = Checkpoint("joc/1/1", 1, bytes(32)).body()
    found["answer"] += [cosign(one, "mop/mirror", KEY, 1_700_000_000).encode(), stranger.encode()]
    keys = [
        NoteVerifier("joc/1/1", ED25519, KEY.public),
        NoteVerifier("mop/mirror", COSIGNATURE, KEY.public),
        NoteVerifier("mop/mirror", ML_DSA_COSIGNATURE, POST_QUANTUM.public),
    ]
    found["vkey"] += [key.vkey.encode() for key in keys]
    text = (
        f"# who counts\nlog {keys[0].vkey} https://joc.example\nwitness mop {keys[1].vkey}\n"
        f"witness mop-pq {keys[2].vkey} https://mop.example\ngroup both all mop mop-pq\nquorum both\n"
    )
    found["policy"] += [text.encode(), policy.encode(policy.default([keys[1].vkey]))]
    found["submission"].append(b"old 0\n\n" + head)
    found["submission"].append(f"old 7\n{base64.b64encode(bytes(32)).decode()}\n\n".encode() + head)


def _ledger(found: dict[str, list[bytes]], node: Node, circle: Circle) -> None:
    """The node's own ledger in every form in which it leaves."""
    ledger = ledger_of(node, circle, node.config.party)
    size = ledger.out_size
    with node.database.read() as connection:
        read = reader(connection, ledger.num)
        bodies = ledgers.entry_bodies(connection, ledger.num, 0, size)
        told = shelf.disclosures(connection, ledger, 0, size)
        leaves = read(0, 0, size)
        inclusion = inclusion_proof(read, 2, size)
        consistency = consistency_proof(read, 3, size)
        smaller = root_of(leaves[:3])
        cut = subtree_proof(read, 0, size, size)
        erased = shelf.item(connection, ledger, "erasures")
    entries = tiles.encode_bundle(bodies)
    span = encode_pairs([(entries, told)])
    count = bytes([size])
    found["tile"].append(tiles.encode_tile(leaves))
    found["path"] += [b"tile/0/x001/234.p/56", b"tile/entries/000", b"span/0/12", b"tile/0/001"]
    found["entries"].append(count + entries)
    found["frames"].append(count + told)
    found["pairs"].append(b"\1" + span)
    # without what was erased: a ledger up to the record before it
    few, first = 2, decode_frames(told, size)[:2]
    start = encode_pairs([(tiles.encode_bundle(bodies[:few]), mirror.encode_disclosures(0, first)[16:])])
    found["step"].append(descriptor_digest(circle).encode() + b"\0" + start)
    found["entry"] += [bodies[0], bodies[1], bodies[-1]]
    frames = decode_frames(told, size)
    texts = [text for _, text in frames if text]
    found["disclosures"] += texts[:3]
    for body, (_, text) in zip(bodies, frames, strict=True):
        if text and decode_entry(body).type in {"circle", "incident", "line"}:
            parts = [base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in text.split(b"~")]
            found["told"].append(decode_entry(body).type.encode() + b"\n" + b"\0".join(parts))
            fields = {name: msgspec.Raw(value) for name, value in disclosure.values(text.decode()).items()}
            found["body"].append(msgspec.json.encode(fields))
    answer = size.to_bytes(8, "big") + ledger.head_root + erased
    found["erasures"] += [answer, size.to_bytes(8, "big") + ledger.head_root + b"[]"]
    found["proof"].append(proof.encode(proof.TlogProof(2, tuple(inclusion), head_of(node, circle), b"extra")))
    sizes = (3).to_bytes(8, "big") + size.to_bytes(8, "big")
    found["consistency"].append(sizes + smaller + ledger.head_root + b"".join(consistency))
    place = (2).to_bytes(8, "big") + size.to_bytes(8, "big")
    found["inclusion"].append(place + leaf_hash(bodies[2]) + ledger.head_root + b"".join(inclusion))
    package = mirror.write_package(bodies, cut)
    found["upload"] += [
        mirror.write_upload(ledger.origin, 0, size, package),
        mirror.write_upload(ledger.origin, 0, 0, b""),
    ]
    found["spooled"].append(mirror.encode_disclosures(0, frames))
    with node.database.read() as connection:
        heads = [note.decode() for note in shelf.heads_for(connection, "mop")]
        assert erasures.of(connection, ledger.num)
    found["heads"].append(msgspec.json.encode(Shown(heads, ["0" * 64])))


def _identities(found: dict[str, list[bytes]], joc: Node, circle: Circle) -> None:
    with joc.database.read() as connection:
        found["card"] += [row.card for row in roster.parties(connection)][:2]
    found["circle"].append(write_circle(circle))
    found["address"] += [b"127.0.0.1:8600", b"[::1]:8610", b"node.example:65535"]


def _desk(found: dict[str, list[bytes]], circle: Circle) -> None:
    """Forms, command lines, files of many records."""
    asked = ask(circle, "incident", INCIDENT, withhold=["place", "when"], grid=1000, hour=1)
    found["say"] += [
        msgspec.json.encode(asked),
        msgspec.json.encode(ask(circle, "line", LINE, about="mop/01900000-0000-7000-8000-000000000000")),
    ]
    found["tell"].append(b'{"fields":["place","when"]}')
    words = (
        "place=Makhmour", "when=2020-10-13T14:30/now", "killed=2-3", "title.ar=إطلاق نار", "title.en=Shots",
        "text=Shots", 'sources=["https://example.org"]', "over=true", "info_grade=2", "category=raid",
    )  # fmt: skip  # one word after another, as on a command line
    found["fields"] += [
        "\n".join(["incident", *words]).encode(),
        "\n".join(["post", "place=38S LE 45 67", "since=-2h", "names.ckb=پۆست", "status=manned"]).encode(),
    ]
    found["records"].append(b'{"text":"one","lang":"en"}\n{"text":"two","place":{"lat":1,"lon":2,"accuracy":3}}\n')
    found["body"].append(msgspec.json.encode(INCIDENT))
    found["place"] += [
        b"38SLE4567",
        "٣٨S LE ٤٥ ٦٧".encode(),
        "35°46'30\"N 43°34'48\"E".encode(),
        b"35,77; 43,58",
        b"-33.5 / 70.6",
        "مخمور".encode(),
        b"makhmur",
    ]


def _bundle(node: Node, reader: Node, circle: Circle, home: Path) -> bytes:
    """What is inside a bundle of a circle."""
    path = home / "a.tqb"
    make(node, circle, path, reader.config.party)
    return plain_of(reader, path)


def _small_backup(node: Node, home: Path) -> bytes:
    """A backup with the beginning of its store: the store's own bytes are SQLite's to read."""
    path = home / "backup.tar"
    backup(node.folder, path)
    small = io.BytesIO()
    with tarfile.open(path) as whole, tarfile.open(fileobj=small, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in whole:
            file = whole.extractfile(member)
            assert file is not None
            data = file.read(300 if member.name == STORE else -1)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return small.getvalue()


def _calendars(found: dict[str, list[bytes]], joc: Node, circle: Circle) -> None:
    """An invitation, a feed with what is cancelled, and a stranger's event with people and a repetition."""
    for number, status in enumerate(("planned", "cancelled")):
        when = {"from": 1_593_680_400_000 + number, "to": None if number else 1_593_687_600_000}
        fields = {"names": INCIDENT["title"], "when": when, "status": status, "invited": ["joc", "mop"]}
        ref = say(joc, circle, "meeting", fields)
        found["calendar"].append(accord_calendar.write(joc.office, circle.id, "ckb", ref)[1])
    found["calendar"].append(accord_calendar.write(joc.office, circle.id, "ar")[1])
    lines = [
        "BEGIN:VCALENDAR",
        "METHOD:CANCEL",
        "BEGIN:VEVENT",
        "UID:1@x",
        "DTSTART;TZID=Europe/Berlin:20200702T110000",
    ]
    lines += ["DURATION:PT90M", "SUMMARY;LANGUAGE=ku:a\\, b", "ORGANIZER;CN=A:mailto:a@x.org", "RRULE:FREQ=DAILY"]
    lines += ["BEGIN:VALARM", "TRIGGER:-PT15M", "END:VALARM", "END:VEVENT", "END:VCALENDAR", ""]
    found["calendar"].append("\r\n".join(lines).encode())


def _next_epoch(found: dict[str, list[bytes]], joc: Node, mop: Node, circle: Circle) -> None:
    """A proposal that one and that two have signed, and a statement about a lost key."""
    previous = write_circle(circle) + b"\n"
    proposed = epochs.propose_next(joc, circle.id, remove=["coalition"])
    found["epoch"].append(previous + _notice(joc, notices.EPOCH))
    meet(joc, mop)
    epochs.sign_next(mop, proposed.id)
    found["epoch"].append(previous + _notice(mop, notices.EPOCH))
    epochs.bound(joc, circle.id, 3, read_seed(joc.folder.recovery))
    found["compromise"].append(previous + _notice(joc, notices.COMPROMISE))


def _fork(found: dict[str, list[bytes]], home: Path) -> None:
    """Two nodes on one key: heads of one size, and heads of two sizes."""
    for number, (mine, others) in enumerate(((1, 1), (1, 3))):
        nodes = make_nodes(home / str(number), "joc", "mop")
        joc, mop = nodes.values()
        circle = enter(joc, mop)
        joc.close()
        twin = Node(copy_folder(joc.folder, home / f"twin-{number}", home / f"twin-marks-{number}"))
        joc = Node(joc.folder)
        for node, count in ((joc, mine), (twin, others)):
            for step in range(count):
                say(node, circle, "log", {"text": f"{node.folder.path.name} {step}"})
        take(mop, joc, circle)
        with refused("ledger.fork"):
            take(mop, twin, circle)
        found["fork"].append(_notice(mop, notices.FORK))


def _notice(node: Node, kind: str) -> bytes:
    with node.database.read() as connection:
        return kept_notices.every(connection, kind)[-1].data


if __name__ == "__main__":
    write()
