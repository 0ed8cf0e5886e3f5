"""Texts in a world of real nodes: wordings of the same clauses at the same time and offline, and what may never be
shown: a text that is lost, one that is merged, or one as agreed that a side did not accept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from simulation.movers import Movers, Scene
from simulation.seats import Seat, Template
from tansiq.accord.bracketed import bracketed
from tansiq.accord.clauses import LANGUAGES, ClauseState
from tansiq.accord.kinds import KINDS
from tansiq.accord.texts import Memo, TextState, text_of
from tansiq.desk.told import Mark, read_news
from tansiq.errors import NotFound
from tansiq.picture.told import Told, Version
from tansiq.records.kind import Body

SIDES: Final = ("joc", "mop")
FRAME: Final = {"names": {"en": "Text"}, "path": "text", "parties": list(SIDES), "authentic": ["ar", "ckb"]}
SAYINGS: Final = (
    "opens on one July in Kirkuk",
    "opens on ten July in Kirkuk",
    "opens on ten July in Kirkuk and Makhmur",
    "يفتح المركز في كركوك",
)
KEYS: Final = ("one", "two")


class Writers(Movers):
    """A world whose officers write one text together."""

    kinds: Mapping[str, type[Body]] = KINDS

    def __init__(self, template: Template, seed: int, home: Any) -> None:
        super().__init__(template, seed, home)
        self.kept: dict[str, tuple[Told, Memo, Mark]] = {}
        self.same: dict[tuple[Any, ...], TextState] = {}
        one = self.seats["coalition"]
        self.tell(one, "agreement", FRAME)
        self.text = self.told(one).of_kind("agreement")[0].ref
        for seat in self.seats.values():
            if seat is not one:
                self._hear(seat, one)

    def plan(self, seat: Seat) -> None:
        """A party words a clause, beside what it looked at or from nothing."""
        self._word(seat, self.chance.choice(KEYS))

    def change(self, seat: Seat) -> None:
        """A party words its own anew, strikes or withdraws it; one of its desks may have looked at an older version."""
        own = [one for one in self.told(seat).about("clause", self.text) if one.party == seat.party]
        if own:
            thing = self.chance.choice(own)
            base = self.chance.choice([thing.now, thing.now, *thing.versions])
            status = self.chance.choice(("offered", "offered", "offered", "struck", "withdrawn"))
            fields = {"text": self._words(), "status": status, "counters": base.ref}
            self.tell(seat, "clause", fields, revises=thing.ref, about=self.text)

    def answer(self, seat: Seat) -> None:
        """A party takes a position on a wording as its node holds it, or as it was."""
        others = [one for one in self.told(seat).about("clause", self.text) if one.party != seat.party]
        if others:
            thing = self.chance.choice(others)
            version = self.chance.choice([thing.now, thing.now, *thing.versions])
            self._stand_on(
                seat, version, thing.ref, self.chance.choice(("accept", "accept", "accept", "object", "reserve"))
            )

    def consent(self, seat: Seat) -> None:
        """A party finds that the languages say the same."""
        things = self.told(seat).about("clause", self.text)
        if things:
            thing = self.chance.choice(things)
            fields = {"revision": thing.now.said.id, "concordant": ["ar", "ckb"]}
            self.tell(seat, "clause_position", fields, about=thing.ref)

    def stories(self) -> list[Callable[[], list[Scene]]]:
        """What may happen in the middle of everything else."""
        return [self.parted_writers, self.crossed_acceptances, self.overtaken_position, self.two_desks]

    def parted_writers(self) -> list[Scene]:
        """Both sides word the same clause while the line between them is cut, and hear it through the third."""
        one, other, third = self.seats["joc"], self.seats["mop"], self.seats["coalition"]
        return [
            lambda: self._word(one, "one", "opens on one July in Kirkuk"),
            lambda: self._hear(other, one),
            lambda: self.cut.add(frozenset((one.party, other.party))),
            lambda: self._word(one, "one", "opens on ten July in Kirkuk"),
            lambda: self._word(other, "one", "opens on ten July in Kirkuk and Makhmur"),
            lambda: self._hear(third, one),
            lambda: self._hear(third, other),
            lambda: self._hear(other, third),
            self.cut.clear,
            lambda: self._hear(one, other),
            lambda: self._hear(other, one),
            lambda: self._accept(one, other),
            lambda: self._hear(other, one),
        ]

    def crossed_acceptances(self) -> list[Scene]:
        """Each side accepts the other's wording before it hears that the other did the same."""
        one, other = self.seats["joc"], self.seats["mop"]
        return [
            lambda: self._word(one, "two", "opens on one July in Kirkuk"),
            lambda: self._word(other, "two", "opens on ten July in Kirkuk"),
            lambda: self._hear(one, other),
            lambda: self._hear(other, one),
            lambda: self._accept(one, other),
            lambda: self._accept(other, one),
            lambda: self._hear(one, other),
            lambda: self._hear(other, one),
        ]

    def overtaken_position(self) -> list[Scene]:
        """An acceptance arrives when its author has worded the clause anew."""
        one, other = self.seats["joc"], self.seats["mop"]
        return [
            lambda: self._word(one, "one", "opens on one July in Kirkuk"),
            lambda: self._hear(other, one),
            lambda: self._word(one, "one", "opens on ten July in Kirkuk"),
            lambda: self._accept(other, one),
            lambda: self._hear(one, other),
            lambda: self._hear(other, one),
        ]

    def two_desks(self) -> list[Scene]:
        """Two desks of one party word anew what both looked at, and one of them answers for both."""
        one, other = self.seats["joc"], self.seats["mop"]
        return [
            lambda: self._word(one, "one", "opens on one July in Kirkuk"),
            lambda: self._hear(other, one),
            lambda: self._anew(one, SAYINGS[1]),
            lambda: self._anew(one, SAYINGS[2]),
            lambda: self._hear(other, one),
            lambda: self._word(one, "one", SAYINGS[1]),
            lambda: self._accept(other, one),
            lambda: self._hear(one, other),
        ]

    def _anew(self, seat: Seat, text: str) -> None:
        """A desk words the party's first clause anew, having looked at its first wording only."""
        own = [one for one in self.told(seat).about("clause", self.text) if one.party == seat.party]
        for thing in own[:1]:
            fields = {"text": self._words(text), "counters": thing.ref}
            self.tell(seat, "clause", fields, revises=thing.ref, about=self.text)

    def _words(self, text: str | None = None) -> dict[str, str]:
        said = text or self.chance.choice(SAYINGS)
        languages = LANGUAGES if self.chance.random() < 0.8 else LANGUAGES[:2]
        return dict.fromkeys(languages, said)

    def _word(self, seat: Seat, key: str, text: str | None = None) -> None:
        """What the door does: an own wording is revised, another's is countered."""
        things = [one for one in self.told(seat).about("clause", self.text) if _key(one.versions[0]) == key]
        own = [one for one in things if one.party == seat.party]
        fields: dict[str, Any] = {"key": key, "order": [1], "text": self._words(text), "status": "offered"}
        if things:
            fields["counters"] = self.chance.choice(own or things).now.ref
        self.tell(seat, "clause", fields, revises=own[-1].ref if own else None, about=self.text)

    def _accept(self, seat: Seat, author: Seat) -> None:
        for thing in self.told(seat).about("clause", self.text):
            if thing.party == author.party:
                self._stand_on(seat, thing.now, thing.ref, "accept")

    def _stand_on(self, seat: Seat, version: Version, thing: str, verdict: str) -> None:
        self.tell(seat, "clause_position", {"revision": version.said.id, "verdict": verdict}, about=thing)

    def state(self, seat: Seat) -> TextState | None:
        """The text as a desk shows it, by what came since it was looked at last; None where it has none yet."""
        told, memo, mark = self.kept.get(seat.name, (None, {}, None))
        with seat.node.database.read() as connection:
            news = read_news(connection, self.all_three.id, KINDS, mark)
        if told is None or news.anew:
            told, memo = Told(parties=news.mark.parties), {}
        for thing in news.things:
            told.put(thing)
        self.kept[seat.name] = told, memo, news.mark
        try:
            return text_of(told, SIDES, self.text, memo)
        except NotFound:
            return None

    def look(self) -> None:
        """Every desk is looked at."""
        for seat in self.seats.values():
            told = self.told(seat)
            shown = self.state(seat)
            if shown is None:
                continue
            if text_of(told, SIDES, self.text) != shown:
                self.broken.append(f"{seat.name} shows another text as records come than from all of them anew")
            held = tuple(sorted(told.held.items()))
            if self.same.setdefault(held, shown) != shown:
                self.broken.append(f"{seat.name} holds what another held and shows another text")
            self._check_text(seat, told, shown)

    def _check_text(self, seat: Seat, told: Told, shown: TextState) -> None:
        said = {one.ref for thing in told.about("clause", self.text) for one in thing.versions}
        here = [*shown.clauses, *shown.gone]
        if {one.ref for clause in here for one in clause.offers} != said:
            self.broken.append(f"{seat.name} has lost a wording")
        for clause in here:
            self.seen |= {clause.state, *(one.kind for one in clause.clashes)}
            self.seen |= {"stale"} if clause.stale else set()
            self._at_stake(seat, clause)
            if clause.agreed is not None:
                self._accepted(seat, told, clause)

    def _at_stake(self, seat: Seat, clause: ClauseState) -> None:
        """A party's latest wording is at stake unless it was taken back, and its brackets are its words."""
        for party in {one.party for one in clause.offers}:
            latest = [one for one in clause.offers if one.party == party][-1]
            if not latest.withdrawn and not any(latest.ref in one.refs for one in clause.wordings):
                self.broken.append(f"{seat.name} lets the latest wording of {party} go")
        shown = bracketed(clause)
        for number in shown.shown:
            content = clause.wordings[number].content
            for language in LANGUAGES:
                runs = shown.words.get("text", {}).get(language, [])
                words = "" if content.struck and len(shown.shown) > 1 else content.words("text", language)
                if "".join(one.in_wording(number) for one in runs) != words:
                    self.broken.append(f"{seat.name} shows other words in brackets than were said")

    def _accepted(self, seat: Seat, told: Told, clause: ClauseState) -> None:
        """By no function of the program: every side said these very words, or accepted a record that says them."""
        wording = clause.wordings[clause.agreed or 0]
        refs = {one.said.id: one.ref for offer in wording.offers for one in _unchanged(told, offer.ref)}
        for side in SIDES:
            own = any(one.party == side for one in wording.offers)
            last: dict[str, tuple[tuple[int, int], str]] = {}
            for thing in told.of_kind("clause_position"):
                body = thing.now.body
                revision, verdict = getattr(body, "revision", ""), getattr(body, "verdict", None)
                place = (thing.now.said.ledger.epoch, thing.now.said.index)
                if (
                    thing.party == side
                    and revision in refs
                    and verdict
                    and last.get(revision, ((0, -1), ""))[0] < place
                ):
                    last[revision] = place, verdict
            if not own and not any(verdict == "accept" for _, verdict in last.values()):
                self.broken.append(f"{seat.name} shows {clause.key} as agreed, which {side} never accepted")

    def judge(self) -> None:
        """At rest: every desk shows the same text, with every word that anybody said."""
        states = [self.state(seat) for seat in self.seats.values()]
        if any(one != states[0] for one in states):
            self.broken.append("at rest two desks show different texts")
        said = {
            version.ref
            for seat in self.seats.values()
            for thing in self.told(seat).about("clause", self.text)
            for version in thing.versions
        }
        for one in states:
            here = {offer.ref for clause in (*one.clauses, *one.gone) for offer in clause.offers} if one else set()
            if here != said:
                self.broken.append("at rest a wording is missing")


def _unchanged(told: Told, ref: str) -> list[Version]:
    """The versions of a thing that say without a break what this one says."""
    thing = told.thing_of(ref)
    versions = [] if thing is None else list(thing.versions)
    end = next((place for place, one in enumerate(versions) if one.ref == ref), -1)
    found: list[Version] = []
    for one in reversed(versions[: end + 1]):
        if found and _said(one) != _said(found[0]):
            break
        found.append(one)
    return found


def _said(version: Version) -> tuple[object, ...]:
    return tuple(getattr(version.body, name, None) for name in ("text", "order", "status"))


def _key(version: Version) -> str:
    return str(getattr(version.body, "key", ""))
