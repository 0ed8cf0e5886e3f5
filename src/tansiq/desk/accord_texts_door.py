"""Saying things about texts: what a wording or a position has to name is filled in from what this node holds.

A wording names the very record that its author looked at, a position the very wording that it answers. What has
changed since it was looked at is refused; a wording can be offered all the same, and then both stay visible.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.accord.amending import text_before, to_take_over
from tansiq.accord.clauses import Offer, heads, read_offers, things_by_key
from tansiq.accord.texts import text_of
from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.office import Office, circle_named
from tansiq.desk.request import learn
from tansiq.desk.saying import Column, Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.picture.told import body_of
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.clause import ClauseKey, Languages
from tansiq.records.values import Language, LongText, Names, Texts

CircleId = Annotated[str, Meta(min_length=6, max_length=32)]
Ref = Annotated[str, Meta(max_length=128)]
TAKEN: Final = ("key", "part", "order", "heading", "term", "text", "drawn_from")
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class OfferRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A wording of a clause; without `key` of a new one.

    `revision` is the very record that it was written against, `own` this party's latest at that time. `anyway` says it
    although one of them was worded anew meanwhile.
    """

    circle: CircleId
    key: ClauseKey | None = None
    order: Annotated[list[Annotated[int, Meta(ge=0, le=9999)]], Meta(max_length=6)] | None = None
    part: Literal["preamble", "definition", "article", "clause", "final", "annex"] | None = None
    heading: Names | None = None
    term: Names | None = None
    text: Texts | None = None
    status: Literal["offered", "struck", "withdrawn"] = "offered"
    concordant: Languages = []
    drawn_from: Annotated[list[Ref], Meta(max_length=16)] = []
    note: LongText | None = None
    revision: Ref | None = None
    own: Ref | None = None
    anyway: bool = False


class PositionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where this party stands on one very wording (`revision`), and which languages of it it compared."""

    circle: CircleId
    revision: Ref
    verdict: Literal["accept", "accept_if", "object", "reserve"] | None = None
    condition: Texts | None = None
    reason: LongText | None = None
    concordant: Languages = []
    discordant: Languages = []
    lang: Language | None = None


class TakeOverRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """All clauses of the text that an agreement amends, as they stand there."""

    circle: CircleId


class CommentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A comment on a clause as a party words it (`about`), or on one very record of it."""

    circle: CircleId
    about: Ref
    text: Annotated[str, Meta(min_length=1, max_length=8000)]
    revision: Ref | None = None
    lang: Language | None = None


def offer_request(office: Office, agreement: str, asked: OfferRequest) -> SayRequest:
    """The statement by which a wording is offered, a clause struck, or an own wording withdrawn.

    Refused: a text that is not here, a wording without words or place, and (`texts.changed`) one that was written
    against what has been worded anew, unless it is to be said anyway.
    """
    with table_of(office, asked.circle) as table:
        _check_text(table, agreement)
        offers = _offers(table, agreement, asked.key)
    own = [one for one in offers if one.party == office.party]
    latest = own[-1] if own else None
    base = _looked_at(offers, asked, latest)
    before = latest or next((one for one in offers if one.ref == base), None)
    fields = _fields(asked, before)
    if base is not None:
        fields["counters"] = base
    # where this party's own wording was not looked at, it is not revised: both stand
    looked = latest is not None and any(one.ref in (asked.own, base) for one in own)
    revises = (
        latest.thing if latest is not None and looked and latest.place[0] == _epoch(office, asked.circle) else None
    )
    return SayRequest("clause", fields, [ReleaseRequest(asked.circle)], revises, agreement)


def _epoch(office: Office, circle: str) -> int:
    """The epoch that speaks now: what was said in an earlier one is followed by a record of its own."""
    with office.database.read() as connection:
        return circle_named(connection, circle).circle.epoch


def _check_text(table: Table, agreement: str) -> None:
    thing = table.told.get(agreement)
    if thing is None or body_of(thing.now, Agreement) is None:
        raise NotFound("texts.not_here", ref=agreement[:80])


def _offers(table: Table, agreement: str, key: str | None) -> list[Offer]:
    if key is None:
        return []
    return read_offers(things_by_key(table.told, agreement).get(key, []))


def _looked_at(offers: Sequence[Offer], asked: OfferRequest, latest: Offer | None) -> str | None:
    """The very record that the wording names as the one it was written against."""
    by_ref = {one.ref: one for one in offers}
    now = {one.thing: one for one in offers}
    for ref in (asked.revision, asked.own):
        if ref is None:
            continue
        if ref not in by_ref:
            raise MalformedInput("texts.not_at_stake", ref=ref[:80])
        if now[by_ref[ref].thing].ref != ref and not asked.anyway:
            raise Conflict("texts.changed", ref=by_ref[ref].thing[:80])
    if latest is not None and asked.own is None and asked.revision != latest.ref and not asked.anyway:
        # this party has a wording that whoever writes has not looked at
        raise Conflict("texts.changed", ref=latest.thing[:80])
    if latest is not None and asked.own is not None and asked.own != latest.ref:
        return asked.own
    if asked.revision is not None:
        return asked.revision
    live = heads([one for one in offers if latest is not None and one.party == latest.party])
    return asked.own or (live[-1].ref if live else None)


def _fields(asked: OfferRequest, before: Offer | None) -> dict[str, Any]:
    """What is said; place and part as before where they are left out."""
    content = None if before is None else before.content
    order = asked.order or (list(content.order) if content else [])
    part = asked.part or (content.part if content else "clause")
    words = {name: msgspec.to_builtins(getattr(asked, name)) for name in ("heading", "term", "text")}
    if asked.status == "offered":
        if not order:
            raise MalformedInput("texts.no_place")
        if not any((value or "").strip() for one in words.values() if one for value in one.values()):
            raise MalformedInput("texts.no_words")
    fields: dict[str, Any] = {"key": asked.key or new_key(order), "part": part, "status": asked.status}
    if order:
        fields["order"] = order
    if asked.status == "offered":
        # empty ones are said too: what is left out of a revision stays as it was
        fields |= {name: one or {} for name, one in words.items() if one or _had(before, name)}
    for name in ("drawn_from", "concordant", "note"):
        if getattr(asked, name):
            fields[name] = getattr(asked, name)
    return fields


def _had(before: Offer | None, name: str) -> bool:
    return before is not None and before.content is not None and bool(getattr(before.content, name))


def new_key(order: Sequence[int]) -> str:
    """A key for a new clause: its number, which may move, and letters that no other desk draws."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return f"{'.'.join(map(str, order))[:30]}-{drawn}"


def preview(office: Office, agreement: str, asked: OfferRequest, author: Author) -> list[Column]:
    """What each party would see of a wording."""
    return saying.preview(office, offer_request(office, agreement, asked), author)


def offer(office: Office, agreement: str, asked: OfferRequest, author: Author) -> tuple[Reference, str]:
    """Offer a wording; answers where it was said, and the key of its clause."""
    request = offer_request(office, agreement, asked)
    return saying.release(office, request, author)[0], str(request.fields["key"])


def take_over(office: Office, agreement: str, asked: TakeOverRequest, author: Author) -> list[Reference]:
    """Offer, in an amendment, the clauses of the text that it amends, all or none: those that this party has not spoken
    of there and that nobody words otherwise. Where both sides do so, those clauses are agreed.

    Refused: an agreement that amends none (`texts.amends_none`), a text before that was never agreed
    (`texts.not_agreed_before`), nothing that is left to take over (`texts.nothing_to_take`).
    """
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
    with table_of(office, asked.circle) as table:
        text = text_of(table.told, table.sides, agreement)
        amends = table.told.thing_of(text.agreement.amends) if text.agreement.amends else None
        if amends is None:
            raise Conflict("texts.amends_none", ref=agreement[:80])
        before = text_before(table.told, circle.id, table.sides, text)
        if before is None:
            raise Conflict("texts.not_agreed_before", ref=amends.ref[:80])
        clauses = to_take_over(table.told, before, text, office.party)
    if not clauses:
        raise Conflict("texts.nothing_to_take", ref=amends.ref[:80])
    requests = []
    for clause in clauses:
        # not what its author said of it then: who takes it over compared nothing
        fields = {name: value for name in TAKEN if (value := msgspec.to_builtins(getattr(clause, name)))}
        fields["status"] = "offered"
        requests.append(SayRequest("clause", fields, [ReleaseRequest(asked.circle)], None, agreement))
    return saying.release_all(office, requests, author)


def take_position(office: Office, asked: PositionRequest, author: Author) -> Reference:
    """Say where this party stands on a wording, or which languages of it say the same.

    Refused: what is no wording (`texts.not_at_stake`), one that was worded anew (`texts.changed`), a verdict on an own
    one (`texts.own_wording`), a condition or reason that is missing.
    """
    with table_of(office, asked.circle) as table:
        thing = table.told.thing_of(asked.revision)
    if thing is None or thing.kind != "clause":
        raise MalformedInput("texts.not_at_stake", ref=asked.revision[:80])
    if thing.now.ref != asked.revision:
        raise Conflict("texts.changed", ref=thing.ref[:80])
    if asked.verdict is not None and thing.party == office.party:
        raise NotAllowed("texts.own_wording", ref=thing.ref[:80])
    if asked.verdict is None and not asked.concordant and not asked.discordant:
        raise MalformedInput("texts.nothing_said")
    condition = {one: words for one, words in msgspec.to_builtins(asked.condition or Texts()).items() if words}
    if asked.verdict in ("accept_if", "reserve") and not condition:
        raise MalformedInput("texts.no_condition", verdict=asked.verdict)
    if asked.verdict == "object" and not asked.reason:
        raise MalformedInput("texts.no_reason")
    fields: dict[str, Any] = {"revision": thing.now.said.id}
    if asked.verdict is not None:
        fields["verdict"] = asked.verdict
    if condition:
        fields["condition"] = condition
    for name in ("reason", "concordant", "discordant", "lang"):
        if getattr(asked, name):
            fields[name] = getattr(asked, name)
    return _say(office, asked.circle, "clause_position", fields, thing.ref, author)


def comment(office: Office, asked: CommentRequest, author: Author) -> Reference:
    """Comment on a clause."""
    with table_of(office, asked.circle) as table:
        thing = table.told.get(asked.about) or table.told.thing_of(asked.about)
    if thing is None or thing.kind not in ("clause", "agreement"):
        raise MalformedInput("texts.not_at_stake", ref=asked.about[:80])
    fields: dict[str, Any] = {"text": asked.text}
    if asked.revision is not None:
        if asked.revision not in {one.ref for one in thing.versions}:
            raise MalformedInput("texts.not_at_stake", ref=asked.revision[:80])
        fields["revision"] = asked.revision.rpartition("/")[2]
    if asked.lang is not None:
        fields["lang"] = asked.lang
    return _say(office, asked.circle, "comment", fields, thing.ref, author)


def _say(office: Office, circle: str, kind: str, fields: dict[str, Any], about: str, author: Author) -> Reference:
    request = SayRequest(kind, fields, [ReleaseRequest(circle)], None, about)
    return saying.release(office, request, author)[0]


learn(OfferRequest, PositionRequest, CommentRequest, TakeOverRequest)
