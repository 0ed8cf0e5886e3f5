"""Whether the languages of a wording say the same: who changed one of them, and who has compared them since.

A change in one authentic language leaves the others behind until they are changed as well, or somebody who compared
them says that they say the same (`concordant`, by the author or in a position). Who finds that one does not says so
in a position (`discordant`), and it stands until that party says otherwise or the language is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from tansiq.accord.clauses import ClauseState, Content, Offer, Taken
from tansiq.records.values import Language

FIELDS: Final[tuple[Literal["heading", "term", "text"], ...]] = ("heading", "term", "text")


class Discord(Struct, frozen=True):
    """What keeps a language of a wording from binding: not there, left behind by a change, or found to differ."""

    language: Language
    kind: Literal["missing", "behind", "differs"]
    parties: tuple[str, ...] = ()


def discords(state: ClauseState, number: int, authentic: Sequence[Language]) -> list[Discord]:
    """What stands against the authentic languages of one wording; struck words bind in none."""
    wording = state.wordings[number]
    if wording.content.struck:
        return []
    by_ref = {one.ref: one for one in state.offers}
    # one author's comparison is enough where two wrote the very same words
    behind = set.intersection(*(_behind(offer, by_ref, state.offers, authentic) for offer in wording.offers))
    said = state.taken[number].values()
    behind -= {language for one in said for language in one.concordant}
    found: list[Discord] = []
    for language in authentic:
        differs = tuple(sorted(one.party for one in said if language in one.discordant))
        if _missing(wording.content, language, authentic):
            found.append(Discord(language, "missing"))
        elif differs:
            found.append(Discord(language, "differs", differs))
        elif language in behind:
            found.append(Discord(language, "behind"))
    return found


def _missing(content: Content, language: Language, authentic: Iterable[Language]) -> bool:
    """Whether another authentic language has words where this one has none."""
    return any(
        not content.words(field, language) and any(content.words(field, other) for other in authentic)
        for field in FIELDS
    )


def _behind(
    offer: Offer, by_ref: Mapping[str, Offer], offers: Sequence[Offer], authentic: Sequence[Language]
) -> set[Language]:
    """The languages that were left behind when this was offered, over all that it follows."""
    line: list[Offer] = []
    at: Offer | None = offer
    while at is not None and at not in line:
        line.append(at)
        at = _followed(at, by_ref, offers)
    behind: set[Language] = set()
    before: Content | None = None
    for one in reversed(line):
        if one.content is None:
            continue
        if before is not None:
            changed = {language for language in authentic if _changed(before, one.content, language)}
            # a language that follows leaves nobody behind; one that leads does
            led = bool(changed - behind)
            behind -= changed
            if led:
                behind |= {language for language in authentic if language not in changed}
        behind -= set(one.concordant)
        before = one.content
    return behind


def _followed(offer: Offer, by_ref: Mapping[str, Offer], offers: Sequence[Offer]) -> Offer | None:
    """What an offer was made from: what its author looked at, else what the same thing said before."""
    base = by_ref.get(offer.base or "")
    if base is not None and offer.version.knows(base.version):
        return base
    earlier = [one for one in offers if one.thing == offer.thing and one.place < offer.place]
    return earlier[-1] if earlier else None


def _changed(before: Content, after: Content, language: Language) -> bool:
    return any(before.words(field, language) != after.words(field, language) for field in FIELDS)


def compared_by(taken: Mapping[str, Taken]) -> dict[Language, list[str]]:
    """Who found which languages to say the same."""
    found: dict[Language, list[str]] = {}
    for party, one in sorted(taken.items()):
        for language in one.concordant:
            found.setdefault(language, []).append(party)
    return found
