"""Two sides and a facilitator at a text: ledgers without signatures, nodes that hear when they are told to."""

from __future__ import annotations

from typing import Any

from movements.telling import Telling
from tansiq.accord.clauses import ClauseState
from tansiq.accord.kinds import KINDS
from tansiq.accord.texts import TextState, text_of
from tansiq.picture.told import Told

SIDES = ("joc", "mop")
NAMES = {"en": "Coordination agreement", "ar": "اتفاق التنسيق", "ckb": "ڕێککەوتنی هەماهەنگی"}


class Negotiating(Telling):
    """A circle with one agreement on the table."""

    def __init__(self, **frame: Any) -> None:
        super().__init__("joc", "mop", "coalition", takes_part=SIDES, kinds=KINDS)
        fields = {"names": NAMES, "path": "coordination", "parties": list(SIDES), "authentic": ["ar", "ckb"], **frame}
        self.text = self.say("coalition", "agreement", fields)
        self.meet()

    def offer(self, party: str, text: str | dict[str, str], key: str = "one", **more: Any) -> str:
        """Word a clause anew: a text in one word for all languages, or by language."""
        texts = dict.fromkeys(("ar", "ckb", "en"), text) if isinstance(text, str) else text
        fields = {"key": key, "order": [1], "part": "clause", "text": texts, "status": "offered", **more}
        return self.say(party, "clause", fields, about=self.text)

    def reword(self, party: str, ref: str, text: str | dict[str, str], **more: Any) -> str:
        """Revise an own wording."""
        texts = dict.fromkeys(("ar", "ckb", "en"), text) if isinstance(text, str) else text
        return self.say(party, "clause", {"text": texts, **more}, revises=ref, about=self.text)

    def take(self, party: str, thing: str, revision: str, verdict: str = "accept", **more: Any) -> str:
        """Take a position on one very record of a clause."""
        fields = {"revision": revision.partition("/")[2], "verdict": verdict, **more}
        return self.say(party, "clause_position", fields, about=thing)

    def state(self, told: Told | None = None) -> TextState:
        """Where the text stands by everything that was said, or by what is told."""
        return text_of(self.told() if told is None else told, SIDES, self.text)

    def clause(self, key: str = "one", told: Told | None = None) -> ClauseState:
        """Where a clause stands."""
        found = self.state(told).clause(key)
        assert found is not None
        return found
