"""A thousand commitments of every kind evaluated at once, over areas with posts and patrols, plans, reports, rosters.

Two looks are timed apart: with nothing remembered, as after a record that changes the ground, and with the cover of
areas remembered, as with every other record. The one that is quoted is the first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any, Final

from bench._harness import Row, median, spread
from tansiq.accord.commitments import evaluate
from tansiq.accord.kinds import KINDS as ACCORD
from tansiq.accord.seats import Seats
from tansiq.desk.accord_measures import KINDS as GROUND
from tansiq.desk.accord_measures import Covers, Picture
from tansiq.picture.told import Ledger, Said, Told, gather

BUDGET_S: Final = 1.0
COUNT: Final = 1000
QUICK: Final = 200
RUNS: Final = 5
AREAS: Final = 8
DAY: Final = 86_400_000
HOUR: Final = 3_600_000
START: Final = 1_700_000_000_000
PARTIES: Final = ("joc", "mop")
NIGHT: Final = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 1080, "to": 360}], "offset": 180}
ALWAYS: Final = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 0, "to": 1440}], "offset": 180}


class Circle:
    """What two sides and a facilitator told, without signatures."""

    def __init__(self) -> None:
        self.entries: list[Said] = []
        self.sizes: dict[Ledger, int] = {}

    def say(self, party: str, kind: str, fields: Mapping[str, Any], at: int, about: str | None = None) -> str:
        """Say it; everybody has heard everything before."""
        ledger = Ledger(party, 1)
        index = self.sizes.get(ledger, 0)
        name = f"00000000-0000-7000-8000-{len(self.entries):012x}"
        seen = {one: size for one, size in self.sizes.items() if one != ledger}
        self.entries.append(Said(ledger, index, name, name, kind, about, at, seen, dict(fields)))
        self.sizes[ledger] = index + 1
        return f"{party}/{name}"

    def told(self, kinds: Any) -> Told:
        """What follows."""
        return gather(self.entries, PARTIES, self.sizes, {}, kinds)


def lay(count: int) -> Circle:
    """Ground, plans, reports, rosters of two months, and `count` commitments over them."""
    chance = random.Random(6)  # noqa: S311 - the same records every time
    circle = Circle()
    areas, centres = [], []
    for number in range(AREAS):
        west, south = 430_000_000 + number * 3_000_000, 350_000_000
        ring = [
            [west, south],
            [west + 2_500_000, south],
            [west + 2_500_000, south + 2_000_000],
            [west, south + 2_000_000],
        ]
        areas.append(circle.say("joc", "area", {"ring": ring, "purpose": "joint_interest"}, START))
        for post in range(12):
            place = {
                "lat": south + chance.randrange(2_000_000),
                "lon": west + chance.randrange(2_500_000),
                "accuracy": 50,
            }
            fields = {"place": place, "status": "manned", "range_day_m": 4000, "range_night_m": 1500}
            circle.say(PARTIES[post % 2], "post", {**fields, "hours": NIGHT if post % 3 else ALWAYS}, START)
        for _ in range(3):
            path = [[west + chance.randrange(2_500_000), south + chance.randrange(2_000_000)] for _ in range(4)]
            patrol = {"path": path, "width_m": 3000, "hours": NIGHT, "status": "running"}
            circle.say(PARTIES[_ % 2], "patrol", patrol, START)
        centre = circle.say("joc", "centre", {"state": "active", "since": START}, START)
        circle.say("mop", "centre", {"state": "active", "since": START + DAY}, START + DAY, centre)
        centres.append(centre)
    for day in range(60):
        at = START + day * DAY
        for party in PARTIES:
            circle.say(party, "report", {"report": "situation"}, at + 12 * HOUR)
            duty = {"from": at, "to": at + DAY, "strength": chance.randrange(6, 10)}
            centre = centres[day % AREAS]
            circle.say(party, "roster", {"status": "served", "duties": [duty]}, at + DAY, centre)
        for number in range(8):
            party, other = PARTIES[number % 2], PARTIES[1 - number % 2]
            west, south = 430_000_000 + chance.randrange(20_000_000), 360_000_000
            ring = [[west, south], [west + 50_000, south], [west, south + 50_000]]
            volume = {"ring": ring, "window": {"from": at + 3 * DAY, "to": at + 3 * DAY + HOUR}}
            plan = {"activity": "patrol", "ask": "no_objection", "asks": [other], "volumes": [volume]}
            ref = circle.say(party, "activity", plan, at)
            if number % 4:
                word = {"revision": ref.split("/")[1], "verdict": "clear"}
                circle.say(other, "answer", word, at + chance.randrange(4) * HOUR, ref)
    for number in range(count):
        _promise(circle, number, areas[number % AREAS], centres[number % AREAS], chance)
    return circle


def _promise(circle: Circle, number: int, area: str, centre: str, chance: random.Random) -> None:
    share = 20 + number % 5 * 15
    rules: list[dict[str, Any] | None] = [
        {"rule": "area_covered", "area": area, "share_percent": share, "hours_a_day": 8 + number % 16},
        {"rule": "hours_a_week", "area": area, "hours": 50 + number % 100},
        {"rule": "answered_within", "minutes": 60 + number % 120, "share_percent": share},
        {"rule": "report_every", "report": "situation", "minute": number % 1440},
        {"rule": "centre_staffed", "centre": centre, "strength": 5 + number % 4, "share_percent": 50},
        {"rule": "centre_opened", "centre": centre},
        {"rule": "access_granted", "area": area},
        None,
    ]
    rule = rules[number % len(rules)]
    party = PARTIES[number % 2]
    fields: dict[str, Any] = {"owed_by": [party], "due": {"by": START + chance.randrange(70) * DAY}}
    fields |= {"check": "other_side"} if rule is None else {"rule": rule}
    ref = circle.say("coalition", "commitment", fields, START)
    for who in (*PARTIES, "coalition"):
        if chance.random() < 0.5:
            word = chance.choice(["kept", "partly", "late"])
            circle.say(who, "assessment", {"word": word, "reading": chance.randrange(4)}, START + 50 * DAY, ref)


def rows(quick: bool) -> list[Row]:
    """The row, after both looks and a shuffled circle were found to answer the same."""
    count = QUICK if quick else COUNT
    circle = lay(count)
    told, ground = circle.told(ACCORD), circle.told(GROUND)
    seats, at = Seats(PARTIES, ("coalition",)), START + 61 * DAY
    first = evaluate(told, seats, at, Picture(ground, Covers()))
    cold, warm = [], []
    for _ in range(2 if quick else RUNS):
        covers = Covers()
        began = time.perf_counter()
        found = evaluate(told, seats, at, Picture(ground, covers))
        cold.append(time.perf_counter() - began)
        began = time.perf_counter()
        again = evaluate(told, seats, at, Picture(ground, covers))
        warm.append(time.perf_counter() - began)
        if not found.digest == again.digest == first.digest:
            raise RuntimeError("the same records gave two answers")
    random.Random(1).shuffle(circle.entries)  # noqa: S311 - as above
    if evaluate(circle.told(ACCORD), seats, at, Picture(circle.told(GROUND), Covers())).digest != first.digest:
        raise RuntimeError("another order of arrival gave another answer")
    took = median(cold)
    note = (
        f"{count} commitments over {AREAS} areas, {len(circle.entries)} records; cover remembered: {median(warm):.3f} s"
    )
    return [
        Row(
            "1000 commitments evaluated, budget 1 s",
            "s",
            took,
            BUDGET_S,
            "budget",
            BUDGET_S * count / COUNT / took,
            f"{note}; {spread(cold)}",
        )
    ]


if __name__ == "__main__":
    for row in rows(quick=False):
        print(row)
