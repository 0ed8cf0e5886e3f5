"""Search over a million records in three scripts, from the question to the page of highlighted hits.

The records are made up: 12 to 24 words each from 30 000 words of Arabic, Sorani and English letters, as unevenly
spread as words are (the commonest stand in most records), with headings, places and times of three years. They are laid
into the picture as the fold would, and taken into the index by what a node runs behind its intake. Each question goes
through the door of the API. Warm: one after the other; cold: the file's pages are given up by the system and the store
is opened anew before each. The peers (`_search_peers`) hold the same texts.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from bench._harness import Row
from bench._postgresql import cluster
from bench._processes import free_ports
from bench._search_peers import PlainFts5, ask_postgresql, load_postgresql
from nodes import make_nodes
from tansiq.desk import search_filling
from tansiq.desk.office import circles
from tansiq.desk.search import Question, find
from tansiq.node.folder import Folder
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
    (("مخمور", "مەخموور", "Makhmour"), (357_761_000, 435_786_000)),
    (("كركوك", "کەرکووک", "Kirkuk"), (354_681_000, 443_922_000)),
    (("سنجار", "شنگال", "Sinjar"), (363_209_000, 418_766_000)),
)
KINDS: Final = ("incident", "log", "message")
KIND_SHARES: Final = (60, 35, 5)
LABEL: Final = Label("JOINT", "RESTRICTED", "AMBER", ["joc"], exercise=False)


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
    sorts = _sorts(vocabulary)
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home:
        Path(home).chmod(0o755)  # the server of the peer, another account, reads a file in it
        node = make_nodes(Path(home), "joc")["joc"]
        fts5 = PlainFts5(Path(home) / "plain.sqlite")
        lay(node, fts5, Path(home) / "plain.tsv", vocabulary, count)
        cost = _cost(node, count)
        node.close()
        times = _times(node.folder, sorts)
        theirs = {name: [fts5.ask(*words_of(one)) for one in some] for name, some in sorts.items() if _plain(name)}
        fts5.close()
        with cluster(Path(home) / "server", free_ports(1)[0]) as server:
            server_s = load_postgresql(server, Path(home) / "plain.tsv")
            served = {
                name: ask_postgresql(server, [words_of(one) for one in some])
                for name, some in sorts.items()
                if _plain(name)
            }
    return [
        *_questions(f"{count:,} records", times, theirs, served),
        *cost.rows(count, fts5.seconds, server_s),
        Row(
            "writing the index anew after an erasure",
            "s",
            times.purge_s,
            0.0,
            "none",
            0.0,
            "in steps, between which others write",
        ),
    ]


class Cost(NamedTuple):
    """Seconds that the index took to be filled, and bytes of the store that it has."""

    seconds: float
    size: int

    def rows(self, count: int, fts5_s: float, server_s: float) -> list[Row]:
        """What taking in one record costs."""
        ours, theirs = self.seconds / count * 1e6, fts5_s / count * 1e6
        note = (
            f"{self.size / (1 << 20) * 1e6 / count:,.0f} MiB of store for a million; behind the intake, which does not "
            f"wait; PostgreSQL {server_s / count * 1e6:.0f} us"
        )
        return [Row("taking a record into the index", "us", ours, theirs, "FTS5 as it comes", theirs / ours, note)]


class Times(NamedTuple):
    """Milliseconds of each question by sort, warm and cold; seconds to write the index anew."""

    warm: dict[str, list[float]]
    cold: dict[str, list[float]]
    purge_s: float


def _times(folder: Folder, sorts: Mapping[str, Sequence[Question]]) -> Times:
    node = Node(folder)
    warm = {name: _warm(node, some) for name, some in sorts.items()}
    node.close()
    cold = {name: _cold(folder, some[:COLD]) for name, some in sorts.items()}
    node = Node(folder)
    purge_s = _purged(node)
    node.close()
    return Times(warm, cold, purge_s)


def _questions(
    named: str, times: Times, fts5: Mapping[str, Sequence[float]], server: Mapping[str, Sequence[float]]
) -> list[Row]:
    every, first = ([ms for some in one.values() for ms in some] for one in (times.warm, times.cold))
    sorts = f"{len(times.warm)} sorts"
    found = [
        _budget("search at 1e6, budget 100 ms", every, f"{named}, {len(every)} questions of {sorts}"),
        _budget(
            "search at 1e6, every page of the store cold, budget 100 ms", first, f"{named}, {len(first)} questions"
        ),
    ]
    for name, some in times.warm.items():
        ours, cold = _percentile(some), times.cold[name]
        note = (
            f"median {statistics.median(some):.1f} ms; cold {statistics.median(cold):.0f} ms, longest {max(cold):.0f}"
        )
        if name not in fts5:
            found.append(Row(f"{name}, 99th percentile", "ms", ours, BUDGET_MS, "budget", BUDGET_MS / ours, note))
            continue
        theirs = _percentile(fts5[name])
        note += f"; PostgreSQL {_percentile(server[name]):.1f} ms"
        found.append(Row(f"{name}, 99th percentile", "ms", ours, theirs, "FTS5 as it comes", theirs / ours, note))
    return found


def _plain(name: str) -> bool:
    """Whether a sort of question can be asked of the peers as well."""
    return "filter" not in name


def words_of(question: Question) -> tuple[list[str], bool]:
    """The words of a question as the peers take them, and whether the last is a beginning."""
    return question.text.split(), question.typing


def _budget(what: str, values: Sequence[float], note: str) -> Row:
    ours = _percentile(values, 0.95)
    spread = (
        f"{note}; 95th percentile, median {statistics.median(values):.1f} ms, 99th {_percentile(values):.0f}, "
        f"longest {max(values):.0f} ms"
    )
    return Row(what, "ms", ours, BUDGET_MS, "budget", BUDGET_MS / ours, spread)


def _percentile(values: Sequence[float], share: float = 0.99) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


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
    tags = ("ar", "ckb", "en")
    for _ in range(count):
        language = dice.choices(range(3), SHARES)[0]
        words = dice.choices(by_language[language], cum_weights=weights[language], k=dice.randint(12, 24))
        place = dice.choice(PLACES) if dice.random() < 0.3 else None
        if place:
            words.append(place[0][language])
        at = BEGIN + dice.randrange(SPAN_MS)
        kind = dice.choices(KINDS, KIND_SHARES)[0]
        title, text = " ".join(words[:4]), " ".join(words)
        fields: dict[str, Any] = {"text": text, "lang": tags[language]}
        if kind != "message":
            fields |= {"title": {tags[language]: title}, "when": {"from": at, "to": None}}
            somewhere = (dice.randint(340, 370) * 10**6, dice.randint(415, 455) * 10**6)
            lat, lon = place[1] if place else somewhere
            spot = {"lat": lat + dice.randint(-400_000, 400_000), "lon": lon + dice.randint(-400_000, 400_000)}
            fields["place"] = {**spot, "accuracy": 500}
        yield Made(kind, dice.choice(("joc", "mop")), at, fields, title, text)


def _running(weights: Sequence[float]) -> list[float]:
    total, found = 0.0, []
    for weight in weights:
        total += weight
        found.append(total)
    return found


def lay(node: Node, fts5: PlainFts5, file: Path, vocabulary: Sequence[Word], count: int) -> None:
    """Lay the records into the picture, into FTS5 and into a file for the server."""
    with node.database.read() as connection:
        circle = circles(connection)[0].num
    encode, index = msgspec.json.Encoder().encode, 0
    made = _records(vocabulary, count)
    with file.open("w", encoding="utf-8") as lines:
        while batch := list(islice(made, BATCH)):
            things = []
            for one in batch:
                raw = msgspec.Raw(encode(one.fields))
                who = (one.kind, one.party, new_record_id(one.at), None)
                thing = Thing(*who, one.at, one.at, "watch", "duty_officer", LABEL, raw, [index], [])
                things.append(PictureRow(entry_key(LEDGER, index), circle, one.kind, one.at, encode(thing)))
                lines.write(f"{one.at}\t{one.title}\t{one.text}\n")
                index += 1
            with node.database.write() as connection:
                pictures.put(connection, things, [])
            fts5.add([(one.title, one.text) for one in batch])


def _cost(node: Node, count: int) -> Cost:
    node.database.checkpoint()
    before = node.folder.store.stat().st_size
    seconds = _filled(node, count)
    node.database.checkpoint()
    return Cost(seconds, node.folder.store.stat().st_size - before)


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


def _cold(folder: Folder, questions: Sequence[Question]) -> list[float]:
    taken = []
    for one in questions:
        fresh = Node(folder)
        for path in folder.path.glob("store.sqlite*"):
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        taken.append(_timed(fresh, one))
        fresh.close()
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
