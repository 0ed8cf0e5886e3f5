"""Meetings as iCalendar at a desk: written in a language, looked at before they are said, said all or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from msgspec import Meta, Struct

from tansiq.accord import calendar
from tansiq.accord.calendar import Invited, ReadMeeting, name_in, ref_of
from tansiq.accord.meetings import MeetingView, Status
from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_talk import MeetingsView, meetings_of
from tansiq.desk.office import Office, circle_named, parties
from tansiq.desk.request import learn
from tansiq.desk.saying import Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotFound
from tansiq.records.values import Language
from tansiq.wording import wording


class Description(Struct, frozen=True):
    """The free text of an event: who wrote it may have named people, numbers, links in it."""

    note: str
    lang: Language


class Offered(Struct, frozen=True):
    """A meeting of a file as it would be said: new, a change of an own one, or a statement on another's.

    `fields` is what would be told, `changes` their names; nothing is to be said where that is empty. `revision` is the
    version that it was compared with. `older` where the file is older than what is held. `description` is not among
    the fields: it is told only if whoever looks at it says so.
    """

    uid: str
    fields: dict[str, Any]
    changes: list[str]
    meeting: str | None
    party: str | None
    revision: str | None
    older: bool
    dropped: dict[str, int]
    people: int
    said: tuple[str, ...]
    description: Description | None = None


class OfferedRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row that was looked at and is to be said."""

    uid: Annotated[str, Meta(min_length=1, max_length=200)]
    fields: dict[str, Any]
    revision: Annotated[str, Meta(max_length=128)] | None = None


class TakeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of a file as they were looked at, and how to release all of them."""

    release: ReleaseRequest
    rows: Annotated[list[OfferedRow], Meta(min_length=1, max_length=calendar.MOST_EVENTS)]


def write(office: Office, circle_id: str, language: Language, ref: str | None = None) -> tuple[str, bytes]:
    """The name and bytes of an invitation to a meeting, or of the feed of all of them."""
    view = meetings_of(office, circle_id)
    with office.database.read() as connection:
        exercise = circle_named(connection, circle_id).circle.exercise
        names = {str(one.card.party): name_in(one.card.names, language) for one in parties(connection)}
    bodies = {one.ref: name_in(one.names, language) for one in view.bodies if one.names is not None}
    invited = Invited(language, names, bodies, exercise)
    mark = "EXERCISE-" if exercise else ""

    def say(key: str) -> str:
        return wording(f"calendar.{key}", {}, language).refused

    if ref is None:
        return f"{mark}meetings.ics", calendar.write_feed(view.board.meetings, invited, say)
    meeting = _held(view, ref)
    return f"{mark}meeting-{meeting.ref.rpartition('/')[2][:13]}.ics", calendar.write_one(meeting, invited, say)


def look(office: Office, circle_id: str, data: bytes, language: Language) -> list[Offered]:
    """What a file would say in a circle. Nothing is said and nothing is kept."""
    found = calendar.read(data, language)
    view = meetings_of(office, circle_id)
    return [_offer(view, one, office.party, language) for one in found]


def take(office: Office, asked: TakeRequest, author: Author) -> list[Reference]:
    """Say rows that were looked at; refused (`calendar.changed`) where a meeting was changed here since."""
    view = meetings_of(office, asked.release.circle)
    requests = []
    for row in asked.rows:
        meeting = _with_uid(view, row.uid)
        if (meeting.revision if meeting else None) != row.revision:
            raise Conflict("calendar.changed", uid=row.uid[:80])
        fields = {**row.fields, "uid": row.uid} if meeting is None else row.fields
        revises, about = _place(meeting, office.party)
        requests.append(SayRequest("meeting", fields, [asked.release], revises, about))
    if len({row.uid for row in asked.rows}) != len(asked.rows):
        raise MalformedInput("calendar.bad_event", uid=asked.rows[0].uid[:80], what="UID")
    return saying.release_all(office, requests, author)


def rows_of(offered: list[Offered], *, described: bool = False) -> list[OfferedRow]:
    """Those in which there is something to say, with their descriptions where they are wanted (`described`)."""
    return [
        OfferedRow(one.uid, one.fields | _told(one.description if described else None), one.revision)
        for one in offered
        if one.changes and not one.older
    ]


def _told(description: Description | None) -> dict[str, Any]:
    return {} if description is None else {"note": description.note, "lang": description.lang}


def _held(view: MeetingsView, ref: str) -> MeetingView:
    for one in view.board.meetings:
        if ref == one.ref or any(ref in (side.ref, side.revision) for side in one.sides):
            return one
    raise NotFound("accord.not_here", ref=ref[:80])


def _with_uid(view: MeetingsView, uid: str) -> MeetingView | None:
    named = ref_of(uid)
    found = [one for one in view.board.meetings if one.uid == uid or (named is not None and one.ref == named)]
    return found[0] if found else None


def _place(meeting: MeetingView | None, party: str) -> tuple[str | None, str | None]:
    """What a row revises, or is about: one's own meeting or own statement, else another's."""
    if meeting is None:
        return None, None
    own = next((side.ref for side in meeting.sides if side.party == party), None)
    return (own, None) if own is not None else (None, meeting.ref)


def _offer(view: MeetingsView, one: ReadMeeting, party: str, language: Language) -> Offered:
    meeting = _with_uid(view, one.uid)
    told = dict(one.fields)
    known = {str(name) for name in view.members}
    if "invited" in told:
        told["invited"] = [name for name in told["invited"] if name in known]
    if meeting is None:
        description = Description(told.pop("note"), told.pop("lang")) if "note" in told else None
        fields = {name: value for name, value in told.items() if value}
        names = [name for name in fields if name != "uid"]
        return Offered(one.uid, fields, names, None, None, None, False, one.dropped, one.people, one.said, description)
    older = ref_of(one.uid) is not None and one.sequence < meeting.revisions - 1
    fields = _changes(meeting, told, party, language)
    return Offered(
        one.uid,
        fields,
        list(fields),
        meeting.ref,
        meeting.party,
        meeting.revision,
        older,
        one.dropped,
        one.people,
        one.said,
    )


def _changes(meeting: MeetingView, told: Mapping[str, Any], party: str, language: Language) -> dict[str, Any]:
    """What a file says otherwise than is held; of another's meeting a side says only when, where and whether."""
    side = next((one for one in meeting.sides if one.party == party), meeting.sides[0])
    found: dict[str, Any] = {}
    when = side.when or meeting.when
    if when is None or (when.from_, when.to) != (told["when"]["from"], told["when"]["to"]):
        found["when"] = told["when"]
    status = cast("Status", told["status"])
    if (status == "cancelled" and side.status != "cancelled") or (status == "planned" and side.status == "cancelled"):
        found["status"] = status
    if told.get("venue") and told["venue"] != calendar.location_of(meeting, language):
        found["venue"] = told["venue"]
    if meeting.party != party:
        return found
    for name_language, name in told.get("names", {}).items():
        held = name_in(meeting.names, name_language)
        if held and not name.endswith(held):
            found["names"] = {**_names(meeting), name_language: name}
    return found


def _names(meeting: MeetingView) -> dict[str, str]:
    names = meeting.names
    if names is None:
        return {}
    return {one: name for one in ("en", "ar", "ckb") if (name := getattr(names, one))}


learn(TakeRequest)
