"""How commitments stand: whose word puts them in force, dates, triggers, contests, money, readings, causes, record."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.causes import causes
from tansiq.accord.commitments import evaluate, history, promise
from tansiq.accord.measures import AreaCover, AskedPlan
from tansiq.accord.record import kept_record
from tansiq.accord.seats import Seats
from tansiq.accord.standing import Standing
from tansiq.accord.triggers import confirmed

from . import signing
from .negotiating import SIDES
from .promising import DAY, HOUR, MIDNIGHT, SEATS, Measured, Table, cover


def word(table: Table, party: str, ref: str, verdict: str) -> None:
    """A word on the commitment as it is now."""
    thing = table.told().get(ref)
    assert thing is not None
    table.say(party, "consent", {"revision": thing.now.said.id, "verdict": verdict, "reason": "so"}, about=ref)


def test_a_commitment_is_in_force_once_every_side_that_owes_or_is_owed_accepted_it() -> None:
    table = Table()
    ref = table.say("joc", "commitment", {"owed_by": ["joc"], "names": {"en": "A"}})
    assert table.one(ref).standing.name == "proposed"
    assert table.one(ref).state is None
    assert table.one(ref).standing.waits_for == ("mop",)
    word(table, "mop", ref, "accepted")
    assert (table.one(ref).standing.name, table.one(ref).standing.by) == ("in_force", "consent")


def test_what_the_facilitator_records_stands_until_a_side_declines_it() -> None:
    table = Table()
    ref = table.promise()
    assert table.one(ref).standing.by == "facilitator"
    word(table, "mop", ref, "declined")
    assert table.one(ref).standing.name == "declined"


def test_a_newer_version_that_is_not_accepted_does_not_put_out_of_force_what_was() -> None:
    table = Table()
    ref = table.say("joc", "commitment", {"owed_by": ["mop"], "due": {"by": table.now + DAY}})
    word(table, "mop", ref, "accepted")
    table.say("joc", "commitment", {"owed_by": ["mop"], "due": {"by": table.now - DAY}}, revises=ref)
    one = table.one(ref)
    assert one.standing.name == "in_force"
    assert one.standing.newer is not None
    assert one.state == "not_yet_due"


def _stands(table: signing.Table, ref: str) -> Standing:
    seats = Seats(SIDES, ("coalition",), signing.CIRCLE)
    found = promise(table.told(), seats, ref, signing.WHEN * 2, Measured())
    assert found is not None
    return found.standing


def _by_clause(table: signing.Table, clause: str) -> str:
    fields = {"owed_by": ["mop"], "agreement": table.text, "clause": clause, "names": {"en": "Promise"}}
    ref = table.say("joc", "commitment", fields)
    table.meet()
    return ref


def test_a_clause_of_a_signed_agreement_puts_it_in_force() -> None:
    table = signing.Table()
    ref, other = _by_clause(table, "one"), _by_clause(table, "two")
    table.sign("joc")
    assert _stands(table, ref).name == "proposed"
    table.sign("mop")
    assert (_stands(table, ref).name, _stands(table, ref).by) == ("in_force", "clause")
    assert _stands(table, other).name == "proposed", "no such clause was signed"


def test_a_signature_that_does_not_hold_puts_nothing_in_force() -> None:
    table = signing.Table()
    ref = _by_clause(table, "one")
    table.sign("joc")
    forged = table.sign("mop", signature="AAAA")
    assert table.looked(forged).problem is not None
    assert _stands(table, ref).name == "proposed"


def test_a_trigger_counts_when_both_sides_state_the_same_local_day() -> None:
    table = Table()
    trigger = table.say("joc", "trigger", {"names": {"en": "Opened"}, "parties": ["joc", "mop"]})
    ref = table.promise(due={"after": {"trigger": trigger, "days": 2}})
    assert table.one(ref).state == "not_yet_due"
    table.say("joc", "occurrence", {"at": MIDNIGHT + HOUR, "status": "stated"}, about=trigger)
    table.say("mop", "occurrence", {"at": MIDNIGHT - HOUR, "status": "stated"}, about=trigger)
    found = confirmed(table.told(), trigger)
    assert (found.day, found.differ, len(found.stated)) == (None, True, 2)
    assert table.one(ref, MIDNIGHT + 30 * DAY).state == "not_yet_due", "no clock runs on a day that is in dispute"
    table.say("mop", "occurrence", {"at": MIDNIGHT + 23 * HOUR, "status": "stated"}, about=trigger)
    assert confirmed(table.told(), trigger).at == MIDNIGHT
    assert table.one(ref, MIDNIGHT + 3 * DAY - 1).state == "not_yet_due"
    late = table.one(ref, MIDNIGHT + 3 * DAY)
    assert (late.state, late.late_days) == ("late", 1)


def test_the_author_of_a_trigger_cannot_do_without_the_others_word_by_a_later_version() -> None:
    table = Table()
    trigger = table.say("joc", "trigger", {"parties": ["joc", "mop"]})
    table.say("joc", "trigger", {"parties": ["joc"]}, revises=trigger)
    table.say("joc", "occurrence", {"at": MIDNIGHT}, about=trigger)
    assert confirmed(table.told(), trigger).waits_for == ("mop",)


@pytest.mark.parametrize(("day", "state"), [(-1, "kept"), (1, "late")])
def test_the_other_sides_word_decides_and_what_was_kept_after_its_date_was_kept_late(day: int, state: str) -> None:
    table = Table()
    due = MIDNIGHT + 10 * DAY
    ref = table.promise(check="other_side", due={"by": due})
    table.say("mop", "assessment", {"word": "kept"}, about=ref)
    assert table.one(ref).state == "not_yet_due", "who owes does not decide"
    table.say("joc", "assessment", {"word": "kept", "as_of": due + day * DAY}, about=ref)
    one = table.one(ref)
    assert (one.state, one.decided, one.fulfilled_at) == (state, "other_side", due + day * DAY)


def test_evidence_that_nobody_contradicts_decides() -> None:
    table = Table()
    ref = table.promise(check="evidence", due={"by": table.now + 10 * DAY})
    given_ = table.say("mop", "evidence", {"shows": "kept", "status": "given"}, about=ref)
    assert (table.one(ref).state, table.one(ref).decided) == ("kept", "evidence")
    said = table.say("joc", "assessment", {"word": "not_kept", "reason": "no"}, about=ref)
    one = table.one(ref)
    assert (one.state, set(one.by)) == ("disputed", {given_, said})
    table.say("coalition", "assessment", {"word": "partly"}, about=ref)
    assert (table.one(ref).state, table.one(ref).decided) == ("partly", "facilitator")


def test_what_has_no_date_and_no_evidence_cannot_be_measured_yet() -> None:
    table = Table()
    ref = table.promise(check="evidence")
    one = table.one(ref, table.now + 400 * DAY)
    assert (one.state, one.reason) == ("cannot_be_measured_yet", "no_date")


@dataclass
class Turned(Measured):
    """Late up to an instant, calm after it."""

    late_until: int = 0
    late: AreaCover | None = None
    calm: AreaCover | None = None

    def cover(self, area: str, party: str | None, at: int) -> AreaCover | None:
        """By the instant."""
        return self.calm if at > self.late_until else self.late


def test_covered_twenty_hours_a_day_becomes_late_is_contested_verified_and_kept_again() -> None:
    table = Table()
    rule = {"rule": "area_covered", "area": "joc/area", "share_percent": 80, "hours_a_day": 20}
    ref = table.promise(check="picture", rule=rule, due={"by": table.now - 5 * DAY})
    area = "joc/area", None
    table.measures.covers[area] = cover([90] * 168)
    assert table.one(ref).state == "kept"
    table.measures.covers[area] = cover(([90] * 19 + [10] * 5) * 7)
    late = table.one(ref)
    assert (late.state, late.finding and late.finding.reached) == ("late", 19)
    contest = table.say("mop", "assessment", {"word": "disputed", "reason": "the patrol goes by night"}, about=ref)
    one = table.one(ref)
    assert (one.state, one.by) == ("disputed", (contest,))
    verified = table.say("coalition", "assessment", {"word": "not_kept"}, about=ref)
    one = table.one(ref)
    assert (one.state, one.decided, one.contested[0].answered_by) == ("not_kept", "facilitator", verified)
    when = table.now
    table.measures = Turned(late_until=when, late=table.measures.covers[area], calm=cover([100] * 168))
    one = table.one(ref, when + HOUR)
    assert (one.state, one.decided) == ("kept", "rule"), "the rule has turned since it was verified"


@pytest.mark.parametrize(("earlier", "state"), [(59_999, "not_kept"), (60_000, "late")])
def test_a_verification_as_of_the_minute_in_which_it_is_said_speaks_of_what_was_known_then(
    earlier: int, state: str
) -> None:
    table = Table()
    rule = {"rule": "area_covered", "area": "joc/area", "share_percent": 80, "hours_a_day": 20}
    ref = table.promise(check="picture", rule=rule, due={"by": table.now - 5 * DAY})
    contest = table.say("mop", "assessment", {"word": "disputed", "reason": "the patrol goes by night"}, about=ref)
    words = {"word": "not_kept", "as_of": table.now + 60_000 - earlier}
    verified = table.say("coalition", "assessment", words, about=ref)
    table.measures = Turned(late_until=table.now - 1, late=cover([100] * 168), calm=cover([0] * 168))
    one = table.one(ref)
    assert (one.state, one.contested[0].answered_by) == (state, verified), contest


def test_money_is_paid_as_the_payer_says_and_kept_as_the_payee_says() -> None:
    table = Table()
    due = [MIDNIGHT + DAY, MIDNIGHT + 30 * DAY]
    tranches = [{"amount": 100, "due": due[0]}, {"amount": 50, "due": due[1]}]
    ref = table.promise(by="joc", money={"currency": "IQD", "tranches": tranches})
    table.say("joc", "payment", {"tranche": 1, "amount": 100, "state": "paid", "at": due[0]}, about=ref)
    one = table.one(ref, due[0] + 1)
    assert one.money is not None
    assert (one.state, one.money.paid, one.money.received) == ("late", 100, 0)
    table.say("mop", "payment", {"tranche": 1, "amount": 60, "state": "received", "at": due[0]}, about=ref)
    assert table.one(ref, due[0] + 1).state == "partly"
    table.say("mop", "payment", {"tranche": 1, "amount": 100, "state": "received", "at": due[0]}, about=ref)
    assert table.one(ref, due[0] + 1).state == "kept"
    assert table.one(ref, due[1] + 1).state == "partly"
    table.say("mop", "payment", {"tranche": 2, "state": "disputed", "reason": "short"}, about=ref)
    assert table.one(ref, due[1] + 1).state == "disputed"


def test_three_readings_stand_side_by_side_with_their_spread() -> None:
    table = Table()
    ref = table.promise()
    for party, reading in (("mop", 3), ("joc", 1), ("coalition", 2)):
        table.say(party, "assessment", {"reading": reading}, about=ref)
    found = table.one(ref).readings
    assert [one.reading for one in (*found.self_, *found.other, *found.facilitator)] == [3, 1, 2]
    assert found.spread == 2


def test_causes_name_the_whole_chain_and_survive_a_circle() -> None:
    table = Table()
    first = table.say("joc", "negotiation_file", {"names": {"en": "Budget"}, "state": "waiting"})
    second = table.say("mop", "negotiation_file", {"names": {"en": "Centres"}, "waits_for": [first]})
    table.say("joc", "negotiation_file", {"waits_for": [second]}, revises=first)
    trigger = table.say("joc", "trigger", {"parties": ["joc", "mop"]})
    ref = table.promise(waits_for=[second, "joc/nobody"], due={"after": {"trigger": trigger, "days": 1}})
    chain = causes(table.told(), ref)
    assert [(one.ref, one.of, one.again) for one in chain] == [
        (ref, None, False),
        (trigger, ref, False),
        (second, ref, False),
        (first, second, False),
        (second, first, True),
        ("joc/nobody", ref, False),
    ]
    assert chain[1].waits_for == ("joc", "mop")


def test_the_record_has_the_same_rows_for_every_side_and_every_figure_has_its_records() -> None:
    table = Table()
    kept = table.promise(check="other_side")
    table.say("joc", "assessment", {"word": "kept"}, about=kept)
    late = table.promise(due={"by": table.now})
    table.measures.plans = (
        AskedPlan("joc/1", "mop", table.now, table.now + 10 * 60_000, None, ("joc/1",)),
        AskedPlan("joc/2", "mop", table.now, table.now + 30 * 60_000, None, ("joc/2",)),
        AskedPlan("joc/3", "mop", table.now, None, None, ("joc/3",)),
    )
    at = table.now + DAY
    found = kept_record(table.told(), SEATS, evaluate(table.told(), SEATS, at, table.measures), table.measures)
    sides = {side.party: {one.name: one for one in side.figures} for side in found.sides}
    assert list(sides["joc"]) == list(sides["mop"])
    mop = sides["mop"]
    assert (mop["kept"].refs, mop["late"].refs) == ((kept,), (late,))
    assert (mop["median_answer"].value, mop["unanswered"].refs) == (20, ("joc/3",))
    assert sides["joc"]["median_answer"].value is None, "nothing asked is not nought minutes"
    states = ("kept", "late", "partly", "not_kept", "disputed", "not_measurable", "not_yet_due")
    counted = [one.value or 0 for one in mop.values() if one.name in states]
    assert sum(counted) == mop["owed"].value


def test_reports_are_owed_by_the_cut_offs_of_the_terms_that_held_on_each_day() -> None:
    table = Table()
    daily = [{"report": "situation", "minute": 1200}]
    both = {"parties": ["joc", "mop"], "status": "proposed"}
    first = table.say("joc", "terms", {**both, "version": 1, "cutoffs": daily}, at=MIDNIGHT)
    accept(table, first, MIDNIGHT + 2 * DAY)
    weekly = [{"report": "weekly", "minute": 0, "weekday": 1}]
    table.say("joc", "terms", {"version": 2, "cutoffs": weekly}, revises=first, at=MIDNIGHT + 4 * DAY)
    second = accept(table, first, MIDNIGHT + 6 * DAY)
    in_time = {"report": "situation", "cutoff": MIDNIGHT + 3 * DAY + 1200 * 60_000, "digest": "0" * 64}
    ref = table.say("mop", "report", in_time, at=MIDNIGHT + 3 * DAY + 1201 * 60_000)
    at = MIDNIGHT + 20 * DAY
    found = kept_record(table.told(), SEATS, evaluate(table.told(), SEATS, at, table.measures), table.measures)
    figures = {side.party: next(one for one in side.figures if one.name == "reports") for side in found.sides}
    mop = figures["mop"]
    assert mop.refs == (ref,)
    assert (mop.value, mop.of, figures["joc"].value) == (1, 6, 0), (
        "four days by the first terms, two Mondays by the second"
    )
    assert mop.due_by == tuple(sorted((first, second)))


def accept(table: Table, ref: str, at: int) -> str:
    """The other side's word on the latest version of terms; that version."""
    thing = table.told().get(ref)
    assert thing is not None
    table.say("mop", "consent", {"revision": thing.now.said.id, "verdict": "accepted"}, about=ref, at=at)
    return thing.now.ref


def test_money_whose_first_day_is_to_come_is_not_yet_due_and_names_no_missing_date() -> None:
    table = Table()
    ref = table.promise(money={"currency": "IQD", "tranches": [{"amount": 5, "due": table.now + 9 * DAY}]})
    one = table.one(ref)
    assert (one.state, one.reason) == ("not_yet_due", None)


def test_history_shows_a_commitment_day_by_day_as_it_stood() -> None:
    table = Table()
    ref = table.promise(check="other_side", due={"by": MIDNIGHT + 2 * DAY - 1})
    table.say("joc", "assessment", {"word": "kept"}, about=ref, at=MIDNIGHT + 4 * DAY + HOUR)
    days = history(table.told(), SEATS, ref, MIDNIGHT + 5 * DAY, table.measures, 6)
    assert [one.state for one in days] == ["not_yet_due", "not_yet_due", "late", "late", "late", "late"]
    assert [one.decided for one in days][-2:] == ["other_side", "other_side"]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["joc", "mop", "coalition"]),
        st.sampled_from(["assess", "revise", "consent", "evidence", "occur", "pay"]),
        st.integers(0, 3),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(ACTS, st.randoms(use_true_random=False), st.integers(0, 3 * DAY))
def test_two_nodes_that_hold_the_same_records_come_to_the_same_digest(
    acts: list[tuple[str, str, int]], order: Random, later: int
) -> None:
    table = Table()
    trigger = table.say("joc", "trigger", {"parties": ["joc", "mop"]})
    refs = [
        table.say("joc", "commitment", {"owed_by": ["mop"], "check": "other_side", "due": {"by": table.now + HOUR}}),
        table.promise(check="evidence", due={"after": {"trigger": trigger, "days": 0}}),
        table.promise(by="joc", money={"currency": "IQD", "tranches": [{"amount": 5, "due": table.now}]}),
    ]
    for party, act, number in acts:
        ref = refs[number % 3]
        thing = table.told().get(ref)
        assert thing is not None
        words = ["kept", "partly", "late", "disputed"]
        if act == "assess":
            table.say(party, "assessment", {"word": words[number], "reading": number}, about=ref)
        elif act == "consent":
            verdict = "accepted" if number % 2 else "declined"
            table.say(party, "consent", {"revision": thing.now.said.id, "verdict": verdict}, about=ref)
        elif act == "evidence":
            table.say(party, "evidence", {"shows": ["kept", "partly", "not_kept", "kept"][number]}, about=ref)
        elif act == "occur":
            table.say(party, "occurrence", {"at": MIDNIGHT + number % 2 * DAY}, about=trigger)
        elif act == "pay":
            state = ["paid", "received", "disputed", "received"][number]
            table.say(party, "payment", {"tranche": 1, "amount": 5, "state": state}, about=ref)
        elif party == thing.party:
            table.say(party, "commitment", {"number": str(number)}, revises=ref)
    at = table.now + later
    one = evaluate(table.told(), SEATS, at, table.measures)
    other = evaluate(table.told(shuffled=order), SEATS, at, table.measures)
    assert one == other
    assert msgspec.json.encode(one) == msgspec.json.encode(other)
    for each in one.promises:
        assert (each.state is None) == (each.standing.name != "in_force")
