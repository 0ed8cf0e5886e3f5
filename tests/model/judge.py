"""Whether a recorded run is a run of the model: for every change that was seen, steps that the model allows.

The steps are read off the change alone; that their guards hold, and that they lead to what was seen, is what is
judged. Of a party that lies only what others make of it is judged, as in the model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from model.recording import Event, Others, Own
from model.steps import (
    EMPTY,
    Author,
    History,
    Ledger,
    Member,
    NotAStep,
    agree,
    can_ask,
    can_tell_author,
    clashes,
    clone,
    lose_mark,
    must_stop,
    restore,
    step,
)

Kept = tuple[dict[str, Author], dict[str, Member]]


class Judge:
    """The model's state beside a recorded run."""

    def __init__(self) -> None:
        self.ledgers: dict[str, Ledger] = {}
        self.steps: list[str] = []
        self._authors: dict[tuple[str, str], int] = {}
        self._members: dict[tuple[str, str], int] = {}
        self._kept: dict[str, list[Kept]] = {}
        self._liars: set[str] = set()

    def judge(self, events: Iterable[Event]) -> None:
        """Raises `NotAStep` at the first event that the model forbids."""
        for number, event in enumerate(events):
            try:
                getattr(self, f"_{event.what}")(event)
            except NotAStep as error:
                raise NotAStep(f"event {number} ({event.what} {event.seat}): {error}") from error

    # What is seen of a node

    def _seen(self, event: Event) -> None:
        for origin, held in event.held.items():
            if isinstance(held, Others):
                self._follow_member(origin, self._member(event.seat, origin), held)
            elif event.party not in self._liars:
                self._follow_author(origin, self._author(event.seat, origin), held)
        self._follow_halts(event)

    def _follow_author(self, origin: str, who: int, seen: Own) -> None:
        ledger = self.ledgers[origin]
        author = ledger.authors[who]
        if seen.proof is not None and not author.halted:
            self._check_accusation(ledger, seen.proof)
        pulled = seen.store != author.store and seen.shown == seen.store and ledger.has_left(seen.store)
        if pulled:
            self._step(ledger, "pull", who, seen.store)
        elif seen.store != author.store:
            self._step(ledger, "append", who, seen.store)
        if seen.mark != author.mark:
            if pulled:
                self._step(ledger, "follow", who)
            elif seen.mark is not None:
                self._step(ledger, "raise_mark", who, seen.mark)
        if seen.shown != author.shown:
            self._step(ledger, "reveal", who, seen.shown)
        _same(origin, (seen.store, seen.shown, seen.mark), (author.store, author.shown, author.mark))

    def _follow_halts(self, event: Event) -> None:
        """A node stops as a whole where one of its ledgers must: in the model each stops by itself."""
        if event.party in self._liars:
            return
        own = {origin: held for origin, held in event.held.items() if isinstance(held, Own)}
        newly = [origin for origin, held in own.items() if held.halted and not self._row(event.seat, origin).halted]
        if newly and not any(self._row(event.seat, origin).halted for origin in own):
            reasons = [origin for origin in own if self._stops(event.seat, origin)]
            if not reasons:
                raise NotAStep(f"halted, and none of its ledgers has to stop: {newly}")
        for origin in newly:
            self._row(event.seat, origin).halted = True
        for origin, held in own.items():
            _same(origin, held.halted, self._row(event.seat, origin).halted)

    def _stops(self, seat: str, origin: str) -> bool:
        """Whether this ledger may stop: for a head that it does not know, or for a proof."""
        ledger, who = self.ledgers[origin], self._author(seat, origin)
        author = ledger.authors[who]
        if can_tell_author(ledger, author):
            self._step(ledger, "tell_author", who)
            return True
        asked = replace(author, fresh=False)
        for head in ledger.left:
            if must_stop(asked, head):
                if can_ask(author) and not must_stop(author, head):
                    self._step(ledger, "ask", who)
                self._step(ledger, "stop", who, head)
                return True
        return False

    def _follow_member(self, origin: str, who: int, seen: Others) -> None:
        ledger = self.ledgers[origin]
        member = ledger.members[who]
        if seen.held != member.held:
            self._step(ledger, "take", who, seen.held)
        if seen.receipt != member.receipt:
            self._step(ledger, "give_receipt", who, seen.receipt)
        if seen.proof is not None and not member.proof:
            self._check_accusation(ledger, seen.proof)
            other = next((h for h in seen.proof if clashes(member, h)), None)
            if other is not None and member.held in seen.proof:
                self._step(ledger, "clash", who, other)
            else:
                self._step(ledger, "tell", who)
        _same(
            origin,
            (seen.held, seen.receipt, seen.proof is not None),
            (member.held, member.receipt, member.proof),
        )

    # Accusations (P2 in ledger.pml)

    def _check_accusation(self, ledger: Ledger, proof: tuple[History, History]) -> None:
        one, other = proof
        if agree(one, other):
            raise NotAStep("an accusation of two heads that do not contradict each other")
        if not (ledger.has_left(one) and ledger.has_left(other)):
            raise NotAStep(f"an accusation with a head that never left ({len(one)}, {len(other)})")

    # What is done to a node

    def _start(self, event: Event) -> None:
        for ledger, who in self._own(event.seat):
            self._step(ledger, "start", who)

    def _backup(self, event: Event) -> None:
        authors = {origin: replace(self._row(event.seat, origin)) for origin in self._origins(event.seat, own=True)}
        members = {
            origin: replace(self.ledgers[origin].members[self._member(event.seat, origin)])
            for origin in self._origins(event.seat, own=False)
        }
        self._kept.setdefault(event.seat, []).append((authors, members))

    def _restore(self, event: Event) -> None:
        """One of the backups, whole, with the marks as they are; as a member the node forgets (a stated limit)."""
        for authors, members in self._kept.get(event.seat, []):
            for origin, kept in authors.items():
                restore(self._row(event.seat, origin), kept)
            for origin, held in members.items():
                self.ledgers[origin].members[self._member(event.seat, origin)] = replace(held)
            # epochs that were entered after the backup are not on it
            for origin in set(self._origins(event.seat, own=True)) - set(authors):
                restore(self._row(event.seat, origin), Author())
            for origin in set(self._origins(event.seat, own=False)) - set(members):
                self.ledgers[origin].members[self._member(event.seat, origin)] = Member()
            if all(self._is_as_seen(event.seat, origin, seen) for origin, seen in event.held.items()):
                self.steps.append("restore")
                return
        raise NotAStep("what came back is none of the backups")

    def _is_as_seen(self, seat: str, origin: str, seen: Own | Others) -> bool:
        if isinstance(seen, Others):
            member = self.ledgers[origin].members[self._member(seat, origin)]
            return (seen.held, seen.receipt, seen.proof is not None) == (member.held, member.receipt, member.proof)
        if self.ledgers[origin].liar:
            return True
        author = self._row(seat, origin)
        return (seen.store, seen.shown, seen.mark, seen.halted) == (
            author.store,
            author.shown,
            author.mark,
            author.halted,
        )

    def _lost(self, event: Event) -> None:
        """The marks of all epochs are gone."""
        for origin in self._origins(event.seat, own=True):
            lose_mark(self._row(event.seat, origin))

    def _clone(self, event: Event) -> None:
        for origin in self._origins(event.seat, own=True):
            ledger = self.ledgers[origin]
            ledger.authors.append(clone(self._row(event.seat, origin)))
            self._authors[event.to, origin] = len(ledger.authors) - 1
        for origin in self._origins(event.seat, own=False):
            ledger = self.ledgers[origin]
            ledger.members.append(replace(ledger.members[self._member(event.seat, origin)]))
            self._members[event.to, origin] = len(ledger.members) - 1

    def _lie(self, event: Event) -> None:
        self._liars.add(event.party)
        for origin in self._origins(event.seat, own=True):
            self.ledgers[origin].liar = True

    def _leave(self, event: Event) -> None:
        if not self.ledgers[event.origin].has_left(event.head):
            raise NotAStep(f"a head over {len(event.head)} of {event.origin} left, which was not shown")

    # Rows of the model

    def _step(self, ledger: Ledger, name: str, who: int, h: History = EMPTY) -> None:
        step(ledger, name, who, h)
        self.steps.append(name)

    def _author(self, seat: str, origin: str) -> int:
        """Which instance of the author a seat is."""
        ledger = self.ledgers.setdefault(origin, Ledger())
        if (seat, origin) not in self._authors:
            self._authors[seat, origin] = len(ledger.authors)
            ledger.authors.append(Author())
        return self._authors[seat, origin]

    def _member(self, seat: str, origin: str) -> int:
        """Which member a seat is."""
        ledger = self.ledgers.setdefault(origin, Ledger())
        if (seat, origin) not in self._members:
            self._members[seat, origin] = len(ledger.members)
            ledger.members.append(Member())
        return self._members[seat, origin]

    def _row(self, seat: str, origin: str) -> Author:
        who = self._author(seat, origin)
        return self.ledgers[origin].authors[who]

    def _origins(self, seat: str, *, own: bool) -> list[str]:
        return [origin for name, origin in (self._authors if own else self._members) if name == seat]

    def _own(self, seat: str) -> list[tuple[Ledger, int]]:
        return [(self.ledgers[origin], self._author(seat, origin)) for origin in self._origins(seat, own=True)]


def _same(origin: str, seen: object, model: object) -> None:
    if seen != model:
        raise NotAStep(f"{origin}: seen is {_sizes(seen)}, the model comes to {_sizes(model)}")


def _sizes(state: object) -> object:
    return [len(one) if isinstance(one, tuple) else one for one in state] if isinstance(state, tuple) else state
