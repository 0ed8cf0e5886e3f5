"""Carrying: bundles on a stick or in parts, and archives."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from tansiq.cli.output import answer, complain, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import CIRCLE_HELP
from tansiq.desk.office import circle_named
from tansiq.errors import MalformedInput, Unavailable
from tansiq.exchange import archive as archives
from tansiq.exchange import bundle as bundles
from tansiq.exchange import bundle_parts, bundle_reading
from tansiq.exchange.age import Identity
from tansiq.exchange.puller import wall_clock
from tansiq.node.beat import settle
from tansiq.node.node import Node
from tansiq.store import roster
from tansiq.store.roster import CircleRow
from tansiq.wording import wording

FAILED_EXIT = 1
INCOMING = "incoming"
WITHOUT_HELP = "Leave photographs and documents out."

bundle = typer.Typer(name="bundle", help="Bundles: ledgers and receipts on a stick, a radio, a sheet of codes.")
archive = typer.Typer(name="archive", help="Archives: check one without a node.")


def _epochs(node: Node, names: list[str]) -> list[CircleRow]:
    """Every epoch of the named circles."""
    with node.database.read() as connection:
        wanted = {circle_named(connection, name).circle.id for name in names}
        return [row for row in roster.circles(connection) if row.id in wanted]


@bundle.command("make")
@refusals_in_words
def bundle_make(
    circle: Annotated[list[str], typer.Option(help=CIRCLE_HELP)],
    to: Annotated[list[str] | None, typer.Option(help="A receiving party; all other members otherwise.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
    part_size: Annotated[int, typer.Option(help="Also cut it into parts of at most so many bytes.")] = 0,
    since_receipts: Annotated[
        bool, typer.Option("--since-receipts", help="Leave out what the receivers have given receipts for.")
    ] = False,
    without_blobs: Annotated[bool, typer.Option("--without-blobs", help=WITHOUT_HELP)] = False,
) -> None:
    """Write a bundle: all ledgers of a circle as this node holds them, for other members only."""
    node = open_node()
    node.publish()
    rows = _epochs(node, circle)
    now = node.office.clock()
    with node.database.read() as connection:
        newest = [circle_named(connection, name).circle for name in circle]
        cards = bundles.receivers(connection, newest, node.config.party, to or [])
        # an earlier epoch goes only to those who were in it
        rows = [row for row in rows if all(card.party in bundles.parties_of(row) for card in cards)]
        known: dict[str, int] = {}
        if since_receipts:
            for row in rows:
                known |= bundles.known_sizes(connection, row, [card.party for card in cards])
    stamp = datetime.datetime.fromtimestamp(now / 1000, datetime.UTC).strftime("%Y%m%d-%H%M%S")
    path = out or Path(f"{node.config.party}-{newest[0].id[:8]}-{stamp}.tqb")
    made = bundles.make(node.database, node.config.party, rows, cards, path, now, known, attachments=not without_blobs)
    parts = bundle_parts.split(path, part_size) if part_size else []
    size = path.stat().st_size
    answer(
        {
            "file": str(path),
            "bytes": size,
            "to": [card.party for card in cards],
            "ledgers": made.ledgers,
            "parts": [str(part) for part in parts],
        },
        f"Bundle for {', '.join(card.party for card in cards)} written to {path} ({size} bytes)",
        *(f"  {one.origin}: entries {one.start} to {one.size}" for one in made.ledgers),
        *([f"  in {len(parts)} parts, {parts[0].name} to {parts[-1].name}"] if parts else []),
    )


@bundle.command("read")
@refusals_in_words
def bundle_read(
    files: Annotated[list[Path], typer.Argument(help="A bundle, or any parts of one, in any order.")],
    papers: Annotated[
        Path | None, typer.Option(help="Write the cards and circle files that came along into this folder.")
    ] = None,
) -> None:
    """Take in bundles. Parts are kept until the others have come; reading again takes nothing twice."""
    node = open_node()
    incoming = node.folder.path / INCOMING
    cut = [path for path in files if bundle_parts.is_part(path)]
    reports = [_read(node, path, papers) for path in files if path not in cut]
    gathered = bundle_parts.gather(cut, incoming)
    for whole in gathered.wholes:
        if whole.file is not None:
            reports.append(_read(node, whole.file, papers))
            bundle_parts.forget(incoming, whole.whole)
    parts = [{"whole": one.whole, "count": one.count, "missing": one.missing} for one in gathered.wholes]
    answer(
        {"bundles": reports, "parts": parts, "damaged": gathered.damaged},
        *(line for report in reports for line in _lines(report)),
    )
    for name in gathered.damaged:
        complain(str(MalformedInput("bundle.part_damaged", name=name)))
    lacking = [whole for whole in gathered.wholes if whole.missing]
    if lacking:
        one = lacking[0]
        raise Unavailable(
            "bundle.parts_missing", whole=one.whole[:8], missing=bundle_parts.ranges(one.missing), count=one.count
        )
    refused = any(one.refused for report in reports for one in report.ledgers)
    if refused or (gathered.damaged and not gathered.wholes):
        raise typer.Exit(FAILED_EXIT)


def _read(node: Node, path: Path, papers: Path | None) -> bundle_reading.Report:
    identity = Identity.load(node.folder.bundle_key)
    with bundles.opened(path, identity, node.folder.path) as source:
        if papers is not None:
            bundle_reading.unpack_papers(source, papers)
        report = bundle_reading.read(node.database, source, node.office.signer, node.office.clock(), room=node.room)
        with node.database.read() as connection:
            before = len(roster.circles(connection))
        settle(node)
        with node.database.read() as connection:
            entered = len(roster.circles(connection)) > before
        if entered:  # the bundle may bring ledgers of the epoch that it let this node enter
            again = bundle_reading.read(node.database, source, node.office.signer, node.office.clock(), room=node.room)
            report = bundle_reading.both(report, again)
    node.changes.notify()
    return report


def _lines(report: bundle_reading.Report) -> list[str]:
    lines = [f"Bundle of {report.by}: {report.entries} new entries, {report.receipts} new receipts"]
    if report.attachments:
        lines.append(f"  {report.attachments} attachments")
    for one in report.ledgers:
        if one.refused is None:
            lines.append(f"  {one.origin}: {one.entries} entries, {one.receipts} receipts, now {one.size}")
        else:
            lines.append(f"  {one.origin}: {wording(one.refused, one.params, settings.language).line()}")
    lines += [
        f"  card of {one.party} ({one.state}): {one.fingerprint}" for one in report.cards if one.state != "pinned"
    ]
    lines += [f"  {name} has not been entered here: --papers FOLDER, then circle join" for name in report.circles]
    return lines


@refusals_in_words
def export(
    archive: Annotated[Path, typer.Option("--archive", help="Where to write the archive (ZIP).")],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)],
    without_blobs: Annotated[bool, typer.Option("--without-blobs", help=WITHOUT_HELP)] = False,
) -> None:
    """Write the whole record of a circle with a page that shows and checks it in any browser. It is not encrypted."""
    node = open_node()
    node.publish()
    made = archives.write(
        node.database,
        node.config.party,
        _epochs(node, [circle]),
        archive,
        node.office.clock(),
        attachments=not without_blobs,
    )
    size = archive.stat().st_size
    answer(
        {"file": str(archive), "bytes": size, "ledgers": made.ledgers},
        f"Archive written to {archive} ({size} bytes); unpack it and open viewer.html",
        *(f"  {one.size:>8}  {one.origin}" for one in made.ledgers),
    )


@archive.callback()
def _archive() -> None:
    """Archives: check one without a node."""


@archive.command("check")
@refusals_in_words
def archive_check(file: Annotated[Path, typer.Argument(help="The archive.")]) -> None:
    """Take an archive into an empty store and say the digest of each ledger's picture, as `rebuild --check` does."""
    found = archives.check(file, wall_clock())
    lines = []
    for one in found.ledgers:
        if one.report.refused is None:
            lines.append(f"{one.digest}  {one.report.size:>8}  {one.report.origin}")
        else:
            words = wording(one.report.refused, one.report.params, settings.language)
            lines.append(f"{one.report.origin}: {words.line()}")
    answer(found, *lines, "Every ledger holds." if found.whole else "Something was refused.")
    if not found.whole:
        raise typer.Exit(FAILED_EXIT)
