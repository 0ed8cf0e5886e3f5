"""Complaints at a desk: how each stands with its clocks, one with everything said to it, closing it, opening a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tansiq.accord.complaints import OVER, Dispute, Standing, disputes, standing, standings
from tansiq.accord.past import as_it_stood
from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Table, exercise_end, table_of
from tansiq.desk.lines import Line
from tansiq.desk.office import Office
from tansiq.desk.request import learn
from tansiq.desk.saying import Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, NotAllowed, NotFound
from tansiq.picture.told import Thing, Told
from tansiq.records.values import Names


class Complaints(Struct, frozen=True):
    """All complaints of a circle at a time (ms), those that wait first, and everything that is disputed."""

    at: int
    circle: str
    complaints: list[Standing]
    disputes: list[Dispute]


class Complaint(Struct, frozen=True):
    """One complaint: how it stands, its fields as told, and everything said to it, oldest first."""

    at: int
    standing: Standing
    fields: dict[str, Any]
    said: list[Line]
    evidence: list[Line]
    disputes: list[Dispute]


class FileRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A dispute by its cause (`party/id`) for which a negotiation file is opened, and how the file is called."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    cause: Annotated[str, Meta(max_length=128)]
    names: Names


def overview(office: Office, circle_id: str, at: int | None = None) -> Complaints:
    """How all complaints of a circle stand; as of an instant (ms) by what was said until then.

    Where none is given, as of now; of an exercise that is over, as of its end.
    """
    with table_of(office, circle_id) as table:
        when, told = _asked(office, circle_id, table, at)
        found = standings(told, table.facilitators, when)
        disputed = disputes(told, table.facilitators, when)
    found.sort(key=lambda one: (one.state in OVER, not one.late, -one.said, one.ref))
    return Complaints(when, circle_id, found, disputed)


def view(office: Office, circle_id: str, ref: str, at: int | None = None) -> Complaint:
    """One complaint with everything said to it; refused as `accord.no_complaint`."""
    with table_of(office, circle_id) as table:
        when, told = _asked(office, circle_id, table, at)
        thing = _named(told, ref)
        found = standing(told, thing, table.facilitators, when)
        steps = told.about("complaint_step", thing.ref)
        words = [word for step in steps for word in told.about("consent", step.ref)]
        evidence = _lines(told.about("evidence", thing.ref))
        disputed = [one for one in disputes(told, table.facilitators, when) if one.about == thing.ref]
        fields = msgspec.to_builtins(thing.now.body) if thing.now.body is not None else {}
        return Complaint(when, found, fields, _lines([*steps, *words]), evidence, disputed)


def close(office: Office, circle_id: str, ref: str, author: Author) -> Reference:
    """Close an own complaint.

    Refused: another party's (`record.not_own`), one without a finding that counts (`accord.no_finding`), and one whose
    finding does not name what can be checked (`accord.cannot_close`).
    """
    with table_of(office, circle_id) as table:
        thing = _named(table.told, ref)
        found = standing(table.told, thing, table.facilitators, office.clock())
    if thing.party != office.party:
        raise NotAllowed("record.not_own", ref=thing.ref[:80])
    if found.finding is None:
        raise Conflict("accord.no_finding", ref=thing.ref[:80])
    if found.missing:
        raise Conflict("accord.cannot_close", ref=thing.ref[:80], unnamed=", ".join(found.missing))
    request = SayRequest("complaint", {"status": "closed"}, [ReleaseRequest(circle_id)], thing.ref)
    return saying.release(office, request, author)[0]


def open_file(office: Office, asked: FileRequest, author: Author) -> Reference:
    """Open the negotiation file of a dispute; refused where nothing is disputed (`accord.no_dispute`) and where a file
    was opened already (`accord.file_open`).
    """
    now = office.clock()
    with table_of(office, asked.circle) as table:
        found = next((one for one in disputes(table.told, table.facilitators, now) if one.cause == asked.cause), None)
        sides = table.sides
    if found is None:
        raise NotFound("accord.no_dispute", ref=asked.cause[:80])
    if found.files:
        raise Conflict("accord.file_open", ref=found.files[0][:80])
    fields = {
        "names": msgspec.to_builtins(asked.names),
        "state": "open",
        "parties": list(sides),
        "cause": found.cause,
        "since": now,
    }
    return saying.release(office, SayRequest("negotiation_file", fields, [ReleaseRequest(asked.circle)]), author)[0]


def _asked(office: Office, circle_id: str, table: Table, at: int | None) -> tuple[int, Told]:
    """The instant (ms) that is asked for, and what was told by then."""
    if at is not None:
        return at, as_it_stood(table.told, at)
    newest = max((one.now.said.at for one in table.told.things), default=0)
    over = exercise_end(office, circle_id, newest)
    return office.clock() if over is None else over, table.told


def _named(told: Told, ref: str) -> Thing:
    thing = told.get(ref) or told.thing_of(ref)
    if thing is None or thing.kind != "complaint":
        raise NotFound("accord.no_complaint", ref=ref[:80])
    return thing


def _lines(things: Sequence[Thing]) -> list[Line]:
    found = [
        Line(thing.ref, thing.party, thing.kind, thing.about, thing.now.said.at, msgspec.to_builtins(thing.now.body))
        for thing in things
        if thing.now.body is not None
    ]
    return sorted(found, key=lambda line: (line.said, line.ref))


learn(FileRequest)
