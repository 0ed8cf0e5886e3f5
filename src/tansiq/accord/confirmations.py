"""Who gave which word on the very record of a thing: its author by saying it, every other party by a consent.

What a party accepted of an earlier version stays to be seen, and does not count for a later one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from tansiq.picture.consents import latest_consent
from tansiq.picture.told import Thing, Told, Version

Verdict = Literal["accepted", "declined", "withdrawn"]


class Word(Struct, frozen=True):
    """One party's word. `verdict` is None where it gave none on this record; its author has accepted by saying it.

    `ref` is the consent, `earlier` the last version before this one that the party had accepted.
    """

    party: str
    verdict: Verdict | None = None
    author: bool = False
    reservation: str | None = None
    reason: str | None = None
    ref: str | None = None
    at: int | None = None
    earlier: str | None = None

    @property
    def accepts(self) -> bool:
        """Whether it counts as a yes."""
        return self.verdict == "accepted"


def words_on(told: Told, thing: Thing, parties: Iterable[str], version: Version | None = None) -> tuple[Word, ...]:
    """The word of each of these parties on a version of a thing, on its latest if left out; in their order."""
    very = version or thing.now
    return tuple(_word(told, thing, party, very) for party in parties)


def waiting(words: Iterable[Word]) -> tuple[str, ...]:
    """Those whose yes is missing."""
    return tuple(one.party for one in words if not one.accepts)


def _word(told: Told, thing: Thing, party: str, version: Version) -> Word:
    if party == thing.party:
        return Word(party, "accepted", author=True, at=version.said.at)
    found = latest_consent(told, party, thing.ref, version)
    if found is None:
        return Word(party, earlier=_earlier(told, thing, party, version))
    said, body = found
    return Word(party, body.verdict, False, body.reservation, body.reason, said.ref, said.said.at)


def _earlier(told: Told, thing: Thing, party: str, version: Version) -> str | None:
    for one in reversed(thing.versions[: thing.versions.index(version)]):
        found = latest_consent(told, party, thing.ref, one)
        if found is not None and found[1].verdict == "accepted":
            return one.ref
    return None
