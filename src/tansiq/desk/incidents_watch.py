"""The watch of a circle at a desk: the twin log of everybody, the own log beside it, who is on duty where, hand-overs;
and noting that a call took place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from tansiq.accord.centres import Centre, centres
from tansiq.accord.handing_over import HandingOver, handovers
from tansiq.accord.roster import OnDuty, on_duty
from tansiq.accord.watchlog import Line, TwinLog, circle_log
from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Tables, WorkedOut, exercise_end, table_of
from tansiq.desk.office import Office, circles
from tansiq.desk.request import learn
from tansiq.desk.saying import Column, Reference, ReleaseRequest, SayRequest
from tansiq.errors import MalformedInput
from tansiq.picture.terms import MINUTE_MS, in_force
from tansiq.records.kinds.activity import PartyName
from tansiq.records.values import Language, LongText, Millis

MOST_OWN: Final = 200


class OwnTables(Tables):
    """What is noted in circles of one."""

    def __init__(self) -> None:
        super().__init__(("log",))


class _Kept(WorkedOut):
    """What was worked out of these tables."""


class Place(Struct, frozen=True):
    """A centre: who is on duty there now, and the newest hand-over of its watch."""

    ref: str
    names: dict[str, str]
    at_work: bool
    duty: tuple[OnDuty, ...]
    handover: HandingOver | None


class WatchView(Struct, frozen=True):
    """The watch of a circle at a time (ms). `own` are entries that stay at this node, `log` those of the circle."""

    at: int
    circle: str
    sides: list[str]
    places: list[Place]
    log: TwinLog
    own: tuple[Line, ...]


class CallRequest(Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}):
    """That a call took place: with whom, when it began (it ended now unless that is said), how long it took, over what.

    What was said is told only with `share`, else it stays at this node. `once` says it once only together with `at`.
    """

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    with_: PartyName
    at: Millis | None = None
    minutes: Annotated[int, Meta(ge=0, le=24 * 60)] | None = None
    means: Literal["phone", "radio", "in_person"] = "phone"
    text: LongText | None = None
    share: bool = False
    lang: Language | None = None
    once: Annotated[str, Meta(max_length=36)] | None = None


def watch(office: Office, circle: str, at: int | None = None) -> WatchView:
    """The watch of a circle, now or at a time (ms); of an exercise that is over, as of its end."""
    with table_of(office, circle) as table:
        newest = max((thing.now.said.at for thing in table.told.of_kind("log")), default=0)
        over = None if at is not None else exercise_end(office, circle, newest)
        when = (office.clock() if over is None else over) if at is None else at
        terms = in_force(table.told)
        rules = terms.body.manning or []
        places = [
            Place(
                one.ref,
                one.names,
                one.at_work,
                on_duty(table.told, table.sides, one, rules, terms.ref, when),
                _newest(handovers(table.told, table.sides, one, when)),
            )
            for one in centres(table.told, table.sides)
            if _is_kept(one)
        ]
        log = office.memory.of(_Kept).of(f"log {circle}", table, circle_log)
        names = list(table.sides)
    return WatchView(when, circle, names, places, log, own_lines(office))


def own_lines(office: Office) -> tuple[Line, ...]:
    """The newest entries of the circles that have this party alone, oldest first."""
    with office.database.read() as connection:
        alone = sorted({held.circle.id for held in circles(connection) if len(held.circle.parties) == 1})
    lines: list[Line] = []
    for circle in alone:
        with table_of(office, circle, OwnTables) as table:
            lines += circle_log(table.told).lines
    lines.sort(key=lambda one: (one.from_, one.ref))
    return tuple(lines[-MOST_OWN:])


def note_call(office: Office, asked: CallRequest, author: Author) -> Reference:
    """Note that a call took place; refused with oneself (`hotline.to_itself`), with whom is not in the circle
    (`hotline.no_member`) and one that is not over (`hotline.later_call`).
    """
    return saying.release(office, _call(office, asked), author)[0]


def preview_call(office: Office, asked: CallRequest, author: Author) -> list[Column]:
    """What each party will see of the entry; refused as noting it would be."""
    return saying.preview(office, _call(office, asked), author)


def _call(office: Office, asked: CallRequest) -> SayRequest:
    now = office.clock()
    lasted = (asked.minutes or 0) * MINUTE_MS
    at = now - lasted if asked.at is None else asked.at
    if asked.with_ == office.party:
        raise MalformedInput("hotline.to_itself")
    with table_of(office, asked.circle) as table:
        if asked.with_ not in table.members:
            raise MalformedInput("hotline.no_member", party=asked.with_)
    if at + lasted > now:
        raise MalformedInput("hotline.later_call")
    end = None if asked.minutes is None else at + lasted
    fields: dict[str, Any] = {
        "category": "call",
        "means": asked.means,
        "when": {"from": at, "to": end},
        "when_precision": "minute",
        "actors": [asked.with_],
    }
    if asked.text:
        fields["text"] = asked.text
    if asked.lang:
        fields["lang"] = asked.lang
    withheld = ["text"] if asked.text and not asked.share else []
    release = ReleaseRequest(asked.circle, withhold=withheld)
    return SayRequest("log", fields, [release], once=asked.once)


def _is_kept(centre: Centre) -> bool:
    """Whether there is, or will be, a watch there."""
    return any(one.state not in (None, "closed") for one in centre.stands)


def _newest(found: Sequence[HandingOver]) -> HandingOver | None:
    return found[0] if found else None


learn(CallRequest)
