"""Signing at the desk: how an agreement stands with its signatures, what a signatory signs, and taking the signature.

A signature is looked at by the same rule by which every other node will look at it, before it is said.
"""

from __future__ import annotations

import base64
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.accord import agreed, carried
from tansiq.accord.agreed import AgreedText
from tansiq.accord.carried import Office as CarriedOffice
from tansiq.accord.carried import Refs, SignatureFile, TextFile
from tansiq.accord.force import Effect, InForce, Stage, Touched, effects, force_of, stages, touched
from tansiq.accord.signing import (
    Signed,
    Standing,
    Under,
    amended_digests,
    office_problem,
    stand,
    statement_of,
    text_of,
)
from tansiq.accord.statement import challenge, check, covers, fingerprint, statement_bytes
from tansiq.accord.texts import agreed_text
from tansiq.circles.gate import SIGNATORY, Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.office import Office, circle_named
from tansiq.desk.request import learn
from tansiq.desk.saying import Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, NotAllowed, NotFound, ProofRefused
from tansiq.picture.told import body_of
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.signatory import Signatory
from tansiq.records.kinds.signature import Base64, Reservation, Signature, TextDigest
from tansiq.records.values import Millis, Names, Ref
from tansiq.wording import wording

NEGOTIATOR: Final = "negotiator"
CircleId = Annotated[str, Meta(min_length=6, max_length=32)]
Act = Literal["initial", "sign"]


class StatementRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be signed: `digest` is of the text that was shown to its end."""

    circle: CircleId
    agreement: AnyRef
    act: Act
    signatory: AnyRef
    digest: TextDigest
    reservations: Annotated[list[Reservation], Meta(max_length=64)] = []


class SignatureRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A signature; `frame` and `clauses` name the records of the text where it was signed away from the node."""

    circle: CircleId
    agreement: AnyRef
    act: Act
    signatory: AnyRef
    digest: TextDigest
    at: Millis
    signature: Base64
    authenticator: Base64 | None = None
    client: Base64 | None = None
    reservations: Annotated[list[Reservation], Meta(max_length=64)] = []
    frame: AnyRef | None = None
    clauses: Refs | None = None


class Prepared(Struct, frozen=True):
    """The statement (UTF-8 text) to be signed as it stands; `challenge` (base64url) for a passkey."""

    statement: str
    challenge: str
    at: int
    rp_id: str | None


class OfficeView(Struct, frozen=True):
    """An office that signs, as its party named it last."""

    ref: str
    party: str
    names: Names | None
    method: str | None
    fingerprint: str
    key: str
    may: list[str]
    status: str
    since: int | None
    until: int | None


class OpenText(Struct, frozen=True):
    """The text that every party has accepted: `canonical` are the bytes that are signed, as text."""

    digest: str
    canonical: str
    frame: str
    clauses: list[str]


class Row(Struct, frozen=True):
    """A signature and, where it does not count, why in the reader's language."""

    signed: Signed
    why: str


class SigningView(Struct, frozen=True):
    """All that the pages of signing show. `text` is the signed text, or else the one that can be signed now."""

    agreement: str
    exercise: bool
    at: int
    party: str
    sides: tuple[str, ...]
    names: Names | None
    open: OpenText | None
    text: str | None
    digest: str | None
    signatures: list[Row]
    under: tuple[Under, ...]
    signed: Under | None
    force: InForce
    stages: list[Stage]
    touched: list[Touched]
    effects: list[Effect]
    offices: list[OfficeView]


def view(office: Office, circle_id: str, agreement: str, language: str) -> SigningView:
    """How an agreement stands with its signatures; refused (`signing.no_agreement`) where it is not there."""
    now = office.clock()
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
    with table_of(office, circle_id) as table:
        body = _agreement(table, agreement)
        standing = stand(table.told, circle.id, table.sides, agreement)
        open_ = open_text(table, circle.id, agreement)
        text = standing.text
        shown = agreed.canonical(text).decode() if text is not None else open_.canonical if open_ else None
        return SigningView(
            agreement,
            circle.exercise,
            now,
            office.party,
            table.sides,
            body.names,
            open_,
            shown,
            standing.signed.digest if standing.signed else open_.digest if open_ else None,
            [Row(one, why(one, language)) for one in standing.signatures],
            standing.under,
            standing.signed,
            force_of(table.told, standing, now),
            stages(table.told, circle.id, table.sides, body.path or "", now),
            [] if text is None else touched(text, standing.reserved),
            effects(table.told, standing),
            offices(table),
        )


def why(one: Signed, language: str) -> str:
    """Why a signature counts for nothing, in the reader's language; empty where it counts."""
    return "" if one.problem is None else wording(f"signature.{one.problem}", {}, language).refused


def _agreement(table: Table, ref: str) -> Agreement:
    thing = table.told.get(ref)
    body = None if thing is None else body_of(thing.now, Agreement)
    if thing is None or thing.kind != "agreement" or body is None:
        raise NotFound("signing.no_agreement", ref=ref[:80])
    return body


def offices(table: Table, party: str | None = None) -> list[OfficeView]:
    """Every office that was named, or those of one party."""
    found = []
    for thing in table.told.of_kind("signatory"):
        body = body_of(thing.now, Signatory)
        if body is None or (party is not None and thing.party != party):
            continue
        found.append(
            OfficeView(
                thing.ref,
                thing.party,
                body.names,
                body.method,
                fingerprint(body.key or ""),
                body.key or "",
                list(body.may or ()),
                body.status or "valid",
                body.since,
                body.until,
            )
        )
    return found


def text_now(table: Table, circle: str, agreement: str) -> AgreedText | None:
    """The text that every party has accepted, as it would be signed; None while a bracket is open, or while the text
    that it amends is not signed by all.
    """
    found, _ = agreed_text(table.told, table.sides, agreement)
    thing = table.told.get(agreement)
    if found is None or thing is None:
        return None
    before = amended_digests(table.told, circle, table.sides, thing.now.ref)
    if not before:
        return None
    refs = [one.ref for one in agreed.in_order(found.clauses)]
    return text_of(table.told, table.sides, thing.now.ref, refs, before[0])


def open_text(table: Table, circle: str, agreement: str) -> OpenText | None:
    """The same as it goes out."""
    text, thing = text_now(table, circle, agreement), table.told.get(agreement)
    if text is None or thing is None:
        return None
    refs = [one.ref for one in agreed.in_order(text.clauses)]
    return OpenText(agreed.digest(text), agreed.canonical(text).decode(), thing.now.ref, refs)


def prepare(office: Office, asked: StatementRequest, author: Author) -> Prepared:
    """What the signatory's key is to sign now; refused like the signature itself would be."""
    at = office.clock()
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
    with table_of(office, asked.circle) as table:
        _agreement(table, asked.agreement)
        signatory = _may_sign(table, office.party, asked.signatory, asked.act, at, author)
        text = text_now(table, circle.id, asked.agreement)
        if text is None:
            raise Conflict("signing.open_brackets", ref=asked.agreement[:80])
        if agreed.digest(text) != asked.digest:
            raise Conflict("signing.text_changed", ref=asked.agreement[:80])
        carried.check_reservations(asked.act, asked.reservations, text)
    body = Signature(
        act=asked.act, digest=asked.digest, signatory=asked.signatory, at=at, reservations=asked.reservations
    )
    statement = statement_bytes(statement_of(circle.id, office.party, body))
    wanted = base64.urlsafe_b64encode(challenge(statement)).rstrip(b"=").decode()
    return Prepared(statement.decode(), wanted, at, signatory.rp_id)


def sign(office: Office, asked: SignatureRequest, author: Author) -> Reference:
    """Say a signature in the own ledger.

    Refused: who may not (`signing.may_not`), an office that cannot, a signature that does not
    hold (`signature.…`, in the words in which a list shows it), a text with brackets
    (`signing.open_brackets`), another text (`signing.text_changed`), a reservation that is none of the text's or comes
    late (`signing.no_such_clause`, `signing.late_reservation`).
    """
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
    with table_of(office, asked.circle) as table:
        _agreement(table, asked.agreement)
        signatory = _may_sign(table, office.party, asked.signatory, asked.act, asked.at, author)
        text, frame, refs = _text_asked(table, circle.id, asked)
        carried.check_reservations(asked.act, asked.reservations, text)
        _check_late(stand(table.told, circle.id, table.sides, asked.agreement), office.party, asked)
    body = Signature(
        act=asked.act,
        digest=asked.digest,
        frame=Ref(frame),
        clauses=[Ref(one) for one in refs],
        signatory=asked.signatory,
        at=asked.at,
        signature=asked.signature,
        authenticator=asked.authenticator,
        client=asked.client,
        reservations=asked.reservations or None,
    )
    statement = statement_bytes(statement_of(circle.id, office.party, body))
    problem = check(signatory, statement, asked.signature, asked.authenticator, asked.client)
    if problem is not None:
        raise ProofRefused(f"signature.{problem}")
    request = SayRequest(
        "signature", msgspec.to_builtins(body), [ReleaseRequest(asked.circle)], None, asked.agreement, urgent=True
    )
    return saying.release(office, request, author)[0]


def _may_sign(table: Table, party: str, ref: str, act: Act, at: int, author: Author) -> Signatory:
    """The office, which is the own party's and may do this at that time, for an account that may."""
    allowed = {SIGNATORY} if act == "sign" else {SIGNATORY, NEGOTIATOR}
    if not allowed & set(author.roles):
        raise NotAllowed("signing.may_not", user=author.user, act=act)
    thing = table.told.get(ref)
    body = None if thing is None else body_of(thing.now, Signatory)
    if thing is None or thing.kind != "signatory" or thing.party != party or body is None:
        raise NotFound("signing.no_office", act=act)
    problem = office_problem(body, act, at)
    if problem is not None:
        raise NotAllowed(f"signature.{problem}")
    return body


def _text_asked(table: Table, circle: str, asked: SignatureRequest) -> tuple[AgreedText, str, list[str]]:
    """The text that was signed: the one that all accepted, or the one of the very records that the request names."""
    thing = table.told.get(asked.agreement)
    frame = asked.frame or (thing.now.ref if thing is not None else "")
    if asked.frame is None or asked.clauses is None:
        text = text_now(table, circle, asked.agreement)
        if text is None:
            raise Conflict("signing.open_brackets", ref=asked.agreement[:80])
    else:
        owner = table.told.thing_of(asked.frame)
        before = amended_digests(table.told, circle, table.sides, asked.frame) or (None,)
        made = [text_of(table.told, table.sides, asked.frame, asked.clauses, one) for one in before]
        text = next((one for one in made if one is not None and agreed.digest(one) == asked.digest), made[0])
        if text is None or owner is None or owner.ref != asked.agreement:
            raise Conflict("signing.text_missing", ref=asked.agreement[:80])
    if agreed.digest(text) != asked.digest:
        raise Conflict("signing.text_changed", ref=asked.agreement[:80])
    return text, frame, [one.ref for one in agreed.in_order(text.clauses)]


def _check_late(standing: Standing, party: str, asked: SignatureRequest) -> None:
    signed = [
        one
        for one in standing.signatures
        if one.party == party and one.act == "sign" and one.digest == asked.digest and one.problem is None
    ]
    earlier = [each for one in signed for each in one.reservations]
    if asked.act == "sign" and signed and not covers(asked.reservations, earlier):
        raise Conflict("signing.late_reservation")


def text_file(office: Office, circle_id: str, agreement: str) -> bytes:
    """The text to be signed away from the node, for the own party's offices (`signing.open_brackets`)."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
    with table_of(office, circle_id) as table:
        _agreement(table, agreement)
        text = open_text(table, circle.id, agreement)
        if text is None:
            raise Conflict("signing.open_brackets", ref=agreement[:80])
        own = [
            CarriedOffice(Ref(one.ref), one.names or Names(), one.key, one.may)  # type: ignore[arg-type]  # as it was said
            for one in offices(table, office.party)
            if one.method == "key_file" and one.status == "valid"
        ]
    file = TextFile(
        "tansiq-text/1",
        circle.exercise,
        circle.id,
        office.party,
        Ref(agreement),
        Ref(text.frame),
        [Ref(one) for one in text.clauses],
        own,
        text.digest,
        text.canonical,
    )
    return msgspec.json.format(msgspec.json.encode(file)) + b"\n"


def take(office: Office, data: bytes, author: Author) -> Reference:
    """Take a signature that was made away from the node."""
    file: SignatureFile = carried.read_signature(data)
    fields: dict[str, Any] = {name: value for name, value in msgspec.structs.asdict(file).items() if name != "format"}
    return sign(office, SignatureRequest(**fields), author)


learn(StatementRequest, SignatureRequest)
