"""Reading from a peer's port: HTTPS with both certificates pinned, every answer bounded in time and size.

The standard library's client and no other: a helper of a catch-up starts in a tenth of the time, and an answer of
some megabytes costs half of what it cost with a client that copies it from layer to layer.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Meta, Struct

from tansiq.errors import MalformedInput, Unavailable

CONNECT_S: Final = 15.0
READ_S: Final = 30.0
ANSWER_S: Final = 60.0
"""A whole answer, however many drops it comes in: a peer that hangs gives its place in the line to the next."""

MAX_HEADS: Final = 1 << 22
MAX_LEDGERS: Final = 4096
MAX_TAG: Final = 64
MAX_ANSWER: Final = 1 << 16
PART: Final = 1 << 16
NOT_FOUND: Final = 404
BAD_REQUEST: Final = 400


class Shown(Struct, frozen=True):
    """What a node shows a peer: heads as signed notes, and the digests (SHA-256, hex) of its notices."""

    heads: Annotated[list[str], Meta(max_length=MAX_LEDGERS)]
    notices: Annotated[
        list[Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", max_length=64)]], Meta(max_length=MAX_LEDGERS)
    ]


def read_shown(data: bytes, peer: str) -> Shown:
    """What a peer's answer at `/heads` says; refused as `peer.bad_answer`."""
    try:
        shown = msgspec.json.decode(data, type=Shown)
        for note in shown.heads:
            note.encode()  # half a character is no text
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedInput("peer.bad_answer", peer=peer, path="/heads") from error
    return shown


class PinnedContext(ssl.SSLContext):
    """A TLS context that remembers what it was made of, so that a helper process can make the same."""

    certificate: Path
    key: Path
    pinned: bytes


def client_context(certificate: Path, key: Path, pinned: bytes) -> PinnedContext:
    """A TLS context that trusts exactly one certificate (DER) and shows our own."""
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # the certificate itself is pinned, so the name under which the peer happens to be reached says nothing
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(pinned))
    context.load_cert_chain(certificate, key)
    context.certificate, context.key, context.pinned = certificate, key, pinned
    return context


class Recipe(Struct, frozen=True):
    """All that a `PeerClient` is made of."""

    url: str
    peer: str
    certificate: str
    key: str
    pinned: bytes

    def client(self) -> PeerClient:
        """The same client again."""
        context = client_context(Path(self.certificate), Path(self.key), self.pinned)
        return PeerClient(self.url, context, self.peer)


class PeerClient:
    """One peer's port. A `Source` for intake."""

    def __init__(self, url: str, context: PinnedContext, peer: str) -> None:
        self.peer = peer
        self.recipe = Recipe(url, peer, str(context.certificate), str(context.key), context.pinned)
        self._address = urlsplit(url)
        self._context = context
        self._lock = threading.Lock()
        self._idle: list[HTTPSConnection] = []
        self._busy: set[HTTPSConnection] = set()
        self._closed = False

    def heads(self, known: str, wait_s: float) -> tuple[str, Shown]:
        """What the peer shows and its tag; waits at the peer while nothing is newer than `known`."""
        # the tag is the peer's own word: quoted and cut, or it could make an address that cannot be asked for
        tagged = quote(known[:MAX_TAG], safe="")
        with self._line(READ_S + wait_s) as line:
            line.ask("GET", f"/heads?known={tagged}&wait={wait_s:g}")
            data, tag = line.answer(MAX_HEADS)
        return tag, read_shown(data, self.peer)

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, at most `limit` of them."""
        with self._line(READ_S) as line:
            line.ask("GET", f"/{origin_hash}/{path}")
            return line.answer(limit)[0]

    def items(self, origin_hash: str, wanted: Sequence[tuple[str, int]]) -> Iterator[bytes]:
        """The bytes at several (path, limit), in order.

        Each is asked for before the one before it is handed out: the peer reads and sends while the caller works.
        """
        with self._line(READ_S) as line:
            paths = [f"/{origin_hash}/{path}" for path, _ in wanted]
            line.ask("GET", paths[0])
            for (_, limit), following in zip(wanted, [*paths[1:], None], strict=True):
                data, _ = line.answer(limit)
                if following is not None:
                    line.ask("GET", following)
                yield data

    def hand_receipt(self, origin_hash: str, note: bytes) -> None:
        """Hand our receipt to the party whose ledger it is."""
        with self._line(READ_S) as line:
            line.ask("POST", f"/{origin_hash}/receipt", note)
            line.answer(65_536)

    def notice(self, digest: str, limit: int) -> bytes:
        """A notice that the peer shows."""
        with self._line(READ_S) as line:
            line.ask("GET", f"/notice/{digest}")
            return line.answer(limit)[0]

    def post(self, path: str, body: bytes, limit: int = MAX_ANSWER) -> tuple[int, bytes]:
        """Status and body of what the peer answers to a submission; its refusals are answers too."""
        with self._line(READ_S) as line:
            line.ask("POST", path, body)
            return line.outcome(limit)

    def close(self) -> None:
        """Let go of the connections; whoever waits at one is sent home (`peer.unreachable`)."""
        with self._lock:
            self._closed = True
            lines, self._idle = [*self._idle, *self._busy], []
        for connection in lines:
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    # not the TLS socket's own way, which takes the session from under the thread that reads
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _line(self, read_s: float) -> Iterator[_Line]:
        """A connection for one exchange or several; kept for the next where all of its answers were read."""
        connection = self._take()
        line = _Line(connection, self._address.path, self.peer, read_s)
        try:
            yield line
        except TimeoutError as error:
            raise Unavailable("peer.hangs", peer=self.peer) from error
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable("peer.unreachable", peer=self.peer, reason=str(error)[:160]) from error
        finally:
            with self._lock:
                self._busy.discard(connection)
                keep = not self._closed and not line.waiting
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _take(self) -> HTTPSConnection:
        """An idle connection that the peer has not closed meanwhile, or a new one."""
        with self._lock:
            if self._closed:
                raise Unavailable("peer.unreachable", peer=self.peer, reason="closed")
            while self._idle:
                connection = self._idle.pop()
                if _quiet(connection):
                    break
                connection.close()
            else:
                host, port = self._address.hostname or "", self._address.port
                connection = HTTPSConnection(host, port, context=self._context, timeout=CONNECT_S)
            self._busy.add(connection)
            return connection


def _quiet(connection: HTTPSConnection) -> bool:
    """Whether nothing waits to be read: an idle peer has nothing to say but goodbye."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


class _Line:
    """Questions and answers on one connection, each answer bounded in time and size."""

    def __init__(self, connection: HTTPSConnection, prefix: str, peer: str, read_s: float) -> None:
        self._connection = connection
        self._prefix = prefix.rstrip("/")
        self._peer = peer
        self._read_s = read_s
        self._deadline = 0.0
        self._path = ""
        self.waiting = False

    def ask(self, method: str, path: str, content: bytes | None = None) -> None:
        """Send a question; its answer is read by `answer`."""
        self._deadline = time.monotonic() + self._read_s + ANSWER_S
        self._path = path
        self.waiting = True
        if self._connection.sock is None:
            self._connection.connect()
        self._connection.sock.settimeout(self._read_s)
        # no compression: a peer could make a small answer unpack into a large one, and tiles are mostly hashes
        self._connection.request(method, self._prefix + path, content, {"Accept-Encoding": "identity"})

    def answer(self, limit: int) -> tuple[bytes, str]:
        """The bytes of the answer, at most `limit`, and its tag."""
        response = self._connection.getresponse()
        if response.status == NOT_FOUND:
            raise Unavailable("peer.not_found", peer=self._peer, path=self._path[:100])
        if response.status >= BAD_REQUEST:
            raise Unavailable("peer.refused", peer=self._peer, status=response.status)
        data = self._body(response, limit)
        self.waiting = False
        return data, response.headers.get("etag", "")

    def outcome(self, limit: int) -> tuple[int, bytes]:
        """Status and bytes of the answer, whatever the status is."""
        response = self._connection.getresponse()
        data = self._body(response, limit)
        self.waiting = False
        return response.status, data

    def _body(self, response: HTTPResponse, limit: int) -> bytes:
        parts, size = [], 0
        while response.length != 0 and (part := response.read1(PART)):
            size += len(part)
            if size > limit:
                raise MalformedInput("peer.too_large", peer=self._peer, limit=limit)
            if time.monotonic() > self._deadline:
                raise Unavailable("peer.hangs", peer=self._peer)
            parts.append(part)
        if response.length:
            raise Unavailable("peer.unreachable", peer=self._peer, reason=f"{response.length} bytes are missing")
        response.close()
        return b"".join(parts)
