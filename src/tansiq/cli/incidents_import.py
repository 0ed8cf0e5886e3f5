"""Files of incidents on the command line: looked at, taken in whole or not at all, given out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle

if TYPE_CHECKING:
    from tansiq.desk.incidents_import import Kept, Look

LARGEST = 64 << 20
SHOWN = 30
MALFORMED = 2


@refusals_in_words
def take_in(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, GeoJSON, KML, KMZ, ODK or Kobo submissions; also gzipped.")],
    mapping: Annotated[Path | None, typer.Option(help="How it is read, as --save-mapping writes it.")] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write how it would be read into this file, to be changed.")
    ] = None,
    date_order: Annotated[str, typer.Option(help="dmy, mdy or ymd, where the file leaves it open.")] = "",
    keep_good: Annotated[bool, typer.Option("--keep-good", help="Leave bad rows out instead of refusing all.")] = False,
    preview: Annotated[bool, typer.Option("--preview", "--dry-run", help="Only look; nothing is said.")] = False,
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
) -> None:
    """Take a file of incidents into the own circle: every row a record, all of them or none."""
    from tansiq.desk import incidents_import  # noqa: PLC0415 - most commands never need it
    from tansiq.exchange.tuning import tune  # noqa: PLC0415 - as above

    node = open_node()
    tune()
    author = author_of(node, as_)
    data = read_file(file, LARGEST)
    text = read_file(mapping, 1 << 20).decode("utf-8", "replace") if mapping else ""
    reading = incidents_import.reading_of(text)
    looked = None
    if reading is None or preview or save_mapping:
        looked = incidents_import.look(node.office, data, file.name, reading, settings.language)
        reading = looked.reading
    if date_order:
        ordered = msgspec.json.encode({**msgspec.to_builtins(reading), "date_order": date_order}).decode()
        reading = incidents_import.reading_of(ordered) or reading
        looked = incidents_import.look(node.office, data, file.name, reading, settings.language)
    if save_mapping:
        save_mapping.write_bytes(msgspec.json.format(msgspec.json.encode(reading), indent=1) + b"\n")
    if looked is not None and (preview or save_mapping or looked.asked or (looked.bad_count and not keep_good)):
        answer(looked, *_lines(looked))
        if looked.asked or looked.bad_count:
            raise typer.Exit(MALFORMED)
        return
    kept = incidents_import.keep(node.office, data, file.name, reading, author, keep_good=keep_good)
    answer(kept, *_account(kept))


def _account(kept: Kept) -> list[str]:
    return [
        f"{kept.file}: {kept.rows} rows, {kept.said} said, {kept.held} held before, {kept.left_out} left out",
        f"  {kept.first} to {kept.last}, in the own circle {kept.circle[:8]}",
        f"  SHA-256 {kept.digest}",
    ]


def _lines(looked: Look) -> list[str]:
    reading = looked.reading
    lines = [
        f"{looked.file}: {looked.form}, layout {reading.layout}, {looked.rows} rows: "
        f"{looked.good} good, {looked.held} held already, {looked.bad_count} bad",
        f"  SHA-256 {looked.digest}",
        f"  times without a zone: {reading.zone:+d} minutes; positions without an accuracy: {reading.accuracy} m",
    ]
    lines += [f"  above the columns, not read: {one}" for one in looked.above]
    lines += [
        f"  {one.name}: {one.role or '-'}{'  (of a person, not read)' if one.person else ''}" for one in looked.columns
    ]
    lines += [f"  “{one.word}” ({one.count}): {one.category or 'not known, give it in types'}" for one in looked.types]
    lines += [f"? {one.what}: {' or '.join(one.answers) or 'no column has it'}" for one in looked.asked]
    lines += [f"  {count} rows: {code}" for code, count in looked.reasons.items()]
    lines += [f"✗ {one.row:>6}  {one.reason}" for one in looked.bad[:SHOWN]]
    if looked.bad_count > SHOWN:
        lines.append(f"  and {looked.bad_count - SHOWN} more; --json names {len(looked.bad)}")
    lines += [f"= {one.row:>6}  {one.reason}" for one in looked.repeated[:SHOWN]]
    lines += [f"  {one.row:>6}  {msgspec.json.encode(one.fields).decode()}" for one in looked.first[:5]]
    return [*lines, "Nothing was said."]


@refusals_in_words
def give_out(
    to: Annotated[Path, typer.Argument(help="The file to write; its ending says the form: csv, xlsx, geojson, kml.")],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    since: Annotated[str, typer.Option(help="Only from this date on.")] = "",
    until: Annotated[str, typer.Option(help="Only up to this date.")] = "",
) -> None:
    """Write the incidents of a circle into a file; read again, it holds the same incidents."""
    from tansiq.desk import incidents_export  # noqa: PLC0415 - most commands never need it

    node = open_node()
    now = node.office.clock()
    found = incidents_export.export(
        node.office,
        circle or only_shared_circle(node),
        to.suffix.removeprefix(".").lower(),
        parse_time(since, now) if since else None,
        parse_time(until, now) if until else None,
    )
    to.write_bytes(found.data)
    answer({"file": str(to), "count": found.count}, f"{found.count} incidents in {to}")
