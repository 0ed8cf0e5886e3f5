"""Entries, disclosures and ports as a hostile party would make them."""

from __future__ import annotations

import base64
import contextlib
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from nodes import Raw
from tansiq.circles.circle import Circle
from tansiq.circles.gate import told_digest
from tansiq.exchange.outbox import program_label
from tansiq.exchange.peer_client import PeerClient, client_context
from tansiq.exchange.puller import wall_clock
from tansiq.exchange.tls import certificate_der, server_context
from tansiq.ledger import disclosure
from tansiq.node.node import Node
from tansiq.records.entry import Entry, encode_entry, new_record_id


def field(name: str, value: Any) -> str:
    """An honest disclosure."""
    return disclosure.make(name, value, secrets.token_bytes(16))


def raw_field(text: bytes) -> str:
    """A disclosure of any text at all."""
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def decoy() -> str:
    """A digest of nothing."""
    return disclosure.decoy(secrets.token_bytes(32))


def craft(circle: Circle, fields: Sequence[str] = (), subject: int | None = None, **changes: Any) -> Raw:
    """A well-formed entry of the circle with these disclosures, then changed field by field."""
    joined = "~".join(fields)
    now = wall_clock()
    entry = Entry(
        v=1,
        type="log",
        id=new_record_id(now),
        revises=None,
        about=None,
        desk="watch",
        role="duty_officer",
        at=now,
        label=program_label(circle),
        seen=[],
        sd=sorted([*map(disclosure.digest, fields), decoy()]),
        told=told_digest(joined),
        blobs=[],
        pad="",
    )
    return Raw(encode_entry(msgspec.structs.replace(entry, **changes)), joined.encode(), subject)


def respelled(raw: Raw, old: bytes, new: bytes) -> Raw:
    """The same entry with other bytes in one place."""
    assert raw.body.count(old) == 1
    return Raw(raw.body.replace(old, new), raw.told, raw.subject)


def client(reader: Node, url: str, host: Node) -> PeerClient:
    """The reader's way to the host's peer port, with both certificates pinned."""
    der = certificate_der(host.folder.tls_certificate.read_bytes())
    context = client_context(reader.folder.tls_certificate, reader.folder.tls_key, der)
    return PeerClient(url, context, host.config.party)


Talk = Callable[[ssl.SSLSocket], None]


@contextmanager
def port(host: Node, reader: Node, talk: Talk, *, handshake: bool = True) -> Iterator[str]:
    """A peer port of `host` that answers with `talk`; without `handshake` it accepts and then says nothing."""
    context = server_context(
        host.folder.tls_certificate,
        host.folder.tls_key,
        [certificate_der(reader.folder.tls_certificate.read_bytes())],
    )
    listener = socket.create_server(("127.0.0.1", 0))
    open_sockets: list[socket.socket] = [listener]

    def serve(plain: socket.socket) -> None:
        with contextlib.suppress(OSError):
            wrapped = context.wrap_socket(plain, server_side=True)
            open_sockets.append(wrapped)
            talk(wrapped)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                open_sockets.append(plain)
                if handshake:
                    threading.Thread(target=serve, args=(plain,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for one in open_sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def request(connection: ssl.SSLSocket) -> str:
    """The path that the other side asks for; empty when it has hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65_536)
        if not part:
            return ""
        data += part
    return data.split(b" ", 2)[1].decode()


def answer(body: bytes, *headers: str) -> bytes:
    """An HTTP answer."""
    head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body
