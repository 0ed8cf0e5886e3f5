"""A word on another party's thing of the accord: what it has to name is filled in from what this node holds."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import table_of
from tansiq.desk.office import Office
from tansiq.desk.request import learn
from tansiq.desk.saying import Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.records.values import LongText

CONSENTED: Final = (
    "minutes",
    "understanding",
    "body",
    "commitment",
    "meeting",
    "watch_handover",
    "trigger",
    "terms",
    "log",
    "complaint_step",
)
"""What another party's word is asked on; on an entry of a log, that it was as it says."""


class WordRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A word on a thing as this node holds it now; `revision` refuses it where that has changed meanwhile."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    about: Annotated[str, Meta(max_length=128)]
    verdict: Literal["accepted", "declined", "withdrawn"]
    reason: LongText | None = None
    reservation: LongText | None = None
    revision: Annotated[str, Meta(max_length=36)] | None = None


def word(office: Office, asked: WordRequest, author: Author) -> Reference:
    """Accept, decline or withdraw, with a reservation where one is made.

    Refused: what is not there or asks for no word (`accord.no_word_asked`), one's own thing (`accord.own_word`), a
    version that is not the latest here (`accord.changed`), a refusal without a reason (`accord.no_reason`).
    """
    with table_of(office, asked.circle) as table:
        thing = table.told.get(asked.about)
    if thing is None or thing.kind not in CONSENTED:
        raise NotFound("accord.no_word_asked", ref=asked.about[:80])
    if thing.party == office.party:
        raise NotAllowed("accord.own_word", ref=thing.ref[:80])
    if asked.revision is not None and asked.revision != thing.now.said.id:
        raise Conflict("accord.changed", ref=thing.ref[:80])
    if asked.verdict != "accepted" and not asked.reason:
        raise MalformedInput("accord.no_reason")
    fields: dict[str, Any] = {"revision": thing.now.said.id, "verdict": asked.verdict}
    if asked.reason:
        fields["reason"] = asked.reason
    if asked.reservation and asked.verdict == "accepted":
        fields["reservation"] = asked.reservation
    request = SayRequest("consent", fields, [ReleaseRequest(asked.circle)], None, thing.ref)
    return saying.release(office, request, author)[0]


learn(WordRequest)
