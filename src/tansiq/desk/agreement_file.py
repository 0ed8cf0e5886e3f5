"""The file of an agreement: its exact text, and the evidence of every signature and of every office that signed.

A ZIP archive that any program opens, of

    text.json                     the canonical bytes of which the SHA-256 is signed
    text.<language>.txt           the same to read, one for each authentic language
    READ-ME.txt                   how to check all this without Tansiq
    evidence/<n>.tansiq           evidence files (tansiq.desk.evidence_file): signatures and offices, in order

It is checked with nothing but itself and the cards that the reader trusts: no node, no network.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tansiq.accord import agreed
from tansiq.accord.agreed import AgreedText
from tansiq.accord.frame import ISOLATE, ISOLATE_END, force_words, moment
from tansiq.accord.plain import plain
from tansiq.accord.signing import Signed, Standing, stand
from tansiq.circles.card import PartyCard
from tansiq.desk.evidence_file import MAX_EVIDENCE, Checked, Evidence, shown
from tansiq.desk.evidence_file import check as check_evidence
from tansiq.desk.evidence_file import verify as verify_evidence
from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger.note import NoteVerifier
from tansiq.picture.told import Ledger, Said, gather
from tansiq.records.values import PartyId
from tansiq.wording import wording

MAGIC: Final = b"PK\x03\x04"
MAX_FILE: Final = 32 << 20
MAX_MEMBERS: Final = 600
TEXT: Final = "text.json"
GUIDE_NAME: Final = "READ-ME.txt"
EVIDENCE: Final = re.compile(r"evidence/[0-9]{3}\.tansiq")
STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""One time for all members, so that the same records make the same file."""
UNIX: Final = 3
READABLE: Final = 0o644
KINDS: Final = ("signature", "signatory")

GUIDE: Final = """\
اتفاق موقّع: النص في text.json، وبصمته SHA-256 هي ما وُقّع. يتحقق منه الأمر: tansiq verify الملف
ڕێککەوتنێکی واژووکراو: دەقەکە لە text.json ـە و پەنجەمۆری SHA-256 ـی ئەوەیە کە واژوو کراوە.
بەم فەرمانە دەپشکنرێت: tansiq verify پەڕگە

A signed agreement.
text.json holds the text as it was signed; its SHA-256 (sha256sum text.json) is the digest that every signature names.
text.<language>.txt is the same text to read.
evidence/ holds, for each signature and each office that signed, the record from its party's ledger with its proof.
Check all of it offline, with no node:  tansiq verify FILE
The format is public: docs/integrators/formats.md, "The file of an agreement".
"""


def encode(text: AgreedText, evidence: Sequence[bytes]) -> bytes:
    """The bytes of the file."""
    members = {TEXT: agreed.canonical(text), GUIDE_NAME: GUIDE.encode()}
    for language in text.authentic:
        members[_reading(language)] = plain(text, language).encode()
    return _archive(members | {f"evidence/{at:03}.tansiq": data for at, data in enumerate(evidence)})


def _archive(members: Mapping[str, bytes]) -> bytes:
    """Stored, not squeezed: then the bytes follow from the members alone, on every machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, STAMP)
            member.create_system, member.external_attr = UNIX, READABLE << 16
            archive.writestr(member, content)
    return out.getvalue()


def _reading(language: str) -> str:
    return f"text.{language}.txt"


def read(data: bytes) -> tuple[AgreedText, list[bytes]]:
    """The text and the evidence files; refused (`agreement_file.malformed`, `.altered`) where a byte is not its own."""
    members = _members(data)
    if TEXT not in members or GUIDE_NAME not in members:
        raise MalformedInput("agreement_file.malformed", reason=TEXT)
    text = agreed.read(members.pop(TEXT))
    wanted = {GUIDE_NAME: GUIDE.encode(), **{_reading(one): plain(text, one).encode() for one in text.authentic}}
    for name, content in wanted.items():
        if members.pop(name, None) != content:
            raise ProofRefused("agreement_file.altered", name=name)
    for name in members:
        if EVIDENCE.fullmatch(name) is None:
            raise MalformedInput("agreement_file.malformed", reason=name[:80])
    return text, [members[name] for name in sorted(members)]


def _members(data: bytes) -> dict[str, bytes]:
    if len(data) > MAX_FILE:
        raise MalformedInput("agreement_file.malformed", reason=f"{len(data)} > {MAX_FILE}")
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            if len(listed) > MAX_MEMBERS or sum(one.file_size for one in listed) > MAX_FILE:
                raise MalformedInput("agreement_file.malformed", reason=f"{len(listed)} files")
            for one in listed:
                limit = MAX_EVIDENCE if one.filename.startswith("evidence/") else 2 * agreed.MAX_TEXT
                with archive.open(one) as member:
                    content = member.read(limit + 1)
                if len(content) > limit or one.filename in found:
                    raise MalformedInput("agreement_file.malformed", reason=one.filename[:80])
                found[one.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise MalformedInput("agreement_file.malformed", reason=str(error)[:120]) from error
    if _archive(found) != data:  # what stands beside the members could be anything
        raise ProofRefused("agreement_file.altered", name="ZIP")
    return found


def check_any(data: bytes, pinned: Mapping[str, PartyCard], cosigners: Sequence[NoteVerifier] = ()) -> Checked:
    """Whichever file that proves something it is: an agreement's, evidence of one record, or a fork proof."""
    return (check if data.startswith(MAGIC) else check_evidence)(data, pinned, cosigners)


def check(data: bytes, pinned: Mapping[str, PartyCard], cosigners: Sequence[NoteVerifier] = ()) -> Checked:
    """Whether every party signed this text, in lines for a person; refused where anything in the file is off.

    Refused: a byte that is not its own (`agreement_file.altered`), evidence that does not hold (`evidence.…`,
    `proof.…`), records of two circles (`agreement_file.two_circles`), a text that not every party of it signed
    (`agreement_file.not_signed`, naming who is missing and what was wrong with signatures that do not count).
    """
    text, files = read(data)
    evidence = [verify_evidence(one, pinned, cosigners) for one in files]
    circles = {one.circle.id for one in evidence}
    if len(circles) != 1:
        raise ProofRefused("agreement_file.two_circles" if circles else "agreement_file.no_evidence")
    standing = _stand(text, evidence, circles.pop())
    of = agreed.digest(text)
    under = next((one for one in standing.under if one.digest == of), None)
    if under is None or under.complete_at is None:
        missing = text.parties if under is None else under.not_signed
        why = [f"{one.party}: {problem_in_words(one, 'en')}" for one in standing.signatures if one.problem]
        raise ProofRefused("agreement_file.not_signed", parties=", ".join(missing), reason="; ".join(why)[:400] or "-")
    exercise = any(one.circle.exercise for one in evidence)
    places = {f"{one.party}/{one.entry.id}": one for one in evidence}
    trusted = all(one.trusted for one in evidence)
    lines = [
        f"{'EXERCISE · ' if exercise else ''}{' / '.join(text.names.values())}",
        f"text {text.path}, {len(text.clauses)} clauses, SHA-256 {of}",
        f"authentic languages {', '.join(text.authentic)}; prevailing {text.prevailing or 'none'}",
        *([f"amends the text {text.amends}"] if text.amends else []),
        f"entry into force {force_words(text.force, 'en')}".replace(ISOLATE, "").replace(ISOLATE_END, ""),
        *([f"ends on {moment(text.expires_at)}"] if text.expires_at is not None else []),
        *([f"reviewed on {moment(text.review_at)}"] if text.review_at is not None else []),
        *(line for one in standing.signatures for line in _signature_lines(one, of, places.get(one.ref))),
        f"every party signed: {', '.join(text.parties)}",
        *_key_lines(evidence),
    ]
    end = "The file holds." if trusted else HOLDS_UNPINNED
    return Checked(", ".join(text.parties), trusted, exercise, [*map(shown, lines), end])


HOLDS_UNPINNED: Final = "The file holds under the keys in it; compare those keys with the parties themselves."


def _stand(text: AgreedText, evidence: Sequence[Evidence], circle: str) -> Standing:
    """The same look at signatures that a desk takes, on the entries of the file."""
    entries = []
    abouts = set()
    for one in evidence:
        if one.entry.type not in KINDS:
            raise MalformedInput("agreement_file.malformed", reason=one.entry.type)
        if one.entry.type == "signature" and one.entry.revises is None:
            abouts.add(one.entry.about)
        ledger = Ledger(one.party, one.circle.epoch)
        first = one.entry.revises or one.entry.id
        entry = one.entry
        entries.append(Said(ledger, one.index, entry.id, first, entry.type, entry.about, entry.at, {}, {**one.fields}))
    if len(abouts) != 1:
        raise ProofRefused("agreement_file.no_evidence")
    told = gather(entries, text.parties, {}, {}, KINDS)
    return stand(told, circle, text.parties, str(abouts.pop()), [text])


def _signature_lines(one: Signed, of: str, proof: Evidence | None) -> list[str]:
    office = one.office
    name = next((each for each in (office.en, office.ar, office.ckb) if each), "?") if office else "?"
    if one.problem is not None or one.digest != of:
        why = problem_in_words(one, "en") if one.problem else "it stands under another text"
        return [f"does not count: {one.party}, {name}: {why}"]
    act = "signed" if one.act == "sign" else "initialled"
    lines = [
        f"{act} by {one.party}: {name}, {one.method}, key {one.fingerprint}, at {_utc(one.at)} by its own word",
        *(
            f"  reservation to {each.clause} ({each.effect}): {next(iter(msgspec.to_builtins(each.text).values()), '')}"
            for each in one.reservations
        ),
    ]
    if proof is not None:
        held = [f"{each.party} since {_utc(each.at * 1000)}" for each in proof.cosigned if each.held and each.at]
        lines.append(f"  told in ledger {proof.origin}, entry {proof.index} of {proof.size}")
        lines += [f"  held by {', '.join(held)}"] if held else []
    return lines


def _key_lines(evidence: Sequence[Evidence]) -> list[str]:
    keys = {one.party: one.circle.member(PartyId(one.party)).log for one in evidence}
    return [f"log key of {party}: {keys[party]}" for party in sorted(keys)]


def problem_in_words(one: Signed, language: str) -> str:
    """Why a signature does not count."""
    return wording(f"signature.{one.problem}", {}, language).refused


def _utc(millis: int) -> str:
    return datetime.datetime.fromtimestamp(millis // 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
