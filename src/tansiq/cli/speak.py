"""Saying, telling more, showing."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tansiq.circles.attachment import MAX_CONTENT
from tansiq.circles.gate import MAY_RELEASE, Author
from tansiq.cli.fields import parse_fields, parse_time, read_records
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node, read_file
from tansiq.desk import attaching, people, saying, viewing
from tansiq.desk.attaching import Attached, Ready
from tansiq.desk.office import circles
from tansiq.desk.saying import Column, LabelRequest, ReleaseRequest, SayRequest
from tansiq.desk.viewing import Object
from tansiq.errors import MalformedInput, NotAllowed, NotFound
from tansiq.node.node import Node
from tansiq.records.kind import kind_named

AS_HELP = "The account that speaks; left out where only one may release."
CIRCLE_HELP = "Circle: its id or the beginning of it."
LARGEST_FILE = 256 << 20


def author_of(node: Node, name: str) -> Author:
    """The account that speaks."""
    rows = [row for row in people.every(node.office) if not row.disabled]
    able = [row for row in rows if MAY_RELEASE.intersection(row.roles)]
    found = [row for row in rows if row.name == name] if name else able
    if len(found) != 1:
        raise NotAllowed("account.name_one", names=", ".join(row.name for row in able) or "-")
    return Author(found[0].name, found[0].desk, found[0].roles)


@refusals_in_words
def say(
    kind: Annotated[str, typer.Argument(help="incident, log, message, area, line, post, patrol, base, arrangement …")],
    field: Annotated[list[str] | None, typer.Argument(help="name=value, for instance place=Makhmour when=now")] = None,
    circle: Annotated[list[str] | None, typer.Option(help=CIRCLE_HELP)] = None,
    withhold: Annotated[list[str] | None, typer.Option(help="A field that is not told.")] = None,
    grid: Annotated[int, typer.Option(help="Tell a grid square of this many metres for a withheld place.")] = 0,
    hour: Annotated[int, typer.Option(help="Tell a slot of this many hours for a withheld time.")] = 0,
    tlp: Annotated[str, typer.Option(help="RED, AMBER+STRICT, AMBER, GREEN, CLEAR.")] = "AMBER",
    classification: Annotated[str, typer.Option(help="Classification of the policy.")] = "RESTRICTED",
    policy: Annotated[str, typer.Option(help="Policy of the label.")] = "JOINT",
    revises: Annotated[str, typer.Option(help="An own record that this one corrects.")] = "",
    about: Annotated[str, typer.Option(help="A record (party/id) that this one is about.")] = "",
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what each party would see.")] = False,
    on_purpose: Annotated[
        bool, typer.Option("--on-purpose", help="A centre is at work although points of its readiness lists are open.")
    ] = False,
    attach: Annotated[
        list[Path] | None, typer.Option(help="A photograph or document that goes with it; up to 16.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="JSON lines of fields, one record each, instead of arguments.")
    ] = None,
) -> None:
    """Say something to one or more circles; with --preview only show what each party would see."""
    node = open_node()
    author = author_of(node, as_)
    if not circle:
        raise MalformedInput("gate.no_circle")
    label = LabelRequest(policy, classification, tlp)
    releases = [ReleaseRequest(one, label, withhold or [], grid, hour) for one in circle]
    now = node.office.clock()
    if file is None:
        many = [parse_fields(kind_named(kind), field or [], now)]
    else:
        many = read_records(read_file(file, LARGEST_FILE), str(file))
    if attach and file is not None:
        raise MalformedInput("blob.one_record")
    with _laid_ready(node, author, attach or []) as ready:
        ids = [one.id for one in ready]
        requests = [
            SayRequest(kind, fields, releases, revises or None, about or None, on_purpose=on_purpose, attachments=ids)
            for fields in many
        ]
        if preview:
            columns = [column for request in requests for column in saying.preview(node.office, request, author)]
            answer(msgspec.to_builtins(columns), *(line for column in columns for line in _column_lines(column)))
            return
        refs = saying.release_all(node.office, requests, author)
    answer(
        msgspec.to_builtins(refs),
        *(f"said {ref.ref} (entry {ref.index} in {ref.circle[:8]})" for ref in refs),
        *(f"  attached: {_ready_line(one)}" for one in ready),
    )


@contextmanager
def _laid_ready(node: Node, author: Author, files: list[Path]) -> Iterator[list[Ready]]:
    """Files laid ready for as long as the block runs; what was not said in it is taken away again."""
    ready: list[Ready] = []
    try:
        for path in files:
            content = read_file(path, MAX_CONTENT)
            ready.append(attaching.lay_ready(node.office, author, content, path.suffix.removeprefix(".")))
        yield ready
    finally:
        for one in ready:
            attaching.take_away(node.office, author, one.id)


def _ready_line(one: Ready) -> str:
    note = ""
    if one.removed > 0:
        note = ", position and device data removed"
    elif not one.cleaned:
        note = ", may hold the name of its author or device: nothing was removed"
    return f"{one.media}, {one.size} bytes ({one.travels} on the line{note})"


def _column_lines(column: Column) -> list[str]:
    if column.fields is None:
        return [f"{column.party}: nothing"]
    return (
        [f"{column.party}:", *(f"  {name}: {_plain(value)}" for name, value in column.fields.items())]
        + ([f"  withheld from all others: {', '.join(column.withheld)}"] if column.withheld else [])
        + [f"  attached: {_ready_line(one)}" for one in column.attachments]
    )


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@refusals_in_words
def tell(
    record: Annotated[str, typer.Argument(help="An own record: its id, or party/id.")],
    field: Annotated[list[str], typer.Argument(help="The fields to tell.")],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)],
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what each party would see.")] = False,
) -> None:
    """Tell a circle more of an own record: provably the same report."""
    node = open_node()
    author = author_of(node, as_)
    record_id = record.rpartition("/")[2]
    if preview:
        columns = saying.tell_preview(node.office, circle, record_id, field, author)
        answer(msgspec.to_builtins(columns), *(line for column in columns for line in _column_lines(column)))
        return
    refs = saying.tell(node.office, circle, record_id, field, author)
    answer(
        msgspec.to_builtins(refs),
        *(f"told {', '.join(field)} of {record_id} (entry {ref.index})" for ref in refs),
    )


@refusals_in_words
def show(
    record: Annotated[str, typer.Argument(help="party/id of one record; left out: everything in the circle.")] = "",
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    kind: Annotated[str, typer.Option(help="Only this kind.")] = "",
    until: Annotated[str, typer.Option(help="Only up to this date.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer as a table.")] = False,
    save: Annotated[Path | None, typer.Option(help="Write the attachments of one record into this folder.")] = None,
) -> None:
    """Show the picture of a circle, or one record with its history and receipts."""
    node = open_node()
    if record:
        party, _, record_id = record.rpartition("/")
        party = party or node.config.party
        view = _record(node, [circle] if circle else _circle_ids(node), party, record_id)
        saved = [] if save is None else _save(node, view, save)
        answer(msgspec.to_builtins(view), *_record_lines(view), *(f"  saved {path}" for path in saved))
        return
    circle_id = circle or only_shared_circle(node)
    limit = parse_time(until, node.office.clock()) if until else None
    objects: list[Object] = []
    after, more = 0, True
    while more:
        page = viewing.page(node.office, circle_id, after=after, until=limit, kind=kind or None)
        objects, after, more = objects + page.objects, page.seq, page.more
    objects.sort(key=lambda one: (one.at, one.ref))
    if as_csv:
        sys.stdout.write(_table(objects))
        return
    answer(msgspec.to_builtins(objects), *(_object_line(one) for one in objects))


def _circle_ids(node: Node) -> list[str]:
    with node.database.read() as connection:
        return list(dict.fromkeys(held.circle.id for held in circles(connection)))


def _record(node: Node, circle_ids: list[str], party: str, record_id: str) -> viewing.RecordView:
    """The record in the first of these circles that holds it: its id stands for it in whatever circle it is."""
    *others, last = circle_ids
    for one in others:
        with contextlib.suppress(NotFound):
            return viewing.record_view(node.office, one, party, record_id)
    return viewing.record_view(node.office, last, party, record_id)


def _save(node: Node, view: viewing.RecordView, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for one in view.attachments:
        if one.state == "held":
            shown = view.object
            opened = viewing.attachment_content(node.office, shown.circle, shown.party, shown.id, one.digest)
            # a name of our own: nothing that another party wrote becomes a path
            saved.append(folder / f"{one.digest[:12]}.{one.ending}")
            saved[-1].write_bytes(opened.content)
    return saved


def only_shared_circle(node: Node) -> str:
    """The id of the one circle that is shared with others; refused (`circle.name_one`) where there are more or none."""
    shared = shared_circles(node)
    if len(shared) != 1:
        raise NotFound("circle.name_one", count=len(shared))
    return shared[0]


def shared_circles(node: Node) -> list[str]:
    """The ids of the circles that are shared with others."""
    with node.database.read() as connection:
        return sorted({held.circle.id for held in circles(connection) if not held.circle.private})


def _when(millis: int) -> str:
    return datetime.datetime.fromtimestamp(millis / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def _headline(one: Object) -> str:
    fields = {**one.fields, **(one.own or {})}
    names = fields.get("title") or fields.get("names") or {}
    title = names.get(settings.language) or names.get("en") or next(iter(names.values()), "")
    return str(title or fields.get("text") or fields.get("category") or "")[:100]


def _object_line(one: Object) -> str:
    mark = "EXERCISE " if one.exercise else ""
    withheld = f" [withheld: {', '.join(one.own)}]" if one.own else ""
    return f"{_when(one.at)}  {mark}{one.kind:<9} {one.ref}  {_headline(one)}{withheld}"


def _table(objects: list[Object]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["exercise", "kind", "party", "id", "at", "said", "tlp", "classification", "headline", "fields"])
    for one in objects:
        writer.writerow(
            [
                "EXERCISE" if one.exercise else "",
                one.kind,
                one.party,
                one.id,
                one.at,
                one.said,
                one.label.tlp,
                one.label.classification,
                _headline(one),
                msgspec.json.encode(one.fields).decode(),
            ]
        )
    return out.getvalue()


def _attached_line(one: Attached) -> str:
    if one.state == "held":
        return f"{one.media}, {one.size} bytes"
    if one.state == "erased":
        return "erased"
    return f"on its way, {one.received} of {one.travels or '?'} bytes here"


def _record_lines(view: viewing.RecordView) -> list[str]:
    one = view.object
    lines = [_object_line(one)]
    lines += [f"  {name}: {_plain(value)}" for name, value in one.fields.items()]
    lines += [f"  {name}: {_plain(value)}  (withheld)" for name, value in (one.own or {}).items()]
    lines.append(
        f"  label {view.label.policy} {view.label.classification} TLP:{view.label.tlp} to {', '.join(view.label.to)}"
    )
    lines.append(f"  {view.ledger.origin}, entry {view.ledger.index} of {view.ledger.size}")
    lines.append(f"  claimed {_when(view.times.claimed)}, received {_when(view.times.received)}")
    for receipt in view.receipts:
        since = _when(receipt.held_since) if receipt.held_since else "not yet"
        lines.append(f"  held by {receipt.party}: {since}")
    state = view.acknowledgement
    lines.append(f"  {state.state}" + (f", waits for {', '.join(state.missing)}" if state.missing else ""))
    for one_file in view.attachments:
        lines.append(f"  attached {one_file.digest[:12]}: {_attached_line(one_file)}")
    lines += [f"  entry {line.index}: {line.type} told {', '.join(line.told) or '-'}" for line in view.history]
    return lines
