"""Words from desk to desk: who has received, read and answered each, and which of them ring.

Received is what is known without anybody's act: from what a party's later entries show that it held, and from its
receipts. Read is a party's own mark on the very record; a message that is corrected is to be read again. Whoever
answers has read. An urgent message rings at every desk that it is for until it was read there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from tansiq.picture.told import Ledger, Thing, Told, Version, body_of
from tansiq.records.kinds.message import Message
from tansiq.records.kinds.read_mark import ReadMark

Step = Literal["sent", "received", "read", "answered"]
Receipts = Mapping[Ledger, Mapping[str, int]]
"""How many entries of a ledger each party has signed that it holds."""


class Receiver(Struct, frozen=True):
    """How far a message has come with one party; times are those of its own records (ms)."""

    party: str
    step: Step
    received: bool
    read: int | None
    answered: int | None
    mark: str | None
    answer: str | None


class Word(Struct, frozen=True):
    """A message. `to` are those that it is for; `answers` is the message that it answers."""

    ref: str
    party: str
    revision: str
    said: int
    urgent: bool
    to: tuple[str, ...]
    receivers: tuple[Receiver, ...]
    answers: str | None
    text: str | None
    lang: str | None

    def rings(self, party: str) -> bool:
        """Whether it rings at a party's desk."""
        return self.urgent and any(one.party == party and one.step in ("sent", "received") for one in self.receivers)

    def unread_by(self, party: str) -> bool:
        """Whether it is for a party that has not read it."""
        return any(one.party == party and one.step in ("sent", "received") for one in self.receivers)


def words(
    told: Told, members: Sequence[str], receipts: Receipts, holder: str, *, urgent_only: bool = False
) -> list[Word]:  # fmt: skip
    """Every message of a circle or every urgent one, newest first; `holder` is the party whose node holds all of this.
    What was erased is left out.
    """
    answers: dict[str, list[Thing]] = {}
    for thing in told.of_kind("message"):
        body = body_of(thing.now, Message)
        if body is not None and body.answers is not None:
            answers.setdefault(body.answers, []).append(thing)
    found = []
    for thing in told.of_kind("message"):
        body = body_of(thing.now, Message)
        if body is not None and (body.urgent or not urgent_only):
            found.append(_word(told, thing, body, members, receipts, holder, answers.get(thing.ref, ())))
    return sorted(found, key=lambda one: (-one.said, one.ref))


def _word(
    told: Told,
    thing: Thing,
    body: Message,
    members: Sequence[str],
    receipts: Receipts,
    holder: str,
    answers: Sequence[Thing],
) -> Word:
    to = tuple(sorted(set(members if not body.to else body.to) & set(members) - {thing.party}))
    receivers = tuple(_receiver(told, thing, party, receipts, holder, answers) for party in to)
    return Word(
        thing.ref,
        thing.party,
        thing.now.said.id,
        thing.versions[0].said.at,
        bool(body.urgent),
        to,
        receivers,
        body.answers,
        body.text,
        body.lang,
    )


def _receiver(
    told: Told, thing: Thing, party: str, receipts: Receipts, holder: str, answers: Sequence[Thing]
) -> Receiver:
    mark = _mark(told, thing, party)
    answer = min((one for one in answers if one.party == party), key=_first_said, default=None)
    read = None if mark is None else mark.said.at
    answered = None if answer is None else answer.versions[0].said.at
    received = (
        mark is not None
        or answer is not None
        or party == holder
        or told.has_heard(party, thing.now)
        or receipts.get(thing.now.said.ledger, {}).get(party, 0) > thing.now.said.index
    )
    step: Step = "received" if received else "sent"
    if answer is not None:
        step = "answered"
    elif mark is not None:
        step = "read"
    return Receiver(
        party, step, received, read, answered, mark.ref if mark else None, answer.ref if answer else None
    )  # fmt: skip


def _mark(told: Told, thing: Thing, party: str) -> Version | None:
    """A party's first mark on the message as it stands now."""
    found = [
        version
        for mark in told.about("read_mark", thing.ref)
        if mark.party == party
        for version in mark.versions
        if (body := body_of(version, ReadMark)) is not None and body.revision == thing.now.said.id
    ]
    return min(found, key=lambda one: (one.said.ledger.epoch, one.said.index), default=None)


def _first_said(thing: Thing) -> tuple[int, int]:
    return thing.versions[0].said.ledger.epoch, thing.versions[0].said.index
