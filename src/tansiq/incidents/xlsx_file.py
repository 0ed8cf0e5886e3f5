"""Workbooks (ECMA-376, part 1, SpreadsheetML): the cells of one sheet as text, and a sheet of text written.

Dates are read by the format of their cell and come out as ISO 8601; a formula is worth what was last reckoned from it.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from tansiq.errors import MalformedInput
from tansiq.incidents.markup import local, read_xml
from tansiq.incidents.table import (
    MOST_COLUMNS,
    TITLES_WITHIN,
    Choice,
    Line,
    Package,
    Table,
    check_rows,
    head,
    split_off_titles,
)

_OFFICE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(45, 48)})
"""Number formats that show a date or a time and are not written out in the file (18.8.30)."""
_DATE_LETTERS: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_NOT_LETTERS: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EPOCH: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell knows no zone
_EPOCH_1904: Final = datetime.datetime(1904, 1, 1)  # noqa: DTZ001 - a cell knows no zone
_LAST_DAY: Final = 2_958_466
"""Of the year 9999, as a day number."""
MOST_DIGITS: Final = 8
"""Of the number of a row: there are 1 048 576."""
_EXACT: Final = 1e15
"""Below it a float holds every whole number."""


def read_xlsx(package: Package, sheet: str = "") -> Table:
    """The rows of a sheet: the one that is named, or the first; with several, which one is asked."""
    book = read_xml(package.read("xl/workbook.xml"), package.name)
    where = _targets(package)
    sheets = {
        one.get("name", ""): where.get(one.get(f"{_OFFICE}id", ""), "") for one in book.iter() if local(one) == "sheet"
    }
    if not sheets or (sheet and sheet not in sheets):
        raise MalformedInput("incident_file.sheet", sheet=sheet[:80], known=", ".join(sheets)[:300])
    chosen = sheet or next(iter(sheets))
    since = _EPOCH_1904 if any(one.get("date1904") in ("1", "true") for one in book.iter()) else _EPOCH
    shared, dates = _shared(package), _date_styles(package)
    rows: list[tuple[int, list[str]]] = []
    number = 0

    def take(row: Element) -> None:
        nonlocal number
        at = row.get("r", "")
        number = int(at) if at.isdigit() and len(at) < MOST_DIGITS else number + 1
        cells = _cells(row, shared, dates, since)
        # cells that only have a border or a colour say nothing
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append((number, cells))
            check_rows(len(rows) - TITLES_WITHIN)

    read_xml(package.read(sheets[chosen]), package.name, "row", take)
    above, start = split_off_titles(rows[:TITLES_WITHIN])
    columns = head(rows[start][1]) if rows else []
    lines = [_line(at, cells, len(columns)) for at, cells in rows[start + 1 :]]
    check_rows(len(lines))
    if not lines:
        raise MalformedInput("incident_file.empty", file=package.name[:80])
    asked = [Choice("sheet", list(sheets), chosen)] if len(sheets) > 1 and not sheet else []
    return Table("xlsx", columns, lines, sheet=chosen, sheets=list(sheets), asked=asked, above=above)


def _line(number: int, cells: Sequence[str], width: int) -> Line:
    return Line(number, (*cells, *[""] * (width - len(cells))), len(cells) if len(cells) > width else None)


def _elements(root: Element, name: str) -> list[Element]:
    return [one for one in root.iter() if local(one) == name]


def _targets(package: Package) -> dict[str, str]:
    part = "xl/_rels/workbook.xml.rels"
    if part not in package.parts:
        raise MalformedInput("incident_file.damaged", file=package.name[:80], reason=part)
    found = {}
    for one in _elements(read_xml(package.read(part), package.name), "Relationship"):
        target = one.get("Target", "")
        found[one.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return found


def _shared(package: Package) -> list[str]:
    if "xl/sharedStrings.xml" not in package.parts:
        return []
    found: list[str] = []
    read_xml(package.read("xl/sharedStrings.xml"), package.name, "si", lambda one: found.append(_string(one)))
    return found


def _string(element: Element) -> str:
    """The runs of a text one after the other, without what is written over it to be read aloud (18.4.6)."""
    parts: list[str] = []
    for child in element:
        if local(child) == "t":
            parts.append(child.text or "")
        elif local(child) == "r":
            parts += [one.text or "" for one in child if local(one) == "t"]
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(parts))


def _date_styles(package: Package) -> set[int]:
    """The numbers of those cell styles that show a date or a time."""
    if "xl/styles.xml" not in package.parts:
        return set()
    root = read_xml(package.read("xl/styles.xml"), package.name)
    own = {
        int(one.get("numFmtId", "0"))
        for one in _elements(root, "numFmt")
        if _DATE_LETTERS.search(_NOT_LETTERS.sub("", one.get("formatCode", "")))
    }
    for formats in _elements(root, "cellXfs"):
        return {at for at, one in enumerate(formats) if int(one.get("numFmtId", "0")) in _BUILT_IN_DATES | own}
    return set()


def _cells(row: Element, shared: Sequence[str], dates: set[int], since: datetime.datetime) -> list[str]:
    found: list[str] = []
    for cell in row:
        reference = _REFERENCE.fullmatch(cell.get("r", ""))
        at = _column(reference[1]) if reference else len(found)
        if at >= MOST_COLUMNS:
            raise MalformedInput("incident_file.columns", count=at + 1, limit=MOST_COLUMNS)
        found += [""] * (at + 1 - len(found))
        found[at] = _value(cell, shared, dates, since)
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: Element, shared: Sequence[str], dates: set[int], since: datetime.datetime) -> str:
    kind = cell.get("t", "n")
    parts = {local(one): one for one in cell}
    if kind == "inlineStr":
        return _string(parts["is"]) if "is" in parts else ""
    text = (parts["v"].text or "") if "v" in parts else ""
    if kind == "s":
        return shared[int(text)] if text.isdigit() and int(text) < len(shared) else ""
    if kind == "b":
        return "true" if text == "1" else "false"
    if kind == "str":
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    style = cell.get("s", "")
    return _number(text, since if style.isdigit() and int(style) in dates else None) if kind == "n" else text


def _number(text: str, since: datetime.datetime | None) -> str:
    """A number as text: a date where its cell shows one, and whole where it is."""
    try:
        number = float(text)
    except ValueError:
        return text
    if since is not None and 0 <= number < _LAST_DAY:
        return _date(number, since)
    return str(int(number)) if abs(number) < _EXACT and number == int(number) else text


def _date(number: float, since: datetime.datetime) -> str:
    # to the millisecond: a day number as a float is no finer
    moment = since + datetime.timedelta(milliseconds=round(number * 86_400_000))
    if number < 1:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d") if moment.time() == datetime.time() else moment.isoformat(timespec="seconds")


_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
    "</Relationships>"
)
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BEFORE_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST: Final = (1980, 1, 1, 0, 0, 0)


def write_xlsx(sheet: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet whose cells are all text: nothing in it is a formula, and no program turns a date."""
    out = io.BytesIO()
    book = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook {_MAIN} '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        parts = {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": "".join(_sheet(columns, rows)),
        }
        for part, text in parts.items():
            info = zipfile.ZipInfo(part, _FIRST)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, text.encode())
    return out.getvalue()


def _sheet(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    parts = [f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet {_MAIN}><sheetData>']
    for number, row in enumerate([columns, *rows], start=1):
        parts.append(f'<row r="{number}">')
        parts += [
            f'<c r="{_letters(at)}{number}" t="inlineStr"><is><t xml:space="preserve">{_written(value)}</t></is></c>'
            for at, value in enumerate(row)
            if value
        ]
        parts.append("</row>")
    parts.append("</sheetData></worksheet>")
    return parts


def _letters(at: int) -> str:
    text, number = "", at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _written(value: str) -> str:
    """Text with what XML cannot hold as `_x000D_` (22.9.2.19), and what looks like that escaped."""
    plain = _BEFORE_ESCAPE.sub("_x005F_", value)
    return escape("".join(f"_x{ord(one):04X}_" if one < " " and one not in "\t\n" else one for one in plain))
