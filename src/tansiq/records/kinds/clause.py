"""Clause: one party's wording of one clause of the agreement that it is `about`, in three languages side by side.

Every party words a clause in its own ledger, so nobody's text is overwritten or merged: where the wordings differ
they stand in brackets until every party has taken a position that accepts the same one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Language, LongText, Names, Origin, Texts

ClauseKey = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$(?!\n)")]
Languages = Annotated[list[Language], Meta(max_length=3)]


class Clause(Body, frozen=True):
    """`key` is the same in every party's wording of it; `order` its place in the tree, as in 3.2 → [3, 2].

    `counters` is the very record (`party/id`) of another wording against which this one is offered; `concordant` are
    the languages that its author compared and found to say the same; `struck` offers to leave the clause out.
    """

    key: ClauseKey | None = None
    order: Annotated[list[Annotated[int, Meta(ge=0, le=9999)]], Meta(min_length=1, max_length=6)] | None = None
    part: Literal["preamble", "definition", "article", "clause", "final", "annex"] | None = None
    heading: Names | None = None
    term: Names | None = None
    text: Texts | None = None
    drawn_from: Annotated[list[AnyRef], Meta(max_length=16)] | None = None
    counters: AnyRef | None = None
    concordant: Languages | None = None
    status: Literal["offered", "struck", "withdrawn"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("clause", Clause, {}, {})
