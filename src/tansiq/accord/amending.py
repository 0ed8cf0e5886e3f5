"""An amendment begins with the words that it amends: which clauses of the text before a party may still take over."""

from __future__ import annotations

from tansiq.accord.agreed import AgreedText, in_order
from tansiq.accord.clauses import content_of
from tansiq.accord.signing import version_named
from tansiq.accord.texts import TextState
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.clause import Clause


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
