"""The checks of a catch-up, step by step: the tree, every entry, every disclosure, and what follows for the picture.

Nothing here knows a store: bytes come from a `Source`, verified steps go out as plain data. So a long catch-up can
run the same checks in a process of its own (`tansiq.exchange.catch_up`). Two things of a step need the store and are
left to whoever keeps it: a tell of a record that came in an earlier step (`check_tell`), and folding in records that
revise or tell.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput, NotAllowed, ProofRefused
from tansiq.exchange.frames import MAX_PAIR, SPAN_BUNDLES, decode_frames, decode_pairs
from tansiq.exchange.peer_client import PeerClient
from tansiq.ledger import disclosure, tiles
from tansiq.ledger.growth import Growth
from tansiq.ledger.merkle import leaf_hash
from tansiq.picture.projection import Folded, Values, first_state, object_text, projections
from tansiq.records.entry import Entry, decode_entry, record_key
from tansiq.records.kind import Body, all_kinds

FUTURE_MS: Final = 600_000
"""How far a claimed time may lie ahead of this node's clock: ten minutes, the drift of a clock set by hand."""

WIDTH: Final = tiles.TILE_WIDTH
STEP_BUNDLES: Final = SPAN_BUNDLES
"""Bundles taken in one durable step: about two thousand records, where SQLite's cost per commit has vanished."""

_encode: Final = msgspec.json.Encoder().encode


class Source(Protocol):
    """Whatever can be read from: a peer's port, a bundle, another store."""

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, at most `limit` of them."""
        ...


class Course(Struct, frozen=True):
    """What a catch-up of one ledger is checked against.

    `expected` are the hashes of whole bundles from bundle `first` on, proven against the signed root; empty where
    the catch-up fits into one step. `descriptor` is what the first entry must name (hex). `erased` are ids of records
    that later entries, proven to stand under the same root, erase: their values need not come.
    """

    origin: str
    hash: str
    party: str
    exercise: bool
    descriptor: str
    now_ms: int
    size: int
    root: bytes
    first: int
    expected: list[bytes]
    erased: frozenset[str] = frozenset()


class Batch(Struct, frozen=True, array_like=True):
    """Verified records of one step, ready to be stored.

    `rows` are (record id, leaf hash, bytes), `told` (cause, subject, text), `nodes` finished subtrees, `later`
    (index, subject) of the records that revise or tell; `sealed` is the index of the entry that ends the ledger;
    `naming` are the indexes of entries that name attachments.
    """

    start: int
    rows: list[tuple[bytes, bytes, bytes]]
    told: list[tuple[int, int, bytes]]
    nodes: list[tuple[int, int, bytes]]
    fresh: list[Folded]
    later: list[tuple[int, int]]
    sealed: int | None = None
    naming: list[int] = []

    @property
    def end(self) -> int:
        """The size of the ledger with this step."""
        return self.start + len(self.rows)


class _Fetched(Struct, frozen=True, gc=False):
    start: int
    bodies: list[bytes]
    frames: list[tuple[int, bytes]]


def checked(course: Course, growth: Growth, source: Source) -> Generator[Batch, None, None]:
    """Every step from `growth` to the end of the course, fetched and verified; `growth` moves along."""
    starts = _starts(growth.size, course.size)
    answers = _answers(source, course.hash, [_span(course, start) for start in starts])
    for start, data in zip(starts, answers, strict=True):
        step = _open(course, start, data)
        leaves = [leaf_hash(body) for body in step.bodies]
        nodes = growth.extend(leaves)
        _check_tree(course, growth, nodes)
        batch = _check_step(course, step, leaves, nodes)
        if batch.sealed is not None and batch.sealed + 1 < course.size:
            raise ProofRefused("ledger.after_seal", origin=course.origin, index=batch.sealed + 1)
        yield batch


def _answers(source: Source, origin_hash: str, wanted: Sequence[tuple[str, int]]) -> Iterator[bytes]:
    if isinstance(source, PeerClient):
        return source.items(origin_hash, wanted)
    return (source.item(origin_hash, path, limit) for path, limit in wanted)


def _starts(held: int, size: int) -> list[int]:
    """Where each step begins: all but the first at the same places for everybody."""
    return [held, *range((held // WIDTH + STEP_BUNDLES) * WIDTH, size, STEP_BUNDLES * WIDTH)]


def _end(course: Course, start: int) -> int:
    return min(course.size, (start // WIDTH + STEP_BUNDLES) * WIDTH)


def _span(course: Course, start: int) -> tuple[str, int]:
    """Path of the bundles of a step, and how many bytes they can have at most."""
    first, end = start // WIDTH, _end(course, start)
    return f"span/{first}/{end}", ((end + WIDTH - 1) // WIDTH - first) * MAX_PAIR


def _open(course: Course, start: int, data: bytes) -> _Fetched:
    first, end = start // WIDTH, _end(course, start)
    bodies: list[bytes] = []
    frames: list[tuple[int, bytes]] = []
    for index, (entries, told) in enumerate(decode_pairs(data, (end + WIDTH - 1) // WIDTH - first), start=first):
        width = min(WIDTH, end - index * WIDTH)
        skip = max(0, start - index * WIDTH)
        bodies += tiles.decode_bundle(entries, width)[skip:]
        frames += decode_frames(told, width)[skip:]
    return _Fetched(start, bodies, frames)


def _check_tree(course: Course, growth: Growth, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """The step's subtrees are the proven ones; the last step's root is the signed one.

    Not called a fork: a relay that garbles entries under an honest head looks just the same.
    """
    wrong = course.expected and any(
        level == 1 and course.expected[index - course.first] != value for level, index, value in nodes
    )
    if wrong or (growth.size == course.size and growth.root() != course.root):
        raise ProofRefused("ledger.wrong_tree", origin=course.origin, size=course.size)


def _check_step(course: Course, step: _Fetched, leaves: Sequence[bytes], nodes: list[tuple[int, int, bytes]]) -> Batch:
    """Every entry and every disclosure of one step, checked; one bad one refuses the step."""
    batch = Batch(step.start, [], [], nodes, [], [])
    entries: list[Entry] = []
    sealed = None
    naming: list[int] = []
    known = projections()
    for index, body, leaf, (subject, text) in zip(
        range(step.start, step.start + len(leaves)), step.bodies, leaves, step.frames, strict=True
    ):
        entry = decode_entry(body)
        _check_visible(course, index, entry)
        entries.append(entry)
        if entry.blobs:
            naming.append(index)
        if entry.told is not None:  # without text where it is erased: its place stays
            batch.told.append((index, subject, text))
        if entry.type == "tell":
            _check_subject(course, index, subject < index)
            if subject >= step.start:
                check_tell(course, index, entry, entries[subject - step.start], text)
            batch.later.append((index, subject))
        else:
            _check_subject(course, index, subject == index)
            fields = _told_fields(course, index, entry, entry, text)
            spelling = object_text(fields)
            read = _plain_body(entry.type, fields, spelling)
            if index == 0 or entry.type == "circle":
                _check_opening(course, index, entry, fields)
            if entry.revises is not None:
                batch.later.append((index, subject))
            elif entry.type in known:
                batch.fresh.append(first_state(course.party, index, entry, spelling, read))
            if entry.type == "seal":
                sealed = index
        batch.rows.append((record_key(entry.id), leaf, body))
    return msgspec.structs.replace(batch, sealed=sealed, naming=naming)


def _check_visible(course: Course, index: int, entry: Entry) -> None:
    if entry.at > course.now_ms + FUTURE_MS:
        raise NotAllowed("entry.future", index=index, origin=course.origin, at=entry.at)
    if entry.label.exercise != course.exercise:
        code = "entry.live_in_exercise" if course.exercise else "entry.exercise_in_live"
        raise NotAllowed(code, index=index, origin=course.origin)


def _check_subject(course: Course, index: int, right: bool) -> None:
    if not right:
        raise ProofRefused("disclosure.wrong_subject", index=index, origin=course.origin)


def check_tell(course: Course, index: int, entry: Entry, owner: Entry, text: bytes) -> None:
    """What a tell tells belongs to the record that it names: `owner`, the entry it is about."""
    _check_subject(course, index, owner.id == entry.revises)
    for value in _told_fields(course, index, entry, owner, text).values():
        disclosure.check_plain(value)


def _told_fields(course: Course, index: int, entry: Entry, owner: Entry, text: bytes) -> Values:
    """The fields that went out with an entry: exactly those that it commits to, each among its owner's digests."""
    if not text:
        if entry.told is not None and not course.erased.intersection((owner.id, owner.revises)):
            raise ProofRefused("disclosure.not_delivered", index=index, origin=course.origin)
        return {}
    if disclosure.text_digest(text) != entry.told:
        raise ProofRefused("disclosure.not_as_committed", index=index, origin=course.origin)
    return disclosure.open_all(text, frozenset(owner.sd))


def _plain_body(kind: str, fields: Values, spelling: bytes) -> Body | None:
    """The typed body, if the kind's own reader, which knows no fractions and no key twice, would write just this.

    That is so for everything that a Tansiq of this version says, and shows at once that the values are plain;
    otherwise each value is looked at by itself.
    """
    reader = all_kinds().get(kind)
    if reader is not None and fields:
        try:
            body = reader.decode(spelling)
        except MalformedInput:
            body = None
        if body is not None and _encode(body) == spelling:
            return body
    for value in fields.values():
        disclosure.check_plain(value)
    return None


def _check_opening(course: Course, index: int, entry: Entry, fields: Values) -> None:
    """The first entry names the circle's descriptor, and no later one does."""
    if index != 0 or entry.type != "circle" or fields.get("descriptor") != msgspec.Raw(_encode(course.descriptor)):
        raise ProofRefused("ledger.other_circle", origin=course.origin, index=index)
