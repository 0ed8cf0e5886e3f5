"""Negotiation file: one subject of the dialogue, with its state and the files that it waits for.

Each side says by itself who its owner is and where it sees the file; a statement on another's file is `about` it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Language, LongText, Millis, Names, Origin, ShortText, Texts, Url


class NegotiationFile(Body, frozen=True):
    """`owner` is an office, never a person; `cause` the commitment, complaint or assessment whose dispute opened it."""

    names: Names | None = None
    text: Texts | None = None
    state: Literal["open", "waiting", "concluded", "dropped"] | None = None
    parties: Annotated[list[PartyName], Meta(max_length=16)] | None = None
    owner: ShortText | None = None
    waits_for: Annotated[list[AnyRef], Meta(max_length=32)] | None = None
    cause: AnyRef | None = None
    since: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("negotiation_file", NegotiationFile, {}, {})
