"""An amendment begins with the words that it amends: which of them a party may take over, and what reads otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.accord.agreed import AgreedClause, AgreedText, in_order
from tansiq.accord.bracketed import Field
from tansiq.accord.clauses import Content, content_of
from tansiq.accord.compare import Piece, difference
from tansiq.accord.signing import stand, version_named
from tansiq.accord.texts import TextState, agreed_text
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.clause import Clause
from tansiq.records.values import Language


def text_before(told: Told, circle: str, sides: Sequence[str], text: TextState) -> AgreedText | None:
    """The text that a text amends: as all signed it, else as all accepted it; None where it amends none or that was
    never agreed.
    """
    before = told.thing_of(text.agreement.amends) if text.agreement.amends else None
    if before is None or before.kind != "agreement":
        return None
    signed = stand(told, circle, sides, before.ref).text
    return agreed_text(told, sides, before.ref)[0] if signed is None else signed


def to_take_over(told: Told, before: AgreedText, text: TextState, party: str) -> list[Clause]:
    """The clauses of the text before, word for word, that this party can offer in the text that amends it:
    those of which it has said nothing there, and of which nobody offers other words.
    """
    found = []
    for one in in_order(before.clauses):
        version = version_named(told, one.ref)
        body = None if version is None else body_of(version, Clause)
        if body is None:
            continue
        content, clause = content_of(body), text.clause(one.key)
        spoken = clause is not None and (
            any(offer.party == party for offer in clause.offers) or clause.stands_at.get(party) is not None
        )
        otherwise = clause is not None and any(wording.content != content for wording in clause.wordings)
        if not spoken and not otherwise:
            found.append(body)
    return found


def against(
    before: AgreedClause, authentic: Sequence[Language], content: Content
) -> dict[Field, dict[Language, list[Piece]]]:
    """How a wording reads otherwise than the clause before, in the languages that bound there."""
    fields: dict[Field, dict[Language, str]] = {"heading": before.heading, "term": before.term, "text": before.text}
    found: dict[Field, dict[Language, list[Piece]]] = {}
    for field, words in fields.items():
        for language in authentic:
            old, new = words.get(language, ""), "" if content.struck else content.words(field, language)
            if old != new:
                found.setdefault(field, {})[language] = difference(old, new)
    return found
