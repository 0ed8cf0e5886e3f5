"""A node makes ready after its start what will be asked of it, and leaves alone what nobody uses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from nodes import OFFICER, enter, make_nodes, say
from tansiq.desk import incidents_import, viewing
from tansiq.desk.incidents_atlas import Atlases
from tansiq.node.warmth import read_crowds, read_texts

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


def test_incidents_are_read_where_they_are_too_many_to_be_sent_whole(tmp_path: Path) -> None:
    node = make_nodes(tmp_path, "joc")["joc"]
    lines = [f"2020-09-{1 + one % 28:02d},35.{one:06d},43.5,raid" for one in range(viewing.CROWD + 1)]
    for name, some in (("most.csv", lines[:-1]), ("last.csv", lines[-1:])):
        assert read_crowds(node, threading.Event()) == 0
        data = "\n".join(["date,latitude,longitude,type", *some]).encode()
        reading = incidents_import.look(node.office, data, name, None, "en").reading
        incidents_import.keep(node.office, data, name, reading, OFFICER)
    stop = threading.Event()
    assert read_crowds(node, stop) == 1
    with node.database.read() as connection:
        circle = incidents_import.own_circle(connection).circle.id
        shown = node.office.memory.of(Atlases).read(node.office, connection, circle)
    assert shown.atlas.count == viewing.CROWD + 1
    stop.set()
    assert read_crowds(node, stop) == 0
    node.close()
