"""Several threads read the same structs for the first time."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path

from nodes import enter, environment, make_nodes, python

MANY_THREADS = textwrap.dedent(
    """
    import sys, threading, types
    import msgspec
    import tansiq.node.server
    from tansiq.node.structs import learn_structs

    MANY = 400
    fields = "".join(f"    f{n}: Annotated[int, msgspec.Meta(ge=0)] | None = None\\n" for n in range(30))
    source = "from __future__ import annotations\\nfrom typing import Annotated\\nimport msgspec\\n"
    source += "".join(f"class S{n}(msgspec.Struct):\\n{fields}" for n in range(MANY))
    sys.modules["many"] = types.ModuleType("many")
    exec(source, sys.modules["many"].__dict__)
    if sys.argv[1] == "learned":
        assert learn_structs() > MANY
    sys.setswitchinterval(1e-6)
    for struct in [getattr(sys.modules["many"], f"S{n}") for n in range(MANY)]:
        gate = threading.Barrier(4)

        def read():
            gate.wait()
            msgspec.json.decode(b'{"f29": 1}', type=struct)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print("read all")
    """
)


AT_THE_START = textwrap.dedent(
    """
    import os, sys, threading
    from tansiq.cli.app import app
    from tansiq.node import server

    def learn():
        print(threading.active_count(), flush=True)
        os._exit(0)

    server.learn_structs = learn
    app(["--data", sys.argv[1], "serve"])
    """
)


def run(how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python(), "-c", MANY_THREADS, how], capture_output=True, text=True, check=False, env=environment()
    )


def test_a_node_that_has_learned_its_structs_reads_them_in_many_threads() -> None:
    done = run("learned")
    assert (done.returncode, done.stdout) == (0, "read all\n"), done.stderr[-2000:]


def test_a_node_learns_its_structs_while_it_has_one_thread(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    enter(*nodes.values())
    for node in nodes.values():
        node.close()
    done = subprocess.run(
        [*python(), "-c", AT_THE_START, str(tmp_path / "joc")],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        timeout=60,
    )
    assert done.stdout.splitlines()[-1:] == ["1"], done.stdout + done.stderr[-2000:]
