"""Reading from a peer's port: HTTPS with both certificates pinned, every answer bounded in time and size."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import msgspec

from tansiq.errors import MalformedInput, Unavailable

CONNECT_S: Final = 5.0
READ_S: Final = 15.0
ANSWER_S: Final = 60.0
"""A whole answer, however many drops it comes in: a peer that hangs gives its place in the line to the next."""

MAX_HEADS: Final = 1 << 20
MAX_TAG: Final = 64


def client_context(certificate: Path, key: Path, pinned: bytes) -> ssl.SSLContext:
    """A TLS context that trusts exactly one certificate (DER) and shows our own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # the certificate itself is pinned, so the name under which the peer happens to be reached says nothing
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(pinned))
    context.load_cert_chain(certificate, key)
    return context


class PeerClient:
    """One peer's port. A `Source` for intake."""

    def __init__(self, url: str, context: ssl.SSLContext, peer: str) -> None:
        self.peer = peer
        self._http = httpx.Client(
            base_url=url,
            verify=context,
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            trust_env=False,
            limits=httpx.Limits(max_connections=4, keepalive_expiry=120),
        )

    def heads(self, known: str, wait_s: float) -> tuple[str, list[bytes]]:
        """The peer's heads and their tag; waits at the peer while nothing is newer than `known`."""
        # the tag is the peer's own word: quoted and cut, or it could make an address that cannot be asked for
        tagged = quote(known[:MAX_TAG], safe="")
        data, tag = self._get(f"/heads?known={tagged}&wait={wait_s:g}", MAX_HEADS, READ_S + wait_s)
        try:
            return tag, [note.encode() for note in msgspec.json.decode(data, type=list[str])]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedInput("peer.bad_answer", peer=self.peer, path="/heads") from error

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, at most `limit` of them."""
        return self._get(f"/{origin_hash}/{path}", limit, READ_S)[0]

    def hand_receipt(self, origin_hash: str, note: bytes) -> None:
        """Hand our receipt to the party whose ledger it is."""
        self._request("POST", f"/{origin_hash}/receipt", 65_536, READ_S, note)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _get(self, path: str, limit: int, read_s: float) -> tuple[bytes, str]:
        return self._request("GET", path, limit, read_s, None)

    def _request(
        self, method: str, path: str, limit: int, read_s: float, content: bytes | None
    ) -> tuple[bytes, str]:
        deadline = time.monotonic() + read_s + ANSWER_S
        # no compression: a peer could make a small answer unpack into a large one, and tiles are mostly hashes
        headers = {"Accept-Encoding": "identity"}
        timeout = httpx.Timeout(read_s, connect=CONNECT_S)
        try:
            with self._http.stream(method, path, headers=headers, timeout=timeout, content=content) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise Unavailable("peer.not_found", peer=self.peer, path=path[:100])
                if answer.status_code >= httpx.codes.BAD_REQUEST:
                    raise Unavailable("peer.refused", peer=self.peer, status=answer.status_code)
                parts, size = [], 0
                for part in answer.iter_raw():
                    size += len(part)
                    if size > limit:
                        raise MalformedInput("peer.too_large", peer=self.peer, limit=limit)
                    if time.monotonic() > deadline:
                        raise Unavailable("peer.hangs", peer=self.peer)
                    parts.append(part)
                return b"".join(parts), answer.headers.get("etag", "")
        except httpx.TimeoutException as error:
            raise Unavailable("peer.hangs", peer=self.peer) from error
        except httpx.HTTPError as error:
            raise Unavailable("peer.unreachable", peer=self.peer, reason=str(error)[:160]) from error
