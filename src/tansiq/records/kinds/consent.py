"""Consent: a party's own word on another's terms, hand-over, minutes, understanding or conditions; `about` names it."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.answer import RecordKey
from tansiq.records.values import Language, LongText, Origin


class Consent(Body, frozen=True):
    """`revision` is the id of the very record that is accepted or declined; a later one needs a consent of its own.

    What is accepted with a `reservation` is accepted; the reservation stands next to it wherever it is shown.
    """

    revision: RecordKey | None = None
    verdict: Literal["accepted", "declined", "withdrawn"] | None = None
    reason: LongText | None = None
    reservation: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("consent", Consent, {}, {})
