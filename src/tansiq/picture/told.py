"""What was told in a circle, as engines read it: things with all their versions, and who had seen what before.

A thing is one party's first record of something and the records of the same ledger that revise it. Order is the place
in a ledger and `seen`, never a clock: a record knows what stands before it in its own ledger and what its author's node
held of the others'. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct

from tansiq.errors import Refused
from tansiq.records.kind import Body, kind_named

Read = TypeVar("Read", bound=Body)


class Ledger(NamedTuple):
    """A party's ledger in one epoch of the circle."""

    party: str
    epoch: int


Sizes = Mapping[Ledger, int]
"""How many entries of each ledger are held, or were seen."""


class Said(Struct, frozen=True):
    """One entry: `first` is the id of the first record of its thing, `fields` what it told.

    A `tell` is of the kind of its thing; `subject` is then the id of the entry of which it told more. `blobs` are the
    digests of what is attached.
    """

    ledger: Ledger
    index: int
    id: str
    first: str
    kind: str
    about: str | None
    at: int
    seen: dict[Ledger, int]
    fields: dict[str, Any]
    subject: str | None = None
    erased: bool = False
    blobs: tuple[str, ...] = ()


class Version(Struct, frozen=True):
    """A thing as it stood with this entry; `body` is None where it was erased or cannot be read.

    What is told later is a version of its own: nobody could have answered what was not told yet.
    """

    said: Said
    body: Body | None

    @property
    def ref(self) -> str:
        """`party/id` of this very record."""
        return f"{self.said.ledger.party}/{self.said.id}"

    def knows(self, other: Version) -> bool:
        """Whether the author of this version had that one before it: in its own ledger, or by `seen`."""
        if self.said.ledger.party == other.said.ledger.party:
            return (other.said.ledger.epoch, other.said.index) <= (self.said.ledger.epoch, self.said.index)
        return self.said.seen.get(other.said.ledger, 0) > other.said.index


class Thing(Struct, frozen=True):
    """Everything that one party said about one matter, oldest first."""

    ref: str
    party: str
    kind: str
    about: str | None
    versions: tuple[Version, ...]

    @property
    def now(self) -> Version:
        """The latest version."""
        return self.versions[-1]

    @property
    def epoch(self) -> int:
        """The epoch of the circle in which it was said first."""
        return self.versions[0].said.ledger.epoch

    def said_before(self, version: Version) -> Version | None:
        """The latest version that the author of `version` had."""
        return next((one for one in reversed(self.versions) if version.knows(one)), None)

    def unaware_of(self, version: Version) -> Version | None:
        """The latest version whose author had not seen `version`."""
        return next((one for one in reversed(self.versions) if not one.knows(version)), None)


class Told:
    """All that a node holds of one circle, as engines read it; more is put in as it comes.

    `parties` take part; `held` is how much of each ledger is held; `heard` what each party is known to have seen, by
    the latest of its entries that are held. A party that says a first record of the same id in two epochs is heard in
    the earlier one.
    """

    def __init__(
        self,
        things: Iterable[Thing] = (),
        parties: Sequence[str] = (),
        held: Sizes | None = None,
        heard: Mapping[str, Mapping[Ledger, int]] | None = None,
    ) -> None:
        self.parties = tuple(sorted(parties))
        self.held: dict[Ledger, int] = dict(held or {})
        self.heard: dict[str, dict[Ledger, int]] = {party: dict(sizes) for party, sizes in (heard or {}).items()}
        self._things: dict[str, dict[str, Thing]] = {}
        self._kinds: dict[str, str] = {}
        self._sorted: dict[str, list[Thing]] = {}
        self._about: dict[tuple[str, str], dict[str, Thing]] = {}
        self._said_in: dict[str, list[str]] = {}
        for thing in things:
            self.put(thing)

    def put(self, thing: Thing) -> bool:
        """Hold a thing, in place of what was held of it; False where that is left out."""
        before = self.get(thing.ref)
        if before is not None:
            if before.epoch < thing.epoch:
                return False
            self._forget(before)
        self._things.setdefault(thing.kind, {})[thing.ref] = thing
        self._kinds[thing.ref] = thing.kind
        self._sorted.pop(thing.kind, None)
        if thing.about is not None:
            self._about.setdefault((thing.kind, thing.about), {})[thing.ref] = thing
        for version in thing.versions:
            self._said_in.setdefault(version.ref, []).append(thing.ref)
        return True

    def _forget(self, thing: Thing) -> None:
        del self._things[thing.kind][thing.ref]
        self._sorted.pop(thing.kind, None)
        if thing.about is not None:
            del self._about[thing.kind, thing.about][thing.ref]
        for version in thing.versions:
            self._said_in[version.ref].remove(thing.ref)

    def __len__(self) -> int:
        """How many things."""
        return len(self._kinds)

    @property
    def things(self) -> tuple[Thing, ...]:
        """All things, by reference."""
        return tuple(sorted((one for kind in self._things.values() for one in kind.values()), key=_ref))

    def get(self, ref: str) -> Thing | None:
        """The thing whose first record this is."""
        kind = self._kinds.get(ref)
        return None if kind is None else self._things[kind][ref]

    def of_kind(self, kind: str) -> list[Thing]:
        """The things of a kind, by reference."""
        if kind not in self._sorted:
            self._sorted[kind] = sorted(self._things.get(kind, {}).values(), key=_ref)
        return self._sorted[kind]

    def about(self, kind: str, ref: str) -> list[Thing]:
        """The things of a kind that are about that, by reference."""
        return sorted(self._about.get((kind, ref), {}).values(), key=_ref)

    def thing_of(self, ref: str) -> Thing | None:
        """The thing of which this record is a version."""
        found = self._said_in.get(ref)
        return self.get(min(found)) if found else None

    def has_heard(self, party: str, version: Version) -> bool:
        """Whether a party is known to have held a version."""
        return self.heard.get(party, {}).get(version.said.ledger, 0) > version.said.index

    def complete(self, version: Version) -> bool:
        """Whether everything is here that the author of a version had seen."""
        return all(self.held.get(ledger, 0) >= size for ledger, size in version.said.seen.items())


def _ref(thing: Thing) -> str:
    return thing.ref


def body_of(version: Version, kind: type[Read]) -> Read | None:
    """The typed body of a version; None where it was erased or cannot be read."""
    return version.body if isinstance(version.body, kind) else None


def gather(
    entries: Iterable[Said],
    parties: Sequence[str],
    held: Sizes,
    heard: Mapping[str, Mapping[Ledger, int]],
    kinds: Container[str],
) -> Told:
    """The things of these kinds that follow from entries, whatever their order."""
    chains: dict[tuple[Ledger, str], list[Said]] = {}
    for one in entries:
        if one.kind in kinds:
            chains.setdefault((one.ledger, one.first), []).append(one)
    things = [thing_from(chain) for chain in chains.values()]
    return Told([thing for thing in things if thing is not None], parties, held, heard)


def thing_from(entries: Iterable[Said]) -> Thing | None:
    """The thing of a chain of entries; None where its first entry is not there or is of another kind."""
    chain = sorted(entries, key=lambda one: one.index)
    first = chain[0]
    if first.id != first.first:
        return None
    chain = [one for one in chain if one.kind == first.kind]
    erased = any(one.erased for one in chain)
    told: dict[str, dict[str, Any]] = {}
    versions = []
    for one in chain:
        told.setdefault(one.subject or one.id, {}).update(one.fields)
        fields = {name: value for values in told.values() for name, value in values.items()}
        versions.append(Version(one, None if erased else _read(first.kind, fields)))
    return Thing(f"{first.ledger.party}/{first.id}", first.ledger.party, first.kind, first.about, tuple(versions))


def _read(kind: str, fields: Mapping[str, Any]) -> Body | None:
    try:
        return kind_named(kind).read(fields)
    except Refused:
        return None
