"""Evidence: one record with its proof in one text file that anyone can check offline.

    tansiq-evidence@v1
    exercise no
    circle <base64 of the circle's descriptor>
    entry <base64>
    disclosure <as told>          (any number)

    c2sp.org/tlog-proof@v1 …      (to the end of the file)

The proof is the C2SP tlog-proof file as it is, with the members' cosignatures on its checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tansiq.circles.card import PartyCard
from tansiq.circles.circle import Circle, descriptor_digest, read_circle
from tansiq.desk.office import Office
from tansiq.desk.viewing import find, parts
from tansiq.errors import MalformedInput, NotFound, ProofRefused
from tansiq.exchange import shelf
from tansiq.exchange.intake import mirror_verifiers
from tansiq.exchange.publish import publish
from tansiq.ledger import disclosure, proof
from tansiq.ledger.cosignature import cosignatures, with_cosignatures
from tansiq.ledger.merkle import inclusion_proof, leaf_hash
from tansiq.picture.projection import read_thing
from tansiq.records.entry import Entry, decode_entry, record_key
from tansiq.records.values import PartyId
from tansiq.store import ledgers, pictures, roster
from tansiq.store.ledgers import LedgerRow
from tansiq.store.schema import entry_key

HEADER: Final = "tansiq-evidence@v1"
MAX_EVIDENCE: Final = 1 << 20


@dataclass(frozen=True)
class Evidence:
    """What an evidence file proves: this party said this entry, and these fields are what it committed to."""

    circle: Circle
    entry: Entry
    fields: Mapping[str, Any]
    origin: str
    index: int
    size: int
    holders: Sequence[tuple[str, int]]

    def lines(self) -> list[str]:
        """The answer for a person, one fact a line."""
        party = self.origin.split("/")[0]
        said = [
            f"{'EXERCISE · ' if self.entry.label.exercise else ''}{party} said {self.entry.type} {self.entry.id}",
            f"ledger {self.origin}, entry {self.index} of {self.size}",
            f"claimed time {_utc(self.entry.at)}",
            f"label {self.entry.label.policy} {self.entry.label.classification} TLP:{self.entry.label.tlp}"
            f" to {', '.join(self.entry.label.to)}",
        ]
        said += [f"{name}: {value}" for name, value in self.fields.items()]
        said += [f"held by {holder} since {_utc(at * 1000)}" for holder, at in self.holders]
        said.append(f"circle descriptor {descriptor_digest(self.circle)}")
        said += [f"log key of {member.party}: {member.log}" for member in self.circle.members if member.party == party]
        return said


def _utc(millis: int) -> str:
    return datetime.datetime.fromtimestamp(millis / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def prove(office: Office, circle_id: str, party: str, record: str, fields: Sequence[str] | None = None) -> bytes:
    """The evidence file of a record as this node holds it, with all told fields or only those named."""
    if party == office.party and office.asked():
        publish(office.database, office.signer.marks)  # evidence is a way out like any other: its head is marked first
    with office.database.read() as connection:
        held, ledger, index = find(connection, circle_id, party, record)
        size, note = _best_checkpoint(connection, ledger, index)
        row = ledgers.entries(connection, ledger.num, index, 1)[0]
        path = inclusion_proof(
            lambda level, start, count: ledgers.hashes(connection, ledger.num, level, start, count),
            index,
            size,
        )
        texts = _told_texts(connection, ledger, index)
        descriptor = next(one.descriptor for one in roster.circles(connection) if one.num == held.num)
    chosen = [text for name, text in texts.items() if fields is None or name in fields]
    if missing := [name for name in fields or () if name not in texts]:
        raise NotFound("evidence.not_told", field=missing[0])
    lines = [
        HEADER,
        f"exercise {'yes' if held.circle.exercise else 'no'}",
        f"circle {base64.b64encode(descriptor).decode()}",
        f"entry {base64.b64encode(row.body).decode()}",
        *(f"disclosure {text}" for text in chosen),
        "",
        "",
    ]
    return "\n".join(lines).encode() + proof.encode(proof.TlogProof(index=index, hashes=tuple(path), checkpoint=note))


def _best_checkpoint(connection: Any, ledger: LedgerRow, index: int) -> tuple[int, bytes]:
    """The kept checkpoint over the record that most members cosigned; of equals the newest."""
    by_size: dict[int, list[str]] = {}
    for receipt in ledgers.receipts(connection, ledger.num, covering=index):
        by_size.setdefault(receipt.size, []).append(receipt.line)
    for size, lines in sorted(by_size.items(), key=lambda item: (len(item[1]), item[0]), reverse=True):
        note = shelf.held_head(connection, ledger, size)
        if size <= ledger.out_size and note is not None:
            return size, with_cosignatures(note, lines)
    if ledger.out_note is None or ledger.out_size <= index:
        raise NotFound("evidence.not_shown", which=ledger.origin)
    return ledger.out_size, ledger.out_note


def _told_texts(connection: Any, ledger: LedgerRow, index: int) -> dict[str, str]:
    """What has been told of one entry, with it or later, by field name."""
    causes = [index]
    entry = decode_entry(ledgers.entry_bodies(connection, ledger.num, index, 1)[0])
    first = index if entry.revises is None else ledgers.index_of(connection, ledger.num, record_key(entry.revises))
    row = pictures.get(connection, entry_key(ledger.num, index if first is None else first))
    if row is not None:
        causes += read_thing(row.data).tells
    return {
        disclosure.read(text)[0]: text
        for told in ledgers.told_at(connection, ledger.num, causes)
        if told.subject == index
        for text in parts(told.text)
    }


def verify(data: bytes, pinned: Mapping[str, PartyCard] | None = None) -> Evidence:
    """Check an evidence file with nothing but what stands in it, and the cards that the reader trusts.

    `pinned` maps a party to its card; where it names the speaker, the file's key must be that one. Without it
    the answer is only as good as the reader's comparison of the printed key. Who else held the record counts only
    under the keys of the same cards, because the file itself says which keys the circle has.
    """
    pinned = pinned or {}
    if len(data) > MAX_EVIDENCE:
        raise MalformedInput("evidence.malformed", reason=f"{len(data)} > {MAX_EVIDENCE} bytes")
    head, separator, tail = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        values = [line.split(" ", 1) for line in lines[1:]]
        names = [value[0] for value in values]
        if lines[0] != HEADER or not separator or names[:3] != ["exercise", "circle", "entry"]:
            raise MalformedInput("evidence.malformed", reason="header")
        if any(name != "disclosure" for name in names[3:]) or any(len(value) != 2 for value in values):
            raise MalformedInput("evidence.malformed", reason="line")
        circle = read_circle(base64.b64decode(values[1][1], validate=True))
        body = base64.b64decode(values[2][1], validate=True)
    except (UnicodeDecodeError, binascii.Error) as error:
        raise MalformedInput("evidence.malformed", reason=str(error)[:120]) from error
    entry = decode_entry(body)
    if values[0][1] != ("yes" if circle.exercise else "no") or entry.label.exercise != circle.exercise:
        raise ProofRefused("evidence.exercise")
    tlog = proof.parse(tail)
    origin = tlog.checkpoint.split(b"\n", 1)[0].decode("utf-8", "replace")
    party = PartyId(origin.split("/")[0])
    if circle.origin(party) != origin:
        raise ProofRefused("evidence.other_circle", origin=origin[:120])
    key = base64.b64decode(circle.member(party).log)
    if party in pinned and pinned[party].log_key != key:
        raise ProofRefused("evidence.other_key", party=party)
    signed = proof.verify(tlog, leaf_hash(body), origin, key)
    joined = "~".join(value[1] for value in values[3:])
    fields = disclosure.read_all(joined, frozenset(entry.sd))
    holders = [
        (one.verifier.name.split("/")[0], one.time_s or 0)
        for one in cosignatures(signed.note, mirror_verifiers(circle))
        if one.verifier.name.split("/")[0] not in pinned
        or pinned[one.verifier.name.split("/")[0]].mirror_key == one.verifier.public
    ]
    return Evidence(circle, entry, fields, origin, tlog.index, signed.checkpoint.size, holders)
