"""Meetings as iCalendar: what goes out comes in the same, no person is named, hostile files are refused."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.accord import calendar
from tansiq.accord.calendar import MOST_BYTES, MOST_EVENTS, Invited, read, ref_of, uid_of, write_feed, write_one
from tansiq.accord.meetings import MeetingView, SideOfMeeting
from tansiq.errors import MalformedInput
from tansiq.records.kinds.meeting import AgendaItem
from tansiq.records.values import Interval, Language, Names
from tansiq.wording import wording

from .talking import HOUR, NOON

RECORD = "00000000-0000-7000-8000-000000000001"
INVITED: dict[Language, Invited] = {
    one: Invited(one, {"joc": 'Joint, operations; "command"', "mop": "وزارة"}, {"joc/b": "اللجنة"})
    for one in ("en", "ar", "ckb")
}


def said(language: str) -> calendar.Say:
    return lambda key: wording(f"calendar.{key}", {}, language).refused


def meeting(
    name: str = "Talk", start: int = NOON, end: int | None = NOON + HOUR, venue: str | None = "Hall", **more: object
) -> MeetingView:
    """A meeting of two parties."""
    side = SideOfMeeting("joc", f"joc/{RECORD}", f"joc/{RECORD}", "planned", None, NOON, (), ())
    given = MeetingView(
        f"joc/{RECORD}",
        "joc",
        f"joc/{RECORD}",
        3,
        Names(en=name, ar=f"ا {name}", ckb=f"ک {name}"),
        "joc/b",
        3,
        "planned",
        False,
        Interval(start, end),
        None,
        venue,
        False,
        ("joc", "mop"),
        (AgendaItem(Names(en="Budget; part 1, and more")),),
        None,
        (side,),
        (),
        None,
        (),
        (),
    )

    return msgspec.structs.replace(given, **more)


def test_an_invitation_names_parties_in_the_zone_of_baghdad_in_the_chosen_language_and_nobody_else() -> None:
    text = write_one(meeting(), INVITED["ckb"], said("ckb")).decode()
    unfolded = text.replace("\r\n ", "")
    assert "METHOD:REQUEST" in text
    assert "DTSTART;TZID=Asia/Baghdad:20200702T120000" in text
    assert "BEGIN:VTIMEZONE" in text
    assert "SEQUENCE:2" in text
    assert f"UID:{RECORD}@joc.tansiq" in text
    assert "SUMMARY;LANGUAGE=ckb:ک Talk" in unfolded
    assert "کارنامە" in unfolded
    assert "urn:tansiq:party:mop" in unfolded
    assert "mailto" not in text.lower()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "RFC 5545, 3.1"
    cancelled = write_one(meeting(state="cancelled"), INVITED["en"], said("en")).decode()
    assert "METHOD:CANCEL" in cancelled
    assert "STATUS:CANCELLED" in cancelled
    assert uid_of(meeting(uid="theirs@elsewhere")) == "theirs@elsewhere", "an invitation that came in keeps its own"


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_what_went_out_comes_in_with_nothing_dropped(language: Language) -> None:
    (found,) = read(write_one(meeting(), INVITED[language], said(language)), language)
    assert (found.ours, found.sequence, found.people, found.dropped, found.said) == (True, 2, 0, {}, ())
    assert ref_of(found.uid) == f"joc/{RECORD}"
    assert found.fields["when"] == {"from": NOON, "to": NOON + HOUR}
    assert found.fields["invited"] == ["joc", "mop"]
    assert found.fields["venue"] == "Hall"
    assert found.fields["names"][language].endswith("Talk")


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="،؛\u200c"), min_size=1, max_size=60
).filter(lambda text: text == text.strip())


@given(words, words, st.integers(0, 4_000_000_000), st.integers(0, 10_000_000))
@settings(max_examples=80, deadline=None)
def test_any_name_place_and_time_comes_back_as_it_went(name: str, venue: str, second: int, length: int) -> None:
    start = second * 1000
    one = meeting(name, start, start + length * 1000, venue)
    (found,) = read(write_one(one, INVITED["en"], said("en")), "en")
    assert found.fields["names"] == {"en": name}
    assert found.fields["venue"] == venue
    assert found.fields["when"] == {"from": start, "to": start + length * 1000}


def test_a_feed_holds_every_meeting_that_has_a_time() -> None:
    later = meeting("Later", NOON + 48 * HOUR, None, ref="mop/" + RECORD)
    timeless = meeting(when=None, ref="mop/x")
    data = write_feed([meeting(), later, timeless], INVITED["ar"], said("ar"))
    assert b"METHOD:PUBLISH" in data
    assert [one.fields["when"]["to"] for one in read(data, "ar")] == [NOON + HOUR, None]
    with refused("calendar.no_time"):
        write_one(timeless, INVITED["ar"], said("ar"))


def event(*lines: str, method: str = "REQUEST") -> bytes:
    """A stranger's calendar with one event."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stranger//EN", f"METHOD:{method}", "BEGIN:VEVENT"]
    return "\r\n".join([*head, *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


START = "DTSTART:20200702T090000Z"


def test_people_of_a_strangers_file_are_dropped_and_counted_and_what_else_is_left_out_is_named() -> None:
    (found,) = read(
        event(
            "UID:1@there",
            START,
            "DURATION:PT90M",
            "SUMMARY;LANGUAGE=ku:کۆبوونەوە",
            "ORGANIZER;CN=A Person:mailto:a@x.org",
            "ATTENDEE;CN=B:mailto:b@x.org",
            "ATTENDEE:mailto:c@x.org",
            "CONTACT:D",
            "RRULE:FREQ=WEEKLY",
            "ATTACH:https://x.org/f",
            "X-THING:1",
            "DESCRIPTION:Bring the map.",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-PT15M",
            "END:VALARM",
        ),
        "ar",
    )
    assert found.people == 4
    assert found.dropped == {"RRULE": 1, "ATTACH": 1, "X-THING": 1, "VALARM": 1}
    assert found.said == ("recurs",)
    assert found.fields == {
        "status": "planned",
        "when": {"from": NOON, "to": NOON + 90 * 60_000},
        "names": {"ckb": "کۆبوونەوە"},
        "note": "Bring the map.",
        "lang": "ar",
        "uid": "1@there",
    }
    assert "Person" not in repr(found)


def test_a_moved_time_of_a_series_is_left_out_with_its_other_times_and_the_series_comes_in_once() -> None:
    series = event("UID:week@x", "DTSTART:20201001T100000Z", "RRULE:FREQ=WEEKLY")
    moved = ("BEGIN:VEVENT", "UID:week@x", "RECURRENCE-ID:20201008T100000Z", "DTSTART:20201009T100000Z", "END:VEVENT")
    lines = series.decode().replace("END:VCALENDAR", "\r\n".join((*moved, "END:VCALENDAR")))
    (one,) = read(lines.encode(), "en")
    assert (one.fields["when"]["from"], one.said) == (1_601_546_400_000, ("recurs",))
    (alone,) = read(event(*moved[1:-1]), "en")
    assert alone.fields["when"]["from"] == 1_602_237_600_000, "an invitation to the moved time itself"


def test_a_whole_day_and_a_time_without_zone_are_baghdads_and_that_is_said() -> None:
    (day,) = read(event("UID:1", "DTSTART;VALUE=DATE:20200702"), "en")
    (floating,) = read(event("UID:1", "DTSTART:20200702T120000"), "en")
    (zoned,) = read(event("UID:1", "DTSTART;TZID=Europe/Berlin:20200702T110000"), "en")
    (called_off,) = read(event("UID:1", START, method="CANCEL"), "en")
    assert (day.fields["when"]["from"], day.said) == (NOON - 12 * HOUR, ("whole_day",))
    assert (floating.fields["when"]["from"], floating.said) == (NOON, ("floating",))
    assert (zoned.fields["when"]["from"], zoned.said) == (NOON, ())
    assert called_off.fields["status"] == "cancelled"


HOSTILE = {
    "nothing": (b"", "calendar.unreadable"),
    "no calendar": (b"garbage", "calendar.unreadable"),
    "another charset": (event("UID:1", START).decode().encode("utf-16"), "calendar.unreadable"),
    "a broken line": (event("UID:1", START, "no colon here"), "calendar.bad_event"),
    "no events": (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "calendar.empty"),
    "too large": (b"BEGIN:VCALENDAR\r\n" + b"X" * MOST_BYTES, "calendar.too_large"),
    "too many lines": (event("UID:1", START, *["X-A:1"] * 20_001), "calendar.too_large"),
    "too deep": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 60, "calendar.too_large"),
    "too many": (event(*["UID:1", START, "END:VEVENT", "BEGIN:VEVENT"] * (MOST_EVENTS + 1)), "calendar.too_large"),
    "zero byte": (event("UID:1\0", START), "calendar.unreadable"),
    "no uid": (event(START), "calendar.bad_event"),
    "two uids": (event("UID:1", "UID:2", START), "calendar.bad_event"),
    "a long uid": (event("UID:" + "a" * 201, START), "calendar.bad_event"),
    "one uid twice": (event("UID:1", START, "END:VEVENT", "BEGIN:VEVENT", "UID:1", START), "calendar.bad_event"),
    "no time": (event("UID:1"), "calendar.bad_event"),
    "a broken time": (event("UID:1", "DTSTART:99999999T999999"), "calendar.bad_event"),
    "a zone that nobody knows": (event("UID:1", "DTSTART;TZID=No/Where:20200702T120000"), "calendar.bad_event"),
    "ends before it begins": (event("UID:1", START, "DTEND:20200701T090000Z"), "calendar.bad_event"),
    "before the epoch": (event("UID:1", "DTSTART:00010101T000000Z"), "calendar.bad_event"),
    "a strange sequence": (event("UID:1", START, "SEQUENCE:-4"), "calendar.bad_event"),
    "a length without end": (event("UID:1", START, "DURATION:P9999999D"), "calendar.bad_event"),
    "a strange length": (event("UID:1", START, "DURATION:soon"), "calendar.bad_event"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    data, code = HOSTILE[name]
    with refused(code):
        read(data, "en")


PIECES = [
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VALARM",
    "END:VALARM",
    "END:VCALENDAR",
    "BEGIN:VCALENDAR",
    "UID:1",
    "UID:2",
    START,
    "DTEND:20200703T000000",
    "DTSTART;VALUE=DATE:20200230",
    "DURATION:P9999999999D",
    "SUMMARY:",
    "SUMMARY;LANGUAGE=:x",
    'ATTENDEE;CN="x:mailto:y',
    "RRULE:FREQ=SECONDLY;COUNT=99999999",
    "X:",
    ";:",
    " folded",
    "DTSTART;TZID=:20200101T000000",
    "LOCATION:" + "ا" * 500,
    "SEQUENCE:١",
    "GEO:1;2;3",
    "STATUS:\\",
    "BEGIN:VTIMEZONE",
    "END:VTIMEZONE",
    "TZID:X",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
@settings(max_examples=300, deadline=None)
def test_whatever_lines_come_they_are_read_or_refused(lines: list[str]) -> None:
    data = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode()
    try:
        found = read(data, "en")
    except MalformedInput:
        return
    assert all(one.uid and one.fields["when"]["from"] >= 0 for one in found)
