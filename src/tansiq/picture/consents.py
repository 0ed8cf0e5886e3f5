"""Whose word stands on what: consents of parties to the very record of another's thing."""

from __future__ import annotations

from typing import Literal

from tansiq.picture.told import Told, Version, body_of
from tansiq.records.kinds.consent import Consent


def accepts(told: Told, party: str, about: str, revision: Version, version: Version | None = None) -> bool:
    """Whether a party's latest consent about a thing accepts this very revision."""
    return consent_of(told, party, about, revision, version) == "accepted"


def consent_of(
    told: Told, party: str, about: str, revision: Version, version: Version | None = None
) -> Literal["accepted", "declined", "withdrawn"] | None:
    """A party's latest word on this very revision, as far as the author of `version` had seen."""
    latest = latest_consent(told, party, about, revision, version)
    return None if latest is None else latest[1].verdict


def latest_consent(
    told: Told, party: str, about: str, revision: Version, version: Version | None = None
) -> tuple[Version, Consent] | None:
    """The same with the record by which it was said: what was reserved stands in it."""
    latest: tuple[tuple[int, int], Version, Consent] | None = None
    for thing in told.about("consent", about):
        if thing.party != party:
            continue
        for said in thing.versions:
            body = body_of(said, Consent)
            if body is None or body.revision != revision.said.id or (version is not None and not version.knows(said)):
                continue
            order = (said.said.ledger.epoch, said.said.index)
            if latest is None or order > latest[0]:
                latest = (order, said, body)
    return None if latest is None else latest[1:]
