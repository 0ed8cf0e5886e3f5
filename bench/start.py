"""A node that holds ten million records: how long it takes to start, what it keeps in memory, how fast it proves one.

Against the budgets that an old laptop sets: 3 s to the first answer of the desk, 300 MiB resident, 5 ms for the proof
of one record, 1.5 s to the first page in a browser that has never seen this node.

The records are a thousand different reports, said again and again under new ids: sealing each anew would take an hour
and change no figure.
"""

from __future__ import annotations

import http.client
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from bench import exchange
from bench._flow import Look
from bench._harness import Row, median, spread
from bench._processes import answering, free_ports, running
from tansiq.circles import gate
from tansiq.circles.circle import Circle, write_circle
from tansiq.circles.gate import Author, Redaction, Sealed, Statement
from tansiq.desk import evidence, people
from tansiq.desk.office import circle_named
from tansiq.exchange import outbox
from tansiq.exchange.outbox import program_label
from tansiq.exchange.publish import publish
from tansiq.exchange.tuning import tune
from tansiq.node.node import Node
from tansiq.records.entry import new_record_id, record_id_of
from tansiq.records.values import Names
from tansiq.store import ledgers
from tansiq.store.schema import entry_key

RECORDS: Final = 10_000_000
QUICK_RECORDS: Final = 100_000
PATTERNS: Final = 1000
BATCH: Final = 5000
STARTS: Final = 5
PROOFS: Final = 300
START_BUDGET_S: Final = 3.0
MEMORY_BUDGET_MIB: Final = 300.0
PROOF_BUDGET_S: Final = 0.005
PAGE_BUDGET_S: Final = 1.5
PATIENCE: Final = Look(0.005, 60.0)
PASSWORD: Final = "one long phrase for the bench"  # noqa: S105 - of an account that lives as long as the run
OK: Final = 200


def fill(home: Path, count: int, port: int) -> tuple[Node, str]:
    """A node in a circle of two that holds `count` own records, and the circle's id."""
    node, other = exchange.make_node(home / "a", "a", port), exchange.make_node(home / "b", "b", port + 2)
    node.pin(other.write_own_card())
    circle = node.make_circle(Names(en="bench"), ["b"], exercise=False)
    other.pin(node.write_own_card())
    other.join(write_circle(circle))
    other.close()
    people.add(node.office, "duty", PASSWORD, "watch", ["duty_officer"])
    began = time.perf_counter()
    say_again(node, circle, count)
    publish(node.database, node.marks)
    size = node.folder.store.stat().st_size / (1 << 30)
    print(f"  {count:,} records said in {time.perf_counter() - began:.0f} s, a store of {size:.1f} GiB", flush=True)
    return node, circle.id


def say_again(node: Node, circle: Circle, count: int) -> None:
    """Append `count` records to the own ledger in large batches, each under an id of its own."""
    label, author = program_label(circle), Author("duty", "watch", ("duty_officer",))
    patterns = [
        gate.release(
            Statement("incident", exchange.fields(number)),
            circle,
            label,
            Redaction(),
            author,
            seen=[],
            now_ms=exchange.BASE_MS,
        )
        for number in range(PATTERNS)
    ]
    with node.database.read() as connection:
        num = circle_named(connection, circle.id).num
    for start in range(0, count, BATCH):
        batch = [again(patterns[number % PATTERNS], number) for number in range(start, min(count, start + BATCH))]
        with node.database.write() as connection:
            outbox.append(connection, num, circle, node.config.party, batch, node.office.signer, node.office.clock())


def again(pattern: Sealed, number: int) -> Sealed:
    """The same report under a new id."""
    old, new = pattern.entry.id, new_record_id(exchange.BASE_MS + number)
    entry = msgspec.structs.replace(pattern.entry, id=new)
    return replace(pattern, entry=entry, body=pattern.body.replace(old.encode(), new.encode(), 1))


class Desk:
    """The desk of the node as a person's browser sees it: one line, one session."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._token = ""

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """The answer; anything but 200 raises."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE.stall_s)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        line.request(method, path, None if body is None else msgspec.json.encode(body), headers)
        answer = line.getresponse()
        data = answer.read()
        line.close()
        if answer.status != OK:
            raise RuntimeError(f"{path}: {answer.status} {data[:300]!r}")
        return data

    def answers(self) -> bool:
        """Whether the first page comes."""
        try:
            self.ask("GET", "/")
        except (OSError, http.client.HTTPException):
            return False
        return True

    def look_around(self, circle: str) -> None:
        """What an officer's page asks for: the node, its ledgers, the newest of the picture."""
        answer = msgspec.json.decode(self.ask("POST", "/api/v1/session", {"user": "duty", "password": PASSWORD}))
        self._token = answer["token"]
        for path in ("node", "ledgers", f"picture?circle={circle}&limit=2000"):
            self.ask("GET", f"/api/v1/{path}")


def one_start(home: Path, folder: Path, port: int, circle: str) -> tuple[float, float]:
    """Seconds from the command to the first page, and MiB resident once an officer has looked around."""
    log = home / "serve.log"
    command: list[str | Path] = [sys.executable, "-m", "tansiq.cli", "--data", folder, "serve"]
    desk = Desk(port)
    began = time.perf_counter()
    with running(command, home, log) as process:
        answering(process, log, desk.answers, PATIENCE.stall_s)
        took = time.perf_counter() - began
        desk.look_around(circle)
        return took, resident_mib(process)


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """The resident memory of a process by the kernel's count."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def proofs(node: Node, circle: str, count: int) -> list[float]:
    """Seconds for the evidence file of records by chance, each checked afterwards."""
    with node.database.read() as connection:
        ledger = ledgers.ledger_of(connection, circle_named(connection, circle).num, "a")
        chance = random.Random(1)  # noqa: S311 - a measurement repeats itself on purpose
        indexes = [exchange.OPENING + chance.randrange(ledger.size - exchange.OPENING) for _ in range(count)]
        query = "SELECT rid FROM entry WHERE id = ?"
        ids = [
            record_id_of(connection.exec_driver_sql(query, (entry_key(ledger.num, index),)).scalar_one())
            for index in indexes
        ]
    times = []
    for index, record in zip(indexes, ids, strict=True):
        began = time.perf_counter()
        data = evidence.prove(node.office, circle, "a", record)
        times.append(time.perf_counter() - began)
        found = evidence.verify(data)
        if (found.index, found.entry.id) != (index, record):
            raise RuntimeError("the proof is of another record")
    return times


def first_page(home: Path, folder: Path, port: int) -> list[float] | None:
    """Seconds to the sign-in page, drawn, in a browser that starts with an empty profile each time."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("  Chromium is not here: no row of the first page", flush=True)
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    log = home / "serve.log"
    command: list[str | Path] = [sys.executable, "-m", "tansiq.cli", "--data", folder, "serve"]
    times = []
    with running(command, home, log) as process, sync_playwright() as playwright:
        answering(process, log, Desk(port).answers, PATIENCE.stall_s)
        for _ in range(STARTS):
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            began = time.perf_counter()
            page.goto(f"http://127.0.0.1:{port}")
            page.get_by_test_id("signin-user").wait_for()
            times.append(time.perf_counter() - began)
            browser.close()
    return times


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench; the full one needs 40 GiB of disk and about a quarter of an hour."""
    tune()
    count = QUICK_RECORDS if quick else RECORDS
    port = free_ports(4)[0]
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name:
        home = Path(name)
        node, circle = fill(home, count, port)
        folder = node.folder.path
        proving = proofs(node, circle, PROOFS)
        node.close()
        found = [one_start(home, folder, port, circle) for _ in range(STARTS)]
        pages = first_page(home, folder, port)
    starts, memory = [one[0] for one in found], [one[1] for one in found]
    held = f"{count:,} records"
    rows = [
        budget("node start at 1e7 records, budget 3 s", "s", starts, START_BUDGET_S, held),
        budget("memory with 1e7 entries, budget 300 MiB", "MiB", memory, MEMORY_BUDGET_MIB, held),
        budget("proof of one record, budget 5 ms", "s", proving, PROOF_BUDGET_S, held),
    ]
    if pages is not None:
        rows.append(budget("first page, budget 1.5 s", "s", pages, PAGE_BUDGET_S, "cold browser, sign-in page drawn"))
    return rows


def budget(what: str, unit: str, values: list[float], limit: float, note: str) -> Row:
    """A row against a budget."""
    middle = median(values)
    return Row(what, unit, middle, limit, "budget", limit / middle, f"{note}; {spread(values)}")
