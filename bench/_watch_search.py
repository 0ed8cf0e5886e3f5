"""Search over a million records in three scripts, from the question to the page of highlighted hits.

The records are made up: 12 to 24 words each from 30 000 words of Arabic, Sorani and English letters, as unevenly
spread as words are (the commonest stand in most records), with headings, places and times of three years. They are laid
into the picture as the fold would, and taken into the index by what a node runs behind its intake. Each question goes
through the door of the API. Warm: one after the other; cold: the file's pages are given up by the system and the store
is opened anew before each. The peer is FTS5 as it comes: its own tokens, texts in the table, best matches by bm25.
"""

from __future__ import annotations

import gc
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from bench._harness import Row
from nodes import make_nodes
from tansiq.desk import search_filling
from tansiq.desk.office import circles
from tansiq.desk.search import Question, find
from tansiq.node.node import Node
from tansiq.picture.projection import Thing
from tansiq.records.entry import new_record_id
from tansiq.records.values import Label
from tansiq.search.words import forms
from tansiq.store import pictures, search
from tansiq.store.pictures import PictureRow
from tansiq.store.schema import entry_key

BUDGET_MS: Final = 100.0
RECORDS: Final = 1_000_000
QUICK: Final = 20_000
ASKED: Final = 60
"""Questions of each sort, warm."""
COLD: Final = 12
LEDGER: Final = 900
BATCH: Final = 5000
BEGIN: Final = 1_600_000_000_000
SPAN_MS: Final = 3 * 365 * 86_400_000
VOCABULARY: Final = 30_000
ALPHABETS: Final = ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆهەیێ", "abcdefghiklmnoprstuvz")
SHARES: Final = (50, 30, 20)
PLACES: Final = (
    ("makhmour", "مخمور", "مەخموور", "Makhmour", 357_761_000, 435_786_000),
    ("kirkuk", "كركوك", "کەرکووک", "Kirkuk", 354_681_000, 443_922_000),
    ("sinjar", "سنجار", "شنگال", "Sinjar", 363_209_000, 418_766_000),
)
KINDS: Final = (("incident", 60), ("log", 35), ("message", 5))
LABEL: Final = Label("JOINT", "RESTRICTED", "AMBER", ["joc"], exercise=False)
PLAIN: Final = "CREATE VIRTUAL TABLE plain USING fts5(title, text, tokenize='unicode61')"
PLAIN_ASK: Final = (
    "SELECT rowid, snippet(plain, -1, '[', ']', '…', 24) FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT 20"
)


class Word(NamedTuple):
    """A word and its language."""

    text: str
    language: int


class Made(NamedTuple):
    """A record: kind, party, time (ms), fields, and its heading and text for the peer."""

    kind: str
    party: str
    at: int
    fields: dict[str, Any]
    title: str
    text: str


def rows(*, quick: bool) -> list[Row]:
    """How long a question takes, warm and cold, and what the index costs."""
    count = QUICK if quick else RECORDS
    vocabulary = _vocabulary(random.Random(7))  # noqa: S311 - the same words every time
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home:
        node = make_nodes(Path(home), "joc")["joc"]
        plain = sqlite3.connect(Path(home) / "plain.sqlite")
        peer_s = _lay(node, plain, vocabulary, count)
        node.database.checkpoint()
        before = _size(node)
        fill_s = _filled(node, count)
        node.database.checkpoint()
        size = _size(node) - before
        node.close()
        sorts = _sorts(vocabulary)
        node = Node(node.folder)
        warm = {name: _warm(node, questions) for name, questions in sorts.items()}
        purge_s = _purged(node)
        node.close()
        cold = {name: _cold(node, questions[:COLD]) for name, questions in sorts.items()}
        theirs = {name: _plainly(plain, questions) for name, questions in sorts.items() if "filter" not in name}
        plain.close()
    named = f"{count:,} records"
    every, first = [ms for some in warm.values() for ms in some], [ms for some in cold.values() for ms in some]
    found = [
        _budget(f"search of {named}, warm, 99th percentile", every, f"{len(every)} questions of {len(sorts)} sorts"),
        _budget(
            f"search of {named}, cold, 99th percentile", first, f"{len(first)} questions, pages given up before each"
        ),
    ]
    for name, some in warm.items():
        peer = theirs.get(name)
        note = f"median {statistics.median(some):.1f} ms, longest {max(some):.0f} ms; cold {max(cold[name]):.0f} ms"
        other = _percentile(peer) if peer else BUDGET_MS
        ours = _percentile(some)
        found.append(
            Row(
                f"{name}, 99th percentile",
                "ms",
                ours,
                other,
                "FTS5 as it comes" if peer else "budget",
                other / ours,
                note,
            )
        )
    each, peer_each = fill_s / count * 1e6, peer_s / count * 1e6
    note = f"{size / (1 << 20) * 1e6 / count:,.0f} MiB of store for a million; behind the intake, which does not wait"
    found.append(
        Row("taking a record into the index", "us", each, peer_each, "FTS5 as it comes", peer_each / each, note)
    )
    found.append(
        Row("writing the index anew after an erasure", "s", purge_s, 0.0, "none", 0.0, "in steps, others write between")
    )
    return found


def _budget(what: str, values: Sequence[float], note: str) -> Row:
    ours = _percentile(values)
    spread = f"{note}; median {statistics.median(values):.1f} ms, longest {max(values):.0f} ms"
    return Row(what, "ms", ours, BUDGET_MS, "budget", BUDGET_MS / ours, spread)


def _percentile(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def _size(node: Node) -> int:
    return node.folder.store.stat().st_size


def _vocabulary(dice: random.Random) -> list[Word]:
    found: dict[str, Word] = {}
    while len(found) < VOCABULARY:
        language = dice.choices(range(3), SHARES)[0]
        text = "".join(dice.choices(ALPHABETS[language], k=dice.choice((3, 4, 4, 5, 5, 6, 7, 8))))
        if len(forms(text)[0]) >= 3:
            found.setdefault(text, Word(text, language))
    return list(found.values())


def _records(vocabulary: Sequence[Word], count: int) -> Iterator[Made]:
    dice = random.Random(11)  # noqa: S311 - the same records every time
    by_language = [[word.text for word in vocabulary if word.language == language] for language in range(3)]
    weights = [_running([1 / (at + 2) for at in range(len(some))]) for some in by_language]
    kinds, shares = zip(*KINDS, strict=True)
    tags = ("ar", "ckb", "en")
    for _ in range(count):
        language = dice.choices(range(3), SHARES)[0]
        words = dice.choices(by_language[language], cum_weights=weights[language], k=dice.randint(12, 24))
        place = dice.choice(PLACES) if dice.random() < 0.3 else None
        if place:
            words.append(place[1 + language])
        at = BEGIN + dice.randrange(SPAN_MS)
        kind = dice.choices(kinds, shares)[0]
        title, text = " ".join(words[:4]), " ".join(words)
        fields: dict[str, Any] = {"text": text, "lang": tags[language]}
        if kind != "message":
            fields |= {"title": {tags[language]: title}, "when": {"from": at, "to": None}}
            lat, lon = (
                (place[4], place[5]) if place else (dice.randint(340, 370) * 10**6, dice.randint(415, 455) * 10**6)
            )
            spot = {"lat": lat + dice.randint(-400_000, 400_000), "lon": lon + dice.randint(-400_000, 400_000)}
            fields["place"] = {**spot, "accuracy": 500}
        yield Made(kind, dice.choice(("joc", "mop")), at, fields, title, text)


def _running(weights: Sequence[float]) -> list[float]:
    total, found = 0.0, []
    for weight in weights:
        total += weight
        found.append(total)
    return found


def _lay(node: Node, plain: sqlite3.Connection, vocabulary: Sequence[Word], count: int) -> float:
    """Lay the records into the picture, and into the peer's table; how long the peer took (s)."""
    with node.database.read() as connection:
        circle = circles(connection)[0].num
    plain.execute("PRAGMA journal_mode=WAL")
    plain.execute(PLAIN)
    encode, seconds, index = msgspec.json.Encoder().encode, 0.0, 0
    batch: list[Made] = []

    def write() -> None:
        nonlocal seconds, index
        things = []
        for made in batch:
            raw = msgspec.Raw(encode(made.fields))
            said = (made.at, made.at, "watch", "duty_officer", LABEL, raw, [index], [])
            thing = Thing(made.kind, made.party, new_record_id(made.at), None, *said)
            things.append(PictureRow(entry_key(LEDGER, index), circle, made.kind, made.at, encode(thing)))
            index += 1
        with node.database.write() as connection:
            pictures.put(connection, things, [])
        began = time.perf_counter()
        with plain:
            plain.executemany("INSERT INTO plain (title, text) VALUES (?, ?)", [(one.title, one.text) for one in batch])
        seconds += time.perf_counter() - began
        batch.clear()

    for made in _records(vocabulary, count):
        batch.append(made)
        if len(batch) == BATCH:
            write()
    write()
    return seconds


def _filled(node: Node, count: int) -> float:
    began = time.perf_counter()
    search_filling.fill_all(node.office)
    seconds = time.perf_counter() - began
    with node.database.read() as connection:
        if (held := search.count(connection)) < count:
            raise SystemExit(f"{held} of {count} records are in the index")
    return seconds


def _sorts(vocabulary: Sequence[Word]) -> dict[str, list[Question]]:
    """Questions of each sort, the same every time."""
    dice = random.Random(13)  # noqa: S311 - as above
    by_language = [[word.text for word in vocabulary if word.language == language] for language in range(3)]

    def common() -> str:
        return dice.choice(by_language[dice.randrange(3)][:40])

    def middling() -> str:
        return dice.choice(by_language[dice.randrange(3)][200:2000])

    def rare() -> str:
        return dice.choice(by_language[dice.randrange(3)][-3000:])

    def both(language: int) -> str:
        return f"{dice.choice(by_language[language][:40])} {dice.choice(by_language[language][200:2000])}"

    def place() -> str:
        return dice.choice(("Makhmur", "مخمور", "مەخموور", "Kirkook", "کرکوک", "shingal", "خمور", "سنجار"))

    month = 30 * 86_400_000

    def filtered(text: str) -> Question:
        since = BEGIN + dice.randrange(SPAN_MS - month)
        kinds, parties = dice.choice(((("log",), ()), (("incident",), ("mop",)), ((), ("joc",)))), ()
        near = dice.choice((None, "Makhmour", "38S LE 71 61"))
        return Question(text, kinds=kinds[0], parties=kinds[1] or parties, since=since, until=since + month, near=near)

    makers: dict[str, Callable[[], Question]] = {
        "a common word": lambda: Question(common()),
        "a word of a thousand records": lambda: Question(middling()),
        "a rare word": lambda: Question(rare()),
        "a common word and another": lambda: Question(both(dice.randrange(3))),
        "three common words": lambda: Question(" ".join(dice.choices(by_language[dice.randrange(3)][:40], k=3))),
        "words of two languages": lambda: Question(
            f"{by_language[0][dice.randrange(40)]} {by_language[2][dice.randrange(40)]}"
        ),
        "two letters while typing": lambda: Question(middling()[:2], typing=True),
        "three letters while typing": lambda: Question(middling()[:3], typing=True),
        "a word and two letters while typing": lambda: Question(f"{common()} {middling()[:2]}", typing=True),
        "a place in another script": lambda: Question(place()),
        "a word that is not there": lambda: Question("".join(dice.choices(ALPHABETS[0], k=9))),
        "a common word with filters": lambda: filtered(common()),
        "a rare word with filters": lambda: filtered(rare()),
        "filters alone": lambda: filtered(""),
    }
    return {name: [make() for _ in range(ASKED)] for name, make in makers.items()}


def _timed(node: Node, question: Question) -> float:
    began = time.perf_counter()
    find(node.office, question)
    return (time.perf_counter() - began) * 1000


def _warm(node: Node, questions: Sequence[Question]) -> list[float]:
    _timed(node, questions[0])
    gc.collect()
    return [_timed(node, one) for one in questions]


def _cold(node: Node, questions: Sequence[Question]) -> list[float]:
    taken = []
    for one in questions:
        for path in node.folder.path.glob("store.sqlite*"):
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        fresh = Node(node.folder)
        for path in node.folder.path.glob("store.sqlite*"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        taken.append(_timed(fresh, one))
        fresh.close()
    return taken


def _plainly(plain: sqlite3.Connection, questions: Sequence[Question]) -> list[float]:
    taken = []
    for one in questions:
        words = [f'"{word}"' for word in one.text.split()]
        if one.typing:
            words[-1] += " *"
        began = time.perf_counter()
        plain.execute(PLAIN_ASK, (" ".join(words),)).fetchall()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _purged(node: Node) -> float:
    """How long it takes until nothing is left of a record that was taken out."""
    with node.database.write() as connection:
        search.remove(connection, [entry_key(LEDGER, 5)])
    began = time.perf_counter()
    more = True
    while more:
        with node.database.write() as connection:
            more = search.purge(connection)
    return time.perf_counter() - began
