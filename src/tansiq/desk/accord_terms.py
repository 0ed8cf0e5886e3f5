"""Terms of reference at a desk: what holds now, whose word stands on each version, what changed between two."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.accord.terms import Act
from tansiq.accord.terms_change import Affected, Change, affected, changes
from tansiq.circles.gate import Author
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.office import Office, circle_named
from tansiq.desk.roles import may
from tansiq.desk.told import read_told
from tansiq.errors import NotFound
from tansiq.picture.consents import latest_consent
from tansiq.picture.terms import in_force
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.terms import Terms

CONCERNED: Final = ("activity", "commitment", "complaint", "centre")


class Given(Struct, frozen=True):
    """A party's word on a version, and when it was said (ms); its author's is that it said it."""

    party: str
    verdict: str | None
    at: int | None
    reason: str | None = None


class VersionView(Struct, frozen=True):
    """One version: `ref` is the very record, `since` (ms) when the last word came that put it in force."""

    ref: str
    number: int | None
    said: int
    words: list[Given]
    in_force: bool
    since: int | None
    status: str | None
    fields: dict[str, Any]


class TermsView(Struct, frozen=True):
    """Terms of one party with all their versions, the latest first; `latest` is answered, older ones are history."""

    ref: str
    party: str
    versions: list[VersionView]


class TermsPage(Struct, frozen=True):
    """All terms of a circle; `in_force` is the version that holds now, `may` what it leaves to who asks."""

    at: int
    circle: str
    in_force: str | None
    may: dict[Act, bool]
    terms: list[TermsView]


class Diff(Struct, frozen=True):
    """What changed from one version to another; without `before` everything is new."""

    before: str | None
    after: str
    changes: tuple[Change, ...]
    affected: Affected


def page(office: Office, circle_id: str, author: Author) -> TermsPage:
    """What the terms of a circle say and whose word stands on them."""
    with table_of(office, circle_id) as table:
        holds = in_force(table.told).ref
        views = [_view(table, thing, holds) for thing in table.told.of_kind("terms")]
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
    return TermsPage(office.clock(), circle.id, holds, may(office, circle.id, author), views)


def diff(office: Office, circle_id: str, after: str = "", before: str = "") -> Diff:
    """What changed, rule by rule, and whom it concerns.

    Both are versions (`party/id` of the very record). `after` left out is the latest of the newest terms; `before` left
    out is what is in force, else the version before `after`. Refused: `terms.not_here`.
    """
    with table_of(office, circle_id) as table:
        told = table.told
        new = _named(told, after) if after else _newest(told)
        old = _named(told, before) if before else _version_before(told, new)
    with office.database.read() as connection:
        concerned = read_told(connection, circle_id, CONCERNED)
    was, becomes = _body(old), _body(new)
    changed = changes(was, becomes)
    found = affected(changed, was, becomes, concerned, office.clock())
    return Diff(None if old is None else old.ref, new.ref, changed, found)


def _body(version: Version | None) -> Terms:
    return (None if version is None else body_of(version, Terms)) or Terms()


def _named(told: Told, ref: str) -> Version:
    thing = told.thing_of(ref)
    if thing is None or thing.kind != "terms":
        raise NotFound("terms.not_here", ref=ref[:80])
    return next(one for one in thing.versions if one.ref == ref)


def _newest(told: Told) -> Version:
    versions = [thing.now for thing in told.of_kind("terms")]
    if not versions:
        raise NotFound("terms.not_here", ref="-")
    return max(versions, key=lambda one: (((body := body_of(one, Terms)) and body.version) or 0, one.said.at, one.ref))


def _version_before(told: Told, new: Version) -> Version | None:
    holds = in_force(told).ref
    if holds is not None and holds != new.ref:
        return _named(told, holds)
    thing = told.thing_of(new.ref)
    return None if thing is None else next((one for one in reversed(thing.versions) if one.said.at < new.said.at), None)


def _view(table: Table, thing: Thing, holds: str | None) -> TermsView:
    return TermsView(thing.ref, thing.party, [_version(table.told, thing, one, holds) for one in thing.versions[::-1]])


def _version(told: Told, thing: Thing, version: Version, holds: str | None) -> VersionView:
    body = body_of(version, Terms) or Terms()
    words = [_word(told, thing, version, party) for party in body.parties or ()]
    whole = all(one.verdict == "accepted" for one in words)
    since = max((one.at or 0 for one in words), default=None) if whole else None
    fields = msgspec.to_builtins(body)
    return VersionView(
        version.ref, body.version, version.said.at, words, version.ref == holds, since, body.status, fields
    )


def _word(told: Told, thing: Thing, version: Version, party: str) -> Given:
    if party == thing.party:
        return Given(party, "accepted", version.said.at)
    latest = latest_consent(told, party, thing.ref, version)
    if latest is None:
        return Given(party, None, None)
    return Given(party, latest[1].verdict, latest[0].said.at, latest[1].reason)
