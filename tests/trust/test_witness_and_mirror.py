"""The request and answer rules of tlog-witness and tlog-mirror, as cases written from the specifications."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes import OFFICER, enter, ledger_of, make_nodes, meet, say, serving, shared_digests, shown, until
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk.office import circle_named
from tansiq.exchange import mirror, outbox, push, witness
from tansiq.exchange.erasure import reader
from tansiq.exchange.frames import decode_frames
from tansiq.exchange.intake import log_verifier
from tansiq.exchange.mirror import Spool
from tansiq.exchange.outbox import Saying, program_label
from tansiq.exchange.peer_client import PeerClient, client_context
from tansiq.exchange.shelf import disclosures
from tansiq.exchange.witness import Answer
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosignatures, with_cosignatures
from tansiq.ledger.merkle import consistency_proof
from tansiq.ledger.note import COSIGNATURE, NoteVerifier, parse
from tansiq.ledger.subtree import subtree_proof
from tansiq.node.node import Node
from tansiq.store import cosigned, ledgers

NOW = 1_700_000_000_000
Pair = tuple[Node, Node, Circle]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A log, a witness and mirror, their circle."""
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    for step in range(3):
        say(joc, circle, "log", {"text": f"record {step}"})
    yield joc, mop, circle
    for node in nodes.values():
        node.close()


def body(node: Node, circle: Circle, old: int, note: bytes, size: int | None = None) -> bytes:
    """A submission with an honest proof."""
    ledger = ledger_of(node, circle, "joc")
    with node.database.read() as connection:
        proof = consistency_proof(reader(connection, ledger.num), old, size or ledger.size) if old else []
    lines = [f"old {old}", *(base64.b64encode(part).decode() for part in proof)]
    return ("\n".join(lines) + "\n\n").encode() + note


def head(node: Node, circle: Circle) -> bytes:
    note = ledger_of(node, circle, "joc").head_note
    assert note is not None
    return note


def submit(mop: Node, data: bytes) -> Answer:
    return witness.add_checkpoint(mop.database, mop.keys, data, "joc", NOW)


def test_a_first_submission_is_cosigned(pair: Pair) -> None:
    joc, mop, circle = pair
    note = head(joc, circle)
    answer = submit(mop, body(joc, circle, 0, note))
    assert answer.status == 200
    key = NoteVerifier("mop/witness", COSIGNATURE, mop.keys.witness[0].public)
    (found,) = cosignatures(parse(with_cosignatures(note, answer.body.decode().splitlines())), [key])
    assert found.time_s == NOW // 1000


def test_growth_is_cosigned_and_the_same_again(pair: Pair) -> None:
    joc, mop, circle = pair
    submit(mop, body(joc, circle, 0, head(joc, circle)))
    size = ledger_of(joc, circle, "joc").size
    say(joc, circle, "log", {"text": "more"})
    note = head(joc, circle)
    assert submit(mop, body(joc, circle, size, note)).status == 200
    assert submit(mop, body(joc, circle, size + 1, note)).status == 200


def test_the_answers_of_the_specification(pair: Pair) -> None:
    joc, mop, circle = pair
    note, size = head(joc, circle), ledger_of(joc, circle, "joc").size
    origin, root = circle.origin(joc.config.party), ledger_of(joc, circle, "joc").head_root
    # 404: unknown origin
    strange = sign_checkpoint(Checkpoint("nobody/nowhere/1", size, root), joc.keys.log[0])
    assert submit(mop, b"old 0\n\n" + strange).status == 404
    # 403: no signature by a trusted key
    foreign = sign_checkpoint(Checkpoint(origin, size, root), mop.keys.log[0])
    assert submit(mop, b"old 0\n\n" + foreign).status == 403
    # 400: old size above the checkpoint's, and whatever has another form
    assert submit(mop, b"old %d\n\n" % (size + 1) + note).status == 400
    for bad in (b"", b"old 0\n", b"old 00\n\n" + note, b"old -1\n\n" + note, b"old 0\nxx\n\n" + note, b"\n\n" + note):
        assert submit(mop, bad).status == 400, bad
    assert submit(mop, b"old 0\n" + b"A" * 43 + b"=\n" * 64 + b"\n" + note).status == 400
    # 422: a proof where old is zero, or one that does not hold
    line = base64.b64encode(bytes(32)) + b"\n"
    assert submit(mop, b"old 0\n" + line + b"\n" + note).status == 422
    assert submit(mop, body(joc, circle, 0, note)).status == 200
    say(joc, circle, "log", {"text": "more"})
    assert submit(mop, b"old %d\n" % size + line + b"\n" + head(joc, circle)).status == 422
    # 409 with the size: another old size, another root at the same size
    answer = submit(mop, body(joc, circle, 1, head(joc, circle)))
    assert (answer.status, answer.body, answer.kind) == (409, b"%d\n" % size, "text/x.tlog.size")
    other = sign_checkpoint(Checkpoint(origin, size, bytes(32)), joc.keys.log[0])
    answer = submit(mop, b"old %d\n\n" % size + other)
    assert (answer.status, answer.body) == (409, b"%d\n" % size)
    assert ledger_of(mop, circle, "joc").frozen  # and two heads of one size are a proof


def test_two_submissions_at_once_never_roll_a_witness_back(pair: Pair) -> None:
    joc, mop, circle = pair
    submit(mop, body(joc, circle, 0, head(joc, circle)))
    first = ledger_of(joc, circle, "joc").size
    notes: list[bytes] = []
    for step in range(8):
        say(joc, circle, "log", {"text": f"more {step}"})
        notes.append(body(joc, circle, first, head(joc, circle)))
    answers: list[int] = []
    gate = threading.Barrier(len(notes))

    def run(data: bytes) -> None:
        gate.wait()
        answers.append(submit(mop, data).status)

    threads = [threading.Thread(target=run, args=(data,)) for data in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, *[409] * (len(notes) - 1)]


def test_an_observer_witnesses_blind(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "observer")
    joc, mop, observer = nodes.values()
    circle = enter(joc, mop)
    say(joc, circle, "log", {"text": "between the two"})
    note = head(joc, circle)
    assert submit(observer, body(joc, circle, 0, note)).status == 404
    with observer.database.write() as connection:
        witness.watch(connection, log_verifier(circle, ledger_of(joc, circle, "joc")).vkey)
    assert submit(observer, body(joc, circle, 0, note)).status == 200
    with observer.database.read() as connection:
        seen = witness.witnessed_head(connection, observer.keys, ledger_of(joc, circle, "joc").hash, "mop")
    assert seen.startswith(note[:-1].split(b"\n\n")[0])
    assert b"between" not in seen


def upload(mop: Node, joc: Node, circle: Circle, spool: Spool, start: int, stop: int, party: str = "joc") -> Answer:
    """Push entries [start, stop) towards the newest head."""
    ledger = ledger_of(joc, circle, "joc")
    packages, frames = [], []
    with joc.database.read() as connection:
        for low in range(start // 256 * 256, stop, 256):
            first, last = max(start, low), min(stop, low + 256)
            bodies = ledgers.entry_bodies(connection, ledger.num, first, last - first)
            frames += decode_frames(disclosures(connection, ledger, first, last - first), last - first)
            proof = subtree_proof(reader(connection, ledger.num), low, last, ledger.size)
            packages.append(mirror.write_package(bodies, proof))
    mirror.add_disclosures(spool, ledger_of(mop, circle, "joc"), mirror.encode_disclosures(start, frames))
    data = mirror.write_upload(ledger.origin, start, ledger.size, b"".join(packages))
    return mirror.add_entries(mop.database, mop.keys, spool, data, party, NOW * 2)


def test_a_mirror_takes_entries_by_push_in_resumable_packages(pair: Pair) -> None:
    joc, mop, circle = pair
    with joc.database.write() as connection:
        held = circle_named(connection, circle.id)
        statements = [Statement("log", {"text": f"record {step}"}) for step in range(700)]
        sayings = [Saying(one, program_label(circle), Redaction()) for one in statements]
        outbox.say(connection, held.num, circle, joc.config.party, sayings, OFFICER, joc.office.signer, NOW)
    joc.publish()
    size = ledger_of(joc, circle, "joc").size
    spool = Spool()
    info = mirror.add_entries(
        mop.database, mop.keys, spool, mirror.write_upload(circle.origin(joc.config.party), 0, 0, b""), "joc", NOW * 2
    )
    assert (info.status, info.kind) == (409, "text/x.tlog.mirror-info")
    submit(mop, body(joc, circle, 0, head(joc, circle)))
    first = upload(mop, joc, circle, spool, 0, 512)
    assert (first.status, first.body.split(b"\n")[:2]) == (202, [b"%d" % size, b"512"])
    assert upload(mop, joc, circle, spool, 600, size).status == 409  # above the next entry
    last = upload(mop, joc, circle, spool, 512, size)
    assert last.status == 200
    key = NoteVerifier("mop/mirror", COSIGNATURE, mop.keys.mirror[0].public)
    assert cosignatures(parse(with_cosignatures(head(joc, circle), last.body.decode().splitlines())), [key])
    meet(joc, mop)
    assert shared_digests(joc, circle) == shared_digests(mop, circle)
    assert len(shown(mop, circle)) == 703


def test_a_mirror_refuses_what_does_not_stand_under_the_head(pair: Pair) -> None:
    joc, mop, circle = pair
    origin, size = circle.origin(joc.config.party), ledger_of(joc, circle, "joc").size
    submit(mop, body(joc, circle, 0, head(joc, circle)))
    spool = Spool()

    def post(data: bytes, party: str = "joc") -> int:
        return mirror.add_entries(mop.database, mop.keys, spool, data, party, NOW * 2).status

    with joc.database.read() as connection:
        bodies = ledgers.entry_bodies(connection, ledger_of(joc, circle, "joc").num, 0, size)
    good = mirror.write_package(bodies, [])
    assert post(b"") == 400
    assert post(mirror.write_upload("nobody/nowhere/1", 0, size, good)) == 404
    assert post(mirror.write_upload(origin, 0, size, good), party="stranger") == 404
    assert post(mirror.write_upload(origin, 0, size - 1, good)) == 409  # no such pending head
    assert post(mirror.write_upload(origin, 0, size, good[:50])) == 400  # cut in the first package
    changed = mirror.write_package([*bodies[:-1], bodies[-1][:-2] + b".}"], [])
    assert post(mirror.write_upload(origin, 0, size, changed)) == 422
    assert post(mirror.write_upload(origin, 0, size, mirror.write_package(bodies, [bytes(32)]))) == 422
    assert post(mirror.write_upload(origin, 0, size, good)) == 422  # its disclosures did not come before it
    assert ledger_of(mop, circle, "joc").size == 0
    assert upload(mop, joc, circle, spool, 0, size).status == 200


def test_a_peer_that_can_only_be_dialled_gets_everything_pushed(pair: Pair) -> None:
    joc, mop, circle = pair
    mop_folder = mop.folder.path
    with serving(mop_folder):
        card = mop.own_card()
        context = client_context(joc.folder.tls_certificate, joc.folder.tls_key, card.tls_der)
        client = PeerClient(mop.config.peer_url, context, "mop")
        key = NoteVerifier("mop/witness", COSIGNATURE, mop.keys.witness[0].public)
        own = ledger_of(joc, circle, "joc")
        assert push.submit(client, joc.database, circle, own, [key], NOW)
        assert push.upload(client, joc.database, circle, own)
        until(lambda: len(shown(mop, circle)) == 3)
    with joc.database.read() as connection:
        assert ledgers.latest_receipts(connection, own.num)["mop"].size == own.size


def test_a_witness_whose_key_was_renewed_is_understood_and_not_asked_again_and_again(pair: Pair) -> None:
    joc, mop, circle = pair
    mop.folder.renew_keys()
    renewed = Node(mop.folder)
    joc.pin(renewed.write_own_card())
    renewed.close()
    origin = ledger_of(joc, circle, "joc").origin

    def asked() -> tuple[int, int]:
        """How large a head mop witnessed last, and when."""
        with mop.database.read() as connection:
            row = connection.exec_driver_sql("SELECT size, at FROM witnessed WHERE origin = ?", (origin,)).one_or_none()
        return (0, 0) if row is None else (row.size, row.at)

    with serving(joc.folder.path, mop.folder.path):
        until(lambda: bool(cosigned_by(joc, circle)))
        first = asked()
        time.sleep(3)
        assert asked() == first
    assert cosigned_by(joc, circle) == [NoteVerifier("mop/witness", COSIGNATURE, renewed.keys.witness[0].public).key_id]


def cosigned_by(node: Node, circle: Circle) -> list[bytes]:
    """The ids of the witness keys whose cosignatures a node holds on its own ledger."""
    with node.database.read() as connection:
        names = cosigned.latest(connection, ledger_of(node, circle, "joc").num)
    return [bytes.fromhex(name.rpartition("+")[2]) for name in names]
