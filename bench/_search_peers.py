"""The same texts and questions in FTS5 as it comes, and in PostgreSQL's `tsvector` under a GIN index.

Neither folds letters, knows roots or places, or shows anything but the rows: FTS5 answers its best matches by bm25,
with snippets, PostgreSQL the newest. The dictionary is `simple`, since it has none for Arabic with Kurdish.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench._postgresql import Cluster

_MAKE: Final = "CREATE VIRTUAL TABLE plain USING fts5(title, text, tokenize='unicode61')"
_ASK: Final = (
    "SELECT rowid, snippet(plain, -1, '[', ']', '…', 24) FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT 20"
)
_LOAD: Final = """
CREATE TABLE plain (id bigserial, at bigint NOT NULL, title text NOT NULL, text text NOT NULL, words tsvector
  GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || text)) STORED);
\\copy plain (at, title, text) FROM '{file}'
CREATE INDEX ON plain USING gin (words);
ANALYZE plain;
"""
_TIME: Final = re.compile(r"^Time: ([0-9.]+) ms", re.MULTILINE)
_LIMIT_S: Final = 900.0


class PlainFts5:
    """A table of texts that FTS5 reads by itself."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(_MAKE)
        self.seconds = 0.0
        """Spent on taking records in."""

    def add(self, rows: Sequence[tuple[str, str]]) -> None:
        """Headings and texts of further records, one commit."""
        began = time.perf_counter()
        with self._connection:
            self._connection.executemany("INSERT INTO plain (title, text) VALUES (?, ?)", rows)
        self.seconds += time.perf_counter() - began

    def ask(self, words: Sequence[str], starts: bool) -> float:
        """How long a question takes (ms)."""
        quoted = [f'"{word}"' for word in words]
        began = time.perf_counter()
        self._connection.execute(_ASK, (" ".join(quoted) + (" *" if starts else ""),)).fetchall()
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def load_postgresql(server: Cluster, file: Path) -> float:
    """Take in the records of a file (time, heading, text; parted by tabs); how long that took (s)."""
    began = time.perf_counter()
    server.ask(_LOAD.format(file=file), limit_s=_LIMIT_S)
    return time.perf_counter() - began


def ask_postgresql(server: Cluster, questions: Sequence[tuple[Sequence[str], bool]]) -> list[float]:
    """How long each question takes (ms), by the server's own client, in one session."""
    script = ["\\timing on"]
    for words, starts in questions:
        query = " & ".join(words) + (":*" if starts else "")
        script.append(
            f"SELECT id FROM plain WHERE words @@ to_tsquery('simple', '{query}') ORDER BY at DESC LIMIT 20;"  # noqa: S608 - words of letters
        )
    command, environment = server.psql()
    done = subprocess.run(
        command, input="\n".join(script), env=environment, capture_output=True, text=True, timeout=_LIMIT_S, check=True
    )
    return [float(one) for one in _TIME.findall(done.stdout)]
