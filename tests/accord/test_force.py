"""When a signed text binds, what replaces it, and whom a reservation frees of what."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tansiq.accord.force import effects, force_of, in_force, stages, touched
from tansiq.accord.signing import stand

from .negotiating import SIDES
from .signing import CIRCLE, WHEN, Table, reserve

DAY = 86_400_000
NOW = WHEN + 30 * DAY


def signed(**frame: Any) -> Table:
    table = Table(**frame)
    table.sign("joc")
    table.sign("mop", at=WHEN + DAY)
    return table


def test_a_text_binds_with_its_last_signature() -> None:
    table = Table()
    table.sign("joc")
    waiting = force_of(table.told(), table.standing(), NOW)
    assert (waiting.at, waiting.waits) == (None, "signatures")
    table.sign("mop", at=WHEN + DAY)
    found = force_of(table.told(), table.standing(), NOW)
    assert (found.on, found.at, found.waits) == ("signature", WHEN + DAY, None)


@pytest.mark.parametrize(("date", "begins", "waits"), [(WHEN - DAY, WHEN + DAY, None), (NOW + DAY, NOW + DAY, "date")])
def test_on_a_date_but_never_before_the_last_signature(date: int, begins: int, waits: str | None) -> None:
    table = signed(force={"on": "date", "date": date})
    found = force_of(table.told(), table.standing(), NOW)
    assert (found.at, found.waits) == (begins, waits)


def test_after_a_trigger_only_when_both_stated_the_same_day() -> None:
    table = Table()
    trigger = table.say("joc", "trigger", {"names": {"en": "Opening"}, "parties": ["joc", "mop"], "status": "proposed"})
    frame = {"names": {"en": "n"}, "path": "p", "parties": ["joc", "mop"], "authentic": ["ar", "ckb"]}
    table.text = table.say("joc", "agreement", {**frame, "force": {"on": "trigger", "trigger": trigger, "days": 3}})
    ref = table.offer("joc", "words")
    table.meet()
    table.take("mop", ref, ref)
    table.sign("joc")
    table.sign("mop")
    midnight = (WHEN + 3 * 3_600_000) // DAY * DAY - 3 * 3_600_000
    day = midnight + 10 * DAY
    table.say("joc", "occurrence", {"at": day + 8 * 3_600_000, "status": "stated"}, about=trigger)
    assert force_of(table.told(), table.standing(), NOW).waits == "trigger"
    other = table.say("mop", "occurrence", {"at": day + DAY + 1, "status": "stated"}, about=trigger)
    table.meet()
    differs = force_of(table.told(), table.standing(), NOW)
    assert (differs.at, differs.waits) == (None, "trigger")
    assert differs.trigger is not None
    assert len(differs.trigger.stated) == 2, "both dates stand"
    table.say("mop", "occurrence", {"at": day + 20 * 3_600_000}, revises=other, about=trigger)
    table.meet()
    assert force_of(table.told(), table.standing(), NOW).at == day + 3 * DAY


def test_an_amendment_replaces_the_text_before_from_its_own_last_signature() -> None:
    table = signed()
    first, before = table.text, table.standing().signed
    assert before is not None
    frame = {"names": {"en": "n"}, "path": "coordination", "parties": ["joc", "mop"], "authentic": ["ar", "ckb"]}
    table.text = table.say("joc", "agreement", {**frame, "amends": first})
    ref = table.offer("joc", "other words")
    table.meet()
    table.take("mop", ref, ref)
    text = msgspec.structs.replace(table.agreed(), amends=before.digest)
    table.sign("joc", text=text, at=WHEN + 5 * DAY)
    told = table.told()
    assert [one.replaced_by for one in stages(told, CIRCLE, SIDES, "coordination", NOW)] == [None]
    table.sign("mop", text=text, at=WHEN + 6 * DAY)
    rows = stages(table.told(), CIRCLE, SIDES, "coordination", NOW)
    assert [(one.agreement, one.replaced_by) for one in rows] == [(first, table.text), (table.text, None)]
    for at, wanted in ((WHEN, None), (WHEN + 2 * DAY, first), (WHEN + 6 * DAY, table.text), (NOW, table.text)):
        found = in_force(rows, at)
        assert (found.agreement if found else None) == wanted


def test_a_text_ends_by_its_own_words() -> None:
    table = signed(expires_at=WHEN + 9 * DAY)
    rows = stages(table.told(), CIRCLE, SIDES, "coordination", NOW)
    assert in_force(rows, WHEN + 8 * DAY) is not None
    assert in_force(rows, WHEN + 9 * DAY) is None


def test_a_reservation_reaches_what_lies_below_its_clause_and_frees_both_ways() -> None:
    table = Table()
    article = table.offer("joc", "article", key="two", order=[2], part="article")
    below = table.offer("joc", "below", key="below", order=[2, 1])
    beside = table.offer("joc", "beside", key="beside", order=[3])
    table.meet()
    for ref in (article, below, beside):
        table.take("mop", ref, ref)
    owes = {
        clause: table.say(
            "joc",
            "commitment",
            {"agreement": table.text, "clause": clause, "owed_by": [owing], "owed_to": [owed], "check": "other_side"},
        )
        for clause, owing, owed in (("below", "mop", "joc"), ("two", "joc", "mop"), ("beside", "mop", "joc"))
    }
    table.sign("joc")
    table.sign("mop", reservations=[reserve("two"), reserve("beside", "interprets")])
    standing = stand(table.told(), CIRCLE, SIDES, table.text)
    assert standing.text is not None
    assert [one.clauses for one in touched(standing.text, standing.reserved)] == [("two", "below"), ("beside",)]
    found = {(one.commitment, one.party, one.as_, one.binds) for one in effects(table.told(), standing)}
    assert found == {
        (owes["below"], "mop", "owing", False),
        (owes["two"], "mop", "owed", False),
        (owes["beside"], "mop", "owing", True),
    }
