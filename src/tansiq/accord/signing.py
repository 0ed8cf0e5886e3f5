"""Signatures under a text: which of them count and why not, who initialled and signed, who is missing.

Whether a key was valid is a question of place in the party's own ledger, never of a clock: the office's record as it
stood before the signature decides. So a signature that is told after its key was revoked counts for nothing, whatever
time it names, and one that was told before stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from tansiq.accord.agreed import AgreedClause, AgreedText, digest
from tansiq.accord.statement import Problem, Statement, check, covers, fingerprint, statement_bytes
from tansiq.picture.told import Told, Version, body_of
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.signatory import Signatory
from tansiq.records.kinds.signature import Reservation, Signature
from tansiq.records.values import Language, Names, Texts

LANGUAGES: Final[tuple[Language, ...]] = ("ar", "ckb", "en")
"""Authentic where an agreement names none."""


class Signed(Struct, frozen=True):
    """One signature as it was looked at: `problem` says why it counts for nothing, None where it counts.

    `at` is the time that its signatory states, `told_at` the one of the record (both ms). `witness` where the party is
    none of the text's own.
    """

    ref: str
    thing: str
    party: str
    act: str
    digest: str
    signatory: str
    office: Names | None
    method: str | None
    fingerprint: str
    at: int
    told_at: int
    epoch: int
    index: int
    reservations: tuple[Reservation, ...]
    problem: Problem | None
    witness: bool


class Under(Struct, frozen=True):
    """Who stands under one text (by its digest)."""

    digest: str
    initialled: tuple[str, ...]
    signed: tuple[str, ...]
    not_initialled: tuple[str, ...]
    not_signed: tuple[str, ...]
    complete_at: int | None
    """When the last of the parties signed (ms, as it states); None while one is missing."""


class Reserved(Struct, frozen=True):
    """What a party signed without, or reads in its own way."""

    party: str
    ref: str
    reservation: Reservation


class Standing(Struct, frozen=True):
    """How an agreement stands with its signatures. `signed` is the text that every party signed."""

    agreement: str
    signatures: tuple[Signed, ...]
    under: tuple[Under, ...]
    texts: dict[str, AgreedText]
    signed: Under | None
    reserved: tuple[Reserved, ...]

    @property
    def text(self) -> AgreedText | None:
        """The text that every party signed."""
        return None if self.signed is None else self.texts[self.signed.digest]


Complete = dict[str, tuple[str, ...]]
"""Digests that every party signed, by agreement; empty while an agreement is being looked at, so that no ring of texts
that amend each other goes on for ever.
"""


def stand(
    told: Told,
    circle: str,
    sides: Sequence[str],
    agreement: str,
    known: Sequence[AgreedText] = (),
    done: Complete | None = None,
) -> Standing:
    """Look at every signature about an agreement. `circle` is the circle's id, which every signature names; `known`
    are texts that are at hand without the records that they were made of, `done` what was looked at already.
    """
    done = {} if done is None else done
    done[agreement] = ()
    texts = {digest(text): text for text in known}
    table = _Table(told, circle, sides, agreement, texts, done)
    signatures = []
    held: dict[tuple[str, str], dict[str, tuple[str, tuple[Reservation, ...]]]] = {}
    for version, body in _signatures(told, agreement):
        one = _look(table, version, body)
        if one.problem is None and one.act == "sign":
            standing = held.setdefault((one.digest, one.party), {})
            earlier = [each for _, many in standing.values() for each in many]
            if standing and not covers(one.reservations, earlier):
                one = msgspec.structs.replace(one, problem="late_reservation")
            else:
                standing[one.signatory] = (one.ref, one.reservations)
        signatures.append(one)
    under = [_under(of, texts[of], signatures) for of in sorted(texts)]
    complete = [one for one in under if one.complete_at is not None]
    signed = min(complete, key=lambda one: (one.complete_at or 0, one.digest), default=None)
    reserved = [
        Reserved(party, ref, each)
        for (of, party), offices in sorted(held.items())
        if signed is not None and of == signed.digest and party in texts[of].parties
        for ref, many in offices.values()
        for each in many
    ]
    done[agreement] = tuple(one.digest for one in complete)
    return Standing(agreement, tuple(signatures), tuple(under), texts, signed, tuple(reserved))


class _Table(NamedTuple):
    """Where signatures about one agreement are looked at."""

    told: Told
    circle: str
    sides: Sequence[str]
    agreement: str
    texts: dict[str, AgreedText]
    done: Complete


def text_of(
    told: Told, sides: Sequence[str], frame: str, clauses: Sequence[str], amends: str | None = None
) -> AgreedText | None:
    """The text that these very records make; None where one of them is missing, erased or of another kind."""
    version = version_named(told, frame)
    body = None if version is None else body_of(version, Agreement)
    if body is None or body.path is None:
        return None
    authentic = tuple(body.authentic or LANGUAGES)
    parties = [one for one in sides if one in (body.parties or ())]
    found = []
    for ref in clauses:
        said = version_named(told, ref)
        clause = None if said is None else body_of(said, Clause)
        if clause is None or clause.key is None or clause.order is None:
            return None
        found.append(
            AgreedClause(
                clause.key,
                tuple(clause.order),
                clause.part or "clause",
                _of(clause.heading, authentic),
                _of(clause.term, authentic),
                _of(clause.text, authentic),
                ref,
            )
        )
    return AgreedText(
        body.path,
        _of(body.names, authentic),
        tuple(sorted(parties or sides)),
        tuple(sorted(authentic)),
        body.prevailing,
        amends,
        tuple(found),
        body.force,
        body.expires_at,
        body.review_at,
    )


def version_named(told: Told, ref: str) -> Version | None:
    """The very record with this reference."""
    thing = told.thing_of(ref)
    return None if thing is None else next((one for one in thing.versions if one.ref == ref), None)


def _of(words: Names | Texts | None, authentic: Sequence[Language]) -> dict[Language, str]:
    return {language: text for language in authentic if words is not None and (text := getattr(words, language))}


def amended_digests(
    told: Told, circle: str, sides: Sequence[str], frame: str, done: Complete | None = None
) -> tuple[str | None, ...]:
    """What a text made of this very frame may name as the text before: None alone where it amends none; of the text
    that it amends the digests that every party signed, so nothing where none was.
    """
    version = version_named(told, frame)
    body = None if version is None else body_of(version, Agreement)
    if body is None or body.amends is None:
        return (None,)
    done = {} if done is None else done
    earlier = told.thing_of(body.amends)
    if earlier is None or earlier.kind != "agreement":
        return ()
    if earlier.ref not in done:
        stand(told, circle, sides, earlier.ref, (), done)
    return done[earlier.ref]


def _signatures(told: Told, agreement: str) -> Iterator[tuple[Version, Signature | None]]:
    """Every version of every signature; each party's in the order of its ledger."""
    versions = [version for thing in told.about("signature", agreement) for version in thing.versions]
    versions.sort(key=lambda one: (one.said.ledger.party, one.said.ledger.epoch, one.said.index))
    for version in versions:
        yield version, body_of(version, Signature)


def _look(table: _Table, version: Version, body: Signature | None) -> Signed:
    said = version.said
    office, problem = _office(table.told, version, body)
    text = None
    if body is not None and problem is None:
        text, problem = _text(table, body)
    if body is not None and problem is None and office is not None:
        problem = check(
            office,
            statement_bytes(statement_of(table.circle, said.ledger.party, body)),
            body.signature or "",
            body.authenticator,
            body.client,
        )
    if problem is None and text is not None:
        table.texts.setdefault(digest(text), text)
    return Signed(
        ref=version.ref,
        thing=f"{said.ledger.party}/{said.first}",
        party=said.ledger.party,
        act=(body.act if body else None) or "",
        digest=(body.digest if body else None) or "",
        signatory=(body.signatory if body else None) or "",
        office=office.names if office else None,
        method=office.method if office else None,
        fingerprint=fingerprint(office.key or "") if office else "",
        at=(body.at if body else None) or 0,
        told_at=said.at,
        epoch=said.ledger.epoch,
        index=said.index,
        reservations=tuple((body.reservations if body else None) or ()),
        problem=problem,
        witness=text is not None and said.ledger.party not in text.parties,
    )


def statement_of(circle: str, party: str, body: Signature) -> Statement:
    """What a signature's key signed, as its record says."""
    return Statement(
        body.act or "sign",
        body.digest or "",
        circle,
        party,
        body.signatory or "",
        body.at or 0,
        tuple(body.reservations or ()),
    )


def _office(told: Told, version: Version, body: Signature | None) -> tuple[Signatory | None, Problem | None]:
    """The office as it stood in the party's ledger before the signature, and whether it could sign."""
    if body is None or None in (body.act, body.digest, body.signatory, body.at, body.signature):
        return None, "unreadable"
    thing = told.get(body.signatory or "")
    if thing is None or thing.kind != "signatory":
        return None, "unknown_signatory"
    if thing.party != version.said.ledger.party:
        return None, "other_party"
    stood = thing.said_before(version)
    office = None if stood is None else body_of(stood, Signatory)
    if office is None:
        return None, "unknown_signatory"
    return office, office_problem(office, body.act or "", body.at or 0)


def office_problem(office: Signatory, act: str, at: int) -> Problem | None:
    """Why an office may not do this at that time."""
    if office.status == "revoked":
        return "revoked"
    if act not in (office.may or ()):
        return "not_entitled"
    if (office.since is not None and at < office.since) or (office.until is not None and at > office.until):
        return "outside_term"
    return None


def _text(table: _Table, body: Signature) -> tuple[AgreedText | None, Problem | None]:
    """The text of the records that a signature names, if it is the one that its digest names."""
    if body.digest in table.texts:
        return table.texts[body.digest or ""], None
    frame = table.told.thing_of(body.frame or "")
    if frame is None or frame.ref != table.agreement:
        return None, "text_missing"
    text = text_of(table.told, table.sides, body.frame or "", body.clauses or ())
    if text is None:
        return None, "text_missing"
    for amends in amended_digests(table.told, table.circle, table.sides, body.frame or "", table.done):
        found = msgspec.structs.replace(text, amends=amends)
        if digest(found) == body.digest:
            return found, None
    return None, "other_text"


def _under(of: str, text: AgreedText, signatures: Sequence[Signed]) -> Under:
    counted = [one for one in signatures if one.digest == of and one.problem is None]
    first: dict[str, int] = {}
    for one in counted:
        if one.act == "sign":
            first[one.party] = min(one.at, first.get(one.party, one.at))
    initialled = {one.party for one in counted if one.act == "initial"}
    missing = tuple(party for party in text.parties if party not in first)
    return Under(
        of,
        tuple(sorted(initialled)),
        tuple(sorted(first)),
        tuple(party for party in text.parties if party not in initialled | set(first)),
        missing,
        None if missing else max((first[party] for party in text.parties), default=None),
    )
