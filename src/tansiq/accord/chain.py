"""The chain from talk to kept promise, both ways: body and file → meeting → minutes and understanding → clause →
commitment → evidence, assessment, payment, complaint; a dispute leads to a file of its own.

From one thing it goes back to all that it came from, and on to all that came of it; what merely shares an ancestor is
left out. A link whose end is not held is said to be broken, as it may be on its way, withheld or never have been.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, get_args

from msgspec import Struct

from tansiq.accord.statements import root_of
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.complaint import Complaint
from tansiq.records.kinds.meeting import Meeting
from tansiq.records.values import Names

MOST_STEPS: Final = 400
"""So many things of a chain are shown each way; the nearest first."""

STAGES: Final = (
    "negotiation_file",
    "body",
    "meeting",
    "minutes",
    "understanding",
    "agreement",
    "clause",
    "commitment",
    "evidence",
    "assessment",
    "payment",
    "complaint",
    "complaint_step",
)
"""The kinds of a chain in their order."""

Way = Literal["before", "here", "after"]
WAYS: Final[tuple[Way, ...]] = get_args(Way)

ABOUT: Final = ("minutes", "understanding", "clause", "evidence", "assessment", "payment", "complaint_step")
"""Kinds whose `about` is what they came from."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "negotiation_file": ("cause",),
    "meeting": ("body",),
    "understanding": ("files",),
    "agreement": ("files", "amends"),
    "clause": ("drawn_from",),
    "assessment": ("evidence",),
    "complaint": ("commitment",),
}
"""Fields that name, as one reference or several, what a thing of a kind came from."""


class Link(Struct, frozen=True, order=True):
    """One thing came of another; `by` is the field that says so."""

    before: str
    after: str
    by: str


class Broken(Struct, frozen=True, order=True):
    """A thing names another that is not held here."""

    ref: str
    by: str
    missing: str


class Step(Struct, frozen=True):
    """One thing of a chain. `way` is where it lies from what was asked about, `distance` by how many links."""

    ref: str
    kind: str
    party: str
    names: Names | None
    number: str | None
    way: Way
    distance: int
    said: int


class Chain(Struct, frozen=True):
    """The chain of one thing: what it came from, itself, what came of it, each by stage and distance.

    `cut` where there is more than is shown.
    """

    of: str
    steps: tuple[Step, ...]
    links: tuple[Link, ...]
    broken: tuple[Broken, ...]
    cut: bool


class Links(Struct, frozen=True):
    """All links of a circle, both ways."""

    after: Mapping[str, Sequence[Link]]
    before: Mapping[str, Sequence[Link]]
    broken: Mapping[str, Sequence[Broken]]


def links(told: Told) -> Links:
    """Every link of a circle. Linear in what was told."""
    wordings = _wordings(told)
    after: defaultdict[str, set[Link]] = defaultdict(set)
    before: defaultdict[str, set[Link]] = defaultdict(set)
    broken: defaultdict[str, set[Broken]] = defaultdict(set)
    for kind in STAGES:
        for thing in told.of_kind(kind):
            here = root_of(told, thing).ref
            for named, by in _named(thing, wordings, told):
                there = _held(told, named)
                if there is None:
                    broken[here].add(Broken(thing.ref, by, named))
                    continue
                one = Link(there.ref, here, by)
                if one.before != one.after:
                    after[one.before].add(one)
                    before[one.after].add(one)
    return Links(_sorted(after), _sorted(before), {ref: sorted(found) for ref, found in broken.items()})


def chain(told: Told, known: Links, ref: str) -> Chain | None:
    """The chain of a thing by any of its records; None where it is not held or stands in no chain."""
    thing = _held(told, ref)
    if thing is None or thing.kind not in STAGES:
        return None
    back, cut_back = _walk(known.before, thing.ref, lambda link: link.before)
    on, cut_on = _walk(known.after, thing.ref, lambda link: link.after)
    found = {one: _step(told, one, "before", distance) for one, distance in back.items()}
    found |= {one: _step(told, one, "after", distance) for one, distance in on.items()}
    found[thing.ref] = _step(told, thing.ref, "here", 0)
    shown = {ref: step for ref, step in found.items() if step is not None}
    between = {link for ref in shown for link in known.after.get(ref, ()) if link.after in shown}
    missing = {one for ref in shown for one in known.broken.get(ref, ())}
    return Chain(
        thing.ref,
        tuple(sorted(shown.values(), key=_in_order)),
        tuple(sorted(between)),
        tuple(sorted(missing)),
        cut_back or cut_on,
    )


def _in_order(step: Step) -> tuple[int, int, int, str]:
    """What comes before, the thing itself, what comes after; a file that comes of something was opened by a dispute."""
    disputed = step.kind == "negotiation_file" and step.way == "after"
    stage = len(STAGES) if disputed else STAGES.index(step.kind)
    return WAYS.index(step.way), stage, step.distance, step.ref


def _walk(edges: Mapping[str, Sequence[Link]], start: str, end: Callable[[Link], str]) -> tuple[dict[str, int], bool]:
    """Everything that can be reached, by how many links; breadth first, so that the nearest are kept."""
    found: dict[str, int] = {}
    todo = deque([(start, 0)])
    while todo:
        ref, distance = todo.popleft()
        for link in edges.get(ref, ()):
            one = end(link)
            if one == start or one in found:
                continue
            if len(found) >= MOST_STEPS:
                return found, True
            found[one] = distance + 1
            todo.append((one, distance + 1))
    return found, False


def _held(told: Told, ref: str) -> Thing | None:
    thing = told.get(ref) or told.thing_of(ref)
    return None if thing is None else root_of(told, thing)


def _named(thing: Thing, wordings: Mapping[tuple[str, str], Sequence[str]], told: Told) -> Iterator[tuple[str, str]]:
    """What a thing came of, and by which field it says so."""
    if thing.kind in ABOUT and thing.about is not None:
        yield thing.about, "about"
    body = thing.now.body
    if isinstance(body, Commitment):
        if body.understanding is not None:
            yield body.understanding, "understanding"
        yield from _from_clause(body.agreement, body.clause, wordings, told)
    elif isinstance(body, Complaint) and body.commitment is None:
        yield from _from_clause(body.agreement, body.clause, wordings, told)
    elif isinstance(body, Meeting):
        yield from ((item.file, "agenda") for item in body.agenda or () if item.file is not None)
    for name in FIELDS.get(thing.kind, ()):
        value = getattr(body, name, None)
        yield from ((ref, name) for ref in ([value] if isinstance(value, str) else value or ()))


def _from_clause(
    agreement: str | None, clause: str | None, wordings: Mapping[tuple[str, str], Sequence[str]], told: Told
) -> Iterator[tuple[str, str]]:
    """The wordings of a clause by its key; the agreement itself where no clause is named or none is held."""
    if agreement is None:
        return
    frame = _held(told, agreement)
    held = wordings.get((agreement if frame is None else frame.ref, clause or ""), ())
    yield from ((ref, "clause") for ref in held)
    if not held:
        yield agreement, "agreement"
        if frame is not None and clause:
            yield f"{agreement}#{clause}", "clause"


def _wordings(told: Told) -> dict[tuple[str, str], list[str]]:
    """The wordings of each clause, by agreement and key."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for thing in told.of_kind("clause"):
        body = body_of(thing.now, Clause)
        if body is not None and body.key and thing.about is not None:
            frame = _held(told, thing.about)
            found[thing.about if frame is None else frame.ref, body.key].append(thing.ref)
    return found


def _step(told: Told, ref: str, way: Way, distance: int) -> Step | None:
    thing = told.get(ref)
    if thing is None:
        return None
    body = thing.now.body
    names = getattr(body, "names", None) or getattr(body, "heading", None)
    number = getattr(body, "number", None) or getattr(body, "key", None)
    number = None if number is None else str(number)
    return Step(ref, thing.kind, thing.party, names, number, way, distance, thing.now.said.at)


def _sorted(found: Mapping[str, set[Link]]) -> dict[str, list[Link]]:
    return {ref: sorted(some) for ref, some in found.items()}
