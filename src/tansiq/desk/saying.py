"""Saying something: what each party will see beforehand, then the release, then telling more."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from tansiq.accord.terms import Act
from tansiq.circles import gate
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Author, Redaction, Statement
from tansiq.desk import attaching, once
from tansiq.desk.accord_opening import check_opening
from tansiq.desk.attaching import Ready
from tansiq.desk.checking import check_ground, check_teller
from tansiq.desk.incidents_findings import act_of, check_closing
from tansiq.desk.office import Office, circle_named, circles, epochs_of, parties
from tansiq.desk.roles import acts_of, as_speaker
from tansiq.errors import Conflict, MalformedInput, NotAllowed
from tansiq.exchange import outbox
from tansiq.exchange.outbox import Said, Saying
from tansiq.records.entry import MAX_BLOBS
from tansiq.records.kind import kind_named
from tansiq.records.values import Label, Names
from tansiq.store import ledgers, uploads


class LabelRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A label as asked for; whether it is an exercise follows from the circle unless it is said."""

    policy: str = "JOINT"
    classification: str = "RESTRICTED"
    tlp: str = "AMBER"
    to: list[str] | None = None
    exercise: bool | None = None


class ReleaseRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """How to release to one circle: label, withheld fields, grid in metres, hours of a coarse time (0: none)."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    label: LabelRequest = LabelRequest()
    withhold: Annotated[list[str], Meta(max_length=64)] = []
    grid: int = 0
    hour: Annotated[int, Meta(ge=0, le=24 * 31)] = 0


class SayRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A statement and its releases. An urgent one is shown at once; `attachments` are ids of files laid ready.

    `on_purpose` says that a centre is at work although points of its readiness lists are open. `once`, a UUIDv7 that
    the caller makes, lets the same request be sent again after a cut: it is said once, however often it comes.
    """

    kind: str
    fields: dict[str, Any]
    releases: Annotated[list[ReleaseRequest], Meta(min_length=1, max_length=16)]
    revises: str | None = None
    about: str | None = None
    urgent: bool = False
    on_purpose: bool = False
    attachments: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=MAX_BLOBS)] = []
    once: Annotated[str, Meta(max_length=36)] | None = None


class TellRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Fields to tell of an own record."""

    fields: Annotated[list[str], Meta(min_length=1, max_length=64)]


class Column(Struct, frozen=True):
    """What one party will see: `fields` is None where it sees nothing. `withheld` is filled in for oneself only."""

    party: str
    names: Names
    self_: bool = msgspec.field(name="self")
    fields: dict[str, Any] | None
    withheld: list[str]
    circles: list[str]
    attachments: list[Ready] = []


class Reference(Struct, frozen=True):
    """Where a record was said."""

    circle: str
    ref: str
    index: int


SIGNING_ROLES: Final = {
    "signatory": frozenset({gate.SIGNATORY}),
    "signature": frozenset({gate.SIGNATORY, "negotiator"}),
}
"""Who may say these kinds; every other may be said by whoever may release."""

AT_ONCE: Final = frozenset({"request", "request_step", "read_mark"})
"""Kinds that never wait for the beat: the clocks of others run with them, or a bell is silenced."""

ASKING_S: Final = 12.0
"""So long a statement waits, right after a start, until the peers were asked what they hold of our ledgers."""


def check_asked(office: Office) -> None:
    """Wait until the peers were asked; a peer that does not answer does not hold up an office for longer."""
    deadline = time.monotonic() + ASKING_S
    while not office.asked() and time.monotonic() < deadline:
        time.sleep(0.05)


def read_label(asked: LabelRequest, members: Sequence[str], exercise: bool) -> Label:
    """The label that is asked for, for these members; refused as `gate.bad_label`."""
    values = {
        "policy": asked.policy,
        "classification": asked.classification,
        "tlp": asked.tlp,
        "to": list(members) if asked.to is None else asked.to,
        "exercise": exercise if asked.exercise is None else asked.exercise,
    }
    try:
        return msgspec.convert(values, Label)
    except msgspec.ValidationError as error:
        raise MalformedInput("gate.bad_label", reason=str(error)[:200]) from error


def read_redaction(asked: ReleaseRequest) -> Redaction:
    """What is to stay, and how coarse its stand-in is; refused as `gate.bad_grid`."""
    if asked.grid not in (0, 1000, 10_000, 100_000):
        raise MalformedInput("gate.bad_grid", grid=asked.grid)
    return Redaction(frozenset(asked.withhold), asked.grid, asked.hour)


def check_fields(request: SayRequest, party: str) -> None:
    """Refuse (`movements.…`) a plan whose ground and times cannot be compared with those of others, and
    (`positions.…`) a position that is not about an activity of the party that speaks: nobody tells where others are,
    and (`requests.…`) a request of oneself and a new date for one that was put.
    """
    if request.kind == "position_report":
        if request.about is None:
            raise MalformedInput("positions.no_activity")
        if request.about.partition("/")[0] != party:
            raise NotAllowed("positions.not_own", ref=request.about[:80])
    if request.kind == "request":
        from tansiq.incidents.request_words import read_request  # noqa: PLC0415 - as below

        read_request(request.fields, party, corrects=request.revises is not None)
    if request.kind == "activity" and request.fields.get("volumes"):
        from tansiq.desk.movements import read_fields  # noqa: PLC0415 - the engine is loaded with the first plan

        read_fields(request.fields)


def goes_at_once(request: SayRequest) -> bool:
    """Whether it is shown to the others at once: somebody said so, or their clocks run with it."""
    return (
        request.urgent or request.kind in AT_ONCE or (request.kind == "message" and bool(request.fields.get("urgent")))
    )


def check_role(kind: str, author: Author) -> None:
    """Refuse (`signing.may_not`) a key or a signature from an account that does not sign for its party."""
    able = SIGNING_ROLES.get(kind)
    if able is not None and not able & set(author.roles):
        raise NotAllowed("signing.may_not", user=author.user, act="sign")


def preview(office: Office, request: SayRequest, author: Author) -> list[Column]:
    """One column for every party of the roster: exactly what the release would show it, by the gate's own rule."""
    kind = kind_named(request.kind)
    check_role(request.kind, author)
    check_fields(request, office.party)
    check_opening(office, request)
    check_closing(office, request)
    gate.check_author(author, kind.name)
    gate.check_author(author)
    _speakers(office, [request], author)
    given = msgspec.to_builtins(kind.read({k: v for k, v in request.fields.items() if v is not None}))
    seen: dict[str, dict[str, Any]] = {}
    where: dict[str, list[str]] = {}
    with office.database.read() as connection:
        for asked in request.releases:
            circle = circle_named(connection, asked.circle).circle
            gate.check_label(read_label(asked.label, circle.parties, circle.exercise), circle)
            check_teller(kind.name, given, circle.parties)
            check_ground(connection, kind.name, given, _where_areas_stand(connection, circle))
            told, _ = gate.split_fields(kind, request.fields, read_redaction(asked))
            for member in circle.parties:
                seen.setdefault(member, {}).update(told)
                where.setdefault(member, []).append(circle.id)
        attached = attaching.ready(connection, author, request.attachments)
        columns = _columns(connection, office.party, seen, where, given)
    return [
        msgspec.structs.replace(column, attachments=[] if column.fields is None else attached) for column in columns
    ]


def _columns(
    connection: Any,
    own: str,
    seen: Mapping[str, dict[str, Any]],
    where: Mapping[str, list[str]],
    given: Mapping[str, Any],
) -> list[Column]:
    told_somewhere = {name for party, fields in seen.items() if party != own for name in fields}
    columns = []
    for known in parties(connection):
        party = known.card.party
        is_self = party == own
        columns.append(
            Column(
                party=party,
                names=known.card.names,
                self_=is_self,
                fields=dict(given) if is_self else seen.get(party),
                withheld=[name for name in given if name not in told_somewhere] if is_self else [],
                circles=where.get(party, []),
            )
        )
    return columns


def release(office: Office, request: SayRequest, author: Author) -> list[Reference]:
    """Say it: to every circle asked for, or to none."""
    return release_all(office, [request], author)


def release_all(office: Office, requests: Sequence[SayRequest], author: Author) -> list[Reference]:
    """Say all of them, each to every circle asked for, or nothing at all."""
    now = office.clock()
    said: list[Reference] = []
    spoken: dict[int, bool] = {}
    check_asked(office)
    if earlier := said_before(office, requests, author):
        return earlier
    for request in requests:
        check_role(request.kind, author)
        check_fields(request, office.party)
        check_opening(office, request)
        check_closing(office, request)
    speakers = _speakers(office, requests, author)
    with office.database.write() as connection:
        for number, request in enumerate(requests):
            if request.revises and len(request.releases) > 1:
                raise Conflict("gate.revises_one_circle")
            statement = Statement(request.kind, request.fields, _own_id(office, request.revises), request.about)
            before = once.said_before(connection, office, request, author)
            circles: set[str] = set()
            for asked in request.releases:
                if asked.circle in before:
                    said.append(_reference(asked.circle, before[asked.circle]))
                    continue
                held = circle_named(connection, asked.circle)
                spoken[held.num] = spoken.get(held.num, False) or goes_at_once(request)
                if held.circle.id in circles:
                    raise Conflict("gate.circle_twice")
                circles.add(held.circle.id)
                check_teller(request.kind, request.fields, held.circle.parties)
                check_ground(connection, request.kind, request.fields, _where_areas_stand(connection, held.circle))
                label = read_label(asked.label, held.circle.parties, held.circle.exercise)
                for one in outbox.say(
                    connection,
                    held.num,
                    held.circle,
                    office.party,
                    [
                        Saying(
                            statement,
                            label,
                            read_redaction(asked),
                            uploads=request.attachments,
                            record_id=once.record_id_for(request, asked, author),
                        )
                    ],
                    speakers[number, asked.circle],
                    office.signer,
                    now,
                ):
                    said.append(_reference(held.circle.id, one))
            for upload in request.attachments:
                uploads.drop(connection, upload)
    for num, urgent in spoken.items():
        office.spoken(num, urgent=urgent)
    return said


def said_before(office: Office, requests: Sequence[SayRequest], author: Author) -> list[Reference]:
    """The answer that was lost on the way, where all of it was said already: what may be said now does not matter."""
    with office.database.read() as connection:
        found = [once.said_before(connection, office, request, author) for request in requests]
    if any(len(before) < len(request.releases) for before, request in zip(found, requests, strict=True)):
        return []
    return [_reference(circle, one) for before in found for circle, one in before.items()]


def _acts(office: Office, request: SayRequest, asked: ReleaseRequest) -> tuple[Act, ...]:
    act = act_of(office, request, asked.circle)
    return acts_of(request.kind, asked.label.tlp, asked.label.classification, act)


def _speakers(office: Office, requests: Sequence[SayRequest], author: Author) -> dict[tuple[int, str], Author]:
    """Under which role each is said in each circle; refused where terms in force leave it to others."""
    wanted = {
        (number, asked.circle): _acts(office, request, asked)
        for number, request in enumerate(requests)
        for asked in request.releases
    }
    distinct = sorted({(circle, acts) for (_, circle), acts in wanted.items()})
    speaker = {(circle, acts): as_speaker(office, circle, acts, author) for circle, acts in distinct}
    return {(number, circle): speaker[circle, acts] for (number, circle), acts in wanted.items()}


def _where_areas_stand(connection: Connection, circle: Circle) -> list[int]:
    """The epochs in which an area may be told that is spoken of in a circle: of the circle itself, and from a party's
    own circle, as in its drafts, of every circle.
    """
    held = circles(connection) if len(circle.parties) == 1 else [circle_named(connection, circle.id)]
    return [epoch.num for one in held for epoch in epochs_of(connection, one.circle.id)]


def _own_id(office: Office, ref: str | None) -> str | None:
    if ref is None:
        return None
    party, _, record = ref.rpartition("/")
    if party not in ("", office.party):
        raise NotAllowed("record.not_own", ref=ref[:80])
    return record


def _reference(circle: str, said: Said) -> Reference:
    return Reference(circle, said.ref, said.index)


def tell_preview(office: Office, circle_id: str, record: str, fields: Sequence[str], author: Author) -> list[Column]:
    """What each party will see of the record once these fields are told: only what is new to it."""
    gate.check_author(author)
    as_speaker(office, circle_id, ("release",), author)
    with office.database.read() as connection:
        held = circle_named(connection, circle_id)
        own = ledgers.ledger_of(connection, held.num, office.party)
        plan = outbox.tellable(connection, own, record)
        if missing := [name for name in fields if name not in plan]:
            raise Conflict("record.nothing_withheld", field=missing[0], ref=record)
        told: dict[str, Any] = {name: plan[name].value for name in fields}
        seen: dict[str, dict[str, Any]] = dict.fromkeys(held.circle.parties, told)
        where: dict[str, list[str]] = {member: [held.circle.id] for member in held.circle.parties}
        columns = _columns(connection, office.party, seen, where, told)
        left = [name for name in plan if name not in told]
    return [msgspec.structs.replace(column, withheld=left) if column.self_ else column for column in columns]


def tell(office: Office, circle_id: str, record: str, fields: Sequence[str], author: Author) -> list[Reference]:
    """Tell the circle these fields of an own record, as they were committed to when it was said."""
    check_asked(office)
    author = as_speaker(office, circle_id, ("release",), author)
    with office.database.write() as connection:
        held = circle_named(connection, circle_id)
        said = outbox.tell(
            connection,
            held.num,
            held.circle,
            office.party,
            record,
            fields,
            author,
            office.signer,
            office.clock(),
        )
    office.spoken(held.num)
    return [_reference(held.circle.id, one) for one in said]
