"""A file of incidents as a table: whatever its form, columns and lines of text, with where each line stands in it.

Forms: CSV, XLSX, GeoJSON, KML and KMZ, submissions of ODK and Kobo (CSV, JSON, XML); each may be gzipped. Nothing is
understood here of what a column means. Every form has limits on bytes, rows, columns, depth and on what it unpacks to.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from tansiq.errors import MalformedInput

MOST_BYTES: Final = 64 << 20
"""Of a file as it is given."""
MOST_UNPACKED: Final = 128 << 20
"""Of everything that a packed file unpacks to."""
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 500
MOST_CELL: Final = 20_000
"""Characters of one value."""
MOST_TITLE: Final = 200
"""Characters of a title over a table that are shown."""
TITLES_WITHIN: Final = 20
"""First rows among which the names of columns are looked for."""
DEEPEST: Final = 40
"""Of elements or objects inside each other."""
MOST_PARTS: Final = 2000
"""Files inside a packed file."""


class Line(Struct, frozen=True, gc=False):
    """One row: where it stands in the file (line, or position among features), its values in the order of columns.

    `wrong` is the number of values where it is not the number of columns.
    """

    number: int
    values: tuple[str, ...]
    wrong: int | None = None


class Choice(Struct, frozen=True):
    """Something the file does not say itself: `what`, the possible answers, and the one by which it was read."""

    what: str
    answers: list[str]
    taken: str


class Table(Struct, frozen=True):
    """The rows of a file. `asked` are choices that a person has to make before anything is kept; `above` are titles
    that stand over the names of the columns and are not read."""

    form: str
    columns: list[str]
    lines: list[Line]
    encoding: str = "utf-8"
    separator: str = ""
    sheet: str = ""
    sheets: list[str] = []
    asked: list[Choice] = []
    above: list[str] = []


def check_bytes(data: bytes, name: str) -> None:
    """Refuse (`incident_file.large`) what is larger than a file may be."""
    if len(data) > MOST_BYTES:
        raise MalformedInput("incident_file.large", file=name[:80], limit=MOST_BYTES >> 20)


def gunzip(data: bytes, name: str) -> bytes:
    """What a gzip file holds; refused where it unpacks to too much (`incident_file.unpacks`) or is damaged."""
    out, left = io.BytesIO(), data
    try:
        while left:
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out.write(member.decompress(left, MOST_UNPACKED + 1 - out.tell()))
            if out.tell() > MOST_UNPACKED:
                raise MalformedInput("incident_file.unpacks", file=name[:80], limit=MOST_UNPACKED >> 20)
            if not member.eof:
                raise MalformedInput("incident_file.damaged", file=name[:80], reason="gzip: incomplete")
            left = member.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise MalformedInput("incident_file.damaged", file=name[:80], reason=str(error)[:120]) from error
    return out.getvalue()


class Package:
    """A ZIP file whose parts are read one by one, all of them together within the limit."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._left = MOST_UNPACKED
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise self._damaged(error) from error
        self.parts = [one for one in self._zip.namelist() if not one.endswith("/")]
        if len(self.parts) > MOST_PARTS:
            raise MalformedInput("incident_file.parts", file=name[:80], count=len(self.parts), limit=MOST_PARTS)

    def read(self, part: str) -> bytes:
        """The bytes of a part. What the directory of the file claims about their number is not believed."""
        try:
            with self._zip.open(part) as file:
                found = file.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
            KeyError,
            OSError,
        ) as error:
            raise self._damaged(error) from error
        if len(found) > self._left:
            raise MalformedInput("incident_file.unpacks", file=self.name[:80], limit=MOST_UNPACKED >> 20)
        self._left -= len(found)
        return found

    def _damaged(self, error: Exception) -> MalformedInput:
        return MalformedInput("incident_file.damaged", file=self.name[:80], reason=f"zip: {error}"[:120])


def head(names: Sequence[str]) -> list[str]:
    """Names of columns, each one once: an empty one is named by its number, a repeated one numbered."""
    if len(names) > MOST_COLUMNS:
        raise MalformedInput("incident_file.columns", count=len(names), limit=MOST_COLUMNS)
    found: dict[str, None] = {}
    for at, given in enumerate(names, start=1):
        name = base = given.strip()[:120] or f"column {at}"
        number = 2
        while name in found:
            name, number = f"{base} ({number})", number + 1
        found[name] = None
    return list(found)


def split_off_titles(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[list[str], int]:
    """The titles over a table, and at which of its first rows the names of columns stand.

    A row of one text cannot name the columns of rows that have more.
    """
    filled = [[cell.strip() for cell in row if cell.strip()] for _, row in rows]
    start = next((at for at, cells in enumerate(filled) if len(cells) > 1), 0)
    under = filled[start + 1 :]
    if not under or sum(len(cells) > 1 for cells in under) * 2 < len(under):
        return [], 0  # a table of one column in which a row or two are broken
    return [cells[0][:MOST_TITLE] for cells in filled[:start]], start


def check_rows(count: int) -> None:
    """Refuse (`incident_file.rows_many`) more rows than are taken at once."""
    if count > MOST_ROWS:
        raise MalformedInput("incident_file.rows_many", count=count, limit=MOST_ROWS)


def together(form: str, found: Sequence[tuple[int, Mapping[str, str]]]) -> Table:
    """A table of rows that each name their own values, as features and submissions do."""
    check_rows(len(found))
    names: dict[str, int] = {}
    for _, values in found:
        for name in values:
            if name not in names:
                names[name] = len(names)
                if len(names) > MOST_COLUMNS:
                    raise MalformedInput("incident_file.columns", count=len(names), limit=MOST_COLUMNS)
    lines = []
    for number, values in found:
        row = [""] * len(names)
        for name, value in values.items():
            row[names[name]] = value
        lines.append(Line(number, tuple(row)))
    return Table(form, list(names), lines)
