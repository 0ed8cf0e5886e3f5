"""Candidate pairs: reports of different parties, in any language, that may be of one event, each explained.

What a pair scores is the sum of parts that an officer can read and check: place, time, how crowded it is there, kind,
casualties, words, and whether another report fits better. Nothing is joined by a score; officers of both sides say so.
The figures were set on one set of generated reports and are measured on others; see docs/incidents-files.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import log2
from typing import Final, Literal

import msgspec
import numpy as np
from msgspec import Struct

from tansiq.geo.gazetteer import place_by_id
from tansiq.geo.mentions import places_in, words_in
from tansiq.incidents.account import DAY_MS, MINUTE_MS, Account
from tansiq.incidents.matching import left
from tansiq.incidents.near import Kinds, Near, near

PUT_FORWARD: Final = -2.0
"""A pair with as many points is put forward."""
TWICE: Final = 5.0
"""So many points two reports of one party need: it rarely makes one twice."""
MOST_LOST: Final = 6.0
"""Points that rivals take at the most: a report that was made twice has two that fit."""
RIVAL: Final = 0.5
"""So many points lost are worth to be told by whom."""
MOST_EACH: Final = 4
"""Candidates that are put forward for one report."""
MOST_BESIDE: Final = 5.9
"""Points that casualties and words can add at the most: what falls farther short is not looked at."""
CLOCKS_MS: Final = 10 * MINUTE_MS
NOT_NAMED_M: Final = 5000
"""Beside the accuracy of a place that is named in a text only."""

PartName = Literal["place", "time", "crowd", "kind", "casualties", "words", "rival"]

RELATED: Final = (
    frozenset({"armed_attack", "shooting", "clash", "raid"}),
    frozenset({"explosion", "shelling", "fire"}),
    frozenset({"armed_attack", "explosion"}),
    frozenset({"armed_attack", "shelling"}),
)
_RARE: Final = 0.02
_SHORTEST_WORD: Final = 4


class Part(Struct, frozen=True):
    """A part of a score: `points` for the same event, below zero against it, and the facts that it was read from.

    `facts` are numbers by name (metres, reach, minutes, shifted, other reports by chance); `values` are the words,
    places, kinds or references that it speaks of.
    """

    name: PartName
    points: float
    facts: dict[str, float] = {}
    values: tuple[str, ...] = ()


class Pair(Struct, frozen=True):
    """Two reports that may be of one event; the parts come to `points`."""

    one: str
    other: str
    points: float
    parts: tuple[Part, ...]


class _Read(Struct, frozen=True):
    """What a report's words say."""

    places: frozenset[str]
    words: frozenset[str]


class Compared(Struct, frozen=True):
    """Pairs of different parties, the best first, a few for each report; and reports that one party made twice."""

    pairs: list[Pair]
    doubles: list[Pair]


def compare(accounts: Sequence[Account], least: float = PUT_FORWARD) -> Compared:
    """What scores `least` or more."""
    # in one order, so that what ties is decided alike on every node
    ordered = sorted(accounts, key=lambda one: one.ref)
    usable = [found for one in ordered if (found := _placed(one)) is not None]
    kinds = Counter(one.category for one in usable if one.category is not None)
    met = list(near(usable, _weights(usable, kinds), least - MOST_BESIDE, TWICE - MOST_BESIDE))
    read = {number: _read(usable[number]) for one in met for number in (one.one, one.other)}
    rare = _rare(read.values())
    kind_parts = _kind_parts(kinds)
    across: list[Pair] = []
    within: list[Pair] = []
    # what falls short is nobody's rival either: only what is better takes anything away
    for one in met:
        alike = usable[one.one].party == usable[one.other].party
        scored = _score(usable, read, rare, kind_parts, one, TWICE if alike else least)
        if scored is not None:
            (within if alike else across).append(scored)
    side = {one.ref: one.party for one in usable}
    return Compared(_best(_rivals(across, side, {(one.one, one.other) for one in within}), least), _best(within, TWICE))


def pairs(accounts: Sequence[Account], least: float = PUT_FORWARD) -> list[Pair]:
    """The pairs of different parties only."""
    return compare(accounts, least).pairs


def explain(one: Account, other: Account) -> Pair | None:
    """The parts for two reports by themselves, as though no others were there; None where they do not meet."""
    found = pairs([one, other], least=-100.0)
    return found[0] if found else None


def _placed(one: Account) -> Account | None:
    """With a time and a place: else of when it was said, and where its text names one place."""
    if one.start is None or one.end is None:
        one = msgspec.structs.replace(one, start=one.said - DAY_MS, end=one.said)
    elif one.said < one.end:
        # nobody tells of what has not happened; clocks may differ by some minutes
        one = msgspec.structs.replace(one, end=min(one.end, max(one.start, one.said + CLOCKS_MS)))
    if one.lat is not None:
        return one
    named = places_in([word for text in one.texts for word in words_in(text)])
    if len(named) != 1:
        return None
    place = place_by_id(next(iter(named)))
    if place.lat is None or place.lon is None:
        return None
    return msgspec.structs.replace(one, lat=place.lat, lon=place.lon, radius=place.accuracy + NOT_NAMED_M)


def _read(one: Account) -> _Read:
    words = [word for text in one.texts for word in words_in(text)]
    places = set(places_in(words)) | ({one.gazetteer} if one.gazetteer else set())
    telling = {word for word in words if len(word) >= _SHORTEST_WORD or (word.isdecimal() and len(word) > 1)}
    return _Read(frozenset(places), frozenset(telling))


def _rare(read: Collection[_Read]) -> frozenset[str]:
    """Words that few reports hold: those that all hold say nothing."""
    counts = Counter(word for one in read for word in one.words)
    most = max(2.0, _RARE * len(read))
    return frozenset(word for word, count in counts.items() if count <= most)


def _score(
    accounts: Sequence[Account],
    read: Mapping[int, _Read],
    rare: frozenset[str],
    kinds: Mapping[tuple[str | None, str | None], Part],
    met: Near,
    least: float,
) -> Pair | None:
    """The pair with its parts; None where they come to less than `least`."""
    one, other = accounts[met.one], accounts[met.other]
    kind, casualties = kinds[one.category, other.category], _casualties(one, other)
    words = _words(read[met.one], read[met.other], rare)
    place, time, crowd = _round(met.place), _round(met.time), _round(met.crowd)
    points = _round(place + time + crowd + kind.points + casualties.points + words.points)
    if points < least:
        return None
    parts = (
        Part("place", place, {"metres": met.metres, "reach": met.reach}),
        Part("time", time, {"minutes": met.minutes, "shifted": met.shifted}),
        Part("crowd", crowd, {"by_chance": round(met.by_chance, 4)}),
        kind,
        casualties,
        words,
    )
    return Pair(min(one.ref, other.ref), max(one.ref, other.ref), points, parts)


def _kind_parts(kinds: Counter[str]) -> dict[tuple[str | None, str | None], Part]:
    names: list[str | None] = [None, *sorted(kinds)]
    return {(one, other): _kind(one, other, kinds) for one in names for other in names}


def _weights(accounts: Sequence[Account], kinds: Counter[str]) -> Kinds:
    names: list[str | None] = [None, *sorted(kinds)]
    numbers = {name: at for at, name in enumerate(names)}
    codes = np.array([numbers[one.category] for one in accounts], np.int64)
    return Kinds(codes, np.array([[_kind(one, other, kinds).points for other in names] for one in names]))


def _kind(one: str | None, other: str | None, kinds: Counter[str]) -> Part:
    """The same kind says the more the rarer it is; of kinds that are taken for each other little follows."""
    values = tuple(value for value in (one, other) if value is not None)
    if one is None or other is None or "other" in values:
        return Part("kind", 0.0, {}, values)
    if one == other:
        share = kinds[one] / max(1, kinds.total())
        return Part("kind", _round(min(3.0, max(0.3, log2(0.75 / share)))), {}, values)
    related = any({one, other} <= some for some in RELATED)
    return Part("kind", -0.5 if related else -3.0, {}, values)


def _casualties(one: Account, other: Account) -> Part:
    points, facts = 0.0, {}
    for name, mine, theirs in (("killed", one.killed, other.killed), ("wounded", one.wounded, other.wounded)):
        if mine is None or theirs is None:
            continue
        gap = max(mine[0], theirs[0]) - min(mine[1], theirs[1])
        facts[name] = float(max(0, gap))
        if gap <= 0:
            points += 1.2 if max(mine[1], theirs[1]) > 0 and mine[1] > 0 and theirs[1] > 0 else 0.2
        else:
            points -= 0.5 if gap == 1 else 1.5
    return Part("casualties", _round(points), facts)


def _words(one: _Read, other: _Read, rare: frozenset[str]) -> Part:
    places = one.places & other.places
    shared = sorted(one.words & other.words & rare)
    points = min(1.5, 1.0 * len(places)) + min(2.0, 0.7 * len(shared))
    if one.places and other.places and not places:
        points -= 1.5
    return Part("words", _round(points), {"places": len(places), "words": len(shared)}, (*sorted(places), *shared[:6]))


def _rivals(scored: Sequence[Pair], side: Mapping[str, str], doubles: Collection[tuple[str, str]]) -> list[Pair]:
    """Less for a pair of which a report fits others too, unless those are the same report made twice."""
    lost = left([(pair.one, pair.other, pair.points) for pair in scored], side.__getitem__, doubles)
    partners: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for pair in scored:
        partners.setdefault((pair.one, side[pair.other]), []).append((pair.points, pair.other))
        partners.setdefault((pair.other, side[pair.one]), []).append((pair.points, pair.one))
    for some in partners.values():
        some.sort(reverse=True)
    found = []
    for pair, points in zip(scored, lost, strict=True):
        taken = _round(max(-MOST_LOST, points))
        at_one, at_other = partners[pair.one, side[pair.other]], partners[pair.other, side[pair.one]]
        rival = max(_ahead(at_one, pair.other, doubles), _ahead(at_other, pair.one, doubles))
        named = taken <= -RIVAL and rival[1] != ""
        facts = {"ahead": _round(rival[0] - pair.points)} if named else {}
        part = Part("rival", taken, facts, (rival[1],) if named else ())
        found.append(Pair(pair.one, pair.other, _round(pair.points + taken), (*pair.parts, part)))
    return found


def _ahead(partners: Sequence[tuple[float, str]], own: str, doubles: Collection[tuple[str, str]]) -> tuple[float, str]:
    """The best of these that is not this one told again."""
    for points, other in partners:
        if other != own and (min(own, other), max(own, other)) not in doubles:
            return points, other
    return -1e9, ""


def _best(scored: Sequence[Pair], least: float) -> list[Pair]:
    kept: Counter[str] = Counter()
    found = []
    for pair in sorted(scored, key=lambda one: (-one.points, one.one, one.other)):
        if pair.points < least:
            break
        if max(kept[pair.one], kept[pair.other]) < MOST_EACH:
            kept[pair.one] += 1
            kept[pair.other] += 1
            found.append(pair)
    return found


def _round(points: float) -> float:
    return round(float(points), 1) + 0.0
