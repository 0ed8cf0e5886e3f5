"""Running the demo: three serving processes, their addresses, and an orderly end."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from tansiq.demo.nodes import DemoNode
from tansiq.errors import Refused, Unavailable
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.node.server import NodeServer

PATIENCE_S: Final = 60.0
STOP_S: Final = 8.0
REFUSED: Final = 5
"""The exit code of a node that something kept from starting."""


def start(nodes: Sequence[DemoNode]) -> list[BaseProcess]:
    """One process a node, forked from this one: the program is loaded once for all three.

    Safe only because this process never starts a thread.
    """
    return [_start(node) for node in nodes]


def _start(node: DemoNode) -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(node.folder, os.getpid()), name=f"tansiq {node.party}"
    )
    process.start()
    return process


def _serve(folder: Path, parent: int) -> None:
    """A node in its own session, so that Ctrl-C reaches it through the demo only, in order."""
    os.setsid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        NodeServer(Node(Folder(folder))).run()
    except Refused as refused:
        print(refused, file=sys.stderr)
        raise SystemExit(REFUSED) from refused


def _end_with(parent: int) -> None:
    """End when the demo is gone without having said so, or its ports would stay taken."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def wait_until_all_answer(nodes: Sequence[DemoNode], processes: Sequence[BaseProcess]) -> None:
    """Return as soon as every desk answers; refused when a node ends or none comes in a minute."""
    deadline = time.monotonic() + PATIENCE_S
    for node, process in zip(nodes, processes, strict=True):
        # alive first: at an address that was taken meanwhile another program answers
        while not process.is_alive() or not _answers(node.url):
            if not process.is_alive() or time.monotonic() > deadline:
                raise Unavailable("node.did_not_start", party=node.party, folder=str(node.folder))
            time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v1/session", timeout=2):  # noqa: S310 - a loopback address of ours
            return True
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False


def write_addresses(path: Path, nodes: Sequence[DemoNode]) -> None:
    """`{"nodes": [{"name", "url", "user", "password"}]}`, whole or not at all."""
    body = {"nodes": [{"name": n.name, "url": n.url, "user": n.user, "password": n.password} for n in nodes]}
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def wait_and_stop(nodes: Sequence[DemoNode], processes: list[BaseProcess], say: Callable[[str], None]) -> None:
    """Wait for Ctrl-C or SIGTERM, then end every node. A node that is killed is started again: nothing is lost."""
    ending = False

    def end(_number: int, _frame: object) -> None:
        nonlocal ending
        ending = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while not ending:
        time.sleep(0.2)
        for place, node in enumerate(nodes):
            if not ending and not processes[place].is_alive():
                say(f"{node.name} ended ({processes[place].exitcode}); started again")
                processes[place] = _start(node)
                time.sleep(1)
    stop(processes)


def stop(processes: Sequence[BaseProcess]) -> None:
    """Ask every node to end; after a while it is ended."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_S
    for process in processes:
        process.join(max(0.1, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
