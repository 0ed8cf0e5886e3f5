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

from tansiq.errors import MalformedInput, NotFound, ProofRefused, Refused
from tansiq.exchange import intake, shelf
from tansiq.exchange.changes import Changes
from tansiq.store.database import Database

PEER_CERTIFICATE: Final = "tansiq.peer_certificate"
MAX_WAIT_S: Final = 25.0
MAX_RECEIPT: Final = 16_384
BYTES: Final = "application/octet-stream"

Answer = TypeVar("Answer")


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


def peer_app(database: Database, changes: Changes, pins: Callable[[], Mapping[str, str]]) -> Litestar:
    """The application behind the peer port. `pins` gives the party for each pinned certificate's SHA-256 (hex)."""

    def party_of(request: Request[Any, Any, State]) -> str:
        certificate = request.scope.get(PEER_CERTIFICATE)
        party = pins().get(hashlib.sha256(certificate).hexdigest()) if isinstance(certificate, bytes) else None
        if party is None:
            raise NotFound("peer.not_found", peer="-", path="")
        return party

    def reading(work: Callable[[Connection], Answer]) -> Answer:
        with database.read() as connection:
            return work(connection)

    @get("/heads", media_type="application/json")
    async def heads(request: Request[Any, Any, State], known: str = "", wait: float = 0.0) -> Response[bytes]:
        party = party_of(request)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(max(wait, 0.0), MAX_WAIT_S)
        while True:
            seen = changes.count
            notes = await asyncio.to_thread(reading, lambda connection: shelf.heads_for(connection, party))
            body = msgspec.json.encode([note.decode() for note in notes])
            tag = hashlib.sha256(body).hexdigest()[:16]
            left = deadline - loop.time()
            if tag != known or left <= 0 or changes.closed:
                return Response(body, headers={"ETag": tag}, media_type="application/json")
            await changes.wait(seen, left)

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
                circle = shelf.circle_of(connection, ledger)
            return intake.take_receipt(database, circle, ledger, body)

        if await asyncio.to_thread(work):
            changes.notify()

    return Litestar(
        [heads, item, receipt],
        openapi_config=None,
        logging_config=None,
        exception_handlers={Refused: _refusal},
        request_max_body_size=MAX_RECEIPT,
    )


def _refusal(_request: Request[Any, Any, State], refused: Refused) -> Response[dict[str, object]]:
    """A peer is told the code, and of what is not for it, nothing at all."""
    if isinstance(refused, NotFound):
        return Response({"code": "not_found"}, status_code=404)
    status = 422 if isinstance(refused, ProofRefused) else 400
    return Response({"code": refused.code}, status_code=status)
