"""The release gate: the only way out of a node.

One function of (statement, circle, label, redaction) gives the entry for that circle and two sets of disclosures:
those that go out with it and those that stay. Nothing that stays influences a byte that goes out: salts are fresh
for every circle, digests are sorted and filled up with decoys, entries are padded.
"""

from __future__ import annotations

import binascii
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from tansiq.circles.circle import Circle
from tansiq.errors import MalformedInput, NotAllowed
from tansiq.geo.mgrs import grid_cell
from tansiq.ledger import disclosure
from tansiq.ledger.disclosure import SALT_SIZE
from tansiq.records.entry import DIGEST_STEP, MAX_DIGESTS, Entry, Head, encode_entry, new_record_id
from tansiq.records.kind import Kind, kind_named
from tansiq.records.values import Label

HOUR_MS: Final = 3_600_000
MAX_RECORD: Final = 65_535
"""Of one record's disclosures together (bytes): larger things are blobs."""
AUTHOR_FIELD: Final = "author"
"""Who wrote it, by account name: a field that stays on the node unless its party tells it."""

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")

MAY_RELEASE: Final = frozenset({"duty_officer", "liaison", "planner", "negotiator", "release_officer"})
SIGNATORY: Final = "signatory"
SIGNED_KINDS: Final = frozenset({"signatory", "signature"})
"""What the role `signatory` may release on its own: its keys and what it signs with them."""


@dataclass(frozen=True)
class Author:
    """The account that speaks: its name stays here, desk and roles stand in the entry."""

    user: str
    desk: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """What an officer wants to say: a kind, its plain JSON fields, and which record it revises or is about."""

    kind: str
    fields: Mapping[str, Any]
    revises: str | None = None
    about: str | None = None


@dataclass(frozen=True)
class Redaction:
    """Which fields stay; side of the grid square (metres) and hours that are told in their stead, 0 for none."""

    withhold: frozenset[str] = field(default_factory=frozenset)
    grid: int = 0
    hour: int = 0


@dataclass(frozen=True)
class Sealed:
    """An entry ready to be appended: its bytes, the disclosures that go with it (`~`-joined), those that stay."""

    entry: Entry
    body: bytes
    told: str
    kept: str
    told_fields: Mapping[str, Any]
    kept_fields: Mapping[str, Any]


def split_fields(kind: Kind, fields: Mapping[str, Any], redaction: Redaction) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told and what is kept of `fields`, with coarse stand-ins for a withheld place or time.

    This is the preview as well as the release. Refuses a field that the kind does not have
    (`gate.no_such_field`) and a statement of which nothing would be told (`gate.nothing_told`).
    """
    if unknown := redaction.withhold - set(kind.field_names()):
        raise MalformedInput("gate.no_such_field", field=sorted(unknown)[0], kind=kind.name)
    given = msgspec.to_builtins(kind.read({name: value for name, value in fields.items() if value is not None}))
    staying = redaction.withhold | kind.own
    told = {name: value for name, value in given.items() if name not in staying}
    kept = {name: value for name, value in given.items() if name in staying}
    for exact, coarse in kind.coarse_place.items():
        if exact in kept and redaction.grid and coarse not in redaction.withhold:
            cell = grid_cell(kept[exact]["lat"], kept[exact]["lon"], redaction.grid)
            told[coarse] = msgspec.to_builtins(cell)
    for exact, coarse in kind.coarse_time.items():
        if exact in kept and redaction.hour and coarse not in redaction.withhold:
            told[coarse] = coarse_interval(kept[exact], redaction.hour)
    if not told:
        raise MalformedInput("gate.nothing_told", kind=kind.name)
    # in the order of the kind, which is the one spelling that intake reads fastest
    return {name: told[name] for name in kind.field_names() if name in told}, kept


def coarse_interval(exact: Mapping[str, Any], hours: int) -> dict[str, int]:
    """The whole `hours`-long slot or slots (counted from midnight UTC) that contain the exact interval."""
    step = hours * HOUR_MS
    start = exact["from"] // step * step
    last = exact["from"] if exact.get("to") is None else exact["to"]
    return {"from": start, "to": (last // step + 1) * step}


def check_label(label: Label, circle: Circle) -> None:
    """Refuse a label that does not fit the circle.

    A label narrower than the circle would be a lie, since every member sees the entry; an exercise label in a
    live circle, or a live one in an exercise, would mix what must never mix.
    """
    members, told = set(circle.parties), set(label.to)
    if missing := members - told:
        raise NotAllowed("gate.label_narrower", party=sorted(missing)[0], circle=circle.id)
    if extra := told - members:
        raise NotAllowed("gate.label_wider", party=sorted(extra)[0], circle=circle.id)
    if label.exercise != circle.exercise:
        code = "gate.exercise_into_live" if label.exercise else "gate.live_into_exercise"
        raise NotAllowed(code, circle=circle.id)


def check_author(author: Author, kind: str = "") -> str:
    """The role under which `author` releases (a `kind`); refused (`gate.may_not_release`) where none of them may."""
    if kind in SIGNED_KINDS and SIGNATORY in author.roles:
        return SIGNATORY
    for role in author.roles:
        if role in MAY_RELEASE:
            return role
    raise NotAllowed("gate.may_not_release", user=author.user)


def release(
    statement: Statement,
    circle: Circle,
    label: Label,
    redaction: Redaction,
    author: Author,
    *,
    seen: Sequence[Head],
    now_ms: int,
    blobs: Sequence[str] = (),
    record_id: str | None = None,
) -> Sealed:
    """The entry and disclosures by which `statement` is said in `circle`; `blobs` are digests of what is attached.

    `record_id` where it must be the same however often it is asked for; a new one otherwise.
    """
    kind = kind_named(statement.kind)
    if not kind.spoken:
        raise NotAllowed("gate.not_spoken", kind=kind.name)
    role = check_author(author, kind.name)
    check_label(label, circle)
    told, kept = split_fields(kind, statement.fields, redaction)
    kept[AUTHOR_FIELD] = author.user
    return seal(
        kind.name,
        told,
        kept,
        label,
        desk=author.desk,
        role=role,
        seen=seen,
        now_ms=now_ms,
        revises=statement.revises,
        about=statement.about,
        blobs=blobs,
        record_id=record_id,
    )


def seal(
    kind: str,
    told: Mapping[str, Any],
    kept: Mapping[str, Any],
    label: Label,
    *,
    desk: str,
    role: str,
    seen: Sequence[Head],
    now_ms: int,
    revises: str | None = None,
    about: str | None = None,
    blobs: Sequence[str] = (),
    record_id: str | None = None,
) -> Sealed:
    """Put fields behind digests and write the entry. Every value gets a fresh 128-bit salt (RFC 9901, 4.2.1)."""
    salts = fresh(len(told) + len(kept), SALT_SIZE)
    out = [
        disclosure.make(name, value, salts[at * SALT_SIZE : (at + 1) * SALT_SIZE])
        for at, (name, value) in enumerate((*told.items(), *kept.items()))
    ]
    told_out, kept_out = out[: len(told)], out[len(told) :]
    digests = disclosure.digests(out)
    if len(digests) > MAX_DIGESTS - DIGEST_STEP:
        raise MalformedInput("gate.too_many_fields", count=len(digests))
    count = digest_count(kind_named(kind), len(digests))
    digests += disclosure.decoys(fresh(count - len(digests), 32))
    joined, staying = "~".join(told_out), "~".join(kept_out)
    if (size := len(joined) + len(staying)) > MAX_RECORD:
        raise MalformedInput("gate.record_too_large", size=size, limit=MAX_RECORD)
    entry = Entry(
        v=1,
        type=kind,
        id=record_id or new_record_id(now_ms),
        revises=revises,
        about=about,
        desk=desk,
        role=role,
        at=now_ms,
        label=label,
        seen=list(seen),
        sd=sorted(digests),
        told=told_digest(joined),
        blobs=sorted(blobs),
        pad="",
    )
    body = encode_entry(entry)
    return Sealed(entry, body, joined, staying, dict(told), dict(kept))


def fresh(count: int, size: int) -> bytes:
    """`count` numbers by chance, of `size` bytes each."""
    return secrets.token_bytes(count * size) if count else b""


def digest_count(kind: Kind, needed: int) -> int:
    """How many digests an entry of this kind has: as many as if every field were there, told or kept.

    Were it filled up from what is there only, one withheld field more or less could show in the number of digests and
    so in the size of the entry. `needed` only counts where a kind is told more than its fields.
    """
    fields = max(len(kind.field_names()) + 1, needed)  # one for the author's name
    return fields + -fields % DIGEST_STEP


def tell_more(
    record_id: str,
    chosen: str,
    label: Label,
    author: Author,
    *,
    seen: Sequence[Head],
    now_ms: int,
) -> Sealed:
    """The entry by which `chosen` (`~`-joined disclosures kept so far) of the record `record_id` are told."""
    role = check_author(author)
    entry = Entry(
        v=1,
        type="tell",
        id=new_record_id(now_ms),
        revises=record_id,
        about=None,
        desk=author.desk,
        role=role,
        at=now_ms,
        label=label,
        seen=list(seen),
        sd=sorted(disclosure.decoys(fresh(DIGEST_STEP, 32))),
        told=told_digest(chosen),
        blobs=[],
        pad="",
    )
    return Sealed(entry, encode_entry(entry), chosen, "", {}, {})


def told_digest(joined: str) -> str | None:
    """The entry's commitment to the disclosures that go out with it, None where none do."""
    return bytes_digest(joined.encode("ascii")) if joined else None


def bytes_digest(data: bytes) -> str:
    """SHA-256 in base64url without padding."""
    encoded = binascii.b2a_base64(hashlib.sha256(data).digest())
    return encoded[:43].translate(_TO_URL).decode("ascii")
