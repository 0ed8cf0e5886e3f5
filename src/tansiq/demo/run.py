"""Running the demo: three `tansiq serve` processes, their addresses, and an orderly end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tansiq.demo.nodes import DemoNode
from tansiq.errors import Unavailable

PATIENCE_S: Final = 60.0
STOP_S: Final = 8.0


def start(nodes: Sequence[DemoNode]) -> list[subprocess.Popen[bytes]]:
    """One process a node."""
    return [
        subprocess.Popen(  # noqa: S603 - our own program with our own folder
            [sys.executable, "-m", "tansiq.cli", "--data", str(node.folder), "serve"],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        for node in nodes
    ]


def wait_until_all_answer(nodes: Sequence[DemoNode], processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return as soon as every desk answers; refused when a node ends or none comes in a minute."""
    deadline = time.monotonic() + PATIENCE_S
    for node, process in zip(nodes, processes, strict=True):
        while not _answers(node.url):
            if process.poll() is not None or time.monotonic() > deadline:
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


def wait_and_stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for Ctrl-C or SIGTERM, or for a node to end; then end them all."""
    ending = False

    def end(_number: int, _frame: object) -> None:
        nonlocal ending
        ending = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while not ending and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    stop(processes)


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every node to end; after a while it is ended."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
