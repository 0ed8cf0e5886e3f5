"""The port for peers: heads, tiles, bundles, disclosures and receipts over mutual TLS.

Who asks is known by the pinned certificate alone. What is not for them does not exist for them: 404, never 403.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from sqlalchemy import Connection
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tansiq.circles.keyring import Keyring
from tansiq.errors import MalformedInput, NotFound, ProofRefused, Refused
from tansiq.exchange import attachments, intake, mirror, notices, shelf, witness
from tansiq.exchange.attachments import LARGEST_PIECE, Room
from tansiq.exchange.changes import Changes
from tansiq.exchange.peer_client import Shown
from tansiq.exchange.witness import TEXT_TYPE, Answer
from tansiq.ledger.note import MAX_NOTE
from tansiq.store.database import Database

PEER_CERTIFICATE: Final = "tansiq.peer_certificate"
MAX_WAIT_S: Final = 25.0
MAX_RECEIPT: Final = MAX_NOTE
BYTES: Final = "application/octet-stream"

Found = TypeVar("Found")


class PinnedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, handing the peer's certificate to the application; no ASGI server does so by itself."""

    def connection_made(self, transport: Any) -> None:
        """Take the certificate from the TLS layer once per connection."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        inner = self.app

        async def with_certificate(scope: Any, receive: Any, send: Any) -> None:
            scope[PEER_CERTIFICATE] = certificate
            await inner(scope, receive, send)

        self.app = with_certificate


def peer_app(  # noqa: PLR0915 - one small function for each address
    database: Database,
    keyring: Keyring,
    changes: Changes,
    pins: Callable[[], Mapping[str, str]],
    clock: Callable[[], int],
    room: Room = Room(),  # noqa: B008 - immutable
) -> Litestar:
    """The application behind the peer port. `pins` gives the party for each pinned certificate's SHA-256 (hex)."""
    spool = mirror.Spool()

    def party_of(request: Request[Any, Any, State]) -> str:
        certificate = request.scope.get(PEER_CERTIFICATE)
        party = pins().get(hashlib.sha256(certificate).hexdigest()) if isinstance(certificate, bytes) else None
        if party is None:
            raise NotFound("peer.not_found", peer="-", path="")
        return party

    def reading(work: Callable[[Connection], Found]) -> Found:
        with database.read() as connection:
            return work(connection)

    @get("/heads", media_type="application/json")
    async def heads(request: Request[Any, Any, State], known: str = "", wait: float = 0.0) -> Response[bytes]:
        party = party_of(request)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(max(wait, 0.0), MAX_WAIT_S)
        while True:
            seen = changes.count
            body = await asyncio.to_thread(reading, lambda connection: _shown(connection, party))
            tag = hashlib.sha256(body).hexdigest()[:16]
            left = deadline - loop.time()
            if tag != known or left <= 0 or changes.closed:
                return Response(body, headers={"ETag": tag}, media_type="application/json")
            await changes.wait(seen, left)

    @get("/notice/{digest:str}", media_type=BYTES)
    async def notice(request: Request[Any, Any, State], digest: str) -> Response[bytes]:
        party = party_of(request)

        def work(connection: Connection) -> bytes:
            for row in notices.shown_to(connection, party):
                if row.digest == digest:
                    return row.data
            raise NotFound("tile.not_here", path=digest[:80])

        return Response(await asyncio.to_thread(reading, work), media_type=BYTES)

    @get("/{origin_hash:str}/{path:path}")
    async def item(request: Request[Any, Any, State], origin_hash: str, path: str) -> Response[bytes]:
        party = party_of(request)

        def work(connection: Connection) -> bytes:
            ledger = shelf.visible_ledger(connection, origin_hash, party)
            if path == "/checkpoint":
                return shelf.head(connection, ledger)
            return shelf.item(connection, ledger, path.removeprefix("/"))

        body = await asyncio.to_thread(reading, work)
        kind = "text/plain; charset=utf-8" if path == "/checkpoint" else BYTES
        return Response(body, media_type=kind)

    @post("/{origin_hash:str}/receipt", status_code=204)
    async def receipt(request: Request[Any, Any, State], origin_hash: str) -> None:
        party = party_of(request)
        body = await request.body()
        if len(body) > MAX_RECEIPT:
            raise MalformedInput("note.too_large", size=len(body), limit=MAX_RECEIPT)

        def work() -> int:
            with database.read() as connection:
                ledger = shelf.visible_ledger(connection, origin_hash, party)
                circle = notices.circle_of(connection, ledger)
            return intake.take_receipt(database, circle, ledger, body)

        if await asyncio.to_thread(work):
            changes.notify()

    def submitted(work: Callable[[], Answer]) -> Response[bytes]:
        answer = work()
        if answer.status < 400:
            changes.notify()
        return Response(answer.body, status_code=answer.status, media_type=answer.kind)

    @post("/add-checkpoint")
    async def submit_checkpoint(request: Request[Any, Any, State]) -> Response[bytes]:
        party = party_of(request)
        body = await request.body()
        return await asyncio.to_thread(
            submitted, lambda: witness.add_checkpoint(database, keyring, body, party, clock())
        )

    @post("/{origin_hash:str}/add-disclosures", request_max_body_size=mirror.MAX_BODY)
    async def submit_disclosures(request: Request[Any, Any, State], origin_hash: str) -> Response[bytes]:
        party = party_of(request)
        body = await request.body()

        def work() -> Answer:
            with database.read() as connection:
                ledger = shelf.visible_ledger(connection, origin_hash, party)
            return mirror.add_disclosures(spool, ledger, body)

        return await asyncio.to_thread(submitted, work)

    @post("/add-entries", request_max_body_size=mirror.MAX_BODY)
    async def submit_entries(request: Request[Any, Any, State]) -> Response[bytes]:
        party = party_of(request)
        body = await request.body()
        return await asyncio.to_thread(
            submitted, lambda: mirror.add_entries(database, keyring, spool, body, party, clock())
        )

    @post("/{origin_hash:str}/add-blob/{digest:str}/{size:int}/{start:int}", request_max_body_size=LARGEST_PIECE)
    async def submit_blob(
        request: Request[Any, Any, State], origin_hash: str, digest: str, size: int, start: int
    ) -> Response[bytes]:
        party = party_of(request)
        body = await request.body()

        def work() -> Answer:
            with database.read() as connection:
                ledger = shelf.visible_ledger(connection, origin_hash, party)
            attachments.take_piece(database, ledger, digest, size, start, body, party, room)
            return Answer(200)

        return await asyncio.to_thread(submitted, work)

    @get("/witness/{origin_hash:str}/checkpoint")
    async def witnessed(request: Request[Any, Any, State], origin_hash: str) -> Response[bytes]:
        party = party_of(request)
        note = await asyncio.to_thread(
            reading, lambda connection: witness.witnessed_head(connection, keyring, origin_hash, party)
        )
        return Response(note, media_type=TEXT_TYPE)

    return Litestar(
        [
            heads,
            notice,
            item,
            receipt,
            submit_checkpoint,
            submit_disclosures,
            submit_entries,
            submit_blob,
            witnessed,
        ],
        openapi_config=None,
        logging_config=None,
        exception_handlers={Refused: _refusal},
        request_max_body_size=MAX_RECEIPT,
    )


def _shown(connection: Connection, party: str) -> bytes:
    heads = [note.decode() for note in shelf.heads_for(connection, party)]
    return msgspec.json.encode(Shown(heads, [row.digest for row in notices.shown_to(connection, party)]))


def _refusal(_request: Request[Any, Any, State], refused: Refused) -> Response[dict[str, object]]:
    """A peer is told the code, and of what is not for it, nothing at all."""
    if isinstance(refused, NotFound):
        return Response({"code": "not_found"}, status_code=404)
    status = 422 if isinstance(refused, ProofRefused) else 400
    return Response({"code": refused.code}, status_code=status)
