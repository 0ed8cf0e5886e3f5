"""Rule over rosters: at a centre each owing party has at least so many on duty, every day, by what was served.

A roster that is only planned shows nothing. A day of which a party has stated nothing that was served is not known: it
counts neither as staffed nor as not.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tansiq.accord.days import HOUR_MS, date_of, day_begins, day_of
from tansiq.accord.finding import Finding, Part, outcome, sealed, share_needed, unmeasured
from tansiq.accord.latest import order
from tansiq.picture.told import Told, Version, body_of
from tansiq.records.kinds.commitment import CentreStaffed
from tansiq.records.kinds.roster import Duty, Roster


class Served(Struct, frozen=True):
    """A day of a party at a centre: for how long (ms) enough were on duty, by which roster; None where none says."""

    party: str
    day: int
    enough_ms: int
    ref: str | None


def centre_staffed(rule: CentreStaffed, owed_by: Sequence[str], since: int, at: int, told: Told) -> Finding:
    """The last `days` local days that are over, of every owing party."""
    last = day_of(at)
    first = max(last - rule.days, day_of(since - 1) + 1)
    days = [
        one for party in sorted(owed_by) for one in served(told, rule.centre, party, range(first, last), rule.strength)
    ]
    if not days:
        return unmeasured("centre_staffed", "days", 0, at, "no_day")
    wanted = rule.hours_a_day * HOUR_MS
    parts = [
        Part(
            date_of(one.day),
            int(one.ref is not None and one.enough_ms >= wanted),
            1,
            int(one.ref is None),
            one.party,
            () if one.ref is None else (one.ref,),
        )
        for one in days
    ]
    reached, unknown = sum(one.reached for one in parts), sum(one.unknown for one in parts)
    needed = share_needed(rule.share_percent, len(parts))
    said = outcome(reached, unknown, needed)
    silent = sorted({one.party for one in days if one.ref is None})
    return sealed(
        Finding(
            "centre_staffed",
            said,
            "days",
            reached,
            needed,
            len(parts),
            unknown,
            day_begins(first),
            day_begins(last),
            tuple(ref for one in parts for ref in one.refs),
            tuple(f"roster:{party}" for party in silent),
            "no_roster" if said == "cannot_be_measured_yet" else None,
            tuple(sorted(parts, key=lambda one: (one.reached, one.unknown, one.name, one.party or ""))),
        )
    )


def served(told: Told, centre: str, party: str, days: range, strength: int) -> list[Served]:
    """For how long a party had at least `strength` on duty at a centre, on each of these local days."""
    rosters = _rosters(told, centre, party)
    found = []
    for day in days:
        begins, ends = day_begins(day), day_begins(day + 1)
        # a later record of the same day stands over an earlier one
        said = next((one for one in rosters if any(duty.from_ < ends and duty.to > begins for duty in one[1])), None)
        if said is None:
            found.append(Served(party, day, 0, None))
        else:
            found.append(Served(party, day, enough(said[1], begins, ends, strength), said[0].ref))
    return found


def enough(duties: Sequence[Duty], begins: int, ends: int, strength: int) -> int:
    """For how long (ms) between two times at least `strength` are on duty together, whatever their roles."""
    turns: list[tuple[int, int]] = []
    for duty in duties:
        start, end = max(duty.from_, begins), min(duty.to, ends)
        if start < end:
            turns += [(start, duty.strength), (end, -duty.strength)]
    total, there, before = 0, 0, begins
    for at, change in sorted(turns):
        total += at - before if there >= strength else 0
        there, before = there + change, at
    return total


def _rosters(told: Told, centre: str, party: str) -> list[tuple[Version, Sequence[Duty]]]:
    """What a party states to have been served, the latest first."""
    found = []
    for thing in told.about("roster", centre):
        body = body_of(thing.now, Roster)
        if thing.party == party and body is not None and body.status == "served" and body.duties:
            found.append((thing.now, body.duties))
    return sorted(found, key=lambda one: order(one[0]), reverse=True)
