"""Requests at a desk: all of both sides on one board with their clocks, one of them, and the steps that follow.

A step is refused where it would not count: by whom it was not asked of, after all is over, or below where it stands.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Table, Tables, exercise_end, table_of
from tansiq.desk.office import Office, circles
from tansiq.desk.request import learn
from tansiq.desk.saying import Column, Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.incidents.request_words import read_asked, read_step
from tansiq.incidents.requests import LEVELS, Side, Standing, sides, standing, standings, waiting_for
from tansiq.picture.terms import in_force
from tansiq.picture.told import Thing, Told
from tansiq.records.kinds.terms import Level, Rung
from tansiq.records.values import Language, LongText, ShortText

KINDS: Final = ("request", "request_step", "terms", "consent")
MOST_LISTED: Final = 500


class RequestTables(Tables):
    """What requests follow from."""

    def __init__(self) -> None:
        super().__init__(KINDS)


class Board(Struct, frozen=True):
    """The requests of a circle at a time (ms), what waits first, the same figures for every side, the ladder in force.

    `left_out` counts those that are over beyond the most listed.
    """

    circle: str
    at: int
    requests: list[Standing]
    left_out: int
    sides: list[Side]
    ladder: list[Rung]
    terms: str | None


class Waiting(Struct, frozen=True):
    """Of a circle: how many requests wait for this party's word, how many of them are late, the soonest due (ms)."""

    circle: str
    waiting: int
    late: int
    due: int | None


class WaitingHere(Struct, frozen=True):
    """What waits for this party's word, of all circles, those first in which most is late."""

    at: int
    circles: list[Waiting]


class StepRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What follows a request; `revision` refuses it where the request has changed meanwhile."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    request: Annotated[str, Meta(max_length=128)]
    step: Literal["taken", "answered", "refused", "escalated"]
    owner: ShortText | None = None
    text: LongText | None = None
    reason: LongText | None = None
    level: Level | None = None
    records: Annotated[list[Annotated[str, Meta(max_length=128)]], Meta(max_length=64)] | None = None
    lang: Language | None = None
    revision: Annotated[str, Meta(max_length=36)] | None = None
    once: Annotated[str, Meta(max_length=36)] | None = None


def board(office: Office, circle: str, at: int | None = None) -> Board:
    """Both sides' requests, now or as the clocks stand at a time (ms); of an exercise that is over, as of its end."""
    with table_of(office, circle, RequestTables) as table:
        when = _at(office, circle, table.told) if at is None else at
        found = standings(table.told, when)
        figures = sides(found, [one for one in table.sides if one not in table.facilitators])
        terms = in_force(table.told)
    waiting = [one for one in found if one.state in ("open", "taken")]
    over = [one for one in found if one.state not in ("open", "taken")]
    kept = max(0, MOST_LISTED - len(waiting))
    listed = waiting + over[:kept]
    ladder = list(terms.body.ladder or ())
    return Board(circle, when, listed, max(0, len(over) - kept), figures, ladder, terms.ref)


def waiting(office: Office) -> WaitingHere:
    """What waits for this party's word, in every circle with others: an officer looks at one of them. An exercise that
    is over asks for nothing.
    """
    now = office.clock()
    with office.database.read() as connection:
        shared = sorted({held.circle.id for held in circles(connection) if len(held.circle.parties) > 1})
    found = []
    for circle in shared:
        with table_of(office, circle, RequestTables) as table:
            if _over(office, circle, table.told) is not None:
                continue
            stands = waiting_for(table.told, office.party, now)
        if stands:
            due = min((one.answered.due for one in stands if one.answered.due is not None), default=None)
            found.append(Waiting(circle, len(stands), sum(one.answered.late_by > 0 for one in stands), due))
    return WaitingHere(now, sorted(found, key=lambda one: (-one.late, -one.waiting, one.circle)))


def one(office: Office, circle: str, ref: str, at: int | None = None) -> Standing:
    """One request; refused as `requests.not_here`."""
    with table_of(office, circle, RequestTables) as table:
        when = _at(office, circle, table.told) if at is None else at
        return standing(table.told, named(table, ref), when)


def named(table: Table, ref: str) -> Thing:
    """The request that a record is of; refused as `requests.not_here`."""
    thing = table.told.get(ref) or table.told.thing_of(ref)
    if thing is None or thing.kind != "request":
        raise NotFound("requests.not_here", ref=ref[:80])
    return thing


def put(office: Office, circle: str, fields: dict[str, Any], author: Author, about: str | None = None) -> Reference:
    """Put a request; refused where nobody could answer it (`tansiq.incidents.request_words.read_asked`), or where one
    of those asked is not in the circle (`requests.no_member`).
    """
    read_asked(fields, office.clock())
    with table_of(office, circle, RequestTables) as table:
        others = [one for one in fields["to"] if one not in table.members]
    if others:
        raise MalformedInput("requests.no_member", party=str(others[0])[:64])
    return saying.release(office, _request(circle, "request", fields, about=about), author)[0]


def take_step(office: Office, asked: StepRequest, author: Author) -> Reference:
    """Take it in hand, answer it, refuse it or escalate it.

    Refused: what is not here (`requests.not_here`), by whom it was not asked of (`requests.not_asked`), after it is
    over for that side (`requests.over`), to a level no higher than where it stands (`requests.not_higher`), a request
    that has changed since it was read (`requests.changed`), and a step without what makes it one.
    """
    found, request = _step(office, asked)
    if earlier := saying.said_before(office, [request], author):
        return earlier[0]
    _check_step(found, asked, office.party)
    return saying.release(office, request, author)[0]


def preview_step(office: Office, asked: StepRequest, author: Author) -> list[Column]:
    """What each party will see of a step, and who reads it; refused as the step would be."""
    found, request = _step(office, asked)
    _check_step(found, asked, office.party)
    return saying.preview(office, request, author)


def _step(office: Office, asked: StepRequest) -> tuple[Standing, SayRequest]:
    with table_of(office, asked.circle, RequestTables) as table:
        found = standing(table.told, named(table, asked.request), office.clock())
    fields: dict[str, Any] = {
        name: value
        for name in ("step", "owner", "text", "reason", "level", "records", "lang")
        if (value := getattr(asked, name)) not in (None, "", [])
    }
    read_step(fields)
    return found, _request(asked.circle, "request_step", fields, about=found.ref, once=asked.once)


def _check_step(found: Standing, asked: StepRequest, party: str) -> None:
    if asked.revision is not None and asked.revision != found.revision:
        raise Conflict("requests.changed", ref=found.ref[:80])
    _check_entitled(found, asked, party)


def _check_entitled(found: Standing, asked: StepRequest, party: str) -> None:
    mine = next((one for one in found.parties if one.party == party), None)
    asker = found.party == party
    if mine is None and not (asker and asked.step == "escalated"):
        raise NotAllowed("requests.not_asked", ref=found.ref[:80])
    waits = found.waits_for if mine is None else ((party,) if mine.state in ("waiting", "taken") else ())
    # a word may be said anew, an answer in place of a refusal; a request that is gone asks nothing
    if found.state in ("withdrawn", "erased") or (not waits and asked.step in ("taken", "escalated")):
        raise Conflict("requests.over", ref=found.ref[:80])
    if asked.step == "escalated":
        standing_at = found.level if mine is None else mine.level
        if asked.level is None:
            raise MalformedInput("requests.no_level")
        if standing_at is not None and LEVELS.index(asked.level) <= LEVELS.index(standing_at):
            raise Conflict("requests.not_higher", ref=found.ref[:80], level=standing_at)


def withdraw(office: Office, circle: str, ref: str, reason: str | None, author: Author) -> Reference:
    """Withdraw an own request. Refused: another's (`record.not_own`), one that is over (`requests.over`)."""
    return saying.release(office, _withdrawal(office, circle, ref, reason), author)[0]


def preview_withdrawal(office: Office, circle: str, ref: str, reason: str | None, author: Author) -> list[Column]:
    """What each party will see of the withdrawal; refused as it would be."""
    return saying.preview(office, _withdrawal(office, circle, ref, reason), author)


def _withdrawal(office: Office, circle: str, ref: str, reason: str | None) -> SayRequest:
    with table_of(office, circle, RequestTables) as table:
        found = standing(table.told, named(table, ref), office.clock())
    if found.party != office.party:
        raise NotAllowed("record.not_own", ref=found.ref[:80])
    if found.state not in ("open", "taken"):
        raise Conflict("requests.over", ref=found.ref[:80])
    fields = {"withdrawn": True, **({"reason": reason} if reason else {})}
    return _request(circle, "request", fields, revises=found.ref)


def _at(office: Office, circle: str, told: Told) -> int:
    over = _over(office, circle, told)
    return office.clock() if over is None else over


def _over(office: Office, circle: str, told: Told) -> int | None:
    """When the exercise ended (ms) that these requests are of."""
    return exercise_end(office, circle, max((thing.now.said.at for thing in told.things), default=0))


def _request(
    circle: str,
    kind: str,
    fields: dict[str, Any],
    *,
    about: str | None = None,
    revises: str | None = None,
    once: str | None = None,
) -> SayRequest:
    return SayRequest(kind, fields, [ReleaseRequest(circle)], revises, about, once=once)


learn(StepRequest)
