"""Position: where a party stands on one very wording of a clause; `about` names the clause as that party worded it."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.answer import RecordKey
from tansiq.records.kinds.clause import Languages
from tansiq.records.values import Language, LongText, Origin, Texts


class ClausePosition(Body, frozen=True):
    """`revision` is the id of the very record; `condition` what acceptance hangs on or what is reserved.

    `concordant` are the languages that this party compared and found to say the same, `discordant` those that do not.
    """

    revision: RecordKey | None = None
    verdict: Literal["accept", "accept_if", "object", "reserve"] | None = None
    condition: Texts | None = None
    concordant: Languages | None = None
    discordant: Languages | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("clause_position", ClausePosition, {}, {})
