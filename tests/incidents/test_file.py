"""The file of an event: who joined what, what both state, circular reports, four states, times for both alike."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from movements.telling import Telling
from tansiq.incidents.file import IncidentFile, book, incident_file
from tansiq.incidents.timing import Side, TermsBy, sides, timed
from tansiq.picture.told import Told, gather

KINDS = {"incident", "grading", "same_event", "finding", "consent", "terms"}
MINUTE = 60_000
BEGAN = 1_700_000_000_000
SIDES, FACILITATOR = ("joc", "mop"), "coalition"
PLACE = {"lat": 357_000_000, "lon": 435_000_000, "accuracy": 500}
WHEN = {"when": {"from": BEGAN, "to": None}, "when_precision": "minute"}
BETTER = {**PLACE, "lat": 357_060_000, "accuracy": 250}
NAMED: dict[str, Any] = {"action": {"en": "Clear the road"}, "place": PLACE, "number": "2", "date": BEGAN}
WORDS = "an explosion was heard near the second bridge by the patrol at dawn"


class Event:
    """A circle with a report of each side of one event."""

    def __init__(self, joc: dict[str, Any] | None = None, mop: dict[str, Any] | None = None) -> None:
        self.circle = Telling(*SIDES, FACILITATOR, takes_part=SIDES)
        self.ours = self.say("joc", "incident", {"category": "explosion", **WHEN, "place": PLACE, **(joc or {})})
        self.theirs = self.say("mop", "incident", {"category": "explosion", **WHEN, "place": PLACE, **(mop or {})})

    def say(self, party: str, kind: str, fields: dict[str, Any], about: str | None = None, **more: Any) -> str:
        ref = self.circle.say(party, kind, fields, about=about, at=BEGAN + more.pop("minute", 0) * MINUTE, **more)
        self.circle.meet()
        return ref

    def same(self, party: str, word: str = "same") -> str:
        one, other = (self.ours, self.theirs) if party == "joc" else (self.theirs, self.ours)
        return self.say(party, "same_event", {"other": other, "word": word}, one)

    def join(self) -> Event:
        self.same("joc")
        self.same("mop")
        return self

    def accept(self, party: str, ref: str, verdict: str = "accepted") -> None:
        self.say(party, "consent", {"revision": ref.split("/")[1], "verdict": verdict}, ref)

    def told(self, blobs: tuple[str, ...] = ()) -> Told:
        sizes = {ledger: len(chain) for ledger, chain in self.circle.ledgers.items()}
        entries = [replace(one, blobs=blobs) for one in self.circle.entries(sizes)]
        return gather(entries, SIDES, sizes, {}, KINDS)

    def file(self, facilitators: tuple[str, ...] = (FACILITATOR,)) -> IncidentFile:
        told = self.told()
        found = incident_file(told, self.ours, book(told), facilitators)
        assert found is not None
        return found

    def row(self, name: str) -> tuple[str, Any]:
        (row,) = [one for one in self.file().rows if one.field == name]
        return row.standing, row.common


def test_two_reports_are_joined_once_each_side_said_so_and_not_before() -> None:
    event = Event()
    assert event.file().refs == (event.ours,)
    event.same("joc")
    assert (event.file().refs, event.file().words[0].state) == ((event.ours,), "waits")
    assert event.file().words[0].waits_for == ("mop",)
    event.same("mop")
    assert event.file().refs == (event.ours, event.theirs)
    assert (event.file().state, event.file().confirmed_by) == ("corroborated", ("joc", "mop"))
    event.same("mop", "not_same")
    assert (event.file().refs, event.file().words[0].state) == ((event.ours,), "disputed")


def test_a_reason_for_keeping_apart_does_not_stand_beside_a_later_word() -> None:
    event = Event()
    ref = event.say("mop", "same_event", {"other": event.ours, "word": "not_same", "reason": "no"}, event.theirs)
    assert [one.reason for one in event.file().words[0].words] == ["no"]
    event.say("mop", "same_event", {"word": "same"}, revises=ref)
    assert [(one.word, one.reason) for one in event.file().words[0].words] == [("same", None)]


def test_a_report_given_as_ones_own_of_anothers_is_that_sides_word() -> None:
    event = Event()
    ours = event.say("joc", "incident", {"category": "fire"}, event.theirs)
    words = event.file().words
    assert words == (), "it is of another report"
    event.ours = ours
    assert [(one.state, one.waits_for) for one in event.file().words] == [("waits", ("mop",))]
    event.say("mop", "same_event", {"other": ours, "word": "same"}, event.theirs)
    assert event.file().refs == tuple(sorted((ours, event.theirs)))


def test_a_report_that_changes_after_the_word_is_shown_as_changed() -> None:
    event = Event().join()
    event.say("mop", "incident", {"category": "shelling"}, revises=event.theirs, minute=9)
    file = event.file()
    assert (file.confirmed_by, file.changed_since) == (("mop",), ("joc",))
    (theirs,) = [one for one in file.accounts if one.party == "mop"]
    assert [one.changed for one in theirs.editions][1:] == [("category",)]


@pytest.mark.parametrize(
    ("name", "joc", "mop", "standing", "common"),
    [
        ("killed", {"min": 1, "max": 3}, {"min": 2, "max": 5}, "agreed", {"min": 2, "max": 3}),
        ("killed", {"min": 0, "max": 0}, {"min": 2, "max": 2}, "disputed", None),
        ("killed", {"min": 1, "max": 1}, None, "one_side", None),
        ("killed", None, None, "unknown", None),
        ("category", "clash", "clash", "agreed", "clash"),
        ("category", "clash", "shooting", "disputed", None),
        ("over", False, False, "agreed", False),
        ("place", PLACE, BETTER, "agreed", BETTER),
        ("place", PLACE, {**PLACE, "lat": 357_100_000, "accuracy": 100}, "disputed", None),
    ],
)  # fmt: skip
def test_a_field_is_agreed_where_both_can_be_true(name: str, joc: Any, mop: Any, standing: str, common: Any) -> None:
    event = Event({name: joc}, {name: mop}).join()
    assert event.row(name) == (standing, common)


def test_times_agree_within_ten_minutes_and_within_what_is_known_of_them() -> None:
    def when(minutes: int, **more: Any) -> dict[str, Any]:
        return {"when": {"from": BEGAN + minutes * MINUTE, "to": None}, "when_precision": "minute", **more}

    assert Event(when(0), when(9)).join().row("when")[0] == "agreed"
    assert Event(when(0), when(11)).join().row("when")[0] == "disputed"
    assert Event(when(0), when(-300, when_precision="day")).join().row("when")[0] == "agreed"


@pytest.mark.parametrize(
    ("joc", "mop", "reason", "sure"),
    [
        ({"text": WORDS}, {"text": f"They say: {WORDS}", "how_known": "heard"}, "quote", True),
        ({"sources": ["https://a.example/1"]}, {"sources": ["https://a.example/1"]}, "press", True),
        ({"how_known": "seen"}, {"how_known": "told"}, "told_knowing", False),
        ({"how_known": "press"}, {"how_known": "press"}, "told_knowing", False),
    ],
)
def test_reports_of_one_source_do_not_corroborate_each_other(joc: Any, mop: Any, reason: str, sure: bool) -> None:
    event = Event(joc, mop).join()
    file = event.file()
    (link,) = file.sources.links
    assert (link.ref, link.of) == (event.theirs, event.ours), "the later one stems from the earlier"
    assert (reason in {one.name for one in link.reasons}, link.sure) == (True, sure)
    assert (file.state, file.circular) == ("reported", True)


def test_own_observation_is_a_source_of_its_own_though_its_author_knew_the_other_report() -> None:
    assert Event({"how_known": "told"}, {"how_known": "seen"}).join().file().state == "corroborated"


def test_one_attachment_on_both_reports_is_one_source() -> None:
    event = Event().join()
    told = event.told(blobs=("a" * 64,))
    file = incident_file(told, event.ours, book(told), ())
    assert file is not None
    assert [one.name for one in file.sources.links[0].reasons] == ["attachment"]


def found(event: Event) -> tuple[str, list[tuple[str | None, tuple[str, ...]]]]:
    file = event.file()
    return file.state, [(one.why, one.waits_for) for one in file.findings]


def test_a_finding_of_a_side_counts_with_the_assent_of_the_other_and_with_all_four_names() -> None:
    event = Event().join()
    ref = event.say("joc", "finding", {"step": "verified", **NAMED, "number": " "}, event.ours)
    event.accept("mop", ref)
    assert found(event) == ("corroborated", [("not_named", ())])
    assert event.file().findings[0].missing == ("number",)
    event.say("joc", "finding", {"number": "2"}, revises=ref)
    assert found(event) == ("corroborated", [("waits_for_others", ("mop",))]), "the assent was to another version"
    later = event.told().get(ref)
    assert later is not None
    event.say("mop", "consent", {"revision": later.now.said.id, "verdict": "accepted"}, ref)
    assert found(event)[0] == "verified"


def test_a_finding_that_was_said_closed_without_its_names_stands_open_and_counts_for_nothing() -> None:
    event = Event().join()
    ref = event.say("joc", "finding", {"step": "verified", **NAMED, "action": {"en": " … "}}, event.ours)
    event.say("joc", "finding", {"status": "closed"}, revises=ref)
    closed = event.told().get(ref)
    assert closed is not None
    event.say("mop", "consent", {"revision": closed.now.said.id, "verdict": "accepted"}, ref)
    (one,) = event.file().findings
    assert (one.status, one.closed_unnamed, one.missing, one.counted) == ("open", True, ("action",), None)
    event.say("joc", "finding", {"action": {"ckb": "ڕێگاکە پاک بکرێتەوە"}}, revises=ref)
    (one,) = event.file().findings
    assert (one.status, one.closed_unnamed, one.missing) == ("closed", False, ())


def test_what_a_side_states_is_what_its_last_report_says_that_says_anything_of_it() -> None:
    event = Event({"killed": {"min": 1, "max": 1}}, {"killed": {"min": 2, "max": 2}}).join()
    later = event.say("joc", "incident", {"killed": {"min": 2, "max": 2}, "over": True}, event.theirs, minute=90)
    event.say("mop", "same_event", {"other": later, "word": "same"}, event.theirs)
    rows = {row.field: row for row in event.file().rows}
    assert len(event.file().refs) == 3
    assert rows["killed"].standing == "agreed", "the later report says it anew"
    assert rows["place"].standing == "agreed", "and says nothing of where, which its side told before"
    assert [one.value for one in rows["over"].says] == [True, None]


def test_a_facilitator_verifies_alone_and_investigation_needs_all_and_a_verification_before_it() -> None:
    event = Event()
    inquiry = event.say("joc", "finding", {"step": "investigated", **NAMED}, event.ours)
    event.accept("mop", inquiry)
    assert found(event) == ("reported", [("waits_for_others", (FACILITATOR,))])
    event.accept(FACILITATOR, inquiry)
    assert found(event) == ("reported", [("not_verified_yet", ())])
    event.say(FACILITATOR, "finding", {"step": "verified", **NAMED}, event.ours)
    assert event.file().state == "investigated"
    event.accept("mop", inquiry, "declined")
    assert event.file().state == "verified"


def test_a_side_alone_never_moves_an_event() -> None:
    event = Event()
    event.same("joc")
    event.say("joc", "finding", {"step": "verified", **NAMED, "status": "closed"}, event.ours)
    file = event.file()
    assert (file.state, file.findings[0].why) == ("reported", "waits_for_others")


def test_grades_of_reporter_and_receiver_stand_side_by_side() -> None:
    event = Event({"source_grade": "A", "info_grade": 1})
    ref = event.say("mop", "grading", {"source_grade": "C", "info_grade": 1}, event.ours)
    event.say("mop", "grading", {"info_grade": 4}, revises=ref)
    (account,) = event.file().accounts
    assert [(one.party, one.source, one.info) for one in account.grades] == [("joc", "A", 1), ("mop", "C", 4)]


def test_what_was_told_by_telephone_is_the_account_of_the_side_that_told_it() -> None:
    event = Event({"on_behalf_of": "mop"})
    (account,) = event.file().accounts
    assert (account.party, account.entered_by) == ("mop", "joc")


def figures(event: Event, minute: int) -> dict[tuple[str, str], Side]:
    told, end = event.told(), BEGAN + minute * MINUTE
    return {
        (one.party, one.stage): one for one in sides(timed(told, TermsBy(told), BEGAN - 100 * MINUTE, end), SIDES, end)
    }


def test_both_sides_are_measured_from_when_they_knew() -> None:
    event = Event({"known_at": BEGAN - 10 * MINUTE}, {"known_at": BEGAN - 16 * MINUTE})
    first = figures(event, 5)
    ours, theirs = first["joc", "first"], first["mop", "first"]
    assert (ours.in_time, ours.late, ours.median_minutes) == (1, 0, 10)
    assert (theirs.in_time, theirs.late, theirs.median_minutes) == (0, 1, 16)
    assert first["joc", "amplifying"].due == 0, "two hours are not over yet"
    event.say("joc", "incident", {"stage": "amplifying"}, revises=event.ours, minute=60)
    later = figures(event, 200)
    assert (later["joc", "amplifying"].in_time, later["mop", "amplifying"].missing) == (1, 1)


def test_a_correction_of_when_it_was_known_or_happened_moves_no_clock_later() -> None:
    late = Event({"known_at": BEGAN - 40 * MINUTE}, {"when": {"from": BEGAN - 40 * MINUTE, "to": None}})
    late.say("joc", "incident", {"known_at": BEGAN - MINUTE}, revises=late.ours, minute=1)
    late.say("mop", "incident", {"when": {"from": BEGAN - MINUTE, "to": None}}, revises=late.theirs, minute=1)
    found = figures(late, 5)
    assert [(found[party, "first"].late, found[party, "first"].median_minutes) for party in SIDES] == [(1, 40), (1, 40)]
    unclear = Event({"when_precision": "day"})
    unclear.say("joc", "incident", {"known_at": BEGAN - 30 * MINUTE}, revises=unclear.ours, minute=1)
    assert figures(unclear, 5)["joc", "first"].late == 1, "that it was known earlier is taken at its word"


def test_the_minutes_are_those_of_the_terms_in_force_for_the_report() -> None:
    event = Event.__new__(Event)
    event.circle = Telling(*SIDES, FACILITATOR, takes_part=SIDES)
    rules = [{"stage": "first", "minutes": 30}]
    terms = event.say("joc", "terms", {"version": 1, "parties": list(SIDES), "reporting": rules})
    event.accept("mop", terms)
    event.say("joc", "incident", {"known_at": BEGAN - 20 * MINUTE})
    told = event.told()
    ((clock, _),) = [one.clocks for one in timed(told, TermsBy(told), 0, BEGAN + MINUTE)]
    assert (clock.late_by, clock.rule.terms, clock.rule.number) == (0, terms, 1)


def test_what_is_not_held_has_no_file() -> None:
    told = Event().told()
    assert incident_file(told, "joc/nothing", book(told), ()) is None
