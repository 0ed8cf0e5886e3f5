"""Saying something about reports of incidents: that two are of one event or not, a grade, a word on a finding, closing.

What has to be named in such a record is filled in from what this node holds, and what is said anew of the same matter
revises what was said.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.incidents_board import IncidentTables, named
from tansiq.desk.office import Office
from tansiq.desk.request import learn
from tansiq.desk.saying import Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed
from tansiq.incidents.states import missing_in
from tansiq.picture.told import body_of
from tansiq.records.kinds.finding import Finding
from tansiq.records.kinds.same_event import SameEvent
from tansiq.records.values import LongText

Circle = Annotated[str, Meta(min_length=6, max_length=32)]
AnyRef = Annotated[str, Meta(max_length=128)]


class SameRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """That two reports are of one event, or are not."""

    circle: Circle
    one: AnyRef
    other: AnyRef
    word: Literal["same", "not_same"]
    reason: LongText | None = None


class GradeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """How this side grades another's report: the source, the information, each by itself."""

    circle: Circle
    about: AnyRef
    source_grade: Literal["A", "B", "C", "D", "E", "F"] | None = None
    info_grade: Annotated[int, Meta(ge=1, le=6)] | None = None
    reason: LongText | None = None


class AssentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A word on another's finding as this node holds it; `revision` refuses it where that has changed meanwhile."""

    circle: Circle
    finding: AnyRef
    verdict: Literal["accepted", "declined", "withdrawn"]
    reason: LongText | None = None
    revision: Annotated[str, Meta(max_length=36)] | None = None


def say_same(office: Office, asked: SameRequest, author: Author) -> Reference:
    """Say it. Refused: a report with itself (`incidents.itself`), what is not here (`incidents.not_here`), keeping
    apart without a reason (`incidents.no_reason`).
    """
    if asked.word == "not_same" and not asked.reason:
        raise MalformedInput("incidents.no_reason")
    with table_of(office, asked.circle, IncidentTables) as table:
        one, other = named(table.told, asked.one).ref, named(table.told, asked.other).ref
        before = _said_of(table, office.party, one, other)
    if one == other:
        raise MalformedInput("incidents.itself")
    fields: dict[str, Any] = {"other": other, "word": asked.word, **({"reason": asked.reason} if asked.reason else {})}
    if before is not None:
        fields.pop("other")
    about = None if before is not None else one
    return _say(office, asked.circle, "same_event", fields, author, about=about, revises=before)


def _said_of(table: Table, party: str, one: str, other: str) -> str | None:
    """An own word on the same two reports."""
    for ref, with_ in ((one, other), (other, one)):
        for thing in table.told.about("same_event", ref):
            body = body_of(thing.now, SameEvent)
            if thing.party == party and body is not None and body.other == with_:
                return thing.ref
    return None


def grade(office: Office, asked: GradeRequest, author: Author) -> Reference:
    """Grade another's report. Refused: an own one (`incidents.own_grade`), neither grade (`incidents.no_grade`)."""
    given = {name: value for name in ("source_grade", "info_grade", "reason") if (value := getattr(asked, name))}
    if not given.keys() - {"reason"}:
        raise MalformedInput("incidents.no_grade")
    with table_of(office, asked.circle, IncidentTables) as table:
        thing = named(table.told, asked.about)
        before = next((one.ref for one in table.told.about("grading", thing.ref) if one.party == office.party), None)
    if thing.party == office.party:
        raise NotAllowed("incidents.own_grade", ref=thing.ref[:80])
    about = None if before is not None else thing.ref
    return _say(office, asked.circle, "grading", given, author, about=about, revises=before)


def assent(office: Office, asked: AssentRequest, author: Author) -> Reference:
    """Assent to a finding or decline it. Refused: an own one (`incidents.own_finding`), one that has changed
    (`incidents.changed`), a refusal without a reason (`incidents.no_reason`).
    """
    with table_of(office, asked.circle, IncidentTables) as table:
        thing = named(table.told, asked.finding, "finding")
    if thing.party == office.party:
        raise NotAllowed("incidents.own_finding", ref=thing.ref[:80])
    if asked.revision is not None and asked.revision != thing.now.said.id:
        raise Conflict("incidents.changed", ref=thing.ref[:80])
    if asked.verdict != "accepted" and not asked.reason:
        raise MalformedInput("incidents.no_reason")
    fields = {"revision": thing.now.said.id, "verdict": asked.verdict}
    if asked.reason:
        fields["reason"] = asked.reason
    return _say(office, asked.circle, "consent", fields, author, about=thing.ref)


def close(office: Office, circle: str, ref: str, author: Author) -> Reference:
    """Close an own finding. Refused: another's (`record.not_own`), one that does not name an action, a place, a number
    and a date (`incidents.cannot_close`).
    """
    with table_of(office, circle, IncidentTables) as table:
        thing = named(table.told, ref, "finding")
    if thing.party != office.party:
        raise NotAllowed("record.not_own", ref=thing.ref[:80])
    body = body_of(thing.now, Finding) or Finding()
    if missing := missing_in(body):
        raise Conflict("incidents.cannot_close", ref=thing.ref[:80], unnamed=", ".join(missing))
    return _say(office, circle, "finding", {"status": "closed"}, author, revises=thing.ref)


def _say(
    office: Office,
    circle: str,
    kind: str,
    fields: dict[str, Any],
    author: Author,
    *,
    about: str | None = None,
    revises: str | None = None,
) -> Reference:
    request = SayRequest(kind, fields, [ReleaseRequest(circle)], revises, about)
    return saying.release(office, request, author)[0]


learn(SameRequest)
learn(GradeRequest)
learn(AssentRequest)
