"""The evidence file: one record with its proof in one text that anyone can check offline.

    tansiq-evidence@v1
    exercise no
    for <reader>                                 (at most once; covered by nothing)
    circle <base64 of the circle's descriptor>
    entry <base64>
    disclosure <as told>                         (any number)
    also <base64 of a tlog-proof>                (any number: the same entry under other heads)
    after <base64 of an entry> <base64 of a tlog-proof>  (any number: what the author had seen)

    c2sp.org/tlog-proof@v1 …                     (to the end of the file)

The proofs are C2SP tlog-proof files as they are, with the cosignatures of mirrors and witnesses on their checkpoints:
those bound the time from above. An `after` entry stands under a head that the record's entry names among its `seen`:
it bounds the time from below, by the word of its party. `tools/verify_evidence.py` does the same as this module and
says the same lines; whoever changes one changes both (tests/evidence).
"""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from tansiq.circles.card import PartyCard
from tansiq.circles.circle import Circle, descriptor_digest, read_circle
from tansiq.errors import MalformedInput, ProofRefused
from tansiq.exchange.acknowledgement import mirrors, witnesses
from tansiq.ledger import disclosure, fork, proof
from tansiq.ledger.checkpoint import SignedCheckpoint
from tansiq.ledger.cosignature import cosignatures
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.mldsa import SIGNATURE_SIZE
from tansiq.ledger.note import ED25519, ML_DSA_COSIGNATURE, Note, NoteVerifier, VerifiedSignature, decode_base64
from tansiq.records.entry import Entry, decode_entry
from tansiq.records.values import PartyId

HEADER: Final = "tansiq-evidence@v1"
MAX_EVIDENCE: Final = 1 << 20
MAX_FURTHER: Final = 64
READER: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
NAMES: Final = ("exercise", "for", "circle", "entry", "disclosure", "also", "after")
FEWEST: Final = {"exercise": 1, "circle": 1, "entry": 1}
MOST: Final = {"exercise": 1, "for": 1, "circle": 1, "entry": 1, "also": MAX_FURTHER, "after": MAX_FURTHER}

_LAST_MS: Final = 253_402_300_799_999
_JOINERS: Final = "\u200c\u200d\u200e\u200f"  # they belong to Arabic and Kurdish spelling
_ML_DSA_PAYLOAD: Final = 8 + SIGNATURE_SIZE


@dataclass(frozen=True)
class File:
    """What stands in an evidence file; nothing in it is verified yet."""

    exercise: str
    reader: str | None
    circle: bytes
    entry: bytes
    disclosures: tuple[str, ...]
    also: tuple[bytes, ...]
    after: tuple[tuple[bytes, bytes], ...]
    proof: bytes


@dataclass(frozen=True)
class Cosigned:
    """Another party's cosignature: by `at` (s, 0 where it states no time) it held the entry, or saw a head over it.

    `known` where the key is one that the reader brought, not one that only the file names.
    """

    name: str
    at: int
    held: bool
    known: bool
    post_quantum: bool

    @property
    def party(self) -> str:
        """Whose key it is."""
        return self.name.split("/")[0]


@dataclass(frozen=True)
class After:
    """Another party's entry that the author's node held when the record was made."""

    party: str
    index: int
    at: int
    known: bool


@dataclass(frozen=True)
class Evidence:
    """What an evidence file proves: this party said this entry, and these fields are what it committed to.

    `trusted` where the reader's own card of the speaker has the key in the file. `unchecked` are signature lines that
    count for nothing, each with why. `reader` is for whom the file says it was made, which nothing proves.
    """

    circle: Circle
    entry: Entry
    fields: Mapping[str, Any]
    origin: str
    index: int
    size: int
    cosigned: Sequence[Cosigned]
    after: Sequence[After]
    unchecked: Sequence[str]
    reader: str | None
    trusted: bool

    @property
    def party(self) -> str:
        """Who said it."""
        return self.origin.split("/")[0]

    @property
    def holders(self) -> list[tuple[str, int]]:
        """Which other party held it, since when (s) at the latest."""
        return [(one.party, one.at) for one in self.cosigned if one.held]

    @property
    def not_before(self) -> After | None:
        """The latest entry that the author had seen; where any is by a party with a known key, of those."""
        return max(_known_first(self.after), key=lambda one: one.at, default=None)

    @property
    def not_after(self) -> Cosigned | None:
        """The earliest cosignature with a time; where any is by a known key, of those."""
        return min(_known_first([one for one in self.cosigned if one.at]), key=lambda one: one.at, default=None)

    def lines(self) -> list[str]:
        """The answer for a person, one fact a line."""
        entry, label = self.entry, self.entry.label
        said = [
            f"{'EXERCISE · ' if label.exercise else ''}{self.party} said {entry.type} {entry.id}",
            f"ledger {self.origin}, entry {self.index} of {self.size}",
            f"desk {entry.desk}, role {entry.role}",
            f"label {label.policy} {label.classification} TLP:{label.tlp} to {', '.join(label.to)}",
            *([f"revises {entry.revises}"] if entry.revises else []),
            *([f"about {entry.about}"] if entry.about else []),
            *(f"{name}: {_value(value)}" for name, value in self.fields.items()),
            f"{len(self.fields)} fields opened of {len(entry.sd)} digests; the others are withheld fields or decoys",
            *map(_cosigned_line, self.cosigned),
            *(f"had seen {head.party} up to entry {head.size - 1}" for head in entry.seen if head.size),
            *self._times(),
            *(f"not checked: {why}" for why in self.unchecked),
            *([f"made for {self.reader}, says the file; nothing proves that"] if self.reader else []),
            f"circle descriptor {descriptor_digest(self.circle)}",
            f"log key of {self.party}: {self.circle.member(PartyId(self.party)).log}",
        ]
        return [shown(line) for line in said]

    def _times(self) -> list[str]:
        first, last, at = self.not_before, self.not_after, self.entry.at
        said = [f"claimed time {_utc(at)}, the author's word"]
        if first is not None:
            said.append(
                f"not before {_utc(first.at)}, the word of {first.party} in its entry {first.index},"
                f" which the author had seen{_doubt(first.known)}"
            )
        if last is not None:
            said.append(f"not after {_utc(last.at * 1000)}, by the cosignature of {last.name}{_doubt(last.known)}")
        if first is None or last is None:
            open_ends = " and ".join(["before"] * (first is None) + ["after"] * (last is None))
            said.append(f"no bound {open_ends} in this file")
        if (first is not None and at < first.at) or (last is not None and at > last.at * 1000 + 999):
            said.append("THE CLAIMED TIME LIES OUTSIDE of what the others bound")
        return said


_Bound = TypeVar("_Bound", After, Cosigned)


def _known_first(found: Sequence[_Bound]) -> list[_Bound]:
    return [one for one in found if one.known] or list(found)


def _cosigned_line(one: Cosigned) -> str:
    who = one.name.removesuffix("/mirror").removesuffix("/witness")
    when = f"{'since' if one.held else 'at'} {_utc(one.at * 1000)}" if one.at else "at a time that it does not state"
    kind = " (ML-DSA-44)" if one.post_quantum else ""
    return f"{'held' if one.held else 'seen'} by {who} {when}{kind}{_doubt(one.known)}"


def _doubt(known: bool) -> str:
    return "" if known else " (under a key that only this file names)"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shown(text: str) -> str:
    """A line that stays one line: what a party wrote must not look like what this program says."""
    return "".join(
        one if one.isprintable() or one in _JOINERS else one.encode("unicode_escape").decode() for one in text
    )


def _utc(millis: int) -> str:
    if millis > _LAST_MS:
        return f"second {millis // 1000}"
    return datetime.datetime.fromtimestamp(millis // 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def encode(file: File) -> bytes:
    """The bytes of an evidence file."""
    lines = [
        HEADER,
        f"exercise {file.exercise}",
        *([f"for {file.reader}"] if file.reader else []),
        f"circle {_base64(file.circle)}",
        f"entry {_base64(file.entry)}",
        *(f"disclosure {one}" for one in file.disclosures),
        *(f"also {_base64(one)}" for one in file.also),
        *(f"after {_base64(entry)} {_base64(one)}" for entry, one in file.after),
    ]
    return ("\n".join(lines) + "\n\n").encode() + file.proof


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def read(data: bytes) -> File:
    """What stands in a file (`evidence.malformed`), each line in its place and its one spelling."""
    if len(data) > MAX_EVIDENCE:
        raise MalformedInput("evidence.malformed", reason=f"{len(data)} > {MAX_EVIDENCE} bytes")
    head, gap, tail = data.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if not gap or not head.isascii() or lines[0] != HEADER:
        raise MalformedInput("evidence.malformed", reason="header")
    pairs = [line.partition(" ")[::2] for line in lines[1:]]
    names = [name for name, _ in pairs]
    if any(name not in NAMES or not value for name, value in pairs) or names != sorted(names, key=NAMES.index):
        raise MalformedInput("evidence.malformed", reason="line")
    if any(not FEWEST.get(name, 0) <= names.count(name) <= MOST.get(name, len(names)) for name in NAMES):
        raise MalformedInput("evidence.malformed", reason="number of lines")
    values: dict[str, list[str]] = {name: [text for found, text in pairs if found == name] for name in NAMES}
    if any("~" in text for text in values["disclosure"]):
        raise MalformedInput("evidence.malformed", reason="two disclosures in one line")
    reader = values["for"][0] if values["for"] else None
    if reader is not None and READER.fullmatch(reader) is None:
        raise MalformedInput("evidence.malformed", reason="for")
    after = [text.partition(" ") for text in values["after"]]
    return File(
        exercise=values["exercise"][0],
        reader=reader,
        circle=_raw(values["circle"][0]),
        entry=_raw(values["entry"][0]),
        disclosures=tuple(values["disclosure"]),
        also=tuple(_raw(text) for text in values["also"]),
        after=tuple((_raw(entry), _raw(rest)) for entry, _, rest in after),
        proof=tail,
    )


def _raw(text: str) -> bytes:
    raw = decode_base64(text)
    if not raw:
        raise MalformedInput("evidence.malformed", reason="base64")
    return raw


def verify(
    data: bytes, pinned: Mapping[str, PartyCard] | None = None, cosigners: Sequence[NoteVerifier] = ()
) -> Evidence:
    """Check an evidence file with nothing but what stands in it, and the keys that the reader trusts.

    `pinned` maps a party to its card; where it names the speaker, or whoever spoke before, the file's key must be
    that one. Without it the answer is only as good as the reader's comparison of the printed key: the file itself says
    which keys the circle has. `cosigners` are keys of a policy, witnesses from outside and keys of type ML-DSA-44.
    """
    pinned = pinned or {}
    file = read(data)
    circle, entry = read_circle(file.circle), decode_entry(file.entry)
    if file.exercise != ("yes" if circle.exercise else "no") or entry.label.exercise != circle.exercise:
        raise ProofRefused("evidence.exercise")
    leaf = leaf_hash(file.entry)
    tlog = proof.parse(file.proof)
    signed = [_signed(circle, tlog, leaf, pinned)]
    origin = signed[0].checkpoint.origin
    for raw in file.also:
        further = proof.parse(raw)
        found = _signed(circle, further, leaf, pinned)
        if (found.checkpoint.origin, further.index) != (origin, tlog.index):
            raise ProofRefused("evidence.other_place", origin=found.checkpoint.origin, index=further.index)
        signed.append(found)
    if len({one.checkpoint.size for one in signed}) != len(signed):
        raise MalformedInput("evidence.malformed", reason="two heads of one size")
    fields = disclosure.read_all("~".join(file.disclosures), frozenset(entry.sd))
    party = PartyId(origin.split("/")[0])
    cosigned, unchecked = _cosigned(circle, party, [one.note for one in signed], pinned, cosigners)
    after = [_after(circle, party, entry, *pair, pinned) for pair in file.after]
    size = signed[0].checkpoint.size
    return Evidence(
        circle, entry, fields, origin, tlog.index, size, cosigned, after, unchecked, file.reader, party in pinned
    )


def _signed(circle: Circle, tlog: proof.TlogProof, leaf: bytes, pinned: Mapping[str, PartyCard]) -> SignedCheckpoint:
    """The checkpoint over an entry of a member's ledger in this circle, under that member's key."""
    origin = tlog.checkpoint.split(b"\n", 1)[0].decode("utf-8", "replace")
    party = PartyId(origin.split("/")[0])
    if party not in circle.parties or circle.origin(party) != origin:
        raise ProofRefused("evidence.other_circle", origin=origin[:120])
    key = base64.b64decode(circle.member(party).log)
    if party in pinned and pinned[party].log_key != key:
        raise ProofRefused("evidence.other_key", party=party)
    return proof.verify(tlog, leaf, origin, key)


def _after(
    circle: Circle, speaker: str, entry: Entry, body: bytes, raw: bytes, pinned: Mapping[str, PartyCard]
) -> After:
    """An entry under a head that the author says to have held."""
    earlier, tlog = decode_entry(body), proof.parse(raw)
    head = _signed(circle, tlog, leaf_hash(body), pinned).checkpoint
    party = head.origin.split("/")[0]
    named = (party, head.size, _base64(head.root))
    if party == speaker or named not in [(one.party, one.size, one.root) for one in entry.seen]:
        raise ProofRefused("evidence.not_seen", party=party)
    return After(party, tlog.index, earlier.at, party in pinned)


def _cosigned(
    circle: Circle,
    speaker: PartyId,
    notes: Sequence[Note],
    pinned: Mapping[str, PartyCard],
    cosigners: Sequence[NoteVerifier],
) -> tuple[list[Cosigned], list[str]]:
    """The other parties' cosignatures, of each key the earliest, and what was not counted.

    The speaker's own bound nothing. A key of the file that is not the one on the party's card counts for nothing.
    """
    holding = {key for _, key in mirrors(circle)}
    keys = [*holding, *witnesses(circle), *cosigners]
    ours = {(key.name, key.public) for key in cosigners}
    for card in pinned.values():
        ours |= {(card.mirror_name, card.mirror_key), (f"{card.party}/witness", base64.b64decode(card.witness))}
    log = NoteVerifier(circle.origin(speaker), ED25519, base64.b64decode(circle.member(speaker).log))
    known = {(key.name, key.key_id) for key in (*keys, log)}
    first: dict[NoteVerifier, VerifiedSignature] = {}
    unchecked: dict[str, None] = {}
    for note in notes:
        for one in cosignatures(note, keys):
            held = first.setdefault(one.verifier, one)
            if one.time_s and (not held.time_s or one.time_s < held.time_s):
                first[one.verifier] = one
        for line in note.signatures:
            if (line.name, line.key_id) not in known:
                kind = "an ML-DSA-44 line" if len(line.payload) == _ML_DSA_PAYLOAD else "a line"
                unchecked[f"{kind} in the name of {line.name}, whose key is not at hand"] = None
    found = []
    for key, one in first.items():
        party = key.name.split("/")[0]
        known_key = (key.name, key.public) in ours
        if party == speaker:
            continue
        if party in pinned and not known_key:
            unchecked[f"a line of {key.name}, whose key in the file is not that of its card"] = None
            continue
        held_it = key in holding or (key.name == f"{party}/mirror" and party in circle.parties)
        pq = key.key_type == ML_DSA_COSIGNATURE
        found.append(Cosigned(key.name, one.time_s or 0, held_it, known_key, pq))
    return sorted(found, key=lambda one: (not one.held, not one.at, one.at, one.name)), sorted(unchecked)


@dataclass(frozen=True)
class Checked:
    """What was found in a file of either kind, in lines for a person."""

    party: str
    trusted: bool
    exercise: bool
    lines: list[str]


def check(data: bytes, pinned: Mapping[str, PartyCard], cosigners: Sequence[NoteVerifier] = ()) -> Checked:
    """An evidence file or a fork proof, whichever it is; refused where it does not hold."""
    if not data.startswith(fork.HEADER.encode()):
        found = verify(data, pinned, cosigners)
        return Checked(found.party, found.trusted, found.circle.exercise, [*found.lines(), _holds(found.trusted)])
    shown_fork = fork.decode(data)
    party = shown_fork.origin.split("/")[0]
    if party in pinned and pinned[party].log_key != shown_fork.log.public:
        raise ProofRefused("fork.other_key", origin=shown_fork.origin)
    heads = [one.checkpoint for one in (shown_fork.first, shown_fork.second)]
    lines = [
        f"{party} signed two histories of {shown_fork.origin}",
        *(f"it signed: size {one.size}, root {_base64(one.root)}" for one in heads),
    ]
    if shown_fork.prefix is not None:
        begins = _base64(shown_fork.prefix)
        lines.append(f"yet the larger one begins with other entries: size {heads[0].size}, root {begins}")
    lines.append(f"log key of {party}: {_base64(shown_fork.log.public)}")
    return Checked(party, party in pinned, False, [*map(shown, lines), _holds(party in pinned)])


def _holds(trusted: bool) -> str:
    return f"The proof holds{'.' if trusted else ' under the key in the file; compare that key with the party itself.'}"
