"""Proving: the evidence file of a record that this node holds, and to whom it may be given.

What stands in the file and how it is checked is in `tansiq.desk.evidence_file`. Given to a party outside, evidence is
a way out of the node like any other: for a named reader the labels decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection

from tansiq.desk.evidence_file import (
    HEADER,
    MAX_EVIDENCE,
    MAX_FURTHER,
    READER,
    Checked,
    Evidence,
    File,
    check,
    encode,
    verify,
)
from tansiq.desk.office import HeldCircle, Office, circles, parties
from tansiq.desk.viewing import find
from tansiq.errors import MalformedInput, NotAllowed, NotFound
from tansiq.exchange import shelf
from tansiq.exchange.acknowledgement import SETTING, policy_of
from tansiq.exchange.erasure import reader as hashes_of
from tansiq.exchange.publish import publish
from tansiq.ledger import disclosure, proof
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.merkle import by_tiles, inclusion_proof
from tansiq.ledger.note import MAX_NOTE, MAX_SIGNATURES, NoteVerifier, parse
from tansiq.picture.projection import Thing, read_thing
from tansiq.records.entry import decode_entry, record_key
from tansiq.records.values import Label, PartyId
from tansiq.store import cosigned, ledgers, pictures, roster
from tansiq.store.ledgers import LedgerRow
from tansiq.store.schema import entry_key

__all__ = [
    "HEADER",
    "MAX_EVIDENCE",
    "Checked",
    "Evidence",
    "check",
    "may_go_to",
    "policy_keys",
    "prove",
    "verify",
]

MOST_HEADS: Final = 16
"""How many heads one file proves the entry under: each holder's first, as far as they differ."""


def may_go_to(label: Label, reader: str, pinned: bool) -> bool:
    """Whether a label lets a record go to `reader`, who is `pinned` or a stranger (TLP 2.0, FIRST, August 2022).

    To whom it is addressed, always. Beyond them CLEAR goes to anyone and GREEN to the community, which is the parties
    that are pinned here; the rest stays.
    """
    return reader in label.to or label.tlp == "CLEAR" or (label.tlp == "GREEN" and pinned)


def prove(
    office: Office,
    circle_id: str,
    party: str,
    record: str,
    fields: Sequence[str] | None = None,
    reader: str | None = None,
) -> bytes:
    """The evidence file of a record as this node holds it, with all told fields or only those named.

    Without a `reader` the file is for one's own use. With one, an own record may go out, and a record of another party
    where its labels allow it (`evidence.not_for_reader`); fields that were told later under a narrower label stay.
    """
    if reader is not None and READER.fullmatch(reader) is None:
        raise MalformedInput("evidence.bad_reader", reader=reader[:40])
    if party == office.party and office.asked():
        publish(office.database, office.signer.marks)  # evidence is a way out like any other: its head is marked first
    with office.database.read() as connection:
        held, ledger, index = find(connection, circle_id, party, record)
        giving = _Giving(connection, office.party, reader)
        body = ledgers.entry_bodies(connection, ledger.num, index, 1)[0]
        thing = _thing(connection, ledger, index)
        giving.check(party, decode_entry(body).label, *([thing.label] if thing else []))
        texts = dict(_told_texts(connection, ledger, index, thing, giving, fields or ()))
        if missing := [name for name in fields or () if name not in texts]:
            raise NotFound("evidence.not_told", field=missing[0])
        first, *further = _proofs(connection, ledger, index)
        file = File(
            exercise="yes" if held.circle.exercise else "no",
            reader=reader,
            circle=next(one.descriptor for one in roster.circles(connection) if one.num == held.num),
            entry=body,
            disclosures=tuple(text for name, text in texts.items() if fields is None or name in fields),
            also=tuple(further),
            after=(),
            proof=first,
        )
        return _with_after(connection, held, file, giving)


class _Giving:
    """To whom a file goes, and what the labels say to that."""

    def __init__(self, connection: Connection, own: PartyId, reader: str | None) -> None:
        self._own = own
        self.reader = reader
        self._pinned = reader is not None and any(known.card.party == reader for known in parties(connection))

    def allows(self, party: str, *labels: Label) -> bool:
        """Whether what `party` said under all these labels may go out."""
        if self.reader is None or party == self._own:
            return True
        return all(may_go_to(label, self.reader, self._pinned) for label in labels)

    def check(self, party: str, *labels: Label) -> None:
        """Refuse what may not go out, naming whom to ask."""
        for label in labels:
            if not self.allows(party, label):
                raise NotAllowed(
                    "evidence.not_for_reader",
                    reader=str(self.reader),
                    party=party,
                    tlp=label.tlp,
                    to=", ".join(label.to),
                )


def _proofs(connection: Connection, ledger: LedgerRow, index: int) -> list[bytes]:
    """The entry under the kept head that most other members' mirrors cosigned, of equals the earliest; then under the
    heads by which others held or saw it first, if those are earlier.
    """
    rows = [
        (row.at, row.size, f"{row.party}/mirror", True)
        for row in ledgers.receipts(connection, ledger.num, covering=index)
    ]
    rows += [(row.at, row.size, row.name, False) for row in cosigned.covering(connection, ledger.num, index)]
    rows = [row for row in rows if row[1] <= ledger.out_size and row[2].split("/")[0] != ledger.party]
    holders: dict[int, set[str]] = {}
    firsts: dict[str, int] = {}
    for _, size, name, mirror in sorted(rows):
        firsts.setdefault(name, size)
        holders.setdefault(size, set()).update([name] if mirror else [])
    best = sorted(holders, key=lambda size: (-len(holders[size]), size))
    found = next((data for size in best if (data := _proof(connection, ledger, index, size)) is not None), None)
    if found is None:
        if ledger.out_note is None or ledger.out_size <= index:
            raise NotFound("evidence.not_shown", which=ledger.origin)
        found = _under(connection, ledger, index, ledger.out_size, ledger.out_note)
    main = proof.parse(found).checkpoint.split(b"\n", 2)[1]
    sizes = sorted(set(firsts.values()) - {int(main)})[:MOST_HEADS]
    further = (_proof(connection, ledger, index, size) for size in sizes)
    return [found, *(data for data in further if data is not None)]


def _proof(connection: Connection, ledger: LedgerRow, index: int, size: int) -> bytes | None:
    """The entry under the head over `size` entries, with all that others cosigned of it; None if that is not kept."""
    note = shelf.held_head(connection, ledger, size)
    return None if note is None else _under(connection, ledger, index, size, note)


def _under(connection: Connection, ledger: LedgerRow, index: int, size: int, note: bytes) -> bytes:
    lines = [row.line for row in ledgers.receipts(connection, ledger.num, size=size)]
    lines += [row.line for row in cosigned.at(connection, ledger.num, size)]
    path = inclusion_proof(by_tiles(hashes_of(connection, ledger.num), size), index, size)
    fitting = with_cosignatures(note, _fitting(note, lines))
    return proof.encode(proof.TlogProof(index=index, hashes=tuple(path), checkpoint=fitting))


def _fitting(note: bytes, lines: Sequence[str]) -> Iterator[str]:
    """As many lines as one note may have, mirrors before witnesses."""
    count, size = len(parse(note).signatures), len(note)
    for line in lines:
        count, size = count + 1, size + len(line.encode()) + 1
        if count <= MAX_SIGNATURES and size <= MAX_NOTE:
            yield line


def _with_after(connection: Connection, held: HeldCircle, file: File, giving: _Giving) -> bytes:
    """The file with the last entry under each head that the author had seen, as far as it is held and may go out."""
    data = encode(file)
    pairs: list[tuple[bytes, bytes]] = []
    for head in decode_entry(file.entry).seen[:MAX_FURTHER]:
        if head.party not in held.circle.parties or not head.size:
            continue
        ledger = ledgers.ledger_of(connection, held.num, head.party)
        note = shelf.held_head(connection, ledger, head.size) if head.size <= ledger.out_size else None
        if note is None or parse(note).text.split("\n")[2] != head.root:
            continue
        body = ledgers.entry_bodies(connection, ledger.num, head.size - 1, 1)[0]
        if not giving.allows(head.party, decode_entry(body).label):
            continue
        path = inclusion_proof(by_tiles(hashes_of(connection, ledger.num), head.size), head.size - 1, head.size)
        pairs.append((body, proof.encode(proof.TlogProof(head.size - 1, tuple(path), note))))
        longer = encode(File(**{**vars(file), "after": tuple(pairs)}))
        if len(longer) > MAX_EVIDENCE:
            break
        data = longer
    return data


def _thing(connection: Connection, ledger: LedgerRow, index: int) -> Thing | None:
    """The thing in the picture that an entry belongs to."""
    entry = decode_entry(ledgers.entry_bodies(connection, ledger.num, index, 1)[0])
    first = index if entry.revises is None else ledgers.index_of(connection, ledger.num, record_key(entry.revises))
    row = pictures.get(connection, entry_key(ledger.num, index if first is None else first))
    return None if row is None else read_thing(row.data)


def _told_texts(
    connection: Connection,
    ledger: LedgerRow,
    index: int,
    thing: Thing | None,
    giving: _Giving,
    named: Sequence[str],
) -> Iterator[tuple[str, str]]:
    """What has been told of one entry, with it or later, by field name, without what may not go out.

    A field that was asked for by name and told later under a label that forbids it is refused, not left out.
    """
    causes = [index, *(thing.tells if thing else [])]
    for told in ledgers.told_at(connection, ledger.num, causes):
        if told.subject != index or not told.text:
            continue
        label = decode_entry(ledgers.entry_bodies(connection, ledger.num, told.cause, 1)[0]).label
        for text in told.text.split("~"):
            name = disclosure.read(text)[0]
            if name in named:
                giving.check(ledger.party, label)
            if giving.allows(ledger.party, label):
                yield name, text


def policy_keys(connection: Connection) -> list[NoteVerifier]:
    """The cosigners that the policies of this node's circles name: witnesses from outside, keys of type ML-DSA-44."""
    keys: dict[str, NoteVerifier] = {}
    for held in circles(connection):
        if roster.setting(connection, f"{SETTING}/{held.circle.id}") is not None:
            keys |= {key.vkey: key for key in policy_of(connection, held.circle, "").cosigners}
    return list(keys.values())
