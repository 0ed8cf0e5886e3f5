"""What a copy of a report holds that is this node's own: the reserved part, and the label over all that is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk import viewing
from tansiq.desk.office import Office, circle_named, circles, epochs_of
from tansiq.desk.viewing import Object
from tansiq.records.entry import decode_entry, record_key
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.values import Label, Tlp
from tansiq.reports.copy import HeldBack, Reserved
from tansiq.reports.cutoff import Window
from tansiq.reports.gathered import Entry
from tansiq.reports.voice import Voice
from tansiq.store import ledgers

RANKS: Final = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET")
TLP: Final[tuple[Tlp, ...]] = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
_REF: Final = re.compile(rb'"([a-z][a-z0-9-]{0,31}/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})"')
"""A reference by itself; a text that looks like one names no record and changes nothing."""

_OWN: Final = ("incident", "log", "message")


def reserved_part(office: Office, circle: str, kind: ReportName, window: Window) -> Reserved:
    """The own part: what the own report keeps back, own private records of the time, and own fields not told."""
    comment: dict[str, str] = {}
    held_back: list[HeldBack] = []
    for one in _objects(office, circle):
        if one.party != office.party or not one.own:
            continue
        if one.kind == "report":
            fields = {**one.fields, **one.own}
            if fields.get("report") == kind and fields.get("cutoff") == window.end:
                comment = {key: text for key, text in (one.own.get("reserved") or {}).items() if text}
        elif window.holds(one.said):
            held_back += [HeldBack(one.ref, name, _as_text(value)) for name, value in sorted(one.own.items())]
    with office.database.read() as connection:
        private = sorted({held.circle.id for held in circles(connection) if held.circle.private})
    entries = [
        Entry(one.ref, one.party, one.said, one.at, one.kind, _title(one))
        for each in private
        for one in _objects(office, each)
        if one.kind in _OWN and window.holds(one.said)
    ]
    return Reserved(
        office.party, comment, tuple(sorted(entries, key=lambda one: (one.said, one.ref))), tuple(held_back)
    )


def _objects(office: Office, circle: str) -> Iterable[Object]:
    after, more = 0, True
    while more:
        page = viewing.page(office, circle, after=after)
        yield from page.objects
        after, more = page.seq, page.more


def _title(one: Object) -> dict[str, str]:
    fields = {**one.fields, **(one.own or {})}
    names = fields.get("title") or fields.get("names") or {}
    if names:
        return {str(key): str(text) for key, text in names.items() if text}
    return {str(fields.get("lang") or "en"): str(fields.get("text") or "")[:200]}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and value and all(isinstance(one, str) for one in value.values()):
        return " / ".join(value.values())
    return msgspec.json.encode(value).decode()


def label_of(
    office: Office, circle: str, facts: Struct, voice: Voice, reserved: Reserved | None, beside: Iterable[str]
) -> str:  # fmt: skip
    """The most restricted classification and handling of any record in it, in words; `beside` are records that a copy
    shows and no fact names.
    """
    refs = set(beside)
    if reserved is not None:
        refs |= {one.ref for one in reserved.entries} | {one.ref for one in reserved.held_back}
    classification, tlp = most_restricted(office, circle, facts, refs)
    return f"{voice.value('label', classification)} · TLP:{tlp}"


def most_restricted(office: Office, circle: str, facts: Struct, beside: Iterable[str] = ()) -> tuple[str, Tlp]:
    """Classification and TLP of the most restricted record that facts name, or that stands `beside` them."""
    refs = {*beside, *(found.decode() for found in _REF.findall(msgspec.json.encode(facts)))}
    found = [(one.classification, one.tlp) for one in _labels(office, circle, refs)] or [("RESTRICTED", "AMBER")]
    return stricter(*found)


def stricter(*labels: tuple[str, Tlp]) -> tuple[str, Tlp]:
    """The highest classification and the highest TLP of any of these."""
    classification = max((one for one, _ in labels), key=_rank)
    return classification, max((one for _, one in labels), key=TLP.index)


def _rank(classification: str) -> int:
    """One that is not known ranks above all."""
    return RANKS.index(classification) if classification in RANKS else len(RANKS)


def _labels(office: Office, circle: str, refs: set[str]) -> Iterable[Label]:
    with office.database.read() as connection:
        private = {held.circle.id for held in circles(connection) if held.circle.private}
        for each in (circle_named(connection, circle).circle.id, *sorted(private)):
            yield from _labels_in(connection, each, refs)


def _labels_in(connection: Connection, circle: str, refs: set[str]) -> Iterable[Label]:
    """The labels of records by `party/id`, in all epochs of a circle."""
    wanted: dict[str, list[bytes]] = {}
    for ref in refs:
        party, _, record = ref.partition("/")
        wanted.setdefault(party, []).append(record_key(record))
    for epoch in epochs_of(connection, circle):
        for row in ledgers.ledgers(connection, epoch.num):
            for key in wanted.get(row.party, ()):
                index = ledgers.index_of(connection, row.num, key)
                if index is not None:
                    yield decode_entry(ledgers.entry_bodies(connection, row.num, index, 1)[0]).label
