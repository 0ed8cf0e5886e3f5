"""Records from node A to node B over loopback TLS: verified, durable, folded into the picture.

Against two figures of the same run: 15 000 records a second, and the bare ceiling of intake (hash, parse, SQLite
FULL in batches of about 1000, no network, no disclosures, no proof, no picture).
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from bench._harness import Row, median, spread
from tansiq.circles.circle import Circle, write_circle
from tansiq.circles.gate import Author, Redaction, Statement
from tansiq.desk.office import circle_named
from tansiq.errors import Unavailable
from tansiq.exchange import outbox
from tansiq.exchange.intake import take_head
from tansiq.exchange.outbox import Saying
from tansiq.exchange.peer_client import PeerClient, client_context
from tansiq.exchange.tuning import tune
from tansiq.ledger.merkle import leaf_hash
from tansiq.node.folder import Folder, NodeConfig
from tansiq.node.node import Node, create
from tansiq.picture import book
from tansiq.records.entry import record_key
from tansiq.records.values import Label, Names, PartyId
from tansiq.store import ledgers

RECORDS: Final = 100_000
QUICK_RECORDS: Final = 20_000
REPETITIONS: Final = 3
OPENING: Final = 2
"""Entries with which every ledger begins: the circle, and the party's roster entry."""

TARGET: Final = 15_000
BATCH: Final = 1_000
PORT: Final = 8790
PATIENCE_S: Final = 20.0
BASE_MS: Final = 1_600_000_000_000


def make_node(folder: Path, party: str, port: int) -> Node:
    """A node as `tansiq init` makes it."""
    place = Folder(folder)
    place.create(
        NodeConfig(
            PartyId(party),
            "party",
            Names(en=party),
            desk=f"127.0.0.1:{port}",
            peer=f"127.0.0.1:{port + 1}",
            peer_url=f"https://127.0.0.1:{port + 1}",
        )
    )
    return create(place)


def fill(node: Node, circle: Circle, count: int) -> None:
    """Say `count` incidents of about 1 kB on the wire (entry and disclosures), in batches."""
    with node.database.read() as connection:
        num = circle_named(connection, circle.id).num
    label = Label("JOINT", "RESTRICTED", "AMBER", list(circle.parties), False)
    author = Author("duty", "watch", ("duty_officer",))
    for start in range(0, count, BATCH):
        sayings = [
            Saying(Statement("incident", fields(start + step)), label, Redaction())
            for step in range(min(BATCH, count - start))
        ]
        with node.database.write() as connection:
            outbox.say(
                connection,
                num,
                circle,
                node.config.party,
                sayings,
                author,
                node.office.signer,
                node.office.clock(),
            )


def fields(number: int) -> dict[str, object]:
    """A report as a duty officer would write it."""
    return {
        "category": "sighting",
        "place": {
            "lat": 350_000_000 + number % 9_000_000,
            "lon": 440_000_000 + number % 7_000_000,
            "accuracy": 500,
        },
        "when": {"from": BASE_MS + number * 1000, "to": None},
        "how_known": "told",
        "source_grade": "B",
        "text": f"حركة غير اعتيادية قرب القرية رقم {number}",
        "lang": "ar",
    }


def ceiling(records: list[tuple[bytes, bytes]], folder: Path) -> float:
    """Records a second of the bare loop on the same bytes: hash, parse, SQLite FULL in batches, nothing else.

    Every entry and every disclosure is hashed and parsed once and stored; nothing is compared, proven, folded or
    sent.
    """
    store = sqlite3.connect(folder / "ceiling.sqlite", isolation_level=None)
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=8000"):
        store.execute(f"PRAGMA {pragma}")
    store.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, rid BLOB, hash BLOB, body BLOB, told BLOB)")
    store.execute("CREATE UNIQUE INDEX entry_rid ON entry (rid)")
    decode = msgspec.json.Decoder(dict).decode
    began = time.perf_counter()
    for start in range(0, len(records), BATCH):
        rows = []
        for step, (body, told) in enumerate(records[start : start + BATCH]):
            entry = decode(body)
            for part in told.split(b"~"):
                hashlib.sha256(part).digest()
                msgspec.json.decode(base64.urlsafe_b64decode(part + b"=="))
            rows.append((start + step, record_key(entry["id"]), leaf_hash(body), body, told))
        store.execute("BEGIN")
        store.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", rows)
        store.execute("COMMIT")
    rate = len(records) / (time.perf_counter() - began)
    store.close()
    return rate


def receive(node_b: Node, node_a: Node, circle: Circle) -> tuple[int, float]:
    """Pull everything from A's port into B's store; entries and seconds."""
    card = node_a.own_card()
    client = PeerClient(
        card.peer, client_context(node_b.folder.tls_certificate, node_b.folder.tls_key, card.tls_der), card.party
    )
    _wait_for(client)
    entries = 0
    began = time.perf_counter()
    _, shown = client.heads("", 0)
    for note in (one.encode() for one in shown.heads):
        with node_b.database.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=note.split(b"\n", 1)[0].decode())
        if ledger.own:
            continue  # A relays what it holds of B's own ledger
        taken = take_head(node_b.database, circle, ledger, note, client, node_b.office.keyring, node_b.office.clock())
        entries += taken.entries
        if taken.own_receipt is None:
            raise RuntimeError("no receipt")
    took = time.perf_counter() - began
    client.close()
    return entries, took


def _wait_for(client: PeerClient) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            client.heads("", 0)
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def held_alike(node_b: Node, node_a: Node, circle: Circle, count: int) -> list[tuple[bytes, bytes]]:
    """Entries and disclosures as B holds them, after a look that they are A's and give A's picture."""
    with node_b.database.read() as connection:
        ledger = ledgers.ledger_of(connection, circle_named(connection, circle.id).num, "a")
        bodies = ledgers.entry_bodies(connection, ledger.num, 0, ledger.size)
        told = [text for _, _, text in ledgers.told_bytes(connection, ledger.num, 0, ledger.size)]
        theirs = {one.origin: one for one in book.digests(connection)}
    with node_a.database.read() as connection:
        ours = {one.origin: one for one in book.digests(connection)}
    if len(bodies) != count + OPENING or theirs[ledger.origin] != ours[ledger.origin]:
        raise RuntimeError("B does not hold what A said")
    return list(zip(bodies, told, strict=True))


def runs(count: int, repetitions: int) -> Iterator[tuple[float, float]]:
    """Records a second end to end and of the bare ceiling, on the same entries, one after the other."""
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name:
        home = Path(name)
        node_a, node_b = make_node(home / "a", "a", PORT), make_node(home / "b", "b", PORT + 10)
        node_a.pin(node_b.write_own_card())
        node_b.pin(node_a.write_own_card())
        circle = node_a.make_circle(Names(en="bench"), ["b"], exercise=False)
        node_b.join(write_circle(circle))
        node_b.close()
        fill(node_a, circle, count)
        node_a.publish()
        command = [sys.executable, "-m", "tansiq.cli", "--data", str(node_a.folder.path), "serve"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                for number in range(repetitions):
                    yield one_run(home / f"run{number}", node_a, home / "b", circle, count)
            finally:
                server.terminate()


def one_run(home: Path, node_a: Node, empty_b: Path, circle: Circle, count: int) -> tuple[float, float]:
    """One repetition, into a B that holds nothing yet."""
    shutil.copytree(empty_b, home)
    node_b = Node(Folder(home))
    entries, took = receive(node_b, node_a, circle)
    records = held_alike(node_b, node_a, circle, count)
    node_b.close()
    rate, bare = entries / took, ceiling(records, home)
    shutil.rmtree(home)
    print(f"  entry {len(records[-1][0])} B: end to end {rate:,.0f}/s, bare ceiling {bare:,.0f}/s", flush=True)
    return rate, bare


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench."""
    tune()
    found = list(runs(QUICK_RECORDS if quick else RECORDS, REPETITIONS))
    rate, bare = median([rate for rate, _ in found]), median([bare for _, bare in found])
    share = median([rate / bare for rate, bare in found])
    return [
        Row("end to end", "records/s", rate, TARGET, "target", rate / TARGET, spread([rate for rate, _ in found])),
        Row("share of intake ceiling", "records/s", rate, bare, "ceiling", share, spread([bare for _, bare in found])),
    ]
