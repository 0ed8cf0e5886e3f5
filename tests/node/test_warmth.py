"""A node makes ready after its start what will be asked of it, and leaves alone what nobody uses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from nodes import enter, make_nodes, say
from tansiq.node.warmth import read_texts

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
print("numba" in sys.modules, "tansiq.desk.accord_texts" in sys.modules)
"""
RING = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000]]


def _loaded(folder: Path, *more: str) -> tuple[bool, bool]:
    """Whether the engine, and what reads texts, are loaded after warming, in a process of its own."""
    command = [sys.executable, "-c", WARM, str(folder), *more]
    found = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    engine, texts = found.stdout.split()
    return engine == "True", texts == "True"


def test_the_engine_is_loaded_where_plans_are_held_and_texts_are_read_where_there_are_any(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    say(nodes["joc"], circle, "log", {"text": "Quiet."})
    folder = nodes["joc"].folder.path
    assert _loaded(folder) == (False, False)
    window = {"from": 1_700_000_000_000, "to": 1_700_000_060_000}
    say(nodes["joc"], circle, "activity", {"volumes": [{"ring": RING, "window": window}]})
    assert _loaded(folder) == (True, False)
    frame = {"names": {"en": "Centres"}, "path": "centres", "parties": ["joc", "mop"]}
    say(nodes["joc"], circle, "agreement", frame)
    assert _loaded(folder) == (True, True)
    assert _loaded(folder, "stopped") == (False, False), "a node that stops does not begin"
    assert read_texts(nodes["joc"], threading.Event()) == 1
    for node in nodes.values():
        node.close()
