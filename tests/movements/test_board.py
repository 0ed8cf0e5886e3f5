"""A board that takes records as they come shows what is found by looking at all of them anew, the plain way."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from movements.plainly import plainly
from movements.telling import HOUR, NOON, Squares, Telling, plan, volume
from movements.test_any_order import Step, live, steps
from tansiq.movements.engine import Engine
from tansiq.movements.kinds import KINDS
from tansiq.movements.look import Look
from tansiq.movements.states import Board, states
from tansiq.picture.told import Ledger, Said, Told, gather

LIVES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AROUND = 450_000
"""Half a side (E7) of the ground of plans by chance, so that about every third pair meets."""


class Arriving:
    """A node to which ledgers come by and by; some things are erased."""

    def __init__(self, circle: Telling, look: Look) -> None:
        self.circle = circle
        self.board = Board(look, circle.parties)
        self.sizes: dict[Ledger, int] = dict.fromkeys(circle.ledgers, 0)
        self.erased: set[tuple[Ledger, str]] = set()
        self._before = self.told()

    def told(self) -> Told:
        """All that is held, put together anew."""
        found = self.circle.told(self.sizes)
        return gather(list(self._entries()), self.circle.parties, found.held, found.heard, KINDS)

    def _entries(self) -> Iterator[Said]:
        for one in self.circle.entries(self.sizes):
            yield replace(one, erased=(one.ledger, one.first) in self.erased)

    def more(self, chance: random.Random) -> bool:
        """Some ledger grows, or something is erased; False where all is here."""
        left = [ledger for ledger, chain in self.circle.ledgers.items() if self.sizes[ledger] < len(chain)]
        for ledger in chance.sample(left, min(len(left), chance.choice((1, 1, 1, 2, 3)))):
            rest = len(self.circle.ledgers[ledger]) - self.sizes[ledger]
            self.sizes[ledger] += min(rest, chance.choice((1, 1, 2, 5)))
        held = self.circle.entries(self.sizes)
        if held and chance.random() < 0.15:
            gone = chance.choice(held)
            self.erased.add((gone.ledger, gone.first))
        now = self.told()
        changed = [thing for thing in now.things if self._before.get(thing.ref) != thing]
        chance.shuffle(changed)
        self.board.take(changed, now.held, now.heard)
        self._before = now
        return bool(left)


def all_the_way(circle: Telling, look: Look, chance: random.Random) -> None:
    """However it comes: the board, a fresh one and the plain way show the same at every step."""
    node = Arriving(circle, look)
    while node.more(chance):
        if chance.random() < 0.3:
            continue
        for _ in range(2):
            at = NOON + chance.choice((-30, -3, 0, 1, 2, 20)) * HOUR + chance.randrange(-HOUR, HOUR)
            told = node.told()
            plain = plainly(told, look, at)
            assert node.board.states(at) == plain
            assert states(told, look, at) == plain


@given(steps, st.randoms(use_true_random=False))
@LIVES
def test_records_as_they_come_are_shown_like_all_of_them_anew(happened: list[Step], chance: random.Random) -> None:
    circle, _ = live(happened)
    all_the_way(circle, Squares(), chance)


def _anywhere(chance: random.Random) -> dict[str, Any]:
    """A polygon, corridor or route by chance; some repeat, some cross themselves and can be compared with nothing."""
    lon, lat = (middle + chance.randint(-AROUND, AROUND) for middle in (430_000_000, 350_000_000))
    side, start = chance.choice((2_000, 60_000, 200_000)), NOON + chance.randrange(-2, 3) * HOUR
    window = {"from": start, "to": start + chance.choice((1000, HOUR, 30 * 24 * HOUR))}
    corners = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side]]
    kind = chance.choice(("ring", "ring", "path", "route", "crossing"))
    if kind == "route":
        return {"route": [[x, y, start + step * HOUR] for step, (x, y) in enumerate(corners[:3])], "width_m": 500}
    if kind == "path":
        return {"path": corners[:3], "width_m": 500, "window": window}
    if kind == "crossing" and chance.random() < 0.8:
        kind = "ring"
    ring = corners if kind == "ring" else [corners[0], corners[2], corners[1], corners[3]]
    again = {"repeat": {"every_minutes": 1440, "times": 3}} if chance.random() < 0.2 else {}
    band = {"band": {"low_m": 0, "high_m": chance.choice((100, 900))}} if chance.random() < 0.3 else {}
    return {"ring": ring, "window": {"from": start, "to": start + HOUR}, **again, **band}


def _happen(circle: Telling, chance: random.Random) -> None:
    party = chance.choice(("joc", "mop", "coalition"))
    here = circle.at(party)
    own = [thing for thing in here.of_kind("activity") if thing.party == party]
    theirs = [thing for thing in here.of_kind("activity") if thing.party != party]
    what = chance.choice(("plan", "plan", "plan", "change", "answer", "hear", "hear", "ground", "terms", "consent"))
    if what == "hear":
        circle.hear(party, chance.choice(circle.members))
    elif what == "change" and own:
        known = [thing.now.ref for thing in theirs]
        fields: list[dict[str, Any]] = [{"volumes": [_anywhere(chance)]}, {"knows": known}, {"status": "ended"}]
        circle.say(party, "activity", chance.choice(fields), revises=chance.choice(own).ref)
    elif what == "answer" and theirs:
        about = chance.choice(theirs)
        verdict = chance.choice(("clear", "objection", "stale", "conditional"))
        unknown = {"unknown": [thing.now.ref for thing in own]} if verdict == "stale" else {}
        circle.say(party, "answer", {"revision": about.now.said.id, "verdict": verdict, **unknown}, about=about.ref)
    elif what == "plan":
        volumes = [_anywhere(chance) for _ in range(chance.choice((1, 1, 2)))]
        circle.say(party, "activity", plan(*(volumes if chance.random() < 0.95 else ())))
    else:
        _rule(circle, party, what, chance)


def _rule(circle: Telling, party: str, what: str, chance: random.Random) -> None:
    here = circle.at(party)
    words = [*here.of_kind("answer"), *here.of_kind("terms")]
    if what == "consent" and words:
        thing = chance.choice(words)
        circle.say(party, "consent", {"revision": thing.now.said.id, "verdict": "accepted"}, about=thing.ref)
    elif what == "terms":
        buffers = {"distance_m": chance.choice((0, 3000)), "minutes": 60, "height_m": chance.choice((0, 500))}
        fields = {"version": chance.randrange(1, 9), "parties": list(circle.parties), "buffers": buffers}
        lead = {"lead": [{"minutes": 1440, "area": thing.ref} for thing in here.of_kind("area")[:1]]}
        ladder = [{"after_minutes": 10, "level": "desk"}]
        circle.say(party, "terms", {**fields, **lead, "ladder": ladder, "status": "proposed"})
    elif what == "ground":
        lon, lat = (middle + chance.randint(-AROUND, AROUND) for middle in (430_000_000, 350_000_000))
        ring = [[lon, lat], [lon + 100_000, lat], [lon + 100_000, lat + 100_000]]
        areas = [thing.ref for thing in here.of_kind("area")]
        status = chance.choice(("manned", "vacated"))
        grounds: dict[str, dict[str, Any]] = {
            "post": {"place": {"lat": lat, "lon": lon, "accuracy": 500}, "status": status},
            "area": {"ring": ring, "purpose": chance.choice(("joint_interest", "responsibility"))},
            "arrangement": {"area": chance.choice(areas or ["none"]), "status": "agreed", "parties": ["joc", "mop"]},
        }
        kind = chance.choice(sorted(grounds))
        held = [thing for thing in here.of_kind(kind) if thing.party == party]
        revises = chance.choice(held).ref if held and chance.random() < 0.4 else None
        circle.say(party, kind, grounds[kind], revises=revises)


@given(st.randoms(use_true_random=False), st.integers(5, 40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_and_so_they_are_on_real_ground(chance: random.Random, count: int) -> None:
    circle = Telling("joc", "mop", "coalition", takes_part=chance.choice((("joc", "mop"), ())))
    circle.say("joc", "area", {"ring": volume(0)["ring"], "purpose": "joint_interest"})
    circle.meet()
    for _ in range(count):
        _happen(circle, chance)
    all_the_way(circle, Engine(), chance)


def _twice(epochs: Sequence[int]) -> Said:
    one = Said(Ledger("joc", epochs[0]), 0, "same", "same", "activity", None, NOON, {}, plan(volume(epochs[0])))
    return replace(one, ledger=Ledger("joc", epochs[0]))


def test_an_id_that_comes_again_in_a_later_epoch_is_heard_in_the_earlier_whichever_came_first() -> None:
    said = [_twice((1,)), _twice((2,))]
    held = {one.ledger: 1 for one in said}
    looks = []
    for order in (said, said[::-1]):
        board = Board(Squares(), ("joc", "mop"))
        for one in order:
            board.take(gather([one], (), {}, {}, KINDS).things, held, {})
            board.states(NOON)
        looks.append(board.states(NOON))
    assert looks[0] == looks[1] == states(gather(said, ("joc", "mop"), held, {}, KINDS), Squares(), NOON)
    assert [one.from_ for one in looks[0].plans] == [volume(1)["window"]["from"]]
