"""Hand-overs of a centre's watch: put by the desk that goes, taken by the one that comes, accepted by the other sides;
and what is carried on as open from one to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from tansiq.accord.centres import Centre, about_centre, place_in_ledger
from tansiq.picture.consents import latest_consent
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.watch_handover import WatchHandover

Standing = Literal["put", "refused", "taken", "signed", "declined", "erased"]


class Word(Struct, frozen=True):
    """Another side's word; `current` is False where it was on an earlier version than the one that stands."""

    party: str
    verdict: Literal["accepted", "declined", "withdrawn"] | None
    current: bool
    at: int | None = None
    reason: str | None = None
    reservation: str | None = None


class Carried(Struct, frozen=True):
    """Something left open: in how many hand-overs of that side in a row, and the time of the first of them (ms)."""

    ref: str
    times: int
    since: int


class HandingOver(Struct, frozen=True, rename={"from_": "from"}):
    """One hand-over. `signed` once it is taken and every other side accepted it as taken.

    `waited_ms` is how long nobody has taken what was put, or how long another side has not said its word.
    """

    ref: str
    party: str
    revision: str
    from_: int | None
    to: int | None
    put: int
    taken: int | None
    standing: Standing
    waits_for: tuple[str, ...]
    waited_ms: int
    words: tuple[Word, ...]
    open: tuple[Carried, ...]
    closed: tuple[str, ...]
    """What the side's hand-over before left open and this one does not."""
    text: str | None
    systems: str | None
    next: str | None
    reason: str | None
    lang: str | None


def handovers(told: Told, sides: Sequence[str], centre: Centre, at: int) -> list[HandingOver]:
    """The hand-overs of a centre at a time (ms), the newest first."""
    things = about_centre(told, "watch_handover", centre)
    found = []
    for party in sorted({one.party for one in things}):
        before: tuple[Carried, ...] = ()
        own = [one for one in things if one.party == party]
        for thing in sorted(own, key=lambda one: place_in_ledger(one.versions[0])):
            one = _handover(told, sides, thing, before, at)
            if one.standing not in ("refused", "erased"):
                before = one.open
            found.append(one)
    return sorted(found, key=lambda one: (-one.put, one.ref))


def _handover(told: Told, sides: Sequence[str], thing: Thing, before: Sequence[Carried], at: int) -> HandingOver:
    body = body_of(thing.now, WatchHandover) or WatchHandover()
    put = thing.versions[0].said.at
    words = tuple(_word(told, thing, party) for party in sides if party != thing.party)
    carried = {one.ref: one for one in before}
    left = tuple(
        Carried(ref, carried[ref].times + 1 if ref in carried else 1, carried[ref].since if ref in carried else put)
        for ref in dict.fromkeys(body.open or ())
    )
    taken = None if body.status != "taken" else body.taken_at or thing.now.said.at
    standing = _standing(thing.now.body is None, body, words)
    waits = _waits(thing.party, standing, words)
    since = put if taken is None else taken
    return HandingOver(
        thing.ref,
        thing.party,
        thing.now.said.id,
        None if body.watch is None else body.watch.from_,
        None if body.watch is None else body.watch.to,
        put,
        taken,
        standing,
        waits,
        max(0, at - since) if waits else 0,
        words,
        left,
        tuple(one.ref for one in before if one.ref not in {held.ref for held in left}),
        body.text,
        body.systems,
        body.next,
        body.reason,
        body.lang,
    )


def _standing(erased: bool, body: WatchHandover, words: Sequence[Word]) -> Standing:
    if erased:
        return "erased"
    if body.status == "refused":
        return "refused"
    if any(one.current and one.verdict == "declined" for one in words):
        return "declined"
    if body.status != "taken":
        return "put"
    return "signed" if all(one.current and one.verdict == "accepted" for one in words) else "taken"


def _waits(party: str, standing: Standing, words: Sequence[Word]) -> tuple[str, ...]:
    """Whose act comes next: the desk that takes, then the other sides."""
    if standing == "put":
        return (party,)
    if standing == "taken":
        return tuple(one.party for one in words if not (one.current and one.verdict == "accepted"))
    return ()


def _word(told: Told, thing: Thing, party: str) -> Word:
    for version in reversed(thing.versions):
        latest = latest_consent(told, party, thing.ref, version)
        if latest is not None:
            said, body = latest
            return Word(party, body.verdict, _same(version, thing.now), said.said.at, body.reason, body.reservation)
    return Word(party, None, current=False)


def _same(one: Version, other: Version) -> bool:
    return one.said.id == other.said.id
