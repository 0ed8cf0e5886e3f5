"""Which form a file has, told by its content and never by its name alone."""

from __future__ import annotations

from typing import Final

from tansiq.errors import MalformedInput
from tansiq.incidents.csv_file import read_csv
from tansiq.incidents.features import read_json, read_markup
from tansiq.incidents.table import MOST_CELL, Package, Table, check_bytes, gunzip
from tansiq.incidents.xlsx_file import read_xlsx

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_BINARY: Final = (b"%PDF", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"\x89PNG", b"\xff\xd8\xff")


def open_table(data: bytes, name: str, *, encoding: str = "", separator: str = "", sheet: str = "") -> Table:
    """The rows of a file of incidents.

    Refuses by name what is none (`incident_file.form`), damaged, empty, too large, too deep, or unpacks to too much.
    """
    check_bytes(data, name)
    if data.startswith(_GZIP):
        data = gunzip(data, name)
    table = _opened(data, name, encoding, separator, sheet)
    for line in table.lines:
        if len(longest := max(line.values, key=len, default="")) > MOST_CELL:
            raise MalformedInput("incident_file.cell", row=line.number, count=len(longest), limit=MOST_CELL)
    return table


def _opened(data: bytes, name: str, encoding: str, separator: str, sheet: str) -> Table:
    if data.startswith(_ZIP):
        return _packed(Package(data, name), encoding, separator, sheet)
    if data.startswith(_BINARY):
        raise MalformedInput("incident_file.form", file=name[:80])
    first = data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if first in (b"{", b"["):
        return read_json(data, name)
    if first == b"<":
        return read_markup(data.lstrip(b" \t\r\n"), name)
    return read_csv(data, name, encoding, separator)


def _packed(package: Package, encoding: str, separator: str, sheet: str) -> Table:
    """A workbook, a KMZ (its first KML), or a packed file that holds one file of another form."""
    if "xl/workbook.xml" in package.parts:
        return read_xlsx(package, sheet)
    maps = [part for part in package.parts if part.lower().endswith(".kml")]
    inner = maps or [part for part in package.parts if part.lower().endswith((".csv", ".json", ".geojson", ".xml"))]
    if not inner or (len(inner) > 1 and not maps):
        raise MalformedInput("incident_file.form", file=package.name[:80])
    data = package.read(inner[0])
    if data.startswith((_ZIP, _GZIP)):
        raise MalformedInput("incident_file.form", file=package.name[:80])
    return _opened(data, inner[0], encoding, separator, sheet)
