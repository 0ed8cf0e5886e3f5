"""Circles: policy, file, next epochs. Changing any of it is for administrators."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post, put
from msgspec import Meta, Struct

from tansiq.desk import circles
from tansiq.desk.api.access import administrator
from tansiq.desk.circles import PolicyView
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.ledger.policy import MAX_POLICY


class PolicyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A tlog-policy text; None for the receipts of all other members."""

    text: Annotated[str, Meta(max_length=MAX_POLICY)] | None


class EpochRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The circle whose next epoch is proposed: who joins, who leaves."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    add: Annotated[list[str], Meta(max_length=64)] = []
    remove: Annotated[list[str], Meta(max_length=64)] = []


@get("/circles/{circle:str}/policy", sync_to_thread=True)
def policy(office: Office, person: Person, circle: str) -> PolicyView:
    """What counts as acknowledged in a circle."""
    return circles.policy_view(office, circle)


@put("/circles/{circle:str}/policy", sync_to_thread=True)
def give_policy(office: Office, person: Person, circle: str, data: PolicyRequest) -> PolicyView:
    """Give a circle a policy on this node."""
    administrator(person)
    return circles.give_policy(office, circle, data.text)


@get("/circles/{circle:str}/file", sync_to_thread=True)
def circle_file(office: Office, person: Person, circle: str) -> Response[bytes]:
    """The circle's file in its newest epoch, for a party that joins."""
    name, data = circles.circle_file(office, circle)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/json", headers=headers)


@get("/epochs", sync_to_thread=True)
def epochs(office: Office, person: Person) -> dict[str, Any]:
    """Next epochs that wait for signatures."""
    return {"proposals": msgspec.to_builtins(circles.proposals(office))}


@post("/epochs", sync_to_thread=True)
def propose(office: Office, person: Person, data: EpochRequest) -> dict[str, Any]:
    """Propose a next epoch; this party's signature goes with it."""
    administrator(person)
    epoch = office.house.propose(data.circle, data.add, data.remove)
    return {"id": epoch.id, "proposal": msgspec.to_builtins(circles.proposal(office, epoch.id))}


@post("/circles/{circle:str}/leave", status_code=200, sync_to_thread=True)
def leave(office: Office, person: Person, circle: str) -> dict[str, Any]:
    """Seal the own ledger of a circle for good: this party says no more there."""
    administrator(person)
    office.house.leave(circle)
    return {"circle": circle}


@post("/epochs/{epoch:str}/refuse", status_code=200, sync_to_thread=True)
def refuse(office: Office, person: Person, epoch: str) -> dict[str, Any]:
    """Say for good that this party does not sign a next epoch: it is over for all, and another may be proposed."""
    administrator(person)
    return {"id": office.house.refuse(epoch).id}


@post("/epochs/{epoch:str}/sign", status_code=200, sync_to_thread=True)
def sign(office: Office, person: Person, epoch: str) -> dict[str, Any]:
    """Agree to a next epoch; it begins with the next beat once all have signed, then `proposal` is null."""
    administrator(person)
    signed = office.house.sign(epoch)
    return {"id": signed.id, "proposal": msgspec.to_builtins(circles.proposal(office, signed.id))}
