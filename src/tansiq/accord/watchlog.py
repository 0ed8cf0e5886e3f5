"""The twin log of a centre or a circle: what both sides wrote of the same watch on one axis of time, and what belongs
together.

Two entries belong together once one side says so: by an entry of its own about the other's, or by accepting the other's
entry as it stands, which then stands beside the own one that was put forward with it. What only may belong together is
put forward with the reasons, and never joined by itself.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from tansiq.accord.centres import Centre, about_centre
from tansiq.geo.apart import metres_apart
from tansiq.picture.consents import latest_consent
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.log import LogEntry

NEAR_MINUTES: Final = 30
"""Entries farther apart are not put forward as the same."""
MOST_ENTRIES: Final = 500
MOST_CANDIDATES: Final = 3
HERE_M: Final = 300
"""An entry whose place is this near to the centre, and known this well, is of the centre."""

_MINUTE_MS: Final = 60_000
_SHORTEST_WORD: Final = 3
_MOST_DIGITS: Final = 15


class Line(Struct, frozen=True, rename={"from_": "from"}):
    """One entry. `corrects` is an own earlier entry, `versions` counts how often it was said anew.

    `matches` are entries of others that it is the same as, said by this entry or by one of theirs; `confirmed_by` are
    the parties that accepted it as it stands now.
    """

    ref: str
    party: str
    revision: str
    said: int
    from_: int
    to: int | None
    category: str | None
    title: dict[str, str]
    text: str | None
    lang: str | None
    means: str | None
    versions: int
    corrects: str | None = None
    matches: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()


class Candidate(Struct, frozen=True):
    """Two entries of different parties that may be the same, and why."""

    one: str
    other: str
    minutes: int
    same_category: bool
    words: tuple[str, ...]

    @property
    def weight(self) -> tuple[int, int]:
        """More reasons first, then nearer in time."""
        return -(2 * self.same_category + len(self.words)), self.minutes


class Row(Struct, frozen=True):
    """What stands beside each other: one entry, or entries that belong together."""

    at: int
    state: Literal["matched", "confirmed", "alone"]
    refs: tuple[str, ...]


class TwinLog(Struct, frozen=True):
    """The log of a centre, oldest first. `left_out` counts older entries beyond the most that are shown."""

    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    candidates: tuple[Candidate, ...]
    left_out: int


def twin_log(told: Told, centre: Centre, since: int | None = None, until: int | None = None) -> TwinLog:
    """The entries of a centre that began in a time (ms; all if left out), the newest `MOST_ENTRIES` of them."""
    return _twin(told, _entries(told, centre), since, until)


def circle_log(told: Told, since: int | None = None, until: int | None = None) -> TwinLog:
    """The same of everything that was noted in a circle, whichever desk it is of."""
    things = {one.ref: one for one in told.of_kind("log") if body_of(one.now, LogEntry) is not None}
    return _twin(told, things, since, until)


def _twin(told: Told, things: dict[str, Thing], since: int | None, until: int | None) -> TwinLog:
    links = _links(things)
    lines = [_line(told, thing, links) for thing in things.values()]
    lines = [one for one in lines if (since is None or one.from_ >= since) and (until is None or one.from_ < until)]
    lines.sort(key=lambda one: (one.from_, one.ref))
    left_out = max(0, len(lines) - MOST_ENTRIES)
    lines = lines[left_out:]
    pairs = _pairs(lines)
    joined = _joined(lines, pairs)
    return TwinLog(tuple(lines), _rows(lines, joined), _candidates(lines, pairs, joined), left_out)


def _entries(told: Told, centre: Centre) -> dict[str, Thing]:
    """What is about the centre, about what belongs to it or about one of these entries, and what was noted in it."""
    found = {one.ref: one for one in about_centre(told, "log", centre)}
    for kind in ("readiness", "roster", "watch_handover"):
        for thing in about_centre(told, kind, centre):
            found.update((one.ref, one) for one in told.about("log", thing.ref))
    for thing in told.of_kind("log"):
        if thing.ref not in found and _here(thing, centre):
            found[thing.ref] = thing
    waiting = list(found)
    while waiting:
        for one in told.about("log", waiting.pop()):
            if one.ref not in found:
                found[one.ref] = one
                waiting.append(one.ref)
    return {ref: one for ref, one in found.items() if body_of(one.now, LogEntry) is not None}


def _here(thing: Thing, centre: Centre) -> bool:
    body = body_of(thing.now, LogEntry)
    if body is None or body.place is None or centre.place is None or body.place.accuracy > HERE_M:
        return False
    here, there = body.place, centre.place
    return metres_apart(here.lat, here.lon, there.lat, there.lon) <= HERE_M


def _links(things: dict[str, Thing]) -> dict[str, set[str]]:
    """Entries of different parties of which one is about the other."""
    links: dict[str, set[str]] = {}
    for thing in things.values():
        other = things.get(thing.about or "")
        if other is not None and other.party != thing.party:
            links.setdefault(thing.ref, set()).add(other.ref)
            links.setdefault(other.ref, set()).add(thing.ref)
    return links


def _line(told: Told, thing: Thing, links: dict[str, set[str]]) -> Line:
    body = body_of(thing.now, LogEntry) or LogEntry()
    when = body.when or body.when_coarse
    about = None if thing.about is None else told.get(thing.about)
    own = about is not None and about.kind == "log" and about.party == thing.party
    return Line(
        thing.ref,
        thing.party,
        thing.now.said.id,
        thing.now.said.at,
        thing.versions[0].said.at if when is None else when.from_,
        None if when is None else when.to,
        body.category,
        {} if body.title is None else {key: text for key, text in msgspec.to_builtins(body.title).items() if text},
        body.text,
        body.lang,
        body.means,
        len(thing.versions),
        thing.about if own else None,
        tuple(sorted(links.get(thing.ref, ()))),
        _confirmed(told, thing),
        tuple(body.actors or ()),
    )


def _confirmed(told: Told, thing: Thing) -> tuple[str, ...]:
    parties = {one.party for one in told.about("consent", thing.ref)} - {thing.party}
    found = []
    for party in sorted(parties):
        latest = latest_consent(told, party, thing.ref, thing.now)
        if latest is not None and latest[1].verdict == "accepted":
            found.append(party)
    return tuple(found)


def _joined(lines: Sequence[Line], pairs: Sequence[Candidate]) -> dict[str, str]:
    """An entry that another side confirmed, with that side's own entry that is likeliest the same; each once."""
    shown = {one.ref: one for one in lines}
    joined: dict[str, str] = {}
    for pair in pairs:
        one, other = shown[pair.one], shown[pair.other]
        confirmed = other.party in one.confirmed_by or one.party in other.confirmed_by
        if confirmed and one.ref not in joined and other.ref not in joined:
            joined[one.ref], joined[other.ref] = other.ref, one.ref
    return joined


def _rows(lines: Sequence[Line], joined: Mapping[str, str]) -> tuple[Row, ...]:
    """Entries that are linked, directly or through others, in one row at the time of the earliest of them."""
    shown = {one.ref: one for one in lines}
    done: set[str] = set()
    rows = []
    for line in lines:
        if line.ref in done:
            continue
        together, waiting = {line.ref}, [line.ref]
        while waiting:
            here = waiting.pop()
            for ref in (*shown[here].matches, joined.get(here, "")):
                if ref in shown and ref not in together:
                    together.add(ref)
                    waiting.append(ref)
        done |= together
        refs = tuple(one.ref for one in lines if one.ref in together) if len(together) > 1 else (line.ref,)
        state: Literal["matched", "confirmed", "alone"] = "alone"
        if any(shown[ref].matches for ref in refs) and len(refs) > 1:
            state = "matched"
        elif any(shown[ref].confirmed_by for ref in refs):
            state = "confirmed"
        rows.append(Row(line.from_, state, refs))
    return tuple(rows)


def _pairs(lines: Sequence[Line]) -> list[Candidate]:
    """Entries of different parties that no word joins and that may be the same, the likeliest first."""
    alone = [one for one in lines if not one.matches and one.corrects is None]
    words = {one.ref: _words(one) for one in alone}
    times = [one.from_ for one in alone]
    found: list[Candidate] = []
    for number, one in enumerate(alone):
        end = bisect_left(times, one.from_ + NEAR_MINUTES * _MINUTE_MS + 1, lo=number)
        for other in alone[number + 1 : end]:
            shared = tuple(sorted(words[one.ref] & words[other.ref]))
            same = one.category is not None and one.category == other.category and one.category != "entry"
            if other.party != one.party and (same or shared):
                minutes = (other.from_ - one.from_) // _MINUTE_MS
                found.append(Candidate(one.ref, other.ref, minutes, same, shared))
    return sorted(found, key=lambda pair: (pair.weight, pair.one, pair.other))


def _candidates(lines: Sequence[Line], pairs: Sequence[Candidate], joined: Mapping[str, str]) -> tuple[Candidate, ...]:
    """For each entry that stands alone the few of other parties that it is most likely the same as."""
    done = {one.ref for one in lines if one.confirmed_by} | set(joined)
    kept: dict[str, int] = {}
    best = []
    for pair in pairs:
        if {pair.one, pair.other} & done:
            continue
        if max(kept.get(pair.one, 0), kept.get(pair.other, 0)) < MOST_CANDIDATES:
            kept[pair.one], kept[pair.other] = kept.get(pair.one, 0) + 1, kept.get(pair.other, 0) + 1
            best.append(pair)
    return tuple(best)


def _words(line: Line) -> set[str]:
    return set(words_of([line.text or "", *line.title.values()]))


def words_of(texts: Iterable[str]) -> list[str]:
    """The words of texts that may tell two entries alike: three letters or more, or numbers; without vowel signs and
    the stretching of Arabic letters, whose hamza and final forms are written in more than one way.
    """
    found: list[str] = []
    for text in texts:
        plain = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != "\u0640")
        plain = plain.translate(_ALIKE)
        found += [
            str(int(word)) if word.isdecimal() and len(word) <= _MOST_DIGITS else word
            for word in re.findall(r"[^\W_]+", plain)
            if word.isdecimal() or len(word) >= _SHORTEST_WORD
        ]
    return found


_ALIKE: Final = str.maketrans({"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ە": "ه"})
