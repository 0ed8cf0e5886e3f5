"""The picture, single records, saying and telling, evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from tansiq.desk import agreement_file, evidence, saying, viewing
from tansiq.desk.office import Office, circle_named, parties
from tansiq.desk.people import Person
from tansiq.desk.saying import SayRequest, TellRequest
from tansiq.desk.viewing import Page, RecordView
from tansiq.errors import MalformedInput, NotFound, Refused
from tansiq.ledger import fork
from tansiq.store import ledgers

LARGEST_PAGE: Final = 5000
KEEP_ALIVE_S: Final = 15.0
DIGITS: Final = 18
Crowd = Literal["whole", "apart"]
Number = Annotated[int, Parameter(ge=0, lt=10**DIGITS)]
"""A sequence number or a time: whatever the store can count to."""


@get("/picture", sync_to_thread=True)
def picture(
    office: Office,
    person: Person,
    circle: str,
    after: Number = 0,
    until: Annotated[int | None, Parameter(ge=0, lt=10**DIGITS)] = None,
    kind: str | None = None,
    limit: int = 2000,
    whole: bool = False,
    crowd: Crowd = "whole",
    apart: bool = False,
) -> Page:
    """What changed in a circle's picture after sequence number `after`; long fields of texts only if `whole`, or where
    a kind is asked for. With `crowd=apart` reports of incidents are left out where there are more than a desk can hold
    (`apart` says on further pages that they were): `/incidents/tiles` and `/incidents/rows` have them.
    """
    size = max(1, min(limit, LARGEST_PAGE))
    most = None if crowd == "whole" else -1 if apart else viewing.CROWD
    return viewing.page(office, circle, after=after, until=until, kind=kind, limit=size, whole=whole, most=most)


@get("/stream")
async def stream(
    request: Request[Any, Any, State],
    office: Office,
    person: Person,
    circle: str,
    after: Number = 0,
    crowd: Crowd = "whole",
) -> ServerSentEvent:
    """The same as it happens, as server-sent events; `Last-Event-ID` resumes. With `crowd=apart` a burst of reports of
    incidents comes as one event `crowd`: then the picture is to be asked for again.
    """
    last = request.headers.get("last-event-id", "")
    start = int(last) if last.isdecimal() and len(last) <= DIGITS else after
    await asyncio.to_thread(viewing.page, office, circle, after=start, limit=1)
    return ServerSentEvent(_events(office, circle, start, None if crowd == "whole" else viewing.BURST))


async def _events(
    office: Office, circle: str, after: int, most: int | None
) -> AsyncIterator[ServerSentEventMessage]:  # fmt: skip
    heads = b""
    while not office.changes.closed:
        seen = office.changes.count
        page = await asyncio.to_thread(viewing.page, office, circle, after=after, limit=500, whole=False, most=most)
        if page.apart:
            yield ServerSentEventMessage(data="{}", event="crowd", id=str(page.seq))
        for one in page.objects:
            yield ServerSentEventMessage(data=msgspec.json.encode(one).decode(), event="object", id=str(one.seq))
        after = page.seq
        if page.more:
            continue
        now = await asyncio.to_thread(viewing.ledger_marks, office)
        if now != heads:
            heads = now
            yield ServerSentEventMessage(data=now.decode(), event="heads", id=str(after))
        if await office.changes.wait(seen, KEEP_ALIVE_S) == seen:
            yield ServerSentEventMessage(comment="still here")


@get("/records/{circle:str}/{party:str}/{record:str}", sync_to_thread=True)
def one_record(office: Office, person: Person, circle: str, party: str, record: str) -> RecordView:
    """All that is known about one record."""
    return viewing.record_view(office, circle, party, record)


@get("/records/{circle:str}/{party:str}/{record:str}/proof", sync_to_thread=True)
def proof(
    office: Office,
    person: Person,
    circle: str,
    party: str,
    record: str,
    reader: Annotated[str | None, Parameter(query="for")] = None,
    field: list[str] | None = None,
) -> Response[bytes]:
    """The evidence file; `for` a named reader the labels decide, `field` chooses fewer fields."""
    data = evidence.prove(office, circle, party, record, field, reader)
    with office.database.read() as connection:
        exercise = circle_named(connection, circle).circle.exercise
    name = f"{'EXERCISE-' if exercise else ''}{party}-{record}.tansiq"
    return Response(
        data,
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@post("/verify", status_code=200)
async def verify(request: Request[Any, Any, State], office: Office, person: Person) -> dict[str, Any]:
    """Check an evidence file, a fork proof or a signed agreement against the pinned keys of this node."""
    data = await request.body()

    def work() -> dict[str, Any]:
        with office.database.read() as connection:
            pinned = {str(known.card.party): known.card for known in parties(connection)}
            cosigners = evidence.policy_keys(connection)
        try:
            lines = agreement_file.check_any(data, pinned, cosigners).lines
            return {"ok": True, "kind": _kind_of(data), "lines": lines}
        except Refused as refused:
            return {"ok": False, "code": refused.code, "lines": [str(refused)]}

    return await asyncio.to_thread(work)


def _kind_of(data: bytes) -> str:
    if data.startswith(agreement_file.MAGIC):
        return "agreement"
    return "fork" if data.startswith(fork.HEADER.encode()) else "evidence"


@get("/ledgers/{origin_hash:str}/checkpoint", sync_to_thread=True)
def checkpoint(office: Office, person: Person, origin_hash: str) -> Response[bytes]:
    """The signed note of a ledger's head, as held."""
    with office.database.read() as connection:
        note = ledgers.ledger_by(connection, hash=origin_hash).out_note
    if note is None:
        raise NotFound("ledger.not_here", which=origin_hash[:80])
    return Response(note, media_type="text/plain; charset=utf-8")


@post("/records/preview", status_code=200, sync_to_thread=True)
def preview(office: Office, person: Person, data: SayRequest) -> dict[str, Any]:
    """What each party will see; nothing is said yet."""
    return {"columns": msgspec.to_builtins(saying.preview(office, data, person.author()))}


@post("/records", sync_to_thread=True)
def release(office: Office, person: Person, data: SayRequest) -> dict[str, Any]:
    """Say it. The answer comes when it is durable."""
    return {"refs": msgspec.to_builtins(saying.release(office, data, person.author()))}


@post("/records/{circle:str}/{party:str}/{record:str}/tell/preview", status_code=200, sync_to_thread=True)
def tell_preview(
    office: Office, person: Person, circle: str, party: str, record: str, data: TellRequest
) -> dict[str, Any]:
    """What each party will see once these fields are told."""
    _own(office, party, record)
    columns = saying.tell_preview(office, circle, record, data.fields, person.author())
    return {"columns": msgspec.to_builtins(columns)}


@post("/records/{circle:str}/{party:str}/{record:str}/tell", sync_to_thread=True)
def tell(office: Office, person: Person, circle: str, party: str, record: str, data: TellRequest) -> dict[str, Any]:
    """Tell these fields."""
    _own(office, party, record)
    return {"refs": msgspec.to_builtins(saying.tell(office, circle, record, data.fields, person.author()))}


def _own(office: Office, party: str, record: str) -> None:
    if party != office.party:
        raise MalformedInput("record.not_own", ref=f"{party}/{record}"[:80])
