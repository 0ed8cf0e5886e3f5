"""Meetings as iCalendar (RFC 5545, RFC 5546): an invitation or a feed out, a stranger's file in.

No person is named either way: organiser and invited are parties, by a `urn:tansiq:party:` address; people in a file
that comes in are dropped and counted. Times go out by the clocks of Baghdad. A file is measured before it is parsed.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import icalendar
from icalendar import Calendar, Event, Timezone, vCalAddress, vGeo, vText
from msgspec import Struct

from tansiq.accord.meetings import MeetingView
from tansiq.errors import MalformedInput
from tansiq.records.values import Interval, Language, Names

PRODUCT: Final = "-//Tansiq//Accord//EN"
PARTY: Final = "urn:tansiq:party:"
OURS: Final = ".tansiq"
ZONE_NAME: Final = "Asia/Baghdad"
ZONE: Final = ZoneInfo(ZONE_NAME)
ZONE_SINCE: Final = datetime.date(2008, 1, 1)
"""Since then the clocks of Baghdad stand still; what was earlier goes out in UTC."""

MOST_BYTES: Final = 1 << 20
MOST_LINES: Final = 20_000
MOST_EVENTS: Final = 200
DEEPEST: Final = 4
LONGEST_NAME: Final = 200
LONGEST_NOTE: Final = 8000
LATEST: Final = 253_402_300_799_999
"""The end of the year 9999 (ms)."""

KEPT: Final = frozenset(
    {"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE"}
)
SILENT: Final = frozenset({"CREATED", "LAST-MODIFIED", "CLASS", "TRANSP", "GEO", "PRIORITY"})
"""Left out without a word: nothing of a meeting is lost with them."""

PEOPLE: Final = frozenset({"ORGANIZER", "ATTENDEE", "CONTACT"})
Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
Say = Callable[[str], str]
"""A word of the calendar in the chosen language, by its key."""


class Invited(Struct, frozen=True):
    """What a calendar is written with: the names of parties and bodies in the chosen language."""

    language: Language
    parties: Mapping[str, str]
    bodies: Mapping[str, str]
    exercise: bool = False


def uid_of(meeting: MeetingView) -> str:
    """The same for ever: of the invitation that it came from, else of its first record."""
    if meeting.uid:
        return meeting.uid
    party, _, record = meeting.ref.partition("/")
    return f"{record}@{party}{OURS}"


def ref_of(uid: str) -> str | None:
    """The meeting that a uid of ours names; None where it is a stranger's."""
    record, _, rest = uid.partition("@")
    party = rest.removesuffix(OURS)
    return f"{party}/{record}" if rest.endswith(OURS) and party and record and "/" not in rest else None


def write_one(meeting: MeetingView, invited: Invited, say: Say) -> bytes:
    """An invitation to one meeting, or its cancellation."""
    method: Method = "CANCEL" if meeting.state == "cancelled" else "REQUEST"
    return _write([meeting], invited, say, method)


def write_feed(meetings: Sequence[MeetingView], invited: Invited, say: Say) -> bytes:
    """All meetings that have a time, to be looked at."""
    return _write(meetings, invited, say, "PUBLISH")


def _write(meetings: Sequence[MeetingView], invited: Invited, say: Say, method: Method) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add("x-wr-calname", say("meetings"))
    events = [_event(one, one.when, invited, say) for one in meetings if one.when is not None]
    if not events:
        raise MalformedInput("calendar.no_time")
    zone = Timezone.from_tzid(ZONE_NAME, first_date=ZONE_SINCE)
    zone.pop("COMMENT", None)
    calendar.add_component(zone)
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(meeting: MeetingView, when: Interval, invited: Invited, say: Say) -> Event:
    in_language: dict[str, str] = {"LANGUAGE": invited.language}
    event = Event()
    event.add("uid", uid_of(meeting))
    event.add("sequence", meeting.revisions - 1)
    event.add("dtstamp", _utc(max(side.said for side in meeting.sides)))
    event.add("dtstart", _local(when.from_))
    if when.to is not None:
        event.add("dtend", _local(when.to))
    event.add("summary", _summary(meeting, invited, say), parameters=in_language)
    description = _description(meeting, invited, say)
    if description:
        event.add("description", description, parameters=in_language)
    if location := location_of(meeting, invited.language):
        event.add("location", location, parameters=in_language)
    if meeting.place is not None:
        event.add("geo", vGeo((meeting.place.lat / 1e7, meeting.place.lon / 1e7)))
    event.add("status", "CANCELLED" if meeting.state == "cancelled" else "CONFIRMED")
    event.add("class", "CONFIDENTIAL")
    event.add("organizer", _address(meeting.party, invited))
    for party in meeting.invited:
        address = _address(party, invited)
        address.params.update({"CUTYPE": "GROUP", "ROLE": "REQ-PARTICIPANT"})
        event.add("attendee", address)
    return event


def _address(party: str, invited: Invited) -> vCalAddress:
    address = vCalAddress(PARTY + party)
    address.params["CN"] = vText(invited.parties.get(party, party))
    return address


def _summary(meeting: MeetingView, invited: Invited, say: Say) -> str:
    name = name_in(meeting.names, invited.language) or invited.bodies.get(meeting.body or "", say("meeting"))
    if meeting.number is not None and not name_in(meeting.names, invited.language):
        name = f"{name} {meeting.number}"
    return f"{say('exercise')}: {name}" if invited.exercise else name


def _description(meeting: MeetingView, invited: Invited, say: Say) -> str:
    lines = []
    if meeting.body and meeting.body in invited.bodies:
        number = "" if meeting.number is None else f" ({meeting.number})"
        lines.append(f"{say('body')}: {invited.bodies[meeting.body]}{number}")
    if meeting.emergency:
        lines.append(say("emergency"))
    if meeting.agenda:
        lines.append(f"{say('agenda')}:")
        lines += [f"{n}. {name_in(item.names, invited.language)}" for n, item in enumerate(meeting.agenda, 1)]
    return "\n".join(lines)


def location_of(meeting: MeetingView, language: Language) -> str:
    """Where it is, in one line: the venue, else the name of the place."""
    return meeting.venue or (name_in(meeting.place.names, language) if meeting.place else "")


def name_in(names: Names | None, language: str) -> str:
    """A name in a language, else in the nearest that there is."""
    if names is None:
        return ""
    order = ("en", "ar", "ckb") if language == "en" else (language, "ar" if language == "ckb" else "ckb", "en")
    return next((name for one in order if (name := getattr(names, one))), "")


def _local(at: int) -> datetime.datetime:
    when = _utc(at)
    return when if when.date() < ZONE_SINCE else when.astimezone(ZONE)


def _utc(at: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at / 1000, datetime.UTC)


# What comes in


class ReadMeeting(Struct, frozen=True):
    """A meeting as a file tells it: fields of a record, and what was left out by name, with how often.

    `said` are things that a reader must know: `whole_day`, `floating` (no zone: taken for Baghdad's), `cut`,
    `recurs` (only its first time is taken). `ours` where this program wrote the file.
    """

    uid: str
    sequence: int
    fields: dict[str, Any]
    dropped: dict[str, int]
    people: int
    said: tuple[str, ...]
    ours: bool


def read(data: bytes, language: Language) -> list[ReadMeeting]:
    """The meetings of a file; a text without a language of its own is taken for one in `language`.

    Refused: what is larger, deeper or longer than a calendar of meetings is (`calendar.too_large`), what is no calendar
    (`calendar.unreadable`), one without meetings (`calendar.empty`), an event without uid or time or with one twice
    (`calendar.bad_event`).
    """
    text = _measured(data)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        components = list(calendars)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedInput("calendar.unreadable", reason=type(error).__name__) from error
    found: list[ReadMeeting] = []
    for calendar in components:
        method = str(calendar.get("METHOD", "")).upper()
        ours = str(calendar.get("PRODID", "")) == PRODUCT
        found += [_read_event(event, method, language, ours=ours) for event in _without_moved(calendar.walk("VEVENT"))]
    if not found:
        raise MalformedInput("calendar.empty")
    twice = [uid for uid, count in Counter(one.uid for one in found).items() if count > 1]
    if twice:
        raise MalformedInput("calendar.bad_event", uid=twice[0][:80], what="UID")
    return found


def _without_moved(events: list[icalendar.Component]) -> list[icalendar.Component]:
    """Times of a series that were moved are left out of it, as its other times are; it says so with its rule."""
    series = {_one(event, "UID", "") for event in events if "RECURRENCE-ID" not in event}
    return [event for event in events if "RECURRENCE-ID" not in event or _one(event, "UID", "") not in series]


def _measured(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise MalformedInput("calendar.too_large", limit=MOST_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedInput("calendar.unreadable", reason="UTF-8") from error
    lines = text.splitlines()
    if "\0" in text:
        raise MalformedInput("calendar.unreadable", reason="NUL")
    if len(lines) > MOST_LINES:
        raise MalformedInput("calendar.too_large", limit=MOST_LINES)
    depth = events = 0
    for line in lines:
        word = line.strip().upper()
        events += word == "BEGIN:VEVENT"
        depth += word.startswith("BEGIN:") - word.startswith("END:")
        if depth > DEEPEST or events > MOST_EVENTS:
            raise MalformedInput("calendar.too_large", limit=MOST_EVENTS if events > MOST_EVENTS else DEEPEST)
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise MalformedInput("calendar.unreadable", reason="VCALENDAR")
    return text


def _read_event(event: icalendar.Component, method: str, language: Language, *, ours: bool) -> ReadMeeting:
    uid = _one(event, "UID", "")
    if not uid or len(uid) > LONGEST_NAME:
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what="UID")
    for name, _ in event.errors:  # a line that is none has no name; what is left out anyway may be broken
        if name is None or name.upper() in KEPT:
            raise MalformedInput("calendar.bad_event", uid=uid[:80], what=name or "VEVENT")
    said: list[str] = []
    fields: dict[str, Any] = {"status": "planned", "when": _when(event, uid, said)}
    if method == "CANCEL" or _one(event, "STATUS", uid).upper() == "CANCELLED":
        fields["status"] = "cancelled"
    if summary := _text(event, "SUMMARY", uid, LONGEST_NAME, said):
        fields["names"] = {_language(event, "SUMMARY", language): summary}
    if venue := _text(event, "LOCATION", uid, LONGEST_NAME, said):
        fields["venue"] = venue
    if not ours and (note := _text(event, "DESCRIPTION", uid, LONGEST_NOTE, said)):
        fields["note"] = note
        fields["lang"] = _language(event, "DESCRIPTION", language)
    invited = [str(one)[len(PARTY) :] for one in _many(event, "ATTENDEE") if str(one).startswith(PARTY)]
    if invited:
        fields["invited"] = list(dict.fromkeys(invited))[:16]
    if "RRULE" in event or "RDATE" in event:
        said.append("recurs")
    fields["uid"] = uid
    people = sum(not str(one).startswith(PARTY) for name in PEOPLE for one in _many(event, name))
    dropped = Counter(
        {name: len(_many(event, name)) for name in map(str.upper, event) if name not in KEPT | SILENT | PEOPLE}
    )
    dropped.update(str(part.name) for part in event.subcomponents)
    return ReadMeeting(uid, _sequence(event, uid), fields, dict(dropped), people, tuple(dict.fromkeys(said)), ours)


def _many(event: icalendar.Component, name: str) -> list[Any]:
    value = event.get(name)
    return [] if value is None else value if isinstance(value, list) else [value]


def _one(event: icalendar.Component, name: str, uid: str) -> str:
    values = _many(event, name)
    if len(values) > 1:
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what=name)
    return str(values[0]).strip() if values else ""


def _text(event: icalendar.Component, name: str, uid: str, longest: int, said: list[str]) -> str:
    text = _one(event, name, uid)
    if len(text) > longest:
        said.append("cut")
    return text[:longest]


def _language(event: icalendar.Component, name: str, otherwise: Language) -> Language:
    params = getattr(event.get(name), "params", {})
    primary = str(params.get("LANGUAGE", "")).lower().split("-")[0]
    found: dict[str, Language] = {"ar": "ar", "ckb": "ckb", "ku": "ckb", "en": "en"}
    return found.get(primary, otherwise)


def _sequence(event: icalendar.Component, uid: str) -> int:
    text = _one(event, "SEQUENCE", uid)
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what="SEQUENCE")
    return int(text or 0)


def _when(event: icalendar.Component, uid: str, said: list[str]) -> dict[str, int | None]:
    start = _moment(event, "DTSTART", uid, said)
    if start is None:
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what="DTSTART")
    end = _moment(event, "DTEND", uid, said)
    if end is None and "DURATION" in event:
        length = getattr(_many(event, "DURATION")[0], "dt", None)
        if not isinstance(length, datetime.timedelta) or len(_many(event, "DURATION")) > 1:
            raise MalformedInput("calendar.bad_event", uid=uid[:80], what="DURATION")
        end = start + int(length.total_seconds() * 1000)
        if end > LATEST:
            raise MalformedInput("calendar.bad_event", uid=uid[:80], what="DURATION")
    if end is not None and end < start:
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what="DTEND")
    return {"from": start, "to": end}


def _moment(event: icalendar.Component, name: str, uid: str, said: list[str]) -> int | None:
    values = _many(event, name)
    if not values:
        return None
    value = getattr(values[0], "dt", None)
    if len(values) > 1 or not isinstance(value, datetime.date):
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what=name)
    if not isinstance(value, datetime.datetime):
        said.append("whole_day")
        value = datetime.datetime.combine(value, datetime.time())
    if value.tzinfo is None:
        if "TZID" in getattr(values[0], "params", {}):  # a zone that nobody here knows: guessing would move a meeting
            raise MalformedInput("calendar.bad_event", uid=uid[:80], what=f"{name};TZID")
        if "whole_day" not in said:
            said.append("floating")
        value = value.replace(tzinfo=ZONE)
    try:
        at = int(value.timestamp() * 1000)
    except (OverflowError, ValueError) as error:
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what=name) from error
    if not 0 <= at <= LATEST:
        raise MalformedInput("calendar.bad_event", uid=uid[:80], what=name)
    return at
