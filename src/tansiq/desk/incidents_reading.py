"""A text read at a desk: the engine's drafts with the circle's parties where the text names their bodies. Nothing
is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from tansiq.desk.office import Office, circle_named, parties
from tansiq.errors import MalformedInput
from tansiq.incidents.reading.actors import side_of_name
from tansiq.incidents.reading.drafts import Draft, drafts_of
from tansiq.incidents.reading.finds import Find, Side
from tansiq.incidents.reading.reader import read_text
from tansiq.records.values import BAGHDAD, Language

_SECOND_MS = 1000


class ReadRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A text, the circle whose parties it may name, and the day (ISO 8601) from which *yesterday* counts: today if
    left out."""

    text: str
    circle: Annotated[str, Meta(max_length=32)] | None = None
    reference: Annotated[str, Meta(max_length=10)] | None = None


class ReadAnswer(Struct, frozen=True):
    """What was found, in the order of the text, and the drafts. Offsets count code points of the text."""

    language: Language
    reference: str | None
    finds: list[Find]
    drafts: list[Draft]


def read_report(office: Office, asked: ReadRequest) -> ReadAnswer:
    """Read a text. Refuses what the engine refuses, a day that is none (`reading.bad_day`) and an unknown circle."""
    day = day_from(asked.reference) if asked.reference else today(office.clock())
    sides = _parties_by_side(office, asked.circle) if asked.circle else {}
    reading = read_text(asked.text, day)
    drafts = [_with_parties(one, sides) for one in drafts_of(asked.text, reading)]
    return ReadAnswer(reading.language, reading.reference, reading.finds, drafts)


def day_from(text: str) -> dt.date:
    """A day as ISO 8601 writes it. Refuses another spelling (`reading.bad_day`)."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise MalformedInput("reading.bad_day", day=text[:20]) from None


def today(now: int) -> dt.date:
    """The day in Baghdad at a time (ms)."""
    return dt.datetime.fromtimestamp(now // _SECOND_MS, dt.timezone(dt.timedelta(minutes=BAGHDAD))).date()


def _parties_by_side(office: Office, circle_id: str) -> dict[Side, list[str]]:
    """The members of a circle whose names are those of a body, by its side."""
    with office.database.read() as connection:
        members = {one.party for one in circle_named(connection, circle_id).circle.members}
        known = [one.card for one in parties(connection) if one.card.party in members]
    found: dict[Side, list[str]] = {}
    for card in known:
        names = (card.names.en, card.names.ar, card.names.ckb)
        side = next((side for name in names if name and (side := side_of_name(name))), None)
        if side is not None:
            found.setdefault(side, []).append(str(card.party))
    return found


def _with_parties(draft: Draft, sides: Mapping[Side, Sequence[str]]) -> Draft:
    owing = [party for side in draft.owing for party in sides.get(side, ())]
    invited = [party for side in draft.invited for party in sides.get(side, ())]
    more: dict[str, Any] = {}
    if owing:
        more["owed_by"] = owing
    if invited:
        more["invited"] = invited
    return replace(draft, fields={**draft.fields, **more}) if more else draft
