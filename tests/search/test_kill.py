"""`kill -9` while the index is being filled: what is in it is right, and filling goes on where it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from nodes import OFFICER, environment, make_node, python
from tansiq.desk import incidents_import, search_filling
from tansiq.node.folder import Folder
from tansiq.node.node import Node
from tansiq.store import search

ROWS = 1500
FILLING = """
import sys
from pathlib import Path
from tansiq.desk import search_filling
from tansiq.node.folder import Folder
from tansiq.node.node import Node
search_filling.SLICE = 40
node = Node(Folder(Path(sys.argv[1])))
while count := search_filling.fill(node.office):
    print(count, flush=True)
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with many records, none of them in the index."""
    node = make_node(tmp_path_factory.mktemp("full"), "joc")
    lines = [f"2006-03-{1 + at % 28:02d},44.{at:04d},35.{at:04d},IED" for at in range(ROWS)]
    data = "\n".join(["date,longitude,latitude,type", *lines]).encode()
    seen = incidents_import.look(node.office, data, "rows.csv", None, "en")
    kept = incidents_import.keep(node.office, data, "rows.csv", seen.reading, OFFICER)
    assert kept.said == ROWS
    node.close()
    return node.folder.path


def test_a_killed_filling_leaves_whole_slices_and_goes_on(full: Path) -> None:
    for lines in (1, 4, 9):
        process = subprocess.Popen(
            [*python(), "-c", FILLING, str(full)], stdout=subprocess.PIPE, text=True, env=environment()
        )
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline()
        process.kill()
        process.wait()
        node = Node(Folder(full))
        with node.database.write() as connection:
            search.check(connection)
            assert search_filling.wrong(connection, "joc") == 0
            assert 0 < search.count(connection) < ROWS
        node.close()
    node = Node(Folder(full))
    search_filling.fill_all(node.office)
    with node.database.write() as connection:
        search.check(connection)
        assert search_filling.wrong(connection, "joc") == 0
        assert search.count(connection) == ROWS
    node.close()
