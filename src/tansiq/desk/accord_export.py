"""An agreement on its way out of the node: as the file that proves it, for print, for word processors, for archives.

Signed or agreed texts go out word for word from the canonical text; a text with open brackets goes out as a draft.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from tansiq.accord.agreed import digest
from tansiq.accord.force import effects
from tansiq.accord.sheet import Changed, Sheet, SignatureLine, draft_sheet, text_sheet
from tansiq.accord.signing import Standing, stand
from tansiq.accord.texts import text_of as text_state
from tansiq.desk import agreement_file, evidence
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.accord_signing import text_now
from tansiq.desk.office import Office, circle_named, parties
from tansiq.errors import Conflict, NotFound
from tansiq.picture.told import body_of
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.values import Names

Form = Literal["pdf", "docx", "akn", "bundle"]
MEDIA: Final[dict[str, tuple[str, str]]] = {
    "pdf": ("application/pdf", "pdf"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "akn": ("application/akn+xml", "akn.xml"),
    "bundle": ("application/zip", "agreement.zip"),
}


class Exported(Struct, frozen=True):
    """A file: its name says exercise and draft, its media type what it is."""

    name: str
    media: str
    data: bytes


def export(office: Office, circle_id: str, agreement: str, form: Form, reader: str | None = None) -> Exported:
    """The agreement as a file; a bundle only of what every party signed (`signing.no_way_out`).

    For a named `reader` the labels of the records in a bundle decide, as for evidence.
    """
    media, ending = MEDIA[form]
    sheet = sheet_of(office, circle_id, agreement)
    name = f"{'EXERCISE-' if sheet.exercise else ''}{'DRAFT-' if sheet.state == 'draft' else ''}{sheet.path}.{ending}"
    if form == "bundle":
        return Exported(name, media, bundle(office, circle_id, agreement, reader))
    from tansiq.accord import akn, docx_file  # noqa: PLC0415 - with the first file that is asked for

    if form == "docx":
        return Exported(name, media, docx_file.write(sheet))
    if form == "akn":
        return Exported(name, media, akn.write(sheet))
    from tansiq.reports.agreement import write  # noqa: PLC0415 - the typesetter is loaded where it is asked for

    return Exported(name, media, write(sheet))


def bundle(office: Office, circle_id: str, agreement: str, reader: str | None = None) -> bytes:
    """The file that proves what was signed: see `tansiq.desk.agreement_file`."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
    with table_of(office, circle_id) as table:
        standing = stand(table.told, circle.id, table.sides, agreement)
        text = standing.text
        refs = _proven(table, standing)
    if text is None:
        raise Conflict("signing.no_way_out", form="bundle")
    files = []
    for ref in refs:
        party, _, record = ref.partition("/")
        files.append(evidence.prove(office, circle.id, party, record, None, reader))
    return agreement_file.encode(text, files)


def _proven(table: Table, standing: Standing) -> list[str]:
    """Every version of every signature under the signed text and of every office that one of them names."""
    things = {one.thing for one in standing.signatures} | {one.signatory for one in standing.signatures}
    versions = [
        (version.said.ledger.party, version.said.ledger.epoch, version.said.index, version.ref)
        for ref in things
        if (thing := table.told.get(ref)) is not None and thing.kind in agreement_file.KINDS
        for version in thing.versions
    ]
    return [ref for *_, ref in sorted(versions)]


def sheet_of(office: Office, circle_id: str, agreement: str) -> Sheet:
    """What is printed: the signed text, else the agreed one, else the draft with its brackets."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        names = {str(known.card.party): known.card.names for known in parties(connection)}
    with table_of(office, circle_id) as table:
        thing = table.told.get(agreement)
        body = None if thing is None else body_of(thing.now, Agreement)
        if body is None:
            raise NotFound("signing.no_agreement", ref=agreement[:80])
        standing = stand(table.told, circle.id, table.sides, agreement)
        text = standing.text or text_now(table, circle.id, agreement)
        if text is None:
            state = text_state(table.told, table.sides, agreement)
            return draft_sheet(state, names, agreement, circle.exercise)
        of = digest(text)
        lines = [
            SignatureLine(
                one.party,
                one.act,
                one.office or Names(),
                one.method or "",
                one.fingerprint,
                one.at,
                one.ref,
                f"{one.party}/{circle.id}/{one.epoch}",
                one.index,
                one.reservations,
            )
            for one in standing.signatures
            if one.problem is None and one.digest == of
        ]
        changed = _changed(table, standing) if standing.text is not None else []
        return text_sheet(text, of, names, agreement, circle.exercise, standing.text is not None, lines, changed)


def _changed(table: Table, standing: Standing) -> list[Changed]:
    """The commitments that reservations change, by their names."""
    found = []
    for one in effects(table.told, standing):
        thing = table.told.get(one.commitment)
        body = None if thing is None else body_of(thing.now, Commitment)
        names = (body.names if body is not None else None) or Names(en=one.commitment)
        found.append(Changed(one.party, one.clause, names, one.binds))
    return found
