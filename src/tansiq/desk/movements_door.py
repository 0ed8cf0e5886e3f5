"""Saying things about movements: what a statement has to name is filled in from what this node holds.

An announcement lists the plans near it, an answer names the very revision, a consent the very proposal. Everything
goes out by `saying`, through the same gate as every other record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tansiq.circles.gate import Author
from tansiq.desk import movements, saying
from tansiq.desk.movements_board import board_of
from tansiq.desk.movements_elsewhere import elsewhere
from tansiq.desk.office import Office
from tansiq.desk.request import learn
from tansiq.desk.saying import Column, Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed
from tansiq.movements.collisions import lists
from tansiq.movements.states import Board
from tansiq.picture.told import Thing, body_of
from tansiq.records.kinds.activity import Activity

CircleId = Annotated[str, Meta(min_length=6, max_length=32)]
Ref = Annotated[str, Meta(max_length=128)]


class AnnounceRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A plan's fields, or with `revises` (`party/id`) those that change; `knows` is filled in here."""

    release: ReleaseRequest
    fields: dict[str, Any]
    revises: Ref | None = None
    urgent: bool = False


class AnswerRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to a plan as this node holds it now; `anyway` also where it meets an own plan that it does not list."""

    circle: CircleId
    about: Ref
    verdict: Literal["acknowledged", "clear", "conditional", "objection", "stale"]
    conditions: list[str] = []
    reason: str | None = None
    anyway: bool = False
    revision: str | None = None


class ConsentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A word on terms, a hand-over or an answer with conditions, as this node holds it now."""

    circle: CircleId
    about: Ref
    verdict: Literal["accepted", "declined", "withdrawn"]
    reason: str | None = None


def plan_request(office: Office, asked: AnnounceRequest) -> SayRequest:
    """The statement by which a plan is announced or changed, with what it has to list; refused where it is no plan."""
    with board_of(office, asked.release.circle) as (board, _):
        return _plan_request(office, board, asked)


def _plan_request(office: Office, board: Board, asked: AnnounceRequest) -> SayRequest:
    fields = {name: value for name, value in asked.fields.items() if value is not None}
    before: Thing | None = None
    if asked.revises is not None:
        before = movements.thing_named(board.told, _own_ref(office, asked.revises), "activity")
        if before.party != office.party:
            raise NotAllowed("record.not_own", ref=asked.revises[:80])
    elif not fields.get("volumes"):
        raise MalformedInput("movements.no_volumes")
    volumes = movements.read_fields(fields)
    if not volumes and before is not None:
        body = body_of(before.now, Activity)
        volumes = list(body.volumes or ()) if body else []
    ends = fields.get("status") in ("ended", "cancelled")
    if volumes and not ends:
        known = movements.near(board, office.party, volumes, None if before is None else before.ref)
        fields["knows"] = sorted(version.ref for version in known)
    if before is None:
        fields = {"status": "announced", "ask": "no_objection", **fields}
    revises = None if before is None else before.ref
    return SayRequest("activity", fields, [asked.release], revises, None, asked.urgent)


def preview(office: Office, asked: AnnounceRequest, author: Author) -> list[Column]:
    """What each party would see of a plan."""
    return saying.preview(office, plan_request(office, asked), author)


def announce(office: Office, asked: AnnounceRequest, author: Author) -> Reference:
    """Announce or change a plan."""
    return saying.release(office, plan_request(office, asked), author)[0]


def respond(office: Office, asked: AnswerRequest, author: Author) -> Reference:
    """Answer a plan of another party.

    Refused: an objection without a reason, conditions that are none, an answer to a revision that is not the latest
    here, and `clear` beside an own plan that its author did not list (`activities.not_listed`) or cannot see, since it
    was told in another circle (`activities.meets_elsewhere`).
    """
    with board_of(office, asked.circle) as (board, _):
        plan = movements.thing_named(board.told, asked.about, "activity")
        unknown = _unlisted(board, office.party, plan)
    if plan.party == office.party:
        raise NotAllowed("activities.own_plan", ref=plan.ref[:80])
    if asked.revision is not None and asked.revision != plan.now.said.id:
        raise Conflict("activities.changed", ref=plan.ref[:80])
    if asked.verdict == "objection" and not asked.reason:
        raise MalformedInput("activities.no_reason")
    if (asked.verdict == "conditional") != bool(asked.conditions):
        raise MalformedInput("activities.no_conditions")
    if asked.verdict == "stale" and not unknown:
        raise Conflict("activities.nothing_unlisted", ref=plan.ref[:80])
    if asked.verdict in ("clear", "conditional") and unknown and not asked.anyway:
        raise Conflict("activities.not_listed", ref=unknown[0][:80])
    if asked.verdict == "clear" and not asked.anyway:
        unseen = [hit.ref for hit in elsewhere(office, asked.circle, plan.ref) if hit.party == office.party]
        if unseen:
            raise Conflict("activities.meets_elsewhere", ref=plan.ref[:80], own=unseen[0][:80], count=len(unseen))
    fields: dict[str, Any] = {"revision": plan.now.said.id, "verdict": asked.verdict}
    if asked.conditions:
        fields["conditions"] = asked.conditions
    if asked.reason:
        fields["reason"] = asked.reason
    if asked.verdict == "stale":
        fields["unknown"] = unknown
    return _say(office, asked.circle, "answer", fields, plan.ref, author)


def consent(office: Office, asked: ConsentRequest, author: Author) -> Reference:
    """Accept, decline or withdraw."""
    with board_of(office, asked.circle) as (board, _):
        thing = movements.thing_named(board.told, asked.about, "terms", "handover", "answer")
    if thing.party == office.party:
        raise NotAllowed("activities.own_word", ref=thing.ref[:80])
    if asked.verdict != "accepted" and not asked.reason:
        raise MalformedInput("activities.no_reason")
    fields: dict[str, Any] = {"revision": thing.now.said.id, "verdict": asked.verdict}
    if asked.reason:
        fields["reason"] = asked.reason
    return _say(office, asked.circle, "consent", fields, thing.ref, author)


def _say(
    office: Office, circle: str, kind: str, fields: dict[str, Any], about: str | None, author: Author
) -> Reference:
    request = SayRequest(kind, fields, [ReleaseRequest(circle)], None, about, urgent=True)
    return saying.release(office, request, author)[0]


def _own_ref(office: Office, ref: str) -> str:
    return ref if "/" in ref else f"{office.party}/{ref}"


def _unlisted(board: Board, party: str, plan: Thing) -> Sequence[str]:
    """Own live plans near another's that its author did not list."""
    body = body_of(plan.now, Activity)
    met = movements.near(board, plan.party, list(body.volumes or ()), plan.ref) if body and body.volumes else []
    own = (board.told.thing_of(version.ref) for version in met if version.said.ledger.party == party)
    return sorted(thing.now.ref for thing in own if thing is not None and not lists(plan, thing))


learn(AnnounceRequest, AnswerRequest, ConsentRequest)
