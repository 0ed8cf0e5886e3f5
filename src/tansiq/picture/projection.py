"""How the records of one thing become its present state.

A thing is what one party says in one circle about one subject: its first record and the records of the same ledger
that revise it. Only that ledger changes it, so the order in which different ledgers arrive cannot matter. What two
parties say about the same matter meets by `about`, when it is read.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.picture import kinds
from tansiq.records.entry import Entry
from tansiq.records.kind import Body, kind_named
from tansiq.records.values import Interval, Label


class Thing(Struct, frozen=True):
    """The state of one thing. Made of records alone: nothing local to a node stands in it, so that its bytes are the
    same on every node that holds the same records.

    `versions` are the indexes of its entries, `tells` those of the entries by which more of it was told.
    `fields` is a JSON object of the values as they were committed to. `unreadable` says why its fields are not
    shown although they are held: a newer program wrote them. `erased` is the entry by which its values were erased.
    """

    kind: str
    party: str
    id: str
    about: str | None
    at: int
    said: int
    desk: str
    role: str
    label: Label
    fields: msgspec.Raw
    versions: list[int]
    tells: list[int]
    unreadable: str | None = None
    erased: int | None = None


class Folded(Struct, frozen=True, array_like=True, gc=False):
    """A thing by the index of its first entry, as it stands in the picture; `data` are its bytes."""

    index: int
    kind: str
    at: int
    data: bytes


Values = dict[str, msgspec.Raw]
"""Fields by name, each as the JSON text in which it was committed to."""


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of a thing with those of its fields that have been told."""

    index: int
    entry: Entry
    fields: Values


@dataclass(frozen=True)
class Projection:
    """A kind in the picture. `clock` names the fields that say when, best first; without them the claimed time."""

    kind: str
    clock: Sequence[str] = ()


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Thing)


@cache
def projections() -> Mapping[str, Projection]:
    """Every projection by kind: one module in `tansiq.picture.kinds` each."""
    found = (
        import_module(f"{kinds.__name__}.{module.name}").PROJECTION for module in pkgutil.iter_modules(kinds.__path__)
    )
    return {projection.kind: projection for projection in found}


def fold(party: str, versions: Sequence[Version], tells: Sequence[int], erased: int | None = None) -> Folded:
    """The thing that follows from its entries, oldest first.

    A later version stands over an earlier one field by field; a field it does not tell keeps its last told value.
    Of an erased thing no value stands, whatever this node still holds.
    """
    fields = {name: value for version in versions for name, value in version.fields.items() if erased is None}
    indexes = [version.index for version in versions]
    first, last = versions[0].entry, versions[-1].entry
    return _folded(party, first, last, object_text(fields), None, indexes, list(tells), erased)


def first_state(party: str, index: int, entry: Entry, text: bytes, body: Body | None) -> Folded:
    """What `fold` gives for a first entry alone; `text` is the object of its fields, `body` what was read from it."""
    return _folded(party, entry, entry, text, body, [index], [])


def _folded(
    party: str,
    first: Entry,
    last: Entry,
    text: bytes,
    body: Body | None,
    versions: list[int],
    tells: list[int],
    erased: int | None = None,
) -> Folded:
    unreadable, at = None, first.at
    try:
        at = event_time(first.type, body or kind_named(first.type).decode(text), first.at)
    except MalformedInput as error:
        text, unreadable = b"{}", error.code
    thing = Thing(
        first.type,
        party,
        first.id,
        first.about,
        at,
        last.at,
        last.desk,
        last.role,
        last.label,
        msgspec.Raw(text),
        versions,
        tells,
        unreadable,
        erased,
    )
    return Folded(versions[0], first.type, at, _encoder.encode(thing))


def object_text(fields: Values) -> bytes:
    """The JSON object of fields, each value as it was committed to."""
    return _encoder.encode(fields)


def event_time(kind: str, body: Body, claimed: int) -> int:
    """When it happened (ms), as told; the claimed time of writing where that is not told."""
    projection = projections().get(kind)
    for name in projection.clock if projection else ():
        value = getattr(body, name)
        if isinstance(value, int):
            return value
        if isinstance(value, Interval):
            return value.from_
    return claimed


def read_thing(data: bytes) -> Thing:
    """The thing in the store's bytes."""
    return _decoder.decode(data)
