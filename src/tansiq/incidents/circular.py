"""Circular reports: several that come from one source by way of several, each link with the reasons for it.

What shows that one report stems from another: the same file attached, the same run of words, the same press address.
What only may: it became known by being told or from the press, and its author's node held the other before (by the
heads in its entry, never by a clock). Own observation without any of the former is a source of its own. A link that may
be is counted as though it were: two reports corroborate each other only where they are shown to be independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final, Literal

from msgspec import Struct

from tansiq.geo.mentions import words_in
from tansiq.incidents.account import incident_of
from tansiq.picture.told import Thing
from tansiq.records.kinds.incident import Incident

RUN: Final = 6
"""So many words in a row are not alike by chance."""
SECOND_HAND: Final = frozenset({"told", "press"})

ReasonName = Literal["attachment", "quote", "press", "told_knowing"]


class Reason(Struct, frozen=True):
    """Why a report stems from another; `values` are the digests, words or addresses that both have."""

    name: ReasonName
    values: tuple[str, ...] = ()


class Link(Struct, frozen=True):
    """A report that stems from an earlier one; `sure` where it shows in what both hold."""

    ref: str
    of: str
    sure: bool
    reasons: tuple[Reason, ...]


class Origins(Struct, frozen=True):
    """Reports by the source that they come from: each group is one source as far as is known."""

    groups: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...]


def origins(things: Sequence[Thing]) -> Origins:
    """The groups and links of reports that are taken to be of one event."""
    read = [(thing, body) for thing in things if (body := incident_of(thing)) is not None]
    links = [link for one, other in combinations(read, 2) if (link := _link(*_in_order(one, other))) is not None]
    return Origins(_groups([thing.ref for thing, _ in read], links), tuple(sorted(links, key=lambda one: one.ref)))


_Read = tuple[Thing, Incident]


def _in_order(one: _Read, other: _Read) -> tuple[_Read, _Read]:
    """The one that was said first, as far as its author's node knew; else by the time that stands in the entries."""
    a, b = one[0].versions[0], other[0].versions[0]
    if b.knows(a) and not a.knows(b):
        return one, other
    if a.knows(b) and not b.knows(a):
        return other, one
    return (one, other) if (a.said.at, a.ref) <= (b.said.at, b.ref) else (other, one)


def _link(earlier: _Read, later: _Read) -> Link | None:
    (first, before), (thing, body) = earlier, later
    reasons = []
    if files := _blobs(first) & _blobs(thing):
        reasons.append(Reason("attachment", tuple(sorted(files))))
    if run := _run(_words(before), _words(body)):
        reasons.append(Reason("quote", run))
    if pages := set(before.sources or ()) & set(body.sources or ()):
        reasons.append(Reason("press", tuple(sorted(pages))))
    sure = bool(reasons)
    # who enters for the other side by telephone has it from there, and that is one account and not two
    if body.how_known in SECOND_HAND and thing.party != first.party and thing.versions[0].knows(first.versions[0]):
        reasons.append(Reason("told_knowing", (body.how_known or "",)))
    return Link(thing.ref, first.ref, sure, tuple(reasons)) if reasons else None


def _blobs(thing: Thing) -> set[str]:
    return {digest for version in thing.versions for digest in version.said.blobs}


def _words(body: Incident) -> list[str]:
    return words_in(body.text or "")


def _run(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """The first words, so many in a row, that stand in both."""
    runs = {tuple(one[at : at + RUN]) for at in range(len(one) - RUN + 1)}
    return next((run for at in range(len(other) - RUN + 1) if (run := tuple(other[at : at + RUN])) in runs), ())


def _groups(refs: Sequence[str], links: Iterable[Link]) -> tuple[tuple[str, ...], ...]:
    root = {ref: ref for ref in refs}

    def top(ref: str) -> str:
        while root[ref] != ref:
            ref = root[ref]
        return ref

    for link in links:
        one, other = sorted((top(link.ref), top(link.of)))
        root[other] = one
    groups: dict[str, list[str]] = {}
    for ref in sorted(refs):
        groups.setdefault(top(ref), []).append(ref)
    return tuple(tuple(some) for _, some in sorted(groups.items()))
