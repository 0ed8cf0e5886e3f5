"""A node at work: the desk port, the peer port, one puller for each peer, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Final

import uvicorn

from tansiq.desk.app import desk_app
from tansiq.errors import Unavailable
from tansiq.exchange.attachments import Turns
from tansiq.exchange.fetcher import Fetcher
from tansiq.exchange.peer_client import PeerClient, client_context
from tansiq.exchange.peer_port import PinnedProtocol, peer_app
from tansiq.exchange.puller import Puller
from tansiq.exchange.pusher import Pusher
from tansiq.exchange.tls import server_context, trust
from tansiq.exchange.tuning import tune
from tansiq.node.beat import keep_beat
from tansiq.node.folder import parse_address
from tansiq.node.hourly import keep_hours
from tansiq.node.indexing import keep_index
from tansiq.node.node import Node
from tansiq.node.steward import NodeSteward
from tansiq.node.structs import learn_structs
from tansiq.node.warmth import warm_up

ASKING_S: Final = 10.0
"""Longer than a connection takes to fail: a peer that is away does not keep this node silent."""

WATCH_S: Final = 0.1
"""How soon a record said by another process on the same store is noticed."""


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: one process runs two servers and stops them together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the node."""
        yield


class NodeServer:
    """Serves one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._pullers: dict[str, Puller] = {}
        self._pushers: list[Pusher] = []
        self._fetchers: list[Fetcher] = []
        self._turns = Turns()
        self._begun = time.monotonic()
        self._pins: dict[str, str] = {}
        self._stop = threading.Event()
        node.with_asked(self._asked)
        node.with_steward(NodeSteward(node))
        node.with_reachable(lambda: {peer: puller.reachable for peer, puller in self._pullers.items()})

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM."""
        tune()
        faulthandler.enable()
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        node = self.node
        desk_socket, peer_socket = listen(node.config.desk), listen(node.config.peer)
        node.changes.bind()
        desk = _Server(
            uvicorn.Config(
                desk_app(node.office),
                log_level="warning",
                lifespan="off",
                http="httptools",
                timeout_graceful_shutdown=1,
                server_header=False,
            )
        )
        peers = uvicorn.Config(
            peer_app(node.database, node.keys, node.changes, lambda: self._pins, node.office.clock, node.room),
            log_level="error",
            lifespan="off",
            http=PinnedProtocol,
            timeout_graceful_shutdown=1,
            server_header=False,
            date_header=False,
        )
        peers.load()
        peer = _Server(peers)
        # the web framework makes structs of its own for every route
        learn_structs()
        context = server_context(
            node.folder.tls_certificate, node.folder.tls_key, [card.tls_der for card in node.peers()]
        )
        peers.ssl = context
        self._follow_roster(context)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._shut, desk, peer)
        watcher = threading.Thread(target=self._watch_store, args=(context,), name="watch", daemon=True)
        watcher.start()
        beat = threading.Thread(target=keep_beat, args=(node, self._stop), name="beat", daemon=True)
        beat.start()
        warmth = threading.Thread(target=warm_up, args=(node, self._stop), name="warm", daemon=True)
        warmth.start()
        hours = threading.Thread(target=keep_hours, args=(node, self._stop), name="hours", daemon=True)
        hours.start()
        index = threading.Thread(target=keep_index, args=(node, self._stop), name="index", daemon=True)
        index.start()
        await asyncio.gather(desk.serve(sockets=[desk_socket]), peer.serve(sockets=[peer_socket]))
        self._stop.set()
        for pusher in self._pushers:
            pusher.stop()
        for fetcher in self._fetchers:
            fetcher.stop()
        for puller in self._pullers.values():
            puller.stop()

    def _asked(self) -> bool:
        """Whether every peer was asked, since the start, what it holds of our own ledgers, or had its time."""
        if time.monotonic() - self._begun > ASKING_S:
            return True
        return all(puller.asked.is_set() for puller in self._pullers.values())

    def _shut(self, *servers: uvicorn.Server) -> None:
        for server in servers:
            server.should_exit = True
        # sends the long polls home, which would otherwise hold the servers open
        self.node.changes.close()

    def _follow_roster(self, context: ssl.SSLContext) -> None:
        """Trust the certificates of the roster and follow every peer in it."""
        node = self.node
        self._pins = node.tls_pins()
        for card in node.peers():
            if card.party in self._pullers:
                continue
            trust(context, [card.tls_der])
            client = PeerClient(
                card.peer,
                client_context(node.folder.tls_certificate, node.folder.tls_key, card.tls_der),
                card.party,
            )
            puller = Puller(node.database, client, card.party, node.office.signer, node.changes, node.office.clock)
            pusher = Pusher(node.database, client, card.party, node.changes, node.office.clock, node.marks)
            self._pullers[card.party] = puller
            self._pushers.append(pusher)
            fetcher = Fetcher(
                node.database,
                client,
                card.party,
                node.changes,
                node.office.clock,
                node.room,
                self._turns,
                puller.quiet,
            )
            self._fetchers.append(fetcher)
            puller.start()
            pusher.start()
            fetcher.start()

    def _watch_store(self, context: ssl.SSLContext) -> None:
        """Notice what other processes (the command line) commit to the same store."""
        with self.node.database.engine.connect() as connection:
            version = self.node.database.data_version(connection)
            connection.rollback()
            while not self._stop.wait(WATCH_S):
                now = self.node.database.data_version(connection)
                connection.rollback()
                if now != version:
                    version = now
                    if set(self.node.tls_pins()) != set(self._pins):
                        self._follow_roster(context)
                    self.node.changes.notify()


def listen(address: str) -> socket.socket:
    """A socket that listens at `host:port`."""
    host, port = parse_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, asyncio turns off the delay that costs every small answer 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, UnicodeError) as error:  # a host name that cannot be one is a UnicodeError
        listener.close()
        raise Unavailable("node.port_taken", address=address, reason=str(error)[:120]) from error
    listener.listen(256)
    return listener
