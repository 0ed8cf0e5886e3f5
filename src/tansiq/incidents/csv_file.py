"""Tables of text: encoding, separator and lines of a CSV file, with nothing guessed where two readings fit."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Final

from tansiq.errors import MalformedInput
from tansiq.incidents.table import TITLES_WITHIN, Choice, Line, Table, check_rows, head, split_off_titles

ENCODINGS: Final = ("windows-1256", "iso-8859-6", "windows-1252", "utf-16-le", "utf-16-be", "utf-8")
"""What a file may be written in that is not UTF-8 and does not say so. Every byte is a letter in some of them."""
SEPARATORS: Final = (",", ";", "\t", "|", "؛", "،")
LOOKED_AT: Final = 50
"""Rows by which the separator is found."""

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_csv(data: bytes, name: str, encoding: str = "", separator: str = "") -> Table:
    """The rows of a table of text. What the file leaves open stands in `asked` unless it is given.

    Refuses `incident_file.encoding` (it is not in the encoding that was given), `incident_file.damaged` with the line,
    `incident_file.empty`, and what is too much.
    """
    text, written, asked = _decode(data, name, encoding)
    between, open_choice = _separator(text, separator)
    asked += open_choice
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    rows: list[tuple[int, list[str]]] = []
    ended = 0
    try:
        for row in reader:
            began, ended = ended + 1, reader.line_num
            if any(row):
                rows.append((began, row))
                check_rows(len(rows) - TITLES_WITHIN)
    except csv.Error as error:
        reason = f"line {ended + 1}: {error}"[:120]
        raise MalformedInput("incident_file.damaged", file=name[:80], reason=reason) from error
    above, start = split_off_titles(rows[:TITLES_WITHIN])
    columns = head(rows[start][1]) if rows else []
    lines = [
        Line(number, tuple(row), None if len(row) == len(columns) else len(row)) for number, row in rows[start + 1 :]
    ]
    check_rows(len(lines))
    if not lines:
        raise MalformedInput("incident_file.empty", file=name[:80])
    return Table("csv", columns, lines, encoding=written, separator=between, asked=asked, above=above)


def _decode(data: bytes, name: str, encoding: str) -> tuple[str, str, list[Choice]]:
    if encoding and encoding not in ENCODINGS:
        raise MalformedInput("incident_file.encoding", file=name[:80], encoding=encoding[:40])
    marked = next((written for mark, written in _MARKS if data.startswith(mark)), "")
    for tried in [encoding] if encoding else [marked or "utf-8"]:
        try:
            return data.decode(tried).removeprefix("\ufeff"), tried, []
        except UnicodeDecodeError as error:
            if encoding or marked:
                raise MalformedInput("incident_file.encoding", file=name[:80], encoding=tried) from error
    fitting = [one for one in ENCODINGS if _fits(data, one)]
    if not fitting:
        raise MalformedInput("incident_file.form", file=name[:80])
    return data.decode(fitting[0]), fitting[0], [Choice("encoding", fitting, fitting[0])]


def _fits(data: bytes, encoding: str) -> bool:
    """Whether the file can be read so at all; text in two bytes a letter would show zeros in others."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return "\0" not in text and "\n" in text


def _separator(text: str, given: str) -> tuple[str, list[Choice]]:
    if given:
        if given not in SEPARATORS:
            raise MalformedInput("incident_file.separator", separator=given[:10])
        return given, []
    widths = {one: _columns_by(text, one) for one in SEPARATORS}
    # by a sign that stands in a text here and there the names of columns would look like a title
    fitting = [one for one, (width, titles) in widths.items() if width > 1 and not titles]
    fitting = fitting or [one for one, (width, _) in widths.items() if width > 1]
    if not fitting:
        # of a single column, or of rows that do not fit each other: the first line says most
        first = text.lstrip("\r\n").partition("\n")[0]
        return max(SEPARATORS, key=first.count), []
    asked = [Choice("separator", fitting, fitting[0])] if len(fitting) > 1 else []
    return fitting[0], asked


def _columns_by(text: str, separator: str) -> tuple[int, int]:
    """How many columns all of the first rows under the titles have with this separator, 0 where they differ; and how
    many titles there are."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = list(islice((row for row in reader if row), LOOKED_AT + TITLES_WITHIN))
    except csv.Error:
        return 0, 0
    start = split_off_titles(list(enumerate(rows[:TITLES_WITHIN])))[1]
    widths = {len(row) for row in rows[start : start + LOOKED_AT]}
    return widths.pop() if len(widths) == 1 else 0, start
