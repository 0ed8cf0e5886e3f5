"""The sheet of an event to print, in a language: made of the file that the desk shows, by the reports' own way."""

from __future__ import annotations

import msgspec

from tansiq.desk.accord_board import table_of
from tansiq.desk.accord_reports_own import label_of
from tansiq.desk.incidents_board import IncidentTables, file_in
from tansiq.desk.office import Office, circle_named, parties
from tansiq.records.values import Language
from tansiq.reports.incident_sheet import Stand, sheet
from tansiq.reports.paper import Paper
from tansiq.reports.voice import Digits, Voice


def paper(office: Office, circle_id: str, ref: str, lang: Language, digits: Digits = "western") -> Paper:
    """The sheet of the event that a report is of; refused as `incidents.not_here`."""
    with table_of(office, circle_id, IncidentTables) as table:
        found = file_in(office, table, circle_id, ref)
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        names = {str(one.card.party): _words(one.card.names) for one in parties(connection)}
    voice = Voice(lang, names, digits)
    label = label_of(office, circle_id, found, voice, None, found.refs)
    return sheet(found, voice, Stand(_words(circle.names), circle.exercise, label, office.clock()))


def _words(names: msgspec.Struct) -> dict[str, str]:
    return {key: text for key, text in msgspec.to_builtins(names).items() if text}
