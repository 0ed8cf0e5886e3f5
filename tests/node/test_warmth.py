"""A node makes the engine of movements ready after its start, and leaves it alone where nobody plans."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nodes import enter, make_nodes, say

WARM = """
import sys, threading
from pathlib import Path
from tansiq.node import warmth
from tansiq.node.folder import Folder
from tansiq.node.node import Node
warmth.QUIET_S = 0.0
warmth.is_compiled = lambda module: True
node = Node(Folder(Path(sys.argv[1])))
stop = threading.Event()
if len(sys.argv) > 2:
    stop.set()
warmth.warm_up(node, stop)
node.close()
print("numba" in sys.modules)
"""
RING = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000]]


def _loaded(folder: Path, *more: str) -> bool:
    """Whether the engine is loaded after warming, in a process of its own."""
    command = [sys.executable, "-c", WARM, str(folder), *more]
    found = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    return found.stdout.strip() == "True"


def test_the_engine_is_loaded_where_plans_are_held_and_not_elsewhere(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    say(nodes["joc"], circle, "log", {"text": "Quiet."})
    folder = nodes["joc"].folder.path
    assert not _loaded(folder)
    window = {"from": 1_700_000_000_000, "to": 1_700_000_060_000}
    say(nodes["joc"], circle, "activity", {"volumes": [{"ring": RING, "window": window}]})
    assert _loaded(folder)
    assert not _loaded(folder, "stopped"), "a node that stops does not begin"
    for node in nodes.values():
        node.close()
