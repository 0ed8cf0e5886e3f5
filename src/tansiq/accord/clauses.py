"""What each party says of one clause, and what follows: the wordings at stake, who stands at which, what is crossed.

A party's wording is never put in another's place. Within a party a wording follows the one that its author looked at
(`counters`), so two desks that revise the same one leave two, until that party words it again looking at the latest.
Order is the place in a ledger, never a clock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.clause_position import ClausePosition
from tansiq.records.values import Language, Names, Texts

LANGUAGES: Final[tuple[Language, ...]] = ("ar", "ckb", "en")
Verdict = Literal["accept", "accept_if", "object", "reserve"]


class Content(Struct, frozen=True):
    """What a clause says and where it stands; two wordings of the same content are one."""

    order: tuple[int, ...]
    part: str
    heading: tuple[tuple[Language, str], ...] = ()
    term: tuple[tuple[Language, str], ...] = ()
    text: tuple[tuple[Language, str], ...] = ()
    struck: bool = False

    def words(self, field: Literal["heading", "term", "text"], language: Language) -> str:
        """The words of a field in a language; empty where there are none."""
        said = {"heading": self.heading, "term": self.term, "text": self.text}[field]
        return dict(said).get(language, "")


class Offer(Struct, frozen=True):
    """One version of a clause by one party: `content` is None where it is withdrawn or cannot be read.

    `base` is the very record that its author looked at.
    """

    version: Version
    thing: str
    content: Content | None
    base: str | None
    withdrawn: bool
    note: str | None
    concordant: tuple[Language, ...]

    @property
    def ref(self) -> str:
        """`party/id` of this very record."""
        return self.version.ref

    @property
    def party(self) -> str:
        """Whose wording it is."""
        return self.version.said.ledger.party

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among all that its party said."""
        return self.version.said.ledger.epoch, self.version.said.index


class Taken(Struct, frozen=True):
    """A position that a party took on one very wording (`revision`, `party/id`); `ref` is the record it was said by."""

    party: str
    verdict: Verdict | None
    revision: str
    ref: str
    thing: str
    place: tuple[int, int]
    at: int
    condition: dict[Language, str]
    reason: str | None
    concordant: tuple[Language, ...]
    discordant: tuple[Language, ...]


class Wording(Struct, frozen=True):
    """One wording at stake: `refs` are the very records that say it, the first of each party's that it still offers."""

    content: Content
    refs: tuple[str, ...]
    offers: tuple[Offer, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Who offers it."""
        return tuple(sorted({one.party for one in self.offers}))

    @property
    def ref(self) -> str:
        """The record that stands for it."""
        return min(one.ref for one in self.offers)


class Clash(Struct, frozen=True):
    """What was said without seeing the other: `own` two wordings of one party, `crossing` two parties' offers made
    each without the other, `crossed` acceptances of each other's wording.
    """

    kind: Literal["own", "crossing", "crossed"]
    refs: tuple[str, ...]


class ClauseState(Struct, frozen=True):
    """Where a clause stands. `stands_at` is the number of the wording that each party would sign, None for none."""

    key: str
    state: Literal["agreed", "left_out", "open", "gone"]
    order: tuple[int, ...]
    part: str
    wordings: tuple[Wording, ...]
    agreed: int | None
    stands_at: dict[str, int | None]
    taken: tuple[dict[str, Taken], ...]
    """By wording: the latest position of each party on it."""
    stale: tuple[Taken, ...]
    """Latest positions on what was worded otherwise since; they count for nothing."""
    clashes: tuple[Clash, ...]
    offers: tuple[Offer, ...]


def content_of(body: Clause, *, struck: bool = False) -> Content:
    """What a body says, composed (NFC), without empty words."""
    return Content(
        tuple(body.order or ()),
        body.part or "clause",
        _by_language(body.heading),
        _by_language(body.term),
        _by_language(body.text),
        struck,
    )


def _by_language(words: Names | Texts | None) -> tuple[tuple[Language, str], ...]:
    if words is None:
        return ()
    found: list[tuple[Language, str]] = []
    for language in LANGUAGES:
        value = unicodedata.normalize("NFC", getattr(words, language) or "")
        if value.strip():
            found.append((language, value))
    return tuple(found)


def things_by_key(told: Told, agreement: str) -> dict[str, list[Thing]]:
    """The clauses that are about an agreement as each party words them, by key."""
    found: dict[str, list[Thing]] = {}
    for thing in told.about("clause", agreement):
        key = next((body.key for one in thing.versions if (body := body_of(one, Clause)) and body.key), None)
        if key is not None:
            found.setdefault(key, []).append(thing)
    return found


def read_offers(things: Iterable[Thing]) -> list[Offer]:
    """All versions of these things, each party's in the order of its ledger."""
    offers = [_offer(version, thing.ref) for thing in things for version in thing.versions]
    return sorted(offers, key=lambda one: (one.party, one.place))


def _offer(version: Version, thing: str) -> Offer:
    body = body_of(version, Clause)
    fields = version.said.fields
    base = fields.get("counters")
    withdrawn = body is None or body.status == "withdrawn"
    concordant = fields.get("concordant") or ()
    return Offer(
        version,
        thing,
        None if body is None or withdrawn else content_of(body, struck=body.status == "struck"),
        base if isinstance(base, str) else None,
        withdrawn,
        fields.get("note"),
        tuple(one for one in LANGUAGES if one in concordant),
    )


def heads(offers: Sequence[Offer]) -> list[Offer]:
    """The offers of one party that nothing of its own has followed: more than one where its desks did not see each
    other's. `offers` in the order of its ledger.
    """
    live: list[Offer] = []
    before: dict[str, Offer] = {}
    for position, offer in enumerate(offers):
        base = before.get(offer.base or "")
        if base is not None and position and base.ref == offers[position - 1].ref:
            live = [] if not offer.withdrawn else [one for one in live if one.thing != offer.thing]
        elif base is not None:
            followed = _line_of(base, before)
            live = [one for one in live if one.ref not in followed]
        else:
            live = [one for one in live if one.thing != offer.thing]
        live.append(offer)
        before[offer.ref] = offer
    return live


def _line_of(offer: Offer, before: Mapping[str, Offer]) -> set[str]:
    """This offer and those that it follows one after the other."""
    line: set[str] = set()
    at: Offer | None = offer
    while at is not None and at.ref not in line:
        line.add(at.ref)
        at = before.get(at.base or "")
    return line


def read_positions(positions: Iterable[Thing]) -> list[Taken]:
    """Where each party stands on each very record that it answered: by its latest position, what that leaves open by
    those before.
    """
    found = [
        taken
        for thing in positions
        for version in thing.versions
        if (taken := _taken(version, thing.ref, thing.about or "")) is not None
    ]
    latest: dict[tuple[str, str], Taken] = {}
    for one in sorted(found, key=lambda one: one.place):
        latest[one.party, one.revision] = _after(latest.get((one.party, one.revision)), one)
    return sorted(latest.values(), key=lambda one: (one.party, one.place))


def _after(before: Taken | None, now: Taken) -> Taken:
    if before is None:
        return now
    if now.verdict is None:
        now = replace(now, verdict=before.verdict, condition=before.condition, reason=before.reason)
    if not now.concordant and not now.discordant:
        now = replace(now, concordant=before.concordant, discordant=before.discordant)
    return now


def _taken(version: Version, thing: str, about: str) -> Taken | None:
    body = body_of(version, ClausePosition)
    if body is None or body.revision is None:
        return None
    said = version.said
    return Taken(
        said.ledger.party,
        body.verdict,
        f"{about.partition('/')[0]}/{body.revision}",
        version.ref,
        thing,
        (said.ledger.epoch, said.index),
        said.at,
        dict(_by_language(body.condition)),
        body.reason,
        tuple(body.concordant or ()),
        tuple(body.discordant or ()),
    )


def state_of(key: str, offers: Sequence[Offer], positions: Sequence[Taken], sides: Sequence[str]) -> ClauseState:
    """Where one clause stands for these sides."""
    by_party: dict[str, list[Offer]] = {}
    for offer in offers:
        by_party.setdefault(offer.party, []).append(offer)
    live = {party: heads(own) for party, own in by_party.items()}
    wordings = _wordings(offers, live)
    number_of = {ref: number for number, one in enumerate(wordings) for ref in one.refs}
    parties = sorted({*sides, *by_party, *(one.party for one in positions)})
    stands_at = {party: _stand(live.get(party, []), party, positions, number_of, wordings) for party in parties}
    taken: list[dict[str, Taken]] = [{} for _ in wordings]
    for one in positions:
        number = number_of.get(one.revision)
        if number is not None and (one.party not in taken[number] or taken[number][one.party].place < one.place):
            taken[number][one.party] = one
    at = {stands_at[side] for side in sides}
    agreed = next(iter(at)) if len(at) == 1 and sides else None
    if not wordings:
        state: Literal["agreed", "left_out", "open", "gone"] = "gone"
    elif agreed is None:
        state = "open"
    else:
        state = "left_out" if wordings[agreed].content.struck else "agreed"
    shown = _shown(wordings, agreed, offers)
    return ClauseState(
        key=key,
        state=state,
        order=shown.order if shown else (),
        part=shown.part if shown else "clause",
        wordings=wordings,
        agreed=agreed,
        stands_at=stands_at,
        taken=tuple(taken),
        stale=_stale(positions, number_of, taken, offers, wordings),
        clashes=_clashes(live, wordings, positions, number_of, sides, agreed),
        offers=tuple(offers),
    )


def _shown(wordings: Sequence[Wording], agreed: int | None, offers: Sequence[Offer]) -> Content | None:
    """Where the clause is shown: at the place that was agreed, else at the one that was offered first."""
    if agreed is not None and wordings[agreed].content.order:
        return wordings[agreed].content
    here = [one.content for one in wordings if one.content.order] or [one.content for one in offers if one.content]
    return min(here, key=lambda one: (one.struck, one.order, one.part), default=None)


def _wordings(offers: Sequence[Offer], live: Mapping[str, Sequence[Offer]]) -> tuple[Wording, ...]:
    found: dict[object, list[Offer]] = {}
    for party in sorted(live):
        for offer in live[party]:
            if offer.content is not None:
                found.setdefault("struck" if offer.content.struck else offer.content, []).append(offer)
    wordings = []
    for same in found.values():
        refs = [ref for offer in same for ref in _same_run(offer, offers)]
        same.sort(key=lambda one: one.ref)
        content = next(one.content for one in same if one.content is not None)
        wordings.append(Wording(content, tuple(sorted(refs)), tuple(same)))
    return tuple(sorted(wordings, key=lambda one: one.ref))


def _same_run(offer: Offer, offers: Sequence[Offer]) -> list[str]:
    """The records up to this one in which its thing said these very words without a break."""
    thing = [one for one in offers if one.thing == offer.thing and one.place <= offer.place]
    refs: list[str] = []
    for one in reversed(thing):
        if one.content is None or (one.content != offer.content):
            break
        refs.append(one.ref)
    return refs


def _stand(
    live: Sequence[Offer],
    party: str,
    positions: Sequence[Taken],
    number_of: Mapping[str, int],
    wordings: Sequence[Wording],
) -> int | None:
    """The wording that a party would sign: that of its latest word. It offers what it says; two wordings are none."""
    words: list[tuple[tuple[int, int], int, Taken | None]] = []
    offered = [one for one in live if one.content is not None]
    own = {number_of[one.ref] for one in offered}
    words += [(one.place, number_of[one.ref], None) for one in offered]
    words += [
        (one.place, number_of[one.revision], one)
        for one in positions
        if one.party == party and one.revision in number_of and one.verdict is not None
    ]
    stand: int | None = None
    for _, number, position in sorted(words, key=lambda one: one[0]):
        if position is None or position.verdict == "accept":
            stand = number
        elif stand == number:
            stand = next(iter(own)) if len(own) == 1 and number not in own else None
    return None if stand in own and len(own) > 1 else stand


def _stale(
    positions: Sequence[Taken],
    number_of: Mapping[str, int],
    taken: Sequence[Mapping[str, Taken]],
    offers: Sequence[Offer],
    wordings: Sequence[Wording],
) -> tuple[Taken, ...]:
    """The latest position of a party on each thing, where its words have changed since and it said nothing anew."""
    thing_of = {one.ref: one.thing for one in offers}
    answered: set[tuple[str, str]] = set()
    for number, wording in enumerate(wordings):
        for offer in wording.offers:
            answered |= {(party, offer.thing) for party in taken[number]}
    latest: dict[tuple[str, str], Taken] = {}
    for one in positions:
        thing = thing_of.get(one.revision)
        if thing is not None and one.revision not in number_of and (one.party, thing) not in answered:
            latest[one.party, thing] = one
    at_stake = {offer.thing for wording in wordings for offer in wording.offers}
    return tuple(one for (_, thing), one in sorted(latest.items()) if thing in at_stake)


def _clashes(
    live: Mapping[str, Sequence[Offer]],
    wordings: Sequence[Wording],
    positions: Sequence[Taken],
    number_of: Mapping[str, int],
    sides: Sequence[str],
    agreed: int | None,
) -> tuple[Clash, ...]:
    found = [
        Clash("own", tuple(one.ref for one in own))
        for _, own in sorted(live.items())
        if len({number_of.get(one.ref) for one in own if one.content is not None}) > 1
    ]
    if agreed is None:
        now = [one for wording in wordings for one in wording.offers]
        for place, one in enumerate(now):
            for other in now[place + 1 :]:
                if one.party == other.party or number_of[one.ref] == number_of[other.ref]:
                    continue
                if not one.version.knows(other.version) and not other.version.knows(one.version):
                    found.append(Clash("crossing", tuple(sorted((one.ref, other.ref)))))
        accepted = {
            side: {
                number_of[one.revision]
                for one in positions
                if one.party == side and one.verdict == "accept" and one.revision in number_of
            }
            | {number_of[one.ref] for one in live.get(side, ()) if one.content is not None}
            for side in sides
        }
        both = set.intersection(*accepted.values()) if accepted else set()
        if len(both) > 1:
            found.append(Clash("crossed", tuple(wordings[number].ref for number in sorted(both))))
    return tuple(found)
