"""Forks and their proofs, the own standing, erasing an own record."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from msgspec import Struct

from tansiq.desk import erasing, trust
from tansiq.desk.api.access import administrator
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.errors import MalformedInput, NotAllowed


class OnlyOne(Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator confirms: no other node runs with these keys."""

    confirmed: bool


class EraseRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why: `personal`, `agreed`, `mistake` or `law`."""

    reason: str


@get("/forks", sync_to_thread=True)
def forks(office: Office, person: Person) -> dict[str, Any]:
    """Ledgers of which two histories are proven, with both heads."""
    return {"forks": msgspec.to_builtins(trust.forks(office))}


@get("/forks/{origin_hash:str}", sync_to_thread=True)
def fork_file(office: Office, person: Person, origin_hash: str) -> Response[bytes]:
    """The proof file, which anyone can check."""
    row = trust.fork_file(office, origin_hash)
    name = f"fork-{row.origin.replace('/', '-')}.tansiq"
    return Response(
        row.data,
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@get("/standing", sync_to_thread=True)
def standing(office: Office, person: Person) -> dict[str, Any]:
    """Own ledgers that must not go on as they are."""
    return {"ledgers": msgspec.to_builtins(trust.standing(office))}


@post("/standing/only-one", status_code=200, sync_to_thread=True)
def only_one(office: Office, person: Person, data: OnlyOne) -> dict[str, Any]:
    """Sign again after a clone was found and ended. For administrators."""
    administrator(person)
    if not data.confirmed:
        raise NotAllowed("node.not_confirmed")
    return {"ledgers": msgspec.to_builtins(trust.only_one(office))}


@post("/records/{circle:str}/{party:str}/{record:str}/erase", status_code=200, sync_to_thread=True)
def erase(office: Office, person: Person, circle: str, party: str, record: str, data: EraseRequest) -> dict[str, Any]:
    """Destroy the values of an own record on every honest node; digests and proofs stay."""
    if party != office.party:
        raise MalformedInput("record.not_own", ref=f"{party}/{record}"[:80])
    said = erasing.erase(office, circle, record, data.reason, person.author())
    return {"ref": said.ref, "index": said.index}
